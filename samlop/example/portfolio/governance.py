"""The example's bodies: who sits in them, and the cases that are not about a solution."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from samlop.accounts import texts
from samlop.accounts.models import Membership, Person
from samlop.accounts.rules import Role
from samlop.governance import services
from samlop.governance.imports import bodies
from samlop.governance.models import Body, Case, Member
from samlop.governance.rules import DecisionKind, Function
from samlop.lib.actors import Actor

GROUP: Final = "nasjonal-koordineringsgruppe"
ADVICE: Final = "fpu-e-helse"
DECIDES: Final = "ks"

# Role, function and whom she sits there for; a role nobody holds is left out.
SEATS: Final = (
    (GROUP, Role.PORTFOLIO_OWNER, Function.LEADER, "KS"),
    (GROUP, Role.COORDINATION_GROUP_MEMBER, Function.MEMBER, "Norsk helsenett"),
    (GROUP, Role.CONTACT_PERSON, Function.MEMBER, "Regional gruppe e-helse, Agder"),
    (GROUP, Role.ROLLOUT_LEADER, Function.OBSERVER, "Regional gruppe e-helse, Agder"),
    (ADVICE, Role.COORDINATION_GROUP_MEMBER, Function.LEADER, "Norsk helsenett"),
    (ADVICE, Role.PORTFOLIO_OWNER, Function.SECRETARY, "KS"),
    (DECIDES, Role.PORTFOLIO_OWNER, Function.SECRETARY, "KS"),
)
MADE_UP: Final = "Eksempel: saksnummeret og ordlyden er laget for å vise siden."


@dataclass(frozen=True, slots=True)
class InRole:
    """A person of the example as the history names her: by role."""

    pk: int | None
    actor_label: str

    @classmethod
    def of(cls, role: Role) -> "InRole":
        """The first who has the role, or the role alone where nobody has it."""
        person = holder(role)
        return cls(person.pk if person else None, str(texts.ROLES[role]))


def load(*, by: Actor, on: date) -> int:
    """Seat the example's people and make the cases that are missing; returns how many cases."""
    services.ensure_bodies(bodies.read(), by=by)
    every = {body.slug: body for body in Body.objects.all()}
    since = on - timedelta(days=600)
    for slug, role, function, organisation in SEATS:
        person = holder(role)
        if person is None or Member.objects.filter(body=every[slug], person=person).exists():
            continue
        services.seat(
            body=every[slug],
            person=person,
            function=function,
            organisation=organisation,
            by=by,
            on=since,
        )
    if Case.objects.filter(matter="ordinary").exists():
        return 0
    _cases(every, by=InRole.of(Role.COORDINATION_GROUP_MEMBER), on=on)
    return Case.objects.count()


def holder(role: Role) -> Person | None:
    """The example's first person in a role."""
    held = Membership.objects.filter(role=role.value, person__is_example=True)
    first = held.select_related("person").order_by("pk").first()
    return first.person if first else None


def _cases(every: dict[str, Body], *, by: Actor, on: date) -> None:
    principles = services.open_case(
        body=every["kommit-radet"],
        title="Felles prinsipper for utbredelse og samstyring på e-helseområdet",
        about=(
            "Regionene har arbeidet fram felles prinsipper for hvordan e-helseløsninger spres i "
            "kommunene, og for hvem som samordner arbeidet. Rådet tar stilling til om prinsippene "
            f"skal legges til grunn.\n\n{MADE_UP} Datoen er den virkelige."
        ),
        by=by,
        on=date(2023, 4, 20),
    )
    services.decide(
        case=principles,
        kind=DecisionKind.ENDORSEMENT,
        text="KommIT-rådet slutter seg til prinsippene for utbredelse og samstyring.",
        decided_on=date(2023, 5, 10),
        by=by,
        on=date(2023, 5, 10),
        at=noon(date(2023, 5, 10)),
    )
    announced = services.open_case(
        body=every[GROUP],
        title="Regionalt innføringsløp for DigiHelsestasjon i Agder",
        about=(
            "Regional gruppe e-helse i Agder melder at de planlegger en felles innføring til neste "
            "år. Gruppen skal se om den kan samkjøres med andre løp, og skal ikke godkjenne den."
            f"\n\n{MADE_UP}"
        ),
        recommendation="Meldingen tas til orientering.",
        by=by,
        on=on - timedelta(days=75),
    )
    services.decide(
        case=announced,
        kind=DecisionKind.DECISION,
        text=(
            "Gruppen tar meldingen til orientering. Agder og Rogaland bruker samme opplæring og "
            "samme uke for oppstart."
        ),
        reason="To regioner venter på samme versjon hos leverandøren i samme kvartal.",
        decided_on=on - timedelta(days=61),
        by=by,
        on=on - timedelta(days=61),
        at=noon(on - timedelta(days=61)),
    )
    services.open_case(
        body=every[GROUP],
        title="Felles fremdriftsplan for neste halvår",
        about=(
            "Tre løsninger er ventet i samme kvartal. Gruppen skal ta stilling til rekkefølgen, så "
            f"ingen kommuner får mer enn de har rom for.\n\n{MADE_UP}"
        ),
        recommendation=(
            "Kjernejournal fullføres først. Digihelse pulje 3 flyttes ikke. Velferdsteknologi "
            "venter til arbeidet med erstatningen for knutepunktet er avklart."
        ),
        by=by,
        on=on - timedelta(days=9),
    )


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), tzinfo=UTC)
