"""Regions on a day: the list, one region, and a municipality's own."""

from datetime import date

import pytest
from pytest_django import DjangoAssertNumQueries

from samlop.lib.actors import Machine
from samlop.municipalities.models import Municipality, Population
from samlop.municipalities.queries import regions as queries
from samlop.municipalities.rules.kinds import Certainty, RegionKind, ServiceArea
from samlop.municipalities.services import regions as services
from tests import factories as make

pytestmark = pytest.mark.django_db

DAY = date(2027, 3, 1)
BY = Machine("test")


def inhabitants(municipality: Municipality, count: int) -> None:
    Population.objects.create(
        municipality=municipality, counted_on=date(2026, 1, 1), inhabitants=count, source="test"
    )


def test_regions_are_listed_kind_by_kind_in_norwegian_order_with_their_members() -> None:
    here, there = make.municipality(), make.municipality()
    make.region(kind=RegionKind.IKT_COOPERATION, name="Øst IKT", members=(here,))
    make.region(kind=RegionKind.IKT_COOPERATION, name="Zeta IKT", valid_to=DAY)
    west = make.region(kind=RegionKind.IKT_COOPERATION, name="Vest IKT")
    make.membership(region=west, of=here, valid_to=DAY)
    make.membership(region=west, of=there, valid_from=DAY)
    make.region(kind=RegionKind.COUNTY, name="Ås", members=(here, there), number="42")
    make.region(
        kind=RegionKind.EHEALTH_GROUP, name="Digi", members=(here,), certainty=Certainty.ASSUMED
    )

    found = queries.regions_on(DAY)

    assert [(row.kind, row.name, row.members, row.assumed_members) for row in found] == [
        (RegionKind.COUNTY, "Ås", 2, 0),
        (RegionKind.EHEALTH_GROUP, "Digi", 1, 1),
        (RegionKind.IKT_COOPERATION, "Vest IKT", 1, 0),
        (RegionKind.IKT_COOPERATION, "Øst IKT", 1, 0),
    ]
    assert (found[0].number, found[2].number) == ("42", None)


def test_one_region_with_its_members_of_the_day() -> None:
    aas, zeta, gone = (make.municipality(name=name) for name in ("Ås", "Zeta", "Alta"))
    inhabitants(aas, 3_000)
    region = make.region(
        kind=RegionKind.IKT_COOPERATION,
        slug="ost-ikt",
        members=(aas, zeta),
        certainty=Certainty.ASSUMED,
    )
    make.membership(region=region, of=gone, valid_to=DAY)
    services.share_installation(
        region=region, service_area=ServiceArea.HOME_CARE, product=None, by=BY
    )

    page = queries.region_page("ost-ikt", on=DAY)

    assert page is not None
    assert [(member.name, member.inhabitants) for member in page.members] == [
        ("Zeta", None),
        ("Ås", 3_000),
    ]
    assert (page.inhabitants, page.assumed_members) == (3_000, 2)
    (installation,) = page.installations
    assert (installation.service_area, installation.product) == (ServiceArea.HOME_CARE, None)
    assert page.members[0].membership == region.memberships.get(municipality=zeta).pk


def test_an_unknown_address_is_no_region() -> None:
    assert queries.region_page("finnes-ikke", on=DAY) is None


def test_an_ended_region_says_when_and_has_no_members_after() -> None:
    make.region(slug="gammel", members=(make.municipality(),), valid_to=date(2025, 1, 1))

    page = queries.region_page("gammel", on=DAY)

    assert page is not None
    assert (page.valid_to, page.members) == (date(2025, 1, 1), ())


def test_all_regions_of_a_municipality_on_a_day() -> None:
    here = make.municipality()
    make.region(kind=RegionKind.IKT_COOPERATION, name="Øst IKT", members=(here,))
    make.region(kind=RegionKind.IKT_COOPERATION, name="Gammel IKT", members=(here,), valid_to=DAY)
    make.region(kind=RegionKind.COUNTY, name="Innlandet", members=(here,), number="34")
    make.region(kind=RegionKind.EHEALTH_GROUP, name="Digi", members=(make.municipality(),))

    found = queries.regions_of(here.pk, on=DAY)

    assert [(region.kind, region.name) for region in found] == [
        (RegionKind.COUNTY, "Innlandet"),
        (RegionKind.IKT_COOPERATION, "Øst IKT"),
    ]


@pytest.mark.parametrize("members", [1, 12])
def test_questions_cost_the_same_for_one_member_and_for_twelve(
    members: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    municipalities = tuple(make.municipality() for _ in range(members))
    make.region(slug="her", members=municipalities)

    with django_assert_num_queries(1):
        queries.regions_on(DAY)
    with django_assert_num_queries(4):
        queries.region_page("her", on=DAY)
    with django_assert_num_queries(1):
        queries.regions_of(municipalities[0].pk, on=DAY)
