"""Cases and bodies: what is decided is public, and whoever keeps them does it on these pages."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from samlop.accounts.models import Person
from samlop.accounts.rules import Role
from samlop.governance import services
from samlop.governance.models import Body, Case, Decision, Member
from samlop.governance.rules import BodyKind, CaseState, DecisionKind, Function, Matter
from samlop.lib.actors import Machine
from samlop.web import clock
from tests import factories as make
from tests.web.signing_in import sign_in

pytestmark = pytest.mark.django_db

BY = Machine("tests")
KEEPERS = frozenset({Role.COORDINATION_GROUP_MEMBER, Role.PORTFOLIO_OWNER})


@pytest.fixture
def body() -> Body:
    return services.create_body(name="Utvalget", kind=BodyKind.ADVISORY, mandate="Gir råd.", by=BY)


def opened(body: Body, title: str = "Åpen sak", *, ago: int = 30) -> Case:
    return services.open_case(
        body=body,
        title=title,
        about="Bakgrunn",
        by=BY,
        on=clock.today() - timedelta(days=ago),
    )


def decided(body: Body, title: str = "Avgjort sak", *, text: str = "Utvalget rår til ja.") -> Case:
    case = opened(body, title)
    day = clock.today() - timedelta(days=10)
    services.decide(
        case=case,
        kind=DecisionKind.ADVICE,
        text=text,
        reason="Behovet er stort.",
        decided_on=day,
        by=make.person(name="Kari Sekretær"),
        on=day,
        at=datetime(day.year, day.month, day.day, 12, tzinfo=UTC),
    )
    return case


def address(case: Case, more: str = "") -> str:
    return f"/saker/{case.body.slug}/{case.year}/{case.number}/{more}"


# --- who reads what ---


def test_visitors_read_what_is_decided_and_nothing_else(client: Client, body: Body) -> None:
    done, under_way = decided(body), opened(body)

    page = client.get("/saker/").text

    assert done.title in page
    assert under_way.title not in page
    assert client.get(address(under_way)).status_code == 404
    case = client.get(address(done)).text
    assert "Utvalget rår til ja." in case
    assert "Behovet er stort." in case
    # Names are for those who have a role.
    assert "Kari Sekretær" not in case


def test_whoever_has_a_role_reads_what_is_under_way_and_names(client: Client, body: Body) -> None:
    done, under_way = decided(body), opened(body)
    sign_in(client, Role.NETWORK_RESOURCE)

    assert under_way.title in client.get("/saker/").text
    assert client.get(address(under_way)).status_code == 200
    assert "Kari Sekretær" in client.get(address(done)).text


def test_members_are_named_for_the_signed_in_only(client: Client, body: Body) -> None:
    person = make.person(name="Ola Medlem")
    services.seat(
        body=body,
        person=person,
        function=Function.LEADER,
        organisation="Agder",
        by=BY,
        on=date(2024, 1, 1),
    )

    public = client.get(f"/saker/organer/{body.slug}/").text
    assert "Agder" in public
    assert "Ola Medlem" not in public
    sign_in(client, Role.ANALYST)
    assert "Ola Medlem" in client.get(f"/saker/organer/{body.slug}/").text
    Person.objects.filter(pk=person.pk).update(
        name="", email=None, phone="", is_active=False, erased_at="2026-01-01T00:00Z"
    )
    assert "Tidligere medlem" in client.get(f"/saker/organer/{body.slug}/").text


def test_a_case_links_to_the_one_it_builds_on(client: Client, body: Body) -> None:
    first = decided(body, "Råd om noe")
    other = services.create_body(name="Besluttende", kind=BodyKind.DECIDING, by=BY)
    second = services.open_case(
        body=other, title="Om noe", about="x", builds_on=first, by=BY, on=clock.today()
    )
    services.decide(
        case=second,
        kind=DecisionKind.DECISION,
        text="Ja.",
        decided_on=clock.today(),
        by=BY,
        on=clock.today(),
        at=datetime.now(UTC),
    )

    assert address(first) in client.get(address(second)).text
    assert address(second) in client.get(address(first)).text


# --- the list ---


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"Sak A", "Sak B", "Åpen"}),
        ("q=sak+a", {"Sak A"}),
        ("q=r%C3%A5r+til", {"Sak A"}),
        ("organ=annet", {"Sak B"}),
        ("status=open", {"Åpen"}),
        ("status=decided", {"Sak A", "Sak B"}),
        ("gjelder=ready_for_use", set()),
        ("ar=1999", set()),
        ("sorter=tittel", {"Sak A", "Sak B", "Åpen"}),
        ("sorter=-dato&status=tull", set()),
    ],
)
def test_the_list_is_filtered(client: Client, body: Body, query: str, found: set[str]) -> None:
    other = services.create_body(name="Annet", kind=BodyKind.ADVISORY, by=BY)
    decided(body, "Sak A", text="Utvalget rår til.")
    decided(other, "Sak B", text="Noe annet.")
    opened(body, "Åpen")
    sign_in(client, Role.ANALYST)

    page = client.get(f"/saker/?{query}")

    assert page.status_code == 200
    rows = client.get(f"/saker/?{query}&format=json").json()["saker"]
    assert {row["tittel"] for row in rows} == found


@pytest.mark.parametrize("form", ["csv", "xlsx", "json"])
def test_the_list_is_a_file_too(client: Client, body: Body, form: str) -> None:
    decided(body)
    answer = client.get(f"/saker/?format={form}")
    assert answer.status_code == 200
    assert "attachment" in answer.headers["Content-Disposition"]


def test_htmx_gets_the_rows_alone(client: Client, body: Body) -> None:
    decided(body)
    part = client.get("/saker/?organ=", headers={"HX-Request": "true"})
    assert "<html" not in part.text
    assert "Avgjort sak" in part.text
    assert part.headers["HX-Push-Url"] == "/saker/?"


@pytest.mark.parametrize("where", ["/saker/", "/saker/organer/utvalget/", "/saker/organer/"])
def test_a_list_costs_the_same_for_one_row_and_for_twenty(
    client: Client, body: Body, where: str
) -> None:
    sign_in(client, Role.COORDINATION_GROUP_MEMBER)

    def more(count: int) -> None:
        for _ in range(count):
            decided(body)
            services.seat(
                body=body,
                person=make.person(),
                function=Function.MEMBER,
                by=BY,
                on=date(2024, 1, 1),
            )

    more(1)
    client.get(where)
    with CaptureQueriesContext(connection) as for_one:
        client.get(where)
    more(8)
    with CaptureQueriesContext(connection) as for_many:
        client.get(where)
    assert len(for_many) == len(for_one), [query["sql"] for query in for_many]


def test_an_empty_list_says_what_will_be_there(client: Client) -> None:
    assert "Ingen saker er avgjort ennå" in client.get("/saker/").text
    assert "Ingen organer er registrert ennå" in client.get("/saker/organer/").text


# --- keeping them ---


@pytest.mark.parametrize("role", Role)
def test_only_those_who_keep_cases_change_them(client: Client, body: Body, role: Role) -> None:
    case = opened(body)
    member = services.seat(
        body=body, person=make.person(), function=Function.MEMBER, by=BY, on=date(2024, 1, 1)
    )
    sign_in(client, role)
    expected = 200 if role in KEEPERS else 403
    for where in (
        "/saker/ny/",
        "/saker/organer/nytt/",
        f"/saker/organer/{body.slug}/rediger/",
        f"/saker/organer/{body.slug}/medlemmer/nytt/",
        f"/saker/organer/medlemmer/{member.pk}/avslutt/",
        address(case, "rediger/"),
        address(case, "avgjor/"),
        address(case, "trekk/"),
    ):
        assert client.get(where).status_code == expected, where
        assert client.post(where).status_code == (422 if role in KEEPERS else 403), where


def test_visitors_are_asked_to_sign_in(client: Client) -> None:
    assert client.get("/saker/ny/").status_code == 302


def test_a_body_is_added_changed_and_gets_members(client: Client) -> None:
    sign_in(client, Role.COORDINATION_GROUP_MEMBER)

    made = client.post(
        "/saker/organer/nytt/", {"name": "Arbeidsgruppe", "kind": "steering", "mandate": "Leder."}
    )
    assert made.headers["Location"] == "/saker/organer/arbeidsgruppe/"
    client.post("/saker/organer/arbeidsgruppe/rediger/", {"name": "Gruppa", "mandate": "Alt."})
    seated = client.post(
        "/saker/organer/arbeidsgruppe/medlemmer/nytt/",
        {
            "email": "ny@example.org",
            "name": "Ny Person",
            "function": "leader",
            "organisation": "KS",
            "starts": "2026-01-01",
        },
    )
    assert seated.status_code == 302
    page = client.get("/saker/organer/arbeidsgruppe/").text
    assert "Ny Person" in page
    assert "vedtak, beslutning" in page
    member = Member.objects.get()
    client.post(f"/saker/organer/medlemmer/{member.pk}/avslutt/", {"ends": "2026-06-01"})
    member.refresh_from_db()
    assert member.valid_to == date(2026, 6, 1)
    assert "Tidligere medlemmer" in client.get("/saker/organer/arbeidsgruppe/").text


def test_a_case_goes_from_new_to_decided_on_pages(client: Client, body: Body) -> None:
    sign_in(client, Role.PORTFOLIO_OWNER)
    day = clock.today()

    made = client.post(
        "/saker/ny/", {"body": body.pk, "title": "Ny sak", "about": "Bakgrunn", "builds_on": ""}
    )
    case = Case.objects.get()
    assert made.headers["Location"] == address(case)
    client.post(address(case, "rediger/"), {"title": "Sak", "about": "Mer", "builds_on": ""})
    wrong = client.post(
        address(case, "avgjor/"), {"kind": "decision", "text": "Ja", "decided_on": day}
    )
    assert wrong.status_code == 422
    assert not Decision.objects.exists()
    client.post(address(case, "avgjor/"), {"kind": "advice", "text": "Ja", "decided_on": day})
    assert Case.objects.get().state() is CaseState.DECIDED
    again = client.post(
        address(case, "avgjor/"), {"kind": "advice", "text": "Nei", "decided_on": day}
    )
    assert again.status_code == 422
    assert "allerede avgjort" in again.text


def test_a_case_is_withdrawn_with_a_reason(client: Client, body: Body) -> None:
    case = opened(body)
    sign_in(client, Role.PORTFOLIO_OWNER)
    client.post(address(case, "trekk/"), {"reason": "Feil organ"})
    assert "Feil organ" in client.get(address(case)).text


def test_a_case_about_readiness_is_not_decided_here(client: Client, body: Body) -> None:
    case = services.open_case(
        body=body,
        title="Klar?",
        about="x",
        matter=Matter.READY_FOR_USE,
        by=BY,
        on=clock.today(),
    )
    sign_in(client, Role.PORTFOLIO_OWNER)
    assert address(case, "avgjor/") not in client.get(address(case)).text
    answer = client.post(
        address(case, "avgjor/"), {"kind": "advice", "text": "Ja", "decided_on": clock.today()}
    )
    assert answer.status_code == 422
    assert "på siden til løsningen" in answer.text
