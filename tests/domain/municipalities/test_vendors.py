"""Vendors, products, and which municipality uses what from when."""

from datetime import date

import pytest
from django.db import IntegrityError, connection
from pytest_django import DjangoAssertNumQueries

from samlop.audit.models import Event
from samlop.lib.actors import Machine
from samlop.municipalities.models import Municipality, Product, Vendor, VendorProfile
from samlop.municipalities.queries import vendors as queries
from samlop.municipalities.rules.kinds import ProductKind, ServiceArea
from samlop.municipalities.rules.vendors import VendorRefusal
from samlop.municipalities.services import vendors as services
from tests import factories as make

pytestmark = pytest.mark.django_db

BY = Machine("test")
START, DAY = date(2024, 1, 1), date(2027, 3, 1)
RECORD, ALARM = ProductKind.RECORD_SYSTEM, ProductKind.WELFARE_TECHNOLOGY
HOME_CARE, NURSING_HOME = ServiceArea.HOME_CARE, ServiceArea.NURSING_HOME


def vendor(name: str = "Journal AS") -> Vendor:
    return services.create_vendor(name=name, by=BY)


def product(of: Vendor, name: str = "Journal", kind: ProductKind = RECORD) -> Product:
    return services.create_product(vendor=of, name=name, kind=kind, by=BY)


def use(
    of: Product, by: Municipality, *, start: date = START, area: ServiceArea = HOME_CARE
) -> VendorProfile:
    return services.set_profile(
        municipality=by, service_area=area, product=of, valid_from=start, by=BY
    )


def test_a_vendor_is_made_and_edited() -> None:
    made = services.create_vendor(
        name=" Ærlig  Journal AS ", organisation_number="958 935 420", website="ærlig.no", by=BY
    )
    made.refresh_from_db()
    assert (made.slug, made.name) == ("aerlig-journal-as", "Ærlig Journal AS")
    assert (made.organisation_number, made.website) == ("958935420", "https://ærlig.no")

    services.edit_vendor(vendor=made, name="Ærlig AS", organisation_number="", website="", by=BY)
    services.edit_vendor(vendor=made, name="Ærlig AS", organisation_number="", website="", by=BY)

    made.refresh_from_db()
    assert (made.slug, made.name) == ("aerlig-journal-as", "Ærlig AS")
    assert made.organisation_number is None
    assert [event.code for event in Event.objects.order_by("pk")] == [
        "municipalities.vendor.created",
        "municipalities.vendor.changed",
    ]


@pytest.mark.parametrize(
    ("name", "number", "website", "refusal"),
    [
        ("", "", "", VendorRefusal.NO_NAME),
        ("JOURNAL as", "", "", VendorRefusal.NAME_TAKEN),
        ("Ny AS", "123456789", "", VendorRefusal.BAD_ORGANISATION_NUMBER),
        ("Ny AS", "958935420", "", VendorRefusal.ORGANISATION_NUMBER_TAKEN),
        ("Ny AS", "", "ftp://ny.no", VendorRefusal.BAD_WEBSITE),
    ],
)
def test_a_vendor_that_cannot_be_made_or_renamed(
    name: str, number: str, website: str, refusal: VendorRefusal
) -> None:
    services.create_vendor(name="Journal AS", organisation_number="958935420", by=BY)
    other = vendor("Annen AS")

    with pytest.raises(services.CannotChangeVendor) as made:
        services.create_vendor(name=name, organisation_number=number, website=website, by=BY)
    with pytest.raises(services.CannotChangeVendor) as edited:
        services.edit_vendor(
            vendor=other, name=name, organisation_number=number, website=website, by=BY
        )

    assert made.value.refusal is edited.value.refusal is refusal
    assert Vendor.objects.count() == 2


def test_a_product_is_made_and_edited_once_per_name_and_vendor() -> None:
    journal, other = vendor(), vendor("Annen AS")
    made = product(journal, "Profil")
    assert product(other, "Profil").slug == "profil-2"

    with pytest.raises(services.CannotChangeVendor, match="PROFIL finnes allerede"):
        product(journal, "PROFIL")
    services.edit_product(product=made, name="Profil 2", kind=ALARM, by=BY)
    services.edit_product(product=made, name="Profil 2", kind=ALARM, by=BY)

    made.refresh_from_db()
    assert (made.slug, made.name, made.kind) == ("profil", "Profil 2", "welfare_technology")
    assert Event.objects.filter(code="municipalities.product.changed").count() == 1


def test_the_kind_of_a_product_in_use_stays() -> None:
    made = product(vendor(), "Profil")
    use(made, make.municipality())

    with pytest.raises(services.CannotChangeVendor, match="Profil er registrert i bruk"):
        services.edit_product(product=made, name="Nytt navn", kind=ALARM, by=BY)

    services.edit_product(product=made, name="Nytt navn", kind=RECORD, by=BY)
    made.refresh_from_db()
    assert (made.name, made.kind) == ("Nytt navn", "record_system")


def test_a_new_record_system_ends_the_former_one_the_same_day() -> None:
    here, journal = make.municipality(), vendor()
    old, new = product(journal, "Gammel"), product(journal, "Ny")
    former = use(old, here)

    now = use(new, here, start=DAY)

    former.refresh_from_db()
    assert (former.valid_to, now.valid_from, now.valid_to) == (DAY, DAY, None)
    event = Event.objects.latest("pk")
    assert event.municipality_id == here.pk
    assert event.details == {
        "service_area": "home_care",
        "product": "Ny",
        "instead_of": "Gammel",
        "from": "2027-03-01",
    }


def test_other_areas_other_products_and_other_municipalities_are_left_alone() -> None:
    here, there, journal = make.municipality(), make.municipality(), vendor()
    old, new = product(journal, "Gammel"), product(journal, "Ny")
    alarm = product(journal, "Alarm", ALARM)
    kept = [use(old, here, area=NURSING_HOME), use(alarm, here), use(old, there)]

    use(new, here, start=DAY)

    assert [VendorProfile.objects.get(pk=row.pk).valid_to for row in kept] == [None, None, None]


@pytest.mark.parametrize(
    ("second", "start", "refusal", "sentence"),
    [
        (
            "Gammel",
            DAY,
            VendorRefusal.ALREADY_IN_USE,
            r"Gammel er allerede registrert fra 1\. januar",
        ),
        ("Ny", START, VendorRefusal.OTHER_STARTS_LATER, r"Gammel er registrert som journalsystem"),
        ("Ny", date(2023, 1, 1), VendorRefusal.MUNICIPALITY_NOT_THERE, r"ikke 1\. januar 2023"),
    ],
)
def test_a_product_that_cannot_be_taken_into_use(
    second: str, start: date, refusal: VendorRefusal, sentence: str
) -> None:
    here, journal = make.municipality(), vendor()
    products = {name: product(journal, name) for name in ("Gammel", "Ny")}
    use(products["Gammel"], here)

    with pytest.raises(services.CannotChangeVendor, match=sentence) as refused:
        use(products[second], here, start=start)

    assert refused.value.refusal is refusal
    assert VendorProfile.objects.count() == 1


def test_use_ends_on_a_day_and_can_be_removed_when_it_was_a_mistake() -> None:
    here = make.municipality()
    profile = use(product(vendor(), "Profil"), here)

    with pytest.raises(services.CannotChangeVendor, match=r"i bruk fra 1\. januar 2024"):
        services.end_profile(profile=profile, ends_on=START, by=BY)
    services.end_profile(profile=profile, ends_on=DAY, by=BY, reason="Avtalen løp ut")
    services.end_profile(profile=profile, ends_on=DAY, by=BY)
    with pytest.raises(services.CannotChangeVendor, match=r"allerede avsluttet, fra 1\. mars 2027"):
        services.end_profile(profile=profile, ends_on=date(2027, 4, 1), by=BY)
    services.remove_profile(profile=profile, by=BY)
    services.remove_profile(profile=profile, by=BY)

    assert not VendorProfile.objects.exists()
    codes = list(Event.objects.order_by("pk").values_list("code", flat=True))
    assert codes[-2:] == [
        "municipalities.vendor_profile.ended",
        "municipalities.vendor_profile.removed",
    ]
    assert codes.count("municipalities.vendor_profile.removed") == 1


def test_the_register_counts_each_municipality_once_on_the_day(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    journal, empty = vendor("Åpen Journal AS"), vendor("Zeta AS")
    old, new = product(journal, "Gammel"), product(journal, "Ny")
    here, there = make.municipality(), make.municipality()
    use(old, here)
    use(old, here, area=NURSING_HOME)
    use(old, there)
    use(new, there, start=DAY)

    with django_assert_num_queries(2):
        before = queries.register(on=START)
    after = queries.register(on=DAY)

    # Å comes after Z.
    assert [(row.pk, row.municipalities) for row in before] == [(empty.pk, 0), (journal.pk, 2)]
    assert [(row.name, row.municipalities) for row in before[1].products] == [
        ("Gammel", 2),
        ("Ny", 0),
    ]
    assert [row.municipalities for row in after[1].products] == [1, 1]
    assert after[1].municipalities == 2


def test_the_users_of_a_product_on_a_day_with_their_service_areas(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    made = product(vendor())
    aas, zeta = make.municipality(name="Ås"), make.municipality(name="Zeta")
    use(made, aas)
    use(made, zeta, area=HOME_CARE)
    use(made, zeta, area=NURSING_HOME)
    use(made, make.municipality(), start=date(2027, 3, 2))

    with django_assert_num_queries(1):
        users = queries.users_of(made.pk, on=DAY)

    assert [(user.name, user.service_areas) for user in users] == [
        ("Zeta", (NURSING_HOME, HOME_CARE)),
        ("Ås", (HOME_CARE,)),
    ]


def test_a_municipalitys_systems_on_a_day_with_what_was_and_what_is_to_come(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    here, journal = make.municipality(), vendor()
    names = ("Eldst", "Gammel", "Ny")
    for year, name in zip((2024, 2025, 2028), names, strict=True):
        use(product(journal, name), here, start=date(year, 1, 1))
    use(product(journal, "Alarm", ALARM), here)

    with django_assert_num_queries(1):
        areas = queries.systems(here.pk, on=DAY)

    assert [area.service_area for area in areas] == list(ServiceArea)
    home = next(area for area in areas if area.service_area is HOME_CARE)
    assert [use.product for use in home.current] == ["Gammel", "Alarm"]
    assert [use.product for use in home.former] == ["Eldst"]
    assert [use.product for use in home.planned] == ["Ny"]
    assert all(not area.current for area in areas if area is not home)


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"organisation_number": "12"}, "vendor_organisation_number_is_nine_digits"),
        ({"name": "Journal AS"}, "municipalities_vendor_name"),
        ({"slug": "journal-as"}, "municipalities_vendor_slug"),
    ],
)
def test_the_database_refuses_a_vendor(values: dict[str, object], constraint: str) -> None:
    vendor()
    with pytest.raises(IntegrityError, match=constraint):
        Vendor.objects.create(**{"slug": "ny", "name": "Ny AS", **values})


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"name": "Journal"}, "product_name_once_per_vendor"),
        ({"kind": "car"}, "product_kind_is_known"),
    ],
)
def test_the_database_refuses_a_product(values: dict[str, object], constraint: str) -> None:
    of = product(vendor()).vendor
    sound = {"vendor": of, "slug": "ny", "name": "Ny", "kind": "other"}
    with pytest.raises(IntegrityError, match=constraint):
        Product.objects.create(**{**sound, **values})


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"service_area": "garage"}, "vendor_profile_service_area_is_known"),
        ({"valid_to": START}, "vendor_profile_period_in_order"),
        ({}, "vendor_profile_one_record_system"),
    ],
)
def test_the_database_refuses_a_use(values: dict[str, object], constraint: str) -> None:
    here, journal = make.municipality(), vendor()
    use(product(journal, "Gammel"), here)
    sound = {
        "municipality": here,
        "service_area": "home_care",
        "product": product(journal, "Ny"),
        "kind": "record_system",
        "valid_from": START,
    }
    with pytest.raises(IntegrityError, match=constraint):
        VendorProfile.objects.create(**{**sound, **values})


def test_the_database_refuses_a_use_of_another_kind_than_its_product() -> None:
    here, made = make.municipality(), product(vendor())
    VendorProfile.objects.create(
        municipality=here, service_area="home_care", product=made, kind="other", valid_from=START
    )
    # A foreign key is checked when the transaction ends.
    with pytest.raises(IntegrityError, match="vendor_profile_kind_is_its_products"):
        connection.check_constraints()


def test_the_database_refuses_the_same_product_twice_in_an_area() -> None:
    here, alarm = make.municipality(), product(vendor(), "Alarm", ALARM)
    use(alarm, here)
    with pytest.raises(IntegrityError, match="vendor_profile_once"):
        VendorProfile.objects.create(
            municipality=here,
            service_area="home_care",
            product=alarm,
            kind=alarm.kind,
            valid_from=DAY,
        )
