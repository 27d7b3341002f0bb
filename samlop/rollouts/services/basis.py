"""Writing the decision basis, and saying how its prerequisites stand in a municipality.

Once municipalities can answer, the basis stays complete: a change that would leave something out
is refused as a whole.
"""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import date, datetime

from samlop.audit.services import Recorder, change
from samlop.lib.actors import Actor
from samlop.lib.errors import Refused
from samlop.municipalities.models import Municipality
from samlop.municipalities.rules.capacity import LocalRole
from samlop.portfolio.models import Prerequisite
from samlop.portfolio.queries import readiness
from samlop.portfolio.rules.solutions import SolutionKind
from samlop.rollouts.models import (
    Basis,
    BasisPrerequisite,
    BasisRole,
    BasisStep,
    PrerequisiteWord,
    Rollout,
)
from samlop.rollouts.queries import basis as queries
from samlop.rollouts.rules import basis as rules
from samlop.rollouts.rules.basis import (
    MAX_PREREQUISITES,
    MAX_STEPS,
    MAX_WEEKS,
    BasisRefusal,
    PrerequisiteKind,
    PrerequisiteOwner,
    PrerequisiteStanding,
    RoleHours,
    Wished,
)
from samlop.rollouts.rules.rollouts import ENROLLING, RolloutState
from samlop.rollouts.texts import basis as texts

_ENDED = frozenset({RolloutState.CLOSED, RolloutState.CANCELLED})
# The texts that the invited are told of when they are written anew.
_TOLD = frozenset({"what", "gains", "consequence", "what_nn", "gains_nn", "consequence_nn"})


class CannotChangeBasis(Refused):
    """A rule says no to something about a decision basis; nothing was saved."""

    def __init__(self, refusal: BasisRefusal, **words: object) -> None:
        super().__init__(texts.refusal_words(refusal, **words))
        self.refusal = refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What is told in words: what it is, gives, and what follows of not joining."""

    what: str = ""
    gains: str = ""
    gains_source: str = ""
    gains_link: str = ""
    consequence: str = ""
    what_nn: str = ""
    gains_nn: str = ""
    consequence_nn: str = ""
    no_prerequisites: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the schedule in brief, in weeks from the start of a cohort."""

    weeks: int
    words: str
    words_nn: str = ""


def begin(*, rollout: Rollout, by: Actor, at: datetime) -> Basis:
    """The basis of a rollout, made with what the portfolio already knows if there is none.

    Raises CannotChangeBasis.
    """
    with change("rollouts.basis.begun", by=by, at=at) as record:
        row = _locked(rollout)
        found = queries.of(row)
        if found is not None:
            record.nothing_changed()
            return found
        basis = Basis.objects.create(
            rollout=row, what=row.solution.summary, changed_by_id=by.pk, changed_at=at
        )
        BasisPrerequisite.objects.bulk_create(_proposed(basis, row))
        record(row, details={"name": row.name})
    return basis


def _proposed(basis: Basis, rollout: Rollout) -> Iterator[BasisPrerequisite]:
    """What the portfolio says the solution requires, and a version where a vendor must be ready."""
    needs_version = rollout.solution.kind != SolutionKind.JOINT_PROCESS.value and bool(
        readiness.kinds_for(rollout.offer, {})
    )
    if needs_version:
        yield BasisPrerequisite(
            basis=basis,
            kind=PrerequisiteKind.SYSTEM_VERSION.value,
            title=str(texts.KINDS[PrerequisiteKind.SYSTEM_VERSION]),
            done_when=str(texts.VERSION_DONE),
            owner=PrerequisiteOwner.VENDOR.value,
            days_before=30,
        )
    for one in Prerequisite.objects.filter(solution=rollout.solution).select_related("requires"):
        yield BasisPrerequisite(
            basis=basis,
            kind=PrerequisiteKind.OTHER_SOLUTION.value,
            title=str(texts.IN_USE) % {"name": one.requires.name},
            done_when=one.note or str(texts.IN_USE_DONE) % {"name": one.requires.name},
            owner=PrerequisiteOwner.MUNICIPALITY.value,
            days_before=0,
            solution=one.requires,
        )


def copy(*, source: Rollout, to: Rollout, by: Actor, at: datetime) -> Basis | None:
    """The earlier rollout's basis as the beginning of the new one's; None when it had none.

    Raises CannotChangeBasis.
    """
    earlier = queries.of(source)
    if earlier is None:
        return None
    with change("rollouts.basis.copied", by=by, at=at) as record:
        row = _locked(to)
        found = queries.of(row)
        if found is not None:
            record.nothing_changed()
            return found
        basis = Basis.objects.create(
            rollout=row, changed_by_id=by.pk, changed_at=at, **asdict(words_of(earlier))
        )
        BasisPrerequisite.objects.bulk_create(
            BasisPrerequisite(basis=basis, **_columns(wished_of(one)))
            for one in queries.prerequisites_of(earlier)
            if one.solution_id != row.solution_id
        )
        _store_roles(basis, queries.roles_of(earlier))
        _store_steps(
            basis, [Step(one.weeks, one.words, one.words_nn) for one in earlier.steps.all()]
        )
        record(row, details={"name": row.name, "from": source.name})
    return basis


def words_of(basis: Basis) -> Words:
    """What is stored now."""
    return Words(
        what=basis.what,
        gains=basis.gains,
        gains_source=basis.gains_source,
        gains_link=basis.gains_link,
        consequence=basis.consequence,
        what_nn=basis.what_nn,
        gains_nn=basis.gains_nn,
        consequence_nn=basis.consequence_nn,
        no_prerequisites=basis.no_prerequisites,
    )


def write(*, basis: Basis, words: Words, seen: int, by: Actor, at: datetime) -> Basis:
    """Store what is told in words. `seen` is the version the form began with.

    Raises CannotChangeBasis.
    """
    with (
        change("rollouts.basis.changed", by=by, at=at) as record,
        _changing(basis, record, what="words", seen=seen, by=by, at=at) as made,
    ):
        columns = {
            name: value.strip() if isinstance(value, str) else value
            for name, value in asdict(words).items()
        }
        if all(getattr(made.row, name) == value for name, value in columns.items()):
            made.nothing()
        for name, value in columns.items():
            if name in _TOLD and getattr(made.row, name) != value:
                made.was[name] = getattr(made.row, name)
            setattr(made.row, name, value)
        made.row.save(update_fields=list(columns))
    return made.row


def set_roles(
    *, basis: Basis, roles: Sequence[RoleHours], seen: int, by: Actor, at: datetime
) -> None:
    """The roles to staff, as a whole. Raises CannotChangeBasis."""
    for one in roles:
        if refusal := rules.refusal_of_hours(one.monthly):
            raise CannotChangeBasis(refusal)
    with (
        change("rollouts.basis.changed", by=by, at=at) as record,
        _changing(basis, record, what="roles", seen=seen, by=by, at=at) as made,
    ):
        made.was["roles"] = [
            [one.role.value, one.needed, [str(hours) for hours in one.monthly]]
            for one in queries.roles_of(made.row)
        ]
        _store_roles(made.row, roles)


def set_steps(*, basis: Basis, steps: Collection[Step], seen: int, by: Actor, at: datetime) -> None:
    """The schedule in brief, as a whole. Raises CannotChangeBasis."""
    if len(steps) > MAX_STEPS:
        raise CannotChangeBasis(BasisRefusal.TOO_MANY_STEPS)
    if any(abs(one.weeks) > MAX_WEEKS for one in steps):
        raise CannotChangeBasis(BasisRefusal.BAD_WEEKS)
    with (
        change("rollouts.basis.changed", by=by, at=at) as record,
        _changing(basis, record, what="steps", seen=seen, by=by, at=at) as made,
    ):
        made.was["steps"] = [[row.weeks, row.words] for row in made.row.steps.all()]
        _store_steps(made.row, sorted(steps, key=lambda one: one.weeks))


def _store_roles(basis: Basis, roles: Sequence[RoleHours]) -> None:
    """Rows that stay the same are left alone, so that the history tells what changed."""
    wanted = {one.role: one for one in roles}
    for row in BasisRole.objects.filter(basis=basis):
        one = wanted.pop(LocalRole(row.role), None)
        if one is None:
            row.delete()
        elif (row.needed, tuple(row.monthly)) != (one.needed, one.monthly):
            row.needed, row.monthly = one.needed, list(one.monthly)
            row.save(update_fields=["needed", "monthly"])
    BasisRole.objects.bulk_create(
        BasisRole(basis=basis, role=one.role.value, needed=one.needed, monthly=list(one.monthly))
        for one in wanted.values()
    )


def _store_steps(basis: Basis, steps: Sequence[Step]) -> None:
    stored = [Step(row.weeks, row.words, row.words_nn) for row in basis.steps.all()]
    wanted = [
        Step(one.weeks, one.words.strip(), one.words_nn.strip())
        for one in steps
        if one.words.strip()
    ]
    if stored == wanted:
        return
    BasisStep.objects.filter(basis=basis).delete()
    BasisStep.objects.bulk_create(
        BasisStep(basis=basis, place=place, weeks=one.weeks, words=one.words, words_nn=one.words_nn)
        for place, one in enumerate(wanted, start=1)
    )


# --- prerequisites ---


def wished_of(row: BasisPrerequisite) -> Wished:
    """A prerequisite as it is stored."""
    return Wished(
        kind=PrerequisiteKind(row.kind),
        title=row.title,
        title_nn=row.title_nn,
        done_when=row.done_when,
        owner=PrerequisiteOwner(row.owner),
        days_before=row.days_before,
        solution=row.solution_id,
        role=LocalRole(row.role) if row.role else None,
    )


def _columns(wished: Wished) -> dict[str, object]:
    other = wished.kind is PrerequisiteKind.OTHER_SOLUTION
    named = wished.kind is PrerequisiteKind.NAMED_ROLE
    return {
        "kind": wished.kind.value,
        "title": wished.title.strip(),
        "title_nn": wished.title_nn.strip(),
        "done_when": wished.done_when.strip(),
        "owner": wished.owner.value,
        "days_before": wished.days_before,
        "solution_id": wished.solution if other else None,
        "role": wished.role.value if named and wished.role else "",
    }


def _require_sound(wished: Wished, basis: Basis) -> None:
    refusal = rules.refusal_of_prerequisite(wished, rollouts_solution=basis.rollout.solution_id)
    if refusal is not None:
        raise CannotChangeBasis(refusal)


def add_prerequisite(*, basis: Basis, wished: Wished, by: Actor, at: datetime) -> BasisPrerequisite:
    """Something more that must be in place. Raises CannotChangeBasis."""
    _require_sound(wished, basis)
    with (
        change("rollouts.basis.prerequisite_added", by=by, at=at) as record,
        _changing(basis, record, by=by, at=at) as change_made,
    ):
        row = change_made.row
        if row.prerequisites.standing().count() >= MAX_PREREQUISITES:
            raise CannotChangeBasis(BasisRefusal.TOO_MANY)
        made = BasisPrerequisite.objects.create(basis=row, **_columns(wished))
        change_made.record(row.rollout, details=_told(made))
    return made


def change_prerequisite(
    *, prerequisite: BasisPrerequisite, wished: Wished, by: Actor, at: datetime
) -> None:
    """What is said of how it stands stays. Raises CannotChangeBasis."""
    _require_sound(wished, prerequisite.basis)
    with (
        change("rollouts.basis.prerequisite_changed", by=by, at=at) as record,
        _changing(prerequisite.basis, record, by=by, at=at) as made,
    ):
        stored = _standing(prerequisite)
        columns = _columns(wished)
        if all(getattr(stored, name) == value for name, value in columns.items()):
            made.nothing()
            return
        was = {
            name: getattr(stored, name)
            for name in ("title", "done_when", "days_before")
            if getattr(stored, name) != columns[name]
        }
        for name, value in columns.items():
            setattr(stored, name, value)
        stored.save()
        made.record(stored.basis.rollout, details={**_told(stored), "was": was})


def remove_prerequisite(*, prerequisite: BasisPrerequisite, by: Actor, at: datetime) -> None:
    """It is not needed after all; what was said of it stays to be read in the history.

    Raises CannotChangeBasis.
    """
    with (
        change("rollouts.basis.prerequisite_removed", by=by, at=at) as record,
        _changing(prerequisite.basis, record, by=by, at=at) as made,
    ):
        stored = _standing(prerequisite)
        stored.removed_at = at
        stored.save(update_fields=["removed_at"])
        made.record(stored.basis.rollout, details=_told(stored))


def _told(row: BasisPrerequisite) -> dict[str, object]:
    return {"name": row.basis.rollout.name, "title": row.title, "prerequisite": row.pk}


def _standing(prerequisite: BasisPrerequisite) -> BasisPrerequisite:
    found = BasisPrerequisite.objects.filter(pk=prerequisite.pk, removed_at=None).first()
    if found is None:
        raise CannotChangeBasis(BasisRefusal.CHANGED_MEANWHILE)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What is said of one prerequisite in a municipality."""

    prerequisite: int
    standing: PrerequisiteStanding
    note: str = ""


def tell(
    *,
    basis: Basis,
    municipality: Municipality,
    told: Collection[Told],
    by: Actor,
    on: date,
    at: datetime,
) -> int:
    """Record how prerequisites stand in a municipality; those said already are left alone.

    How many were new. Raises CannotChangeBasis.
    """
    with change("rollouts.basis.prerequisites_told", by=by, at=at) as record:
        rollout = _locked(basis.rollout)
        rows = {row.pk: row for row in queries.prerequisites_of(basis)}
        newest = {
            word.prerequisite_id: word
            for word in PrerequisiteWord.objects.filter(
                prerequisite__in=rows, municipality=municipality
            )
            .order_by("prerequisite_id", "-recorded_at", "-pk")
            .distinct("prerequisite_id")
        }
        new = []
        for one in told:
            row = rows.get(one.prerequisite)
            if row is None:
                raise CannotChangeBasis(BasisRefusal.CHANGED_MEANWHILE)
            if refusal := rules.refusal_to_tell(PrerequisiteKind(row.kind), one.standing):
                raise CannotChangeBasis(refusal)
            said, note = newest.get(row.pk), one.note.strip()
            if said is not None and (said.standing, said.note) == (one.standing.value, note):
                continue
            new.append(
                PrerequisiteWord(
                    prerequisite=row,
                    municipality=municipality,
                    standing=one.standing.value,
                    note=note,
                    told_on=on,
                    recorded_by_id=by.pk,
                    recorded_as=by.actor_label,
                    recorded_at=at,
                )
            )
        if not new:
            record.nothing_changed()
            return 0
        PrerequisiteWord.objects.bulk_create(new)
        record(
            rollout,
            municipality_id=municipality.pk,
            details={"name": rollout.name, "count": len(new)},
        )
    return len(new)


# --- what every change does ---


def _locked(rollout: Rollout) -> Rollout:
    """The rollout's row is the queue. Raises CannotChangeBasis when it has ended."""
    row = (
        Rollout.objects.select_for_update(of=("self",), no_key=True)
        .select_related("solution", "offer__solution")
        .get(pk=rollout.pk)
    )
    if RolloutState(row.state) in _ENDED:
        raise CannotChangeBasis(BasisRefusal.ROLLOUT_ENDED)
    return row


@dataclass(slots=True)
class _Change:
    """A change under way: its row, and whether it turned out to be none."""

    row: Basis
    record: Recorder
    is_none: bool = False
    # What it was before, for those who are told of it: queries.changes.
    was: dict[str, object] = field(default_factory=dict)

    def nothing(self) -> None:
        self.is_none = True
        self.record.nothing_changed()


@contextmanager
def _changing(
    basis: Basis,
    record: Recorder,
    *,
    by: Actor,
    at: datetime,
    what: str = "",
    seen: int | None = None,
) -> Iterator[_Change]:
    """One change of a basis: its version counts on, and it stays complete once it has to be.

    `seen` None is for what adds or takes out one row of its own, where nobody can be undone.
    """
    rollout = _locked(basis.rollout)
    row = Basis.objects.get(pk=basis.pk)
    if seen is not None and row.version != seen:
        raise CannotChangeBasis(BasisRefusal.CHANGED_MEANWHILE)
    before = queries.missing(rollout)
    made = _Change(row, record)
    yield made
    if made.is_none:
        return
    if seen is not None and not record.used:
        record(rollout, details={"name": rollout.name, "what": what, "was": made.was})
    left_out = [item for item in queries.missing(rollout) if item not in before]
    if left_out and RolloutState(rollout.state) in ENROLLING:
        raise CannotChangeBasis(
            BasisRefusal.WOULD_BE_INCOMPLETE,
            missing=", ".join(str(texts.ITEMS[item]).lower() for item in left_out),
        )
    row.version += 1
    row.changed_by_id, row.changed_at = by.pk, at
    row.save(update_fields=["version", "changed_by", "changed_at"])
