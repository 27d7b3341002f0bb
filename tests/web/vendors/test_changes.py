"""Who may change the register of vendors, and what happens when they do."""

from collections.abc import Mapping

import pytest
from django.test import Client

from samlop.accounts import services as accounts
from samlop.accounts.rules import SCOPE_OF, Role, Scope
from samlop.audit.models import Event
from samlop.lib.actors import Machine
from samlop.municipalities.models import Product, Vendor
from samlop.municipalities.rules.kinds import RegionKind
from tests import factories as make
from tests.web.vendors.conftest import Register

pytestmark = pytest.mark.django_db

ACTIONS: Mapping[str, tuple[str, dict[str, str]]] = {
    "create": ("/leverandorer/ny/", {"name": "Ny leverandør"}),
    "edit": ("/leverandorer/fjord-data/rediger/", {"name": "Fjord"}),
    "add a product": (
        "/leverandorer/fjord-data/produkter/nytt/",
        {"name": "Nytt produkt", "kind": "other"},
    ),
    "edit a product": (
        "/leverandorer/fjord-data/produkter/alarmen/",
        {"name": "Alarm 2", "kind": "welfare_technology"},
    ),
}
OWN = frozenset(ACTIONS) - {"create"}

MAY: Mapping[Role, frozenset[str]] = {
    **dict.fromkeys(Role, frozenset()),
    Role.PORTFOLIO_OWNER: frozenset(ACTIONS),
    Role.ADMINISTRATOR: frozenset(ACTIONS),
    Role.VENDOR: OWN,
}


def sign_in(client: Client, role: Role, vendor: Vendor) -> None:
    where: dict[str, object] = {}
    match SCOPE_OF[role]:
        case Scope.REGION:
            where["region"] = make.region(kind=RegionKind.EHEALTH_GROUP)
        case Scope.MUNICIPALITY:
            where["municipality"] = make.municipality()
        case Scope.VENDOR:
            where["vendor"] = vendor
        case Scope.SOLUTION:
            where["solution_slug"] = "kjernejournal"
    person = make.person()
    accounts.grant(
        person=person,
        role=role,
        by=Machine("tests"),
        on=make.SOME_DAY,
        **where,  # type: ignore[arg-type]
    )
    client.force_login(person)


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("role", Role)
def test_a_role_may_do_this(client: Client, register: Register, role: Role, action: str) -> None:
    sign_in(client, role, register.vendor)
    address, data = ACTIONS[action]

    assert client.post(address, data).status_code == (302 if action in MAY[role] else 403)
    assert client.get(address).status_code == (200 if action in MAY[role] else 403)


@pytest.mark.parametrize("action", ACTIONS)
def test_a_vendors_people_may_not_change_another_vendor(
    client: Client, register: Register, action: str
) -> None:
    sign_in(client, Role.VENDOR, Vendor.objects.create(slug="annen", name="Annen"))
    address, data = ACTIONS[action]

    assert client.post(address, data).status_code == 403
    register.vendor.refresh_from_db()
    assert register.vendor.name == "Fjord data"


@pytest.mark.parametrize("action", ACTIONS)
def test_a_visitor_is_led_to_the_log_in_page(
    client: Client, register: Register, action: str
) -> None:
    address, data = ACTIONS[action]

    response = client.post(address, data)

    assert response.status_code == 302
    assert "next=" in response.headers["Location"]
    assert (Vendor.objects.count(), Product.objects.count()) == (1, 2)


@pytest.mark.parametrize(
    ("role", "own", "offered"),
    [(Role.VENDOR, True, True), (Role.VENDOR, False, False), (Role.ANALYST, True, False)],
)
def test_only_those_who_may_are_offered_to_change(
    client: Client, register: Register, role: Role, own: bool, offered: bool
) -> None:
    sign_in(
        client, role, register.vendor if own else Vendor.objects.create(slug="annen", name="Annen")
    )

    assert ("Legg til produkt" in client.get(register.address).text) is offered


@pytest.fixture
def administrator(client: Client, register: Register) -> None:
    sign_in(client, Role.ADMINISTRATOR, register.vendor)


def test_a_vendor_is_made_with_a_readable_address(
    client: Client, register: Register, administrator: None
) -> None:
    response = client.post(
        "/leverandorer/ny/",
        {"name": "Ørretdata AS", "organisation_number": "974 760 673", "website": "orret.no"},
        follow=True,
    )

    assert response.redirect_chain == [("/leverandorer/orretdata-as/", 302)]
    assert "974\N{NO-BREAK SPACE}760\N{NO-BREAK SPACE}673" in response.text
    assert 'href="https://orret.no"' in response.text
    assert Event.objects.filter(code="municipalities.vendor.created").count() == 1


@pytest.mark.parametrize(
    ("data", "field", "sentence"),
    [
        ({"name": ""}, "name", "Skriv navnet."),
        ({"name": "fjord DATA"}, "name", "finnes allerede"),
        ({"organisation_number": "123456789"}, "organisation_number", "kontrollsiffer"),
        ({"website": "ikke en adresse"}, "website", "Nettadressen kan ikke brukes"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_the_rest_is_kept(
    client: Client,
    register: Register,
    administrator: None,
    data: dict[str, str],
    field: str,
    sentence: str,
) -> None:
    sent = {"name": "Ørretdata", "organisation_number": "", "website": "orret.no"} | data

    response = client.post("/leverandorer/ny/", sent)

    assert response.status_code == 422
    assert f'href="#id_{field}"' in response.text
    assert sentence in response.text
    for value in sent.values():
        assert value in response.text
    assert Vendor.objects.count() == 1


def test_a_product_in_use_keeps_its_kind(
    client: Client, register: Register, administrator: None
) -> None:
    response = client.post(
        f"{register.address}produkter/journalen/", {"name": "Journalen 2", "kind": "other"}
    )

    assert response.status_code == 422
    assert "typen kan ikke endres" in response.text
    register.journal.refresh_from_db()
    assert register.journal.name == "Journalen"


def test_a_product_gets_a_new_name(client: Client, register: Register, administrator: None) -> None:
    response = client.post(
        f"{register.address}produkter/journalen/",
        {"name": "Journalen 2", "kind": "record_system"},
        follow=True,
    )

    assert "Endringene er lagret." in response.text
    assert "Journalen 2" in response.text


def test_another_vendors_product_is_not_found(
    client: Client, register: Register, administrator: None
) -> None:
    Vendor.objects.create(slug="annen", name="Annen")

    assert client.get("/leverandorer/annen/produkter/journalen/").status_code == 404
