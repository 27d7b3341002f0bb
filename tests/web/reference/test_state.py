"""The state of the reference data, and who may see and renew it."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from samlop.accounts import services as accounts
from samlop.accounts.rules import SCOPE_OF, Role, Scope
from samlop.lib.actors import Machine
from samlop.municipalities.models import Vendor
from samlop.municipalities.rules.kinds import RegionKind
from tests import factories as make

pytestmark = pytest.mark.django_db

ADDRESSES = {
    "/referansedata/": "get",
    "/referansedata/kommuner/": "get",
    "/referansedata/kommuner/lagre/": "post",
    "/referansedata/fakta/": "get",
    "/referansedata/fakta/mal/": "get",
    "/referansedata/fakta/lagre/": "post",
}


def sign_in(client: Client, role: Role) -> None:
    where: dict[str, object] = {}
    match SCOPE_OF[role]:
        case Scope.REGION:
            where["region"] = make.region(kind=RegionKind.EHEALTH_GROUP)
        case Scope.MUNICIPALITY:
            where["municipality"] = make.municipality()
        case Scope.VENDOR:
            where["vendor"] = Vendor.objects.create(slug="v", name="V")
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


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize(("address", "method"), ADDRESSES.items())
def test_only_an_administrator_renews_reference_data(
    client: Client, role: Role, address: str, method: str
) -> None:
    sign_in(client, role)

    status = getattr(client, method)(address).status_code

    assert status == (403 if role is not Role.ADMINISTRATOR else 200 if method == "get" else 302)


@pytest.mark.parametrize(("address", "method"), ADDRESSES.items())
def test_a_visitor_is_led_to_the_log_in_page(client: Client, address: str, method: str) -> None:
    response = getattr(client, method)(address)

    assert response.status_code == 302
    assert "next=" in response.headers["Location"]


def test_the_state_counts_what_is_there(client: Client) -> None:
    known = make.municipality(number="4203", name="Arendal")
    known.organisation_number = "974760673"
    known.save(update_fields=["organisation_number"])
    make.municipality(number="4201", name="Risør")
    sign_in(client, Role.ADMINISTRATOR)

    text = " ".join(client.get("/referansedata/").text.split())

    assert 'Organisasjonsnummer</th><td class="numeric">1 av 2</td>' in text
    assert 'Postmottak</th><td class="numeric">0 av 2</td>' in text
    assert "fra 1. januar 2024" in text
    assert "Ingenting er endret siden" in text


def test_the_state_costs_the_same_however_much_there_is(client: Client) -> None:
    make.municipality()
    sign_in(client, Role.ADMINISTRATOR)
    with CaptureQueriesContext(connection) as for_one:
        client.get("/referansedata/")
    for _ in range(19):
        make.region(members=(make.municipality(),))

    with CaptureQueriesContext(connection) as for_twenty:
        client.get("/referansedata/")

    assert len(for_twenty) == len(for_one), [query["sql"] for query in for_twenty]
