"""The eight solutions of the example, with the phases each has been through.

Facts are those of the report of 16 February 2024 and of public pages, each with its source. A
day that is not known is the first of its year or month, and the reason says so; what is made up
to show a page says «Eksempel».
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from samlop.lib.actors import Actor
from samlop.municipalities.models import MunicipalityCode
from samlop.portfolio.models import Offer, Solution
from samlop.portfolio.rules.solutions import Area, Phase, Sector, SolutionKind
from samlop.portfolio.services import phases, surroundings
from samlop.portfolio.services import solutions as services
from samlop.portfolio.services.solutions import Facts

REPORT: Final = "Sluttrapport felles innføringsløp e-helse, 16.02.2024, kap. 4.3"
MADE_UP: Final = "Eksempel: dato satt for å vise fasen"
ONLY_YEAR: Final = "Bare året er kjent."

CARE: Final = (Area.NURSING_HOME, Area.HOME_CARE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A phase in some of the solution's areas from a day on."""

    areas: tuple[Area, ...]
    phase: Phase
    since: date
    reason: str = ""
    source: str = ""
    successor: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """Municipalities by the number they have now."""

    areas: tuple[Area, ...]
    numbers: tuple[str, ...]
    since: date
    until: date | None = None
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    slug: str
    facts: Facts
    areas: tuple[Area, ...]
    steps: tuple[Step, ...]
    trials: tuple[Trial, ...] = ()
    links: tuple[tuple[str, str], ...] = ()


_MONITOR = (
    "https://www.ehelse.no/strategi/e-helsemonitor/aktiv-medvirkning-i-egen-og-"
    "n%C3%A6res-helse/kjernejournal"
)
_KS_RECORD = (
    "https://www.ks.no/fagomrader/digitalisering/felleslosninger/"
    "digitalisering-i-helse-og-omsorgsektoren-e-helse/kommuner-tar-i-bruk-kjernejournal/"
)

RECORD: Final = Case(
    slug="kjernejournal",
    areas=(Area.NURSING_HOME, Area.HOME_CARE, Area.EMERGENCY_CARE, Area.GENERAL_PRACTICE),
    facts=Facts(
        name="Kjernejournal",
        short_name="KJ",
        kind=SolutionKind.NATIONAL,
        summary=(
            "Helsepersonell slår opp de viktigste helseopplysningene om en pasient, på tvers av "
            "virksomheter. Kommunene tar den i bruk på sykehjem og i hjemmetjenesten."
        ),
        description=(
            "Legevakter og fastleger har hatt tilgang i flere år. I kommunal pleie og omsorg ble "
            "den tatt i bruk fra slutten av 2019.\n\n"
            "Journalsystemet må støtte innlogging med HelseID, og kommunen må ha tatt stilling "
            "til hvem som skal ha tilgang. Andre nasjonale løsninger bygger på at "
            "Kjernejournal er i bruk, først og fremst Pasientens legemiddelliste."
        ),
        owner="Helsedirektoratet",
        programme="Norsk helsenett, utbredelse av Kjernejournal",
        maintainer="Norsk helsenett SF",
        audience="Sykepleiere og leger på sykehjem og i hjemmetjenesten, legevakt, fastleger",
        sectors=(Sector.HEALTH,),
    ),
    steps=(
        Step(
            areas=(Area.EMERGENCY_CARE,),
            phase=Phase.OPERATION,
            since=date(2017, 1, 1),
            reason=f"{ONLY_YEAR} Legevaktene har hatt tilgang siden 2017.",
            source=_MONITOR,
        ),
        Step(
            areas=(Area.GENERAL_PRACTICE,),
            phase=Phase.OPERATION,
            since=date(2021, 1, 1),
            reason=f"{ONLY_YEAR} Nesten alle fastleger har hatt tilgang siden 2021.",
            source=_MONITOR,
        ),
        Step(
            areas=(Area.NURSING_HOME,),
            phase=Phase.UNDER_TRIAL,
            since=date(2019, 12, 1),
            reason="Det første sykehjemmet tok den i bruk. Bare måneden er kjent.",
            source=_MONITOR,
        ),
        Step(
            areas=(Area.HOME_CARE,),
            phase=Phase.UNDER_TRIAL,
            since=date(2020, 1, 1),
            reason=f"{ONLY_YEAR} De første kommunene kom i gang rundt 2020.",
            source=_KS_RECORD,
        ),
        Step(
            areas=CARE,
            phase=Phase.READY_FOR_USE,
            since=date(2024, 2, 16),
            reason=(
                "Rapporten regner den blant løsningene som er klare til bruk. "
                "263 av 356 kommuner hadde innført den teknisk."
            ),
            source=REPORT,
        ),
        Step(
            areas=CARE,
            phase=Phase.NATIONAL_ROLLOUT,
            since=date(2024, 4, 15),
            reason="Felles innføring for kommunene som gjensto, prøves ut i 2024.",
            source="KS, oppdragsbrev vedlegg 1, 15.04.2024",
        ),
    ),
    trials=(
        Trial(
            areas=(Area.NURSING_HOME,),
            numbers=("4203", "3101", "3441", "3405", "3439", "3440"),
            since=date(2020, 1, 1),
            until=date(2024, 2, 16),
            source=f"{_KS_RECORD} (udatert, rundt 2020)",
        ),
    ),
    links=(
        ("Utbredelse og bruk i e-helsemonitor", _MONITOR),
        (
            "Slik kobles journalsystemet til",
            "https://utviklerportal.nhn.no/informasjonstjenester/kjernejournal-portal/"
            "innlogging/innlogging/docs/helseidklientmd/",
        ),
    ),
)

_CHILD_PROJECT = (
    "https://www.digdir.no/medfinansieringsordningen/direktoratet-e-helse-digihelsestasjon/954"
)

CHILD: Final = Case(
    slug="digihelsestasjon",
    areas=(Area.CHILD_HEALTH,),
    facts=Facts(
        name="DigiHelsestasjon",
        kind=SolutionKind.MUNICIPAL_JOINT,
        summary=(
            "Foreldre, ungdom og helsestasjonen sender meldinger og avtaler timer på Helsenorge. "
            "Basisløsningen er rask å innføre og gir nytte fra første dag."
        ),
        description=(
            "Løsningen gjelder både helse- og oppvekstsektoren i kommunen, så begge må stå bak. "
            "Erfaringen er at basisløsningen er enkel å innføre, og at den fort blir brukt: av "
            "166 kommuner som hadde innført den, brukte 160 den aktivt.\n\n"
            "KS har en innføringshåndbok med roller, maler og opplæring, bygd på erfaringer "
            "fra Bergen."
        ),
        owner="KS",
        programme="Samarbeid mellom kommunene, ledet av Oslo kommune",
        maintainer="KS",
        audience="Helsesykepleiere og jordmødre på helsestasjonen, foreldre, ungdom",
        sectors=(Sector.HEALTH, Sector.CHILDHOOD),
    ),
    steps=(
        Step(
            areas=(Area.CHILD_HEALTH,),
            phase=Phase.UNDER_TRIAL,
            since=date(2019, 1, 1),
            reason="Prøvd ut i kommuner med ulike journalsystemer. Datoen er antatt.",
            source=_CHILD_PROJECT,
        ),
        Step(
            areas=(Area.CHILD_HEALTH,),
            phase=Phase.READY_FOR_USE,
            since=date(2022, 12, 1),
            reason="101 kommuner hadde innført den. Siden er udatert; året er antatt.",
            source="https://www.digiung.no/post/digihelsestasjon-brer-seg-nasjonalt",
        ),
        Step(
            areas=(Area.CHILD_HEALTH,),
            phase=Phase.NATIONAL_ROLLOUT,
            since=date(2024, 2, 16),
            reason="166 kommuner hadde innført den, og resten tas regionvis.",
            source=REPORT,
        ),
    ),
    trials=(
        Trial(
            areas=(Area.CHILD_HEALTH,),
            numbers=("0301", "4601", "1103", "1106"),
            since=date(2019, 1, 1),
            until=date(2022, 12, 1),
            source=_CHILD_PROJECT,
        ),
    ),
    links=(
        (
            "Innføringshåndboka til KS",
            "https://www.ks.no/fagomrader/digitalisering/felleslosninger/digihelsestasjon/"
            "digihelsestasjon---innforingshandbok/",
        ),
    ),
)

_HUB = "https://www.nhn.no/tjenester/velferdsteknologisk-knutepunkt/betalingsmodell"
_HUB_AREAS = (Area.HOME_CARE, Area.NURSING_HOME, Area.RESPONSE_SERVICE)

HUB: Final = Case(
    slug="velferdsteknologisk-knutepunkt",
    areas=_HUB_AREAS,
    facts=Facts(
        name="Velferdsteknologisk knutepunkt",
        short_name="VKP",
        kind=SolutionKind.WELFARE_TECHNOLOGY,
        summary=(
            "Flytter opplysninger mellom journalsystemet og velferdsteknologien, så ingen må "
            "føre det samme to ganger. Erstattes av enkeltstående tjenester i løpet av 2026."
        ),
        description=(
            "Hendelser fra medisindispensere, digitalt tilsyn og responssenter kommer rett i "
            "journalen, og velferdsteknologien henter pasient, tjenester og besøksplan derfra.\n\n"
            "Hvem som kan koble seg til, avhenger av leverandørene: både journalsystemet og "
            "velferdsteknologien må støtte knutepunktet. Derfor grupperes kommunene etter "
            "leverandør, responssenter eller felles anskaffelse, ikke etter geografi. Norsk "
            "helsenett setter også en grense for hvor mange som kan kobles til om gangen."
        ),
        owner="Norsk helsenett SF",
        programme="Norsk helsenett, velferdsteknologisk knutepunkt",
        maintainer="Norsk helsenett SF",
        audience="Hjemmetjenesten, sykehjem, responssentre",
        sectors=(Sector.HEALTH,),
    ),
    steps=(
        Step(
            areas=_HUB_AREAS,
            phase=Phase.INTAKE_STOPPED,
            since=date(2022, 6, 1),
            reason=(
                "Overføringen til Norsk helsenett ble stanset: finansieringen var ikke avtalt. "
                "Nye kommuner kunne ikke koble seg til. Bare måneden er kjent."
            ),
            source="https://www.ehelseagder.no/nyheter/vis-artikkel/?artikkelID=32",
        ),
        Step(
            areas=_HUB_AREAS,
            phase=Phase.OPERATION,
            since=date(2022, 10, 31),
            reason="Driften ble flyttet til Norsk helsenett.",
            source=(
                "https://www.ehelse.no/aktuelt/velferdsteknologisk-knutepunkt-overfores-til-"
                "norsk-helsenett"
            ),
        ),
        Step(
            areas=_HUB_AREAS,
            phase=Phase.NATIONAL_ROLLOUT,
            since=date(2023, 1, 1),
            reason=f"{ONLY_YEAR} Åpnet igjen, men bare så fort Norsk helsenett har kapasitet.",
            source=(
                "https://www.ks.no/fagomrader/digitalisering/felleslosninger/"
                "digitalisering-i-helse-og-omsorgsektoren-e-helse/"
                "velferdsteknologisk-knutepunkt-apnes-igjen/"
            ),
        ),
        Step(
            areas=_HUB_AREAS,
            phase=Phase.SUPERSEDED,
            since=date(2026, 1, 1),
            reason=(
                f"{ONLY_YEAR} Norsk helsenett bytter det ut i løpet av 2026. Kommuner som bruker "
                "det, skal over på de nye tjenestene."
            ),
            source=_HUB,
            successor="Enkeltstående API-baserte informasjonstjenester fra Norsk helsenett",
        ),
    ),
    links=(
        (
            "Om knutepunktet",
            "https://www.nhn.no/samhandlingsplattform/velferdsteknologisk-knutepunkt/hva-er-vkp",
        ),
        ("Betalingsmodellen", _HUB),
    ),
)

PROCESS: Final = Case(
    slug="helhetlig-tjenestemodell",
    areas=(Area.HEALTH_AND_CARE,),
    facts=Facts(
        name="Helhetlig tjenestemodell",
        short_name="HTM",
        kind=SolutionKind.JOINT_PROCESS,
        summary=(
            "En felles prosess der kommuner i en region går gjennom oppgaver og ansvar som må på "
            "plass for at velferdsteknologi skal virke i drift."
        ),
        description=(
            "Modellen er ingen løsning og ingen teknologi. Den viser hvilke oppgaver noen må ta, "
            "i kommunen eller sammen med andre: tjenestetildeling, tjenesteyting, drift og "
            "support, og forvaltning.\n\n"
            "Kommunene arbeider hver for seg med modellen, og møtes på samlinger der de lærer "
            "av hverandre. Hva samlingene tar opp, bestemmes av det kommunene strever med."
        ),
        owner="KS",
        programme="Regionale grupper e-helse",
        maintainer="KS",
        audience="Velferdsteknologikoordinatorer og ledere i helse og omsorg",
        sectors=(Sector.HEALTH,),
        process_leader=(
            "E-helseressurs i regionen med erfaring fra innføring av velferdsteknologi"
        ),
        status_survey=(
            "Hvor langt er dere kommet med modellen?\n"
            "Hvordan virker den hos dere i dag?\n"
            "Hvilke deler er krevende?\n"
            "Hvordan er roller og ansvar fordelt?"
        ),
    ),
    steps=(
        Step(
            areas=(Area.HEALTH_AND_CARE,),
            phase=Phase.SIGNED_UP,
            since=date(2025, 1, 15),
            reason="Kartleggingen av status er besvart, og de første kommunene er påmeldt.",
            source=MADE_UP,
        ),
        Step(
            areas=(Area.HEALTH_AND_CARE,),
            phase=Phase.UNDER_WAY,
            since=date(2025, 3, 1),
            reason="Første samling er holdt.",
            source=MADE_UP,
        ),
    ),
    links=(
        (
            "Helhetlig tjenestemodell hos KS",
            "https://www.ks.no/fagomrader/helse-og-omsorg/velferdsteknologi3/"
            "helhetlig-tjenestemodell-for-velferdsteknologi2/",
        ),
    ),
)

_MEDICINES_PLAN = (
    "https://www.helsedirektoratet.no/digitalisering-og-e-helse/pasientens-legemiddelliste/"
    "plan-for-utproving"
)
_MEDICINES_AREAS = (Area.NURSING_HOME, Area.HOME_CARE, Area.GENERAL_PRACTICE)

MEDICINES: Final = Case(
    slug="pasientens-legemiddelliste",
    areas=_MEDICINES_AREAS,
    facts=Facts(
        name="Pasientens legemiddelliste",
        short_name="PLL",
        kind=SolutionKind.NATIONAL,
        summary=(
            "Én felles, oppdatert liste over legemidlene en pasient bruker, for alle som "
            "behandler. Innføres hos fastleger mens kommunal pleie og omsorg fortsatt prøver ut."
        ),
        description=(
            "Før start må legemiddellistene være ryddet og e-resept brukes riktig. "
            "Journalsystemet må støtte både legemiddellisten og HelseID. Arbeidsmåtene endres, "
            "og fastleger og apotek flytter multidose fra papir til elektronisk.\n\n"
            "Kommuner og sykehus innfører samlet i hvert helsefellesskap."
        ),
        owner="Helsedirektoratet",
        programme="Program Pasientens legemiddelliste",
        maintainer="Norsk helsenett SF",
        audience="Fastleger, sykehjemsleger, sykepleiere, apotek",
        sectors=(Sector.HEALTH,),
    ),
    steps=(
        Step(
            areas=_MEDICINES_AREAS,
            phase=Phase.UNDER_TRIAL,
            since=date(2024, 1, 1),
            reason=f"{ONLY_YEAR} Prøves ut i fem helsefellesskap i vest og nord.",
            source=_MEDICINES_PLAN,
        ),
        Step(
            areas=(Area.GENERAL_PRACTICE,),
            phase=Phase.NATIONAL_ROLLOUT,
            since=date(2026, 1, 1),
            reason=(
                f"{ONLY_YEAR} Innføres hos fastleger og sykehus, mens utprøvingen i kommunal "
                "pleie og omsorg fortsetter."
            ),
            source=_MEDICINES_PLAN,
        ),
    ),
    trials=(
        Trial(
            areas=CARE,
            numbers=("4601", "1804", "4614", "5501", "1860"),
            since=date(2024, 1, 1),
            source="Eksempel: kommuner av ulik størrelse i vest og nord",
        ),
    ),
    links=(
        ("Plan for utprøving og innføring", _MEDICINES_PLAN),
        (
            "Forberedelser i kommunen",
            "https://www.helsedirektoratet.no/digitalisering-og-e-helse/"
            "pasientens-legemiddelliste/forberedelser-til-pasientens-legemiddelliste-pll",
        ),
    ),
)

_ROADMAP = (
    "https://www.helsedirektoratet.no/digitalisering-og-e-helse/"
    "veikart-for-nasjonal-e-helsestrategi/kommuner-og-fylkeskommuner"
)
_GETTING_STARTED = (
    "https://www.ks.no/fagomrader/digitalisering/felleslosninger/"
    "meldinger-og-kalender-pa-helsenorge.no-digihelse/hvordan-komme-i-gang/"
)

MESSAGES: Final = Case(
    slug="digihelse",
    areas=(Area.HOME_CARE,),
    facts=Facts(
        name="Digihelse",
        kind=SolutionKind.MUNICIPAL_JOINT,
        summary=(
            "Innbyggere med hjemmetjenester, og deres pårørende, ser avtaler og sender meldinger "
            "til tjenesten på Helsenorge."
        ),
        description=(
            "Innføres i puljer etter en felles plan, der aktiviteter og datoer er like for alle "
            "i puljen. Kommunen inngår avtale med KS og med leverandøren av journalsystemet, er "
            "med i Digifin-ordningen, godtar bruksvilkårene for Helsenorge, og velger selv "
            "hvilke tjenester som kobles på."
        ),
        owner="KS",
        programme="KS, Digihelse",
        maintainer="KS",
        audience="Hjemmetjenesten, innbyggere med hjemmetjenester, pårørende",
        sectors=(Sector.HEALTH,),
    ),
    steps=(
        Step(
            areas=(Area.HOME_CARE,),
            phase=Phase.READY_FOR_USE,
            since=date(2023, 1, 1),
            reason="Kommunene kunne innføre selv etter en håndbok. Datoen er antatt.",
            source=_GETTING_STARTED,
        ),
        Step(
            areas=(Area.HOME_CARE,),
            phase=Phase.NATIONAL_ROLLOUT,
            since=date(2025, 1, 1),
            reason=(
                "Felles innføringsløp i puljer: to er gjennomført, og den tredje starter i januar "
                "2026. Datoen for den første er antatt."
            ),
            source=_ROADMAP,
        ),
    ),
    links=(("Slik kommer kommunen i gang", _GETTING_STARTED),),
)

_SPREAD = (
    "https://www.helsedirektoratet.no/rapporter/"
    "erfaringsrapport-spredning-av-digital-hjemmeoppfolging-2022-2024/"
    "gjennomforing-av-prosjektet/kort-beskrivelse-av-spredningsprosjekt-og-status"
)

FOLLOW_UP: Final = Case(
    slug="digital-hjemmeoppfolging",
    areas=(Area.HOME_CARE,),
    facts=Facts(
        name="Digital hjemmeoppfølging",
        short_name="DHO",
        kind=SolutionKind.HOME_FOLLOW_UP,
        summary=(
            "Pasienter med kronisk sykdom måler og svarer på spørsmål hjemme, og følges opp av "
            "sykepleier i egen kommune eller hos en kommune som gjør det for flere."
        ),
        description=(
            "Erfaringen er at det lønner seg å begynne i det små, se hva som virker, og justere. "
            "Med få pasienter er tjenesten sårbar; derfor går mange kommuner sammen om den. "
            "Spredningen gikk gjennom helsefellesskapene, med én søkerkommune for hvert prosjekt "
            "og noen kommuner som fulgte med for å bli med senere."
        ),
        owner="Helsedirektoratet",
        programme="Spredningsprosjektene i helsefellesskapene",
        maintainer="Helsedirektoratet",
        audience="Sykepleiere i hjemmetjenesten, fastleger, pasienter med kronisk sykdom",
        sectors=(Sector.HEALTH,),
    ),
    steps=(
        Step(
            areas=(Area.HOME_CARE,),
            phase=Phase.UNDER_TRIAL,
            since=date(2018, 1, 1),
            reason=f"{ONLY_YEAR} Nasjonal utprøving 2018–2021 med 735 pasienter.",
            source=(
                "https://www.helsedirektoratet.no/rapporter/"
                "digital-hjemmeoppfolging-sluttrapport-fra-nasjonal-utproving-2018-2021/"
                "bakgrunn-og-oppdrag/grunnlag-for-innhold-i-rapporten"
            ),
        ),
        Step(
            areas=(Area.HOME_CARE,),
            phase=Phase.NATIONAL_ROLLOUT,
            since=date(2022, 9, 1),
            reason="Felles start i helsefellesskapene. Bare måneden er kjent.",
            source=_SPREAD,
        ),
        Step(
            areas=(Area.HOME_CARE,),
            phase=Phase.OPERATION,
            since=date(2025, 1, 1),
            reason=(
                "Spredningsprosjektene ble avsluttet 31.12.2024: 182 kommuner var med, 73 hadde "
                "pasienter, 1 204 i alt."
            ),
            source=_SPREAD,
        ),
    ),
    trials=(
        Trial(
            areas=(Area.HOME_CARE,),
            numbers=("3209",),
            since=date(2018, 6, 1),
            until=date(2021, 6, 1),
            source="Eksempel: perioden er antatt",
        ),
    ),
    links=(("Erfaringsrapporten", _SPREAD),),
)

DISPENSER: Final = Case(
    slug="elektronisk-medisineringsstotte",
    areas=(Area.HOME_CARE,),
    facts=Facts(
        name="Elektronisk medisineringsstøtte",
        short_name="EMS",
        kind=SolutionKind.WELFARE_TECHNOLOGY,
        summary=(
            "En medisindispenser hjemme hos brukeren minner om riktig medisin til riktig tid, og "
            "varsler når den ikke blir tatt."
        ),
        description=(
            "Kommunene anskaffer dispenserne selv, ofte sammen. Derfor passer det å innføre "
            "regionvis, med kommunene som er med i samme anskaffelse.\n\n"
            "Hjemmetjenesten sparer besøk, men må ha noen som svarer på varsler, legger i "
            "medisin og følger med på utstyret."
        ),
        owner="Kommunene",
        programme="Nasjonalt velferdsteknologiprogram",
        maintainer="Helsedirektoratet",
        audience="Hjemmetjenesten, responssentre, brukere hjemme og deres pårørende",
        sectors=(Sector.HEALTH,),
    ),
    steps=(
        Step(
            areas=(Area.HOME_CARE,),
            phase=Phase.UNDER_TRIAL,
            since=date(2019, 1, 1),
            source=MADE_UP,
        ),
        Step(
            areas=(Area.HOME_CARE,),
            phase=Phase.READY_FOR_USE,
            since=date(2023, 1, 1),
            reason="Flere dispensere er til salgs, og gevinsten er vist i mange kommuner.",
            source=MADE_UP,
        ),
    ),
)

CASES: Final = (RECORD, CHILD, HUB, PROCESS, MEDICINES, MESSAGES, FOLLOW_UP, DISPENSER)
# What must be in use first, and what of it.
REQUIRES: Final = (
    (
        "pasientens-legemiddelliste",
        "kjernejournal",
        "Må være i bruk i samme tjeneste før start.",
    ),
)


def load(*, by: Actor, on: date) -> int:
    """Make the solutions that are missing, with what had happened by the day; returns how many."""
    missing = [case for case in CASES if not Solution.objects.filter(slug=case.slug).exists()]
    for case in missing:
        _make(case, by=by, on=on)
    made = {case.slug for case in missing}
    by_slug = {solution.slug: solution for solution in Solution.objects.all()}
    for one, other, note in REQUIRES:
        if one in made and other in by_slug:
            surroundings.add_prerequisite(
                solution=by_slug[one],
                requires=by_slug[other],
                note=note,
                by=by,
                at=_at(date(2024, 1, 1)),
            )
    if MEDICINES.slug in made:
        _withdraw_one(by_slug[MEDICINES.slug], by=by, on=on)
    return len(missing)


def _make(case: Case, *, by: Actor, on: date) -> None:
    first = min(step.since for step in case.steps)
    solution = services.create_solution(
        facts=case.facts, areas=case.areas, slug=case.slug, by=by, at=_at(first)
    )
    offers = {Area(offer.area): offer for offer in solution.offers.all()}
    for words, address in case.links:
        surroundings.add_link(solution=solution, words=words, address=address, by=by, at=_at(first))
    for step in case.steps:
        if step.since > on:
            continue
        for area in step.areas:
            phases.record_phase(
                offer=offers[area],
                phase=step.phase,
                happened_on=step.since,
                reason=step.reason,
                source=step.source,
                successor=step.successor,
                by=by,
                on=on,
                at=_at(step.since),
            )
    for trial in case.trials:
        if trial.since <= on:
            _try_out(trial, offers, by=by, on=on)


def _try_out(trial: Trial, offers: dict[Area, Offer], *, by: Actor, on: date) -> None:
    for code in _codes(trial.numbers, on=on):
        for area in trial.areas:
            surroundings.add_trial(
                offer=offers[area],
                municipality=code.municipality,
                valid_from=trial.since,
                valid_to=trial.until,
                source=trial.source,
                by=by,
                at=_at(trial.since),
            )


def _codes(numbers: Iterable[str], *, on: date) -> list[MunicipalityCode]:
    """Those of the numbers that are in use that day; all in one query."""
    found = MunicipalityCode.objects.valid_on(on).filter(number__in=list(numbers))
    return list(found.select_related("municipality").order_by("number"))


def _withdraw_one(solution: Solution, *, by: Actor, on: date) -> None:
    """Something that was recorded too early, and how that looks in the history."""
    day = on - timedelta(days=40)
    offer = solution.offers.get(area=Area.HOME_CARE.value)
    event = phases.record_phase(
        offer=offer,
        phase=Phase.READY_FOR_USE,
        happened_on=day,
        reason="Utprøvingen i de fem helsefellesskapene er evaluert.",
        source="Eksempel: registrert for tidlig",
        by=by,
        on=on,
        at=_at(day),
    )
    phases.withdraw_phase(
        event=event,
        reason="Registrert før beslutningen var tatt. Utprøvingen fortsetter.",
        by=by,
        at=_at(day + timedelta(days=1)),
    )


def _at(day: date) -> datetime:
    """In the morning of the day it happened: history carries its real dates."""
    return datetime.combine(day, time(8), tzinfo=UTC)
