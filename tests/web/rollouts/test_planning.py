"""Planning on the pages: who may, what is asked, what is said, and what is shown to whom."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from samlop.accounts import services as accounts
from samlop.accounts.models import Person
from samlop.accounts.rules import Role
from samlop.governance import services as governance
from samlop.governance.models import Body
from samlop.governance.rules import DecisionKind
from samlop.municipalities.rules.kinds import RegionKind
from samlop.portfolio.rules.solutions import Area
from samlop.rollouts.models import Cohort, ContributingActor, Rollout, StopThreshold, Worker
from samlop.rollouts.rules.cohorts import CohortState, StopMeasure, Threshold
from samlop.rollouts.rules.invitations import proposed_deadline
from samlop.rollouts.rules.rollouts import RolloutKind, RolloutState, WorkFunction
from samlop.rollouts.services import stop_rule
from samlop.web import clock
from tests import factories as make
from tests import rollout_making as rollouts
from tests.web.signing_in import sign_in

pytestmark = pytest.mark.django_db
HERE = "/innforingslop/"
BY = rollouts.BY


def regional_leader(client: Client) -> tuple[Person, int]:
    """A rollout leader of one region, signed in; with the region."""
    region = make.region(kind=RegionKind.EHEALTH_GROUP, name="Digi Sør")
    person = make.person(name="Lederen")
    accounts.grant(person=person, role=Role.ROLLOUT_LEADER, region=region, by=BY, on=make.SOME_DAY)
    client.force_login(person)
    return person, region.pk


def leader_of(client: Client, **made: object) -> Rollout:
    person, _ = regional_leader(client)
    return rollouts.a_rollout(leader=person, **made)  # type: ignore[arg-type]


def body(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


# --- making and telling ---


def test_whoever_makes_a_plan_leads_it(client: Client) -> None:
    person, _ = regional_leader(client)
    offer = make.offer(solution=make.solution(name="Digihelse"), area=Area.HOME_CARE)
    assert "Digihelse, hjemmetjeneste" in body(client, f"{HERE}nytt/")

    sent = {
        "offer": offer.pk,
        "kind": "a",
        "target": "not_introduced",
        "name": "Digihelse 2028",
        "starts_on": "2028-01-10",
        "ends_on": "2028-12-31",
        "expected": "40",
    }
    answer = client.post(f"{HERE}nytt/", sent)

    assert answer.headers["Location"] == f"{HERE}digihelse-2028/"
    assert Worker.objects.get().person == person
    page = body(client, f"{HERE}digihelse-2028/")
    assert "Før kommuner kan inviteres" in page
    assert "Lederen, Innføringsleder" in page
    refused = client.post(f"{HERE}nytt/", sent | {"ends_on": "2027-01-01"})
    assert refused.status_code == 422
    assert "Slutten må komme etter starten." in refused.content.decode()


def test_a_b_is_made_by_its_own_region_only(client: Client) -> None:
    _, own = regional_leader(client)
    other = make.region(kind=RegionKind.EHEALTH_GROUP)
    offer = make.offer()
    sent = {
        "offer": offer.pk,
        "kind": "b",
        "target": "not_introduced",
        "name": "Regionalt",
        "starts_on": "2028-01-10",
        "expected": "4",
    }
    assert client.post(f"{HERE}nytt/", sent | {"region": other.pk}).status_code == 422
    assert client.post(f"{HERE}nytt/", sent | {"region": own}).status_code == 302


def test_a_region_tells_in_four_fields_and_everybody_sees_it(client: Client) -> None:
    _, region = regional_leader(client)
    offer = make.offer(solution=make.solution(name="DigiHelsestasjon"))
    year = clock.today().year + 1
    answer = client.post(
        f"{HERE}varsle/",
        {
            "region": region,
            "offer": offer.pk,
            "quarter": f"{year}-2",
            "expected": "12",
            "needs_nhn": "on",
            "anchored_in": "Helseledernettverket",
        },
    )
    assert answer.status_code == 302
    client.logout()
    page = body(client, answer.headers["Location"])
    assert "DigiHelsestasjon, Digi Sør" in page
    assert f"2. kvartal {year}" in page
    assert "Tatt opp i: Helseledernettverket" in page
    # Names are for those with a role.
    assert "Lederen" not in page


def test_a_visitor_is_asked_who_she_is_and_an_outsider_is_refused(client: Client) -> None:
    rollout = rollouts.a_rollout()
    paths = ("rediger/", "del/", "apne/", "status/pause/", "puljer/ny/", "stoppregel/")
    for path in paths:
        assert client.get(f"{HERE}{rollout.slug}/{path}").status_code == 302
    sign_in(client, Role.MUNICIPAL_COORDINATOR)
    for path in (*paths, "arbeidsgruppe/ny/", "medvirkende/ny/"):
        assert client.get(f"{HERE}{rollout.slug}/{path}").status_code == 403, path
    assert client.get(f"{HERE}nytt/").status_code == 403


def test_the_plan_is_shared_with_what_it_collides_with(client: Client) -> None:
    call_command("load_bodies", verbosity=0)
    make.municipality()
    rollouts.a_rollout(name="Det andre løpet", state=RolloutState.PLANNING)
    rollout = leader_of(client, state=RolloutState.PLANNING, name="Mitt løp")

    assert "Det andre løpet: samme kommuner" in body(client, f"{HERE}{rollout.slug}/del/")
    assert client.post(f"{HERE}{rollout.slug}/del/", {"remark": ""}).status_code == 302

    page = body(client, f"{HERE}{rollout.slug}/")
    assert "Koordineringsgruppen har ikke svart ennå." in page
    assert "Løp som kolliderer med dette" in page
    client.logout()
    sign_in(client, Role.COORDINATION_GROUP_MEMBER)
    assert "Gi råd om planen for Mitt løp" in body(client, "/")


def test_two_rollouts_of_a_solution_are_shown_to_both_and_to_everybody(client: Client) -> None:
    offer = make.offer()
    one = rollouts.a_rollout(offer=offer, name="Nord")
    two = rollouts.a_rollout(offer=offer, name="Sør")
    assert "Sør" in body(client, f"{HERE}{one.slug}/")
    assert "Nord" in body(client, f"{HERE}{two.slug}/")
    page = body(client, f"/losninger/{offer.solution.slug}/innforingslop/")
    assert "Nord" in page
    assert "Sør" in page


# --- how far it is ---


def test_what_keeps_a_plan_from_opening_is_said_all_at_once(client: Client) -> None:
    rollout = leader_of(client, state=RolloutState.PLANNING)
    answer = client.post(f"{HERE}{rollout.slug}/apne/")
    assert answer.status_code == 422
    said = answer.content.decode()
    assert "Det må være minst én pulje" in said
    assert "Planen må være delt med koordineringsgruppen." in said


def test_those_with_a_role_see_what_collides_in_the_common_schedule(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "today", lambda: rollouts.DAY)
    place = make.municipality()
    rollouts.a_rollout(name="Den ene", members=(place,))
    rollouts.a_rollout(name="Den andre", members=(place,))
    far = rollouts.DAY + timedelta(days=800)
    rollouts.a_rollout(name="Om lenge", members=(place,), starts_on=far, ends_on=None)
    assert "Løp som kolliderer" not in body(client, f"{HERE}plan/")
    sign_in(client, Role.COORDINATION_GROUP_MEMBER)
    page = body(client, f"{HERE}plan/")
    section = page[page.index("Løp som kolliderer til og med 3. kvartal 2027") :]
    assert "1 kommune er i målgruppen for begge" in section
    assert "Om lenge" not in section


def test_a_pause_says_why_to_everybody(client: Client) -> None:
    rollout = leader_of(client)
    there = f"{HERE}{rollout.slug}/status/pause/"
    assert client.post(there, {"reason": ""}).status_code == 422
    assert client.post(there, {"reason": "Leverandøren trenger tid."}).status_code == 302
    client.logout()
    assert "Satt på pause: Leverandøren trenger tid." in body(client, f"{HERE}{rollout.slug}/")
    assert client.get(f"{HERE}{rollout.slug}/status/tull/").status_code == 302


def test_a_pause_goes_on_where_it_was_and_nowhere_else(client: Client) -> None:
    rollout = leader_of(client)
    there = f"{HERE}{rollout.slug}/status/pause/"
    client.post(there, {"reason": "Leverandøren trenger tid."})
    page = body(client, f"{HERE}{rollout.slug}/")
    assert "Gjenoppta påmeldingen" in page
    assert "Si at løpet er i gang" not in page
    client.post(f"{HERE}{rollout.slug}/status/gjenoppta/", {})
    client.post(f"{HERE}{rollout.slug}/status/i-gang/", {})
    client.post(there, {"reason": "En feil til."})
    page = body(client, f"{HERE}{rollout.slug}/")
    assert "Gjenoppta påmeldingen" not in page
    assert "Si at løpet er i gang" in page
    assert client.get(f"{HERE}{rollout.slug}/status/gjenoppta/").status_code == 404


def test_a_step_that_does_not_go_from_here_is_no_page(client: Client) -> None:
    rollout = leader_of(client)
    assert client.get(f"{HERE}{rollout.slug}/status/avslutt/").status_code == 404


# --- people and actors ---


def test_the_working_group_and_the_other_actors(client: Client) -> None:
    rollout = leader_of(client)
    here = f"{HERE}{rollout.slug}/"
    sent = {"email": "kari@example.org", "name": "Kari Berg", "function": "member"}
    assert client.post(f"{here}arbeidsgruppe/ny/", sent).status_code == 302
    worker = Worker.objects.get(function=WorkFunction.MEMBER.value)
    assert "Kari Berg" in body(client, here)
    assert client.post(f"{here}arbeidsgruppe/{worker.pk}/ta-ut/").status_code == 302
    assert "Kari Berg" not in body(client, here)

    sent = {"kind": "hospital_trust", "name": "Sykehuset", "must": "Sender epikriser"}
    assert client.post(f"{here}medvirkende/ny/", sent).status_code == 302
    actor = ContributingActor.objects.get()
    assert "Sender epikriser" in body(client, here)
    sent |= {"ready_on": "2026-11-01"}
    assert client.post(f"{here}medvirkende/{actor.pk}/", sent).status_code == 302
    assert "Klart 1.11.2026" in body(client, here)
    assert client.post(f"{here}medvirkende/{actor.pk}/fjern/").status_code == 302
    assert not ContributingActor.objects.exists()


# --- cohorts and the stop rule ---


def test_a_cohort_is_proposed_with_a_deadline_municipalities_can_keep(client: Client) -> None:
    rollout = leader_of(client)
    there = f"{HERE}{rollout.slug}/puljer/ny/"
    due = proposed_deadline(clock.today())
    assert due.isoformat() in body(client, there)
    start = max(rollout.starts_on, due + timedelta(weeks=6))

    sent = {
        "name": "Pulje 1",
        "starts_on": start.isoformat(),
        "ends_on": (start + timedelta(days=200)).isoformat(),
        "minimum": "5",
        "maximum": "30",
        "answer_by": due.isoformat(),
        "change_until": due.isoformat(),
    }
    assert client.post(there, sent).status_code == 302
    assert Cohort.objects.get().state == CohortState.ENROLLING.value
    assert "0 av 30 plasser er tatt" in body(client, f"{HERE}{rollout.slug}/puljer/")


def test_a_short_deadline_is_a_warning_the_first_time(client: Client) -> None:
    rollout = leader_of(client)
    there = f"{HERE}{rollout.slug}/puljer/ny/"
    due = clock.today() + timedelta(days=14)
    sent = {
        "name": "Hastepulje",
        "starts_on": (due + timedelta(days=60)).isoformat(),
        "ends_on": (due + timedelta(days=200)).isoformat(),
        "minimum": "1",
        "maximum": "5",
        "answer_by": due.isoformat(),
        "change_until": due.isoformat(),
    }
    first = client.post(there, sent)
    assert first.status_code == 200
    assert "kortere enn seks uker" in first.content.decode()
    assert not Cohort.objects.exists()
    assert client.post(there, sent | {"seen": due.isoformat()}).status_code == 302


def test_editing_starting_finishing_and_cancelling_a_cohort(client: Client) -> None:
    rollout = leader_of(client)
    cohort = rollouts.a_cohort(rollout=rollout)
    other = rollouts.a_cohort(rollout=rollout)
    here = f"{HERE}{rollout.slug}/puljer/"
    page = client.get(f"{here}1/rediger/")
    assert page.status_code == 200
    sent = {
        "name": "Høstpuljen",
        "starts_on": cohort.starts_on.isoformat(),
        "ends_on": cohort.ends_on.isoformat(),
        "minimum": "1",
        "maximum": "20",
        "answer_by": cohort.answer_by.isoformat(),
        "change_until": cohort.change_until.isoformat(),
        "seen": cohort.answer_by.isoformat(),
    }
    assert client.post(f"{here}1/rediger/", sent).status_code == 302
    for step in ("start", "gjennomfort"):
        assert client.post(f"{here}1/{step}/").status_code == 302
    assert client.post(f"{here}2/avlys/", {"reason": "For få."}).status_code == 302
    cohort.refresh_from_db()
    other.refresh_from_db()
    assert (cohort.name, cohort.state) == ("Høstpuljen", CohortState.FINISHED.value)
    assert other.state == CohortState.CANCELLED.value
    assert "For få." in body(client, here)


def test_the_stop_rule_on_the_pages(client: Client) -> None:
    call_command("load_bodies", verbosity=0)
    today = clock.today()
    rollout = leader_of(client, starts_on=today + timedelta(days=100), ends_on=None)
    rollouts.a_cohort(rollout=rollout, name="Første")
    second = rollouts.a_cohort(rollout=rollout, name="Andre", starts_on=today + timedelta(days=300))
    here = f"{HERE}{rollout.slug}/"

    assert client.post(f"{here}stoppregel/", {"faults": "0", "share": "60"}).status_code == 422
    assert client.post(f"{here}stoppregel/", {"faults": "0"}).status_code == 302
    assert StopThreshold.objects.get().limit == 0
    client.logout()
    page = body(client, f"{here}puljer/")
    assert "Puljen kan ikke inviteres ennå" in page
    assert "Åpne kritiske feil: høyst 0" in page

    client.force_login(Worker.objects.get().person)
    sent = {
        "measure": "critical_faults",
        "value": "3",
        "figure_on": today.isoformat(),
        "link": "https://example.org/feil",
    }
    assert client.post(f"{here}puljer/1/tall/", sent | {"link": ""}).status_code == 422
    assert client.post(f"{here}puljer/1/tall/", sent).status_code == 302
    assert "Ikke nådd" in body(client, f"{here}puljer/")
    assert client.get(f"{here}puljer/2/slipp/").status_code == 403

    case = governance.open_case(
        body=_group(), title="Andre pulje", about="Kan den inviteres?", by=BY, on=today
    )
    governance.decide(
        case=case,
        kind=DecisionKind.DECISION,
        text="Puljen kan inviteres.",
        decided_on=today,
        by=BY,
        on=today,
        at=rollouts.AT,
    )
    sign_in(client, Role.COORDINATION_GROUP_MEMBER)
    page = body(client, f"{here}puljer/2/slipp/")
    assert "Andre pulje" in page
    # The way to the case it takes, in the group's own name.
    new_case = f"/saker/ny/?organ={_group().slug}"
    assert f'href="{new_case}"' in page
    assert f'value="{_group().pk}" selected' in body(client, new_case)
    sent = {"case": str(case.pk), "reason": "Feilene gjelder ikke disse."}
    assert client.post(f"{here}puljer/2/slipp/", sent).status_code == 302
    client.logout()
    page = body(client, f"{here}puljer/")
    assert "Puljen kan ikke inviteres ennå" not in page
    assert "Feilene gjelder ikke disse." in page
    assert second.override.decision.case == case


def _group() -> Body:
    return Body.objects.get(slug="nasjonal-koordineringsgruppe")


def test_a_cohort_of_c_has_something_in_common(client: Client) -> None:
    product = make.product(name="Gerica")
    rollout = leader_of(client, kind=RolloutKind.SHARED)
    rollouts.a_cohort(rollout=rollout, product=product)
    assert "Gerica" in body(client, f"{HERE}{rollout.slug}/puljer/ny/")
    assert "Felles: Gerica" in body(client, f"{HERE}{rollout.slug}/puljer/")


def test_starting_early_or_with_too_few_is_warned_of(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "today", lambda: rollouts.DAY)
    rollout = leader_of(client)
    rollouts.a_cohort(rollout=rollout, minimum=2)
    page = body(client, f"{HERE}{rollout.slug}/puljer/1/start/")
    assert "Puljen skal etter planen starte 16. august 2027." in page
    assert "Den trenger minst 2 kommuner, og 0 har plass." in page


# --- the schedule, and few queries ---


def test_the_schedule_is_a_picture_and_a_table(client: Client) -> None:
    rollout = rollouts.a_rollout(name="Kjernejournal")
    rollouts.a_cohort(rollout=rollout, name="Vårpuljen")
    for path in (f"{HERE}{rollout.slug}/fremdriftsplan/", f"{HERE}plan/"):
        page = body(client, path)
        assert page.count("Vårpuljen") >= 2
        assert 'class="schedule"' in page
    Cohort.objects.update(state=CohortState.CANCELLED.value, state_reason="Nei.")
    assert "Vårpuljen" not in body(client, f"{HERE}plan/")


def test_a_page_costs_the_same_however_many_there_are(
    client: Client,
) -> None:
    offer = make.offer()
    rollout = leader_of(client, offer=offer, members=(make.municipality(),))
    stop_rule.fix_thresholds(
        rollout=rollout,
        thresholds=[Threshold(measure=StopMeasure.CRITICAL_FAULTS, limit=0)],
        by=BY,
        on=rollouts.DAY - timedelta(days=400),
        at=rollouts.AT,
    )

    def queries(path: str) -> int:
        client.get(path)
        with CaptureQueriesContext(connection) as seen:
            assert client.get(path).status_code == 200
        return len(seen)

    paths = [
        f"{HERE}{rollout.slug}/",
        f"{HERE}{rollout.slug}/puljer/",
        f"{HERE}{rollout.slug}/fremdriftsplan/",
        f"{HERE}plan/",
        HERE,
    ]
    rollouts.a_cohort(rollout=rollout)
    rollouts.a_cohort(rollout=rollouts.a_rollout(offer=offer, name="Annet"))
    before = [queries(path) for path in paths]
    for more in range(4):
        rollouts.a_cohort(rollout=rollout)
        rollouts.a_cohort(rollout=rollouts.a_rollout(offer=offer))
        rollouts.a_worker(rollout, make.person())
        ContributingActor.objects.create(
            rollout=rollout, kind="ks", name=f"Aktør {more}", must="Avtale"
        )
    after = [queries(path) for path in paths]
    assert after == before
    assert max(after) <= 40
