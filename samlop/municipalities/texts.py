"""The words people read for the codes in rules."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from django.utils import dateformat
from django.utils.functional import Promise, lazy
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from samlop.lib.quarters import Quarter
from samlop.municipalities.rules.boundaries import BoundaryFlaw, Problem
from samlop.municipalities.rules.capacity import (
    MAX_BLACKOUT_DAYS,
    MAX_HOURS,
    MAX_REASON,
    QUARTERS_AHEAD,
    CapacityRefusal,
    Level,
    LocalRole,
    SizeClass,
)
from samlop.municipalities.rules.code_lists import DiffKind, DiffRefusal
from samlop.municipalities.rules.facts import FactRefusal
from samlop.municipalities.rules.kinds import (
    CapacityRole,
    Certainty,
    ChangeKind,
    LanguageForm,
    LoadKind,
    PointKind,
    ProductKind,
    RegionKind,
    Room,
    ServiceArea,
)
from samlop.municipalities.rules.regions import RegionRefusal
from samlop.municipalities.rules.similarity import SimilarIn
from samlop.municipalities.rules.vendors import VendorRefusal

Words = str | Promise

REGION_KINDS: Final[Mapping[RegionKind, Words]] = {
    RegionKind.COUNTY: _("Fylke"),
    RegionKind.HEALTH_REGION: _("Helseregion"),
    RegionKind.EHEALTH_GROUP: _("Regional gruppe e-helse"),
    RegionKind.HEALTH_COMMUNITY: _("Helsefellesskap"),
    RegionKind.IKT_COOPERATION: _("IKT-samarbeid"),
}

CERTAINTIES: Final[Mapping[Certainty, Words]] = {
    Certainty.CONFIRMED: _("Bekreftet"),
    Certainty.ASSUMED: _("Antatt"),
}

SERVICE_AREAS: Final[Mapping[ServiceArea, Words]] = {
    ServiceArea.NURSING_HOME: _("Sykehjem"),
    ServiceArea.HOME_CARE: _("Hjemmetjeneste"),
    ServiceArea.CHILD_HEALTH: _("Helsestasjon og skolehelsetjeneste"),
    ServiceArea.EMERGENCY_CARE: _("Legevakt"),
    ServiceArea.GENERAL_PRACTICE: _("Fastlege"),
    ServiceArea.REHABILITATION: _("Fysio, ergo og rehabilitering"),
    ServiceArea.MENTAL_HEALTH: _("Psykisk helse og rus"),
    ServiceArea.RESPONSE_SERVICE: _("Responstjeneste"),
    ServiceArea.DENTAL_CARE: _("Tannhelse"),
}

PRODUCT_KINDS: Final[Mapping[ProductKind, Words]] = {
    ProductKind.RECORD_SYSTEM: _("Journalsystem (EPJ)"),
    ProductKind.WELFARE_TECHNOLOGY: _("Velferdsteknologi"),
    ProductKind.RESPONSE_CENTRE: _("Responssenterløsning"),
    ProductKind.HOME_FOLLOW_UP: _("Digital hjemmeoppfølging"),
    ProductKind.OTHER: _("Annet"),
}

LANGUAGE_FORMS: Final[Mapping[LanguageForm, Words]] = {
    LanguageForm.BOKMAL: _("Bokmål"),
    LanguageForm.NYNORSK: _("Nynorsk"),
    LanguageForm.NEUTRAL: _("Nøytral"),
}

CHANGE_KINDS: Final[Mapping[ChangeKind, Words]] = {
    ChangeKind.RENUMBERED: _("Fikk nytt nummer"),
    ChangeKind.MERGED: _("Slått sammen"),
    ChangeKind.SPLIT: _("Delt"),
}

DIFF_KINDS: Final[Mapping[DiffKind, Words]] = {
    DiffKind.NEW: _("Ny"),
    DiffKind.RENUMBERED: _("Nytt nummer"),
    DiffKind.MERGED: _("Slått sammen"),
    DiffKind.SPLIT: _("Delt"),
    DiffKind.RENAMED: _("Nytt navn"),
    DiffKind.ENDED: _("Utgått"),
}

DIFF_REFUSALS: Final[Mapping[DiffRefusal, Words]] = {
    DiffRefusal.UNEXPLAINED: _(
        "Lista har nye eller utgåtte kommunenummer som ingen endring forklarer. "
        "Ta med endringslista fra SSB for samme tid."
    ),
    DiffRefusal.OLDER_THAN_KNOWN: _(
        "Lista er eldre enn kommunene som er lagt inn, og kan bare sammenlignes."
    ),
}

STALE_DIFF: Final = _(
    "Kommunene er endret siden lista ble sammenlignet. Ingenting er lagret. Se over lista på nytt."
)

POINT_KINDS: Final[Mapping[PointKind, Words]] = {
    PointKind.CENTRE: _("Administrasjonssenter"),
    PointKind.PLACE_OF_SAME_NAME: _("Sted med samme navn"),
    PointKind.LABEL: _("Midtpunkt"),
}

CAPACITY_ROLES: Final[Mapping[CapacityRole, Words]] = {
    CapacityRole.HEALTH_LEADER: _("Helseleder"),
    CapacityRole.IT: _("IT"),
    CapacityRole.SUPER_USER: _("Superbruker"),
    CapacityRole.EPJ_MANAGER: _("EPJ-ansvarlig"),
}

ROOMS: Final[Mapping[Room, Words]] = {
    Room.PLENTY: _("God plass"),
    Room.SOME: _("Litt"),
    Room.FULL: _("Fullt"),
}

NOT_ANSWERED: Final = _("Ikke besvart")
ESTIMATE: Final = _("Anslag")

LOAD_KINDS: Final[Mapping[LoadKind, Words]] = {
    LoadKind.ROLLOUT: _("Felles innføringsløp"),
    LoadKind.GATHERING: _("Samling"),
    LoadKind.SURVEY: _("Kartlegging"),
    LoadKind.REPORT: _("Rapportering"),
    LoadKind.AFTER_CARE: _("Oppfølging av bruk"),
    LoadKind.OTHER: _("Annet"),
}

_BETWEEN_DIGITS: Final = re.compile(r"(?<=\d) (?=\d)")


def _whole(words: Words) -> str:
    """With numbers that no line ends inside."""
    return _BETWEEN_DIGITS.sub("\N{NO-BREAK SPACE}", str(words))


whole_numbers: Final = lazy(_whole, str)

SIZE_CLASSES: Final[Mapping[SizeClass, Words]] = {
    SizeClass.UNDER_2000: whole_numbers(_("Under 2 000 innbyggere")),
    SizeClass.UNDER_5000: whole_numbers(_("2 000–4 999 innbyggere")),
    SizeClass.UNDER_10000: whole_numbers(_("5 000–9 999 innbyggere")),
    SizeClass.UNDER_20000: whole_numbers(_("10 000–19 999 innbyggere")),
    SizeClass.UNDER_50000: whole_numbers(_("20 000–49 999 innbyggere")),
    SizeClass.UNDER_100000: whole_numbers(_("50 000–99 999 innbyggere")),
    SizeClass.FROM_100000: whole_numbers(_("100 000 innbyggere eller flere")),
}

# How full a municipality is, as others see it.
LEVELS: Final[Mapping[Level, Words]] = {
    Level.LOW: _("Lav"),
    Level.MEDIUM: _("Middels"),
    Level.HIGH: _("Høy"),
}

LOCAL_ROLES: Final[Mapping[LocalRole, Words]] = {
    LocalRole.PROJECT_OWNER: _("Prosjekteier"),
    LocalRole.COORDINATOR: _("Lokal koordinator"),
    LocalRole.EPJ_MANAGER: _("EPJ-ansvarlig"),
    LocalRole.COMMUNICATION: _("Kommunikasjonsansvarlig"),
    LocalRole.BENEFIT_OWNER: _("Gevinstansvarlig"),
    LocalRole.CHANGE_AGENT: _("Endringsagent"),
    LocalRole.SUPER_USER: _("Superbruker"),
    LocalRole.IT: _("IT-ansvarlig"),
    LocalRole.PRIVACY_OFFICER: _("Personvernombud"),
}

CAPACITY_REFUSALS: Final[Mapping[CapacityRefusal, Words]] = {
    CapacityRefusal.QUARTER_PAST: _(
        "%(quarter)s er over og kan ikke endres. Velg dette kvartalet eller et senere."
    ),
    CapacityRefusal.QUARTER_TOO_FAR: _(
        "%(quarter)s er for langt frem. Dere kan svare for dette kvartalet og de %(ahead)d neste."
    ),
    CapacityRefusal.CHANGED_MEANWHILE: _(
        "Noen andre endret dette mens du fylte ut: %(what)s. Ingenting av ditt er lagret. "
        "Se over svarene på nytt, og lagre igjen hvis de fortsatt skal endres."
    ),
    CapacityRefusal.HOURS_OUT_OF_BOUNDS: _(
        "Timer i et kvartal må være et helt tall fra 0 til %(most)d. "
        "La feltet stå tomt for å bruke anslaget."
    ),
    CapacityRefusal.NO_REASON: _("Skriv kort hvorfor perioden ikke passer, for eksempel «valg»."),
    CapacityRefusal.REASON_TOO_LONG: _("Grunnen kan ha høyst %(longest)d tegn. Kort den ned."),
    CapacityRefusal.ENDS_BEFORE_IT_STARTS: _(
        "Perioden slutter før den begynner. Siste dag må være første dag eller senere."
    ),
    CapacityRefusal.PERIOD_TOO_LONG: _(
        "En periode kan vare høyst %(days)d dager. "
        "Svar «Fullt» for kvartalene når det gjelder lenger."
    ),
    CapacityRefusal.PERIOD_PAST: _(
        "Perioden er over. Registrer bare perioder som varer til i dag eller lenger."
    ),
    CapacityRefusal.PERIOD_OVERLAPS: _(
        "Perioden overlapper med %(first)s – %(last)s («%(reason)s»), som allerede er registrert. "
        "Fjern den først, eller velg andre dager."
    ),
}

REGION_REFUSALS: Final[Mapping[RegionRefusal, Words]] = {
    RegionRefusal.KIND_IS_A_FACT: _(
        "Fylker og helseregioner følger av offentlige registre og kan ikke endres her."
    ),
    RegionRefusal.NO_NAME: _("Skriv et navn med minst én bokstav og høyst 120 tegn."),
    RegionRefusal.NAME_TAKEN: _(
        "%(name)s finnes allerede. Velg et annet navn, eller endre den som finnes."
    ),
    RegionRefusal.BAD_WEBSITE: _(
        "Nettadressen kan ikke brukes. Skriv den som «www.eksempel.no» eller «https://…»."
    ),
    RegionRefusal.ALREADY_ENDED: _("%(name)s er allerede avsluttet, fra %(day)s."),
    RegionRefusal.ENDS_BEFORE_IT_STARTS: _(
        "%(name)s begynte %(day)s. Sluttdatoen må være senere enn det."
    ),
    RegionRefusal.MEMBERS_START_LATER: _(
        "%(name)s har medlemskap som begynner %(day)s eller senere. Fjern dem først."
    ),
    RegionRefusal.REGION_NOT_THERE_YET: _(
        "%(name)s begynte %(day)s. Medlemskapet kan ikke begynne før det."
    ),
    RegionRefusal.REGION_ENDED: _(
        "%(name)s er avsluttet fra %(day)s. Medlemskapet må slutte senest da."
    ),
    RegionRefusal.MUNICIPALITY_NOT_THERE: _(
        "%(municipality)s er ikke en kommune %(day)s. Velg en annen dato, "
        "eller kommunen som gjelder da."
    ),
    RegionRefusal.ALREADY_A_MEMBER: _(
        "%(municipality)s er allerede med i %(name)s fra %(day)s. "
        "Avslutt det medlemskapet først, eller velg et senere tidspunkt."
    ),
    RegionRefusal.IN_ANOTHER_OF_ITS_KIND: _(
        "%(municipality)s er med i %(name)s fra %(day)s, og kan bare være med i én slik gruppe "
        "om gangen. Avslutt det medlemskapet først."
    ),
    RegionRefusal.MEMBERSHIP_ENDS_BEFORE_IT_STARTS: _(
        "Medlemskapet må slutte etter at det begynner, %(day)s."
    ),
    RegionRefusal.NO_SHARED_INSTALLATION: _(
        "Bare et IKT-samarbeid kan ha felles EPJ-installasjon. %(name)s er ikke det."
    ),
    RegionRefusal.NOT_A_RECORD_SYSTEM: _(
        "%(product)s er ikke et journalsystem. Velg et journalsystem, eller la feltet stå tomt."
    ),
}

VENDOR_REFUSALS: Final[Mapping[VendorRefusal, Words]] = {
    VendorRefusal.NO_NAME: _("Skriv et navn med minst én bokstav og høyst 120 tegn."),
    VendorRefusal.NAME_TAKEN: _(
        "%(name)s finnes allerede. Velg et annet navn, eller endre den som finnes."
    ),
    VendorRefusal.BAD_ORGANISATION_NUMBER: _(
        "«%(number)s» er ikke et organisasjonsnummer. Det har ni sifre, og det siste er et "
        "kontrollsiffer: se etter tastefeil."
    ),
    VendorRefusal.ORGANISATION_NUMBER_TAKEN: _(
        "Organisasjonsnummeret %(number)s er allerede registrert på %(name)s."
    ),
    VendorRefusal.BAD_WEBSITE: _(
        "Nettadressen kan ikke brukes. Skriv den som «www.eksempel.no» eller «https://…»."
    ),
    VendorRefusal.KIND_IN_USE: _(
        "%(name)s er registrert i bruk, så typen kan ikke endres. "
        "Registrer et nytt produkt i stedet."
    ),
    VendorRefusal.ALREADY_IN_USE: _(
        "%(name)s er allerede registrert fra %(day)s for dette tjenesteområdet."
    ),
    VendorRefusal.OTHER_STARTS_LATER: _(
        "%(name)s er registrert som journalsystem fra %(day)s. "
        "Velg en senere dato, eller fjern den registreringen først."
    ),
    VendorRefusal.MUNICIPALITY_NOT_THERE: _(
        "Kommunen finnes ikke %(day)s. Velg en annen dato, eller kommunen som gjelder da."
    ),
    VendorRefusal.ALREADY_ENDED: _("Bruken av %(name)s er allerede avsluttet, fra %(day)s."),
    VendorRefusal.ENDS_BEFORE_IT_STARTS: _(
        "%(name)s er i bruk fra %(day)s. Sluttdatoen må være senere enn det."
    ),
}

# What is wrong with a file of boundaries; the place in the file is put before.
BOUNDARY_FLAWS: Final[Mapping[BoundaryFlaw, Words]] = {
    BoundaryFlaw.NOT_JSON: _(
        "Filen er ikke GeoJSON. Velg en fil som slutter på .geojson eller .json."
    ),
    BoundaryFlaw.NOT_A_COLLECTION: _(
        "Filen er JSON, men ingen «FeatureCollection». Eksporter grensene som GeoJSON."
    ),
    BoundaryFlaw.NOT_A_FEATURE: _("Dette er ingen «Feature»."),
    BoundaryFlaw.NO_NUMBER: _("Kommunenummeret mangler eller er ikke tekst på fire sifre."),
    BoundaryFlaw.UNKNOWN_NUMBER: _("%(value)s er ikke et kommunenummer som gjelder."),
    BoundaryFlaw.NUMBER_TWICE: _("%(value)s står flere ganger. Hver kommune skal stå én gang."),
    BoundaryFlaw.NO_AREA: _("Flaten mangler. Den må være «Polygon» eller «MultiPolygon»."),
    BoundaryFlaw.NOT_A_POSITION: _("%(value)s er ikke et punkt med lengdegrad og breddegrad."),
    BoundaryFlaw.OUTSIDE_NORWAY: _(
        "%(value)s ligger ikke i Norge. Punkter skrives i grader (WGS 84), lengdegrad først."
    ),
    BoundaryFlaw.BROKEN_RING: _(
        "En ring har færre enn fire punkter eller slutter ikke der den begynner."
    ),
    BoundaryFlaw.MISSING_NUMBER: _("%(value)s mangler i filen. Alle kommuner må være med."),
}

FACT_REFUSALS: Final[Mapping[FactRefusal, Words]] = {
    FactRefusal.BAD_EMAIL: _(
        "«%(text)s» er ikke en e-postadresse. Skriv den som «postmottak@kommunen.no»."
    ),
    FactRefusal.BAD_WEBSITE: _(
        "«%(text)s» er ikke en nettadresse. Skriv den som «www.kommunen.no» eller «https://…»."
    ),
}

# Parts of one sentence, joined by commas: why a municipality is like another.
SIMILAR_IN: Final[Mapping[SimilarIn, Words]] = {
    SimilarIn.KOSTRA_GROUP: _("samme KOSTRA-gruppe (%(kostra_group)s)"),
    SimilarIn.INHABITANTS: _("omtrent like mange innbyggere (%(inhabitants)s)"),
    SimilarIn.SIZE_CLASS: _("samme størrelsesklasse (%(inhabitants)s innbyggere)"),
    SimilarIn.CENTRALITY: _("samme sentralitet"),
    SimilarIn.RECORD_SYSTEM: _("samme journalsystem (%(service_areas)s)"),
    SimilarIn.IKT_COOPERATION: _("samme IKT-samarbeid"),
    SimilarIn.EHEALTH_GROUP: _("samme regionale gruppe e-helse"),
    SimilarIn.NEAREST: _("nærmest av dem som finnes (%(inhabitants)s innbyggere)"),
}


def quarter_words(quarter: Quarter) -> str:
    """«2. kvartal 2027»."""
    words = (
        gettext("1. kvartal %(year)d"),
        gettext("2. kvartal %(year)d"),
        gettext("3. kvartal %(year)d"),
        gettext("4. kvartal %(year)d"),
    )
    return words[quarter.number - 1] % {"year": quarter.year}


def day_words(day: date) -> str:
    """«14. mars 2027»."""
    return dateformat.format(day, "j F Y" if get_language() == "en" else "j. F Y")


def number_words(number: int) -> str:
    """«3 012», with a no-break space."""
    comma = f"{number:,}"
    return comma if get_language() == "en" else comma.replace(",", "\N{NO-BREAK SPACE}")


def hours_words(hours: int) -> str:
    """«1 time», «45 timer»."""
    return ngettext("%(hours)s time", "%(hours)s timer", hours) % {"hours": number_words(hours)}


def capacity_refusal(refusal: CapacityRefusal, **words: str) -> str:
    """The sentence, with the limits of the rules filled in."""
    return str(CAPACITY_REFUSALS[refusal]) % {
        "ahead": QUARTERS_AHEAD,
        "days": MAX_BLACKOUT_DAYS,
        "longest": MAX_REASON,
        "most": MAX_HOURS,
        **words,
    }


def boundary_problem(problem: Problem) -> str:
    """«Område 12, felt «properties.number»: …», or the sentence alone for the whole file."""
    sentence = str(BOUNDARY_FLAWS[problem.flaw]) % {"value": problem.value}
    if problem.feature is None:
        return sentence
    place = gettext("Område %(count)d, felt «%(field)s»:") % {
        "count": problem.feature,
        "field": problem.field,
    }
    return f"{place} {sentence}"


def similarity_words(
    reasons: Sequence[SimilarIn],
    *,
    inhabitants: int | None,
    kostra_group: str,
    service_areas: Sequence[ServiceArea],
) -> str:
    """«Omtrent like mange innbyggere (3 012), samme sentralitet»; the figures are the other's."""
    if inhabitants is None and tuple(reasons) == (SimilarIn.NEAREST,):
        return gettext("Nærmest av dem som finnes")
    filled = {
        "inhabitants": "" if inhabitants is None else number_words(inhabitants),
        "kostra_group": kostra_group,
        "service_areas": ", ".join(str(SERVICE_AREAS[area]).lower() for area in service_areas),
    }
    sentence = ", ".join(str(SIMILAR_IN[reason]) % filled for reason in reasons)
    return sentence[:1].upper() + sentence[1:]


def region_kind_choices() -> list[tuple[str, Words]]:
    return [(code.value, words) for code, words in REGION_KINDS.items()]


def certainty_choices() -> list[tuple[str, Words]]:
    return [(code.value, words) for code, words in CERTAINTIES.items()]


def service_area_choices() -> list[tuple[str, Words]]:
    return [(code.value, words) for code, words in SERVICE_AREAS.items()]


def product_kind_choices() -> list[tuple[str, Words]]:
    return [(code.value, words) for code, words in PRODUCT_KINDS.items()]


def language_form_choices() -> list[tuple[str, Words]]:
    return [(code.value, words) for code, words in LANGUAGE_FORMS.items()]


def change_kind_choices() -> list[tuple[str, Words]]:
    return [(code.value, words) for code, words in CHANGE_KINDS.items()]


def point_kind_choices() -> list[tuple[str, Words]]:
    return [(code.value, words) for code, words in POINT_KINDS.items()]


def capacity_role_choices() -> list[tuple[str, Words]]:
    return [(code.value, words) for code, words in CAPACITY_ROLES.items()]


def local_role_choices() -> list[tuple[str, Words]]:
    return [(code.value, LOCAL_ROLES[code]) for code in LocalRole]


def room_choices() -> list[tuple[str, Words]]:
    return [(code.value, words) for code, words in ROOMS.items()]


def load_kind_choices() -> list[tuple[str, Words]]:
    return [(code.value, words) for code, words in LOAD_KINDS.items()]
