"""All addresses, and those of the pages on uptake, which no menu leads to yet."""

from django.urls import include, path

urlpatterns = [
    path("", include("samlop.web.uptake.urls")),
    path("", include("samlop.config.urls")),
]
