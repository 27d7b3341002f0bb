"""Writing a draft of the criteria, publishing it, and the first version that comes with Samløp."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from django.db.models import Max

from samlop.audit.services import change
from samlop.db import locks
from samlop.governance.models import Body
from samlop.lib import slugs
from samlop.lib.actors import Actor
from samlop.lib.errors import Refused
from samlop.portfolio.models import CriteriaSet, Criterion
from samlop.portfolio.queries import criteria as queries
from samlop.portfolio.rules import criteria as rules
from samlop.portfolio.rules.criteria import (
    LONGEST_TEXT,
    LONGEST_TITLE,
    MOST_CRITERIA,
    CriteriaRefusal,
    CriterionText,
    SetStanding,
)
from samlop.portfolio.texts import criteria as texts

_SETS = "portfolio.criteria"
LONGEST_QUESTION = 500
LONGEST_SOURCE = 300


class CannotChangeCriteria(Refused):
    """A rule says no to a change of the criteria; nothing was saved."""

    def __init__(self, refusal: CriteriaRefusal, **words: object) -> None:
        super().__init__(str(texts.CRITERIA_REFUSALS[refusal]) % words)
        self.refusal = refusal


class Direction(Enum):
    """Where a criterion is moved in the order."""

    UP = -1
    DOWN = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstSet:
    """The version of our own data file; the bodies are named by their slugs."""

    number: int
    standing: SetStanding
    deciding_body: str
    advised_by: str
    source: str
    criteria: tuple[CriterionText, ...]


def ensure_first(first: FirstSet, *, by: Actor, at: datetime) -> bool:
    """Publish the first version where there is none; says whether it was made.

    Whoever has a version already, also only a draft, keeps what they have.
    """
    with change("portfolio.criteria.loaded", by=by, at=at) as record:
        locks.hold(_SETS)
        if CriteriaSet.objects.exists():
            record.nothing_changed()
            return False
        bodies = Body.objects.in_bulk([first.deciding_body, first.advised_by], field_name="slug")
        row = CriteriaSet.objects.create(
            number=first.number,
            deciding_body=bodies[first.deciding_body],
            advised_by=bodies[first.advised_by],
            standing=first.standing.value,
            source=first.source,
            created_at=at,
        )
        _write(row, first.criteria)
        row.published_at = at
        row.save(update_fields=["published_at"])
        record(row, details={"number": row.number})
    return True


def start_draft(*, by: Actor, at: datetime) -> CriteriaSet:
    """The next version, begun as a copy of the newest. Raises CannotChangeCriteria."""
    with change("portfolio.criteria.drafted", by=by, at=at) as record:
        locks.hold(_SETS)
        draft = CriteriaSet.objects.filter(published_at=None).first()
        if draft is not None:
            raise CannotChangeCriteria(CriteriaRefusal.DRAFT_EXISTS, number=draft.number)
        newest = queries.newest_published()
        if newest is None:
            raise CannotChangeCriteria(CriteriaRefusal.GONE)
        row = CriteriaSet.objects.create(
            number=newest.number + 1,
            deciding_body=newest.deciding_body,
            advised_by=newest.advised_by,
            # Whatever the one before was, nobody has decided on this one yet.
            standing=SetStanding.PROPOSED.value,
            created_at=at,
        )
        _write(row, queries.texts_of(newest.pk))
        record(row, details={"number": row.number, "copied_from": newest.number})
    return row


def describe(
    *,
    criteria_set: CriteriaSet,
    deciding_body: Body,
    advised_by: Body | None,
    standing: SetStanding,
    source: str,
    what_is_new: str,
    by: Actor,
) -> None:
    """Who decides, whose word it is, and what is new in a draft. Raises CannotChangeCriteria."""
    wanted: dict[str, object] = {
        "deciding_body": deciding_body,
        "advised_by": advised_by,
        "standing": standing.value,
        "source": _line(source, LONGEST_SOURCE),
        "what_is_new": _prose(what_is_new),
    }
    with change("portfolio.criteria.described", by=by) as record:
        row = _draft(criteria_set)
        changed = [field for field, value in wanted.items() if getattr(row, field) != value]
        if not changed:
            record.nothing_changed()
            return
        for field in changed:
            setattr(row, field, wanted[field])
        row.save(update_fields=changed)
        record(row, details={"number": row.number, "changed": changed})


def add_criterion(*, criteria_set: CriteriaSet, text: CriterionText, by: Actor) -> Criterion:
    """One more question at the end of a draft; it gets its code from its title.

    Raises CannotChangeCriteria.
    """
    text = _usable(text)
    with change("portfolio.criterion.added", by=by) as record:
        row = _draft(criteria_set)
        there = Criterion.objects.filter(criteria_set=row)
        if there.count() >= MOST_CRITERIA:
            raise CannotChangeCriteria(CriteriaRefusal.TOO_MANY, most=MOST_CRITERIA)
        _require_free_title(row, text.title)
        # A code that an older version used would pass an old answer off as one to this question.
        taken = set(Criterion.objects.values_list("code", flat=True).distinct())
        last = there.aggregate(last=Max("position"))["last"] or 0
        criterion = Criterion.objects.create(
            criteria_set=row,
            code=slugs.free_slug(text.title, taken, otherwise="kriterium"),
            position=last + 1,
            **_columns(text),
        )
        record(criterion, details={"number": row.number, "title": criterion.title})
    return criterion


def edit_criterion(*, criterion: Criterion, seen: int, text: CriterionText, by: Actor) -> None:
    """New words for a question of a draft; `seen` is the revision that was read.

    Raises CannotChangeCriteria.
    """
    text = _usable(text)
    with change("portfolio.criterion.changed", by=by) as record:
        row = _criterion(criterion)
        wanted = _columns(text)
        changed = [field for field, value in wanted.items() if getattr(row, field) != value]
        if not changed:
            record.nothing_changed()
            return
        if row.revision != seen:
            raise CannotChangeCriteria(CriteriaRefusal.CHANGED_MEANWHILE)
        _require_free_title(row.criteria_set, text.title, but=row)
        for field in changed:
            setattr(row, field, wanted[field])
        row.revision += 1
        row.save(update_fields=[*changed, "revision"])
        record(
            row,
            details={
                "number": row.criteria_set.number,
                "title": row.title,
                "changed": sorted(changed),
            },
        )


def move_criterion(*, criterion: Criterion, direction: Direction, by: Actor) -> None:
    """One place up or down in a draft; at the end nothing happens."""
    with change("portfolio.criterion.moved", by=by) as record:
        row = _criterion(criterion)
        others = Criterion.objects.filter(criteria_set=row.criteria_set)
        if direction is Direction.UP:
            other = others.filter(position__lt=row.position).order_by("-position").first()
        else:
            other = others.filter(position__gt=row.position).order_by("position").first()
        if other is None:
            record.nothing_changed()
            return
        row.position, other.position = other.position, row.position
        row.save(update_fields=["position"])
        other.save(update_fields=["position"])
        record(row, details={"number": row.criteria_set.number, "title": row.title})


def remove_criterion(*, criterion: Criterion, by: Actor) -> None:
    """The draft no longer asks this. Raises CannotChangeCriteria."""
    with change("portfolio.criterion.removed", by=by) as record:
        row = _criterion(criterion)
        record(row, details={"number": row.criteria_set.number, "title": row.title})
        row.delete()


def delete_draft(*, criteria_set: CriteriaSet, by: Actor) -> None:
    """Nothing of the draft is kept but its history. Raises CannotChangeCriteria."""
    with change("portfolio.criteria.discarded", by=by) as record:
        row = _draft(criteria_set)
        record(row, details={"number": row.number})
        row.delete()


def publish(
    *, criteria_set: CriteriaSet, seen: Sequence[CriterionText], by: Actor, at: datetime
) -> None:
    """From now on nothing changes it. `seen` is what the publisher read.

    Raises CannotChangeCriteria.
    """
    with change("portfolio.criteria.published", by=by, at=at) as record:
        locks.hold(_SETS)
        row = _draft(criteria_set)
        newest = queries.newest_published()
        now = queries.texts_of(row.pk)
        refusal = rules.refusal_to_publish(
            now,
            before=queries.texts_of(newest.pk) if newest else None,
            what_is_new=row.what_is_new,
            source=row.source,
        )
        if refusal is not None:
            raise CannotChangeCriteria(refusal)
        if tuple(seen) != now:
            raise CannotChangeCriteria(CriteriaRefusal.DRAFT_CHANGED)
        row.published_at = at
        row.published_by_id = by.pk
        row.save(update_fields=["published_at", "published_by"])
        record(row, details={"number": row.number})
    criteria_set.refresh_from_db()


def _write(row: CriteriaSet, criteria: Sequence[CriterionText]) -> None:
    for position, text in enumerate(criteria, start=1):
        Criterion.objects.create(
            criteria_set=row, code=text.code, position=position, **_columns(text)
        )


def _columns(text: CriterionText) -> dict[str, str]:
    return {
        "title": text.title,
        "question": text.question,
        "why": text.why,
        "evidence": text.evidence,
        "assessor": text.assessor.value,
        "weight": text.weight.value,
        "beside": text.beside.value,
    }


def _draft(criteria_set: CriteriaSet) -> CriteriaSet:
    """The row, held until the change is done. Raises CannotChangeCriteria."""
    row = (
        CriteriaSet.objects.select_for_update(of=("self",), no_key=True)
        .select_related("deciding_body", "advised_by")
        .filter(pk=criteria_set.pk)
        .first()
    )
    if row is None:
        raise CannotChangeCriteria(CriteriaRefusal.GONE)
    if row.is_published:
        raise CannotChangeCriteria(CriteriaRefusal.PUBLISHED, number=row.number)
    return row


def _criterion(criterion: Criterion) -> Criterion:
    row = _draft(criterion.criteria_set)
    found = Criterion.objects.filter(pk=criterion.pk).first()
    if found is None:
        raise CannotChangeCriteria(CriteriaRefusal.CRITERION_GONE)
    found.criteria_set = row
    return found


def _require_free_title(row: CriteriaSet, title: str, but: Criterion | None = None) -> None:
    others = Criterion.objects.filter(criteria_set=row, title__iexact=title)
    if but is not None:
        others = others.exclude(pk=but.pk)
    if others.exists():
        raise CannotChangeCriteria(CriteriaRefusal.TITLE_TAKEN, title=title)


def _usable(text: CriterionText) -> CriterionText:
    tidy = CriterionText(
        code=text.code,
        title=_line(text.title, LONGEST_TITLE),
        question=_line(text.question, LONGEST_QUESTION),
        why=_prose(text.why),
        evidence=_prose(text.evidence),
        assessor=text.assessor,
        weight=text.weight,
        beside=text.beside,
    )
    if not tidy.title:
        raise CannotChangeCriteria(CriteriaRefusal.NO_TITLE)
    if not tidy.question:
        raise CannotChangeCriteria(CriteriaRefusal.NO_QUESTION)
    return tidy


def _line(text: str, longest: int) -> str:
    return " ".join(text.split())[:longest].rstrip()


def _prose(text: str) -> str:
    lines = [" ".join(line.split()) for line in text.replace("\0", "").splitlines()]
    return "\n".join(lines).strip()[:LONGEST_TEXT].rstrip()
