from django.urls import path

from samlop.web.criteria import editing, views

app_name = "criteria"

urlpatterns = [
    path("", views.set_list, name="list"),
    path("sammenlign/", views.compare, name="compare"),
    path("utkast/", editing.start, name="start"),
    path("<int:number>/", views.show, name="show"),
    path("<int:number>/om/", editing.describe, name="describe"),
    path("<int:number>/nytt/", editing.add, name="add"),
    path("<int:number>/publiser/", editing.publish, name="publish"),
    path("<int:number>/slett/", editing.delete, name="delete"),
    path("<int:number>/<slug:code>/rediger/", editing.edit, name="edit"),
    path("<int:number>/<slug:code>/flytt/", editing.move, name="move"),
    path("<int:number>/<slug:code>/fjern/", editing.remove, name="remove"),
]
