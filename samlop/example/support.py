"""Help, local roles and a meeting in the example's municipality and its region."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from samlop.accounts.models import Membership, Person
from samlop.accounts.rules import Role
from samlop.accounts.texts import ROLES
from samlop.example.people import MUNICIPALITY, SOLUTION
from samlop.lib.actors import Actor
from samlop.municipalities.models import Municipality, MunicipalityCode, Region
from samlop.municipalities.rules.capacity import LocalRole
from samlop.portfolio.models import Solution
from samlop.rollouts.models import HelpRequest
from samlop.rollouts.rules.help import Urgency
from samlop.rollouts.rules.meetings import Audience, MeetingBlock, MeetingKind
from samlop.rollouts.services import help as helping
from samlop.rollouts.services import local_roles, meetings
from samlop.rollouts.services.meetings import Chosen


@dataclass(frozen=True, slots=True)
class _In:
    """One of the example's people, in her role."""

    person: Person
    role: Role

    @property
    def pk(self) -> int | None:
        return self.person.pk

    @property
    def actor_label(self) -> str:
        return str(ROLES[self.role])


def load(*, by: Actor, on: date) -> int:
    """Once; returns how many things were made."""
    if HelpRequest.objects.exists():
        return 0
    code = MunicipalityCode.objects.valid_on(on).select_related("municipality")
    municipality = code.get(number=MUNICIPALITY).municipality
    contact = Membership.objects.select_related("person", "region").get(
        role=Role.CONTACT_PERSON.value
    )
    solution = Solution.objects.get(slug=SOLUTION)
    if contact.region is None:
        return 0
    _help(municipality, solution, contact.person, on=on)
    _roles(municipality, solution, by=by, on=on)
    _meeting(contact.region, contact.person, by=by, on=on)
    return 5


def _person(municipality: Municipality, role: Role) -> Person:
    held = Membership.objects.select_related("person")
    return held.get(municipality=municipality, role=role.value).person


def _at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), tzinfo=UTC)


def _help(municipality: Municipality, solution: Solution, contact: Person, *, on: date) -> None:
    """One answered and closed, and one from yesterday."""
    asker = _person(municipality, Role.PROJECT_LEADER)
    asks = _In(asker, Role.PROJECT_LEADER)
    answers = _In(contact, Role.CONTACT_PERSON)
    before, yesterday = on - timedelta(days=20), on - timedelta(days=1)
    first = helping.ask(
        municipality=municipality,
        solution=solution,
        what="Hvor finner vi opplæringen for nattevaktene? Lenken i mappa virker ikke.",
        urgency=Urgency.THIS_WEEK,
        person=asker,
        by=asks,
        on=on,
        at=_at(before, 9),
    )
    helping.reply(
        request=first,
        text="Den ligger under Materiell på løsningens side. Jeg har rettet lenken.",
        from_region=True,
        person=contact,
        by=answers,
        on=on,
        at=_at(before, 13),
    )
    helping.close(request=first, by=asks, at=_at(before + timedelta(days=1), 8))
    helping.ask(
        municipality=municipality,
        solution=solution,
        what="Vi får ikke svar fra leverandøren om når ny versjon kan installeres hos oss.",
        urgency=Urgency.STUCK,
        person=asker,
        by=asks,
        on=on,
        at=_at(yesterday, 10),
    )


def _roles(municipality: Municipality, solution: Solution, *, by: Actor, on: date) -> None:
    for role, held in (
        (LocalRole.PROJECT_OWNER, Role.DECISION_MAKER),
        (LocalRole.COORDINATOR, Role.MUNICIPAL_COORDINATOR),
    ):
        local_roles.give(
            municipality=municipality,
            solution=solution,
            role=role,
            person=_person(municipality, held),
            by=by,
            on=on,
        )


def _meeting(region: Region, contact: Person, *, by: Actor, on: date) -> None:
    """The steering group met ten days ago."""
    held_on = on - timedelta(days=10)
    paper = meetings.prepare(
        region=region,
        chosen=Chosen(
            kind=MeetingKind.STEERING_GROUP,
            held_on=held_on,
            since=held_on - timedelta(days=90),
            blocks=tuple(MeetingBlock),
            audience=Audience.MEETING,
            own_text="Fullmakt til å si ja på vegne av flere er tema neste gang.",
        ),
        person=contact,
        by=by,
        at=_at(held_on - timedelta(days=3), 9),
    )
    meetings.taken_up(paper=paper, rollouts=(), minutes="", by=by, on=on, at=_at(held_on, 15))
