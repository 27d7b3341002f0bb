"""Who may change what, in her own municipality and in another."""

from collections.abc import Callable

import pytest
from django.test import Client

from samlop.accounts.rules import Role
from samlop.municipalities.models import Blackout, Municipality, Product, VendorProfile
from samlop.municipalities.rules.kinds import ServiceArea
from tests import factories as make
from tests.web.municipalities.conftest import SignIn, World, give_in_county_authority

pytestmark = pytest.mark.django_db

KEEPERS = frozenset({Role.MUNICIPAL_COORDINATOR, Role.DECISION_MAKER})
SYSTEM_KEEPERS = KEEPERS | {Role.PROJECT_LEADER, Role.CONTACT_PERSON}

ACTIONS = {
    "rom-for-nytt/": KEEPERS,
    "rom-for-nytt/timer/": KEEPERS,
    "opplysninger/": KEEPERS,
    "systemer/": SYSTEM_KEEPERS,
}


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("place", ["own", "other"])
def test_an_action_is_allowed_by_role_and_place(
    client: Client, world: World, sign_in: SignIn, role: Role, action: str, place: str
) -> None:
    sign_in(role)
    number = {"own": "4219", "other": "5536"}[place]
    allowed = role in ACTIONS[action] and place == "own"

    got = client.get(f"/kommuner/{number}/{action}").status_code
    posted = client.post(f"/kommuner/{number}/{action}", {}).status_code

    assert got == (200 if allowed else 403)
    # An empty room form changes nothing and is accepted; the others are refused as incomplete.
    assert posted in ((302, 422) if allowed else (403,))


def _blackout(municipality: Municipality, _product: Product) -> str:
    row = Blackout.objects.create(
        municipality=municipality, valid_from="2099-01-01", valid_to="2099-02-01", reason="valg"
    )
    return f"rom-for-nytt/passer-ikke/{row.pk}/fjern/"


def _system(verb: str) -> Callable[[Municipality, Product], str]:
    def made(municipality: Municipality, product: Product) -> str:
        row = VendorProfile.objects.create(
            municipality=municipality,
            product=product,
            kind=product.kind,
            service_area=ServiceArea.HOME_CARE.value,
            valid_from=make.SOME_DAY,
        )
        return f"systemer/{row.pk}/{verb}/"

    return made


REMOVALS = {
    "blackout": (_blackout, KEEPERS),
    "end system": (_system("avslutt"), SYSTEM_KEEPERS),
    "remove system": (_system("fjern"), SYSTEM_KEEPERS),
}


@pytest.mark.parametrize("what", REMOVALS)
@pytest.mark.parametrize("role", Role)
def test_a_removal_is_allowed_by_role(
    client: Client, world: World, product: Product, sign_in: SignIn, role: Role, what: str
) -> None:
    sign_in(role)
    build, keepers = REMOVALS[what]
    address = f"/kommuner/4219/{build(world.own, product)}"

    assert client.get(address).status_code == (200 if role in keepers else 403)


@pytest.mark.parametrize("what", REMOVALS)
def test_a_row_of_another_municipality_is_not_found_under_ones_own(
    client: Client, world: World, product: Product, sign_in: SignIn, what: str
) -> None:
    sign_in(Role.MUNICIPAL_COORDINATOR)
    build, _ = REMOVALS[what]

    assert client.get(f"/kommuner/4219/{build(world.other, product)}").status_code == 404


@pytest.mark.parametrize("action", ACTIONS)
def test_visitors_are_led_to_log_in_and_back(client: Client, world: World, action: str) -> None:
    response = client.get(f"/kommuner/4219/{action}")

    assert response.status_code == 302
    assert response.headers["Location"].endswith(f"?next=/kommuner/4219/{action}")


@pytest.mark.parametrize("action", ACTIONS)
def test_an_unknown_number_is_not_found(
    client: Client, world: World, sign_in: SignIn, action: str
) -> None:
    sign_in(Role.MUNICIPAL_COORDINATOR)

    assert client.get(f"/kommuner/9999/{action}").status_code == 404


def test_the_county_authoritys_coordinator_changes_no_municipality(
    client: Client, world: World
) -> None:
    client.force_login(give_in_county_authority(world))

    assert client.get("/kommuner/4219/rom-for-nytt/").status_code == 403


@pytest.mark.parametrize("action", ACTIONS)
def test_a_form_without_its_token_is_refused(world: World, action: str) -> None:
    client = Client(enforce_csrf_checks=True)

    assert client.post(f"/kommuner/4219/{action}", {}).status_code == 403
