"""Every role and every page of people, in the own place and in another."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from samlop.accounts import services as accounts
from samlop.accounts.models import Membership
from samlop.accounts.rules import Role
from samlop.web import clock
from tests import factories as make
from tests.web.people.conftest import TESTS, Hold, SignIn, World

pytestmark = pytest.mark.django_db

R = Role
NOBODY: frozenset[Role] = frozenset()
MUNICIPAL_GIVERS = frozenset({R.MUNICIPAL_COORDINATOR, R.DECISION_MAKER, R.CONTACT_PERSON})

# page: who may open it in the own place, and who in the other
INVITING: dict[str, tuple[frozenset[Role], frozenset[Role]]] = {
    "/kommuner/{number}/personer/inviter/": (MUNICIPAL_GIVERS, NOBODY),
    "/regioner/{region}/personer/inviter/": (
        frozenset({R.CONTACT_PERSON, R.ADMINISTRATOR}),
        frozenset({R.ADMINISTRATOR}),
    ),
    "/regioner/{region}/personer/last-inn/": (frozenset({R.CONTACT_PERSON}), NOBODY),
    "/regioner/{region}/personer/last-inn/mal/": (frozenset({R.CONTACT_PERSON}), NOBODY),
    "/leverandorer/{vendor}/personer/inviter/": (
        frozenset({R.VENDOR, R.ADMINISTRATOR}),
        frozenset({R.ADMINISTRATOR}),
    ),
}
EVERYWHERE: dict[str, frozenset[Role]] = {
    "/personer/inviter/": frozenset({R.ADMINISTRATOR, R.PORTFOLIO_OWNER}),
    "/fylkeskommuner/agder-fylkeskommune/personer/inviter/": frozenset({R.ADMINISTRATOR}),
}
LISTS = (
    "/kommuner/4211/personer/",
    "/kommuner/1108/personer/",
    "/regioner/digi-agder/personer/",
    "/leverandorer/journal/personer/",
    "/fylkeskommuner/agder-fylkeskommune/personer/",
    "/personer/",
)


def address(pattern: str, *, own: bool) -> str:
    own_words = {"number": "4211", "region": "digi-agder", "vendor": "journal"}
    other_words = {"number": "1108", "region": "digi-rogaland", "vendor": "varsel"}
    return pattern.format(**(own_words if own else other_words))


@pytest.mark.parametrize("own", [True, False], ids=["own", "other"])
@pytest.mark.parametrize("pattern", INVITING)
@pytest.mark.parametrize("role", Role)
def test_who_may_invite_and_load_where(
    client: Client, sign_in: SignIn, role: Role, pattern: str, own: bool
) -> None:
    sign_in(role)
    expected = 200 if role in INVITING[pattern][0 if own else 1] else 403

    assert client.get(address(pattern, own=own)).status_code == expected


@pytest.mark.parametrize("page", EVERYWHERE)
@pytest.mark.parametrize("role", Role)
def test_who_may_invite_to_the_nation_and_to_county_authorities(
    client: Client, sign_in: SignIn, role: Role, page: str
) -> None:
    sign_in(role)

    assert client.get(page).status_code == (200 if role in EVERYWHERE[page] else 403)


@pytest.mark.parametrize("page", LISTS)
@pytest.mark.parametrize("role", Role)
def test_whoever_holds_a_role_sees_who_holds_one(
    client: Client, sign_in: SignIn, role: Role, page: str
) -> None:
    sign_in(role)

    assert client.get(page).status_code == 200


@pytest.mark.parametrize("page", LISTS)
def test_a_visitor_is_led_to_sign_in(client: Client, world: World, page: str) -> None:
    response = client.get(page)

    assert response.status_code == 302
    assert response.headers["Location"].endswith(f"?next={page}")


@pytest.mark.parametrize("page", [*LISTS, *EVERYWHERE])
def test_whoever_held_a_role_until_yesterday_sees_nobody(
    client: Client, hold: Hold, sign_in: SignIn, page: str
) -> None:
    hold(R.CONTACT_PERSON)
    sign_in(R.ADMINISTRATOR, until=clock.today())

    response = client.get(page)

    assert response.status_code == 403
    assert "contact_person her" not in response.text


# --- what may be done with a role ---

ACTIONS = ("avslutt", "gi-videre", "overta", "inviter-igjen")


def status(client: Client, membership: Membership, action: str) -> int:
    page = f"/personer/roller/{membership.pk}/{action}/"
    # A form page is only looked at; sending an invitation again has no form.
    answer = client.post(page) if action == "inviter-igjen" else client.get(page)
    return 200 if answer.status_code == 302 else answer.status_code


# role of the reader: what she may do with a decision maker's role, own and other
SHARES_MUNICIPALITY = {
    R.MUNICIPAL_COORDINATOR,
    R.DECISION_MAKER,
    R.PROJECT_LEADER,
    R.CONTACT_PERSON,
    R.ROLLOUT_LEADER,
    R.NETWORK_RESOURCE,
}
SEES_ALL = {R.COORDINATION_GROUP_MEMBER, R.ADMINISTRATOR}


@pytest.mark.parametrize("own", [True, False], ids=["own", "other"])
@pytest.mark.parametrize("action", ["avslutt", "gi-videre", "inviter-igjen"])
@pytest.mark.parametrize("role", Role)
def test_who_may_change_a_municipal_role(
    client: Client, hold: Hold, sign_in: SignIn, role: Role, action: str, own: bool
) -> None:
    """404 for those who do not see it, 403 for those who do and may not."""
    target = hold(R.DECISION_MAKER, own=own)
    sign_in(role)
    sees = role in SEES_ALL or (own and role in SHARES_MUNICIPALITY)
    may = own and role in MUNICIPAL_GIVERS
    expected = 200 if may else 403 if sees else 404

    assert status(client, target, action) == expected


@pytest.mark.parametrize("own", [True, False], ids=["own", "other"])
@pytest.mark.parametrize("role", Role)
def test_only_the_regions_contact_person_takes_over(
    client: Client, hold: Hold, sign_in: SignIn, role: Role, own: bool
) -> None:
    target = hold(R.MUNICIPAL_COORDINATOR, own=own)
    sign_in(role)
    sees = role in SEES_ALL or (own and role in SHARES_MUNICIPALITY)
    expected = 200 if own and role is R.CONTACT_PERSON else 403 if sees else 404

    assert status(client, target, "overta") == expected


@pytest.mark.parametrize("role", [R.PROJECT_LEADER, R.ROLLOUT_LEADER, R.ANALYST, R.PROGRAMME])
def test_everybody_may_end_her_own_role_and_not_pass_it_on(
    client: Client, sign_in: SignIn, role: Role
) -> None:
    person = sign_in(role)
    mine = person.memberships.get()

    assert status(client, mine, "avslutt") == 200
    assert status(client, mine, "gi-videre") == 403
    assert (
        client.post(f"/personer/roller/{mine.pk}/avslutt/", {"ends": clock.today()}).headers[
            "Location"
        ]
        == "/"
    )
    mine.refresh_from_db()
    assert mine.valid_to == clock.today()


@pytest.mark.parametrize("action", ACTIONS)
def test_an_ended_role_and_no_role_at_all_answer_alike(
    client: Client, hold: Hold, sign_in: SignIn, action: str
) -> None:
    sign_in(R.CONTACT_PERSON)
    ended = hold(R.PROJECT_LEADER, until=clock.today())

    assert status(client, ended, action) == 404
    assert status(client, Membership(pk=999_999), action) == 404


# --- a person's own page ---


@pytest.mark.parametrize("own", [True, False], ids=["own", "other"])
@pytest.mark.parametrize("role", Role)
def test_who_sees_a_person(
    client: Client, hold: Hold, sign_in: SignIn, role: Role, own: bool
) -> None:
    target = hold(R.DECISION_MAKER, own=own).person
    sign_in(role)
    sees = role in SEES_ALL or (own and role in SHARES_MUNICIPALITY)

    response = client.get(f"/personer/{target.pk}/")

    assert response.status_code == (200 if sees else 404)
    unknown = client.get("/personer/999999/")
    assert unknown.status_code == 404
    if not sees:
        assert target.name not in response.text


@pytest.mark.parametrize("role", Role)
def test_only_an_administrator_erases_another(
    client: Client, hold: Hold, sign_in: SignIn, role: Role
) -> None:
    target = hold(R.DECISION_MAKER).person
    sign_in(role)
    expected = 200 if role is R.ADMINISTRATOR else 404

    assert client.get(f"/personer/{target.pk}/slett/").status_code == expected
    client.post(f"/personer/{target.pk}/slett/")
    target.refresh_from_db()
    assert (target.erased_at is not None) == (role is R.ADMINISTRATOR)


@pytest.mark.parametrize("role", Role)
def test_mail_and_phone_in_the_list_follow_the_rule(
    client: Client, hold: Hold, sign_in: SignIn, role: Role
) -> None:
    target = hold(R.DECISION_MAKER).person
    sign_in(role)

    text = client.get("/kommuner/4211/personer/").text

    assert target.name in text
    assert (f"mailto:{target.email}" in text) == (role in SEES_ALL | SHARES_MUNICIPALITY)


@pytest.mark.parametrize("role", Role)
def test_contact_persons_show_their_phone_to_all_with_a_role(
    client: Client, hold: Hold, sign_in: SignIn, role: Role
) -> None:
    target = hold(R.CONTACT_PERSON, own=False).person
    sign_in(role)

    assert f"mailto:{target.email}" in client.get("/regioner/digi-rogaland/personer/").text


def test_ended_roles_are_shown_to_those_who_share_the_place(
    client: Client, hold: Hold, sign_in: SignIn
) -> None:
    ended = hold(R.PROJECT_LEADER, until=clock.today() - timedelta(days=1)).person

    sign_in(R.CONTACT_PERSON)
    assert ended.name in client.get("/kommuner/4211/personer/").text
    sign_in(R.CONTACT_PERSON, own=False)
    assert ended.name not in client.get("/kommuner/4211/personer/").text


@pytest.mark.parametrize("role", Role)
def test_a_download_shows_no_more_than_the_page(
    client: Client, hold: Hold, sign_in: SignIn, role: Role
) -> None:
    target = hold(R.DECISION_MAKER).person
    sign_in(role)

    for page in ("/kommuner/4211/personer/", "/regioner/digi-agder/personer/"):
        content = client.get(f"{page}?format=csv").content.decode()
        shared = role in SEES_ALL | SHARES_MUNICIPALITY
        assert (str(target.email) in content) == shared
        assert (target.name in content) == (shared or page.startswith("/kommuner/"))


def test_whoever_has_no_role_downloads_nothing(client: Client, hold: Hold, sign_in: SignIn) -> None:
    hold(R.CONTACT_PERSON)
    sign_in(R.ADMINISTRATOR, until=clock.today())

    assert client.get("/regioner/digi-agder/personer/?format=xlsx").status_code == 403


def test_only_administrators_search_in_people(client: Client, hold: Hold, sign_in: SignIn) -> None:
    target = hold(R.PROJECT_LEADER).person
    page = f"/personer/?q={target.email}"

    sign_in(R.PORTFOLIO_OWNER)
    assert target.name not in client.get(page).text
    sign_in(R.ADMINISTRATOR)
    assert target.name in client.get(page).text


@pytest.mark.parametrize(
    "page",
    ["/kommuner/4211/personer/", "/regioner/digi-agder/personer/", "/personer/", "person"],
)
def test_twenty_people_cost_as_much_as_one(
    client: Client,
    hold: Hold,
    sign_in: SignIn,
    page: str,
    django_assert_max_num_queries: object,
) -> None:
    """Ended roles too; the person's page has one person with many roles."""
    reader = sign_in(R.CONTACT_PERSON if page != "/personer/" else R.ADMINISTRATOR)
    address = page if page.startswith("/") else f"/personer/{reader.pk}/"

    def more() -> None:
        for role in (R.MUNICIPAL_COORDINATOR, R.ROLLOUT_LEADER, R.ANALYST):
            hold(role)
            hold(role, until=clock.today())
        accounts.grant(
            person=reader,
            role=R.PROJECT_LEADER,
            municipality=make.municipality(),
            until=clock.today(),
            by=TESTS,
            on=make.SOME_DAY,
        )

    more()
    client.get(address)
    with CaptureQueriesContext(connection) as for_few:
        client.get(address)
    for _ in range(6):
        more()
    with CaptureQueriesContext(connection) as for_many:
        text = client.get(address).text

    assert text.count("role-row") > 7
    assert len(for_many) == len(for_few), [query["sql"] for query in for_many]
