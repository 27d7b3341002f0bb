"""People themselves: made, seen for the first time, erased."""

from datetime import datetime

from django.db import IntegrityError

from samlop.accounts import texts
from samlop.accounts.models import Person
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
