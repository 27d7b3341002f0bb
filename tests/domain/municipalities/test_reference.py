"""Our own data files: whole, loaded once, and never stronger than what people have entered."""

from collections import Counter
from dataclasses import replace
from datetime import date
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command
from pytest_django import DjangoAssertNumQueries

from samlop.audit.models import Event
from samlop.lib.actors import Machine
from samlop.municipalities.imports import reference
from samlop.municipalities.models import (
    CodeChange,
    CountyAuthority,
    Municipality,
    MunicipalityCode,
    MunicipalityName,
    Population,
    Region,
    RegionMembership,
    SuccessorFact,
)
from samlop.municipalities.rules.kinds import Certainty, LanguageForm, RegionKind
from samlop.municipalities.services import reference as services

DAY = date(2024, 1, 1)
PER_COUNTY = {
    "Oslo": 1,
    "Rogaland": 23,
    "Møre og Romsdal": 27,
    "Nordland": 41,
    "Østfold": 12,
    "Akershus": 21,
    "Buskerud": 18,
    "Innlandet": 46,
    "Vestfold": 6,
    "Telemark": 17,
    "Agder": 25,
    "Vestland": 43,
    "Trøndelag": 38,
    "Troms": 21,
    "Finnmark": 18,
}


def members(kind: RegionKind, day: date) -> Counter[str]:
    return Counter(
        RegionMembership.objects.filter(kind=kind)
        .valid_on(day)
        .values_list("region__name", flat=True)
    )


@pytest.mark.django_db
def test_the_files_hold_the_whole_country() -> None:
    services.load(reference.read())

    now = Municipality.objects.existing_on(DAY)
    assert now.count() == 357
    assert [now.filter(centrality=level).count() for level in range(1, 7)] == [
        5,
        21,
        54,
        65,
        104,
        108,
    ]
    assert Counter(now.values_list("language_form", flat=True)) == {
        "bokmal": 119,
        "nynorsk": 88,
        "neutral": 150,
    }
    assert Counter(now.values_list("point_kind", flat=True)) == {
        "centre": 336,
        "place_of_same_name": 10,
        "label": 11,
    }
    assert now.filter(organisation_number=None).count() == 2
    assert sum(row.area_km2 or 0 for row in now) == Decimal("323804.56")
    counts = Population.objects.filter(counted_on=DAY).values_list("inhabitants", flat=True)
    assert (len(counts), sum(counts)) == (357, 5_550_203)
    assert Population.objects.count() == 2495
    assert Region.objects.filter(kind=RegionKind.COUNTY).valid_on(DAY).count() == 15
    assert members(RegionKind.COUNTY, DAY) == PER_COUNTY
    assert CountyAuthority.objects.count() == 14
    assert CodeChange.objects.count() == 489
    assert SuccessorFact.objects.count() == 5
    assert MunicipalityName.objects.filter(language="fkv").count() == 5
    assert MunicipalityName.objects.filter(name="Guovdageaidnu", language="se").exists()


@pytest.mark.django_db
def test_members_follow_the_county_list_and_are_assumed_until_confirmed() -> None:
    services.load(reference.read())

    assert members(RegionKind.HEALTH_REGION, DAY) == {
        "Helse Nord": 41 + 21 + 18,
        "Helse Midt-Norge": 27 + 38,
        "Helse Vest": 23 + 43,
        "Helse Sør-Øst": 1 + 12 + 21 + 18 + 46 + 6 + 17 + 25,
    }
    groups = members(RegionKind.EHEALTH_GROUP, DAY)
    assert (len(groups), groups.total()) == (11, 357)
    assert groups["DigiViken"] == 51
    assert groups["Oslo"] == 1
    assert not members(RegionKind.EHEALTH_GROUP, date(2023, 12, 31))
    assert set(
        RegionMembership.objects.filter(kind=RegionKind.EHEALTH_GROUP).values_list(
            "certainty", flat=True
        )
    ) == {Certainty.ASSUMED}
    assert set(
        Region.objects.filter(kind=RegionKind.EHEALTH_GROUP, certainty="assumed").values_list(
            "name", flat=True
        )
    ) == {"DigiViken", "DigiTV", "Digi Møre og Romsdal", "Oslo"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("day", "municipalities", "counties"),
    [
        (date(2017, 1, 1), 426, 19),
        (date(2018, 1, 1), 422, 18),
        (date(2020, 1, 1), 356, 11),
        (date(2023, 12, 31), 356, 11),
        (date(2024, 1, 1), 357, 15),
        (date(2026, 11, 22), 357, 15),
    ],
)
def test_every_municipality_of_a_day_is_in_one_county_and_one_health_region(
    day: date, municipalities: int, counties: int
) -> None:
    services.load(reference.read())

    assert MunicipalityCode.objects.valid_on(day).count() == municipalities
    assert members(RegionKind.COUNTY, day).total() == municipalities
    assert len(members(RegionKind.COUNTY, day)) == counties
    assert members(RegionKind.HEALTH_REGION, day).total() == municipalities


@pytest.mark.django_db
def test_names_that_are_used_twice_are_told_apart_on_every_day() -> None:
    services.load(reference.read())

    for day in set(MunicipalityCode.objects.values_list("valid_from", flat=True)):
        names = Counter(
            MunicipalityCode.objects.valid_on(day).values_list("qualified_name", flat=True)
        )
        assert names.most_common(1)[0][1] == 1


@pytest.mark.django_db
def test_a_second_load_asks_once_and_changes_nothing(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    data = reference.read()
    services.load(data)

    with django_assert_num_queries(1):
        loaded = services.load(data)

    assert loaded.added == {}
    assert Event.objects.filter(code="municipalities.reference.loaded").count() == 1


@pytest.mark.django_db
def test_new_files_overwrite_nothing_that_people_have_entered() -> None:
    data = reference.read()
    services.load(data)
    oslo = Municipality.objects.get(codes__number="0301", codes__valid_to=None)
    oslo.postmottak = "post@example.org"
    oslo.language_form = LanguageForm.NYNORSK
    oslo.website = "oslo.example.org"
    oslo.save()
    group = Region.objects.get(slug="digi-agder")
    group.note = "Skrevet for hånd"
    group.save()
    left, confirmed = group.memberships.order_by("pk")[:2]
    left.valid_to = date(2026, 1, 1)
    left.save()
    confirmed.certainty = Certainty.CONFIRMED
    confirmed.save()
    memberships = RegionMembership.objects.count()

    facts = tuple(
        replace(fact, postmottak="fra@filen.no", area_km2=fact.area_km2 + 1)
        for fact in data.municipalities
    )
    services.load(replace(data, checksum="new", municipalities=facts))

    oslo.refresh_from_db()
    assert (oslo.postmottak, oslo.language_form, oslo.website) == (
        "post@example.org",
        "nynorsk",
        "oslo.example.org",
    )
    assert oslo.area_km2 == Decimal("455.12")
    halden = Municipality.objects.get(codes__number="3101")
    assert halden.postmottak == "fra@filen.no"
    for row in (group, left, confirmed):
        row.refresh_from_db()
    assert group.note == "Skrevet for hånd"
    assert left.valid_to == date(2026, 1, 1)
    assert confirmed.certainty == Certainty.CONFIRMED
    assert RegionMembership.objects.count() == memberships


@pytest.mark.django_db
def test_new_files_bring_new_numbers_to_the_same_municipality() -> None:
    data = reference.read()
    old = [code for code in data.codes if code.valid_from < DAY]
    before = tuple(
        replace(code, valid_to=None) if code.valid_to and code.valid_to >= DAY else code
        for code in old
    )
    numbers = {code.number for code in old}
    services.load(
        replace(
            data,
            checksum="2023",
            codes=before,
            municipalities=tuple(f for f in data.municipalities if f.municipality in numbers),
            population=tuple(count for count in data.population if count.counted_on < DAY),
            changes=(),
        )
    )
    assert MunicipalityCode.objects.valid_on(DAY).count() == 356
    pk = MunicipalityCode.objects.get(number="3001").municipality_id

    services.load(data)

    assert MunicipalityCode.objects.get(number="3101").municipality_id == pk
    assert MunicipalityCode.objects.valid_on(DAY).count() == 357
    assert members(RegionKind.COUNTY, DAY) == PER_COUNTY


@pytest.mark.django_db
def test_a_later_change_than_the_files_know_of_is_kept() -> None:
    data = reference.read()
    services.load(data)
    code = MunicipalityCode.objects.get(number="1580")
    code.valid_to = date(2028, 1, 1)
    code.save()

    services.load(replace(data, checksum="new"))

    assert list(MunicipalityCode.objects.filter(number="1580").values_list("valid_to")) == [
        (date(2028, 1, 1),)
    ]


@pytest.mark.django_db
def test_a_load_is_recorded_with_the_one_who_did_it() -> None:
    services.load(reference.read(), by=Machine("Prøve"))
    event = Event.objects.get(code="municipalities.reference.loaded")
    assert event.actor_label == "Prøve"
    assert event.details == {
        "regions": 33 + 4 + 11,
        "municipalities": Municipality.objects.count(),
        "population": 2495,
        "changes": 489,
    }


@pytest.mark.django_db
def test_the_command_says_what_it_did() -> None:
    said = StringIO()
    call_command("load_reference", stdout=said)
    call_command("load_reference", stdout=said)
    call_command("load_reference", "--only-counties", stdout=said)
    first, second, third = said.getvalue().splitlines()
    assert first.startswith("Referansedata: ")
    assert "nye kommuner" in first
    assert second == "Referansedata: ingen endringer."
    assert third == "Fylker: 0 nye."
