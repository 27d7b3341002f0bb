"""The rows of the example's templates, written by us for this purpose."""

from typing import Final

from samlop.portfolio.rules.copies import RowText

_ACCESS, _OPERATION, _USE = "Tilgang", "Drift og samband", "Bruk i tjenesten"

_NEED_1: Final = RowText(
    key="tilgang-uten-behov",
    section=_ACCESS,
    heading="En ansatt slår opp uten tjenstlig behov",
    body="Nysgjerrighet, eller pasienten er en bekjent.\n"
    "Innbyggeren mister tillit, og loven er brutt.",
    suggestion="Gå gjennom loggen hver tredje måned.\nTa det opp i opplæringen.",
)
_NEED_2: Final = RowText(
    key=_NEED_1.key,
    section=_NEED_1.section,
    heading=_NEED_1.heading,
    body=_NEED_1.body,
    suggestion="Gå gjennom loggen hver måned, og la personvernombudet se resultatet.\n"
    "Ta det opp i opplæringen.",
)
_LEFT: Final = RowText(
    key="sluttet",
    section=_ACCESS,
    heading="En som har sluttet, har fortsatt tilgang",
    body="Melding fra leder kommer sent eller ikke.",
    suggestion="Koble tilgangen til lønnssystemet, eller gå gjennom lista hver måned.",
)
_SHARED: Final = RowText(
    key="delt-maskin",
    section=_ACCESS,
    heading="Noen andre bruker en innlogging som står åpen på en delt maskin",
    body="Vaktrommet har én maskin, og det haster.",
    suggestion="Kort tid før skjermen låses, og innlogging med kort eller telefon.",
)
_DOWN: Final = RowText(
    key="bortfall",
    section=_OPERATION,
    heading="Kjernejournal eller HelseID er ute av drift",
    body="Feil hos Norsk helsenett, hos leverandøren eller i kommunens nett.",
    suggestion="Skriftlig rutine på vaktrommet: hvem ringer dere i stedet?",
)
_SLOW: Final = RowText(
    key="treg",
    section=_OPERATION,
    heading="Oppslaget tar så lang tid at ansatte lar være",
    body="Dårlig dekning ute, eller gamle maskiner.",
    suggestion="Mål tiden på tre steder før oppstart.",
)
_OLD_1: Final = RowText(
    key="gamle-opplysninger",
    section=_USE,
    heading="Opplysningene i Kjernejournal er gamle eller feil",
    body="Kritisk informasjon er ikke oppdatert av den som registrerte den.",
    suggestion="Spør pasienten, og meld fra til den som registrerte.",
)
_OLD_2: Final = RowText(
    key=_OLD_1.key,
    section=_OLD_1.section,
    heading="Opplysningene i Kjernejournal er gamle, feil eller mangler",
    body="Kritisk informasjon er ikke oppdatert av den som registrerte den.\n"
    "Legemidler gitt på sykehus vises ikke.",
    suggestion="Spør pasienten, og meld fra til den som registrerte.",
)
_ALONE: Final = RowText(
    key="lite-brukt",
    section=_USE,
    heading="Løsningen er innført, men blir lite brukt",
    body="Ingen husker på den når det haster, og rutinene er som før.",
    suggestion="Legg oppslaget inn i rutinen for innkomst, og følg bruken hver måned.",
)
_SILENT: Final = RowText(
    key="ikke-opplaring",
    section=_USE,
    heading="Vikarer har ikke fått opplæring",
    body="Sommer og jul.",
    suggestion="Fem minutter film som del av mottaket av vikarer.",
)

ROS_KJERNEJOURNAL_1: Final = (_NEED_1, _LEFT, _DOWN, _SLOW, _OLD_1, _ALONE, _SILENT)
ROS_KJERNEJOURNAL_2: Final = (_NEED_2, _LEFT, _SHARED, _DOWN, _SLOW, _OLD_2, _ALONE, _SILENT)


def _nn(row: RowText, section: str, heading: str, body: str, suggestion: str) -> RowText:
    return RowText(key=row.key, section=section, heading=heading, body=body, suggestion=suggestion)


_TILGANG, _DRIFT, _BRUK = "Tilgang", "Drift og samband", "Bruk i tenesta"
_NN_NEED_1: Final = _nn(
    _NEED_1,
    _TILGANG,
    "Ein tilsett slår opp utan tenesteleg behov",
    "Nyfikne, eller pasienten er ein kjenning.\nInnbyggjaren mistar tillit, og lova er broten.",
    "Gå gjennom loggen kvar tredje månad.\nTa det opp i opplæringa.",
)
_NN_NEED_2: Final = _nn(
    _NEED_1,
    _TILGANG,
    _NN_NEED_1.heading,
    _NN_NEED_1.body,
    "Gå gjennom loggen kvar månad, og la personvernombodet sjå resultatet.\n"
    "Ta det opp i opplæringa.",
)
_NN_LEFT: Final = _nn(
    _LEFT,
    _TILGANG,
    "Ein som har slutta, har framleis tilgang",
    "Melding frå leiar kjem seint eller ikkje.",
    "Kople tilgangen til lønssystemet, eller gå gjennom lista kvar månad.",
)
_NN_SHARED: Final = _nn(
    _SHARED,
    _TILGANG,
    "Nokon andre bruker ei innlogging som står open på ei delt maskin",
    "Vaktrommet har éi maskin, og det hastar.",
    "Kort tid før skjermen blir låst, og innlogging med kort eller telefon.",
)
_NN_DOWN: Final = _nn(
    _DOWN,
    _DRIFT,
    "Kjernejournal eller HelseID er ute av drift",
    "Feil hos Norsk helsenett, hos leverandøren eller i nettet til kommunen.",
    "Skriftleg rutine på vaktrommet: kven ringjer de i staden?",
)
_NN_SLOW: Final = _nn(
    _SLOW,
    _DRIFT,
    "Oppslaget tek så lang tid at tilsette lèt vere",
    "Dårleg dekning ute, eller gamle maskiner.",
    "Mål tida tre stader før oppstart.",
)
_NN_OLD_1: Final = _nn(
    _OLD_1,
    _BRUK,
    "Opplysningane i Kjernejournal er gamle eller feil",
    "Kritisk informasjon er ikkje oppdatert av den som registrerte han.",
    "Spør pasienten, og meld frå til den som registrerte.",
)
_NN_OLD_2: Final = _nn(
    _OLD_1,
    _BRUK,
    "Opplysningane i Kjernejournal er gamle, feil eller manglar",
    "Kritisk informasjon er ikkje oppdatert av den som registrerte han.\n"
    "Legemiddel gitt på sjukehus blir ikkje viste.",
    "Spør pasienten, og meld frå til den som registrerte.",
)
_NN_ALONE: Final = _nn(
    _ALONE,
    _BRUK,
    "Løysinga er innført, men blir lite brukt",
    "Ingen hugsar på henne når det hastar, og rutinane er som før.",
    "Legg oppslaget inn i rutinen for innkomst, og følg bruken kvar månad.",
)
_NN_SILENT: Final = _nn(
    _SILENT,
    _BRUK,
    "Vikarar har ikkje fått opplæring",
    "Sommar og jul.",
    "Fem minutt film som del av mottaket av vikarar.",
)
ROS_KJERNEJOURNAL_NN_1: Final = (
    _NN_NEED_1,
    _NN_LEFT,
    _NN_DOWN,
    _NN_SLOW,
    _NN_OLD_1,
    _NN_ALONE,
    _NN_SILENT,
)
ROS_KJERNEJOURNAL_NN_2: Final = (
    _NN_NEED_2,
    _NN_LEFT,
    _NN_SHARED,
    _NN_DOWN,
    _NN_SLOW,
    _NN_OLD_2,
    _NN_ALONE,
    _NN_SILENT,
)

DPIA_KJERNEJOURNAL: Final = (
    RowText(
        key="formal",
        section="Behandlingen",
        heading="Hva er formålet, og hva er det rettslige grunnlaget?",
        body="Beskriv hva opplysningene brukes til hos dere.",
        suggestion="Å gi helsehjelp. Kjernejournalen er regulert i egen forskrift.",
    ),
    RowText(
        key="hvem",
        section="Behandlingen",
        heading="Hvem er behandlingsansvarlig, og for hva?",
        body="Skill mellom oppslaget og det dere skriver i egen journal.",
        suggestion="Norsk helsenett for kjernejournalen. Kommunen for egne tilganger, egen logg og "
        "egen journal.",
    ),
    RowText(
        key="nodvendig",
        section="Nødvendighet",
        heading="Kan formålet nås med færre opplysninger?",
        body="Vurder hvilke yrkesgrupper som trenger oppslag.",
        suggestion="Tilgang bare for grupper med ansvar for legemidler og akutte vurderinger.",
    ),
    RowText(
        key="innsyn",
        section="Rettigheter",
        heading="Hvordan får innbyggeren vite om det, og hvordan kan hun reservere seg?",
        body="",
        suggestion="Innbyggeren ser loggen og kan sperre opplysninger på Helsenorge. Skriv hvem "
        "hos dere som svarer på spørsmål.",
    ),
    RowText(
        key="logg",
        section="Sikkerhet",
        heading="Hvem går gjennom loggen, og hvor ofte?",
        body="Ta med hva som skjer når noe ikke kan forklares.",
    ),
)

BENEFITS_DIGIHELSESTASJON: Final = (
    RowText(
        key="telefoner",
        section="Spart tid",
        heading="Færre telefoner til helsestasjonen",
        body="Antall telefoner per uke, telt i to uker.",
        suggestion="Flere kommuner forteller om klart færre telefoner etter noen måneder.",
    ),
    RowText(
        key="ikke-mott",
        section="Spart tid",
        heading="Færre timer der ingen møter",
        body="Andel timer uten oppmøte, hentet fra journalsystemet.",
        suggestion="Foreldre flytter timen selv når de får påminnelse.",
    ),
    RowText(
        key="brev",
        section="Unngåtte kostnader",
        heading="Mindre porto og papir",
        body="Antall brev per måned.",
        suggestion="Innkallinger går digitalt.",
    ),
    RowText(
        key="fornoyd",
        section="Økt kvalitet",
        heading="Foreldre når helsestasjonen når det passer dem",
        body="Tre spørsmål på nett, to ganger i året.",
    ),
    RowText(
        key="ro",
        section="Økt kvalitet",
        heading="Mer ro til konsultasjonene",
        body="Spør de ansatte før oppstart og etter seks måneder.",
    ),
)

ROS_VKP: Final = (
    RowText(
        key="feil-bruker",
        section="Journalføring",
        heading="En hendelse blir ført på feil bruker",
        body="Utstyret er flyttet uten at det er registrert.",
        suggestion="Sjekk koblingen hver gang utstyr bytter bruker.",
    ),
    RowText(
        key="mange-hendelser",
        section="Journalføring",
        heading="Så mange hendelser at ingen leser dem",
        body="Alt blir journalført, også det som ikke betyr noe.",
        suggestion="Bestem hvilke hendelser som skal føres, før oppstart.",
    ),
    RowText(
        key="samband",
        section="Drift",
        heading="Sambandet mellom responssenter og journal er brutt",
        body="Feil hos leverandør eller i knutepunktet.",
        suggestion="Rutine for føring for hånd, øvd to ganger i året.",
    ),
    RowText(
        key="erstattes",
        section="Drift",
        heading="Knutepunktet erstattes før gevinsten er tatt ut",
        body="Overgang til nye tjenester krever arbeid hos leverandøren.",
        suggestion="Avtal overgangen med leverandøren, skriftlig.",
    ),
)
