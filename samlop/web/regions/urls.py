from django.urls import path

from samlop.web.regions import member_import, views

app_name = "regions"

urlpatterns = [
    path("", views.region_list, name="list"),
    path("ny/", views.create, name="create"),
    path("<slug:slug>/", views.show, name="show"),
    path("<slug:slug>/rediger/", views.edit, name="edit"),
    path("<slug:slug>/avslutt/", views.end, name="end"),
    path("<slug:slug>/felles-epj/", views.installations, name="installations"),
    path("<slug:slug>/bekreft/", views.confirm_all, name="confirm_all"),
    path("<slug:slug>/kommuner/ny/", views.add_member, name="add_member"),
    path("<slug:slug>/kommuner/<int:pk>/bekreft/", views.confirm, name="confirm"),
    path("<slug:slug>/kommuner/<int:pk>/avslutt/", views.end_member, name="end_member"),
    path("<slug:slug>/importer/", member_import.upload, name="import_members"),
    path("<slug:slug>/importer/mal/", member_import.template, name="import_template"),
    path("<slug:slug>/importer/lagre/", member_import.apply, name="import_apply"),
]
