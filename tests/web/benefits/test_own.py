"""A municipality's benefit plan on its pages: chosen, measured, aimed at, withdrawn and shared."""

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from samlop.accounts import services as accounts
from samlop.accounts.rules import Role
from samlop.audit.models import Event
from samlop.lib.actors import Machine
from samlop.municipalities.models import Municipality, MunicipalityCode
from samlop.municipalities.rules.kinds import RegionKind
from samlop.portfolio.models import Offer, Solution
from samlop.uptake.models import Benefit, BenefitFigure, BenefitPlan, ChosenBenefit, StageEvent
from samlop.uptake.rules.benefits import Beneficiary, BenefitKind, Measure
from samlop.uptake.rules.stages import Source, Stage
from samlop.uptake.services import benefits as services
from samlop.uptake.services.benefits import Written
from samlop.web import clock
from tests import factories as make
from tests.web.solutions.conftest import sign_in

pytestmark = pytest.mark.django_db

BY = Machine("Programmet")
MUNICIPAL = {Role.MUNICIPAL_COORDINATOR, Role.DECISION_MAKER, Role.PROJECT_LEADER}


@pytest.fixture
def solution() -> Solution:
    return make.solution(name="Legemiddellista", slug="legemiddellista")


@pytest.fixture
def evje() -> Municipality:
    return make.municipality(name="Evje")


def number(place: Municipality) -> str:
    return MunicipalityCode.objects.get(municipality=place).number


def plans(place: Municipality) -> str:
    return f"/kommuner/{number(place)}/gevinster/"


def plan(place: Municipality) -> str:
    return f"{plans(place)}legemiddellista/"


def of_it(client: Client, place: Municipality, role: Role = Role.MUNICIPAL_COORDINATOR) -> None:
    """Signed in as somebody of the municipality."""
    person = make.person()
    accounts.grant(
        person=person, role=role, by=Machine("tests"), on=make.SOME_DAY, municipality=place
    )
    client.force_login(person)


def benefit(
    solution: Solution,
    name: str = "Spart tid på telefon",
    *,
    kind: BenefitKind = BenefitKind.TIME,
    measure: Measure = Measure.HOURS,
    unit: str = "",
    people: bool = False,
    national: int | None = None,
    indicator: str = "",
) -> Benefit:
    return services.write(
        solution=solution,
        written=Written(
            name=name,
            beneficiary=Beneficiary.SERVICE,
            kind=kind,
            measure=measure,
            unit=unit,
            people=people,
            indicator=indicator,
            national_baseline=None if national is None else Decimal(national),
            national_baseline_on=None if national is None else date(2025, 1, 1),
            national_baseline_source="" if national is None else "Gevinstanalysen",
        ),
        by=BY,
        at=timezone.now(),
    )


def followed(place: Municipality, *benefits: Benefit) -> list[ChosenBenefit]:
    services.choose(municipality=place, benefits=benefits, by=BY, at=timezone.now())
    return [ChosenBenefit.objects.get(plan__municipality=place, benefit=one) for one in benefits]


def in_use(offer: Offer, place: Municipality, day: date) -> None:
    StageEvent.objects.create(
        municipality=place,
        offer=offer,
        stage=Stage.IN_USE.value,
        happened_on=day,
        source=Source.MUNICIPALITY.value,
        recorded_at=timezone.now(),
    )


def figure(value: str, day: date | None = None, **more: str) -> dict[str, str]:
    return {"value": value, "day": (day or clock.today()).isoformat(), **more}


def words(html: str) -> str:
    plain = re.sub(r"<[^>]+>", " ", html.split("<main", 1)[1])
    return " ".join(plain.replace("\N{NO-BREAK SPACE}", " ").split())


# --- who sees ---


@pytest.mark.parametrize("role", Role)
def test_only_the_municipality_itself_reads_its_plan(
    role: Role, client: Client, solution: Solution, evje: Municipality
) -> None:
    row = followed(evje, benefit(solution))[0]
    if role in MUNICIPAL:
        of_it(client, evje, role)
    elif role is Role.CONTACT_PERSON:
        group = make.region(kind=RegionKind.EHEALTH_GROUP)
        make.membership(region=group, of=evje)
        person = make.person()
        accounts.grant(
            person=person, role=role, by=Machine("tests"), on=make.SOME_DAY, region=group
        )
        client.force_login(person)
    else:
        sign_in(client, role)
    inside = role in MUNICIPAL

    assert client.get(plan(evje)).status_code == (200 if inside else 403)
    # Not even that there is a plan is told.
    assert (plan(evje) in client.get(plans(evje)).text) is inside
    sent = client.post(f"{plan(evje)}{row.pk}/nullpunkt/", figure("120"))
    assert sent.status_code == (302 if inside else 403)
    assert BenefitFigure.objects.exists() is inside


def test_somebody_of_another_municipality_reads_nothing(
    client: Client, solution: Solution, evje: Municipality
) -> None:
    row = followed(evje, benefit(solution))[0]
    other = make.municipality(name="Bygland")
    of_it(client, other)
    assert client.get(plan(evje)).status_code == 403
    # Nor by her own municipality's address.
    assert client.get(f"{plan(other)}{row.pk}/maling/").status_code == 404
    assert client.post(f"{plan(other)}{row.pk}/ta-bort/").status_code == 404


def test_a_visitor_is_asked_who_she_is(
    client: Client, solution: Solution, evje: Municipality
) -> None:
    for address in (plan(evje), f"{plan(evje)}del/"):
        answer = client.get(address)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/konto/logg-inn/")


def test_a_shared_plan_is_read_by_everybody_without_its_comments(
    client: Client, solution: Solution, evje: Municipality
) -> None:
    row = followed(evje, benefit(solution))[0]
    of_it(client, evje)
    client.post(
        f"{plan(evje)}{row.pk}/maltall/",
        {
            "target": "60",
            "owner_role": "Avdelingsleder",
            "comment": "Bare oss imellom",
            "seen": services.aimed(row),
        },
    )
    assert "Bare oss imellom" in client.get(plan(evje)).text
    assert client.post(f"{plan(evje)}del/").status_code == 302

    client.logout()
    page = client.get(plan(evje)).text
    assert "Avdelingsleder" in page
    assert "Bare oss imellom" not in page
    assert "Registrer" not in page
    assert plan(evje) in client.get(plans(evje)).text
    assert plan(evje) in client.get("/losninger/legemiddellista/gevinster/").text

    of_it(client, evje)
    client.post(f"{plan(evje)}del/")
    client.logout()
    assert client.get(plan(evje)).status_code == 302
    assert plan(evje) not in client.get("/losninger/legemiddellista/gevinster/").text


# --- choosing ---


def test_three_are_chosen_and_a_fourth_is_refused(
    client: Client, solution: Solution, evje: Municipality
) -> None:
    rows = [benefit(solution, f"Gevinst {number}") for number in range(1, 5)]
    of_it(client, evje)
    chosen = client.post(f"{plan(evje)}velg/", {"benefits": [row.pk for row in rows[:2]]})
    assert chosen.status_code == 302
    assert "Dere kan følge én gevinst til" in client.get(plan(evje)).text

    too_many = client.post(f"{plan(evje)}velg/", {"benefits": [row.pk for row in rows[2:]]})
    assert too_many.status_code == 422
    assert "Dere følger tre gevinster allerede" in too_many.text
    assert ChosenBenefit.objects.standing().count() == 2

    nothing = client.post(f"{plan(evje)}velg/", {})
    assert nothing.status_code == 422
    assert "Velg minst én gevinst" in nothing.text


def test_another_solutions_benefit_cannot_be_chosen(
    client: Client, solution: Solution, evje: Municipality
) -> None:
    strange = benefit(make.solution(name="Annen", slug="annen"))
    of_it(client, evje)
    answer = client.post(f"{plan(evje)}velg/", {"benefits": [strange.pk]})
    assert answer.status_code == 422
    assert not BenefitPlan.objects.exists()


def test_the_solutions_a_municipality_uses_stand_first(
    client: Client, solution: Solution, evje: Municipality
) -> None:
    benefit(solution)
    benefit(make.solution(name="Alarmer", slug="alarmer"))
    in_use(make.offer(solution=solution), evje, date(2025, 5, 1))
    of_it(client, evje)
    page = words(client.get(plans(evje)).text)
    assert page.index("Legemiddellista") < page.index("Alarmer")
    assert "i bruk hos dere siden 1. mai 2025" in page


def test_a_benefit_taken_away_is_there_again_with_its_figures(
    client: Client, solution: Solution, evje: Municipality
) -> None:
    what = benefit(solution)
    row = followed(evje, what)[0]
    of_it(client, evje)
    client.post(f"{plan(evje)}{row.pk}/nullpunkt/", figure("120"))
    assert client.post(f"{plan(evje)}{row.pk}/ta-bort/").status_code == 302
    assert "120 timer" not in words(client.get(plan(evje)).text)
    client.post(f"{plan(evje)}velg/", {"benefits": [what.pk]})
    assert "120 timer i året" in words(client.get(plan(evje)).text)


# --- measuring ---


def test_a_gain_is_told_with_its_uncertainty_and_its_baseline(
    client: Client, solution: Solution, evje: Municipality
) -> None:
    row = followed(evje, benefit(solution))[0]
    today = clock.today()
    in_use(make.offer(solution=solution), evje, today - timedelta(days=100))
    of_it(client, evje)
    before = client.post(
        f"{plan(evje)}{row.pk}/nullpunkt/",
        figure("1 200,5", today - timedelta(days=200), margin="10"),
    )
    assert before.status_code == 302
    client.post(f"{plan(evje)}{row.pk}/maling/", figure("1000", margin="5"))

    page = words(client.get(plan(evje)).text)
    assert "200,5 timer i året bedre, høyst 15 opp eller ned" in page
    assert "Nullpunkt målt før oppstart" in page
    assert "Til sammen Spart tid 200,5 timer i året" in page


def test_a_missing_baseline_is_said_and_locks_nothing(
    client: Client, solution: Solution, evje: Municipality
) -> None:
    row = followed(evje, benefit(solution))[0]
    of_it(client, evje)
    assert "Mål gjerne før dere starter" in client.get(plan(evje)).text
    in_use(make.offer(solution=solution), evje, clock.today() - timedelta(days=1))
    assert "1 gevinst mangler nullpunkt" in words(client.get(plans(evje)).text)

    answer = client.post(f"{plan(evje)}{row.pk}/maling/", figure("80"))

    assert answer.status_code == 302
    page = words(client.get(plan(evje)).text)
    assert "Uten nullpunkt" in page
    assert "Kan ikke regnes ut uten et nullpunkt" in page


def test_the_national_baseline_is_one_tap_and_is_named(
    client: Client, solution: Solution, evje: Municipality
) -> None:
    row = followed(evje, benefit(solution, national=900))[0]
    of_it(client, evje)
    page = words(client.get(plan(evje)).text)
    assert "Det nasjonale nullpunktet er 900 timer i året, 1. januar 2025." in page
    assert client.post(f"{plan(evje)}{row.pk}/nasjonalt-nullpunkt/").status_code == 302
    client.post(f"{plan(evje)}{row.pk}/maling/", figure("850"))
    page = words(client.get(plan(evje)).text)
    assert "Prosjektets nasjonale nullpunkt" in page
    assert "50 timer i året bedre" in page
    assert "Det nasjonale nullpunktet er" not in page


def test_without_a_national_baseline_the_tap_says_why(
    client: Client, solution: Solution, evje: Municipality
) -> None:
    row = followed(evje, benefit(solution))[0]
    of_it(client, evje)
    answer = client.post(f"{plan(evje)}{row.pk}/nasjonalt-nullpunkt/", follow=True)
    assert "ikke noe nasjonalt nullpunkt" in answer.text


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"value": ""}, "Skriv et tall."),
        ({"value": "mange"}, "Skriv et tall, for eksempel"),
        ({"value": "-3"}, "Skriv et tall fra 0"),
        ({"value": "1,234"}, "to desimaler"),
        ({"value": "9" * 14}, "Skriv et tall fra 0"),
        ({"value": "NaN"}, "Skriv et tall, for eksempel"),
        ({"value": "3", "margin": "-1"}, "Skriv et tall fra 0"),
        ({"value": "3", "day": "2050-01-01"}, "dagen i dag, eller en dag som har vært"),
    ],
)
def test_a_figure_that_cannot_be_stored_stays_in_its_field(
    sent: dict[str, str], said: str, client: Client, solution: Solution, evje: Municipality
) -> None:
    row = followed(evje, benefit(solution))[0]
    of_it(client, evje)
    answer = client.post(
        f"{plan(evje)}{row.pk}/maling/", {"day": clock.today().isoformat(), **sent}
    )
    assert answer.status_code == 422
    assert said in answer.text
    assert f'value="{sent["value"]}"' in answer.text or not sent["value"]
    assert not BenefitFigure.objects.exists()


def test_fewer_than_five_people_are_never_written_down(
    client: Client, solution: Solution, evje: Municipality
) -> None:
    what = benefit(
        solution,
        "Fall",
        kind=BenefitKind.QUALITY,
        measure=Measure.NUMBER,
        unit="pasienter i året",
        people=True,
    )
    row = followed(evje, what)[0]
    of_it(client, evje)
    before = clock.today() - timedelta(days=30)
    client.post(f"{plan(evje)}{row.pk}/nullpunkt/", figure("17", before))
    client.post(f"{plan(evje)}{row.pk}/maling/", figure("3", margin="1", words="Tre på Solhaug"))

    kept = BenefitFigure.objects.get(few=True)
    assert (kept.value, kept.margin, kept.words) == (None, None, "")
    page = words(client.get(plan(evje)).text)
    assert "færre enn 5 pasienter i året" in page
    assert "Kan ikke regnes ut, for ett av tallene er færre enn 5" in page
    assert "bedre" not in page

    ticked = client.post(f"{plan(evje)}{row.pk}/maling/", figure("", few="on"))
    assert ticked.status_code == 302
    assert BenefitFigure.objects.filter(few=True).count() == 2


def test_what_is_told_with_words_has_no_number(
    client: Client, solution: Solution, evje: Municipality
) -> None:
    what = benefit(solution, "Trygghet", kind=BenefitKind.QUALITY, measure=Measure.DESCRIBED)
    row = followed(evje, what)[0]
    of_it(client, evje)
    form = client.get(f"{plan(evje)}{row.pk}/maling/").text
    assert 'name="value"' not in form
    sent = {"experience": "better", "words": "Roligere kvelder", "day": clock.today().isoformat()}
    assert client.post(f"{plan(evje)}{row.pk}/maling/", sent).status_code == 302
    page = words(client.get(plan(evje)).text)
    assert "Bedre: Roligere kvelder" in page
    assert "Til sammen" not in page


def test_a_wrong_figure_is_withdrawn_with_a_reason(
    client: Client, solution: Solution, evje: Municipality
) -> None:
    row = followed(evje, benefit(solution))[0]
    of_it(client, evje)
    client.post(f"{plan(evje)}{row.pk}/maling/", figure("12345"))
    there = f"{plan(evje)}tall/{BenefitFigure.objects.get().pk}/trekk/"
    assert "12 345 timer i året" in words(client.get(there).text)
    assert client.post(there, {"reason": ""}).status_code == 422
    assert client.post(there, {"reason": "Skrivefeil"}).status_code == 302
    assert "12 345" not in words(client.get(plan(evje)).text)
    assert Event.objects.get(code="uptake.benefit.figure_withdrawn").reason == "Skrivefeil"
    assert client.get(there).status_code == 404


# --- money, sums and double counting ---


def test_hours_are_money_only_when_the_municipality_says_so(
    client: Client, solution: Solution, evje: Municipality
) -> None:
    row = followed(evje, benefit(solution))[0]
    of_it(client, evje)
    client.post(
        f"{plan(evje)}{row.pk}/nullpunkt/", figure("120", clock.today() - timedelta(days=9))
    )
    client.post(f"{plan(evje)}{row.pk}/maling/", figure("80"))
    page = words(client.get(plan(evje)).text)
    assert "Ikke regnet som penger" in page
    assert "kroner i året" not in page

    money = f"{plan(evje)}{row.pk}/penger/"
    assert "Spart tid er ikke penger" in client.get(money).text
    for wrong in ("", "0", "10000000"):
        assert client.post(money, {"kroner_per_hour": wrong}).status_code == 422
    assert client.post(money, {"kroner_per_hour": "450"}).status_code == 302
    page = words(client.get(plan(evje)).text)
    assert "18 000 kroner i året, med 450 kroner for en time" in page
    assert "Til sammen Penger 18 000 kroner i året" in page

    assert client.post(money).status_code == 302
    assert "Til sammen Spart tid 40 timer i året" in words(client.get(plan(evje)).text)


def test_two_that_count_the_same_are_warned_of_and_not_added(
    client: Client, solution: Solution, evje: Municipality
) -> None:
    same = "timer på telefon"
    rows = followed(
        evje,
        benefit(solution, "Færre telefoner", indicator=same),
        benefit(solution, "Mer ro", indicator=same),
    )
    of_it(client, evje)
    for row in rows:
        client.post(
            f"{plan(evje)}{row.pk}/nullpunkt/", figure("120", clock.today() - timedelta(days=9))
        )
        client.post(f"{plan(evje)}{row.pk}/maling/", figure("80"))
    page = words(client.get(plan(evje)).text)
    assert "Kan telle dobbelt: Færre telefoner og Mer ro" in page
    assert "Disse to måles med samme tall. Derfor er de ikke lagt sammen." in page
    assert "Til sammen" not in page


# --- target ---


def test_a_target_is_told_with_whether_it_is_reached(
    client: Client, solution: Solution, evje: Municipality
) -> None:
    row = followed(evje, benefit(solution))[0]
    of_it(client, evje)
    seen = services.aimed(row)
    there = f"{plan(evje)}{row.pk}/maltall/"
    sent = {"target": "90", "target_on": "2028-01-01", "owner_role": "Rektor", "seen": seen}
    assert client.post(there, sent).status_code == 302
    client.post(f"{plan(evje)}{row.pk}/maling/", figure("80"))
    page = words(client.get(plan(evje)).text)
    assert "90 timer i året innen 1. januar 2028" in page
    assert "Måltallet er nådd" in page


def test_an_older_form_does_not_write_over_a_newer_target(
    client: Client, solution: Solution, evje: Municipality
) -> None:
    row = followed(evje, benefit(solution))[0]
    of_it(client, evje)
    there = f"{plan(evje)}{row.pk}/maltall/"
    seen = services.aimed(row)
    client.post(there, {"target": "90", "seen": seen})
    late = client.post(there, {"target": "70", "seen": seen})
    assert late.status_code == 422
    assert "Noen har endret dette mens du skrev" in late.text
    assert ChosenBenefit.objects.get().target == 90
    newer = re.search(r'name="seen" value="([0-9a-f]+)"', late.text)
    assert newer is not None
    assert client.post(there, {"target": "70", "seen": newer[1]}).status_code == 302
    assert ChosenBenefit.objects.get().target == 70


# --- the pages' cost ---


def test_the_pages_cost_the_same_for_one_benefit_and_for_many(
    client: Client, solution: Solution, evje: Municipality
) -> None:
    make.offer(solution=solution)
    of_it(client, evje)
    followed(evje, benefit(solution, "Første"))

    def cost() -> list[int]:
        counted = []
        for address in (plan(evje), plans(evje)):
            client.get(address)
            with CaptureQueriesContext(connection) as queries:
                client.get(address)
            counted.append(len(queries))
        return counted

    one = cost()
    # With three there is no room, and nothing more to choose: one question less.
    second = followed(evje, benefit(solution, "Andre"))[0]
    for value in ("8", "9"):
        client.post(f"{plan(evje)}{second.pk}/maling/", figure(value))
    for name in ("Tredje", "Fjerde"):
        benefit(solution, name)
    assert cost() == one
    for count in range(3):
        more = make.solution(name=f"Løsning {count}", slug=f"losning-{count}")
        make.offer(solution=more)
        followed(evje, benefit(more, f"Gevinst {count}"))
    assert cost() == one
