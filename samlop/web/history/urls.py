from django.urls import path

from samlop.web.history import views

app_name = "history"

urlpatterns = [
    path("historikk/", views.everything, name="everything"),
    path("kommuner/<slug:number>/historikk/", views.municipality, name="municipality"),
]
