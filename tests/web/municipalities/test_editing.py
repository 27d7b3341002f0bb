"""Facts and systems that a municipality keeps itself."""

from datetime import date

import pytest
from django.test import Client

from samlop.accounts.rules import Role
from samlop.municipalities.models import Product, VendorProfile
from samlop.municipalities.rules.kinds import ServiceArea
from tests import factories as make
from tests.web.municipalities.conftest import SignIn, World

pytestmark = pytest.mark.django_db

FACTS = "/kommuner/4219/opplysninger/"
SYSTEMS = "/kommuner/4219/systemer/"
GOOD = {
    "language_form": "nynorsk",
    "postmottak": "post@e-h.kommune.no",
    "website": "www.e-h.kommune.no",
}


@pytest.fixture(autouse=True)
def _coordinator(sign_in: SignIn) -> None:
    sign_in(Role.MUNICIPAL_COORDINATOR)


def test_facts_are_saved_and_shown(client: Client, world: World) -> None:
    response = client.post(FACTS, GOOD, follow=True)

    world.own.refresh_from_db()
    assert (world.own.language_form, world.own.postmottak) == ("nynorsk", "post@e-h.kommune.no")
    page = response.content.decode()
    assert "Opplysningene er lagret." in page
    assert 'href="mailto:post@e-h.kommune.no"' in page
    assert "Opplysninger om kommunen endret av lokal koordinator" in page


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"postmottak": "ikke en adresse"}, "postmottak"),
        ({"website": "javascript:alert(1)"}, "website"),
        ({"language_form": "dansk"}, "language_form"),
        ({"language_form": ""}, "language_form"),
    ],
)
def test_a_fact_that_cannot_be_used_is_refused_at_its_field(
    client: Client, world: World, wrong: dict[str, str], field: str
) -> None:
    response = client.post(FACTS, GOOD | wrong)

    page = response.content.decode()
    assert response.status_code == 422
    assert f'id="id_{field}_error"' in page
    assert 'id="feil"' in page
    world.own.refresh_from_db()
    assert world.own.postmottak == ""


def use(world: World, product: Product) -> VendorProfile:
    return VendorProfile.objects.create(
        municipality=world.own,
        product=product,
        kind=product.kind,
        service_area=ServiceArea.HOME_CARE.value,
        valid_from=make.SOME_DAY,
    )


def test_a_system_is_added_and_shown_on_the_municipalitys_page(
    client: Client, world: World, product: Product
) -> None:
    response = client.post(
        SYSTEMS,
        {
            "area": "home_care",
            "product": str(product.pk),
            "starts": "2024-03-01",
            "source": "avtale",
        },
        follow=True,
    )

    row = VendorProfile.objects.get(municipality=world.own)
    assert (row.service_area, row.valid_from, row.source) == (
        "home_care",
        date(2024, 3, 1),
        "avtale",
    )
    assert "Journal er registrert." in response.content.decode()
    shown = client.get("/kommuner/4219/").content.decode()
    assert "Journal (En leverandør)" in shown
    assert "Hjemmetjeneste: Journal registrert av lokal koordinator" in shown


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"product": ""}, "Velg et system."),
        ({"product": "999999"}, ""),
        ({"area": ""}, "Velg et tjenesteområde."),
        ({"starts": "31.2.2024"}, "Skriv datoen slik"),
        ({"starts": "2016-12-31"}, "Velg en dato fra 2017 til 2099."),
        ({"starts": "2023-12-31"}, "Kommunen finnes ikke 31. desember 2023."),
    ],
)
def test_a_refused_system_keeps_what_was_typed(
    client: Client, world: World, product: Product, wrong: dict[str, str], words: str
) -> None:
    typed = {
        "area": "home_care",
        "product": str(product.pk),
        "starts": "2024-03-01",
        "source": "avtale av 3. mars",
    }

    response = client.post(SYSTEMS, typed | wrong)

    page = response.content.decode()
    assert response.status_code == 422
    assert words in page
    assert 'value="avtale av 3. mars"' in page
    assert not VendorProfile.objects.exists()


def test_a_system_is_ended_after_its_last_day_and_stays_in_the_history(
    client: Client, world: World, product: Product
) -> None:
    row = use(world, product)

    response = client.post(f"{SYSTEMS}{row.pk}/avslutt/", {"last": "2026-06-30"}, follow=True)

    row.refresh_from_db()
    assert row.valid_to == date(2026, 7, 1)
    page = response.content.decode()
    assert "Bruken av Journal er avsluttet." in page
    assert "Brukt før (1)" in page


def test_ending_before_it_began_is_refused(client: Client, world: World, product: Product) -> None:
    row = use(world, product)

    response = client.post(f"{SYSTEMS}{row.pk}/avslutt/", {"last": "2023-01-01"})

    assert response.status_code == 422
    row.refresh_from_db()
    assert row.valid_to is None


def test_a_mistake_is_removed_with_a_reason(client: Client, world: World, product: Product) -> None:
    row = use(world, product)

    assert client.post(f"{SYSTEMS}{row.pk}/fjern/", {}).status_code == 422
    client.post(f"{SYSTEMS}{row.pk}/fjern/", {"reason": "feil kommune"})

    assert not VendorProfile.objects.exists()
    assert "(feil kommune)" in client.get("/kommuner/4219/").content.decode()
