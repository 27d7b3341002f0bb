from django.urls import path

from samlop.web.benefits import views

app_name = "benefits"

urlpatterns = [
    path("losninger/<slug:slug>/gevinster/", views.solution, name="solution"),
]
