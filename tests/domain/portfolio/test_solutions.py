"""Solutions, where they are offered, their phases, and what stands around them."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import IntegrityError, InternalError, ProgrammingError, connection, transaction
from pytest_django import DjangoAssertNumQueries

from samlop.audit.models import Event
from samlop.lib.actors import Machine
from samlop.lib.errors import Refused
from samlop.portfolio.models import (
    Offer,
    PhaseEvent,
    Prerequisite,
    Solution,
    SolutionLink,
    TrialMunicipality,
)
from samlop.portfolio.queries import solutions as queries
from samlop.portfolio.rules import solutions as rules
from samlop.portfolio.rules.solutions import Area, Phase, Sector, SolutionKind, SolutionRefusal
from samlop.portfolio.services import phases, solutions, surroundings
from samlop.portfolio.services.solutions import CannotChangeSolution, Facts
from tests import factories as make

pytestmark = pytest.mark.django_db

BY = Machine("Porteføljeeier")
DAY = date(2026, 3, 1)
AT = datetime(2026, 3, 1, 9, tzinfo=UTC)
FACTS = Facts(name="Kjernejournal", kind=SolutionKind.NATIONAL, sectors=(Sector.HEALTH,))


def made(**changes: Any) -> Solution:
    return solutions.create_solution(
        facts=replace(FACTS, **changes), areas=(Area.HOME_CARE,), by=BY
    )


def refused(call: Callable[[], object]) -> SolutionRefusal:
    with pytest.raises(CannotChangeSolution) as caught:
        call()
    return caught.value.refusal


def recorded(offer: Offer, phase: Phase, day: date = DAY, **more: Any) -> PhaseEvent:
    return phases.record_phase(
        offer=offer, phase=phase, happened_on=day, by=BY, on=date(2027, 1, 1), at=AT, **more
    )


# --- the register ---


def test_a_solution_is_made_with_its_areas_in_their_order() -> None:
    solution = solutions.create_solution(
        facts=replace(FACTS, name="  Ærlig   løsning ", owner=" KS ", process_leader="noen"),
        areas=(Area.HOME_CARE, Area.NURSING_HOME),
        by=BY,
    )

    solution.refresh_from_db()
    assert (solution.slug, solution.name, solution.owner) == (
        "aerlig-losning",
        "Ærlig løsning",
        "KS",
    )
    assert solution.process_leader == ""
    assert [offer.area for offer in queries.offers_of(solution)] == ["nursing_home", "home_care"]
    assert Event.objects.get().details["areas"] == ["nursing_home", "home_care"]


def test_a_solution_called_ny_does_not_take_the_address_of_the_form() -> None:
    assert made(name="Ny").slug == "ny-2"


@pytest.mark.parametrize(
    ("changes", "areas", "refusal"),
    [
        ({"name": " - "}, (Area.HOME_CARE,), SolutionRefusal.NO_NAME),
        ({"name": "kjernejournal"}, (Area.HOME_CARE,), SolutionRefusal.NAME_TAKEN),
        ({"name": "Annen"}, (), SolutionRefusal.NO_AREA),
        (
            {"name": "Annen"},
            (Area.HOME_CARE, Area.HEALTH_AND_CARE),
            SolutionRefusal.AREA_OVERLAPS,
        ),
    ],
)
def test_a_solution_is_refused(
    changes: dict[str, Any], areas: tuple[Area, ...], refusal: SolutionRefusal
) -> None:
    made()

    found = refused(
        lambda: solutions.create_solution(facts=replace(FACTS, **changes), areas=areas, by=BY)
    )

    assert found is refusal
    assert Solution.objects.count() == 1


def test_editing_keeps_the_address_and_counts_the_change() -> None:
    solution = made()

    edited = solutions.edit_solution(
        solution=solution, version=1, facts=replace(FACTS, name="Nytt navn"), by=BY
    )

    assert (edited.slug, edited.name, edited.version) == ("kjernejournal", "Nytt navn", 2)
    assert Event.objects.get(code="portfolio.solution.changed").details == {
        "name": ["Kjernejournal", "Nytt navn"]
    }


def test_storing_what_is_stored_records_nothing_even_with_an_old_version() -> None:
    solution = made()

    solutions.edit_solution(solution=solution, version=0, facts=FACTS, by=BY)

    assert not Event.objects.filter(code="portfolio.solution.changed").exists()


def test_who_edits_what_somebody_else_has_edited_is_told() -> None:
    solution = made()
    solutions.edit_solution(solution=solution, version=1, facts=replace(FACTS, owner="KS"), by=BY)

    found = refused(
        lambda: solutions.edit_solution(
            solution=solution, version=1, facts=replace(FACTS, owner="NHN"), by=BY
        )
    )

    assert found is SolutionRefusal.CHANGED_MEANWHILE
    assert Solution.objects.get().owner == "KS"


def test_a_solution_with_phases_does_not_become_a_process() -> None:
    solution = made()
    process = replace(FACTS, kind=SolutionKind.JOINT_PROCESS)
    event = recorded(solution.offers.get(), Phase.IDEA)

    found = refused(
        lambda: solutions.edit_solution(solution=solution, version=1, facts=process, by=BY)
    )
    assert found is SolutionRefusal.ANOTHER_WAY_OF_WORKING

    phases.withdraw_phase(event=event, reason="Feil", by=BY, at=AT)
    solutions.edit_solution(solution=solution, version=1, facts=process, by=BY)
    assert Solution.objects.get().is_joint_process


def test_an_area_is_added_and_removed_while_nothing_stands_on_it() -> None:
    solution = made()
    offer = solutions.add_offer(solution=solution, area=Area.NURSING_HOME, by=BY)
    again = refused(lambda: solutions.add_offer(solution=solution, area=Area.NURSING_HOME, by=BY))
    assert again is SolutionRefusal.AREA_TAKEN

    solutions.remove_offer(offer=offer, by=BY)
    solutions.remove_offer(offer=offer, by=BY)

    only = solution.offers.get()
    assert refused(lambda: solutions.remove_offer(offer=only, by=BY)) is SolutionRefusal.NO_AREA


def test_an_area_with_a_phase_stays() -> None:
    solution = made()
    offer = solutions.add_offer(solution=solution, area=Area.NURSING_HOME, by=BY)
    recorded(offer, Phase.IDEA)

    found = refused(lambda: solutions.remove_offer(offer=offer, by=BY))

    assert found is SolutionRefusal.AREA_IN_USE
    assert Offer.objects.count() == 2


# --- phases ---


def test_an_offer_is_in_the_newest_phase_that_had_come_by_the_day() -> None:
    offer = make.offer()
    recorded(offer, Phase.UNDER_TRIAL, date(2024, 1, 1))
    recorded(offer, Phase.READY_FOR_USE, date(2025, 6, 1), source="Sak 4/25")

    before = queries.phases_on(date(2025, 5, 31))[offer.pk]
    after = queries.phases_on(date(2025, 6, 1))[offer.pk]

    assert (before.phase, before.since) == (Phase.UNDER_TRIAL, date(2024, 1, 1))
    assert (after.phase, after.source) == (Phase.READY_FOR_USE, "Sak 4/25")
    assert queries.phases_on(date(2023, 12, 31)) == {}


def test_one_solution_is_in_two_phases_at_once() -> None:
    solution = make.solution(areas=(Area.HOME_CARE, Area.GENERAL_PRACTICE))
    care, doctors = queries.offers_of(solution)
    recorded(care, Phase.UNDER_TRIAL)
    recorded(doctors, Phase.NATIONAL_ROLLOUT)

    found = {one.area: one.phase.phase for one in queries.offered(solution, on=DAY) if one.phase}

    assert found == {
        Area.HOME_CARE: Phase.UNDER_TRIAL,
        Area.GENERAL_PRACTICE: Phase.NATIONAL_ROLLOUT,
    }


def test_a_withdrawn_phase_does_not_count_and_is_still_there() -> None:
    offer = make.offer()
    recorded(offer, Phase.UNDER_TRIAL, date(2024, 1, 1))
    event = recorded(offer, Phase.READY_FOR_USE, date(2025, 6, 1))

    phases.withdraw_phase(event=event, reason="Beslutningen var ikke tatt", by=BY, at=AT)

    assert queries.phases_on(DAY)[offer.pk].phase is Phase.UNDER_TRIAL
    event.refresh_from_db()
    assert (event.withdrawn_as, event.withdrawn_reason) == (
        "Porteføljeeier",
        "Beslutningen var ikke tatt",
    )
    again = refused(lambda: phases.withdraw_phase(event=event, reason="Igjen", by=BY, at=AT))
    assert again is SolutionRefusal.ALREADY_WITHDRAWN


def test_a_phase_is_withdrawn_with_a_reason() -> None:
    event = recorded(make.offer(), Phase.IDEA)

    found = refused(lambda: phases.withdraw_phase(event=event, reason="  ", by=BY, at=AT))

    assert found is SolutionRefusal.WITHDRAWN_WITHOUT_REASON


def test_the_phase_before_is_the_one_of_that_day() -> None:
    offer = make.offer()
    recorded(offer, Phase.UNDER_TRIAL, date(2024, 1, 1))
    recorded(offer, Phase.READY_FOR_USE, date(2026, 1, 1))

    assert refused(lambda: recorded(offer, Phase.UNDER_TRIAL, date(2025, 1, 1))) is (
        SolutionRefusal.PHASE_UNCHANGED
    )
    recorded(offer, Phase.UNDER_TRIAL, date(2026, 2, 1))


def test_what_comes_instead_is_a_solution_or_words() -> None:
    old, new = make.offer(), make.solution(name="Ny løsning", slug="ny-losning")

    recorded(old, Phase.SUPERSEDED, reason="Byttes ut", superseded_by=new, successor="Noe annet")

    phase = queries.phases_on(DAY)[old.pk]
    assert (phase.successor_slug, phase.successor) == ("ny-losning", "Ny løsning")
    assert PhaseEvent.objects.get().successor == ""
    itself = refused(
        lambda: recorded(
            make.offer(solution=new), Phase.SUPERSEDED, reason="Byttes ut", superseded_by=new
        )
    )
    assert itself is SolutionRefusal.SUPERSEDED_BY_ITSELF


def test_the_new_knows_what_it_comes_instead_of_while_that_is_so() -> None:
    new = make.solution()
    old = make.solution(name="Gammel", areas=(Area.HOME_CARE, Area.NURSING_HOME))
    for offer in old.offers.all():
        recorded(offer, Phase.SUPERSEDED, reason="Byttes ut", superseded_by=new)
    former = make.offer()
    recorded(former, Phase.SUPERSEDED, date(2025, 1, 1), reason="Byttes ut", superseded_by=new)
    recorded(former, Phase.OPERATION, date(2025, 6, 1))

    assert queries.superseded_by(new, on=DAY) == (old,)
    assert queries.superseded_by(new, on=date(2025, 2, 1)) == (former.solution,)


@pytest.mark.parametrize(
    "change",
    [
        {"phase": "ready_for_use"},
        {"happened_on": date(2020, 1, 1)},
        {"reason": "En annen"},
        {"recorded_as": "En annen"},
    ],
)
def test_the_database_refuses_to_change_what_was_recorded(change: dict[str, Any]) -> None:
    event = recorded(make.offer(), Phase.UNDER_TRIAL)

    with pytest.raises((InternalError, ProgrammingError), match="only_withdrawn"):
        PhaseEvent.objects.filter(pk=event.pk).update(**change)


def test_the_database_refuses_to_take_back_a_withdrawal() -> None:
    event = recorded(make.offer(), Phase.UNDER_TRIAL)
    phases.withdraw_phase(event=event, reason="Feil", by=BY, at=AT)

    with pytest.raises((InternalError, ProgrammingError), match="withdrawn_once"):
        PhaseEvent.objects.update(withdrawn_at=None, withdrawn_reason="")


def test_the_database_refuses_to_delete_a_phase() -> None:
    event = recorded(make.offer(), Phase.UNDER_TRIAL)

    with pytest.raises((InternalError, ProgrammingError), match="never_deleted"):
        event.delete()


# --- constraints ---


@pytest.mark.parametrize(
    ("name", "write"),
    [
        (
            "solution_kind_is_known",
            lambda: Solution.objects.create(slug="a", name="A", kind="toy"),
        ),
        (
            "solution_sectors_are_known",
            lambda: Solution.objects.create(
                slug="a", name="A", kind="national", sectors=["health", "sport"]
            ),
        ),
        (
            "solution_only_a_process_is_led",
            lambda: Solution.objects.create(
                slug="a", name="A", kind="national", process_leader="Noen"
            ),
        ),
        (
            "offer_area_is_known",
            lambda: Offer.objects.create(solution=make.solution(), area="moon"),
        ),
        (
            "offer_once_per_area",
            lambda: make.offer(solution=make.offer().solution),
        ),
        (
            "phase_event_successor_only_when_superseded",
            lambda: PhaseEvent.objects.create(
                offer=make.offer(),
                phase="under_trial",
                happened_on=DAY,
                recorded_at=AT,
                successor="Noe annet",
            ),
        ),
        (
            "phase_event_withdrawn_with_reason",
            lambda: PhaseEvent.objects.create(
                offer=make.offer(),
                phase="under_trial",
                happened_on=DAY,
                recorded_at=AT,
                withdrawn_at=AT,
            ),
        ),
        (
            "phase_event_withdrawn_after_recorded",
            lambda: PhaseEvent.objects.create(
                offer=make.offer(),
                phase="under_trial",
                happened_on=DAY,
                recorded_at=AT,
                withdrawn_at=datetime(2026, 2, 1, tzinfo=UTC),
                withdrawn_reason="Feil",
            ),
        ),
        (
            "solution_link_leads_to_a_page",
            lambda: SolutionLink.objects.create(
                solution=make.solution(), words="Lenke", address="javascript:alert(1)"
            ),
        ),
        (
            "prerequisite_is_another_solution",
            lambda: Prerequisite.objects.create(
                solution=(solution := make.solution()), requires=solution
            ),
        ),
        (
            "trial_municipality_period_in_order",
            lambda: TrialMunicipality.objects.create(
                offer=make.offer(),
                municipality=make.municipality(),
                valid_from=DAY,
                valid_to=date(2026, 2, 1),
            ),
        ),
    ],
)
def test_the_database_refuses(name: str, write: Callable[[], object]) -> None:
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        write()


# --- links, prerequisites, trials ---


def test_a_link_is_added_once_and_removed() -> None:
    solution = make.solution()
    link = surroundings.add_link(
        solution=solution, words=" Les  mer ", address="www.eksempel.no/side", by=BY
    )
    assert (link.words, link.address) == ("Les mer", "https://www.eksempel.no/side")

    for words, address, refusal in (
        ("Igjen", "https://www.eksempel.no/side", SolutionRefusal.LINK_TAKEN),
        ("", "www.annen.no", SolutionRefusal.NO_LINK_WORDS),
        ("Lenke", "javascript:alert(1)", SolutionRefusal.BAD_LINK),
        ("Lenke", "", SolutionRefusal.BAD_LINK),
    ):
        found = refused(
            lambda words=words, address=address: surroundings.add_link(  # type: ignore[misc]
                solution=solution, words=words, address=address, by=BY
            )
        )
        assert found is refusal

    surroundings.remove_link(link=link, by=BY)
    surroundings.remove_link(link=link, by=BY)
    assert not solution.links.exists()


def test_a_circle_of_prerequisites_is_refused_and_named() -> None:
    one, two, three = (make.solution(name=name) for name in ("En", "To", "Tre"))
    surroundings.add_prerequisite(solution=one, requires=two, by=BY)
    surroundings.add_prerequisite(solution=two, requires=three, by=BY)

    with pytest.raises(CannotChangeSolution) as caught:
        surroundings.add_prerequisite(solution=three, requires=one, by=BY)

    assert "Tre → En → To → Tre" in str(caught.value)
    assert Prerequisite.objects.count() == 2
    itself = refused(lambda: surroundings.add_prerequisite(solution=one, requires=one, by=BY))
    assert itself is SolutionRefusal.REQUIRES_ITSELF
    again = refused(lambda: surroundings.add_prerequisite(solution=one, requires=two, by=BY))
    assert again is SolutionRefusal.ALREADY_REQUIRED


def test_a_removed_prerequisite_opens_the_circle() -> None:
    one, two = make.solution(), make.solution()
    first = surroundings.add_prerequisite(solution=one, requires=two, by=BY)
    surroundings.remove_prerequisite(prerequisite=first, by=BY)
    surroundings.remove_prerequisite(prerequisite=first, by=BY)

    surroundings.add_prerequisite(solution=two, requires=one, by=BY)

    assert Prerequisite.objects.get().requires == one


def test_a_municipality_tries_an_offer_out_for_a_while_and_again() -> None:
    offer, here = make.offer(), make.municipality(name="Halden")
    start, end = date(2024, 3, 1), date(2025, 3, 1)
    trial = surroundings.add_trial(
        offer=offer, municipality=here, valid_from=start, valid_to=end, by=BY
    )
    surroundings.add_trial(offer=offer, municipality=here, valid_from=end, by=BY)

    with pytest.raises(CannotChangeSolution, match="Halden er allerede") as caught:
        surroundings.add_trial(
            offer=offer, municipality=here, valid_from=date(2025, 2, 1), valid_to=end, by=BY
        )
    assert caught.value.refusal is SolutionRefusal.TRIAL_OVERLAPS
    later = refused(lambda: surroundings.end_trial(trial=trial, ends_on=date(2025, 4, 1), by=BY))
    assert later is SolutionRefusal.TRIAL_OVERLAPS
    before = refused(lambda: surroundings.end_trial(trial=trial, ends_on=start, by=BY))
    assert before is SolutionRefusal.TRIAL_ENDS_BEFORE_IT_STARTS

    surroundings.end_trial(trial=trial, ends_on=date(2025, 1, 1), by=BY)
    surroundings.remove_trial(trial=trial, by=BY)
    surroundings.remove_trial(trial=trial, by=BY)
    assert TrialMunicipality.objects.get().valid_from == end


def test_a_municipality_that_was_not_there_yet_tries_nothing_out() -> None:
    here = make.municipality(valid_from=date(2024, 1, 1))

    found = refused(
        lambda: surroundings.add_trial(
            offer=make.offer(), municipality=here, valid_from=date(2023, 1, 1), by=BY
        )
    )

    assert found is SolutionRefusal.NO_SUCH_MUNICIPALITY


def test_the_phases_of_a_day_are_one_question(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for _ in range(5):
        make.phase(offer=make.offer(), on=date(2024, 1, 1))

    with django_assert_num_queries(1):
        assert len(queries.phases_on(DAY)) == 5


# --- two at once ---


def meet(monkeypatch: pytest.MonkeyPatch, module: object, name: str) -> None:
    """Let whoever calls the function wait for a rival that calls it too, before it answers."""
    barrier = threading.Barrier(2)
    real = getattr(module, name)

    def waiting(*args: Any, **kwargs: Any) -> Any:
        answer = real(*args, **kwargs)
        try:
            barrier.wait(0.3)
        except threading.BrokenBarrierError:
            barrier.reset()
        return answer

    monkeypatch.setattr(module, name, waiting)


def both(*calls: Callable[[], object]) -> list[str]:
    """Runs the calls at once; answers the sentences of those that were refused."""

    def run(call: Callable[[], object]) -> str | None:
        try:
            call()
        except Refused as error:
            return str(error)
        finally:
            connection.close()
        return None

    with ThreadPoolExecutor(len(calls)) as pool:
        return [sentence for sentence in pool.map(run, calls) if sentence]


@pytest.mark.django_db(transaction=True)
def test_two_who_close_a_circle_from_each_end(monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = make.solution(), make.solution()
    meet(monkeypatch, rules, "chain")

    sentences = both(
        lambda: surroundings.add_prerequisite(solution=one, requires=two, by=BY),
        lambda: surroundings.add_prerequisite(solution=two, requires=one, by=BY),
    )

    assert len(sentences) == 1
    assert "gått i ring" in sentences[0]
    assert Prerequisite.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_record_the_same_phase(monkeypatch: pytest.MonkeyPatch) -> None:
    offer = make.offer()
    meet(monkeypatch, rules, "refusal_to_record")

    sentences = both(
        lambda: recorded(offer, Phase.UNDER_TRIAL), lambda: recorded(offer, Phase.UNDER_TRIAL)
    )

    assert len(sentences) == 1
    assert "allerede i fasen" in sentences[0]
    assert PhaseEvent.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_offer_the_whole_and_a_part(monkeypatch: pytest.MonkeyPatch) -> None:
    solution = make.solution()
    meet(monkeypatch, rules, "refusal_to_offer_in")

    sentences = both(
        lambda: solutions.add_offer(solution=solution, area=Area.HEALTH_AND_CARE, by=BY),
        lambda: solutions.add_offer(solution=solution, area=Area.HOME_CARE, by=BY),
    )

    assert len(sentences) == 1
    assert Offer.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_edit_the_same_facts(monkeypatch: pytest.MonkeyPatch) -> None:
    solution = made()
    meet(monkeypatch, solutions, "_require_free")

    sentences = both(
        *(
            lambda owner=owner: solutions.edit_solution(
                solution=solution, version=1, facts=replace(FACTS, owner=owner), by=BY
            )
            for owner in ("KS", "NHN")
        )
    )

    assert len(sentences) == 1
    assert "mens du skrev" in sentences[0]
