from django.urls import path

from samlop.web.gates import health_views, views

app_name = "gates"

# Below /losninger/.
_DECISIONS = "<slug:slug>/beslutninger/"
_ONE = f"{_DECISIONS}<slug:area>/"
_HEALTH = "<slug:slug>/helsefaglig/"
_WRITE = f"{_HEALTH}<slug:area>/"

urlpatterns = [
    path(_DECISIONS, views.decisions, name="list"),
    path(f"{_DECISIONS}<int:pk>/", views.show, name="show"),
    path(f"{_DECISIONS}<int:pk>/dokument/", views.paper, name="paper"),
    path(_ONE, views.offer, name="offer"),
    path(f"{_ONE}ny-sak/", views.open_case, name="open_case"),
    path(f"{_ONE}beslutt/", views.decide, name="decide"),
    path("<slug:slug>/vilkar/<int:pk>/oppfylt/", views.meet_condition, name="meet_condition"),
    path("<slug:slug>/vilkar/<int:pk>/angre/", views.reopen_condition, name="reopen_condition"),
    path(
        f"{_HEALTH}vurderere/<int:pk>/fjern/", health_views.remove_assessor, name="remove_assessor"
    ),
    path(f"{_HEALTH}funn/<int:pk>/", health_views.edit_finding, name="edit_finding"),
    path(f"{_HEALTH}funn/<int:pk>/fjern/", health_views.remove_finding, name="remove_finding"),
    path(
        f"{_HEALTH}vilkar/<int:pk>/fjern/", health_views.remove_condition, name="remove_condition"
    ),
    path(_WRITE, health_views.show, name="health"),
    path(f"{_WRITE}begynn/", health_views.begin, name="begin_health"),
    path(f"{_WRITE}vurderere/ny/", health_views.name_assessor, name="name_assessor"),
    path(f"{_WRITE}svar/", health_views.write, name="write_health"),
    path(f"{_WRITE}sporsmal/nytt/", health_views.add_question, name="add_question"),
    path(f"{_WRITE}funn/nytt/", health_views.add_finding, name="add_finding"),
    path(f"{_WRITE}vilkar/nytt/", health_views.add_condition, name="add_condition"),
    path(f"{_WRITE}konkluder/", health_views.conclude, name="conclude_health"),
]
