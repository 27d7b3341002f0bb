"""People themselves: made, seen for the first time, erased."""

from datetime import date, datetime

from django.db import IntegrityError, models

from samlop.accounts import queries, texts
from samlop.accounts.models import Membership, Person
from samlop.accounts.rules import PeopleRefusal, Role
from samlop.accounts.services import ending
from samlop.accounts.services.refusals import CannotChangePeople
from samlop.audit.services import change
from samlop.lib.actors import Actor
from samlop.lib.errors import Refused


class EmailTaken(Refused):
    def __init__(self) -> None:
        super().__init__(str(texts.EMAIL_TAKEN))


def add_person(
    *,
    name: str,
    email: str | None,
    by: Actor,
    phone: str = "",
    password: str | None = None,
    is_example: bool = False,
) -> Person:
    """A new person; without a password she cannot sign in by one. Raises EmailTaken."""
    person = Person(name=name, email=email or None, phone=phone, is_example=is_example)
    person.set_password(password)
    try:
        with change("accounts.person.added", by=by) as record:
            person.save()
            record(person)
    except IntegrityError as error:
        raise EmailTaken from error
    return person


def signed_in(*, person: Person, at: datetime) -> bool:
    """Remember the first time she came; True when this was it. To be called at every sign-in."""
    with change("accounts.person.came", by=person, at=at) as record:
        first = Person.objects.filter(pk=person.pk, first_signed_in_at=None).update(
            first_signed_in_at=at
        )
        if not first:
            record.nothing_changed()
            return False
        person.first_signed_in_at = at
        record(person)
    return True


def erase(*, person: Person, by: Actor, on: date, at: datetime) -> None:
    """Blank name, mail and phone, end every role, and take away what signs her in.

    It is a right: the last coordinator is not held back, her region's follow-up is noted.
    Raises CannotChangePeople for the last administrator.
    """
    with change("accounts.person.erased", by=by, at=at) as record:
        rows = list(
            Membership.objects.filter(person=person).not_ended_on(on).order_by("role", "pk")
        )
        for row in rows:
            ending.hold_place(row)
        kept = Person.objects.select_for_update().get(pk=person.pk)
        if kept.erased_at is not None:
            raise CannotChangePeople(PeopleRefusal.ERASED)
        for row in rows:
            last = queries.leaves_empty(row, on=on)
            if last and row.role == Role.ADMINISTRATOR.value:
                raise CannotChangePeople(PeopleRefusal.LAST_ADMINISTRATOR)
            ending.end_row(
                row, on=on, taken_over_by=queries.follows_up(row, on=on) if last else None
            )
        kept.name, kept.email, kept.phone, kept.language = "", None, "", ""
        kept.set_unusable_password()
        kept.last_login, kept.is_active, kept.erased_at = None, False, at
        kept.save()
        # What hangs on her by CASCADE is hers alone: addresses, passkeys, choices.
        for relation in Person._meta.related_objects:
            if relation.on_delete is models.CASCADE:
                mine = {relation.field.name: kept}
                models.QuerySet(relation.related_model).filter(**mine).delete()
        record(kept)
    person.refresh_from_db()
