"""What one row costs and how it is written; on made-up municipalities."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from samlop.accounts.rules import Role
from samlop.lib.quarters import Quarter
from samlop.municipalities.models import Population, RoomAnswer
from samlop.municipalities.rules.kinds import RegionKind, Room
from samlop.web import clock
from tests import factories as make
from tests.web.municipalities.conftest import SignIn, World

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?q=eksempel",
        "?visning=kart",
        "?format=csv",
        "?kolonne=arbeidsmengde&sorter=arbeidsmengde",
    ],
)
def test_the_list_costs_the_same_for_one_row_and_for_twenty(
    client: Client, world: World, sign_in: SignIn, query: str
) -> None:
    sign_in(Role.COORDINATION_GROUP_MEMBER)
    make.municipality(name="Eksempel")
    with CaptureQueriesContext(connection) as for_few:
        client.get(f"/kommuner/{query}")
    members = tuple(make.municipality(name=f"Eksempel {n}") for n in range(19))
    make.region(kind=RegionKind.EHEALTH_GROUP, members=members)
    for one in members:
        Population.objects.create(
            municipality=one, counted_on=make.SOME_DAY, inhabitants=900, source="test"
        )
    with CaptureQueriesContext(connection) as for_many:
        client.get(f"/kommuner/{query}")

    assert len(for_many) == len(for_few), [q["sql"] for q in for_many]


def test_names_are_written_as_text_in_the_page_and_never_run_in_a_file(client: Client) -> None:
    make.municipality(number="9901", name="=SUM(A1)<b>")

    page = client.get("/kommuner/").content.decode()
    file = client.get("/kommuner/?format=csv").content.decode("utf-8-sig")

    assert "=SUM(A1)&lt;b&gt;" in page
    assert "'=SUM(A1)<b>;9901;" in file


def test_the_load_is_a_word_to_the_signed_in(client: Client, world: World, sign_in: SignIn) -> None:
    quarter = Quarter.of(clock.today()).plus(1)
    RoomAnswer.objects.create(
        municipality=world.other, quarter=quarter.starts_on, room=Room.FULL.value
    )
    sign_in(Role.ANALYST)

    answer = client.get("/kommuner/?kolonne=arbeidsmengde&format=json").json()
    full = client.get("/kommuner/?arbeidsmengde=hoy&format=json").json()

    assert {row["navn"]: row["arbeidsmengde"] for row in answer["kommuner"]} == {
        "Evje og Hornnes": "Lav",
        "Lyngen": "Høy",
    }
    assert [row["navn"] for row in full["kommuner"]] == ["Lyngen"]
