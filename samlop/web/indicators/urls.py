from django.urls import path

from samlop.web.indicators import keys, views

app_name = "indicators"

_ONE = "utbredelse/indikatorer/<slug:slug>/<slug:indicator>/"

urlpatterns = [
    path("utbredelse/indikatorer/", views.indicator_list, name="list"),
    path("utbredelse/ny-indikator/<slug:slug>/", views.add, name="add"),
    path(_ONE, views.show, name="show"),
    path(f"{_ONE}definisjon/", views.redefine, name="redefine"),
    path(f"{_ONE}trekk/", views.withdraw, name="withdraw"),
    path(f"{_ONE}ta-i-bruk/", views.restore, name="restore"),
    path("utbredelse/nokler/<slug:slug>/", keys.keys, name="keys"),
    path("utbredelse/nokler/<slug:slug>/<int:pk>/trekk/", keys.revoke, name="revoke"),
    path("kommuner/<slug:number>/bruk/<slug:slug>/", views.municipality, name="municipality"),
]
