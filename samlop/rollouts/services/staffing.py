"""Who works with a rollout, and who else must be ready for a municipality to begin."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from samlop.accounts.models import Person
from samlop.accounts.rules import PeopleRefusal, writing
from samlop.accounts.services import CannotChangePeople, add_person
from samlop.audit.services import change
from samlop.db import locks
from samlop.lib.actors import Actor
from samlop.municipalities.rules.writing import name as tidy_name
from samlop.rollouts.models import Cohort, ContributingActor, Rollout, Worker
from samlop.rollouts.rules.rollouts import ActorKind, WorkFunction, WorkRefusal
from samlop.rollouts.services.plan_refusals import CannotStaff


def add_worker(
    *,
    rollout: Rollout,
    person: Person,
    function: WorkFunction,
    by: Actor,
    on: date,
    at: datetime,
    organisation: str = "",
) -> Worker:
    """The person works in it from the day; a new leader makes the old one a member.

    Raises CannotStaff.
    """
    with change("rollouts.worker.added", by=by, at=at) as record:
        _lock(rollout)
        if not Person.objects.filter(pk=person.pk, erased_at=None).exists():
            raise CannotStaff(WorkRefusal.ERASED)
        working = Worker.objects.filter(rollout=rollout, ended_on=None)
        row = working.filter(person=person).first()
        if row is not None and row.function == function.value:
            raise CannotStaff(WorkRefusal.ALREADY_WORKS)
        if function is WorkFunction.LEADER:
            working.filter(function=WorkFunction.LEADER.value).update(
                function=WorkFunction.MEMBER.value
            )
        elif row is not None:
            raise CannotStaff(WorkRefusal.IS_LEADER)
        if row is not None:
            row.function = function.value
            row.save(update_fields=["function"])
        else:
            row = Worker.objects.create(
                rollout=rollout,
                person=person,
                function=function.value,
                organisation=_line(organisation, 120),
                started_on=on,
            )
        record(row, details={"name": rollout.name, "function": function.value})
    return row


def add_worker_by_email(
    *,
    rollout: Rollout,
    email: str,
    name: str,
    function: WorkFunction,
    by: Actor,
    on: date,
    at: datetime,
    organisation: str = "",
) -> Worker:
    """As `add_worker`; a person with an address we do not know is added, without any role.

    Raises CannotStaff and CannotChangePeople.
    """
    address = writing.email(email)
    if not address:
        raise CannotChangePeople(PeopleRefusal.BAD_EMAIL, text=email.strip())
    if writing.is_shared_mailbox(address):
        raise CannotChangePeople(PeopleRefusal.SHARED_MAILBOX, text=address)
    with change("rollouts.worker.named", by=by, at=at) as record:
        locks.hold(f"accounts.person.{address.casefold()}")
        person = Person.objects.filter(email__iexact=address).first()
        if person is None:
            called = tidy_name(name)
            if called is None:
                raise CannotChangePeople(PeopleRefusal.NO_NAME)
            person = add_person(
                name=called,
                email=address,
                is_example=Person.objects.filter(pk=by.pk or 0, is_example=True).exists(),
                by=by,
            )
        worker = add_worker(
            rollout=rollout,
            person=person,
            function=function,
            organisation=organisation,
            by=by,
            on=on,
            at=at,
        )
        record(worker, details={"name": rollout.name})
    return worker


def end_worker(*, worker: Worker, by: Actor, on: date, at: datetime) -> None:
    """She works there no more, and leads no cohort there. Raises CannotStaff."""
    with change("rollouts.worker.ended", by=by, at=at) as record:
        _lock(worker.rollout)
        row = Worker.objects.select_related("rollout").get(pk=worker.pk)
        if row.ended_on is not None:
            raise CannotStaff(WorkRefusal.WORKS_NO_MORE)
        if row.function == WorkFunction.LEADER.value:
            raise CannotStaff(WorkRefusal.IS_LEADER)
        row.ended_on = max(on, row.started_on)
        row.save(update_fields=["ended_on"])
        Cohort.objects.filter(rollout=row.rollout_id, leader=row.person_id).update(leader=None)
        record(row, details={"name": row.rollout.name, "function": row.function})


# --- contributing actors ---


@dataclass(frozen=True, slots=True, kw_only=True)
class ActorFacts:
    """Who else must be ready, with what, and by when. A contact is a role or a page, no person."""

    kind: ActorKind
    name: str
    must: str
    ready_by: date | None = None
    ready_on: date | None = None
    contact: str = ""


def add_actor(*, rollout: Rollout, facts: ActorFacts, by: Actor, at: datetime) -> ContributingActor:
    """Raises CannotStaff."""
    columns = _columns(facts)
    with change("rollouts.actor.added", by=by, at=at) as record:
        _lock(rollout)
        row = ContributingActor.objects.create(rollout=rollout, **columns)
        record(row, details={"name": rollout.name, "actor": row.name})
    return row


def edit_actor(
    *, actor: ContributingActor, facts: ActorFacts, by: Actor, at: datetime
) -> ContributingActor:
    """Raises CannotStaff."""
    columns = _columns(facts)
    with change("rollouts.actor.changed", by=by, at=at) as record:
        _lock(actor.rollout)
        row = ContributingActor.objects.select_related("rollout").get(pk=actor.pk)
        changed = [field for field, value in columns.items() if getattr(row, field) != value]
        if not changed:
            record.nothing_changed()
            return row
        for field in changed:
            setattr(row, field, columns[field])
        row.save(update_fields=changed)
        record(row, details={"name": row.rollout.name, "actor": row.name, "changed": changed})
    return row


def remove_actor(*, actor: ContributingActor, by: Actor, at: datetime) -> None:
    """It was not needed after all."""
    with change("rollouts.actor.removed", by=by, at=at) as record:
        _lock(actor.rollout)
        row = ContributingActor.objects.filter(pk=actor.pk).first()
        if row is None:
            record.nothing_changed()
            return
        record(actor.rollout, details={"name": actor.rollout.name, "actor": row.name})
        row.delete()


def _columns(facts: ActorFacts) -> dict[str, Any]:
    name, must = _line(facts.name, 160), _line(facts.must, 300)
    if not name:
        raise CannotStaff(WorkRefusal.NO_ACTOR)
    if not must:
        raise CannotStaff(WorkRefusal.NOTHING_TO_DO)
    return {
        "kind": facts.kind.value,
        "name": name,
        "must": must,
        "ready_by": facts.ready_by,
        "ready_on": facts.ready_on,
        "contact_words": _line(facts.contact, 160),
    }


def _lock(rollout: Rollout) -> None:
    Rollout.objects.select_for_update(no_key=True).get(pk=rollout.pk)


def _line(text: str, longest: int) -> str:
    return " ".join(text.replace("\0", "").split())[:longest].rstrip()
