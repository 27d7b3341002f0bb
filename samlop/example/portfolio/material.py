"""Material for the example's solutions, written by us; and copies that a few municipalities made.

The risk assessment of Kjernejournal is in its second version, and the municipality of the
example has not yet said whether it takes the changes in.
"""

import io
import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from docx import Document

from samlop.example import people
from samlop.example.portfolio.material_rows import (
    BENEFITS_DIGIHELSESTASJON,
    DPIA_KJERNEJOURNAL,
    ROS_KJERNEJOURNAL_1,
    ROS_KJERNEJOURNAL_2,
    ROS_KJERNEJOURNAL_NN_1,
    ROS_KJERNEJOURNAL_NN_2,
    ROS_VKP,
)
from samlop.example.systems import SEED
from samlop.lib import document_text
from samlop.lib.actors import Actor
from samlop.municipalities.models import Municipality, MunicipalityCode
from samlop.municipalities.rules.kinds import LanguageForm
from samlop.portfolio.models import Material, MaterialText, MaterialUse, Solution
from samlop.portfolio.queries import copies as copy_queries
from samlop.portfolio.rules.copies import TemplateKind
from samlop.portfolio.rules.material import ForWhom, MaterialKind, RolloutStep, Use
from samlop.portfolio.rules.solutions import Area
from samlop.portfolio.services import copies as copy_services
from samlop.portfolio.services import material as services
from samlop.portfolio.services.material import Details, Edition, Upload

BOKMAL, NYNORSK = LanguageForm.BOKMAL, LanguageForm.NYNORSK
NHN, KS = "Norsk helsenett", "KS"
# Others that have a copy: two have taken the new version in, two have not.
COPIED: Final = (("4601", True), ("1103", True), ("5001", False), ("3107", False))


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """One item; `age` is how many days ago it was published, `review` when it is due."""

    title: str
    kind: MaterialKind
    about: tuple[str, ...]
    summary: str
    owner: str
    age: int
    review: int
    editions: tuple[Edition, ...]
    template: TemplateKind | None = None
    for_whom: tuple[ForWhom, ...] = ()
    step: RolloutStep | None = None
    areas: tuple[Area, ...] = ()
    own_kind: str = ""
    is_public: bool = True
    used: int = 0
    # The next version: what is new, how many days ago, and what it says.
    note: str = ""
    again: int = 0
    next: tuple[Edition, ...] = field(default=())


def _text(body: str) -> Edition:
    return Edition(language=BOKMAL, body=body)


def _nynorsk(title: str, body: str) -> Edition:
    return Edition(language=NYNORSK, title=title, body=body)


def _word(name: str, *lines: str) -> Edition:
    """A short Word document: the first line its title, those with «# » headings."""
    document = Document()
    document.core_properties.language = "nb"
    document.core_properties.author = ""
    for index, line in enumerate(lines):
        if index == 0:
            document.add_heading(line, level=0)
        elif line.startswith("# "):
            document.add_heading(line[2:], level=1)
        else:
            document.add_paragraph(line)
    made = io.BytesIO()
    document.save(made)
    return Edition(language=BOKMAL, upload=Upload(name, made.getvalue()))


def _link(address: str) -> Edition:
    return Edition(language=BOKMAL, link=address)


CARE: Final = (Area.NURSING_HOME, Area.HOME_CARE)


def things() -> tuple[Thing, ...]:
    """What there is; made when asked for, because documents are."""
    return (
        Thing(
            title="ROS for Kjernejournal i sykehjem og hjemmetjeneste",
            kind=MaterialKind.ROS,
            template=TemplateKind.ROS,
            about=("kjernejournal",),
            summary="Risikovurdering som er delvis fylt ut. Dere vurderer sannsynlighet og "
            "konsekvens hos dere, og velger tiltak.",
            owner=NHN,
            age=400,
            review=200,
            areas=CARE,
            for_whom=(ForWhom.PRIVACY, ForWhom.COORDINATORS),
            step=RolloutStep.PREPARE,
            used=212,
            editions=(
                Edition(language=BOKMAL, rows=ROS_KJERNEJOURNAL_1),
                Edition(
                    language=NYNORSK,
                    title="ROS for Kjernejournal i sjukeheim og heimeteneste",
                    rows=ROS_KJERNEJOURNAL_NN_1,
                ),
            ),
            note="Loggkontroll er blitt hyppigere, og det er kommet en rad om innlogging på delte "
            "maskiner.",
            again=21,
            next=(
                Edition(language=BOKMAL, rows=ROS_KJERNEJOURNAL_2),
                Edition(
                    language=NYNORSK,
                    title="ROS for Kjernejournal i sjukeheim og heimeteneste",
                    rows=ROS_KJERNEJOURNAL_NN_2,
                ),
            ),
        ),
        Thing(
            title="DPIA for Kjernejournal",
            kind=MaterialKind.DPIA,
            template=TemplateKind.DPIA,
            about=("kjernejournal",),
            summary="Vurdering av personvernkonsekvenser med forslag til svar fra programmet.",
            owner=NHN,
            age=400,
            review=160,
            for_whom=(ForWhom.PRIVACY,),
            step=RolloutStep.PREPARE,
            used=148,
            editions=(Edition(language=BOKMAL, rows=DPIA_KJERNEJOURNAL),),
        ),
        Thing(
            title="Opplæring i Kjernejournal",
            kind=MaterialKind.TRAINING,
            about=("kjernejournal",),
            summary="Kursopplegg på 45 minutter for ansatte, med øvelser og sjekkliste for "
            "superbrukere.",
            owner=NHN,
            age=380,
            review=-9,
            areas=CARE,
            for_whom=(ForWhom.STAFF,),
            step=RolloutStep.INTRODUCE,
            used=390,
            editions=(
                _word(
                    "opplaering-kjernejournal.docx",
                    "Opplæring i Kjernejournal",
                    "Kurset er laget for sykepleiere, vernepleiere og leger i sykehjem og "
                    "hjemmetjeneste. Regn 45 minutter, helst to og to ved en maskin.",
                    "# Når skal du slå opp?",
                    "Slå opp når en pasient kommer fra sykehus, når legemiddellista skal "
                    "samstemmes, og når du mistenker allergi eller kritisk informasjon du ikke "
                    "kjenner. Oppslaget krever tjenstlig behov og blir logget.",
                    "# Øvelse 1: kritisk informasjon",
                    "Finn ut om testpasienten har en legemiddelallergi, og hvem som registrerte "
                    "den. Snakk sammen om hva dere gjør når opplysningen ikke stemmer med "
                    "journalen hos dere.",
                    "# Øvelse 2: legemidler ved utskriving",
                    "Sammenlign utleveringer på resept med legemiddellista i journalen. Noter "
                    "avvikene, og avklar hvem som følger opp fastlegen.",
                    "# Sjekkliste for superbrukere",
                    "Alle har personlig innlogging. Alle vet at innbyggeren ser loggen på "
                    "Helsenorge. Rutinen for bortfall av tjenesten henger på vaktrommet.",
                ),
            ),
        ),
        Thing(
            title="Kjernejournal: kort informasjon til ansatte",
            kind=MaterialKind.INFORMATION,
            about=("kjernejournal",),
            summary="En tekst dere kan legge på intranettet.",
            owner=NHN,
            age=390,
            review=90,
            for_whom=(ForWhom.STAFF, ForWhom.LEADERS),
            step=RolloutStep.INTRODUCE,
            used=95,
            editions=(
                _text(
                    "Fra **oppstartsdatoen** kan du slå opp i Kjernejournal rett fra "
                    "journalsystemet.\n\n## Hva du finner\n- kritisk informasjon, som allergier\n"
                    "- legemidler som er utlevert på resept\n- kontakter med sykehus\n\n"
                    "## Husk\nDu slår bare opp når du har tjenstlig behov. Innbyggeren kan selv se "
                    "hvem som har sett i kjernejournalen."
                ),
                _nynorsk(
                    "Kjernejournal: kort informasjon til tilsette",
                    "Frå **oppstartsdatoen** kan du slå opp i Kjernejournal rett frå "
                    "journalsystemet.\n\n## Kva du finn\n- kritisk informasjon, som allergiar\n"
                    "- legemiddel som er utleverte på resept\n- kontaktar med sjukehus\n\n"
                    "## Hugs\nDu slår berre opp når du har tenesteleg behov. Innbyggjaren kan "
                    "sjølv sjå kven som har sett i kjernejournalen.",
                ),
            ),
        ),
        Thing(
            title="Gevinster av Kjernejournal: analyse og indikatorer",
            kind=MaterialKind.BENEFITS,
            about=("kjernejournal",),
            summary="Hva andre kommuner har fått igjen, og tre tall som er lette å måle.",
            owner=NHN,
            age=370,
            review=150,
            for_whom=(ForWhom.LEADERS, ForWhom.COORDINATORS),
            step=RolloutStep.DECIDE,
            used=77,
            editions=(
                _text(
                    "Tre gevinster går igjen i kommunene som har tatt Kjernejournal i bruk.\n\n"
                    "## Spart tid\nFærre telefoner til fastlege og sykehus for å få vite hva "
                    "pasienten bruker av legemidler. Mål: antall telefoner i en uke, før og tre "
                    "måneder etter.\n\n## Økt kvalitet\nKritisk informasjon er kjent ved ankomst. "
                    "Mål: andel nye pasienter der noen har slått opp det første døgnet.\n\n"
                    "## Tryggere legemiddelbruk\nAvvik mellom lister blir funnet tidligere. Mål: "
                    "antall avvik som er funnet ved samstemming."
                ),
            ),
        ),
        Thing(
            title="Samstemming av legemidler ved innkomst: eksempel på arbeidsprosess",
            kind=MaterialKind.WORK_PROCESS,
            about=("kjernejournal", "pasientens-legemiddelliste"),
            summary="Hvem gjør hva det første døgnet, steg for steg, slik to sykehjem gjør det.",
            owner=NHN,
            age=300,
            review=120,
            areas=(Area.NURSING_HOME,),
            for_whom=(ForWhom.STAFF, ForWhom.COORDINATORS),
            step=RolloutStep.INTRODUCE,
            used=131,
            editions=(
                _word(
                    "arbeidsprosess-samstemming.docx",
                    "Samstemming av legemidler ved innkomst",
                    "# Før pasienten kommer",
                    "Sykepleier på vakt åpner epikrisen og slår opp i Kjernejournal.",
                    "# Innen fire timer",
                    "Legemiddellista fra sykehuset sammenlignes med utleveringer på resept. "
                    "Avvik noteres i journalen og meldes tilsynslegen.",
                    "# Innen ett døgn",
                    "Tilsynslegen har samstemt lista. Primærkontakten snakker med pasienten og "
                    "pårørende om hva som er endret.",
                ),
            ),
        ),
        Thing(
            title="Kjernejournal på ti minutter for ledere",
            kind=MaterialKind.LEADERS,
            about=("kjernejournal",),
            summary="Det kommunalsjefen trenger for å bestemme seg: nytte, timer og hva som må "
            "være på plass.",
            owner=KS,
            age=360,
            review=60,
            for_whom=(ForWhom.LEADERS,),
            step=RolloutStep.DECIDE,
            used=58,
            editions=(
                _text(
                    "## Hvorfor\nAnsatte får vite om allergier og legemidler uten å ringe "
                    "rundt.\n\n## Hva som kreves\n- HelseID i journalsystemet\n- personlig "
                    "innlogging for alle\n- en superbruker på hver enhet\n\n"
                    "## Hva det koster\nTjenesten betaler dere for uansett. Egne timer går "
                    "til opplæring og rutiner."
                ),
            ),
        ),
        Thing(
            title="Gevinstplan for DigiHelsestasjon",
            kind=MaterialKind.BENEFITS,
            template=TemplateKind.BENEFITS,
            about=("digihelsestasjon",),
            summary="Fem gevinster å velge blant, med indikator og erfaringer. Velg høyst tre.",
            owner=KS,
            age=250,
            review=110,
            areas=(Area.CHILD_HEALTH,),
            for_whom=(ForWhom.LEADERS, ForWhom.COORDINATORS),
            step=RolloutStep.PREPARE,
            used=64,
            editions=(Edition(language=BOKMAL, rows=BENEFITS_DIGIHELSESTASJON),),
        ),
        Thing(
            title="DigiHelsestasjon: brev til foreldre",
            kind=MaterialKind.INFORMATION,
            about=("digihelsestasjon",),
            summary="Tekst dere kan sende når foreldre kan skrive til helsestasjonen på nett.",
            owner=KS,
            age=240,
            review=130,
            areas=(Area.CHILD_HEALTH,),
            for_whom=(ForWhom.INHABITANTS,),
            step=RolloutStep.INTRODUCE,
            used=83,
            editions=(
                _text(
                    "Hei!\n\nNå kan du skrive til helsestasjonen på Helsenorge, se timene til "
                    "barnet ditt og flytte dem når det trengs.\n\n- Logg inn på Helsenorge\n"
                    "- Velg barnet ditt\n- Velg «Helsestasjon»\n\nVi svarer på hverdager. Haster "
                    "det, ringer du som før."
                ),
                _nynorsk(
                    "DigiHelsestasjon: brev til foreldre",
                    "Hei!\n\nNo kan du skrive til helsestasjonen på Helsenorge, sjå timane til "
                    "barnet ditt og flytte dei når det trengst.\n\n- Logg inn på Helsenorge\n"
                    "- Vel barnet ditt\n- Vel «Helsestasjon»\n\nVi svarar på kvardagar. Hastar "
                    "det, ringjer du som før.",
                ),
            ),
        ),
        Thing(
            title="Innføringshåndbok for DigiHelsestasjon",
            kind=MaterialKind.TRAINING,
            about=("digihelsestasjon",),
            summary="Håndboka til KS, med roller, steg og sjekklister.",
            owner=KS,
            age=600,
            review=75,
            areas=(Area.CHILD_HEALTH,),
            for_whom=(ForWhom.COORDINATORS,),
            step=RolloutStep.PREPARE,
            used=41,
            editions=(
                _link(
                    "https://www.ks.no/fagomrader/digitalisering/felleslosninger/"
                    "digihelsestasjon/digihelsestasjon---innforingshandbok/"
                ),
            ),
        ),
        Thing(
            title="ROS for velferdsteknologisk knutepunkt",
            kind=MaterialKind.ROS,
            template=TemplateKind.ROS,
            about=("velferdsteknologisk-knutepunkt",),
            summary="Risikoer når hendelser fra trygghetsteknologi går rett inn i journalen.",
            owner=NHN,
            age=500,
            review=40,
            areas=(Area.HOME_CARE, Area.RESPONSE_SERVICE),
            for_whom=(ForWhom.PRIVACY, ForWhom.IT),
            step=RolloutStep.PREPARE,
            used=52,
            editions=(Edition(language=BOKMAL, rows=ROS_VKP),),
        ),
        Thing(
            title="Fra alarm til journal: eksempel på arbeidsprosess med knutepunktet",
            kind=MaterialKind.WORK_PROCESS,
            about=("velferdsteknologisk-knutepunkt",),
            summary="Responssenteret, hjemmetjenesten og journalen, steg for steg.",
            owner=NHN,
            age=480,
            review=55,
            areas=(Area.HOME_CARE, Area.RESPONSE_SERVICE),
            for_whom=(ForWhom.STAFF,),
            step=RolloutStep.INTRODUCE,
            used=37,
            editions=(
                _text(
                    "Alarmen kommer til responssenteret. Operatøren ser hvilke tiltak som gjelder "
                    "for brukeren, fordi knutepunktet henter dem fra journalen.\n\n- Operatøren "
                    "avklarer eller rykker ut\n- Loggen går til journalen av seg selv\n"
                    "- Primærkontakten leser den på neste vakt\n\nDobbeltføringen er borte; "
                    "rutinen for manglende samband må likevel øves."
                ),
            ),
        ),
        Thing(
            title="Hvem gjør hva? Arbeidsark for helhetlig tjenestemodell",
            kind=MaterialKind.WORK_PROCESS,
            about=("helhetlig-tjenestemodell",),
            summary="Fire oppgaveområder med plass til ansvarlig, status og hva som er vanskelig.",
            owner=KS,
            age=320,
            review=85,
            for_whom=(ForWhom.COORDINATORS, ForWhom.LEADERS),
            step=RolloutStep.DECIDE,
            used=69,
            editions=(
                _word(
                    "arbeidsark-helhetlig-tjenestemodell.docx",
                    "Hvem gjør hva? Helhetlig tjenestemodell",
                    "# Tjenesteforløpet",
                    "Henvise, kartlegge og tildele. Gjøre tilpasninger, gi opplæring og "
                    "installere. Ivareta respons og utrykning. Evaluere.",
                    "# Support, lager og utstyr",
                    "Håndtere support. Drifte utstyrslager og ivareta logistikk.",
                    "# IT-drift",
                    "Drifte systemer, plattformer og infrastruktur. Drifte rolle- og "
                    "tilgangsstyring.",
                    "# Vedlikehold og videreutvikling",
                    "Gjennomføre kommunikasjonstiltak. Lede og gjennomføre opplæring.",
                ),
            ),
        ),
        Thing(
            title="Utkast til ROS for Pasientens legemiddelliste",
            kind=MaterialKind.ROS,
            about=("pasientens-legemiddelliste",),
            summary="Arbeidsutkast fra utprøvingen. Ikke ferdig, og bare for innloggede.",
            owner="Helsedirektoratet",
            age=45,
            review=20,
            areas=CARE,
            for_whom=(ForWhom.PRIVACY,),
            step=RolloutStep.PREPARE,
            is_public=False,
            used=12,
            editions=(
                _text(
                    "Utkastet dekker tre risikoer så langt: at lista i bruk er gammel, at to "
                    "leger endrer samtidig, og at multidose ikke følger etter. Resten kommer når "
                    "utprøvingen i kommunene er evaluert."
                ),
            ),
        ),
        Thing(
            title="Bruksvilkår og avtaler for Digihelse",
            kind=MaterialKind.CONTRACT,
            about=("digihelse",),
            summary="Hvilke avtaler kommunen inngår, med hvem, og i hvilken rekkefølge.",
            owner=KS,
            age=280,
            review=95,
            areas=(Area.HOME_CARE,),
            for_whom=(ForWhom.LEADERS, ForWhom.COORDINATORS),
            step=RolloutStep.DECIDE,
            used=73,
            editions=(
                _text(
                    "- Avtale med KS om etablering av Digihelse\n- Medlemskap i "
                    "finansieringsordningen DigiFin\n- Avtale med journalleverandøren om "
                    "etablering og opplæring\n- Generelle bruksvilkår for Helsenorge\n"
                    "- Særlige bruksvilkår for Digihelse med Norsk helsenett\n\nRegn seks til ti "
                    "uker fra første vedtak til alt er signert."
                ),
            ),
        ),
        Thing(
            title="Digital hjemmeoppfølging: kurs for hjemmetjenesten",
            kind=MaterialKind.TRAINING,
            about=("digital-hjemmeoppfolging",),
            summary="Tre korte økter om målinger, varsler og egenbehandlingsplan.",
            owner="Helsedirektoratet",
            age=330,
            review=140,
            areas=(Area.HOME_CARE,),
            for_whom=(ForWhom.STAFF,),
            step=RolloutStep.INTRODUCE,
            used=48,
            editions=(
                _text(
                    "## Økt 1: målinger\nHva måler innbyggeren selv, og når?\n\n## Økt 2: varsler\n"
                    "Hvem ser varselet først, og hva gjør vi når det er rødt?\n\n## Økt 3: planen\n"
                    "Egenbehandlingsplanen lages sammen med innbyggeren og fastlegen."
                ),
            ),
        ),
        Thing(
            title="Kravspesifikasjon for elektronisk medisineringsstøtte",
            kind=MaterialKind.OTHER,
            own_kind="Anskaffelse",
            about=("elektronisk-medisineringsstotte",),
            summary="Krav som kommuner kan bruke i en felles anskaffelse.",
            owner="Eksempelnettverket for anskaffelser",
            age=200,
            review=70,
            areas=(Area.HOME_CARE,),
            for_whom=(ForWhom.IT, ForWhom.COORDINATORS),
            step=RolloutStep.DECIDE,
            used=33,
            editions=(
                _word(
                    "krav-medisineringsstotte.docx",
                    "Krav til elektronisk medisineringsstøtte",
                    "# Dispensering",
                    "Dispenseren skal varsle hjemmetjenesten når en dose ikke er tatt innen "
                    "avtalt tid.",
                    "# Integrasjon",
                    "Hendelser skal kunne journalføres uten dobbeltføring.",
                    "# Universell utforming",
                    "Lyd, lys og tekst skal kunne brukes hver for seg.",
                ),
            ),
        ),
    )


def load(*, by: Actor, on: date) -> int:
    """Make what is missing; returns how many things were made."""
    solutions = {solution.slug: solution for solution in Solution.objects.all()}
    have = set(Material.objects.values_list("title", flat=True))
    dice = random.Random(SEED)  # noqa: S311 - a fixed draw, not a secret
    made = 0
    for thing in things():
        if thing.title in have:
            continue
        material = _add(thing, solutions, by=by, on=on)
        if thing.title.startswith("ROS for Kjernejournal"):
            _copies(material, thing, by=by, on=on)
        elif thing.next:
            _next(material, thing, by=by, on=on)
        _read(material)
        _use(material, thing, dice, on=on)
        made += 1
    return made


def _at(day: date) -> datetime:
    return datetime.combine(day, time(9), tzinfo=UTC)


def _add(thing: Thing, solutions: dict[str, Solution], *, by: Actor, on: date) -> Material:
    return services.add(
        details=Details(
            title=thing.title,
            kind=thing.kind,
            own_kind=thing.own_kind,
            summary=thing.summary,
            owner=thing.owner,
            maintained_by=thing.owner,
            review_on=on + timedelta(days=thing.review),
            for_whom=thing.for_whom,
            step=thing.step,
            areas=thing.areas,
            solutions=tuple(solutions[slug] for slug in thing.about if slug in solutions),
            is_public=thing.is_public,
        ),
        editions=thing.editions,
        template=thing.template,
        by=by,
        at=_at(on - timedelta(days=thing.age)),
    )


def _next(material: Material, thing: Thing, *, by: Actor, on: date) -> None:
    day = on - timedelta(days=thing.again)
    services.publish(
        material=material,
        editions=thing.next,
        note=thing.note,
        based_on=1,
        review_on=on + timedelta(days=thing.review),
        by=by,
        on=day,
        at=_at(day),
    )


def _copies(material: Material, thing: Thing, *, by: Actor, on: date) -> None:
    """Made of the first version, before the second came."""
    text = MaterialText.objects.select_related("version").get(
        version__material=material, version__replaced_at=None, language=BOKMAL.value
    )
    day = on - timedelta(days=thing.again + 30)
    own = copy_services.make(
        text=text, municipality=_municipality(people.MUNICIPALITY, on=on), by=by, at=_at(day)
    )
    for key, answers in (
        ("tilgang-uten-behov", {"likelihood": "2", "consequence": "3", "status": "begun"}),
        ("bortfall", {"likelihood": "3", "consequence": "3", "responsible": "EPJ-koordinator"}),
    ):
        copy_services.answer(copy=own, key=key, answers=answers, seen=0, by=by, at=_at(day))
    others = [
        (
            copy_services.make(
                text=text, municipality=_municipality(number, on=on), by=by, at=_at(day)
            ),
            takes_in,
        )
        for number, takes_in in COPIED
    ]
    _next(material, thing, by=by, on=on)
    for copy, takes_in in others:
        if takes_in:
            newest = copy_queries.newest_text(material.pk, BOKMAL.value)
            if newest is not None:
                copy_services.take_all(
                    copy=copy,
                    newest=newest.pk,
                    by=by,
                    at=_at(on - timedelta(days=max(thing.again - 5, 0))),
                )


def _municipality(number: str, *, on: date) -> Municipality:
    return MunicipalityCode.objects.valid_on(on).get(number=number).municipality


def _read(material: Material) -> None:
    """Our own files, so read at once rather than by the worker in a process of its own."""
    for text in MaterialText.objects.filter(
        version__material=material, file__isnull=False
    ).select_related("file__content"):
        if text.file is not None:
            words = document_text.words(text.file.kind, bytes(text.file.content.data))
            services.record_words(text_id=text.pk, words=words)


def _use(material: Material, thing: Thing, dice: random.Random, *, on: date) -> None:
    text = MaterialText.objects.filter(version__material=material).order_by("pk")[0]
    days = sorted(dice.sample(range(1, thing.age), k=min(6, thing.age - 1)))
    share = max(thing.used // len(days), 1)
    for index, ago in enumerate(days):
        count = share if index else thing.used - share * (len(days) - 1)
        MaterialUse.objects.create(
            text=text,
            day=on - timedelta(days=ago),
            use=Use.DOWNLOADED.value,
            count=max(count, 1),
        )
