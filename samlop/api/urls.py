"""Addresses of the REST API; a new version gets a new prefix."""

from django.urls import path

from samlop.api.observations import observations

app_name = "api"

urlpatterns = [
    path("v1/observasjoner/", observations, name="observations"),
]
