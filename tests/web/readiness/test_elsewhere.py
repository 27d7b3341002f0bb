"""How far products have come, on a vendor's page, a municipality's, and one's own."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from samlop.accounts.rules import Role
from samlop.portfolio.rules.readiness import Readiness
from samlop.portfolio.rules.solutions import Area, Phase
from tests import factories as make
from tests.web.readiness.conftest import SignIn, Stage, today

pytestmark = pytest.mark.django_db


def test_a_vendors_page_shows_its_rows_to_everybody(client: Client, stage: Stage) -> None:
    text = client.get(f"/leverandorer/{stage.vendor.slug}/").text
    assert "Hvor langt produktene er kommet" in text
    assert "Legemiddelliste" in text
    assert "Planlagt" in text
    assert stage.own not in text


def test_its_own_people_are_led_on(client: Client, stage: Stage, sign_in: SignIn) -> None:
    sign_in(Role.VENDOR)
    assert stage.own in client.get(f"/leverandorer/{stage.vendor.slug}/").text


def test_a_vendor_nobody_has_spoken_of_has_no_such_part(client: Client, stage: Stage) -> None:
    other = make.product().vendor
    text = client.get(f"/leverandorer/{other.slug}/").text
    assert "Hvor langt produktene er kommet" not in text


def test_a_municipality_sees_what_waits_and_what_is_ready(client: Client, stage: Stage) -> None:
    ready = make.offer(solution=make.solution(name="Kjernejournal"), area=Area.HOME_CARE)
    make.readiness(offer=ready, product=stage.product, state=Readiness.RELEASED, told_on=today())
    silent = make.offer(solution=make.solution(name="Stille"), area=Area.HOME_CARE)
    make.readiness(offer=silent, product=make.product())
    gone = make.offer(solution=make.solution(name="Borte"), area=Area.HOME_CARE)
    make.phase(offer=gone, phase=Phase.PHASED_OUT)
    make.readiness(offer=gone, product=stage.product)
    elsewhere = make.offer(solution=make.solution(name="Barn"), area=Area.CHILD_HEALTH)
    make.readiness(offer=elsewhere, product=stage.product)

    text = client.get("/kommuner/4203/").text
    part = text[text.index("leverandorer-tittel") :]
    part = part[: part.index("</section>")]

    waiting, ready_words = part.split("Leverandøren er klar:")
    assert "Legemiddelliste" in waiting
    assert "Planlagt" in waiting
    assert "hjemmetjeneste" in waiting
    ready_words, unknown = ready_words.split("Ingen har opplyst noe")
    assert "Kjernejournal" in ready_words
    assert "Stille" in unknown
    for absent in ("Borte", "Barn"):
        assert absent not in part


def test_a_municipality_without_systems_has_no_such_part(client: Client, stage: Stage) -> None:
    make.municipality(number="4205", name="Lindesnes")
    assert "leverandorer-tittel" not in client.get("/kommuner/4205/").text


def test_a_municipalitys_page_costs_the_same_however_much_it_waits_for(
    client: Client, stage: Stage
) -> None:
    with CaptureQueriesContext(connection) as for_one:
        client.get("/kommuner/4203/")
    for _ in range(10):
        offer = make.offer(area=Area.HOME_CARE)
        make.readiness(offer=offer, product=stage.product)
    with CaptureQueriesContext(connection) as for_many:
        text = client.get("/kommuner/4203/").text
    assert text.count("Planlagt</span>") == 11
    assert len(for_many) == len(for_one), [q["sql"] for q in for_many]


def test_whoever_speaks_for_a_vendor_is_told_at_home(
    client: Client, stage: Stage, sign_in: SignIn
) -> None:
    sign_in(Role.VENDOR)
    text = client.get("/").text
    assert "Stemmer det som står om 1 av produktene deres?" in text
    assert stage.own in text

    client.post(stage.own, {"rad": stage.key})

    assert "Stemmer det som står" not in client.get("/").text
