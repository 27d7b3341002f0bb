"""How things stand for a municipality, told to whoever holds a link in its invitation."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext

from samlop.rollouts.models import Invitation
from samlop.rollouts.queries import answers, places
from samlop.rollouts.queries.answers import Current
from samlop.rollouts.rules.answers import AnswerState
from samlop.rollouts.rules.rollouts import ENROLLING, RolloutState
from samlop.rollouts.texts import answers as texts
from samlop.rollouts.texts.rollouts import STATES as ROLLOUT_STATES
from samlop.web import formats
from samlop.web.rollouts import locked
from samlop.web.rollouts.answering import why


@dataclass(frozen=True, slots=True)
class Notice:
    """What is told in one box, a sentence for each line."""

    color: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkStanding:
    """`takes` while the rollout takes answers; `answered` while the newest answer stands."""

    notices: tuple[Notice, ...]
    takes: bool
    answered: bool
    # What it answered is asked once more.
    reopened: bool
    # A place is held for the municipality until a day.
    offered: bool


def of(invitation: Invitation, on: date) -> LinkStanding:
    """At most eleven queries, and those of the waiting list for whoever waits."""
    rollout = invitation.rollout
    state = RolloutState(rollout.state)
    said = answers.newest(rollout, invitation.municipality_id)
    notices = []
    if state not in ENROLLING:
        words = str(ROLLOUT_STATES[state])
        if rollout.state_reason:
            words = f"{words}: {rollout.state_reason}"
        notices.append(
            Notice("warning", (words, gettext("Innføringsløpet tar ikke imot svar nå.")))
        )
    notices += _received(invitation)
    offered = False
    if said is not None and said.stands:
        placed, offered = _placed(invitation, said, on)
        sentences = [
            gettext("Dere har svart: %(answer)s.")
            % {
                "answer": gettext("%(answer)s, %(day)s")
                % {"answer": texts.STATES[said.state], "day": formats.long_date(said.given_on)}
            },
            *placed,
        ]
        if state in ENROLLING and on <= invitation.change_until:
            sentences.append(
                gettext("Svaret kan endres til og med %(day)s.")
                % {"day": formats.long_date(invitation.change_until)}
            )
        notices.append(Notice("success", tuple(sentences)))
    elif said is not None:
        notices.append(Notice("info", (reopened_words(str(texts.STATES[said.state])),)))
    if state in ENROLLING:
        notices += _locked(invitation, said, on)
    return LinkStanding(
        notices=tuple(notices),
        takes=state in ENROLLING,
        answered=said is not None and said.stands,
        reopened=said is not None and not said.stands,
        offered=offered,
    )


def _locked(invitation: Invitation, said: Current | None, on: date) -> list[Notice]:
    """Why nobody gets a place yet, for those who have none."""
    if invitation.municipality_id in places.taken(invitation.rollout):
        return []
    found = locked.sentences(invitation.rollout, invitation.cohort_id, said, on)
    return [Notice("warning", found)] if found else []


def reopened_words(state: str) -> str:
    """Why the question is put once more."""
    return gettext(
        "Dere svarte «%(state)s». Grunnen er borte nå, og vi spør denne ene gangen igjen. "
        "Svarer dere ikke, gjelder svaret dere ga."
    ) % {"state": state}


def _received(invitation: Invitation) -> list[Notice]:
    """An answer that came another way, and waits to be confirmed."""
    found = answers.received_by(invitation.municipality_id).get(invitation.rollout_id, ())
    notices = []
    for one in found:
        if one.is_signal:
            continue
        sentences = [
            gettext(
                "Det er registrert at dere svarte «%(state)s» (%(channel)s, mottatt %(day)s, "
                "besluttet av %(who)s)."
            )
            % {
                "state": texts.STATES[one.state],
                "channel": str(texts.CHANNELS[one.channel]).lower(),
                "day": formats.long_date(one.received_on),
                "who": one.decided_by,
            }
        ]
        if one.cohort_name:
            sentences.append(
                gettext("Det holdes av en plass i %(cohort)s.") % {"cohort": one.cohort_name}
            )
        sentences.append(
            gettext("Svaret gjelder først når en med fullmakt hos dere bekrefter det her.")
        )
        notices.append(Notice("warning", tuple(sentences)))
    return notices


def _placed(invitation: Invitation, said: Current, on: date) -> tuple[list[str], bool]:
    """What the answer led to, and whether a place is offered."""
    if said.state is AnswerState.PENDING and said.expected_on is not None:
        day = formats.long_date(said.expected_on)
        return [gettext("Svar ventes %(day)s.") % {"day": day}], False
    if said.state is not AnswerState.YES:
        return [], False
    place = places.taken(invitation.rollout).get(invitation.municipality_id)
    if place is not None:
        words = {"cohort": place.cohort_name, "day": formats.long_date(place.starts_on)}
        return [gettext("Dere har plass i %(cohort)s, med oppstart %(day)s.") % words], False
    for one in places.waiting(invitation.rollout, on):
        if one.municipality == invitation.municipality_id:
            number = gettext("Dere står på venteliste som nummer %(number)s.")
            return [number % {"number": one.number}, *why(one)], one.offer is not None
    return [], False
