"""How far municipalities have come: of a solution, and of a municipality."""

from django.urls import path

from samlop.web.uptake import card, carry, definitions, views

app_name = "uptake"

urlpatterns = [
    path("losninger/<slug:slug>/utbredelse/", views.solution, name="solution"),
    path("losninger/<slug:slug>/utbredelse/steg/", definitions.definitions, name="definitions"),
    path("losninger/<slug:slug>/utbredelse/steg/<slug:stage>/", definitions.define, name="define"),
    path("kommuner/<slug:number>/utbredelse/", views.municipality, name="municipality"),
    path("kommuner/<slug:number>/utbredelse/for-over/", carry.carry, name="carry"),
    path(
        "kommuner/<slug:number>/utbredelse/<int:pk>/trekk-tilbake/",
        views.take_back,
        name="take_back",
    ),
    path("kommuner/<slug:number>/utbredelse/<slug:slug>/<slug:area>/", card.answer, name="answer"),
    path("kommuner/<slug:number>/stemmer-dette/", card.card, name="card"),
]
