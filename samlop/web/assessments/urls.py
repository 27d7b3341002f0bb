from django.urls import path

from samlop.web.assessments import answering, views

app_name = "assessments"

AREA = "losninger/<slug:slug>/vurdering/<slug:area>/"
ONE = f"{AREA}<slug:code>/"

urlpatterns = [
    path("losninger/<slug:slug>/vurdering/", views.show, name="show"),
    path(AREA, views.area, name="area"),
    path(f"{AREA}begynn/", answering.begin, name="begin"),
    path(f"{AREA}nyeste-versjon/", answering.move, name="move"),
    path(
        f"{AREA}dokumentasjon/<uuid:key>/<str:name>",
        views.evidence,
        name="evidence",
    ),
    path(ONE, answering.answer, name="answer"),
    path(f"{ONE}vis/", answering.attach, name="attach"),
    path(
        f"{ONE}vis/<int:pk>/fjern/",
        answering.detach,
        name="detach",
    ),
    path(f"{ONE}si-fra/", answering.judge, name="judge"),
]
