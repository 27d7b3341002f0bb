"""Regions that people keep, and who is in them when."""

from datetime import date

import pytest
from django.db import IntegrityError, connection

from samlop.audit.models import Event
from samlop.lib.actors import Machine
from samlop.municipalities.models import Region, RegionMembership, SharedInstallation
from samlop.municipalities.rules.kinds import Certainty, ProductKind, RegionKind, ServiceArea
from samlop.municipalities.rules.regions import RegionRefusal
from samlop.municipalities.services import regions as services
from samlop.municipalities.services import vendors
from tests import factories as make

pytestmark = pytest.mark.django_db

BY = Machine("test")
START, DAY = date(2024, 1, 1), date(2027, 3, 1)
GROUP, COOPERATION = RegionKind.EHEALTH_GROUP, RegionKind.IKT_COOPERATION


def create(name: str = "Hedmark IKT", kind: RegionKind = COOPERATION) -> Region:
    return services.create_region(kind=kind, name=name, valid_from=START, by=BY)


def test_a_region_is_made_with_a_readable_address() -> None:
    region = services.create_region(
        kind=COOPERATION,
        name=" Sør-Østerdal  IKT ",
        website="www.eksempel.no",
        note=" Fem kommuner ",
        valid_from=START,
        by=BY,
    )

    region.refresh_from_db()
    assert (region.slug, region.name) == ("sor-osterdal-ikt", "Sør-Østerdal IKT")
    assert (region.website, region.note) == ("https://www.eksempel.no", "Fem kommuner")
    assert Event.objects.get().code == "municipalities.region.created"


def test_a_second_region_with_the_same_address_gets_a_number() -> None:
    create("Øst")
    assert create("Ost").slug == "ost-2"


@pytest.mark.parametrize(
    ("kind", "name", "website", "refusal"),
    [
        (RegionKind.COUNTY, "Agder", "", RegionRefusal.KIND_IS_A_FACT),
        (RegionKind.HEALTH_REGION, "Helse Nord", "", RegionRefusal.KIND_IS_A_FACT),
        (COOPERATION, " ", "", RegionRefusal.NO_NAME),
        (COOPERATION, "HEDMARK ikt", "", RegionRefusal.NAME_TAKEN),
        (COOPERATION, "Ny", "javascript:alert(1)", RegionRefusal.BAD_WEBSITE),
    ],
)
def test_a_region_that_cannot_be_made(
    kind: RegionKind, name: str, website: str, refusal: RegionRefusal
) -> None:
    create("Hedmark IKT")

    with pytest.raises(services.CannotChangeRegion) as refused:
        services.create_region(kind=kind, name=name, website=website, valid_from=START, by=BY)

    assert refused.value.refusal is refusal
    assert Region.objects.count() == 1


def test_another_kind_may_have_the_same_name_and_so_may_a_region_after_one_that_ended() -> None:
    first = create("Værnes")
    create("Værnes", RegionKind.HEALTH_COMMUNITY)
    services.end_region(region=first, ends_on=DAY, by=BY)

    assert create("Værnes").slug == "vaernes-3"


def test_editing_changes_name_website_and_note_but_not_the_address() -> None:
    region = create("Hedmark IKT")

    services.edit_region(
        region=region, name="Innlandet IKT", website="innlandet.no", note="Ny", by=BY
    )

    region.refresh_from_db()
    assert (region.slug, region.name, region.website, region.note) == (
        "hedmark-ikt",
        "Innlandet IKT",
        "https://innlandet.no",
        "Ny",
    )
    assert Event.objects.latest("pk").details["name"] == ["Hedmark IKT", "Innlandet IKT"]


def test_editing_nothing_records_nothing() -> None:
    region = create("Hedmark IKT")
    services.edit_region(region=region, name="Hedmark IKT", website="", note="", by=BY)
    assert Event.objects.count() == 1


def test_a_region_cannot_take_the_name_of_another() -> None:
    create("Hedmark IKT")
    region = create("Innlandet IKT")
    with pytest.raises(services.CannotChangeRegion, match="Hedmark IKT finnes allerede"):
        services.edit_region(region=region, name="Hedmark IKT", website="", note="", by=BY)


def test_an_ended_region_keeps_its_name_when_it_is_edited() -> None:
    old = create("Hedmark IKT")
    services.end_region(region=old, ends_on=DAY, by=BY)
    create("Hedmark IKT")

    edited = services.edit_region(region=old, name="Hedmark IKT", website="", note="Før", by=BY)

    assert edited.note == "Før"


def test_a_county_cannot_be_edited() -> None:
    county = make.region(kind=RegionKind.COUNTY)
    with pytest.raises(services.CannotChangeRegion, match="offentlige registre"):
        services.edit_region(region=county, name="Viken", website="", note="", by=BY)


def test_ending_a_region_ends_its_memberships_the_same_day() -> None:
    region = create()
    left_before, still, leaves_later = (make.municipality() for _ in range(3))
    make.membership(region=region, of=left_before, valid_to=date(2025, 1, 1))
    make.membership(region=region, of=still)
    make.membership(region=region, of=leaves_later, valid_to=date(2028, 1, 1))

    services.end_region(region=region, ends_on=DAY, by=BY, reason="Slått sammen")

    region.refresh_from_db()
    assert region.valid_to == DAY
    assert dict(region.memberships.values_list("municipality_id", "valid_to")) == {
        left_before.pk: date(2025, 1, 1),
        still.pk: DAY,
        leaves_later.pk: DAY,
    }
    ended = Event.objects.filter(code="municipalities.region.ended")
    assert {event.municipality_id for event in ended} == {None, still.pk, leaves_later.pk}
    assert {event.reason for event in ended} == {"Slått sammen"}


def test_a_region_that_cannot_be_ended() -> None:
    region = create()
    for day in (START, date(2023, 1, 1)):
        with pytest.raises(services.CannotChangeRegion, match=r"begynte 1\. januar 2024"):
            services.end_region(region=region, ends_on=day, by=BY)
    make.membership(region=region, of=make.municipality(), valid_from=DAY)
    with pytest.raises(services.CannotChangeRegion, match=r"1\. mars 2027 eller senere"):
        services.end_region(region=region, ends_on=DAY, by=BY)
    services.end_region(region=region, ends_on=date(2027, 3, 2), by=BY)
    with pytest.raises(services.CannotChangeRegion, match=r"allerede avsluttet, fra 2\. mars 2027"):
        services.end_region(region=region, ends_on=date(2028, 1, 1), by=BY)


def test_a_municipality_becomes_a_member() -> None:
    region, here = create(), make.municipality()

    services.add_member(
        region=region, municipality=here, valid_from=DAY, source="Vedtak 12/27", by=BY
    )

    membership = RegionMembership.objects.get()
    assert (membership.kind, membership.certainty) == ("ikt_cooperation", "confirmed")
    assert membership.source == "Vedtak 12/27"
    event = Event.objects.get(code="municipalities.membership.added")
    assert event.municipality_id == here.pk


def test_a_municipality_is_in_one_ehealth_group_at_a_time_and_the_other_is_named() -> None:
    here = make.municipality(name="Lyngen")
    make.region(kind=GROUP, name="Digi Troms", members=(here,))
    other = make.region(kind=GROUP, name="Digi Nord")

    with pytest.raises(
        services.CannotChangeRegion, match=r"Lyngen er med i Digi Troms fra 1\. januar 2024"
    ) as refused:
        services.add_member(region=other, municipality=here, valid_from=DAY, by=BY)

    assert refused.value.refusal is RegionRefusal.IN_ANOTHER_OF_ITS_KIND
    assert RegionMembership.objects.count() == 1


def test_a_municipality_moves_from_one_ehealth_group_to_another_on_a_day() -> None:
    here = make.municipality()
    first = make.region(kind=GROUP, members=(here,))
    second = make.region(kind=GROUP)

    services.end_membership(membership=first.memberships.get(), ends_on=DAY, by=BY)
    services.add_member(region=second, municipality=here, valid_from=DAY, by=BY)

    assert [row.region for row in RegionMembership.objects.valid_on(DAY)] == [second]


def test_a_municipality_may_be_in_several_ikt_cooperations_but_once_in_each() -> None:
    here = make.municipality(name="Lyngen")
    make.region(kind=COOPERATION, members=(here,))
    second = make.region(kind=COOPERATION, name="Nord IKT")
    services.add_member(region=second, municipality=here, valid_from=DAY, by=BY)

    with pytest.raises(
        services.CannotChangeRegion, match="Lyngen er allerede med i Nord IKT"
    ) as no:
        services.add_member(region=second, municipality=here, valid_from=START, by=BY)

    assert no.value.refusal is RegionRefusal.ALREADY_A_MEMBER


@pytest.mark.parametrize(
    ("valid_from", "valid_to", "sentence"),
    [
        (date(2023, 6, 1), None, r"begynte 1\. januar 2024"),
        (date(2027, 1, 1), None, r"avsluttet fra 1\. januar 2028"),
        (date(2027, 1, 1), date(2027, 1, 1), r"slutte etter at det begynner, 1\. januar 2027"),
    ],
)
def test_a_membership_lies_within_the_region(
    valid_from: date, valid_to: date | None, sentence: str
) -> None:
    region = make.region(valid_from=START, valid_to=date(2028, 1, 1))
    with pytest.raises(services.CannotChangeRegion, match=sentence):
        services.add_member(
            region=region,
            municipality=make.municipality(valid_from=date(2017, 1, 1)),
            valid_from=valid_from,
            valid_to=valid_to,
            by=BY,
        )


def test_a_municipality_that_is_gone_cannot_become_a_member() -> None:
    gone = make.municipality(name="Tranøy", valid_from=date(2017, 1, 1), valid_to=date(2020, 1, 1))
    with pytest.raises(services.CannotChangeRegion, match=r"Tranøy er ikke en kommune 1\. mars"):
        services.add_member(region=create(), municipality=gone, valid_from=DAY, by=BY)


def test_counties_take_no_members_by_hand() -> None:
    county = make.region(kind=RegionKind.COUNTY)
    with pytest.raises(services.CannotChangeRegion) as refused:
        services.add_member(region=county, municipality=make.municipality(), valid_from=DAY, by=BY)
    assert refused.value.refusal is RegionRefusal.KIND_IS_A_FACT


def test_the_end_of_a_membership_can_be_moved_but_not_into_the_next_one() -> None:
    here = make.municipality()
    first = make.region(kind=GROUP, members=(here,))
    second = make.region(kind=GROUP, name="Digi Nord")
    membership = first.memberships.get()
    services.end_membership(membership=membership, ends_on=DAY, by=BY, reason="Byttet")
    services.end_membership(membership=membership, ends_on=DAY, by=BY)
    services.add_member(region=second, municipality=here, valid_from=DAY, by=BY)

    with pytest.raises(services.CannotChangeRegion, match="med i Digi Nord"):
        services.end_membership(membership=membership, ends_on=date(2027, 3, 2), by=BY)
    services.end_membership(membership=membership, ends_on=date(2027, 2, 1), by=BY)

    membership.refresh_from_db()
    assert membership.valid_to == date(2027, 2, 1)
    ended = Event.objects.filter(code="municipalities.membership.ended")
    assert [event.reason for event in ended.order_by("pk")] == ["Byttet", ""]


def test_a_membership_cannot_end_before_it_starts() -> None:
    region = make.region(members=(make.municipality(),))
    with pytest.raises(services.CannotChangeRegion) as refused:
        services.end_membership(membership=region.memberships.get(), ends_on=START, by=BY)
    assert refused.value.refusal is RegionRefusal.MEMBERSHIP_ENDS_BEFORE_IT_STARTS


def test_a_membership_registered_by_mistake_is_removed_and_the_history_remembers() -> None:
    here = make.municipality()
    region = make.region(members=(here,))
    membership = region.memberships.get()

    services.remove_membership(membership=membership, by=BY, reason="Feil kommune")
    services.remove_membership(membership=membership, by=BY)

    assert not RegionMembership.objects.exists()
    event = Event.objects.get(code="municipalities.membership.removed")
    assert (event.municipality_id, event.reason) == (here.pk, "Feil kommune")


def test_a_countys_member_cannot_be_removed() -> None:
    county = make.region(kind=RegionKind.COUNTY, members=(make.municipality(),))
    with pytest.raises(services.CannotChangeRegion):
        services.remove_membership(membership=county.memberships.get(), by=BY)


def test_assumed_memberships_are_confirmed_one_or_all_and_only_those_of_the_region() -> None:
    group = make.region(
        kind=GROUP,
        members=(make.municipality(), make.municipality()),
        certainty=Certainty.ASSUMED,
    )
    other = make.region(kind=GROUP, members=(make.municipality(),), certainty=Certainty.ASSUMED)
    first, _ = group.memberships.order_by("pk")
    every = list(RegionMembership.objects.values_list("pk", flat=True))

    assert services.confirm_memberships(region=group, membership_ids=[first.pk], by=BY) == 1
    again = services.confirm_memberships(
        region=group, membership_ids=every, source="Møte 12. mars", by=BY
    )

    assert again == 1
    assert services.confirm_memberships(region=group, membership_ids=every, by=BY) == 0
    assert set(group.memberships.values_list("certainty", "source")) == {
        ("confirmed", ""),
        ("confirmed", "Møte 12. mars"),
    }
    assert other.memberships.get().certainty == "assumed"
    assert Event.objects.filter(code="municipalities.membership.confirmed").count() == 2


def test_members_of_a_county_are_facts_and_need_no_confirmation() -> None:
    county = make.region(kind=RegionKind.COUNTY, members=(make.municipality(),))
    with pytest.raises(services.CannotChangeRegion):
        services.confirm_memberships(region=county, membership_ids=[], by=BY)


def test_an_ikt_cooperation_shares_an_installation_per_service_area() -> None:
    region = create()
    vendor = vendors.create_vendor(name="Journal AS", by=BY)
    product = vendors.create_product(
        vendor=vendor, name="Journal", kind=ProductKind.RECORD_SYSTEM, by=BY
    )
    area = ServiceArea.HOME_CARE

    services.share_installation(region=region, service_area=area, product=None, by=BY)
    services.share_installation(region=region, service_area=area, product=product, by=BY)
    services.share_installation(region=region, service_area=area, product=product, by=BY)
    assert SharedInstallation.objects.get().product == product
    assert Event.objects.filter(code="municipalities.installation.shared").count() == 2

    services.stop_sharing_installation(region=region, service_area=area, by=BY)
    services.stop_sharing_installation(region=region, service_area=area, by=BY)

    assert not SharedInstallation.objects.exists()
    assert Event.objects.filter(code="municipalities.installation.separated").count() == 1


def test_only_record_systems_in_ikt_cooperations_are_shared() -> None:
    vendor = vendors.create_vendor(name="Alarm AS", by=BY)
    alarm = vendors.create_product(
        vendor=vendor, name="Alarm", kind=ProductKind.WELFARE_TECHNOLOGY, by=BY
    )
    with pytest.raises(services.CannotChangeRegion, match="Alarm er ikke et journalsystem"):
        services.share_installation(
            region=create(), service_area=ServiceArea.HOME_CARE, product=alarm, by=BY
        )
    with pytest.raises(services.CannotChangeRegion, match="Bare et IKT-samarbeid"):
        services.share_installation(
            region=make.region(), service_area=ServiceArea.HOME_CARE, product=None, by=BY
        )


def test_the_database_refuses_two_ehealth_groups_at_a_time() -> None:
    here = make.municipality()
    make.region(kind=GROUP, members=(here,))
    with pytest.raises(IntegrityError, match="region_membership_one_of_its_kind"):
        make.region(kind=GROUP, members=(here,))


def test_the_database_refuses_the_same_membership_twice() -> None:
    here = make.municipality()
    region = make.region(members=(here,))
    with pytest.raises(IntegrityError, match="region_membership_once"):
        make.membership(region=region, of=here)


def test_the_database_refuses_a_membership_of_another_kind_than_its_region() -> None:
    region, here = make.region(kind=COOPERATION), make.municipality()
    RegionMembership.objects.create(
        region=region,
        municipality=here,
        kind=GROUP.value,
        certainty="confirmed",
        valid_from=START,
    )
    # A foreign key is checked when the transaction ends.
    with pytest.raises(IntegrityError, match="region_membership_kind_is_its_regions"):
        connection.check_constraints()


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"kind": "club"}, "region_kind_is_known"),
        ({"certainty": "sure"}, "region_certainty_is_known"),
        ({"valid_to": START}, "region_period_in_order"),
        ({"number": "42"}, "region_only_counties_have_numbers"),
        ({"kind": "county"}, "region_only_counties_have_numbers"),
        ({"kind": "county", "number": "42"}, "county_number_means_one"),
    ],
)
def test_the_database_refuses_a_region(values: dict[str, object], constraint: str) -> None:
    make.region(kind=RegionKind.COUNTY, number="42")
    sound = {"kind": "ikt_cooperation", "slug": "a", "name": "A", "valid_from": START}
    with pytest.raises(IntegrityError, match=constraint):
        Region.objects.create(**{**sound, **values})


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({}, "shared_installation_once"),
        ({"service_area": "garage"}, "shared_installation_service_area_is_known"),
    ],
)
def test_the_database_refuses_an_installation(values: dict[str, object], constraint: str) -> None:
    sound = {"region": create(), "service_area": "home_care"}
    SharedInstallation.objects.create(**sound)
    with pytest.raises(IntegrityError, match=constraint):
        SharedInstallation.objects.create(**{**sound, **values})
