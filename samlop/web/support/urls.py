"""What a municipality and its region do for each other between invitations."""

from django.urls import path

from samlop.web.support import calendars, follow_up, help_pages, local_roles, meetings

app_name = "support"

urlpatterns = [
    path("kalender/<str:token>.ics", calendars.feed, name="feed"),
    path("kommuner/<slug:number>/kalender/", calendars.calendar, name="calendar"),
    path("kommuner/<slug:number>/hjelp/", help_pages.questions, name="help"),
    path("kommuner/<slug:number>/hjelp/<int:pk>/", help_pages.thread, name="thread"),
    path("kommuner/<slug:number>/hjelp/<int:pk>/avslutt/", help_pages.close, name="close"),
    path("kommuner/<slug:number>/lokale-roller/", local_roles.roles, name="local_roles"),
    path(
        "kommuner/<slug:number>/lokale-roller/<int:pk>/avslutt/",
        local_roles.end,
        name="end_local_role",
    ),
    path("kommuner/<slug:number>/lokale-roller/overfor/", local_roles.hand_over, name="hand_over"),
    path("kommuner/<slug:number>/overlevering/", local_roles.pack, name="pack"),
    path("regioner/<slug:slug>/oppfolging/", follow_up.follow_up, name="follow_up"),
    path("regioner/<slug:slug>/motegrunnlag/", meetings.meetings, name="meetings"),
    path("regioner/<slug:slug>/motegrunnlag/<int:pk>/", meetings.meeting, name="meeting"),
    path(
        "regioner/<slug:slug>/motegrunnlag/<int:pk>/endre/",
        meetings.change,
        name="change_meeting",
    ),
]
