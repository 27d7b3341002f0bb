from django.urls import path

from samlop.web.costs import views, year

app_name = "costs"

urlpatterns = [
    path("losninger/<slug:slug>/kostnad/", views.show, name="show"),
    path("losninger/<slug:slug>/kostnad/endre/", views.edit, name="edit"),
    path("losninger/<slug:slug>/kostnad/tilbud/", views.add_deal, name="add_deal"),
    path(
        "losninger/<slug:slug>/kostnad/tilbud/<int:pk>/trekk/",
        views.withdraw_deal,
        name="withdraw_deal",
    ),
    path("kommuner/<slug:number>/e-helse-neste-ar/", year.year, name="year"),
]
