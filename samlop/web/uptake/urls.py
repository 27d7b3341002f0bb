"""How far municipalities have come: of a solution, and of a municipality."""

from django.urls import path

from samlop.web.uptake import views

app_name = "uptake"

urlpatterns = [
    path("losninger/<slug:slug>/utbredelse/", views.solution, name="solution"),
    path("kommuner/<slug:number>/utbredelse/", views.municipality, name="municipality"),
]
