"""The rollouts somebody works in, as «Min side» shows them: how far each is, and what to do."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext, ngettext

from samlop.rollouts.queries import duties
from samlop.rollouts.rules.rollouts import RolloutState
from samlop.rollouts.texts.rollouts import STATES
from samlop.web import formats


@dataclass(frozen=True, slots=True)
class Working:
    """One rollout; the lines say how it stands, the most pressing first."""

    name: str
    address: str
    state: str
    lines: tuple[str, ...]


def rollouts_of(person: int) -> tuple[Working, ...]:
    """Four queries."""
    return tuple(
        Working(
            name=one.name,
            address=reverse(
                "rollouts:show"
                if one.state is RolloutState.PLANNING
                else "rollouts:municipalities",
                args=[one.slug],
            ),
            state=str(STATES[one.state]),
            lines=_lines(one),
        )
        for one in duties.working(person)
    )


def _first_page(state: RolloutState) -> str:
    """A plan's own page says what it lacks; later it is about the municipalities."""
    return "show" if state is RolloutState.PLANNING else "municipalities"


def _lines(one: duties.Working) -> tuple[str, ...]:
    found = []
    if one.to_call:
        found.append(
            ngettext("%(count)d kommune bør ringes.", "%(count)d kommuner bør ringes.", one.to_call)
            % {"count": one.to_call}
        )
    if one.silent and one.due is not None:
        found.append(
            gettext("%(silent)s av %(invited)s inviterte har ikke svart. Svarfrist %(day)s.")
            % {
                "silent": formats.number(one.silent),
                "invited": formats.number(one.invited),
                "day": formats.long_date(one.due),
            }
        )
    elif one.invited:
        found.append(gettext("Alle som er invitert, har svart."))
    if one.places:
        found.append(
            gettext("%(taken)s av %(places)s plasser er tatt")
            % {"taken": formats.number(one.taken), "places": formats.number(one.places)}
            + "."
        )
    return tuple(found)
