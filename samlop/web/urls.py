"""Every page, one include per area."""

from django.urls import include, path

urlpatterns = [
    path("", include("samlop.web.shell.urls")),
    path("", include("samlop.web.accounts.urls")),
]
