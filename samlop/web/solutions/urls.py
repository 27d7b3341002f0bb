from django.urls import path

from samlop.web.solutions import editing, views

app_name = "solutions"

urlpatterns = [
    path("", views.solution_list, name="list"),
    path("ny/", editing.create, name="create"),
    path("<slug:slug>/", views.show, name="show"),
    path("<slug:slug>/historikk/", views.history, name="history"),
    path("<slug:slug>/rediger/", editing.edit, name="edit"),
    path("<slug:slug>/fase/ny/", editing.record_phase, name="record_phase"),
    path("<slug:slug>/fase/<int:pk>/trekk-tilbake/", editing.withdraw_phase, name="withdraw_phase"),
    path("<slug:slug>/tjenesteomrader/nytt/", editing.add_area, name="add_area"),
    path("<slug:slug>/tjenesteomrader/<slug:area>/fjern/", editing.remove_area, name="remove_area"),
    path("<slug:slug>/lenker/ny/", editing.add_link, name="add_link"),
    path("<slug:slug>/lenker/<int:pk>/fjern/", editing.remove_link, name="remove_link"),
    path("<slug:slug>/forutsetninger/ny/", editing.add_prerequisite, name="add_prerequisite"),
    path(
        "<slug:slug>/forutsetninger/<int:pk>/fjern/",
        editing.remove_prerequisite,
        name="remove_prerequisite",
    ),
    path("<slug:slug>/utproving/ny/", editing.add_trial, name="add_trial"),
    path("<slug:slug>/utproving/<int:pk>/", editing.change_trial, name="change_trial"),
]
