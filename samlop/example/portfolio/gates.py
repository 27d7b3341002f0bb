"""The example's decisions on «klar til bruk»: yes, yes on conditions, an exception, and one open.

What the body says is made up to show the pages; nobody has decided it.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from samlop.accounts.rules import Role
from samlop.example.portfolio.governance import ADVICE, InRole, noon
from samlop.governance import services as governance
from samlop.governance.models import Body, Case
from samlop.governance.rules import DecisionKind
from samlop.lib.actors import Actor
from samlop.portfolio.models import GateCase, Offer
from samlop.portfolio.queries import dossiers
from samlop.portfolio.rules.gates import GateOutcome
from samlop.portfolio.rules.solutions import Area
from samlop.portfolio.services import gates as services
from samlop.portfolio.services.gates import ConditionWish

ADVISED_BEFORE: Final = timedelta(days=18)
OPENED_BEFORE: Final = timedelta(days=9)


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """A case, its advice, and what came of it `ago` days before the example's day."""

    slug: str
    areas: tuple[Area, ...]
    ago: int
    advice: str
    recommendation: str
    # Nothing when the case is not decided yet.
    outcome: GateOutcome | None = None
    reason: str = ""
    # What must be done, and how many days after the decision.
    conditions: tuple[tuple[str, int], ...] = ()


MATTERS: Final = (
    Matter(
        slug="kjernejournal",
        areas=(Area.NURSING_HOME, Area.HOME_CARE),
        ago=320,
        advice="FPU e-helse rår KS til å beslutte at Kjernejournal er klar til bruk.",
        recommendation="Kjernejournal er klar til bruk på sykehjem og i hjemmetjenesten.",
        outcome=GateOutcome.PASSED,
        reason=(
            "Kjernejournal var i nasjonal innføring da kriteriene kom, og er vurdert i ettertid. "
            "Alle må-kriterier er oppfylt, kommuner av ulik størrelse har brukt den i flere år, og "
            "helsepersonell utenfor prosjektet finner den forsvarlig."
        ),
    ),
    Matter(
        slug="digihelsestasjon",
        areas=(Area.CHILD_HEALTH,),
        ago=300,
        advice="FPU e-helse rår til ja, med vilkår om meldinger som haster.",
        recommendation="DigiHelsestasjon er klar til bruk på vilkår.",
        outcome=GateOutcome.ON_CONDITIONS,
        reason=(
            "Løsningen er i bruk i mange kommuner og gir færre ubrukte timer. De helsefaglige "
            "vurdererne peker på meldinger som haster, og prisen for neste versjon er ikke avtalt "
            "med alle. Begge deler følges opp som vilkår."
        ),
        conditions=(("Prisen for neste versjon er avtalt med alle leverandørene.", 90),),
    ),
    Matter(
        slug="digihelse",
        areas=(Area.HOME_CARE,),
        ago=290,
        advice="FPU e-helse rår KS til å beslutte at Digihelse er klar til bruk.",
        recommendation="Digihelse er klar til bruk i hjemmetjenesten.",
        outcome=GateOutcome.PASSED,
        reason=(
            "To puljer er gjennomført, gevinstene er målt i fire kommuner, og kostnaden for hver "
            "kommune er kjent før den svarer."
        ),
    ),
    Matter(
        slug="digital-hjemmeoppfolging",
        areas=(Area.HOME_CARE,),
        ago=20,
        advice="FPU e-helse er delt. Flertallet rår til et unntak ut året for dem som er i gang.",
        recommendation="Unntak for kommuner som alt er med i et prosjekt.",
        outcome=GateOutcome.EXCEPTION,
        reason=(
            "Kommunene som er i gang, mister kompetanse hvis de må vente på at vurderingen blir "
            "ferdig. De som inviteres, må vite at forvaltningen ikke er avklart, og at den "
            "helsefaglige vurderingen ikke er gjort."
        ),
    ),
    Matter(
        slug="velferdsteknologisk-knutepunkt",
        areas=(Area.HOME_CARE,),
        ago=70,
        advice="FPU e-helse rår til et unntak for kommuner som har et system som er klart.",
        recommendation="Unntak til tjenestene som skal erstatte knutepunktet, er på plass.",
        outcome=GateOutcome.EXCEPTION,
        reason=(
            "Knutepunktet skal erstattes. Kommuner med et journalsystem som alt støtter det, har "
            "nytte av det til da. De som inviteres, må vite at det ikke skal utvikles videre."
        ),
    ),
    Matter(
        slug="pasientens-legemiddelliste",
        areas=(Area.NURSING_HOME,),
        ago=-12,
        advice="FPU e-helse rår KS til å vente til den helsefaglige vurderingen er avsluttet.",
        recommendation="Saken tas opp når vurderingen er ferdig.",
    ),
)


def load(*, by: Actor, on: date) -> int:
    """Make the cases and decisions that are missing; returns how many."""
    owner = InRole.of(Role.PORTFOLIO_OWNER)
    offers = {
        (offer.solution.slug, offer.area): offer
        for offer in Offer.objects.select_related("solution")
    }
    made = 0
    # The oldest first, so that the numbers of the cases follow the calendar.
    for matter in sorted(MATTERS, key=lambda one: -one.ago):
        for area in matter.areas:
            offer = offers.get((matter.slug, area.value))
            if offer is None or GateCase.objects.filter(offer=offer).exists():
                continue
            _make(matter, offer, by=owner, on=on)
            made += 1
    return made


def _make(matter: Matter, offer: Offer, *, by: Actor, on: date) -> None:
    day = on - timedelta(days=matter.ago)
    opened = day - OPENED_BEFORE if matter.outcome else on - timedelta(days=7)
    case = services.open_case(
        offer=offer,
        recommendation=matter.recommendation,
        builds_on=_advice(matter, offer, opened, by=by),
        by=by,
        on=opened,
        at=noon(opened),
    )
    if matter.outcome is None:
        return
    services.decide(
        case=case,
        outcome=matter.outcome,
        reason=matter.reason,
        decided_on=day,
        conditions=[
            ConditionWish(text, day + timedelta(days=days)) for text, days in matter.conditions
        ],
        seen=dossiers.dossier_of(offer, on=day).fingerprint,
        by=by,
        on=day,
        at=noon(day),
    )


def _advice(matter: Matter, offer: Offer, before: date, *, by: Actor) -> Case:
    """One case of advice for all areas of a solution."""
    body = Body.objects.get(slug=ADVICE)
    title = f"{offer.solution.name}: råd til KS om klar til bruk"
    known = Case.objects.filter(body=body, title=title).first()
    if known is not None:
        return known
    day = before - (ADVISED_BEFORE - OPENED_BEFORE)
    case = governance.open_case(
        body=body,
        title=title,
        about=(
            "Utvalget skal gi KS råd om løsningen er klar til bruk i kommunene, på grunnlag av "
            "programmets egen vurdering.\n\nEksempel: saken er laget for å vise siden."
        ),
        by=by,
        on=day - timedelta(days=14),
    )
    governance.decide(
        case=case,
        kind=DecisionKind.ADVICE,
        text=matter.advice,
        decided_on=day,
        by=by,
        on=day,
        at=noon(day),
    )
    return case
