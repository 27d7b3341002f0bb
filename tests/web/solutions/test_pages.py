"""The portfolio and a solution's own pages, as everybody sees them."""

from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from samlop.accounts import services as accounts
from samlop.accounts.rules import Role
from samlop.audit.services import change
from samlop.lib.actors import Machine
from samlop.portfolio.models import TrialMunicipality
from samlop.portfolio.rules.solutions import Area, Phase, SolutionKind
from samlop.web.history.sentences import SENTENCES
from tests import factories as make
from tests.web.solutions.conftest import Portfolio, sign_in

pytestmark = pytest.mark.django_db

LIST = "/losninger/"
HERE = "/losninger/legemiddellista/"


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as found:
        assert client.get(address).status_code == 200
    return len(found)


# --- the portfolio ---


def test_the_board_puts_a_solution_in_each_phase_it_is_in(
    client: Client, portfolio: Portfolio
) -> None:
    html = client.get(LIST).text

    trial = html.index('id="fase-under_trial"')
    rollout = html.index('id="fase-national_rollout"')
    operation = html.index('id="fase-operation"')
    assert "Legemiddellista" in html[trial:rollout]
    assert "Hjemmetjeneste" in html[trial:rollout]
    assert "Fastlege" in html[rollout:operation]
    assert "Fase ikke registrert" in html


def test_a_joint_process_has_a_board_of_its_own(client: Client, portfolio: Portfolio) -> None:
    process = make.solution(name="Modellen", kind=SolutionKind.JOINT_PROCESS)
    offer = make.offer(solution=process, area=Area.HEALTH_AND_CARE)
    make.phase(offer=offer, phase=Phase.UNDER_WAY, on=date(2025, 1, 1))

    html = client.get(LIST).text

    assert "Modellen" in html[html.index('id="fase-under_way"') :]
    assert "Modellen" not in html[: html.index("Felles prosesser")]


def test_what_comes_instead_stands_on_the_board(client: Client, portfolio: Portfolio) -> None:
    event = make.phase(offer=portfolio.other.offers.get(), phase=Phase.IDEA)
    event.offer.phases.create(
        phase="superseded",
        happened_on=date(2026, 1, 1),
        recorded_at=event.recorded_at,
        successor="Nye tjenester",
    )

    assert "I stedet kommer: Nye tjenester" in client.get(LIST).text


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", {"Legemiddellista", "Annen løsning"}),
        ("?q=LEGEMIDDEL", {"Legemiddellista"}),
        ("?omrade=child_health", {"Annen løsning"}),
        ("?fase=national_rollout", {"Legemiddellista"}),
        ("?type=record_system", set()),
        ("?type=finnes-ikke", {"Legemiddellista", "Annen løsning"}),
    ],
)
def test_the_portfolio_is_filtered(
    client: Client, portfolio: Portfolio, query: str, names: set[str]
) -> None:
    address = f"{LIST}{query}{'&' if query else '?'}visning=tabell"
    html = client.get(address).text

    assert {name for name in ("Legemiddellista", "Annen løsning") if name in html} == names


def test_an_offer_for_health_and_care_is_found_by_each_area_in_it(client: Client) -> None:
    make.solution(name="Helheten", areas=(Area.HEALTH_AND_CARE,))
    make.solution(name="Tannlegen", areas=(Area.DENTAL_CARE,))

    html = client.get(f"{LIST}?omrade=home_care&visning=tabell").text

    assert "Helheten" in html
    assert "Tannlegen" not in html


def test_the_portfolio_is_shown_as_it_was(client: Client, portfolio: Portfolio) -> None:
    html = client.get(f"{LIST}?visning=tabell&dato=2025-06-01").text

    assert "Nasjonal innføring</span>" not in html
    assert "slik de var 1. juni 2025" in html


def test_the_table_is_sorted_by_what_is_asked_for(client: Client, portfolio: Portfolio) -> None:
    html = client.get(f"{LIST}?visning=tabell&sorter=-siden").text
    body = html[html.index("<tbody>") :]

    assert body.index("1.1.2026") < body.index("1.1.2024")
    assert 'aria-sort="descending"' in html


@pytest.mark.parametrize("form", ["csv", "xlsx", "json"])
def test_the_files_have_the_rows_of_the_page(
    client: Client, portfolio: Portfolio, form: str
) -> None:
    answer = client.get(f"{LIST}?fase=under_trial&format={form}")

    assert "losninger-" in answer.headers["Content-Disposition"]
    if form == "json":
        found = answer.json()
        assert found["antall"] == 1
        assert found["losninger"][0]["fase"] == "Under utprøving"


def test_htmx_gets_the_results_and_a_clean_address(client: Client, portfolio: Portfolio) -> None:
    answer = client.get(f"{LIST}?q=&type=&fase=under_trial", headers={"HX-Request": "true"})

    assert answer.text.lstrip().startswith('<div id="losninger">')
    assert answer.headers["HX-Push-Url"] == f"{LIST}?fase=under_trial"


def test_an_empty_portfolio_says_what_to_do_first(client: Client) -> None:
    assert "Porteføljeeier legger dem inn" in client.get(LIST).text

    sign_in(client, Role.PORTFOLIO_OWNER)
    assert "Legg til den første" in client.get(LIST).text


@pytest.mark.usefixtures("portfolio")
@pytest.mark.parametrize("view", ["tavle", "tabell", "kart"])
def test_more_solutions_cost_no_more_queries(client: Client, view: str) -> None:
    make.municipality(number="4203")
    address = f"{LIST}?visning={view}"
    client.get(address)
    few = queries(client, address)
    for _ in range(10):
        make.phase(offer=make.offer(), phase=Phase.READY_FOR_USE)

    assert queries(client, address) == few


# --- one solution ---


def test_the_overview_tells_what_there_is_to_tell(client: Client, portfolio: Portfolio) -> None:
    solution = portfolio.solution
    solution.description = "Første avsnitt.\n\nAndre avsnitt."
    solution.owner, solution.sectors = "Direktoratet", ["health", "childhood"]
    solution.save()

    html = client.get(HERE).text

    assert "Andre avsnitt." in html
    assert "Direktoratet" in html
    assert "Helse og oppvekst" in html
    assert "Registrer fase" not in html


def test_a_solution_that_has_stopped_says_so_first_and_once(
    client: Client, portfolio: Portfolio
) -> None:
    for offer in (portfolio.home_care, portfolio.doctors):
        offer.phases.create(
            phase="intake_stopped",
            happened_on=date(2026, 2, 1),
            recorded_at="2026-02-01T09:00:00Z",
            reason="Ingen finansiering",
        )

    html = client.get(HERE).text

    assert "Hjemmetjeneste og fastlege: Stopp for nye tilkoblinger" in html
    assert html.count("Ingen finansiering") == 1


def test_a_trial_shows_size_and_system_of_the_time(client: Client, portfolio: Portfolio) -> None:
    here = make.municipality(number="4203", name="Arendal")
    here.populations.create(counted_on=date(2024, 1, 1), inhabitants=46_000, source="SSB")
    product = make.product(name="Gammel journal")
    here.vendor_profiles.create(
        service_area="home_care",
        product=product,
        kind=product.kind,
        valid_from=date(2020, 1, 1),
        valid_to=date(2025, 6, 1),
    )
    TrialMunicipality.objects.create(
        offer=portfolio.home_care,
        municipality=here,
        valid_from=date(2024, 3, 1),
        valid_to=date(2025, 3, 1),
    )

    html = client.get(HERE).text

    assert "46\N{NO-BREAK SPACE}000" in html
    assert "Gammel journal" in html
    assert "Arendal" not in client.get(f"{HERE}?dato=2024-02-01").text


def test_a_municipality_that_tries_in_two_areas_is_one_line_to_a_reader(
    client: Client, portfolio: Portfolio
) -> None:
    here = make.municipality(number="4203", name="Arendal")
    for offer in (portfolio.home_care, portfolio.doctors):
        TrialMunicipality.objects.create(
            offer=offer, municipality=here, valid_from=date(2024, 3, 1)
        )

    html = client.get(HERE).text
    assert html.count(">Arendal</a>") == 1
    assert "Hjemmetjeneste og fastlege</td>" in html

    sign_in(client, Role.PROGRAMME)
    assert client.get(HERE).text.count(">Arendal</a>") == 2


@pytest.mark.parametrize(
    ("role", "named", "reached"),
    [(None, False, False), (Role.ANALYST, True, False), (Role.PORTFOLIO_OWNER, True, True)],
)
def test_the_programmes_people_are_for_the_signed_in(
    client: Client, portfolio: Portfolio, role: Role | None, named: bool, reached: bool
) -> None:
    leader = make.person(name="Prosjektlederen", email="leder@example.org")
    accounts.grant(
        person=leader,
        role=Role.PROGRAMME,
        by=Machine("tests"),
        on=make.SOME_DAY,
        solution_slug="legemiddellista",
    )
    if role:
        sign_in(client, role)

    html = client.get(HERE).text

    assert ("Prosjektlederen" in html) is named
    assert ("leder@example.org" in html) is reached


def test_a_process_shows_its_stages_leader_and_questions(client: Client) -> None:
    process = make.solution(name="Modellen", slug="modellen", kind=SolutionKind.JOINT_PROCESS)
    process.process_leader, process.status_survey = "En ressurs i regionen", "Hvor langt?"
    process.save()
    offer = make.offer(solution=process, area=Area.HEALTH_AND_CARE)
    make.phase(offer=offer, phase=Phase.UNDER_WAY, on=date(2025, 1, 1))

    html = client.get("/losninger/modellen/").text

    stages = html[html.index('class="stages"') :]
    assert stages.index("Påmeldt") < stages.index("I gang") < stages.index("Gjennomført")
    assert "En ressurs i regionen" in html
    assert "Hvor langt?" in html


def test_the_history_is_for_everybody_and_the_changes_for_the_signed_in(
    client: Client, portfolio: Portfolio
) -> None:
    address = f"{HERE}historikk/"
    sign_in(client, Role.PROGRAMME)
    client.post(f"{HERE}rediger/", {"version": "1", "owner": "Norsk helsenett"})

    mine = client.get(address).text
    client.logout()
    public = client.get(address).text

    assert "Andre endringer" in mine
    assert "Norsk helsenett" in mine
    assert "Trekk tilbake" in mine
    assert "Nasjonal innføring" in public
    assert "Andre endringer" not in public
    assert "Trekk tilbake" not in public


def test_the_changes_tell_nothing_of_what_only_some_may_read(
    client: Client, portfolio: Portfolio
) -> None:
    others = [code for code in SENTENCES if not code.startswith("portfolio.solution.")]
    kept = tuple(f"portfolio.{one}." for one in ("offer", "link", "prerequisite", "trial"))
    for code in others:
        if not code.startswith(kept):
            with change(code, by=Machine("tests")) as record:
                record(portfolio.solution)
    with change("portfolio.link.added", by=Machine("tests")) as record:
        record(portfolio.solution, details={"words": "Mer å lese"})
    sign_in(client, Role.ANALYST)

    html = client.get(f"{HERE}historikk/").text

    assert html.count('class="history-what"') == 1
    assert "Mer å lese" in html


def test_a_programme_is_not_offered_to_withdraw_what_followed_a_decision(
    client: Client, portfolio: Portfolio
) -> None:
    sign_in(client, Role.PROGRAMME)

    html = client.get(f"{HERE}historikk/").text

    assert html.count("Trekk tilbake<") == 2


def test_more_around_a_solution_costs_no_more_queries(client: Client, portfolio: Portfolio) -> None:
    def more() -> None:
        make.phase(offer=portfolio.home_care, phase=Phase.PAUSED, on=date(2025, 1, 1))
        portfolio.solution.links.create(words="Mer", address=f"https://{make.person().pk}.no")
        portfolio.solution.prerequisites.create(requires=make.solution())
        TrialMunicipality.objects.create(
            offer=portfolio.home_care,
            municipality=make.municipality(),
            valid_from=date(2025, 1, 1),
        )

    for address in (HERE, f"{HERE}historikk/"):
        more()
        client.get(address)
        few = queries(client, address)
        for _ in range(5):
            more()

        assert queries(client, address) == few


# --- the way there ---


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("legemiddel", True),
        ("PLL", True),
        ("pl", True),
        ("legemidellista", True),
        ("lista", True),
        ("hjemme", False),
    ],
)
def test_the_search_finds_a_solution_by_name_short_name_and_nearly(
    client: Client, portfolio: Portfolio, text: str, found: bool
) -> None:
    portfolio.solution.short_name = "PLL"
    portfolio.solution.save()

    html = client.get("/sok/", {"q": text}).text

    assert ("Legemiddellista (PLL)" in html) is found


def test_a_programme_finds_its_solution_on_its_page_and_in_the_menu(
    client: Client, portfolio: Portfolio
) -> None:
    sign_in(client, Role.PROGRAMME)

    html = client.get("/").text

    assert html.count(f'href="{HERE}"') >= 2
    assert "Legemiddellista" in html


def test_everybody_finds_the_portfolio_on_the_front_page(
    client: Client, portfolio: Portfolio
) -> None:
    html = client.get("/").text

    assert html.count(f'href="{LIST}"') >= 2
