"""Addresses and words of stages that only pages need."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from django.utils.formats import date_format
from django.utils.translation import gettext

from samlop.lib.quarters import Quarter
from samlop.portfolio.models import Offer
from samlop.portfolio.rules.solutions import Area
from samlop.portfolio.texts.solutions import AREAS
from samlop.uptake.rules.indicators import Rhythm
from samlop.uptake.rules.stages import ENDED, LADDER, PROCESS, Stage
from samlop.uptake.texts.stages import STAGES
from samlop.web import formats

ADDRESSES: Final[Mapping[Stage, str]] = {
    Stage.DECIDED: "besluttet",
    Stage.PREPARED: "forberedt",
    Stage.TECHNICALLY_INTRODUCED: "teknisk-innfort",
    Stage.IN_USE: "tatt-i-bruk",
    Stage.ACTIVE_USE: "aktiv-bruk",
    Stage.BENEFIT_DOCUMENTED: "gevinst",
    Stage.SIGNED_UP: "pameldt",
    Stage.UNDER_WAY: "i-gang",
    Stage.COMPLETED: "gjennomfort",
}
OF_ADDRESS: Final[Mapping[str, Stage]] = {address: stage for stage, address in ADDRESSES.items()}


def ladder(*, joint_process: bool) -> tuple[Stage, ...]:
    return PROCESS if joint_process else LADDER


def choices(*, joint_process: bool) -> list[tuple[str, str]]:
    """What a municipality can say of itself, also that it does not use it."""
    return [
        ("", gettext("Velg hvor langt dere er kommet")),
        *(
            (stage.value, str(STAGES[stage]))
            for stage in (*ladder(joint_process=joint_process), *sorted(ENDED))
            if stage is not Stage.STOPPED
        ),
        (
            Stage.STOPPED.value,
            gettext("Vi er ikke med") if joint_process else gettext("Vi bruker den ikke"),
        ),
    ]


def area(offer: Offer) -> str:
    return str(AREAS[Area(offer.area)])


def title(offer: Offer) -> str:
    """«Kjernejournal, sykehjem»; a joint process is of all the services."""
    if offer.solution.is_joint_process:
        return offer.solution.name
    words = area(offer)
    return f"{offer.solution.name}, {words[:1].lower()}{words[1:]}"


def period(start: date, rhythm: Rhythm) -> str:
    """«oktober 2026», «uke 5 2026», «2. kvartal 2026», «2026»."""
    match rhythm:
        case Rhythm.WEEK:
            year, week, _ = start.isocalendar()
            return gettext("uke %(week)s %(year)s") % {"week": week, "year": year}
        case Rhythm.MONTH:
            return date_format(start, "F Y").lower()
        case Rhythm.QUARTER:
            return formats.quarter(Quarter.of(start))
        case Rhythm.YEAR:
            return str(start.year)
