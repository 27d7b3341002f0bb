"""The criteria in the pages: what everybody reads, and how the next version is written."""

import re

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from samlop.accounts.rules import Role
from samlop.lib.actors import Machine
from samlop.portfolio.models import CriteriaSet, Criterion
from samlop.portfolio.rules.criteria import SetStanding
from samlop.portfolio.services import criteria as services
from tests.web.signing_in import sign_in

pytestmark = pytest.mark.django_db

LABEL = "Forslag ut fra sluttrapporten – ikke vedtatt av KS"
WRITERS = {Role.PORTFOLIO_OWNER}
TEXT = {
    "title": "Nynorsk",
    "question": "Finnes den på nynorsk?",
    "why": "",
    "evidence": "",
    "weight": "should",
    "assessor": "programme",
    "beside": "none",
    "revision": "0",
}


@pytest.fixture(autouse=True)
def _first() -> None:
    call_command("load_bodies", verbosity=0)
    call_command("load_criteria", verbosity=0)


@pytest.fixture
def draft(client: Client) -> CriteriaSet:
    """A draft, and the portfolio owner signed in."""
    sign_in(client, Role.PORTFOLIO_OWNER)
    client.post("/kriterier/utkast/")
    return CriteriaSet.objects.get(number=2)


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html.split("<main", 1)[1]).split())


def test_everybody_reads_the_criteria_and_whose_word_they_are(client: Client) -> None:
    for address in ("/kriterier/", "/kriterier/1/"):
        page = words(client.get(address).text)
        assert LABEL in page
        assert "KS, etter råd fra" in page
        assert "utkast" not in page.lower()
    page = words(client.get("/kriterier/1/").text)
    assert "13 kriterier, 11 av dem må være oppfylt" in page
    assert "Leverandørene er klare" in page
    assert "Det er bare én versjon" in words(client.get("/kriterier/sammenlign/").text)
    assert client.get("/kriterier/7/").status_code == 404


@pytest.mark.parametrize("role", Role)
def test_who_may_do_what(role: Role, client: Client) -> None:
    services.start_draft(by=Machine("tests"), at=CriteriaSet.objects.get().created_at)
    sign_in(client, role)
    expected = 200 if role in WRITERS else 403

    assert client.get("/kriterier/2/").status_code == (200 if role in WRITERS else 404)
    assert ("Arbeid videre på utkastet" in client.get("/kriterier/").text) is (role in WRITERS)
    assert ("Utkast" in client.get("/kriterier/sammenlign/?fra=1&til=2").text) is False
    for address in ("om", "nytt", "publiser", "slett", "gevinster/rediger", "gevinster/fjern"):
        assert client.get(f"/kriterier/2/{address}/").status_code == expected
    moved = client.post("/kriterier/2/gevinster/flytt/", {"ned": "1"}).status_code
    assert moved == (302 if role in WRITERS else 403)
    assert client.post("/kriterier/utkast/").status_code == (302 if role in WRITERS else 403)


def test_visitors_are_led_to_the_log_in(client: Client) -> None:
    assert client.get("/kriterier/1/om/").headers["Location"].startswith("/konto/logg-inn/")
    assert client.post("/kriterier/utkast/").status_code == 302
    assert CriteriaSet.objects.count() == 1


def test_a_version_is_drafted_changed_and_published(client: Client, draft: CriteriaSet) -> None:
    at = "/kriterier/2/"
    shown = client.post(
        f"{at}gevinster/rediger/",
        {**TEXT, "title": "Gevinster", "weight": "must", "question": "Målt i ett år?"},
        follow=True,
    )
    assert "«Gevinster» er lagret." in shown.text
    assert "«Nynorsk» er lagt til." in client.post(f"{at}nytt/", TEXT, follow=True).text
    client.post(f"{at}nynorsk/flytt/", {"opp": "1"})
    assert "er fjernet." in client.post(f"{at}utprovd/fjern/", follow=True).text

    refused = client.get(f"{at}publiser/").text
    assert "Skriv hvor kriteriene kommer fra" in refused
    about = {
        "deciding_body": draft.deciding_body_id,
        "advised_by": "",
        "standing": SetStanding.DECIDED.value,
        "source": "KS, sak 3/27",
        "what_is_new": "Strengere krav til måling.",
    }
    assert "Lagret." in client.post(f"{at}om/", about, follow=True).text

    page = client.get(f"{at}publiser/")
    read = words(page.text)
    assert "1 nytt kriterium" in read
    assert "1 kriterium er ute" in read
    assert "Målt i ett år?" in read
    seen = re.search(r'name="sett" value="([^"]+)"', page.text)
    assert seen
    shown = client.post(f"{at}publiser/", {"sett": seen[1]}, follow=True)
    assert "Versjon 2 er publisert." in shown.text
    client.logout()
    read = words(client.get("/kriterier/sammenlign/").text)
    assert "1 endret kriterium" in read
    assert "Strengere krav til måling." in read
    assert "Besluttet" in words(client.get(at).text)


def test_what_was_not_read_is_not_published(client: Client, draft: CriteriaSet) -> None:
    client.post("/kriterier/2/nytt/", TEXT)
    services.describe(
        criteria_set=draft,
        deciding_body=draft.deciding_body,
        advised_by=None,
        standing=SetStanding.PROPOSED,
        source="KS",
        what_is_new="Nytt",
        by=Machine("tests"),
    )
    answer = client.post("/kriterier/2/publiser/", {"sett": "noe annet"})
    assert answer.status_code == 422
    assert "Utkastet ble endret mens du leste" in answer.text
    draft.refresh_from_db()
    assert not draft.is_published


def test_a_refusal_keeps_what_was_typed(client: Client, draft: CriteriaSet) -> None:
    answer = client.post("/kriterier/2/nytt/", {**TEXT, "title": "Helsefaglig forsvarlig"})
    assert answer.status_code == 422
    assert "heter allerede" in answer.text
    assert "Finnes den på nynorsk?" in answer.text
    answer = client.post("/kriterier/2/nytt/", {**TEXT, "question": ""})
    assert "Skriv spørsmålet som skal besvares." in answer.text


def test_two_who_edit_one_criterion_are_both_shown(client: Client, draft: CriteriaSet) -> None:
    address = "/kriterier/2/gevinster/rediger/"
    client.post(address, {**TEXT, "title": "Den første"})
    answer = client.post(address, {**TEXT, "title": "Den andre"})
    assert answer.status_code == 422
    assert "Nå lagret: «Den første»" in answer.text
    assert 'value="Den andre"' in answer.text
    assert 'name="revision" value="1"' in answer.text
    client.post(address, {**TEXT, "title": "Den andre", "revision": "1"})
    assert Criterion.objects.get(criteria_set=draft, code="gevinster").title == "Den andre"


def test_a_draft_is_deleted(client: Client, draft: CriteriaSet) -> None:
    assert "Utkastet er slettet." in client.post("/kriterier/2/slett/", follow=True).text
    assert not CriteriaSet.objects.filter(pk=draft.pk).exists()
    assert client.get("/kriterier/2/").status_code == 404


@pytest.mark.parametrize("address", ["/kriterier/", "/kriterier/2/"])
def test_the_pages_cost_the_same_for_more_rows(
    client: Client, draft: CriteriaSet, address: str
) -> None:
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    for index in range(10):
        client.post("/kriterier/2/nytt/", {**TEXT, "title": f"Kriterium {index}"})
    for number in range(3, 8):
        CriteriaSet.objects.create(
            number=number,
            deciding_body=draft.deciding_body,
            standing="proposed",
            source="Sak",
            created_at=draft.created_at,
            published_at=draft.created_at,
        )
    client.get(address)
    with CaptureQueriesContext(connection) as many:
        client.get(address)
    assert len(many) == len(few), [query["sql"] for query in many]
