from django.urls import path

from samlop.web.files import views

app_name = "files"

urlpatterns = [
    path("filer/<uuid:key>/<str:name>", views.serve, name="serve"),
    path("regioner/<slug:slug>/dokumenter/nytt/", views.add_document, name="add_document"),
    path(
        "regioner/<slug:slug>/dokumenter/<int:pk>/fjern/",
        views.remove_document,
        name="remove_document",
    ),
    path(
        "regioner/<slug:slug>/dokumenter/<int:pk>/legg-tilbake/",
        views.restore_document,
        name="restore_document",
    ),
]
