"""The national overview, and two days compared."""

from django.urls import path

from samlop.web.national import views

app_name = "national"

urlpatterns = [
    path("utbredelse/", views.overview, name="overview"),
    path("utbredelse/sammenlign/", views.compare, name="compare"),
]
