from django.urls import path

from samlop.web.people import loading, views
from samlop.web.people.places import Kind

app_name = "people"

# Beside the pages of the places themselves, which know nothing of these.
_PLACES = (
    (Kind.MUNICIPALITY, "kommuner/<slug:key>/"),
    (Kind.AUTHORITY, "fylkeskommuner/<slug:key>/"),
    (Kind.REGION, "regioner/<slug:key>/"),
    (Kind.VENDOR, "leverandorer/<slug:key>/"),
    (Kind.NATION, ""),
)

urlpatterns = [
    *(
        path(f"{prefix}personer/", views.people, {"kind": kind}, name=kind.value)
        for kind, prefix in _PLACES
    ),
    *(
        path(
            f"{prefix}personer/inviter/",
            views.invite,
            {"kind": kind},
            name=f"{kind.value}_invite",
        )
        for kind, prefix in _PLACES
    ),
    path("regioner/<slug:key>/personer/last-inn/", loading.upload, name="region_load"),
    path("regioner/<slug:key>/personer/last-inn/lagre/", loading.apply, name="load_apply"),
    path("regioner/<slug:key>/personer/last-inn/mal/", loading.template, name="load_template"),
    path("regioner/<slug:key>/personer/last-inn/<int:pk>/angre/", loading.undo, name="load_undo"),
    path("personer/roller/<int:pk>/avslutt/", views.end, name="end"),
    path("personer/roller/<int:pk>/gi-videre/", views.hand_over, name="hand_over"),
    path("personer/roller/<int:pk>/overta/", views.take_over, name="take_over"),
    path("personer/roller/<int:pk>/inviter-igjen/", views.invite_again, name="invite_again"),
    path("personer/<int:pk>/", views.person, name="person"),
    path("personer/<int:pk>/slett/", views.erase, name="erase"),
]
