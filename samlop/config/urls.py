"""Every address; the pages themselves are listed per area in samlop.web."""

from django.urls import include, path

urlpatterns = [
    path("api/", include("samlop.api.urls")),
    path("", include("samlop.web.urls")),
]

handler400 = "samlop.web.shell.errors.bad_request"
handler403 = "samlop.web.shell.errors.permission_denied"
handler404 = "samlop.web.shell.errors.not_found"
handler500 = "samlop.web.shell.errors.server_error"
