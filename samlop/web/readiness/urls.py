"""A solution's vendors, a vendor's own rows, and the link in its mail."""

from django.urls import path

from samlop.web.readiness import asking, changing, loading, own, rows, views

app_name = "readiness"

OF_SOLUTION = "losninger/<slug:slug>/leverandorer/"
OF_VENDOR = "leverandorer/<slug:slug>/status/"

urlpatterns = [
    path(OF_SOLUTION, views.solution, name="solution"),
    path(f"{OF_SOLUTION}legg-til/", changing.add, name="add"),
    path(f"{OF_SOLUTION}spor/<slug:vendor>/", asking.ask, name="ask"),
    path(f"{OF_SOLUTION}opplysning/<int:pk>/trekk-tilbake/", changing.withdraw, name="withdraw"),
    path(f"{OF_SOLUTION}<slug:area>/<slug:product>/", rows.show, name="row"),
    path(f"{OF_SOLUTION}<slug:area>/<slug:product>/rett/", changing.change, name="change"),
    path(f"{OF_SOLUTION}<slug:area>/<slug:product>/stemmer/", changing.confirm, name="confirm"),
    path(OF_VENDOR, own.status, name="own"),
    path(f"{OF_VENDOR}legg-til/", own.add, name="own_add"),
    path(f"{OF_VENDOR}last-opp/", loading.upload, name="upload"),
    path(f"{OF_VENDOR}last-opp/lagre/", loading.apply, name="apply"),
    path("leverandorstatus/<str:token>/", own.by_link, name="link"),
]
