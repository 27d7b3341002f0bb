"""The example's rollouts: from the invitation to the place, and a second load adds nothing."""

from datetime import date

import pytest

from samlop.example import people, portfolio, rollouts, systems
from samlop.example.people import MUNICIPALITY
from samlop.example.uptake import stages
from samlop.lib.actors import Machine
from samlop.messages.models import Message
from samlop.messages.rules import State
from samlop.messages.services import writing
from samlop.rollouts.models import (
    Answer,
    Cohort,
    Evaluation,
    Feedback,
    Interest,
    Invitation,
    LeaderNote,
    Place,
    Rollout,
    SurveyAnswer,
    Wait,
)
from samlop.rollouts.queries import answers as queries
from samlop.rollouts.queries import changes as queries_of_changes
from samlop.rollouts.queries.cohorts import cohort_lock
from samlop.rollouts.queries.rollouts import target_of
from samlop.rollouts.rules.answers import AnswerState
from samlop.rollouts.rules.cohorts import CohortState
from samlop.rollouts.services import invitations

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("norway")]

BY = Machine("Eksempel")
TODAY = date(2026, 11, 22)


def test_the_reports_cases_run_from_the_invitation_to_the_place() -> None:
    for module in (systems, people, portfolio, stages):
        module.load(by=BY, on=TODAY)

    assert rollouts.load(by=BY, on=TODAY) > 80

    found = {row.slug: row for row in Rollout.objects.all()}
    record = found["kjernejournal-de-siste"]
    assert len(target_of(record, TODAY)) == 93
    said = {one.state for one in queries.current(record).values()}
    assert said == set(AnswerState)
    assert Invitation.objects.filter(rollout=record).count() > len(queries.current(record))
    assert Wait.objects.filter(rollout=record, ended_at=None).exists()
    for slug in ("kjernejournal-de-siste", "digihelsestasjon-agder"):
        assert Place.objects.taken().filter(cohort__rollout__slug=slug).exists()
    keys = Cohort.objects.filter(rollout=found["velferdsteknologisk-knutepunkt"])
    assert all(row.places.taken().exists() for row in keys)
    states = Cohort.objects.filter(rollout=found["digihelse-puljer"]).order_by("number")
    assert [row.state for row in states] == [
        CohortState.FINISHED,
        CohortState.RUNNING,
        CohortState.ENROLLING,
    ]
    sent = Message.objects.filter(kind__startswith="rollouts.")
    assert set(sent.values_list("state", flat=True)) == {State.SENT}
    own = Invitation.objects.filter(municipality__codes__number=MUNICIPALITY)
    assert own.exists()
    assert not Answer.objects.filter(municipality__codes__number=MUNICIPALITY).exists()

    # The third cohort was invited, and then locked by a figure of the second.
    third = states[2]
    lock = cohort_lock(third, TODAY)
    assert lock is not None
    assert [(name, one.value, one.limit) for name, one in lock.missing] == [("Pulje 2", 3, 1)]
    asked = Invitation.objects.filter(cohort=third)
    assert asked.exists()
    assert Wait.objects.filter(rollout=third.rollout, ended_at=None).exists()
    # Copies to archives, with the invitation as a file.
    copies = sent.filter(kind=invitations.COPY)
    assert 5 < copies.count() < 60
    [paper] = writing.attachments(copies[0])
    assert paper.content.startswith(b"%PDF-")

    # Two of those who have been through the first cohort have not said what they learnt.
    assert Evaluation.objects.count() == Place.objects.filter(end="finished").count() - 2
    assert queries_of_changes.of_municipality(own.get().municipality_id, TODAY)

    believed = SurveyAnswer.objects.filter(survey__rollout=record)
    assert believed.count() == 93
    assert 0 < believed.exclude(likely="").count() < 93
    assert LeaderNote.objects.filter(rollout=record).count() == 3
    assert Feedback.objects.filter(rollout=record, reply="").count() == 1
    assert Interest.objects.count() == 2

    assert rollouts.load(by=BY, on=TODAY) == 0
