"""Every page, one include per area."""

from django.urls import include, path

urlpatterns = [
    path("", include("samlop.web.shell.urls")),
    path("", include("samlop.web.accounts.urls")),
    path("", include("samlop.web.history.urls")),
    path("", include("samlop.web.files.urls")),
    path("", include("samlop.web.assessments.urls")),
    path("", include("samlop.web.benefits.urls")),
    path("", include("samlop.web.cards.urls")),
    path("", include("samlop.web.costs.urls")),
    path("", include("samlop.web.forecasts.urls")),
    path("", include("samlop.web.ledger.urls")),
    path("", include("samlop.web.indicators.urls")),
    path("", include("samlop.web.material.urls")),
    path("", include("samlop.web.national.urls")),
    path("", include("samlop.web.readiness.urls")),
    path("", include("samlop.web.rollouts.urls")),
    path("", include("samlop.web.support.urls")),
    path("", include("samlop.web.uptake.urls")),
    path("", include("samlop.web.usage.urls")),
    path("utboks/", include("samlop.web.messages.urls")),
    path("", include("samlop.web.people.urls")),
    path("kommuner/", include("samlop.web.municipalities.urls")),
    path("regioner/", include("samlop.web.regions.urls")),
    path("losninger/", include("samlop.web.gates.urls")),
    path("losninger/", include("samlop.web.solutions.urls")),
    path("saker/", include("samlop.web.governance.urls")),
    path("kriterier/", include("samlop.web.criteria.urls")),
    path("leverandorer/", include("samlop.web.vendors.urls")),
    path("referansedata/", include("samlop.web.reference.urls")),
]
