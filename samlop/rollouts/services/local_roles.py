"""Who does what in a municipality, and handing it over when somebody leaves."""

from datetime import date

from samlop.accounts.models import Membership, Person
from samlop.audit.services import change
from samlop.db import locks
from samlop.lib.actors import Actor
from samlop.lib.errors import Refused
from samlop.municipalities.models import Municipality
from samlop.municipalities.rules.capacity import LocalRole
from samlop.portfolio.models import Solution
from samlop.rollouts.models import RoleHolder
from samlop.rollouts.rules import help as rules
from samlop.rollouts.rules.help import LocalRoleRefusal
from samlop.rollouts.texts import help as texts


class CannotGiveLocalRole(Refused):
    """A rule says no to a local role or to handing it over; nothing was saved."""

    def __init__(self, refusal: LocalRoleRefusal) -> None:
        super().__init__(str(texts.LOCAL_ROLE_REFUSALS[refusal]))
        self.refusal = refusal


def give(
    *,
    municipality: Municipality,
    solution: Solution,
    role: LocalRole,
    person: Person,
    reason: str = "",
    by: Actor,
    on: date,
) -> RoleHolder:
    """The person has the role from now on, instead of whoever did. Raises CannotGiveLocalRole."""
    with change("rollouts.local_role.given", by=by) as record:
        _queue(municipality)
        _require_here(municipality, person, on)
        held = {
            LocalRole(row.role): row
            for row in RoleHolder.objects.filter(
                municipality=municipality, solution=solution, ended_on=None
            )
        }
        before = held.get(role)
        if before is not None and before.person_id == person.pk:
            record.nothing_changed()
            return before
        after = {code: row.person_id for code, row in held.items()} | {role: person.pk}
        if rules.owner_leads(after) and not reason.strip():
            raise CannotGiveLocalRole(LocalRoleRefusal.OWNER_LEADS)
        new = _replaced(
            before, person, municipality=municipality, solution=solution, role=role, on=on
        )
        new.reason = reason.strip()
        new.save(update_fields=["reason"])
        record(
            new,
            municipality_id=municipality.pk,
            details={"role": role.value, "solution": solution.name},
        )
    return new


def end(*, holder: RoleHolder, by: Actor, on: date) -> None:
    """Nobody has the role any longer. Raises CannotGiveLocalRole."""
    with change("rollouts.local_role.ended", by=by) as record:
        row = RoleHolder.objects.select_for_update().select_related("solution").get(pk=holder.pk)
        if row.ended_on is not None:
            raise CannotGiveLocalRole(LocalRoleRefusal.ENDED)
        row.ended_on = max(on, row.started_on)
        row.save(update_fields=["ended_on"])
        record(
            row,
            municipality_id=row.municipality_id,
            details={"role": row.role, "solution": row.solution.name},
        )


def hand_over(
    *, municipality: Municipality, leaver: Person, to: Person, by: Actor, on: date
) -> tuple[RoleHolder, ...]:
    """Everything one person does here is done by another. Raises CannotGiveLocalRole."""
    if leaver.pk == to.pk:
        raise CannotGiveLocalRole(LocalRoleRefusal.SAME_PERSON)
    with change("rollouts.local_role.handed_over", by=by) as record:
        _queue(municipality)
        _require_here(municipality, to, on)
        rows = list(
            RoleHolder.objects.filter(municipality=municipality, person=leaver, ended_on=None)
            .select_related("solution")
            .order_by("pk")
        )
        if not rows:
            raise CannotGiveLocalRole(LocalRoleRefusal.NOTHING_TO_HAND_OVER)
        new = tuple(
            _replaced(
                row,
                to,
                municipality=municipality,
                solution=row.solution,
                role=LocalRole(row.role),
                on=on,
            )
            for row in rows
        )
        record(new[0], municipality_id=municipality.pk, details={"count": len(new)})
    return new


def _replaced(
    before: RoleHolder | None,
    person: Person,
    *,
    municipality: Municipality,
    solution: Solution,
    role: LocalRole,
    on: date,
) -> RoleHolder:
    """The old one ends before the new one begins: there is one at a time."""
    if before is not None:
        before.ended_on = max(on, before.started_on)
        before.save(update_fields=["ended_on"])
    new = RoleHolder.objects.create(
        municipality=municipality,
        solution=solution,
        role=role.value,
        person=person,
        reason=before.reason if before is not None else "",
        started_on=on,
    )
    if before is not None:
        before.handed_to = new
        before.save(update_fields=["handed_to"])
    return new


def _queue(municipality: Municipality) -> None:
    # Two who give the same role at once come one after the other.
    locks.hold(f"rollouts.local_roles.{municipality.pk}")


def _require_here(municipality: Municipality, person: Person, on: date) -> None:
    here = Membership.objects.valid_on(on).filter(
        municipality=municipality, person=person, person__is_active=True
    )
    if not here.exists():
        raise CannotGiveLocalRole(LocalRoleRefusal.NOT_HERE)
