"""The programme's pages: benefits, what counts the same, and the benefit map."""

import re
from datetime import UTC, datetime

import pytest
from django.test import Client

from samlop.accounts.rules import Role
from samlop.lib.actors import Machine
from samlop.portfolio.models import Solution
from samlop.uptake.models import Benefit, BenefitNode, BenefitOverlap
from samlop.uptake.rules.benefit_map import MapColumn
from samlop.uptake.rules.benefits import Beneficiary, BenefitKind, Measure
from samlop.uptake.services import benefits as services
from samlop.uptake.services.benefits import Around, Written
from tests import factories as make
from tests.web.solutions.conftest import sign_in

pytestmark = pytest.mark.django_db

HERE = "/losninger/legemiddellista/gevinster/"
BY = Machine("Programmet")
AT = datetime(2026, 11, 20, 9, tzinfo=UTC)
EDITORS = {Role.PROGRAMME, Role.PORTFOLIO_OWNER}
FORM = {
    "name": "Spart tid på telefon",
    "beneficiary": "service",
    "kind": "time",
    "measure": "hours",
    "better": "less",
    "national_baseline": "1 200,5",
    "national_baseline_on": "2025-01-01",
    "national_baseline_source": "Gevinstanalysen",
    "proposed": "1",
    "seen": "0",
}


@pytest.fixture
def solution() -> Solution:
    return make.solution(name="Legemiddellista", slug="legemiddellista")


def benefit(solution: Solution, name: str = "Spart tid på telefon") -> Benefit:
    return services.write(
        solution=solution,
        written=Written(
            name=name,
            beneficiary=Beneficiary.SERVICE,
            kind=BenefitKind.TIME,
            measure=Measure.HOURS,
        ),
        by=BY,
        at=AT,
    )


def followed(row: Benefit) -> None:
    services.choose(municipality=make.municipality(), benefits=[row], by=BY, at=AT)


@pytest.mark.parametrize("role", Role)
def test_who_may_say_what_a_solution_gives(role: Role, client: Client, solution: Solution) -> None:
    sign_in(client, role)
    may = role in EDITORS

    assert client.post(f"{HERE}ny/", FORM).status_code == (302 if may else 403)
    assert Benefit.objects.exists() is may
    page = client.get(HERE)
    assert ("Legg inn en gevinst" in page.text) is may
    for part in ("kart", "dobbelttelling"):
        assert client.get(f"{HERE}{part}/").status_code == (200 if may else 403)


def test_the_programme_of_another_solution_may_not(client: Client, solution: Solution) -> None:
    row = benefit(solution)
    sign_in(client, Role.PROGRAMME, solution="annen")
    for part in ("ny/", f"{row.pk}/endre/", f"{row.pk}/ta-ut/", "kart/"):
        assert client.post(f"{HERE}{part}", FORM).status_code == 403


def test_a_benefit_is_shown_to_everybody_when_it_is_saved(
    client: Client, solution: Solution
) -> None:
    sign_in(client, Role.PROGRAMME)
    client.post(f"{HERE}ny/", FORM)
    client.logout()
    page = client.get(HERE).text.replace("\N{NO-BREAK SPACE}", " ")
    assert "Spart tid på telefon" in page
    assert "Foreslått" in page
    assert "1 200,5 timer i året, 1. januar 2025" in page


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"name": ""}, "Skriv hva gevinsten er."),
        ({"measure": "kroner"}, "Tid måles ikke i kroner"),
        ({"measure": "number"}, "Skriv hva som telles"),
        ({"national_baseline_source": ""}, "Skriv hvor det nasjonale nullpunktet er fra."),
        ({"national_baseline_on": ""}, "Skriv når nullpunktet ble målt."),
        ({"national_baseline": ""}, "Skriv et tall."),
        ({"national_baseline": "omtrent ti"}, "Skriv et tall, for eksempel"),
        ({"kind": "quality", "measure": "described"}, "har ikke et tall som nullpunkt"),
    ],
)
def test_a_form_that_is_refused_keeps_what_was_typed(
    sent: dict[str, str], said: str, client: Client, solution: Solution
) -> None:
    sign_in(client, Role.PROGRAMME)
    answer = client.post(f"{HERE}ny/", {**FORM, "description": "Skrevet lenge på", **sent})
    assert answer.status_code == 422
    assert said in answer.text
    assert "Skrevet lenge på" in answer.text
    assert not Benefit.objects.exists()


def test_an_older_form_does_not_write_over_a_newer_benefit(
    client: Client, solution: Solution
) -> None:
    row = benefit(solution)
    sign_in(client, Role.PROGRAMME)
    there = f"{HERE}{row.pk}/endre/"
    sent = {**FORM, "seen": str(row.version)}
    assert client.post(there, {**sent, "name": "Først"}).status_code == 302
    late = client.post(there, {**sent, "name": "Sist"})
    assert late.status_code == 422
    assert "Noen har endret dette mens du skrev" in late.text
    newer = re.search(r'name="seen" value="(\d+)"', late.text)
    assert newer is not None
    assert client.post(there, {**sent, "name": "Sist", "seen": newer[1]}).status_code == 302
    row.refresh_from_db()
    assert row.name == "Sist"


def test_what_municipalities_measure_keeps_its_meaning(client: Client, solution: Solution) -> None:
    row = benefit(solution)
    followed(row)
    sign_in(client, Role.PROGRAMME)
    there = f"{HERE}{row.pk}/endre/"
    sent = {**FORM, "seen": str(row.version), "national_baseline": "", "national_baseline_on": ""}
    changed = client.post(there, {**sent, "better": "more"})
    assert changed.status_code == 422
    assert "Lag en ny hvis den skal måles på en annen måte" in changed.text
    assert client.post(there, {**sent, "name": "Bedre navn"}).status_code == 302


def test_a_benefit_is_taken_out(client: Client, solution: Solution) -> None:
    row = benefit(solution)
    sign_in(client, Role.PROGRAMME)
    assert client.post(f"{HERE}{row.pk}/ta-ut/").status_code == 302
    assert row.name not in client.get(HERE).text.split("<main", 1)[1]
    assert client.get(f"{HERE}{row.pk}/endre/").status_code == 404


def test_what_counts_the_same_is_said_shown_and_taken_back(
    client: Client, solution: Solution
) -> None:
    one, other = benefit(solution, "Færre telefoner"), benefit(solution, "Mer ro")
    sign_in(client, Role.PROGRAMME)
    there = f"{HERE}dobbelttelling/"
    same = client.post(there, {"first": one.pk, "second": one.pk})
    assert same.status_code == 422
    assert "Velg to ulike gevinster" in same.text
    assert client.post(there, {"first": other.pk, "second": one.pk}).status_code == 302
    assert "Færre telefoner og Mer ro" in client.get(HERE).text

    row = BenefitOverlap.objects.get()
    removed = client.post(f"{there}{row.pk}/fjern/", follow=True)
    assert "regnes ikke lenger som dobbelttelling" in removed.text
    assert not BenefitOverlap.objects.exists()


def test_the_map_is_drawn_changed_and_emptied(client: Client, solution: Solution) -> None:
    row = benefit(solution)
    sign_in(client, Role.PROGRAMME)
    there = f"{HERE}kart/"

    def seen() -> str:
        found = re.search(r'name="seen" value="([0-9a-f]+)"', client.get(there).text)
        assert found is not None
        return found[1]

    rows = {
        "kolonne-1": "precondition",
        "ord-1": "Alle har fått opplæring",
        "gevinster-1": [str(row.pk)],
        "kolonne-2": "goal",
        "ord-2": "Mer tid til pasienten",
        "gevinster-2": [str(row.pk)],
    }
    assert client.post(there, {**rows, "seen": seen()}).status_code == 302
    text = client.get(HERE).text
    assert text.count('class="benefit-map-tie"') == 2
    assert "<td>Alle har fått opplæring</td><td>Mer tid til pasienten</td>" in text

    nameless = client.post(there, {**rows, "ord-2": "", "seen": seen()})
    assert nameless.status_code == 422
    assert "eller ta bort hakene" in nameless.text

    assert client.post(there, {"seen": seen()}).status_code == 302
    assert not BenefitNode.objects.exists()


def test_two_who_draw_at_once_do_not_write_over_each_other(
    client: Client, solution: Solution
) -> None:
    row = benefit(solution)
    sign_in(client, Role.PROGRAMME)
    there = f"{HERE}kart/"
    empty = services.fingerprint(())
    services.draw(
        solution=solution,
        around=[Around(MapColumn.GOAL, "Skrevet av den andre", (row.pk,))],
        by=BY,
        at=AT,
    )
    sent = {"kolonne-1": "goal", "ord-1": "Skrevet av meg", "gevinster-1": [str(row.pk)]}

    late = client.post(there, {**sent, "seen": empty})

    assert late.status_code == 422
    assert "Noen har endret dette mens du skrev" in late.text
    assert "Skrevet av den andre" in late.text
    assert 'value="Skrevet av meg"' in late.text
    newer = re.search(r'name="seen" value="([0-9a-f]+)"', late.text)
    assert newer is not None
    assert client.post(there, {**sent, "seen": newer[1]}).status_code == 302
    assert BenefitNode.objects.get().words == "Skrevet av meg"
