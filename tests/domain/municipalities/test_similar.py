"""«Kommuner som ligner»: who comes first, and the sentence that says why."""

from datetime import date

import pytest
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from samlop.lib.actors import Machine
from samlop.municipalities.models import Municipality, Population
from samlop.municipalities.queries import similar as queries
from samlop.municipalities.rules.kinds import ProductKind, RegionKind, ServiceArea
from samlop.municipalities.rules.similarity import SimilarIn
from samlop.municipalities.services import vendors
from tests import factories as make

pytestmark = pytest.mark.django_db

DAY = date(2027, 3, 1)
BY = Machine("test")


def municipality(number: str, inhabitants: int | None, **facts: object) -> Municipality:
    made = make.municipality(number=number, name=f"Kommune {number}")
    Municipality.objects.filter(pk=made.pk).update(**facts)
    if inhabitants is not None:
        Population.objects.create(
            municipality=made,
            counted_on=date(2026, 1, 1),
            inhabitants=inhabitants,
            source="test",
        )
    return made


def test_each_similar_municipality_says_in_words_why() -> None:
    one = municipality("9101", 3_000, centrality=5, centrality_index=600)
    twin = municipality("9102", 3_012, centrality=5, centrality_index=605)
    far = municipality("9103", 40_000, centrality=2, centrality_index=900)
    make.region(kind=RegionKind.EHEALTH_GROUP, members=(one, twin))
    make.region(kind=RegionKind.IKT_COOPERATION, members=(one, twin))
    vendor = vendors.create_vendor(name="Journal AS", by=BY)
    journal = vendors.create_product(
        vendor=vendor, name="Journal", kind=ProductKind.RECORD_SYSTEM, by=BY
    )
    for place in (one, twin):
        vendors.set_profile(
            municipality=place,
            service_area=ServiceArea.HOME_CARE,
            product=journal,
            valid_from=date(2024, 1, 1),
            by=BY,
        )

    first, second = queries.similar_to(one.pk, on=DAY)

    assert (first.pk, first.number, first.name) == (twin.pk, "9102", "Kommune 9102")
    assert first.why == (
        "Omtrent like mange innbyggere (3\N{NO-BREAK SPACE}012), samme sentralitet, samme "
        "journalsystem (hjemmetjeneste), samme IKT-samarbeid, samme regionale gruppe e-helse"
    )
    assert (second.pk, second.reasons) == (far.pk, (SimilarIn.NEAREST,))
    assert second.why == "Nærmest av dem som finnes (40\N{NO-BREAK SPACE}000 innbyggere)"


def test_a_known_kostra_group_comes_first_and_is_named() -> None:
    one = municipality("9101", 3_000, kostra_group="K3")
    municipality("9102", 3_000, kostra_group="K4")
    group = municipality("9103", 90_000, kostra_group="K3")

    first, *_ = queries.similar_to(one.pk, on=DAY)

    assert first.pk == group.pk
    assert first.why == "Samme KOSTRA-gruppe (K3)"


def test_an_unknown_number_of_inhabitants_is_not_written_as_none() -> None:
    one = municipality("9101", 3_000)
    municipality("9102", None)

    (only,) = queries.similar_to(one.pk, on=DAY)

    assert only.why == "Nærmest av dem som finnes"


def test_numbers_are_written_in_the_language_of_the_page() -> None:
    one = municipality("9101", 3_000)
    municipality("9102", 3_012)
    (only,) = queries.similar_to(one.pk, on=DAY)

    with translation.override("en"):
        assert "3,012" in only.why


def test_what_has_ended_makes_nobody_similar() -> None:
    one, other = municipality("9101", 3_000), municipality("9102", 3_000)
    for kind in (RegionKind.EHEALTH_GROUP, RegionKind.IKT_COOPERATION):
        make.region(kind=kind, members=(one, other), valid_to=date(2026, 1, 1))

    (only,) = queries.similar_to(one.pk, on=DAY)

    assert only.reasons == (SimilarIn.INHABITANTS,)


def test_a_municipality_that_does_not_exist_that_day_has_none_similar() -> None:
    one = municipality("9101", 3_000)
    municipality("9102", 3_000)
    assert queries.similar_to(one.pk, on=date(2020, 1, 1)) == ()


def test_likeness_costs_four_queries_and_shows_as_many_as_asked(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    one = municipality("9101", 3_000)
    for number in range(9102, 9122):
        municipality(str(number), 3_000)

    with django_assert_num_queries(4):
        found = queries.similar_to(one.pk, on=DAY, count=7)

    assert [like.number for like in found] == [str(number) for number in range(9102, 9109)]
