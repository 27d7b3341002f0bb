"""After a merge or a split: proposed with what each had, carried over when a person says so."""

from datetime import UTC, date, datetime

import pytest
from django.test import Client

from samlop.municipalities.models import CodeChange, Municipality
from samlop.municipalities.rules.kinds import ChangeKind
from samlop.portfolio.models import Offer
from samlop.uptake.models import CarryDecision
from samlop.uptake.queries import stages as queries
from samlop.uptake.rules.stages import Source, Stage
from samlop.uptake.services import stages
from samlop.uptake.services.stages import Said
from tests import factories as make
from tests.web.uptake.conftest import BY, TODAY, SignInAs

pytestmark = pytest.mark.django_db

HERE = "/kommuner/9610/utbredelse/for-over/"
MERGED_ON = date(2026, 1, 1)


@pytest.fixture
def former() -> list[Municipality]:
    rows = [
        make.municipality(number=number, name=name, valid_to=MERGED_ON)
        for number, name in (("9601", "Gammelvik"), ("9602", "Gammelnes"))
    ]
    for number in ("9601", "9602"):
        CodeChange.objects.create(
            old_number=number,
            new_number="9610",
            happened_on=MERGED_ON,
            kind=ChangeKind.MERGED.value,
        )
    return rows


@pytest.fixture
def place() -> Municipality:
    return make.municipality(number="9610", name="Nyvik", valid_from=MERGED_ON)


def said(offer: Offer, place: Municipality, stage: Stage) -> None:
    stages.say(
        offer=offer,
        municipality=place,
        said=Said(stage=stage, happened_on=date(2025, 5, 1), source=Source.PROGRAMME),
        by=BY,
        on=date(2025, 5, 1),
        at=datetime(2025, 5, 1, 9, tzinfo=UTC),
    )


@pytest.fixture
def both(offer: Offer, former: list[Municipality]) -> Offer:
    for place, stage in zip(former, (Stage.IN_USE, Stage.TECHNICALLY_INTRODUCED), strict=True):
        said(offer, place, stage)
    return offer


def test_it_is_found_from_the_own_page_and_the_municipalitys(
    client: Client, place: Municipality, both: Offer, sign_in: SignInAs
) -> None:
    sign_in()
    assert "Si om 1 løsning følger med fra de tidligere kommunene" in client.get("/").text
    assert HERE in client.get("/kommuner/9610/utbredelse/").text


def test_what_each_had_is_shown_and_the_lowest_is_proposed(
    client: Client, place: Municipality, both: Offer, sign_in: SignInAs
) -> None:
    sign_in()
    html = client.get(HERE).text
    assert "Gammelvik: tatt i bruk" in html
    assert "Gammelnes: teknisk innført" in html
    assert "Forslag: teknisk innført fra 1. januar 2026." in html


def test_nothing_is_carried_over_before_a_person_says_so(
    client: Client, place: Municipality, both: Offer, sign_in: SignInAs
) -> None:
    sign_in()
    assert queries.standing([both.pk], TODAY, municipalities=[place.pk]) == {}
    assert client.post(HERE, {}).status_code == 422
    assert not CarryDecision.objects.exists()

    sent = {f"svar-{both.pk}": "ja", f"steg-{both.pk}": "technically_introduced"}
    assert client.post(HERE, sent).status_code == 302
    found = queries.standing([both.pk], TODAY)[both.pk, place.pk]
    assert (found.agreed, found.since) == (Stage.TECHNICALLY_INTRODUCED, MERGED_ON)
    assert "Det er ikke noe å føre over" in client.get(HERE).text
    # A second click finds nothing to answer.
    assert client.post(HERE, sent).status_code == 422
    assert CarryDecision.objects.count() == 1


def test_no_is_remembered(
    client: Client, place: Municipality, both: Offer, sign_in: SignInAs
) -> None:
    sign_in()
    client.post(HERE, {f"svar-{both.pk}": "nei", f"steg-{both.pk}": "technically_introduced"})
    assert not CarryDecision.objects.get().carried
    assert queries.standing([both.pk], TODAY, municipalities=[place.pk]) == {}
    assert "følger med fra de tidligere" not in client.get("/").text


def test_another_proposal_than_the_one_that_was_seen_is_asked_about_anew(
    client: Client, place: Municipality, both: Offer, sign_in: SignInAs
) -> None:
    sign_in()
    refused = client.post(HERE, {f"svar-{both.pk}": "ja", f"steg-{both.pk}": "in_use"})
    assert "Det som stod her, er endret." in refused.text
    assert not CarryDecision.objects.exists()
