"""One of everything that a rollout's addresses name, in one place, for the matrix."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.utils import timezone

from samlop.accounts.models import Person
from samlop.files import services as files
from samlop.lib.actors import Machine
from samlop.municipalities.models import Municipality, Region
from samlop.municipalities.rules.capacity import LocalRole
from samlop.portfolio.rules.solutions import Area
from samlop.rollouts.models import (
    Basis,
    ContributingActor,
    Feedback,
    Grant,
    HelpRequest,
    InvitationLink,
    LeaderNote,
    ReceivedAnswer,
    Rollout,
    StopThreshold,
    Survey,
    SurveyAnswer,
)
from samlop.rollouts.rules.answers import AnswerState, Channel
from samlop.rollouts.rules.before import Stance
from samlop.rollouts.rules.cohorts import StopMeasure
from samlop.rollouts.rules.help import Urgency
from samlop.rollouts.rules.meetings import Audience, MeetingBlock, MeetingKind
from samlop.rollouts.rules.rollouts import RolloutState
from samlop.rollouts.services import (
    calendars,
    cohorts,
    interests,
    invitation_links,
    local_roles,
    meetings,
)
from samlop.web.support import calendars as calendar_pages
from tests import factories as make
from tests import rollout_making as rollouts
from tests.rules.test_files import PDF

BY: Final = Machine("matrix")
OF_A_COHORT: Final = frozenset(
    {
        "edit_cohort",
        "start_cohort",
        "finish_cohort",
        "cancel_cohort",
        "record_figure",
        "override",
    }
)
OF_A_SOLUTION: Final = frozenset(
    {"of_solution", "interest_of_solution", "interest", "withdraw_interest"}
)
# A plan can still be told of and opened; everything else is of one that is open.
OF_A_PLAN: Final = frozenset({"share", "open"})


@dataclass(frozen=True, slots=True, kw_only=True)
class RolloutPlace:
    """What the addresses below /innforingslop/ and of help, roles and meetings are made of."""

    slug: str
    plan: str
    # The rollout in which the municipality is offered a place.
    offered: str
    solution: str
    municipality: str
    region: str
    token: str
    calendar: str
    rows: Mapping[str, int]

    def arguments(self, name: str) -> dict[str, object]:
        area, _, view = name.rpartition(":")
        pk = self.rows.get(view, 0)
        if area == "support":
            return {
                "slug": self.region,
                "number": self.municipality,
                "pk": pk,
                "token": self.calendar,
            }
        slug = self.slug
        if view in OF_A_SOLUTION:
            slug = self.solution
        elif view in OF_A_PLAN:
            slug = self.plan
        elif view == "answer_offer":
            slug = self.offered
        return {
            "slug": slug,
            "number": 1 if view in OF_A_COHORT else self.municipality,
            "pk": pk,
            "step": "pause",
            "token": self.token,
        }


def of(
    municipality: Municipality,
    *,
    number: str,
    region: Region,
    decides: Person,
    leader: Person,
) -> RolloutPlace:
    """A rollout that is open, in which the municipality has a place; and a plan."""
    on, at = timezone.localdate(), timezone.now()
    later = on + timedelta(days=120)
    rollout = rollouts.a_rollout(
        offer=make.offer(area=Area.HOME_CARE),
        slug=f"matrise-{number}",
        leader=leader,
        members=(municipality,),
        starts_on=later,
        ends_on=None,
    )
    cohort = rollouts.a_cohort(rollout=rollout)
    rollouts.a_cohort(rollout=rollout, starts_on=later + timedelta(days=200))
    rollouts.a_basis(rollout)
    given = rollouts.an_answer(
        rollout=rollout, municipality=municipality, by=decides, wishes=(cohort,), on=on, at=at
    )
    assert given.place is not None
    link = InvitationLink.objects.create(
        invitation=rollouts.invited(rollout, municipality),
        person=decides,
        sent_at=at,
        expires_at=at + timedelta(days=90),
    )
    plan = rollouts.a_rollout(
        slug=f"matrise-plan-{number}", state=RolloutState.PLANNING, leader=leader
    )
    StopThreshold.objects.create(
        rollout=rollout, measure=StopMeasure.CRITICAL_FAULTS.value, limit=0, fixed_at=at
    )
    interests.state(
        solution=rollout.solution,
        municipality=municipality,
        stance=Stance.INTERESTED,
        by=BY,
        on=on,
        at=at,
    )
    local_roles.give(
        municipality=municipality,
        solution=rollout.solution,
        role=LocalRole.IT,
        person=decides,
        by=BY,
        on=on,
    )
    calendar = calendars.make(municipality=municipality, person=decides, by=BY, at=at)
    return RolloutPlace(
        slug=rollout.slug,
        plan=plan.slug,
        offered=_offered(municipality, number=number, decides=decides, leader=leader),
        solution=rollout.solution.slug,
        municipality=number,
        region=region.slug,
        token=invitation_links.token(link),
        calendar=calendar_pages._signer().sign(str(calendar.pk)),
        rows=_rows(rollout, municipality, region=region, decides=decides, leader=leader),
    )


def _offered(municipality: Municipality, *, number: str, decides: Person, leader: Person) -> str:
    """It waited for a seat, and there is one now."""
    on, at = timezone.localdate(), timezone.now()
    rollout = rollouts.a_rollout(
        offer=make.offer(area=Area.HOME_CARE),
        slug=f"matrise-tilbud-{number}",
        leader=leader,
        members=(municipality,),
        starts_on=on + timedelta(days=120),
        ends_on=None,
    )
    cohort = rollouts.a_cohort(rollout=rollout, maximum=1)
    first = rollouts.an_answer(
        rollout=rollout, municipality=make.municipality(), wishes=(cohort,), on=on, at=at
    )
    second = rollouts.an_answer(
        rollout=rollout, municipality=municipality, by=decides, wishes=(cohort,), on=on, at=at
    )
    assert first.place is not None
    assert second.place is None
    facts = cohorts.Facts(
        name=cohort.name,
        starts_on=cohort.starts_on,
        ends_on=cohort.ends_on,
        minimum=1,
        maximum=2,
        answer_by=cohort.answer_by,
        change_until=cohort.change_until,
    )
    cohorts.edit_cohort(cohort=cohort, facts=facts, by=BY, on=on, at=at)
    return rollout.slug


def _rows(
    rollout: Rollout,
    municipality: Municipality,
    *,
    region: Region,
    decides: Person,
    leader: Person,
) -> dict[str, int]:
    on, at = timezone.localdate(), timezone.now()
    worker = rollouts.a_worker(rollout, make.person())
    actor = ContributingActor.objects.create(rollout=rollout, kind="ks", name="KS", must="Avtale")
    prerequisite = Basis.objects.get(rollout=rollout).prerequisites.order_by("pk")[0]
    note = LeaderNote.objects.create(
        rollout=rollout,
        municipality=municipality,
        text="Ringte.",
        written_by=leader,
        written_as="Innføringsleder",
        written_at=at,
    )
    feedback = Feedback.objects.create(
        rollout=rollout, text="Teksten er lang.", written_by=leader, written_as="x", written_at=at
    )
    survey = Survey.objects.create(rollout=rollout, answer_by=on, asked_at=at)
    # Filled in by the contact person of its region.
    SurveyAnswer.objects.create(survey=survey, municipality=municipality)
    received = ReceivedAnswer.objects.create(
        rollout=rollout,
        municipality=municipality,
        channel=Channel.EMAIL.value,
        state=AnswerState.YES.value,
        decided_by="Kommunedirektøren",
        received_on=on,
        document=files.store(name="svar.pdf", content=PDF, by=BY, at=at),
        registered_by=leader,
        registered_at=at,
    )
    grant = Grant.objects.create(
        municipality=municipality,
        solution=rollout.solution,
        # Not to its region: the matrix would show a contact person who answers.
        host=make.municipality(),
        valid_from=on,
        given_by=decides,
        membership=decides.memberships.order_by("pk")[0],
        given_at=at,
    )
    asked = HelpRequest.objects.create(
        municipality=municipality,
        region=region,
        what="Hjelp",
        urgency=Urgency.STUCK.value,
        asked_by=decides,
        asked_as="x",
        asked_at=at,
    )
    paper = meetings.prepare(
        region=region,
        chosen=meetings.Chosen(
            kind=MeetingKind.STEERING_GROUP,
            held_on=on,
            since=on - timedelta(days=30),
            blocks=tuple(MeetingBlock),
            audience=Audience.MEETING,
        ),
        person=leader,
        by=BY,
        at=at,
    )
    role = rollout.solution.role_holders.order_by("pk")[0]
    return {
        "end_worker": worker.pk,
        "edit_actor": actor.pk,
        "remove_actor": actor.pk,
        "basis_change": prerequisite.pk,
        "basis_remove": prerequisite.pk,
        "withdraw_note": note.pk,
        "reply_feedback": feedback.pk,
        "close_survey": survey.pk,
        "withdraw_received": received.pk,
        "received_document": received.pk,
        "end_grant": grant.pk,
        "thread": asked.pk,
        "close": asked.pk,
        "end_local_role": role.pk,
        "meeting": paper.pk,
        "change_meeting": paper.pk,
    }
