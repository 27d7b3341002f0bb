"""A survey among contact persons: asked, filled in bit by bit, and closed."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from samlop.accounts.models import Membership, Person
from samlop.accounts.rules import PERMITS, Permission, Role
from samlop.audit.services import change
from samlop.db import locks
from samlop.lib.actors import Actor
from samlop.lib.errors import Refused
from samlop.messages.services import To, queue_all
from samlop.municipalities.models import RegionMembership
from samlop.municipalities.rules.kinds import RegionKind
from samlop.rollouts.models import Rollout, Survey, SurveyAnswer
from samlop.rollouts.queries.rollouts import target_of
from samlop.rollouts.rules import before as rules
from samlop.rollouts.rules.before import BeforeRefusal, Likely, Obstacle
from samlop.rollouts.services.follow_mails import SURVEY
from samlop.rollouts.texts import before as texts

_FOLLOWS_UP = sorted(role.value for role in Role if Permission.FOLLOW_UP in PERMITS[role])


class CannotAsk(Refused):
    """A rule says no to a survey or an answer in it; nothing was saved."""

    def __init__(self, refusal: BeforeRefusal) -> None:
        super().__init__(str(texts.REFUSALS[refusal]))
        self.refusal = refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What is said of one municipality; what is None was not sent, and stays as it was."""

    obstacle: Obstacle | str | None = None
    likely: Likely | str | None = None
    ask_whom: str | None = None
    remark: str | None = None


def ask(
    *, rollout: Rollout, question: str, answer_by: date, by: Actor, on: date, at: datetime
) -> Survey:
    """A row for each municipality of the target group, and a mail to their contact persons.

    Raises CannotAsk.
    """
    with change("rollouts.survey.asked", by=by, at=at) as record:
        locks.hold(f"rollouts.survey.{rollout.pk}")
        if answer_by < on:
            raise CannotAsk(BeforeRefusal.DAY_HAS_PASSED)
        if Survey.objects.filter(rollout=rollout, closed_at=None).exists():
            raise CannotAsk(BeforeRefusal.ALREADY_ASKING)
        target = sorted(target_of(rollout, on))
        if not target:
            raise CannotAsk(BeforeRefusal.NOBODY_TO_ASK)
        survey = Survey.objects.create(
            rollout=rollout,
            question=question.strip()[: rules.MOST_QUESTION],
            answer_by=answer_by,
            asked_by_id=by.pk,
            asked_at=at,
        )
        whom = _titles(on)
        SurveyAnswer.objects.bulk_create(
            SurveyAnswer(
                survey=survey,
                municipality_id=pk,
                ask_whom=whom.get(pk, "")[: rules.MOST_WHOM],
            )
            for pk in target
        )
        queue_all(
            SURVEY,
            [
                To(recipient=person, context={"survey": survey.pk, "region": region})
                for person, region in _contact_persons(frozenset(target), on)
            ],
            at=at,
        )
        record(rollout, details={"name": rollout.name, "municipalities": len(target)})
    return survey


def save_all(
    *, survey: Survey, rows: Mapping[int, Said], by: Actor, at: datetime
) -> Mapping[int, SurveyAnswer]:
    """Keep what was typed of one or several municipalities, by the rows' ids: all or none.

    The history tells of the first answer, and of another belief; each wording is in the row's
    own history. Raises CannotAsk when the survey is closed or a row is not of it.
    """
    with change("rollouts.survey.answered", by=by, at=at) as record:
        if Survey.objects.select_for_update().get(pk=survey.pk).closed_at is not None:
            raise CannotAsk(BeforeRefusal.ALREADY_CLOSED)
        held = {
            row.pk: row
            for row in SurveyAnswer.objects.select_for_update()
            .filter(survey=survey, pk__in=rows)
            .order_by("pk")
        }
        if held.keys() != rows.keys():
            raise CannotAsk(BeforeRefusal.NOT_ASKED_OF)
        record.nothing_changed()
        for pk, said in rows.items():
            row = held[pk]
            before = (row.obstacle, row.likely, row.ask_whom, row.remark)
            row.obstacle = _kept(said.obstacle, row.obstacle)
            row.likely = _kept(said.likely, row.likely)
            row.ask_whom = _kept(said.ask_whom, row.ask_whom)[: rules.MOST_WHOM]
            row.remark = _kept(said.remark, row.remark)[: rules.MOST_REMARK]
            if before == (row.obstacle, row.likely, row.ask_whom, row.remark):
                continue
            row.answered_by_id = by.pk
            row.answered_as = by.actor_label[:200]
            row.answered_at = at
            row.save()
            if (row.obstacle, row.likely) != before[:2]:
                record(row, municipality_id=row.municipality_id, details=_told(survey))
    return held


def close(*, survey: Survey, by: Actor, at: datetime) -> None:
    """Nothing more is answered. Raises CannotAsk when it is closed already."""
    with change("rollouts.survey.closed", by=by, at=at) as record:
        row = Survey.objects.select_for_update().get(pk=survey.pk)
        if row.closed_at is not None:
            raise CannotAsk(BeforeRefusal.ALREADY_CLOSED)
        row.closed_at = at
        row.save(update_fields=["closed_at"])
        record(row.rollout, details={"name": row.rollout.name})


def _kept(said: str | None, before: str) -> str:
    return before if said is None else " ".join(said.split())


def _told(survey: Survey) -> dict[str, object]:
    return {"rollout": survey.rollout.slug, "name": survey.rollout.name}


def _titles(on: date) -> Mapping[int, str]:
    """The title of each municipality's decision maker, if she has given any. One query."""
    rows = (
        Membership.objects.valid_on(on)
        .filter(role=Role.DECISION_MAKER.value, municipality__isnull=False, person__is_active=True)
        .exclude(title="")
        .order_by("-pk")
    )
    return {row.municipality_id: row.title for row in rows if row.municipality_id is not None}


def _contact_persons(municipalities: frozenset[int], on: date) -> list[tuple[Person, int]]:
    """Those who follow up a region with one of these municipalities. Two queries."""
    regions = Counter(
        RegionMembership.objects.valid_on(on)
        .filter(kind=RegionKind.EHEALTH_GROUP.value, municipality__in=municipalities)
        .values_list("region_id", flat=True)
    )
    held = (
        Membership.objects.valid_on(on)
        .filter(role__in=_FOLLOWS_UP, region__in=list(regions), person__is_active=True)
        .select_related("person")
        .order_by("region_id", "pk")
    )
    found: dict[tuple[int, int], tuple[Person, int]] = {}
    for row in held:
        if row.region_id is not None:
            found.setdefault((row.person_id, row.region_id), (row.person, row.region_id))
    return list(found.values())
