"""What stands around the example's invitations: a survey, notes, messages, interest, feedback.

The rollouts are there already. Days are counted from the day the example is loaded; who says what
is made up.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import cycle
from typing import Final

from samlop.accounts import texts as account_texts
from samlop.accounts.models import Person
from samlop.accounts.rules import Role
from samlop.example.people import MUNICIPALITY
from samlop.example.portfolio.governance import InRole, holder
from samlop.lib.actors import Actor
from samlop.lib.reach import Reach
from samlop.messages.models import Message
from samlop.messages.rules import State
from samlop.municipalities.models import Municipality, RegionMembership
from samlop.municipalities.rules.kinds import RegionKind
from samlop.portfolio.models import Solution
from samlop.rollouts.models import Feedback, Interest, Rollout, SurveyAnswer
from samlop.rollouts.queries import table
from samlop.rollouts.rules.answers import Reason
from samlop.rollouts.rules.before import Likely, Obstacle, Stance
from samlop.rollouts.rules.followup import MailingKind, Signal
from samlop.rollouts.rules.table import TableState
from samlop.rollouts.services import followup, interests, surveys
from samlop.rollouts.services.surveys import Said

ROLLOUT: Final = "kjernejournal-de-siste"
ASKED: Final = 12
NOTED: Final = 4

# Of the contact person's own municipalities, all but the last few.
BELIEFS: Final[Sequence[Said]] = (
    Said(obstacle=Obstacle.VENDOR.value, likely=Likely.MAYBE.value, remark="Venter på versjonen."),
    Said(obstacle="", likely=Likely.YES.value),
    Said(
        obstacle=Obstacle.CAPACITY.value,
        likely=Likely.MAYBE.value,
        remark="Har to andre innføringer i vår.",
    ),
    Said(obstacle=Obstacle.ECONOMY.value, likely=Likely.NO.value),
)
NOTES: Final = (
    ("Tas opp i ledermøtet neste uke.", Signal.YES, 7),
    ("Usikre på hvem som skal være lokal koordinator.", Signal.UNSURE, -1),
    ("Venter på budsjettet.", Signal.UNSURE, 21),
)
WISHES: Final = (
    ("digihelse", Stance.INTERESTED, None, ""),
    (
        "digital-hjemmeoppfolging",
        Stance.FITS_BADLY,
        Reason.CAPACITY,
        "Vi har ikke folk til det nå.",
    ),
)


def load(*, by: Actor, on: date) -> int:
    """Add it once, when the rollout is there; returns how many things were said."""
    rollout = Rollout.objects.select_related("solution", "offer__solution").filter(slug=ROLLOUT)
    found, leader = rollout.first(), holder(Role.ROLLOUT_LEADER)
    if found is None or leader is None or Feedback.objects.filter(rollout=found).exists():
        return 0
    before = Message.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    acting = InRole(leader.pk, str(account_texts.ROLES[Role.ROLLOUT_LEADER]))
    made = _survey(found, acting, on) + _notes(found, leader, acting, on) + _wishes(by, on)
    _told(found, acting, on)
    made += _feedback(found, leader, acting, on)
    # They were sent long ago: the example sends nothing when it is loaded.
    left = Message.objects.filter(pk__gt=before, state__in=[State.QUEUED, State.WAITING])
    left.update(state=State.SENT.value, sent_at=_noon(on), next_attempt_at=None)
    return made


def _survey(rollout: Rollout, acting: Actor, on: date) -> int:
    """Asked of everybody; the example's contact person has come some way with hers."""
    asked = on - timedelta(days=ASKED)
    survey = surveys.ask(
        rollout=rollout,
        question="Hva skal til for at kommunene hos dere blir med i denne omgangen?",
        answer_by=on + timedelta(days=9),
        by=acting,
        on=asked,
        at=_noon(asked),
    )
    contact = InRole.of(Role.CONTACT_PERSON)
    own = RegionMembership.objects.valid_on(on).filter(
        kind=RegionKind.EHEALTH_GROUP.value, region__people__person=contact.pk
    )
    rows = SurveyAnswer.objects.filter(
        survey=survey, municipality__in=own.values("municipality")
    ).order_by("municipality_id")
    said = list(rows)[: max(0, rows.count() - 3)]
    surveys.save_all(
        survey=survey,
        rows={row.pk: belief for row, belief in zip(said, cycle(BELIEFS), strict=False)},
        by=contact,
        at=_noon(on - timedelta(days=2)),
    )
    return len(said)


def _notes(rollout: Rollout, leader: Person, acting: Actor, on: date) -> int:
    """After conversations with some of those that have not answered."""
    rows, _ = table.rows(rollout, on, Reach(everywhere=True))
    silent = sorted(
        row.number for row in rows if row.state in (TableState.SILENT, TableState.TO_CALL)
    )
    noted = on - timedelta(days=NOTED)
    pks = {row.number: row.pk for row in rows}
    for number, (text, signal, days) in zip(silent, NOTES, strict=False):
        followup.note(
            rollout=rollout,
            municipality=Municipality.objects.get(pk=pks[number]),
            text=text,
            signal=signal,
            next_contact=on + timedelta(days=days),
            person=leader,
            by=acting,
            on=noted,
            at=_noon(noted),
        )
    return min(len(silent), len(NOTES))


def _wishes(by: Actor, on: date) -> int:
    """The example's municipality says what it thinks of two solutions, uninvited."""
    place = Municipality.objects.filter(codes__number=MUNICIPALITY).first()
    acting = InRole.of(Role.MUNICIPAL_COORDINATOR)
    made = 0
    for slug, stance, reason, text in WISHES:
        solution = Solution.objects.filter(slug=slug).first()
        if place is None or solution is None:
            continue
        if not Interest.objects.filter(solution=solution, municipality=place).exists():
            said = on - timedelta(days=30)
            interests.state(
                solution=solution,
                municipality=place,
                stance=stance,
                reason=reason,
                text=text,
                by=acting if acting.pk else by,
                on=said,
                at=_noon(said),
            )
            made += 1
    return made


def _told(rollout: Rollout, acting: Actor, on: date) -> None:
    """A message to those that are late."""
    rows, _ = table.rows(rollout, on, Reach(everywhere=True))
    silent = [row.pk for row in rows if row.state is TableState.SILENT]
    if not silent:
        return
    sent = on - timedelta(days=6)
    followup.send(
        rollout=rollout,
        kind=MailingKind.MESSAGE,
        subject="Spørretime om {innføringsløp}",
        words=(
            "Til {kommune}\n\nVi holder åpen spørretime på torsdag. Svarfristen deres er "
            "{svarfrist}, og kontaktpersonen i {kontaktperson} hjelper gjerne med saken."
        ),
        municipalities=silent,
        by=acting,
        on=sent,
        at=_noon(sent),
    )


def _feedback(rollout: Rollout, leader: Person, acting: Actor, on: date) -> int:
    """One line that is answered, and one that waits."""
    answered = followup.tell(
        rollout=rollout,
        text="Veilederen for superbrukere mangler på nynorsk.",
        person=leader,
        by=acting,
        on=on - timedelta(days=20),
        at=_noon(on - timedelta(days=20)),
    )
    followup.reply(
        feedback=answered,
        text="Takk. Den kommer sammen med neste versjon.",
        by=InRole.of(Role.PROGRAMME),
        at=_noon(on - timedelta(days=18)),
    )
    followup.tell(
        rollout=rollout,
        text="Flere kommuner spør hvem som bestiller tilgang for vikarer.",
        person=leader,
        by=acting,
        on=on - timedelta(days=3),
        at=_noon(on - timedelta(days=3)),
    )
    return 2


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(11), tzinfo=UTC)
