"""A municipality's uptake: what everybody reads, and what it reads of itself."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader

from samlop.accounts.rules import Role
from samlop.municipalities.models import Municipality
from samlop.municipalities.rules.kinds import RegionKind
from samlop.portfolio.models import Offer
from samlop.portfolio.rules.solutions import Area
from samlop.uptake.rules.stages import Source, Stage
from tests import factories as make
from tests.web.uptake.conftest import TODAY, Say, SignInAs

pytestmark = pytest.mark.django_db

HERE = "/kommuner/9042/utbredelse/"


def test_everybody_reads_how_far_it_has_come(client: Client, say: Say) -> None:
    say(Stage.IN_USE, Source.MUNICIPALITY)

    html = client.get(HERE).text

    assert "Kjernejournal" in html
    assert "Tatt i bruk" in html
    assert "Hva kildene sier" not in html


def test_what_it_may_still_answer_is_read_by_itself_its_region_and_the_group(
    client: Client, place: Municipality, say: Say, sign_in: SignInAs
) -> None:
    say(Stage.IN_USE, Source.USAGE_LOG, told_on=TODAY - timedelta(days=3))
    region = make.region(kind=RegionKind.EHEALTH_GROUP, members=(place,))

    public = client.get(HERE).text
    assert "Venter på svar fra kommunen" in public
    assert "Tatt i bruk" not in public

    for role, where in (
        (Role.MUNICIPAL_COORDINATOR, {"municipality": place}),
        (Role.CONTACT_PERSON, {"region": region}),
        (Role.COORDINATION_GROUP_MEMBER, {"region": None}),
    ):
        sign_in(role, **where)
        inside = client.get(HERE).text
        assert "Tatt i bruk" in inside, role
        assert "Brukslogg: tatt i bruk" in inside, role
        who = "Dere" if role is Role.MUNICIPAL_COORDINATOR else "Kommunen"
        assert f"{who} kan svare til 9. desember 2026" in inside, role
        assert ("Bekreft eller rett" in inside) is (role is Role.MUNICIPAL_COORDINATOR)
    sign_in(Role.CONTACT_PERSON, region=make.region(kind=RegionKind.EHEALTH_GROUP))
    assert "Brukslogg" not in client.get(HERE).text


def test_the_paper_for_the_committee_is_one_page_of_what_everybody_may_read(
    client: Client, place: Municipality, offer: Offer, say: Say, sign_in: SignInAs
) -> None:
    say(Stage.IN_USE, Source.MUNICIPALITY)
    hidden = make.offer(solution=make.solution(name="Skjult hittil"), area=Area.HOME_CARE)
    say(Stage.ACTIVE_USE, Source.USAGE_LOG, of=hidden, told_on=TODAY - timedelta(days=3))
    sign_in()

    answer = client.get(f"{HERE}?format=pdf")

    assert answer.headers["Content-Type"] == "application/pdf"
    assert "status-e-helse-9042-2026-11-22.pdf" in answer.headers["Content-Disposition"]
    paper = PdfReader(BytesIO(answer.content))
    assert len(paper.pages) == 1
    text = " ".join(paper.pages[0].extract_text().split())
    assert "Status e-helse til utvalget" in text
    assert "Tatt i bruk" in text
    assert "Venter på svar fra kommunen" in text
    assert "aktiv bruk" not in text


def test_more_solutions_cost_no_more_queries(client: Client, say: Say, sign_in: SignInAs) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as found:
            assert client.get(HERE).status_code == 200
        return len(found)

    say(Stage.IN_USE, Source.USAGE_LOG)
    sign_in()
    count()
    one = count()
    for _ in range(4):
        say(Stage.IN_USE, Source.USAGE_LOG, of=make.offer())
    assert count() == one


def test_a_solution_counts_once_however_many_areas_have_it(
    client: Client, offer: Offer, say: Say
) -> None:
    say(Stage.TECHNICALLY_INTRODUCED, Source.MUNICIPALITY)
    lead = "1 løsning er tilgjengelig i kommunen, og 0 er tatt i bruk."
    assert lead in client.get(HERE).text
    elsewhere = make.offer(solution=offer.solution, area=Area.HOME_CARE)
    say(Stage.IN_USE, Source.MUNICIPALITY, of=elsewhere)
    other = make.offer(solution=make.solution(name="Digital hjemmeoppfølging"))
    say(Stage.IN_USE, Source.MUNICIPALITY, of=other)
    lead = "2 løsninger er tilgjengelige i kommunen, og 2 er tatt i bruk."
    assert lead in client.get(HERE).text


def test_an_empty_page_says_so(client: Client, place: Municipality) -> None:
    assert "Ingen har opplyst hvor langt kommunen er kommet" in client.get(HERE).text


def test_an_unknown_number_is_not_found(client: Client) -> None:
    assert client.get("/kommuner/0001/utbredelse/").status_code == 404
