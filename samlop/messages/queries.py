"""What people have chosen, and what is in the outbox."""

from collections.abc import Collection, Mapping

from django.db.models import Count

from samlop.messages.models import Choice, Message
from samlop.messages.rules import CHOSEN, Group, State, Wish, wish_for


def chosen(person_id: int) -> dict[Group, Wish]:
    """What the person has chosen herself. One query."""
    rows = Choice.objects.filter(person=person_id).values_list("group", "wish")
    return {Group(group): Wish(wish) for group, wish in rows}


def chosen_by(people: Collection[int]) -> dict[int, dict[Group, Wish]]:
    """The same of several people. One query."""
    found: dict[int, dict[Group, Wish]] = {}
    for person, group, wish in Choice.objects.filter(person__in=people).values_list(
        "person_id", "group", "wish"
    ):
        found.setdefault(person, {})[Group(group)] = Wish(wish)
    return found


def wishes(person_id: int) -> dict[Group, Wish]:
    """How the person gets what can be chosen, by own choice or as usual. One query."""
    own = chosen(person_id)
    return {group: wish_for(group, own) for group in CHOSEN}


def count_by_state() -> Mapping[State, int]:
    """How many messages are in each state. One query."""
    rows = Message.objects.values("state").annotate(count=Count("pk")).order_by()
    found = {State(row["state"]): row["count"] for row in rows}
    return {state: found.get(state, 0) for state in State}
