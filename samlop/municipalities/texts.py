"""The words people read for the codes in rules."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

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

LOAD_KINDS: Final[Mapping[LoadKind, Words]] = {
    LoadKind.ROLLOUT: _("Felles innføringsløp"),
    LoadKind.GATHERING: _("Samling"),
    LoadKind.SURVEY: _("Kartlegging"),
    LoadKind.REPORT: _("Rapportering"),
    LoadKind.AFTER_CARE: _("Oppfølging av bruk"),
    LoadKind.OTHER: _("Annet"),
}


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


def room_choices() -> list[tuple[str, Words]]:
    return [(code.value, words) for code, words in ROOMS.items()]


def load_kind_choices() -> list[tuple[str, Words]]:
    return [(code.value, words) for code, words in LOAD_KINDS.items()]
