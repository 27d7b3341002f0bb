from django.urls import path

from samlop.web.benefits import changing, editing, own, views

app_name = "benefits"

SOLUTION = "losninger/<slug:slug>/gevinster/"
PLANS = "kommuner/<slug:number>/gevinster/"
PLAN = f"{PLANS}<slug:slug>/"

urlpatterns = [
    path(SOLUTION, views.solution, name="solution"),
    path(f"{SOLUTION}ny/", editing.add, name="add"),
    path(f"{SOLUTION}kart/", editing.draw, name="draw"),
    path(f"{SOLUTION}dobbelttelling/", editing.overlap, name="overlap"),
    path(
        f"{SOLUTION}dobbelttelling/<int:pk>/fjern/", editing.remove_overlap, name="remove_overlap"
    ),
    path(f"{SOLUTION}<int:pk>/endre/", editing.edit, name="edit"),
    path(f"{SOLUTION}<int:pk>/ta-ut/", editing.retire, name="retire"),
    path(PLANS, own.plans, name="plans"),
    path(PLAN, own.plan, name="plan"),
    path(f"{PLAN}velg/", changing.choose, name="choose"),
    path(f"{PLAN}del/", changing.share, name="share"),
    path(f"{PLAN}<int:pk>/maling/", changing.measure, name="measure"),
    path(f"{PLAN}<int:pk>/nullpunkt/", changing.baseline, name="baseline"),
    path(f"{PLAN}<int:pk>/nasjonalt-nullpunkt/", changing.take_national, name="take_national"),
    path(f"{PLAN}<int:pk>/maltall/", changing.aim, name="aim"),
    path(f"{PLAN}<int:pk>/penger/", changing.say_money, name="say_money"),
    path(f"{PLAN}<int:pk>/ta-bort/", changing.drop, name="drop"),
    path(f"{PLAN}tall/<int:pk>/trekk/", changing.withdraw, name="withdraw"),
]
