from django.urls import path

from samlop.web.accounts import views

# allauth finds its own pages by these names, so they stand outside the app's namespace.
urlpatterns = [
    path("logg-inn-som/", views.sign_in_as, name="sign_in_as"),
    path("konto/logg-inn/", views.sign_in, name="account_login"),
    path("konto/logg-ut/", views.sign_out, name="account_logout"),
    path("konto/ny/", views.sign_up, name="account_signup"),
]
