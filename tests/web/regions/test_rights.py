"""Who may do what with a region: every role, every action, here and in another region."""

from collections.abc import Mapping
from datetime import date

import pytest
from django.test import Client

from samlop.accounts.rules import SCOPE_OF, Role, Scope
from samlop.municipalities.models import Region, RegionMembership, SharedInstallation
from samlop.municipalities.rules.kinds import Certainty, RegionKind
from tests import factories as make
from tests.web.regions.conftest import Group, SignIn

pytestmark = pytest.mark.django_db

# What each address is sent; «{pk}» is a membership of the group, «{free}» no member.
ACTIONS: Mapping[str, tuple[str, dict[str, str]]] = {
    "confirm one": ("kommuner/{pk}/bekreft/", {}),
    "confirm all": ("bekreft/", {"medlemskap": "{pk}"}),
    "add a member": (
        "kommuner/ny/",
        {"municipality": "{free}", "starts": "2026-01-01", "reason": "Vedtak"},
    ),
    "end a membership": (
        "kommuner/{pk}/avslutt/",
        {"how": "slutter", "ends": "2026-01-31", "reason": "Vedtak"},
    ),
    "edit": ("rediger/", {"name": "Nytt navn", "website": "", "note": ""}),
    "end the region": ("avslutt/", {"ends": "2026-01-31", "reason": "Vedtak"}),
}
EVERYTHING = frozenset(ACTIONS)
KEEPS_THE_GROUP = EVERYTHING - {"end the region"}

# Who may do what with an e-health group; a role held in a region counts in that region only.
MAY: Mapping[Role, frozenset[str]] = {
    **dict.fromkeys(Role, frozenset()),
    Role.CONTACT_PERSON: KEEPS_THE_GROUP,
    Role.ADMINISTRATOR: EVERYTHING,
}


def send(client: Client, group: Group, action: str) -> int:
    path, data = ACTIONS[action]
    free = make.municipality(name="Ny i gruppa")
    names = {"pk": group.memberships[0].pk, "free": free.pk}
    return client.post(
        group.address + path.format(**names),
        {name: value.format(**names) for name, value in data.items()},
    ).status_code


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("role", Role)
def test_a_role_may_do_this_here(
    client: Client, group: Group, sign_in: SignIn, role: Role, action: str
) -> None:
    sign_in(role, region=group.region)

    assert send(client, group, action) == (302 if action in MAY[role] else 403)


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("role", [role for role in Role if SCOPE_OF[role] is Scope.REGION])
def test_a_role_in_another_region_may_do_nothing_here(
    client: Client, group: Group, sign_in: SignIn, role: Role, action: str
) -> None:
    sign_in(role, region=make.region(kind=RegionKind.EHEALTH_GROUP))

    assert send(client, group, action) == 403
    group.region.refresh_from_db()
    assert group.region.name == "E-helse Agder"
    assert set(
        RegionMembership.objects.filter(region=group.region).values_list("certainty", "valid_to")
    ) == {(Certainty.ASSUMED.value, None)}


@pytest.mark.parametrize("action", ACTIONS)
def test_a_visitor_is_led_to_the_log_in_page(client: Client, group: Group, action: str) -> None:
    assert send(client, group, action) == 302
    assert not RegionMembership.objects.exclude(certainty=Certainty.ASSUMED.value).exists()
    assert not RegionMembership.objects.exclude(valid_to=None).exists()


def test_after_logging_in_an_action_leads_back_to_its_page(client: Client, group: Group) -> None:
    response = client.post(
        f"{group.address}bekreft/",
        headers={"Referer": f"http://testserver{group.address}?sorter=fra"},
    )

    assert response.headers["Location"].endswith("?next=/regioner/e-helse-agder/%3Fsorter%3Dfra")


def test_htmx_leaves_the_page_when_the_session_is_over(client: Client, group: Group) -> None:
    response = client.post(
        f"{group.address}kommuner/{group.memberships[0].pk}/bekreft/",
        headers={"HX-Request": "true", "HX-Current-URL": f"http://testserver{group.address}"},
    )

    assert response.status_code == 204
    assert response.headers["HX-Redirect"].endswith("?next=/regioner/e-helse-agder/")


def test_the_way_back_is_never_somebody_elses_site(client: Client, group: Group) -> None:
    response = client.post(
        f"{group.address}bekreft/", headers={"Referer": "https://evil.example/regioner/"}
    )

    assert response.headers["Location"].endswith("?next=/")


@pytest.mark.parametrize("kind", [RegionKind.COUNTY, RegionKind.HEALTH_REGION])
@pytest.mark.parametrize(("path", "data"), [ACTIONS["edit"], ACTIONS["end the region"]])
def test_a_county_and_a_health_region_cannot_be_changed_by_anybody(
    client: Client, sign_in: SignIn, kind: RegionKind, path: str, data: dict[str, str]
) -> None:
    region = make.region(kind=kind, slug="fakta", name="Fakta")
    sign_in(Role.ADMINISTRATOR)

    response = client.post(f"/regioner/fakta/{path}", data)

    assert response.status_code == 422
    assert "følger av offentlige registre" in response.text
    region.refresh_from_db()
    assert (region.name, region.valid_to) == ("Fakta", None)
    assert "Rediger" not in client.get("/regioner/fakta/").text


def test_a_membership_of_another_region_is_not_found(
    client: Client, group: Group, sign_in: SignIn
) -> None:
    other = make.region(kind=RegionKind.EHEALTH_GROUP, members=(make.municipality(),))
    sign_in(Role.CONTACT_PERSON, region=other)

    response = client.post(f"/regioner/{other.slug}/kommuner/{group.memberships[0].pk}/bekreft/")

    assert response.status_code == 404


@pytest.mark.parametrize(
    ("role", "status"),
    [(Role.CONTACT_PERSON, 403), (Role.PORTFOLIO_OWNER, 403), (Role.ADMINISTRATOR, 302)],
)
def test_only_an_administrator_makes_a_region(
    client: Client, sign_in: SignIn, role: Role, status: int
) -> None:
    sign_in(role)
    before = Region.objects.count()

    response = client.post(
        "/regioner/ny/",
        {"kind": "ikt_cooperation", "name": "IKT Agder", "starts": "2024-01-01"},
    )

    assert response.status_code == status
    assert Region.objects.count() == before + (status == 302)


@pytest.mark.parametrize("kind", ["county", "health_region", "ehealth_group", "tull", ""])
def test_only_two_kinds_can_be_made_here(client: Client, sign_in: SignIn, kind: str) -> None:
    sign_in(Role.ADMINISTRATOR)

    response = client.post(
        "/regioner/ny/", {"kind": kind, "name": "Noe nytt", "starts": "2024-01-01"}
    )

    assert response.status_code == 422
    assert "Noe nytt" in response.text
    assert not Region.objects.exists()


def test_a_contact_person_of_an_ikt_cooperation_confirms_but_does_not_add(
    client: Client, sign_in: SignIn
) -> None:
    region = make.region(
        kind=RegionKind.IKT_COOPERATION,
        slug="ikt",
        members=(make.municipality(),),
        certainty=Certainty.ASSUMED,
    )
    sign_in(Role.CONTACT_PERSON, region=region)

    assert client.get("/regioner/ikt/kommuner/ny/").status_code == 403
    assert client.get("/regioner/ikt/felles-epj/").status_code == 403
    pk = RegionMembership.objects.get().pk
    assert client.post(f"/regioner/ikt/kommuner/{pk}/bekreft/").status_code == 302


def test_only_an_ikt_cooperation_shares_installations(
    client: Client, group: Group, sign_in: SignIn
) -> None:
    sign_in(Role.ADMINISTRATOR)

    assert client.get(f"{group.address}felles-epj/").status_code == 404
    assert not SharedInstallation.objects.exists()
    assert group.region.valid_from < date(2026, 1, 1)
