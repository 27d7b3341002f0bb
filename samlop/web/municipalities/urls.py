from django.urls import path

from samlop.web.municipalities import editing, room, views

app_name = "municipalities"

urlpatterns = [
    path("", views.municipality_list, name="list"),
    path("<slug:number>/", views.show, name="show"),
    path("<slug:number>/rom-for-nytt/", room.answer, name="room"),
    path("<slug:number>/rom-for-nytt/timer/", room.hours, name="hours"),
    path(
        "<slug:number>/rom-for-nytt/passer-ikke/<int:pk>/fjern/",
        room.remove_blackout,
        name="remove_blackout",
    ),
    path("<slug:number>/opplysninger/", editing.facts, name="facts"),
    path("<slug:number>/systemer/", editing.systems, name="systems"),
    path("<slug:number>/systemer/<int:pk>/avslutt/", editing.end_system, name="end_system"),
    path("<slug:number>/systemer/<int:pk>/fjern/", editing.remove_system, name="remove_system"),
]
