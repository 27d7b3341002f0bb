from django.urls import path

from samlop.web.reference import views

app_name = "reference"

urlpatterns = [
    path("", views.overview, name="overview"),
    path("kommuner/", views.codes, name="codes"),
    path("kommuner/lagre/", views.apply_codes, name="apply_codes"),
    path("fakta/", views.facts, name="facts"),
    path("fakta/mal/", views.facts_template, name="facts_template"),
    path("fakta/lagre/", views.apply_facts, name="apply_facts"),
]
