"""What a person wants on mail."""

from datetime import datetime

from samlop.accounts.models import Person
from samlop.audit.services import change
from samlop.lib.actors import Actor
from samlop.messages import queries
from samlop.messages.models import Choice
from samlop.messages.rules import Group, Wish


def choose(*, person: Person, group: Group, wish: Wish, by: Actor, at: datetime) -> None:
    """From now on the person gets the messages of the group this way."""
    with change("messages.choice.changed", by=by, at=at) as record:
        if queries.wishes(person.pk)[group] is wish:
            record.nothing_changed()
            return
        choice, _ = Choice.objects.update_or_create(
            person=person, group=group.value, defaults={"wish": wish.value}
        )
        record(choice, details={"group": group.value, "wish": wish.value})
