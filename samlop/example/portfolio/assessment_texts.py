"""What the programmes of the example have answered: made up, and true to how each solution stands.

Only what the report and public pages say of figures is theirs; the rest shows how an assessment
looks when it is done, half done, and just begun.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from samlop.portfolio.rules.assessments import Opinion, Verdict

MET, PARTLY, NOT_MET = Verdict.MET, Verdict.PARTLY, Verdict.NOT_MET
NOT_RELEVANT: Final = Verdict.NOT_RELEVANT


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """An answer, the titles of what it shows, and what the body thought of it.

    `was` is what the line said when the body looked at it, where it has been changed since.
    """

    verdict: Verdict
    line: str
    comment: str = ""
    shows: tuple[str, ...] = ()
    opinion: Opinion | None = Opinion.AGREES
    body: str = ""
    was: str = ""


RECORD: Final[Mapping[str, Said]] = {
    "kommunenes-behov": Said(
        verdict=MET,
        line="Sykepleiere og leger får se legemidler og kritisk informasjon fra andre tjenester.",
        comment=(
            "Behovet er kartlagt med kommuner i fire regioner. Ønsket om å se siste "
            "epikrise direkte er notert for videre utvikling."
        ),
        shows=("Behovskartlegging", "Referat fra fagnettverk"),
    ),
    "gevinster": Said(
        verdict=MET,
        line="Mindre tid på telefon og faks etter opplysninger, målt på sykehjem og i legevakt.",
        comment=(
            "Gevinstene er størst der oppslaget er en del av innkomstsamtalen. Indikatoren er "
            "antall oppslag, som kommunen får fra loggen uten å telle selv."
        ),
        shows=("Gevinstanalyse med indikatorer",),
        body="God måling. Ta med hva som skal til for at oppslag blir en vane.",
    ),
    "utprovd": Said(
        verdict=MET,
        line="Brukt i kommuner fra under 3 000 til over 100 000 innbyggere, i flere journalsystem.",
        shows=("Oversikt over kommunene som var først ute",),
    ),
    "drift-og-stotte": Said(
        verdict=MET,
        line="Døgnåpen drift hos Norsk helsenett; kommunen ringer ett nummer.",
        shows=("Tjenesteavtale", "Kapasitetstest"),
    ),
    "leverandorer": Said(
        verdict=MET,
        line="Journalsystemene som er mest brukt, har en versjon med HelseID og innlogging.",
        shows=("Leverandørenes bekreftelser",),
        body="Enig. Hold lista over dem som venter, oppdatert.",
    ),
    "materiell": Said(
        verdict=MET,
        line="ROS, DPIA, gevinstplan, opplæring og informasjon finnes, delvis utfylt.",
        shows=("Innholdsliste for materiellet",),
    ),
    "personvern-og-sikkerhet": Said(
        verdict=MET,
        line="Ansvaret er fordelt, og tilgang krever tjenstlig behov og logges.",
        shows=("Felles vurdering av personvernkonsekvenser", "Sikkerhetstest med lukkede avvik"),
    ),
    "kostnadsmodell": Said(
        verdict=MET,
        line="Kommunene betaler etter forskriften; innføringen gir ingen ny avgift.",
        shows=("Betalingsmodell",),
    ),
    "forvaltningsmodell": Said(
        verdict=MET,
        line="Norsk helsenett forvalter, og kommunene er med i tjenesterådet.",
        shows=("Beskrivelse av forvaltningen",),
    ),
    "universell-utforming": Said(
        verdict=MET,
        line="Prøvd med tastatur og skjermleser; to mindre mangler er meldt og datofestet.",
        shows=("Tilgjengelighetserklæring",),
    ),
    "utprovingen-er-evaluert": Said(
        verdict=MET,
        line="Evaluert sammen med kommunene som var først; sju råd videre.",
        shows=("Evaluering av utprøvingen",),
    ),
    "innforingen-er-forberedt": Said(
        verdict=MET,
        line="Drøftet i nasjonal koordineringsgruppe; regioner med erfaring leder.",
        shows=("Skisse til felles innføringsløp",),
    ),
}

CHILD_HEALTH: Final[Mapping[str, Said]] = {
    "kommunenes-behov": Said(
        verdict=MET,
        line="Foreldre bestiller og flytter timer selv; helsestasjonen slipper telefonkøen.",
        shows=("Behovskartlegging i fire byer",),
    ),
    "gevinster": Said(
        verdict=MET,
        line="Raskt nytte: færre telefoner og færre som ikke møter. 160 av 166 bruker den aktivt.",
        shows=("Gevinstanalyse",),
    ),
    "utprovd": Said(
        verdict=MET,
        line="Utprøvingskommunene ble valgt for å dekke flest mulig journalsystem.",
        shows=("Oversikt over utprøvingskommunene",),
    ),
    "drift-og-stotte": Said(
        verdict=MET,
        line="Driftes på Helsenorge; støtte i kontortid, som helsestasjonene er åpne.",
        shows=("Tjenestebeskrivelse",),
    ),
    "leverandorer": Said(
        verdict=MET,
        line="Visma, InfoDoc og CGM har levert basisløsningen.",
        shows=("Leverandørenes bekreftelser",),
    ),
    "materiell": Said(
        verdict=MET,
        line="Innføringshåndbok med roller, maler og opplæring, prøvd av mange.",
        shows=("Innføringshåndbok",),
    ),
    "personvern-og-sikkerhet": Said(
        verdict=MET,
        line="Felles DPIA er utfylt så langt det går; kommunen tar stilling til sitt eget.",
        shows=("DPIA, delvis utfylt",),
    ),
    "kostnadsmodell": Said(
        verdict=PARTLY,
        line="Engangskostnaden er kjent; prisen på neste versjon er ikke avtalt med alle.",
        shows=("Prisoversikt",),
        body="Enig i at det er delvis. Pris for neste versjon må være klar før neste budsjett.",
    ),
    "forvaltningsmodell": Said(
        verdict=MET,
        line="KS eier; behov samles i fagnettverket og prioriteres to ganger i året.",
        shows=("Forvaltningsmodell",),
    ),
    "universell-utforming": Said(
        verdict=MET,
        line="Innbyggersidene følger Helsenorges krav, også på nynorsk.",
        shows=("Tilgjengelighetserklæring",),
    ),
    "utprovingen-er-evaluert": Said(
        verdict=MET,
        line="Evaluert av kommunene selv; opplæringen ble kortet ned til én time.",
        shows=("Evaluering",),
    ),
    "innforingen-er-forberedt": Said(
        verdict=MET,
        line="Regionene planlegger sammen med oppvekst og helse, og har sagt fra nasjonalt.",
        shows=("Plan fra tre regioner",),
    ),
}

MESSAGES: Final[Mapping[str, Said]] = {
    "kommunenes-behov": Said(
        verdict=MET,
        line="Pårørende og brukere sender melding i stedet for å ringe i vaktskiftet.",
        shows=("Innspill fra hjemmetjenesten",),
    ),
    "gevinster": Said(
        verdict=MET,
        line="Færre telefoner og færre bomturer, målt i pulje 1 og 2.",
        shows=("Gevinstmåling, pulje 1 og 2",),
    ),
    "utprovd": Said(
        verdict=MET,
        line="To puljer med små og store kommuner er gjennomført.",
        shows=("Deltakere i pulje 1 og 2",),
    ),
    "drift-og-stotte": Said(
        verdict=MET,
        line="Drift hos Norsk helsenett; KS svarer på spørsmål om innføringen.",
        shows=("Tjenestebeskrivelse",),
    ),
    "leverandorer": Said(
        verdict=MET,
        line="Tietoevry, Visma og DIPS Front har levert, og gir tilbud på etablering.",
        shows=("Leverandørenes bekreftelser",),
    ),
    "materiell": Said(
        verdict=MET,
        line="Filmer, gevinstanalyser og presentasjoner for ledere og tillitsvalgte.",
        shows=("Materiell for forankring",),
    ),
    "personvern-og-sikkerhet": Said(
        verdict=MET,
        line="Bruksvilkårene er avklart, og DPIA finnes delvis utfylt.",
        shows=("DPIA, delvis utfylt",),
    ),
    "kostnadsmodell": Said(
        verdict=MET,
        line="Engangsbidrag per innbygger; én samlet prismodell for aktørene.",
        shows=("Prismodell",),
    ),
    "forvaltningsmodell": Said(
        verdict=MET,
        line="KS samler behov i et produktråd der kommunene har flertall.",
        shows=("Mandat for produktrådet",),
    ),
    "universell-utforming": Said(
        verdict=MET,
        line="Prøvd med skjermleser og forstørring, på bokmål og nynorsk.",
        shows=("Tilgjengelighetserklæring",),
    ),
    "utprovingen-er-evaluert": Said(
        verdict=MET,
        line="Begge puljer er evaluert; pulje 3 bruker den nye fremdriftsplanen.",
        shows=("Evaluering av pulje 1", "Evaluering av pulje 2"),
    ),
    "innforingen-er-forberedt": Said(
        verdict=MET,
        line="Innføringsløpet går i puljer med faste datoer i én felles fremdriftsplan.",
        shows=("Felles fremdriftsplan",),
    ),
}

# Eight of thirteen answered, three of them with nothing to show; the body agrees with two,
# disagrees with one, and one that it agreed with has been changed since.
MEDICINES_NURSING_HOME: Final[Mapping[str, Said]] = {
    "kommunenes-behov": Said(
        verdict=MET,
        line="Én liste i stedet for fire: sykehjemslegen ser hva fastlegen og sykehuset har gitt.",
        comment="Utprøvingskommunene har vært med og skrevet kravene til visningen.",
        shows=("Behov fra utprøvingskommunene",),
    ),
    "gevinster": Said(
        verdict=PARTLY,
        line="Færre avvik i legemiddelhåndteringen i tre kommuner; tidsbruken er ikke målt ennå.",
        shows=("Foreløpig gevinstrapport",),
        opinion=Opinion.DISAGREES,
        body=(
            "Avvikene er telt i bare åtte uker, og ingen av kommunene er små. Mål minst et halvt "
            "år, og ta med én kommune under 5 000."
        ),
    ),
    "utprovd": Said(
        verdict=PARTLY,
        line="Fem kommuner prøver, i to journalsystem. Ingen har brukt den i et helt år.",
        was="Tre kommuner prøver, i to journalsystem.",
        shows=("Oversikt over utprøvingen",),
    ),
    "drift-og-stotte": Said(
        verdict=PARTLY,
        line="Driften tåler trafikken; støtte om natten er ikke avtalt.",
        opinion=None,
    ),
    "leverandorer": Said(
        verdict=NOT_MET,
        line="Ett av fire journalsystem er klart. De andre har lovet dato.",
        comment="Se leverandørenes egne datoer ved siden av. To har flyttet dem én gang.",
        opinion=None,
    ),
    "materiell": Said(
        verdict=PARTLY,
        line="ROS og opplæring finnes; DPIA og eksempler på arbeidsprosesser mangler.",
        opinion=None,
    ),
    "personvern-og-sikkerhet": Said(
        verdict=PARTLY,
        line="Ansvaret for feil i lista er drøftet, men ikke skrevet ned.",
        opinion=None,
    ),
    "forvaltningsmodell": Said(
        verdict=MET,
        line="Norsk helsenett forvalter; finansieringen er avklart i forskrift.",
        shows=("Forvaltningsmodell",),
    ),
}

MEDICINES_HOME_CARE: Final[Mapping[str, Said]] = {
    "kommunenes-behov": Said(
        verdict=MET,
        line="Hjemmesykepleien trenger lista mest: brukeren har ofte tre som forskriver.",
        shows=("Behov fra hjemmetjenesten",),
        opinion=None,
    ),
    "leverandorer": Said(
        verdict=NOT_MET,
        line="Ingen av løsningene som brukes på nettbrett, er klare.",
        opinion=None,
    ),
    "utprovd": Said(verdict=PARTLY, line="To kommuner prøver i én sone hver.", opinion=None),
}

# The quick first pass: a traffic answer and a line, evidence later.
FOLLOW_UP: Final[Mapping[str, Said]] = {
    "kommunenes-behov": Said(
        verdict=MET,
        line="Kommunene ber om det for KOLS, diabetes og skrøpelige eldre.",
        shows=("Erfaringer fra utprøvingen",),
        opinion=None,
    ),
    "gevinster": Said(
        verdict=PARTLY, line="Trygghet er vist; færre innleggelser er usikkert.", opinion=None
    ),
    "utprovd": Said(verdict=MET, line="Prøvd i kommuner av ulik størrelse.", opinion=None),
    "drift-og-stotte": Said(
        verdict=PARTLY, line="Avhenger av hvem som følger opp målingene.", opinion=None
    ),
    "leverandorer": Said(verdict=PARTLY, line="Flere leverandører, få koblet til.", opinion=None),
    "materiell": Said(verdict=PARTLY, line="Veileder finnes; maler mangler.", opinion=None),
    "personvern-og-sikkerhet": Said(
        verdict=PARTLY, line="DPIA må tilpasses egenmålt utstyr.", opinion=None
    ),
    "kostnadsmodell": Said(
        verdict=NOT_MET, line="Delingen mellom kommune og sykehus er ikke avtalt.", opinion=None
    ),
    "forvaltningsmodell": Said(verdict=NOT_MET, line="Ingen felles forvalter.", opinion=None),
    "universell-utforming": Said(
        verdict=NOT_RELEVANT,
        line="Hver kommune velger utstyr; kravet stilles i anskaffelsen.",
        opinion=None,
    ),
    "utprovingen-er-evaluert": Said(
        verdict=MET,
        line="Nasjonal utprøving er evaluert av forskere utenfra.",
        shows=("Sluttrapport fra utprøvingen",),
        opinion=None,
    ),
}

DISPENSING: Final[Mapping[str, Said]] = {
    "kommunenes-behov": Said(
        verdict=MET,
        line="Rett medisin til rett tid uten et besøk bare for å dele ut.",
        shows=("Brukererfaringer",),
        opinion=None,
    ),
    "gevinster": Said(
        verdict=MET,
        line="Spart reisetid er målt i ni kommuner.",
        shows=("Gevinstrapport",),
        opinion=None,
    ),
    "utprovd": Said(
        verdict=MET,
        line="Brukt i små og store kommuner i flere år.",
        shows=("Kommunene som har tatt den i bruk",),
        opinion=None,
    ),
    "leverandorer": Said(
        verdict=PARTLY,
        line="Flere leverandører; meldinger til journal krever knutepunktet.",
        shows=("Svar fra leverandørene",),
        opinion=None,
    ),
    "kostnadsmodell": Said(
        verdict=PARTLY,
        line="Felles anskaffelse i regionen gir kjent pris; utenfor den er den ukjent.",
        opinion=None,
    ),
}

# Being replaced: what there is, is measured, and no more will be made.
HUB: Final[Mapping[str, Said]] = {
    "kommunenes-behov": Said(
        verdict=MET,
        line="Det som føres to ganger, blir feil én av dem. Det sier alle som bruker det.",
        shows=("Brukererfaringer",),
        opinion=None,
    ),
    "utprovd": Said(
        verdict=MET,
        line="Brukt i kommuner av ulik størrelse siden 2020.",
        shows=("Kommunene som har tatt det i bruk",),
        opinion=None,
    ),
    "leverandorer": Said(
        verdict=PARTLY, line="Tre journalsystemer er klare; ett kommer ikke.", opinion=None
    ),
    "forvaltningsmodell": Said(
        verdict=PARTLY, line="Forvaltes til det er erstattet, og utvikles ikke.", opinion=None
    ),
}
