"""Who may change a solution, and what happens when they do."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from samlop.accounts.rules import Role
from samlop.audit.models import Event
from samlop.portfolio.models import Offer, PhaseEvent, Prerequisite, Solution, TrialMunicipality
from samlop.portfolio.rules.solutions import Area, Phase
from tests import factories as make
from tests.web.solutions.conftest import Portfolio, sign_in

pytestmark = pytest.mark.django_db

HERE = "/losninger/legemiddellista/"
FACTS = {"name": "Legemiddellista", "kind": "national", "version": "1"}

Action = tuple[str, Mapping[str, Any]]
ACTIONS: Mapping[str, Callable[[Portfolio], Action]] = {
    "create": lambda _: (
        "/losninger/ny/",
        {"name": "Ny løsning", "kind": "national", "areas": ["home_care"]},
    ),
    "edit": lambda _: (f"{HERE}rediger/", {**FACTS, "owner": "KS"}),
    "record a trial": lambda _: (f"{HERE}fase/ny/", phase("paused", reason="Stopp")),
    "record what follows a decision": lambda _: (f"{HERE}fase/ny/", phase("ready_for_use")),
    "withdraw a trial": lambda found: (
        f"{HERE}fase/{found.home_care.phases.get().pk}/trekk-tilbake/",
        {"reason": "Feil"},
    ),
    "withdraw what follows a decision": lambda found: (
        f"{HERE}fase/{found.doctors.phases.get(phase='national_rollout').pk}/trekk-tilbake/",
        {"reason": "Feil"},
    ),
    "add an area": lambda _: (f"{HERE}tjenesteomrader/nytt/", {"areas": "nursing_home"}),
    "add a link": lambda _: (f"{HERE}lenker/ny/", {"words": "Mer", "address": "www.ks.no"}),
    "add a prerequisite": lambda _: (f"{HERE}forutsetninger/ny/", {"requires": "annen"}),
    "add a trial": lambda _: (
        f"{HERE}utproving/ny/",
        {
            "area": "home_care",
            "municipality": str(make.municipality().pk),
            "valid_from": "2024-03-01",
        },
    ),
}
OF_OWNER = frozenset(
    {
        "create",
        "add an area",
        "record what follows a decision",
        "withdraw what follows a decision",
    }
)
MAY: Mapping[Role, frozenset[str]] = {
    **dict.fromkeys(Role, frozenset()),
    Role.PORTFOLIO_OWNER: frozenset(ACTIONS),
    Role.PROGRAMME: frozenset(ACTIONS) - OF_OWNER,
}


def phase(code: str, *areas: str, **more: str) -> dict[str, Any]:
    return {
        "areas": list(areas or ("home_care",)),
        "phase": code,
        "happened_on": "2026-03-01",
        "bekreftet": "1",
        **more,
    }


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("role", Role)
def test_a_role_may_do_this(client: Client, portfolio: Portfolio, role: Role, action: str) -> None:
    sign_in(client, role)
    address, data = ACTIONS[action](portfolio)

    status = client.post(address, data).status_code

    # To a programme the phases that follow a decision are no choice at all.
    not_offered = role is Role.PROGRAMME and action == "record what follows a decision"
    assert status == (422 if not_offered else 302 if action in MAY[role] else 403)
    assert PhaseEvent.objects.filter(phase="ready_for_use").exists() is (
        action == "record what follows a decision" and role is Role.PORTFOLIO_OWNER
    )


@pytest.mark.parametrize("action", sorted(set(ACTIONS) - {"create"}))
def test_a_programme_changes_only_its_own(
    client: Client, portfolio: Portfolio, action: str
) -> None:
    sign_in(client, Role.PROGRAMME, "annen")
    address, data = ACTIONS[action](portfolio)

    assert client.post(address, data).status_code == 403
    assert client.get(address).status_code == 403


@pytest.mark.parametrize("action", ACTIONS)
def test_a_visitor_is_led_to_the_log_in_page(
    client: Client, portfolio: Portfolio, action: str
) -> None:
    address, data = ACTIONS[action](portfolio)

    assert "next=" in client.post(address, data).headers["Location"]


def test_a_new_solution_gets_an_address_and_its_areas(client: Client, portfolio: Portfolio) -> None:
    sign_in(client, Role.PORTFOLIO_OWNER)

    answer = client.post(
        "/losninger/ny/",
        {
            "name": "Ny løsning",
            "kind": "joint_process",
            "areas": ["health_and_care"],
            "sectors": ["health", "childhood"],
            "process_leader": "E-helseressurs",
            "status_survey": "Hvor langt?\r\nHva er vanskelig?",
        },
        follow=True,
    )

    assert answer.redirect_chain == [("/losninger/ny-losning/", 302)]
    assert "Hva er vanskelig?" in answer.text
    assert "Helse og oppvekst" in answer.text
    assert "Fase ikke registrert" in answer.text


def test_two_who_edit_at_once_see_each_others_words(client: Client, portfolio: Portfolio) -> None:
    sign_in(client, Role.PORTFOLIO_OWNER)
    client.post(f"{HERE}rediger/", {**FACTS, "owner": "KS", "sectors": ["health"]})

    answer = client.post(f"{HERE}rediger/", {**FACTS, "owner": "Norsk helsenett"})

    assert answer.status_code == 422
    assert "Noen andre har endret" in answer.text
    assert "Lagret nå: KS" in answer.text
    assert 'value="Norsk helsenett"' in answer.text
    assert 'name="version" value="2"' in answer.text
    answer = client.post(
        f"{HERE}rediger/", {**FACTS, "owner": "Norsk helsenett", "version": "2"}, follow=True
    )
    assert "Endringene er lagret" in answer.text
    assert Solution.objects.get(slug="legemiddellista").owner == "Norsk helsenett"


def test_a_programme_neither_renames_nor_changes_what_it_cannot_see(
    client: Client, portfolio: Portfolio
) -> None:
    sign_in(client, Role.PROGRAMME)

    client.post(
        f"{HERE}rediger/", {"name": "Kapret", "kind": "joint_process", "version": "1", "owner": "X"}
    )

    row = Solution.objects.get(slug="legemiddellista")
    assert (row.name, row.kind, row.owner) == ("Legemiddellista", "national", "X")


def test_a_phase_is_confirmed_before_it_is_recorded(client: Client, portfolio: Portfolio) -> None:
    sign_in(client, Role.PORTFOLIO_OWNER)
    data = phase("ready_for_use", "home_care", "general_practice", source="Sak 3/26")
    del data["bekreftet"]

    answer = client.post(f"{HERE}fase/ny/", data)

    assert "Stemmer dette?" in answer.text
    assert "Ingen beslutning om klar til bruk" in answer.text
    assert not PhaseEvent.objects.filter(phase="ready_for_use").exists()

    back = client.post(f"{HERE}fase/ny/", {**data, "endre": "1"})
    assert back.status_code == 200
    assert 'value="Sak 3/26"' in back.text

    done = client.post(f"{HERE}fase/ny/", {**data, "bekreftet": "1"}, follow=True)
    assert "Fasen er registrert" in done.text
    assert PhaseEvent.objects.filter(phase="ready_for_use").count() == 2


def test_what_comes_instead_is_named_before_it_is_recorded(
    client: Client, portfolio: Portfolio
) -> None:
    sign_in(client, Role.PROGRAMME)
    data = phase("superseded", reason="Byttes ut", superseded_by="annen")
    del data["bekreftet"]

    assert "Annen løsning" in client.post(f"{HERE}fase/ny/", data).text
    client.post(f"{HERE}fase/ny/", {**data, "bekreftet": "1"})

    assert PhaseEvent.objects.get(phase="superseded").superseded_by == portfolio.other
    assert "I stedet kommer" in client.get(HERE).text
    assert "Kommer i stedet for" in client.get("/losninger/annen/").text


def test_what_cannot_be_recorded_is_met_before_the_confirmation(
    client: Client, portfolio: Portfolio
) -> None:
    sign_in(client, Role.PORTFOLIO_OWNER)
    data = phase("intake_stopped", "home_care")
    del data["bekreftet"]

    answer = client.post(f"{HERE}fase/ny/", data)

    assert answer.status_code == 422
    assert "Skriv en begrunnelse" in answer.text


def test_one_area_that_refuses_keeps_the_other_from_being_recorded(
    client: Client, portfolio: Portfolio
) -> None:
    sign_in(client, Role.PORTFOLIO_OWNER)

    answer = client.post(
        f"{HERE}fase/ny/", phase("national_rollout", "home_care", "general_practice")
    )

    assert answer.status_code == 422
    assert "allerede i fasen" in answer.text
    assert not portfolio.home_care.phases.filter(phase="national_rollout").exists()


def test_a_withdrawn_phase_stands_in_the_history_with_its_reason(
    client: Client, portfolio: Portfolio
) -> None:
    sign_in(client, Role.PORTFOLIO_OWNER)
    event = portfolio.doctors.phases.get(phase="national_rollout")

    answer = client.post(
        f"{HERE}fase/{event.pk}/trekk-tilbake/", {"reason": "Registrert for tidlig"}, follow=True
    )

    assert answer.redirect_chain == [(f"{HERE}historikk/", 302)]
    assert "trukket tilbake" in answer.text
    assert "Registrert for tidlig" in answer.text
    assert "av Porteføljeeier" in answer.text


def test_a_circle_of_prerequisites_is_named_on_the_form(
    client: Client, portfolio: Portfolio
) -> None:
    sign_in(client, Role.PORTFOLIO_OWNER)
    client.post(f"{HERE}forutsetninger/ny/", {"requires": "annen", "note": "Må være i bruk"})

    answer = client.post("/losninger/annen/forutsetninger/ny/", {"requires": "legemiddellista"})

    assert answer.status_code == 422
    assert "Annen løsning → Legemiddellista → Annen løsning" in answer.text
    assert "Må være i bruk" in client.get(HERE).text
    assert "Disse krever at denne er i bruk" in client.get("/losninger/annen/").text


def test_links_and_prerequisites_are_removed_after_a_question(
    client: Client, portfolio: Portfolio
) -> None:
    sign_in(client, Role.PROGRAMME)
    client.post(f"{HERE}lenker/ny/", {"words": "Mer å lese", "address": "www.ks.no"})
    client.post(f"{HERE}forutsetninger/ny/", {"requires": "annen"})
    link = portfolio.solution.links.get()
    prerequisite = Prerequisite.objects.get()
    assert "Mer å lese" in client.get(HERE).text

    assert "Fjern lenken" in client.get(f"{HERE}lenker/{link.pk}/fjern/").text
    client.post(f"{HERE}lenker/{link.pk}/fjern/")
    client.post(f"{HERE}forutsetninger/{prerequisite.pk}/fjern/")

    assert not portfolio.solution.links.exists()
    assert not Prerequisite.objects.exists()


def test_what_hangs_on_another_solution_is_not_found_here(
    client: Client, portfolio: Portfolio
) -> None:
    sign_in(client, Role.PORTFOLIO_OWNER)
    link = portfolio.other.links.create(words="Mer", address="https://www.ks.no")
    event = make.phase(offer=portfolio.other.offers.get(), phase=Phase.IDEA)

    assert client.post(f"{HERE}lenker/{link.pk}/fjern/").status_code == 404
    assert client.post(f"{HERE}fase/{event.pk}/trekk-tilbake/").status_code == 404


def test_an_area_is_added_and_taken_away_while_it_is_empty(
    client: Client, portfolio: Portfolio
) -> None:
    sign_in(client, Role.PORTFOLIO_OWNER)
    client.post(f"{HERE}tjenesteomrader/nytt/", {"areas": "nursing_home"})
    assert Offer.objects.filter(solution=portfolio.solution, area="nursing_home").exists()

    client.post(f"{HERE}tjenesteomrader/nursing_home/fjern/")
    refused = client.post(f"{HERE}tjenesteomrader/home_care/fjern/")

    assert not Offer.objects.filter(solution=portfolio.solution, area="nursing_home").exists()
    assert refused.status_code == 422
    assert "faset ut der" in refused.text


def test_a_trial_is_registered_ended_and_undone(client: Client, portfolio: Portfolio) -> None:
    sign_in(client, Role.PROGRAMME)
    here = make.municipality(number="4203", name="Arendal")
    system = make.product(name="Journalen")
    data = {
        "area": "home_care",
        "municipality": str(here.pk),
        "valid_from": "2024-03-01",
        "record_system": system.slug,
    }

    answer = client.post(f"{HERE}utproving/ny/", data, follow=True)
    assert "Arendal" in answer.text
    assert "Journalen" in answer.text
    trial = TrialMunicipality.objects.get()
    address = f"{HERE}utproving/{trial.pk}/"

    assert client.post(address, {"what": "ended", "last": ""}).status_code == 422
    client.post(address, {"what": "ended", "last": "2025-02-28"})
    trial.refresh_from_db()
    assert trial.valid_to == date(2025, 3, 1)
    assert "1.3.2024–28.2.2025" in client.get(HERE).text

    client.post(address, {"what": "never"})
    assert not TrialMunicipality.objects.exists()
    told = Event.objects.filter(code__startswith="portfolio.trial.").order_by("pk")
    assert [event.code.rpartition(".")[2] for event in told] == ["added", "ended", "removed"]


def test_recording_keeps_the_moment_and_the_role(client: Client, portfolio: Portfolio) -> None:
    sign_in(client, Role.PROGRAMME)
    before = timezone.now()

    client.post(f"{HERE}fase/ny/", phase("paused", reason="Venter på penger"))

    event = PhaseEvent.objects.get(phase="paused")
    assert before <= event.recorded_at <= timezone.now()
    assert event.recorded_as == "Program eller prosjekt"
    assert Area(event.offer.area) is Area.HOME_CARE
