from django.urls import path

from samlop.web.forecasts import views

app_name = "forecasts"

urlpatterns = [
    path("utbredelse/<slug:slug>/prognose/", views.forecast, name="show"),
    path("utbredelse/<slug:slug>/prognose/treff/", views.looking_back, name="looking_back"),
]
