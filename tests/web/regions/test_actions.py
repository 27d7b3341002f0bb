"""What happens to a region and its members when their people change something."""

import re
from datetime import date

import pytest
from django.test import Client

from samlop.accounts.rules import Role
from samlop.audit.models import Event
from samlop.municipalities.models import (
    Product,
    Region,
    RegionMembership,
    SharedInstallation,
    Vendor,
)
from samlop.municipalities.rules.kinds import Certainty, ProductKind, RegionKind
from tests import factories as make
from tests.web.regions.conftest import Group, SignIn

pytestmark = pytest.mark.django_db

CONFIRMED = Certainty.CONFIRMED.value


@pytest.fixture
def contact(group: Group, sign_in: SignIn) -> None:
    sign_in(Role.CONTACT_PERSON, region=group.region)


@pytest.fixture
def administrator(sign_in: SignIn) -> None:
    sign_in(Role.ADMINISTRATOR)


def certainties(group: Group) -> list[str]:
    rows = RegionMembership.objects.filter(region=group.region).order_by("pk")
    return list(rows.values_list("certainty", flat=True))


def test_confirming_one_leads_back_to_the_members(
    client: Client, group: Group, contact: None
) -> None:
    response = client.post(f"{group.address}kommuner/{group.memberships[0].pk}/bekreft/")

    assert response.headers["Location"] == f"{group.address}#kommuner"
    assert certainties(group) == [CONFIRMED, "assumed"]


def test_htmx_gets_the_row_and_how_many_remain(client: Client, group: Group, contact: None) -> None:
    pk = group.memberships[0].pk

    response = client.post(f"{group.address}kommuner/{pk}/bekreft/", headers={"HX-Request": "true"})

    assert response.text.lstrip().startswith(f'<tr id="medlem-{pk}">')
    assert "Bekreftet" in response.text
    assert f'id="bekreft-{pk}" tabindex="-1"' in response.text
    assert 'id="antatt" hx-swap-oob="true"' in response.text
    assert "1 av 2 kommuner er antatt" in response.text
    assert "<html" not in response.text


def test_confirming_twice_is_harmless(client: Client, group: Group, contact: None) -> None:
    address = f"{group.address}kommuner/{group.memberships[0].pk}/bekreft/"
    client.post(address)
    events = Event.objects.count()

    assert client.post(address).status_code == 302
    assert Event.objects.count() == events


def test_confirming_all_takes_those_the_page_showed(
    client: Client, group: Group, contact: None
) -> None:
    client.post(f"{group.address}bekreft/", {"medlemskap": [group.memberships[0].pk, "tull"]})

    assert certainties(group) == [CONFIRMED, "assumed"]


def test_the_page_offers_to_confirm_all_it_shows(
    client: Client, group: Group, contact: None
) -> None:
    shown = client.get(group.address).text
    assert "Bekreft alle 2" in shown
    for membership in group.memberships:
        assert f'name="medlemskap" value="{membership.pk}"' in shown

    response = client.post(
        f"{group.address}bekreft/",
        {"medlemskap": [one.pk for one in group.memberships]},
        follow=True,
    )

    assert "2 kommuner er bekreftet." in response.text
    assert "Bekreft alle" not in response.text
    assert certainties(group) == [CONFIRMED, CONFIRMED]


def test_a_member_is_added_from_a_day_with_its_source(
    client: Client, group: Group, contact: None
) -> None:
    new = make.municipality(name="Åmli", number="4217")
    assert "Åmli (4217)" in client.get(f"{group.address}kommuner/ny/").text

    response = client.post(
        f"{group.address}kommuner/ny/",
        {"municipality": new.pk, "starts": "2025-03-01", "reason": "Vedtak 3/25"},
    )

    assert response.status_code == 302
    added = RegionMembership.objects.get(municipality=new)
    assert (added.valid_from, added.source, added.certainty) == (
        date(2025, 3, 1),
        "Vedtak 3/25",
        CONFIRMED,
    )
    assert Event.objects.filter(code="municipalities.membership.added").count() == 1


def test_members_cannot_be_chosen_again(client: Client, group: Group, contact: None) -> None:
    text = client.get(f"{group.address}kommuner/ny/").text

    assert "Arendal (4203)" not in text


def test_a_municipality_in_another_group_is_refused_with_the_groups_name(
    client: Client, group: Group, contact: None
) -> None:
    elsewhere = make.municipality(name="Sirdal")
    make.region(kind=RegionKind.EHEALTH_GROUP, name="Digi Rogaland", members=(elsewhere,))

    response = client.post(
        f"{group.address}kommuner/ny/",
        {"municipality": elsewhere.pk, "starts": "2025-03-01", "reason": "Vedtak 3/25"},
    )

    assert response.status_code == 422
    assert "Sirdal er med i Digi Rogaland" in response.text
    assert "Vedtak 3/25" in response.text
    assert RegionMembership.objects.filter(municipality=elsewhere).count() == 1


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"municipality": ""}, "Velg en kommune."),
        ({"starts": ""}, "Velg en dato."),
        ({"starts": "tull"}, "Skriv datoen slik: 14.3.2027."),
        ({"starts": "1066-01-01"}, "Velg en dato fra 2017 til 2099."),
        ({"reason": ""}, "Skriv hvor opplysningen kommer fra."),
    ],
)
def test_what_is_missing_is_said_at_its_field(
    client: Client, group: Group, contact: None, changed: dict[str, str], sentence: str
) -> None:
    new = make.municipality()
    data = {"municipality": str(new.pk), "starts": "2025-03-01", "reason": "Vedtak"} | changed

    response = client.post(f"{group.address}kommuner/ny/", data)

    assert response.status_code == 422
    assert sentence in response.text
    assert not RegionMembership.objects.filter(municipality=new).exists()


def test_the_last_day_is_the_last_day_of_membership(
    client: Client, group: Group, contact: None
) -> None:
    client.post(
        f"{group.address}kommuner/{group.memberships[0].pk}/avslutt/",
        {"how": "slutter", "ends": "2025-12-31", "reason": "Går til Telemark"},
    )

    group.memberships[0].refresh_from_db()
    assert group.memberships[0].valid_to == date(2026, 1, 1)
    assert Event.objects.get(code="municipalities.membership.ended").reason == "Går til Telemark"


def test_a_municipality_that_never_was_there_is_taken_away(
    client: Client, group: Group, contact: None
) -> None:
    client.post(
        f"{group.address}kommuner/{group.memberships[0].pk}/avslutt/",
        {"how": "aldri", "reason": "Er med i Telemark"},
    )

    assert not RegionMembership.objects.filter(pk=group.memberships[0].pk).exists()
    assert Event.objects.get(code="municipalities.membership.removed").reason == "Er med i Telemark"


def test_ending_asks_for_the_last_day_and_the_reason(
    client: Client, group: Group, contact: None
) -> None:
    response = client.post(
        f"{group.address}kommuner/{group.memberships[0].pk}/avslutt/", {"how": "slutter"}
    )

    assert response.status_code == 422
    assert "Velg den siste dagen." in response.text
    assert "Skriv kort hvorfor." in response.text
    group.memberships[0].refresh_from_db()
    assert group.memberships[0].valid_to is None


def test_ending_before_it_began_is_refused_at_the_day(
    client: Client, group: Group, contact: None
) -> None:
    response = client.post(
        f"{group.address}kommuner/{group.memberships[0].pk}/avslutt/",
        {"how": "slutter", "ends": "2023-01-01", "reason": "Feil"},
    )

    assert response.status_code == 422
    assert "Medlemskapet må slutte etter at det begynner" in response.text


def test_name_website_and_note_are_edited(client: Client, group: Group, contact: None) -> None:
    response = client.post(
        f"{group.address}rediger/",
        {"name": "E-helse Sør", "website": "www.ehelseagder.no", "note": "Møtes hver måned."},
        follow=True,
    )

    assert "E-helse Sør" in response.text
    assert 'href="https://www.ehelseagder.no"' in response.text
    assert "Møtes hver måned." in response.text
    assert response.redirect_chain[0][0] == group.address


def test_a_bad_website_is_refused_at_its_field_and_the_rest_is_kept(
    client: Client, group: Group, contact: None
) -> None:
    response = client.post(
        f"{group.address}rediger/",
        {"name": "E-helse Sør", "website": "javascript:alert(1)", "note": "Møtes."},
    )

    assert response.status_code == 422
    assert "Nettadressen kan ikke brukes" in response.text
    assert 'href="#id_website"' in response.text
    assert "Møtes." in response.text
    group.region.refresh_from_db()
    assert group.region.name == "E-helse Agder"


def test_a_region_is_made_and_shown(client: Client, administrator: None) -> None:
    response = client.post(
        "/regioner/ny/",
        {"kind": "ikt_cooperation", "name": "IKT Agder", "starts": "1.1.2024"},
        follow=True,
    )

    assert response.redirect_chain == [("/regioner/ikt-agder/", 302)]
    assert "IKT Agder er opprettet." in response.text
    assert "Last opp eller lim inn liste" in response.text
    assert Region.objects.get().valid_from == date(2024, 1, 1)


def test_the_kind_asked_for_is_chosen_in_advance(client: Client, administrator: None) -> None:
    text = client.get("/regioner/ny/?type=ikt_cooperation").text

    assert re.search(r'value="ikt_cooperation"[^>]*checked', text)


def test_ending_a_region_says_what_follows_and_asks_why(
    client: Client, group: Group, administrator: None
) -> None:
    asked = client.get(f"{group.address}avslutt/")
    assert "Medlemskapene til 2 kommuner slutter samtidig" in asked.text

    refused = client.post(f"{group.address}avslutt/", {"ends": "2025-12-31"})
    assert refused.status_code == 422

    client.post(f"{group.address}avslutt/", {"ends": "2025-12-31", "reason": "Slått sammen"})
    group.region.refresh_from_db()
    assert group.region.valid_to == date(2026, 1, 1)
    assert not RegionMembership.objects.filter(valid_to=None).exists()


@pytest.fixture
def cooperation() -> Region:
    return make.region(kind=RegionKind.IKT_COOPERATION, slug="ikt", name="IKT Agder")


@pytest.fixture
def product() -> Product:
    vendor = Vendor.objects.create(slug="v", name="Leverandøren")
    return Product.objects.create(
        vendor=vendor, slug="epj", name="Journalen", kind=ProductKind.RECORD_SYSTEM.value
    )


def test_shared_installations_are_chosen_per_service_area(
    client: Client, cooperation: Region, product: Product, administrator: None
) -> None:
    response = client.post(
        "/regioner/ikt/felles-epj/",
        {"nursing_home": product.pk, "home_care": "ukjent"},
        follow=True,
    )

    assert dict(SharedInstallation.objects.values_list("service_area", "product")) == {
        "nursing_home": product.pk,
        "home_care": None,
    }
    assert "Journalen (Leverandøren)" in response.text
    assert "ukjent journalsystem" in response.text

    client.post("/regioner/ikt/felles-epj/", {"home_care": "ukjent"})
    assert SharedInstallation.objects.get().service_area == "home_care"


def test_what_is_shared_is_chosen_in_the_form(
    client: Client, cooperation: Region, product: Product, administrator: None
) -> None:
    SharedInstallation.objects.create(
        region=cooperation, service_area="nursing_home", product=product
    )

    assert f'<option value="{product.pk}" selected>' in client.get("/regioner/ikt/felles-epj/").text


def test_another_kind_of_product_cannot_be_shared(
    client: Client, cooperation: Region, product: Product, administrator: None
) -> None:
    other = Product.objects.create(
        vendor=product.vendor, slug="alarm", name="Alarmen", kind=ProductKind.OTHER.value
    )

    response = client.post("/regioner/ikt/felles-epj/", {"nursing_home": other.pk})

    assert response.status_code == 422
    assert not SharedInstallation.objects.exists()
