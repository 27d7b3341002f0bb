"""A measurement is frozen, read, and made again."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from playwright.sync_api import Page, expect

from samlop.accounts.models import Membership, Person
from samlop.accounts.rules import Role
from samlop.municipalities.models import Municipality
from samlop.portfolio.models import Offer
from samlop.uptake.models import LedgerRemark, StageDefinition, StageEvent
from samlop.uptake.rules.stages import Source, Stage
from tests import factories as make
from tests.browser.conftest import OpenPage

Check = Callable[[Page], list[str]]
LONG_AGO = datetime(2025, 1, 10, tzinfo=UTC)


@pytest.fixture
def offer(transactional_db: None) -> Offer:
    """In use in one of two municipalities, which has a remark."""
    offer = make.offer(solution=make.solution(name="Kjernejournal", slug="kjernejournal"))
    for stage in (Stage.TECHNICALLY_INTRODUCED, Stage.IN_USE):
        StageDefinition.objects.create(
            solution=offer.solution,
            stage=stage.value,
            version=1,
            words="Minst én enhet.",
            valid_from=date(2020, 1, 1),
            published_at=LONG_AGO,
        )
    place: Municipality = make.municipality(name="Arendal")
    make.municipality(name="Risør")
    StageEvent.objects.create(
        offer=offer,
        municipality=place,
        stage=Stage.IN_USE.value,
        happened_on=LONG_AGO.date(),
        source=Source.MUNICIPALITY.value,
        recorded_at=LONG_AGO,
    )
    LedgerRemark.objects.create(
        municipality=place, offer=offer, words="Bare i én avdeling.", recorded_at=LONG_AGO
    )
    return offer


@pytest.mark.parametrize("javascript", [True, False], ids=["with", "without-javascript"])
def test_a_measurement_is_frozen_and_comes_out_the_same_again(
    open_page: OpenPage, axe: Check, overflow: Check, offer: Offer, javascript: bool
) -> None:
    owner = Person.objects.create(name="Eier", email="eier@example.invalid")
    Membership.objects.create(
        person=owner, role=Role.PORTFOLIO_OWNER.value, valid_from=make.SOME_DAY
    )
    page = open_page("/utbredelse/vesentlig-andel/", width=320, javascript=javascript, person=owner)
    page.get_by_role("link", name="Frys en måling").click()
    page.get_by_label("Løsning og tjenesteområde").select_option(str(offer.pk))
    page.get_by_role("button", name="Vis tallene").click()
    expect(page.get_by_text("50,0 %").first).to_be_visible()
    assert overflow(page) == []
    page.get_by_role("button", name="Frys målingen").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("Kjernejournal, målt for")
    expect(page.get_by_text("Bare i én avdeling.")).to_be_visible()
    page.get_by_role("link", name="Regn ut på nytt og sammenlign").click()
    expect(page.get_by_text("Samme fil, samme kontrollsum")).to_be_visible()
    assert overflow(page) == []
    if javascript:
        assert axe(page) == []
