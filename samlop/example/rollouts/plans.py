"""What the example's rollouts are. Days are counted from the day the example is loaded.

The cases are the report's; who is asked, what anybody answers, hours and words are made up.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from samlop.municipalities.rules.capacity import LocalRole
from samlop.portfolio.rules.solutions import Area
from samlop.rollouts.rules.answers import AnswerState, Reason
from samlop.rollouts.rules.basis import PrerequisiteKind, PrerequisiteOwner
from samlop.rollouts.rules.cohorts import CohortState, StopMeasure
from samlop.rollouts.rules.rollouts import ActorKind, RolloutKind, TargetGroup

MADE_UP: Final = "Eksempel: laget for å vise siden"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cohort:
    """`starts` and `ends` in days; `sent` when it was invited to, if to it alone."""

    name: str
    starts: int
    ends: int
    maximum: int
    product: str = ""
    state: CohortState = CohortState.ENROLLING
    # Who is invited to this cohort alone, and when.
    sent: int | None = None
    invited: int = 0
    # What was measured of it against the stop rule: measure, value and day.
    figures: Sequence[tuple[StopMeasure, int, int]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Needed:
    """A prerequisite that the portfolio does not know of."""

    kind: PrerequisiteKind
    title: str
    done_when: str
    owner: PrerequisiteOwner
    days_before: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """`sent` is when everybody was invited at once; `says` goes round among those invited."""

    slug: str
    name: str
    summary: str
    solution: str
    area: Area
    kind: RolloutKind
    expected: int
    made: int
    opened: int
    starts: int
    ends: int
    cohorts: Sequence[Cohort]
    gains: str
    consequence: str
    needed: Sequence[Needed]
    hours: Sequence[tuple[LocalRole, tuple[int, ...]]]
    steps: Sequence[tuple[int, str]]
    target: TargetGroup = TargetGroup.NOT_INTRODUCED
    needs_nhn: bool = False
    sent: int | None = None
    says: Sequence[AnswerState | None] = ()
    actors: Sequence[tuple[ActorKind, str, str, int]] = ()
    anchored_in: str = ""
    stop_rule: Sequence[tuple[StopMeasure, int, int | None]] = ()


YES, PENDING, LATER = AnswerState.YES, AnswerState.PENDING, AnswerState.LATER
OBSERVE, NO = AnswerState.OBSERVE, AnswerState.NO
# Ten at a time, so that every answer is there also among few.
_FEW_YET: Final = (YES, None, PENDING, LATER, None, YES, OBSERVE, None, YES, NO)
_MANY: Final = (YES, YES, PENDING, YES, None, YES, LATER, YES, NO, OBSERVE)

# In turn, for those that say no or not now; the last ones ask again when the reason is gone.
REASONS: Final = (
    Reason.CAPACITY,
    Reason.ECONOMY,
    Reason.OTHER_PRIORITY,
    Reason.NO_BENEFIT_SEEN,
)
WORDS: Final = {
    Reason.CAPACITY: "Eksempel: to er i permisjon til sommeren.",
    Reason.ECONOMY: "Eksempel: det er ikke satt av penger i år.",
    Reason.OTHER_PRIORITY: "Eksempel: vi bytter journalsystem først.",
    Reason.NO_BENEFIT_SEEN: "Eksempel: få av våre innbyggere har bruk for den.",
    Reason.VENDOR_NOT_READY: "Eksempel: vi venter på versjonen fra leverandøren.",
}

_OWNER, _COORDINATOR = LocalRole.PROJECT_OWNER, LocalRole.COORDINATOR
_SUPER, _IT = LocalRole.SUPER_USER, LocalRole.IT
_TERMS: Final = Needed(
    kind=PrerequisiteKind.NHN_TERMS,
    title="Vilkår hos Norsk helsenett",
    done_when="Kommunen har godtatt bruksvilkårene",
    owner=PrerequisiteOwner.MUNICIPALITY,
    days_before=45,
)
_DECISION: Final = Needed(
    kind=PrerequisiteKind.LOCAL_DECISION,
    title="Beslutning i kommunen",
    done_when="Kommunedirektøren, eller den som har fullmakt, har besluttet at dere er med",
    owner=PrerequisiteOwner.MUNICIPALITY,
    days_before=60,
)
_STEPS: Final = (
    (-8, "Oppstartsmøte for puljen"),
    (-4, "Roller er besatt, og det som må være på plass, er på plass"),
    (0, "Oppstart"),
    (3, "Opplæring av superbrukere"),
    (8, "Alle enheter i gang"),
    (16, "Felles evaluering"),
)

PLANS: Final = (
    Plan(
        slug="kjernejournal-de-siste",
        name="Kjernejournal, de siste kommunene",
        summary=(
            "Sykehjemmene i kommunene som gjenstår, får tilgang til Kjernejournal. "
            "To puljer, så ingen står alene."
        ),
        solution="kjernejournal",
        area=Area.NURSING_HOME,
        kind=RolloutKind.NATION,
        expected=60,
        made=-75,
        opened=-45,
        starts=130,
        ends=430,
        needs_nhn=True,
        cohorts=(
            Cohort(name="Pulje 1", starts=130, ends=260, maximum=14),
            Cohort(name="Pulje 2", starts=270, ends=400, maximum=45),
        ),
        gains=(
            "Legemidler og kritisk informasjon fra fastlege og sykehus er lett å finne når en "
            "beboer blir akutt syk. Færre telefoner for å etterspørre opplysninger."
        ),
        consequence=(
            "Kommunen betaler sin del av driften uansett. Den som ikke er med nå, må innføre "
            "alene senere, uten felles opplæring."
        ),
        needed=(_TERMS, _DECISION),
        hours=(
            (_OWNER, (2, 2, 2)),
            (_COORDINATOR, (6, 8, 8, 4)),
            (_SUPER, (0, 6, 10, 4)),
            (_IT, (4, 4)),
        ),
        steps=_STEPS,
        sent=-30,
        says=_FEW_YET,
        actors=(
            (ActorKind.NHN, "Norsk helsenett", "Har kapasitet til å åpne tilganger", 100),
            (ActorKind.IT_COOPERATION, "IKT-samarbeidene", "Har satt opp innlogging", 115),
        ),
    ),
    Plan(
        slug="digihelsestasjon-agder",
        name="DigiHelsestasjon i Agder",
        summary="Helsestasjonene i Agder som ikke har digital dialog, tar den i bruk sammen.",
        solution="digihelsestasjon",
        area=Area.CHILD_HEALTH,
        kind=RolloutKind.REGION,
        expected=12,
        made=-80,
        opened=-40,
        starts=110,
        ends=330,
        cohorts=(Cohort(name="Agder", starts=110, ends=250, maximum=20),),
        gains="Foreldre ser og flytter timer selv. Færre timer står ubrukt.",
        consequence="Foreldrene ringer som før. Regionen planlegger ingen ny runde før om to år.",
        needed=(_TERMS, _DECISION),
        hours=((_OWNER, (1, 1)), (_COORDINATOR, (5, 6, 4)), (_SUPER, (0, 6, 4))),
        steps=_STEPS,
        sent=-28,
        says=_MANY,
        anchored_in="Helseledernettverket i Agder",
        actors=((ActorKind.GENERAL_PRACTITIONERS, "Fastlegene", "Vet hva foreldrene får se", 90),),
    ),
    Plan(
        slug="velferdsteknologisk-knutepunkt",
        name="Velferdsteknologisk knutepunkt etter journalsystem",
        summary=(
            "Kommuner med det samme journalsystemet kobler seg til sammen. De som venter på "
            "leverandøren sin, ser sin egen linje."
        ),
        solution="velferdsteknologisk-knutepunkt",
        area=Area.HOME_CARE,
        kind=RolloutKind.SHARED,
        expected=24,
        made=-60,
        opened=-30,
        starts=100,
        ends=320,
        needs_nhn=True,
        cohorts=(
            Cohort(
                name="Gerica",
                starts=100,
                ends=240,
                maximum=12,
                product="gerica",
                sent=-22,
                invited=16,
            ),
            Cohort(
                name="Visma Omsorg Profil",
                starts=100,
                ends=240,
                maximum=12,
                product="visma-omsorg-profil",
                sent=-22,
                invited=14,
            ),
        ),
        gains="Varsler og tiltak føres én gang, i journalen.",
        consequence="De ansatte fører det samme to steder til noe annet erstatter knutepunktet.",
        needed=(_TERMS, _DECISION),
        hours=((_OWNER, (2, 2)), (_COORDINATOR, (6, 8, 6)), (_SUPER, (4, 8, 4)), (_IT, (8, 6))),
        steps=_STEPS,
        says=_MANY,
        stop_rule=((StopMeasure.SHARE_IN_USE, 70, 60), (StopMeasure.CRITICAL_FAULTS, 0, None)),
    ),
    Plan(
        slug="digihelse-puljer",
        name="Digihelse i puljer",
        summary="Digital dialog i hjemmetjenesten, pulje for pulje etter en felles fremdriftsplan.",
        solution="digihelse",
        area=Area.HOME_CARE,
        kind=RolloutKind.NATION,
        expected=40,
        made=-285,
        opened=-265,
        starts=-190,
        ends=400,
        cohorts=(
            Cohort(
                name="Pulje 1",
                starts=-190,
                ends=-40,
                maximum=10,
                state=CohortState.FINISHED,
                sent=-260,
                invited=9,
                figures=(
                    (StopMeasure.CRITICAL_FAULTS, 2, -140),
                    (StopMeasure.CRITICAL_FAULTS, 0, -120),
                ),
            ),
            Cohort(
                name="Pulje 2",
                starts=-25,
                ends=120,
                maximum=10,
                state=CohortState.RUNNING,
                sent=-110,
                invited=10,
                # The last one came after the third cohort had been invited, and locks it.
                figures=(
                    (StopMeasure.CRITICAL_FAULTS, 0, -22),
                    (StopMeasure.CRITICAL_FAULTS, 3, -6),
                ),
            ),
            Cohort(name="Pulje 3", starts=140, ends=290, maximum=12, sent=-20, invited=24),
        ),
        gains="Innbyggere og pårørende ser avtaler og skriver meldinger. Færre telefoner.",
        consequence="Kommunen kan bli med i en senere pulje, og betaler det samme da.",
        needed=(
            Needed(
                kind=PrerequisiteKind.KS_AGREEMENT,
                title="Avtale med KS om etablering",
                done_when="Avtalen er signert og sendt til KS",
                owner=PrerequisiteOwner.MUNICIPALITY,
                days_before=60,
            ),
            _TERMS,
        ),
        hours=((_OWNER, (2, 2, 1)), (_COORDINATOR, (8, 8, 6)), (_SUPER, (0, 10, 8)), (_IT, (6,))),
        steps=_STEPS,
        says=_MANY,
        stop_rule=((StopMeasure.CRITICAL_FAULTS, 1, None),),
    ),
)
