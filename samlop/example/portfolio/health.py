"""The example's health-professional assessments: concluded where it is decided, one under way."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from samlop.accounts import services as accounts
from samlop.accounts import texts
from samlop.accounts.models import Person
from samlop.accounts.rules import Role
from samlop.example.portfolio.governance import InRole, holder, noon
from samlop.lib.actors import Actor
from samlop.portfolio.models import HealthAssessment, Offer
from samlop.portfolio.rules.health import Severity, Soundness
from samlop.portfolio.rules.solutions import Area
from samlop.portfolio.services import health as services

# Two who were there when the criteria were new; role names, as for all of the example.
ASSESSORS: Final = (
    ("kommuneoverlege", "Helsefaglig vurderer, lege", "Kommuneoverlege"),
    ("fagsykepleier", "Helsefaglig vurderer, sykepleier", "Fagsykepleier i hjemmetjenesten"),
)
SINCE_DAYS: Final = 500


@dataclass(frozen=True, slots=True)
class Finding:
    severity: Severity
    text: str
    advice: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Begun and concluded so many days before the example's day; not concluded when it is None."""

    slug: str
    areas: tuple[Area, ...]
    begun: int
    concluded: int | None
    answers: tuple[str, ...]
    conclusion: Soundness = Soundness.SOUND
    summary: str = ""
    findings: tuple[Finding, ...] = ()
    # What must be done, and how many days after the conclusion.
    conditions: tuple[tuple[str, int], ...] = ()
    # The first condition was met so many days before the example's day, by this.
    met: tuple[int, str] | None = None


CASES: Final = (
    Case(
        slug="kjernejournal",
        areas=(Area.NURSING_HOME, Area.HOME_CARE),
        begun=385,
        concluded=345,
        answers=(
            "Ja. Oppslaget åpnes fra pasientens journal og tar få sekunder, også på vaktrom.",
            "Ja. Kilden og datoen står ved hver opplysning, så alderen kan vurderes.",
            "At noen stoler på at lista er fullstendig. Teksten på siden sier hva som mangler.",
            "Tjenesten bruker egen journal og ringer, som før. Det er øvd på i utprøvingen.",
            "Ja. Den som registrerer, har ansvaret; den som leser, vurderer det hun leser.",
            "Ja, sykehjem og hjemmetjeneste i tre kommuner av ulik størrelse.",
        ),
        summary=(
            "Nytten er størst ved innleggelse og på natt. Ingen funn hindrer bruk, og faren for "
            "overtro på fullstendighet er møtt med opplæring."
        ),
        findings=(
            Finding(
                Severity.MODERATE,
                "Vikarer mangler ofte tilgang den første vakta.",
                "Ta tilgangen med i sjekklista for nye vikarer.",
            ),
            Finding(
                Severity.LOW,
                "Noen leter etter epikriser de ikke finner.",
                "Vis i opplæringen hva som ikke ligger der.",
            ),
        ),
    ),
    Case(
        slug="digihelsestasjon",
        areas=(Area.CHILD_HEALTH,),
        begun=370,
        concluded=325,
        answers=(
            "Ja. Timer og meldinger følger det helsesykepleierne gjør fra før.",
            "Ja. Løsningen henter fra journalen og lagrer ikke en egen kopi.",
            "At en melding blir liggende. Det varsles etter to virkedager.",
            "Foreldrene ringer, og timelista kan skrives ut om morgenen.",
            "Ja, helsestasjonen svarer for meldingene, også i ferier.",
            "Ja, i en stor og to mindre kommuner.",
        ),
        conclusion=Soundness.ON_CONDITIONS,
        summary=(
            "Trygg i vanlig bruk. Meldinger om vold og overgrep må fanges opp samme dag, og det er "
            "ikke prøvd nok."
        ),
        findings=(
            Finding(
                Severity.SERIOUS,
                "En melding med bekymring for et barn kan bli liggende over en helg.",
                "Vis tydelig hvor man ringer når det haster, og sperr for slike temaer.",
            ),
        ),
        conditions=(
            ("Foreldrene ser hvor de ringer når det haster, før de kan skrive en melding.", 60),
            ("Rutinen for meldinger i ferier er prøvd i to kommuner.", 150),
        ),
        met=(270, "Vises i ny versjon, sett i bruk av vurdererne."),
    ),
    Case(
        slug="digihelse",
        areas=(Area.HOME_CARE,),
        begun=350,
        concluded=310,
        answers=(
            "Ja. Meldingene kommer i journalen, der de ansatte arbeider.",
            "Ja. Avtaler hentes fra besøksplanen og følger endringer i den.",
            "At pårørende tror en melding leses med en gang. Svartiden står ved feltet.",
            "Tjenesten ringer dem som har avtaler samme dag.",
            "Ja. Kommunen svarer for meldingene, og fastlegen ser dem ikke.",
            "Ja, i fire kommuner med tre ulike journalsystemer.",
        ),
        summary="Gir færre telefoner og bedre oversikt, og ingen funn hindrer bruk.",
        findings=(
            Finding(
                Severity.LOW,
                "Noen brukere får hjelp av pårørende til å skrive, uten fullmakt.",
                "Lenk til hvordan man gir fullmakt.",
            ),
        ),
    ),
    Case(
        slug="pasientens-legemiddelliste",
        areas=(Area.NURSING_HOME,),
        begun=45,
        concluded=None,
        answers=(
            "Delvis. Samstemming tar fortsatt lang tid ved innleggelse.",
            "Ja, når fastlegen har oppdatert lista. Det skjer ikke alltid samme dag.",
        ),
        findings=(
            Finding(
                Severity.SERIOUS,
                "Endringer fra sykehuset kan ligge ubehandlet til neste virkedag.",
                "Varsle sykehjemmet når lista er endret utenfra.",
            ),
        ),
    ),
)


def load(*, by: Actor, on: date) -> int:
    """Make the assessments that are missing; returns how many."""
    people = _people(by=by, on=on)
    own = holder(Role.HEALTH_ASSESSOR)
    offers = {
        (offer.solution.slug, offer.area): offer
        for offer in Offer.objects.select_related("solution")
    }
    made = 0
    for case in CASES:
        for area in case.areas:
            offer = offers.get((case.slug, area.value))
            if offer is None or HealthAssessment.objects.filter(offer=offer).exists():
                continue
            # What is under way can be gone on with by the person one signs in as.
            named = [*people, own] if case.concluded is None and own is not None else people
            _make(case, offer, named, by=by, on=on)
            made += 1
    return made


def _people(*, by: Actor, on: date) -> list[Person]:
    since = on - timedelta(days=SINCE_DAYS)
    found = []
    for key, name, title in ASSESSORS:
        email = f"health-assessor-{key}@example.invalid"
        person = Person.objects.filter(email=email).first()
        if person is None:
            person = accounts.add_person(name=name, email=email, phone="", is_example=True, by=by)
            accounts.signed_in(person=person, at=noon(since))
            accounts.grant(person=person, role=Role.HEALTH_ASSESSOR, title=title, by=by, on=since)
        found.append(person)
    return found


def _make(case: Case, offer: Offer, people: list[Person], *, by: Actor, on: date) -> None:
    begun = on - timedelta(days=case.begun)
    row = services.open_assessment(offer=offer, by=by, at=noon(begun))
    for person in people:
        services.name_assessor(assessment=row, person=person, by=by, on=begun)
    writer = InRole(people[0].pk, str(texts.ROLES[Role.HEALTH_ASSESSOR]))
    at = noon(begun + timedelta(days=14))
    for question, text in zip(row.questions.order_by("position"), case.answers, strict=False):
        services.answer(question=question, text=text, seen=0, by=writer, at=at)
    for finding in case.findings:
        services.add_finding(
            assessment=row,
            severity=finding.severity,
            text=finding.text,
            advice=finding.advice,
            by=writer,
            at=at,
        )
    if case.concluded is None:
        return
    done = on - timedelta(days=case.concluded)
    conditions = [
        services.add_condition(
            assessment=row,
            text=text,
            due_by=done + timedelta(days=days),
            by=writer,
            on=done,
            at=noon(done),
        )
        for text, days in case.conditions
    ]
    services.conclude(
        assessment=row,
        conclusion=case.conclusion,
        summary=case.summary,
        by=writer,
        on=done,
        at=noon(done),
    )
    if case.met is not None:
        days, note = case.met
        day = on - timedelta(days=days)
        services.meet_condition(condition=conditions[0], note=note, by=writer, on=day, at=noon(day))
