"""Who may be in which region when; docs/domain/regions.md has the cases in words."""

from datetime import date

import pytest

from samlop.municipalities.rules.kinds import ProductKind, RegionKind
from samlop.municipalities.rules.regions import (
    KEPT_BY_PEOPLE,
    Held,
    RegionRefusal,
    Span,
    in_the_way,
    refusal_of_membership,
    refusal_to_share,
)


def span(start: int, end: int | None = None) -> Span:
    """Years stand for their first day."""
    return Span(valid_from=date(start, 1, 1), valid_to=date(end, 1, 1) if end is not None else None)


REGION = span(2020)
EXISTS = (span(2017, 2020), span(2020))


@pytest.mark.parametrize(
    ("wanted", "region", "existence", "refusal"),
    [
        (span(2024), REGION, EXISTS, None),
        (span(2020, 2021), span(2020, 2021), EXISTS, None),
        (span(2024, 2024), REGION, EXISTS, RegionRefusal.MEMBERSHIP_ENDS_BEFORE_IT_STARTS),
        (span(2019), REGION, EXISTS, RegionRefusal.REGION_NOT_THERE_YET),
        (span(2024), span(2020, 2023), EXISTS, RegionRefusal.REGION_ENDED),
        (span(2022), span(2020, 2023), EXISTS, RegionRefusal.REGION_ENDED),
        (span(2022, 2024), span(2020, 2023), EXISTS, RegionRefusal.REGION_ENDED),
        (span(2022, 2023), span(2020, 2023), EXISTS, None),
        (span(2024), REGION, (span(2017, 2020),), RegionRefusal.MUNICIPALITY_NOT_THERE),
        (span(2023), REGION, (span(2024),), RegionRefusal.MUNICIPALITY_NOT_THERE),
        (span(2024), REGION, (), RegionRefusal.MUNICIPALITY_NOT_THERE),
    ],
)
def test_refusal_of_membership(
    wanted: Span, region: Span, existence: tuple[Span, ...], refusal: RegionRefusal | None
) -> None:
    found = refusal_of_membership(RegionKind.IKT_COOPERATION, wanted, region, existence)
    assert found == refusal


@pytest.mark.parametrize("kind", RegionKind)
def test_counties_and_health_regions_are_facts_and_the_rest_is_kept_by_people(
    kind: RegionKind,
) -> None:
    is_fact = kind in {RegionKind.COUNTY, RegionKind.HEALTH_REGION}
    assert (kind not in KEPT_BY_PEOPLE) is is_fact
    refusal = refusal_of_membership(kind, span(2024), REGION, EXISTS)
    assert refusal == (RegionRefusal.KIND_IS_A_FACT if is_fact else None)


HERE, ELSEWHERE = 1, 2


@pytest.mark.parametrize(
    ("kind", "held", "blocked"),
    [
        (RegionKind.EHEALTH_GROUP, Held(region=ELSEWHERE, span=span(2020)), True),
        (RegionKind.EHEALTH_GROUP, Held(region=ELSEWHERE, span=span(2020, 2024)), False),
        (RegionKind.EHEALTH_GROUP, Held(region=ELSEWHERE, span=span(2025)), True),
        (RegionKind.EHEALTH_GROUP, Held(region=ELSEWHERE, span=span(2026)), False),
        (RegionKind.IKT_COOPERATION, Held(region=ELSEWHERE, span=span(2020)), False),
        (RegionKind.HEALTH_COMMUNITY, Held(region=ELSEWHERE, span=span(2020)), False),
        (RegionKind.IKT_COOPERATION, Held(region=HERE, span=span(2020)), True),
        (RegionKind.IKT_COOPERATION, Held(region=HERE, span=span(2020, 2024)), False),
    ],
)
def test_what_stands_in_the_way_of_a_membership_from_2024_to_2026(
    kind: RegionKind, held: Held, blocked: bool
) -> None:
    assert in_the_way(kind, HERE, span(2024, 2026), [held]) == (held if blocked else None)


def test_the_earliest_of_several_is_named() -> None:
    early, late = Held(region=2, span=span(2020, 2025)), Held(region=3, span=span(2025))
    assert in_the_way(RegionKind.EHEALTH_GROUP, HERE, span(2024), [late, early]) == early


@pytest.mark.parametrize(
    ("kind", "product", "refusal"),
    [
        (RegionKind.IKT_COOPERATION, ProductKind.RECORD_SYSTEM, None),
        (RegionKind.IKT_COOPERATION, None, None),
        (
            RegionKind.IKT_COOPERATION,
            ProductKind.WELFARE_TECHNOLOGY,
            RegionRefusal.NOT_A_RECORD_SYSTEM,
        ),
        (
            RegionKind.EHEALTH_GROUP,
            ProductKind.RECORD_SYSTEM,
            RegionRefusal.NO_SHARED_INSTALLATION,
        ),
    ],
)
def test_refusal_to_share(
    kind: RegionKind, product: ProductKind | None, refusal: RegionRefusal | None
) -> None:
    assert refusal_to_share(kind, product) == refusal
