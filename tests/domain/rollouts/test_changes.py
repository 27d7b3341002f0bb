"""What an invited municipality is told when the basis, the cohorts or the price change."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from samlop.messages.models import Message
from samlop.messages.services.kinds import Draft, kind
from samlop.municipalities.models import Municipality, Population
from samlop.portfolio.rules.costs import CostKind, Line, Model
from samlop.portfolio.services import costs
from samlop.rollouts.models import Invitation, Rollout
from samlop.rollouts.queries import basis as basis_queries
from samlop.rollouts.queries import changes as queries
from samlop.rollouts.rules.answers import AnswerState
from samlop.rollouts.rules.rollouts import RolloutKind
from samlop.rollouts.services import basis, change_mails, cohorts
from samlop.rollouts.services.basis import Step
from samlop.rollouts.texts.changes import sentence
from tests import factories as make
from tests.rollout_making import (
    AT,
    BY,
    DAY,
    a_basis,
    a_cohort,
    a_decision_maker,
    a_place,
    a_rollout,
    an_answer,
    invited,
)

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(hours=1)


@pytest.fixture
def place() -> Municipality:
    found = make.municipality(name="Nyvik")
    Population.objects.create(
        municipality=found, counted_on=date(2027, 1, 1), inhabitants=8000, source="Prøve"
    )
    return found


@pytest.fixture
def rollout(place: Municipality) -> Rollout:
    found = a_rollout(name="Felles innføring", members=(place,), leader=make.person())
    a_cohort(rollout=found)
    a_basis(found)
    invited(found, place)
    return found


def told(place: Municipality) -> list[str]:
    return [
        sentence(one) for found in queries.of_municipality(place.pk, DAY) for one in found.changes
    ]


def moved(rollout: Rollout, **facts: object) -> None:
    cohort = rollout.cohorts.get(number=1)
    cohorts.edit_cohort(
        cohort=cohort,
        facts=replace(cohorts.facts_of(cohort), **facts),  # type: ignore[arg-type]
        by=BY,
        on=DAY,
        at=LATER,
    )


def test_nothing_is_told_before_anything_has_changed(rollout: Rollout, place: Municipality) -> None:
    assert told(place) == []


def test_a_cohort_is_moved_and_moved_back(rollout: Rollout, place: Municipality) -> None:
    was = rollout.cohorts.get().starts_on
    moved(rollout, starts_on=date(2027, 9, 1))
    moved(rollout, starts_on=date(2027, 10, 4), name="Høstpuljen")
    assert told(place) == [
        "Høstpuljen starter 4. oktober 2027, ikke 16. august 2027.",
        "Pulje 1 heter nå Høstpuljen.",
    ]
    moved(rollout, starts_on=was, name="Pulje 1")
    assert told(place) == []


def test_new_and_cancelled_cohorts(rollout: Rollout, place: Municipality) -> None:
    first = rollout.cohorts.get()
    facts = replace(
        cohorts.facts_of(first),
        name="Vinterpuljen",
        starts_on=date(2028, 1, 10),
        ends_on=date(2028, 6, 1),
    )
    second = cohorts.create_cohort(rollout=rollout, facts=facts, by=BY, at=LATER)
    assert told(place) == ["Ny pulje: Vinterpuljen, med oppstart 10. januar 2028."]
    cohorts.cancel_cohort(cohort=second, reason="For få.", by=BY, on=DAY, at=LATER)
    # It came and went in between.
    assert told(place) == []
    cohorts.cancel_cohort(cohort=first, reason="Leverandøren venter.", by=BY, on=DAY, at=LATER)
    assert told(place) == ["Pulje 1 er avlyst: Leverandøren venter."]


def test_whoever_has_a_place_is_told_of_its_own_cohort_alone(
    rollout: Rollout, place: Municipality
) -> None:
    first = rollout.cohorts.get()
    second = a_cohort(rollout=rollout, starts_on=date(2028, 1, 10))
    a_place(cohort=second, municipality=place)
    moved(rollout, starts_on=date(2027, 10, 4))
    assert told(place) == []
    cohorts.edit_cohort(
        cohort=second,
        facts=replace(cohorts.facts_of(second), starts_on=date(2028, 2, 1)),
        by=BY,
        on=DAY,
        at=LATER,
    )
    assert told(place) == ["Pulje 2 starter 1. februar 2028, ikke 10. januar 2028."]
    assert first.name == "Pulje 1"


def test_the_decision_basis(rollout: Rollout, place: Municipality) -> None:
    made = basis_queries.of(rollout)
    assert made is not None
    words = replace(basis.words_of(made), consequence="Dere kan bli med i 2030.")
    made = basis.write(basis=made, words=words, seen=made.version, by=BY, at=LATER)
    roles = [
        replace(one, monthly=(Decimal(10), Decimal(6), Decimal(4)))
        for one in basis_queries.roles_of(made)
    ]
    basis.set_roles(basis=made, roles=roles, seen=made.version, by=BY, at=LATER)
    made.refresh_from_db()
    plan = [Step(-6, "Oppstartsmøte"), Step(2, "Opplæring"), Step(12, "Evaluering")]
    basis.set_steps(basis=made, steps=plan, seen=made.version, by=BY, at=LATER)
    agreement = next(
        row for row in basis_queries.prerequisites_of(made) if row.title == "Avtale om etablering"
    )
    wished = basis.wished_of(agreement)
    basis.change_prerequisite(
        prerequisite=agreement, wished=replace(wished, days_before=90), by=BY, at=LATER
    )
    new = basis.add_prerequisite(
        basis=made, wished=replace(wished, title="Egen avtale"), by=BY, at=LATER
    )
    assert told(place) == [
        "Arbeidet hos dere er anslått til 40 timer, ikke 36 timer.",
        "Nytt som må være på plass: Egen avtale.",
        "Avtale om etablering må være på plass 90 dager før oppstart, ikke 60.",
        "Nytt i fremdriftsplanen: Opplæring (2 uker etter oppstart).",
        "Det som står om å ikke bli med, er skrevet om.",
    ]
    basis.remove_prerequisite(prerequisite=new, by=BY, at=LATER)
    basis.remove_prerequisite(prerequisite=agreement, by=BY, at=LATER)
    assert "Må ikke lenger være på plass: Avtale om etablering." in told(place)
    assert not any("Egen avtale" in one for one in told(place))


def priced_anew(rollout: Rollout) -> None:
    costs.publish(
        offer=rollout.offer,
        model=Model(
            lines=(
                Line(kind=CostKind.JOINED_EACH, title="Lisens", amount=Decimal(14500)),
                Line(kind=CostKind.ONCE_EACH, title="Oppsett", amount=Decimal(18000)),
            )
        ),
        valid_from=date(2027, 2, 1),
        source="Prisliste 2",
        seen=1,
        by=BY,
        at=LATER,
    )


def test_a_new_price_is_the_municipalitys_own(rollout: Rollout, place: Municipality) -> None:
    priced_anew(rollout)
    (one,) = told(place)
    assert one.replace("\N{NO-BREAK SPACE}", " ") == "Prisen i året er kr 14 500, ikke kr 12 000."


@pytest.mark.parametrize(
    ("state", "tells"),
    [
        (AnswerState.PENDING, True),
        (AnswerState.OBSERVE, True),
        (AnswerState.LATER, False),
        (AnswerState.NO, False),
    ],
)
def test_whoever_declined_is_told_no_more(
    rollout: Rollout, place: Municipality, state: AnswerState, tells: bool
) -> None:
    moved(rollout, starts_on=date(2027, 10, 4))
    an_answer(state, rollout=rollout, municipality=place)
    assert bool(told(place)) is tells


def test_the_weekly_letter_tells_once_and_never_by_itself(
    rollout: Rollout, place: Municipality
) -> None:
    person = a_decision_maker(place)
    assert change_mails.tell(on=DAY, at=LATER) == 0
    moved(rollout, starts_on=date(2027, 10, 4))
    week = AT + timedelta(days=5)

    assert change_mails.tell(on=DAY, at=week) == 1
    assert change_mails.tell(on=DAY, at=week) == 0

    (message,) = Message.objects.filter(kind=change_mails.CHANGED)
    assert (message.recipient, message.state) == (person, "waiting")
    draft = Draft(recipient=person, context=message.context, home="https://example.org/")
    mail = kind(change_mails.CHANGED).write(draft)
    assert mail is not None
    assert mail.paragraphs == (
        "Endret siden 14. mars 2027:",
        "Pulje 1 starter 4. oktober 2027, ikke 16. august 2027.",
    )
    Invitation.objects.update(withdrawn_at=week, withdrawn_reason="Feil kommune.")
    assert kind(change_mails.CHANGED).write(draft) is None


def test_the_same_queries_for_many_municipalities_until_something_changes() -> None:
    counts = []
    for number in (1, 8):
        found = a_rollout(kind=RolloutKind.PROCESS)
        a_cohort(rollout=found)
        rows = [invited(found, make.municipality()) for _ in range(number)]
        with CaptureQueriesContext(connection) as counted:
            assert queries.changed(rows, {row.pk: row.sent_at for row in rows}, DAY) == ()
        counts.append(len(counted))
    assert counts == [3, 3]


def test_the_same_queries_for_five_that_have_changed_as_for_two(place: Municipality) -> None:
    """In one municipality, and for many of one rollout; everything in each has changed."""
    counts = []
    for number in (2, 3):
        for _ in range(number):
            found = a_rollout(members=(place,), leader=make.person())
            a_cohort(rollout=found)
            made = a_basis(found)
            invited(found, place)
            moved(found, starts_on=date(2027, 10, 4))
            priced_anew(found)
            words = replace(basis.words_of(made), what="Noe annet.")
            made = basis.write(basis=made, words=words, seen=made.version, by=BY, at=LATER)
            roles = [replace(one, monthly=(Decimal(2),)) for one in basis_queries.roles_of(made)]
            basis.set_roles(basis=made, roles=roles, seen=made.version, by=BY, at=LATER)
            made.refresh_from_db()
            basis.set_steps(
                basis=made,
                steps=[Step(n, "Møte") for n in (1, 2, 3)],
                seen=made.version,
                by=BY,
                at=LATER,
            )
            wished = basis.wished_of(basis_queries.prerequisites_of(made)[0])
            basis.add_prerequisite(
                basis=made, wished=replace(wished, title="Ny avtale"), by=BY, at=LATER
            )
        with CaptureQueriesContext(connection) as counted:
            assert len(told(place)) == 7 * (2 if number == 2 else 5)
        counts.append(len(counted))
    assert counts[0] == counts[1] < 25

    for _ in range(4):
        invited(found, make.municipality())
    rows = list(queries.standing(rollout=found))
    with CaptureQueriesContext(connection) as counted:
        assert len(queries.changed(rows, {row.pk: row.sent_at for row in rows}, DAY)) == 5
    assert len(counted) == counts[0] - 1


def test_a_cohort_with_a_key_concerns_those_who_share_it(place: Municipality) -> None:
    product, region = make.product(), make.region(members=(place,))
    make.use(municipality=place, product=product)
    other = make.municipality()
    found = a_rollout(kind=RolloutKind.SHARED)
    for cohort in (
        a_cohort(rollout=found, product=product),
        a_cohort(rollout=found, cooperation=region),
        a_cohort(rollout=found, product=make.product()),
    ):
        facts = replace(cohorts.facts_of(cohort), name=f"Ny {cohort.name}")
        cohorts.edit_cohort(cohort=cohort, facts=facts, by=BY, on=DAY, at=LATER)
    rows = [invited(found, place), invited(found, other)]
    (one,) = queries.changed(rows, {row.pk: row.sent_at for row in rows}, DAY)
    assert one.invitation == rows[0]
    assert [change.now for change in one.changes] == ["Ny Pulje 1", "Ny Pulje 2"]
