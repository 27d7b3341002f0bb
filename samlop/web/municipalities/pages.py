"""What the page of one municipality shows, to each kind of reader."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from markupsafe import Markup

from samlop.accounts.rules import Permission, Place
from samlop.lib.reach import Reach
from samlop.municipalities import texts
from samlop.municipalities.models import (
    Municipality,
    MunicipalityName,
    Population,
)
from samlop.municipalities.queries import capacity, history, regions, similar, vendors
from samlop.municipalities.queries.capacity import QuarterAhead
from samlop.municipalities.queries.codes import Answer
from samlop.municipalities.queries.similar import SimilarMunicipality
from samlop.municipalities.queries.vendors import InUse
from samlop.municipalities.rules.capacity import Level
from samlop.municipalities.rules.codes import CodePeriod
from samlop.municipalities.rules.kinds import Certainty, LanguageForm, ProductKind, RegionKind
from samlop.web import formats
from samlop.web.history import pages as history_pages
from samlop.web.history.pages import Happening
from samlop.web.history.scope import Sight, told_in
from samlop.web.middleware import Access
from samlop.web.municipalities import coloured, happenings, heart, people
from samlop.web.municipalities.happenings import CodeSentence
from samlop.web.municipalities.heart import HeartLines, Sees
from samlop.web.municipalities.maps import Map
from samlop.web.municipalities.people import People
from samlop.web.people.reader import Reader as PeopleReader
from samlop.web.readiness import elsewhere
from samlop.web.readiness.elsewhere import Waits

LANGUAGES: Final = {
    "se": _("Nordsamisk"),
    "smj": _("Lulesamisk"),
    "sma": _("Sørsamisk"),
    "fkv": _("Kvensk"),
}
LEVEL_COLORS: Final = {Level.LOW: "success", Level.MEDIUM: "info", Level.HIGH: "warning"}
MOST_HAPPENINGS: Final = 10


@dataclass(frozen=True, slots=True)
class RegionLink:
    name: str
    address: str
    assumed: bool


@dataclass(frozen=True, slots=True)
class NameIn:
    """A name in another language, with the code that screen readers need."""

    name: str
    language: str
    code: str


@dataclass(frozen=True, slots=True)
class RoleLine:
    role: str
    load: str
    hours: str
    estimate: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarterLine:
    """One quarter; what is inside is None for readers outside."""

    words: str
    level: str
    color: str
    room: str | None = None
    answered: bool = False
    load: str | None = None
    hours: str | None = None
    estimate: bool = False
    blackouts: tuple[str, ...] = ()
    roles: tuple[RoleLine, ...] = ()
    asks: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class SenderLine:
    """One of those who ask for the municipality's time, with hours for each quarter shown."""

    title: str
    hours: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UseLink:
    """A product in use, leading to its vendor; `since` only for what is to come."""

    words: str
    address: str
    since: date | None


@dataclass(frozen=True, slots=True)
class SystemLine:
    area: str
    uses: tuple[UseLink, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """Inhabitants by year, and the line through them in a box of 100 by 30."""

    counts: tuple[tuple[date, int], ...]
    points: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rights:
    """What this reader may change here."""

    room: bool = False
    facts: bool = False
    systems: bool = False
    history: bool = False
    templates: bool = False
    uptake: bool = False
    # Ask the region for help; answer, for the region.
    help: bool = False
    follow_up: bool = False

    @classmethod
    def of(cls, access: Access, place: Place) -> "Rights":
        return cls(
            room=access.may(Permission.CHANGE_CAPACITY, place),
            facts=access.may(Permission.CHANGE_MUNICIPALITY_FACTS, place),
            systems=access.may(Permission.CHANGE_VENDOR_PROFILE, place),
            history=access.may(Permission.VIEW_HISTORY, place),
            templates=access.may(Permission.USE_TEMPLATES, place),
            uptake=access.may(Permission.REPORT_UPTAKE, place),
            help=access.may(Permission.ASK_FOR_HELP, place),
            follow_up=access.may(Permission.FOLLOW_UP, place),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class MunicipalityPage:
    number: str
    name: str
    official_name: str
    county: str
    names: tuple[NameIn, ...]
    address: str
    day: date
    is_today: bool
    signed_in: bool
    rights: Rights
    facts: tuple[tuple[str, object], ...]
    groups: tuple[RegionLink, ...]
    regions: tuple[tuple[str, RegionLink], ...]
    people: People
    quarters: tuple[QuarterLine, ...]
    inside: bool
    systems: tuple[SystemLine, ...]
    systems_unknown: tuple[str, ...]
    systems_sources: tuple[str, ...]
    # What the vendors of those systems have made ready, and what waits for them.
    waits: Waits
    # What is asked, what it is part of and what comes; None on a page of another day.
    heart: HeartLines | None
    # Who asks for its time, quarter by quarter; empty for readers outside.
    senders: tuple[SenderLine, ...]
    similar: tuple[SimilarMunicipality, ...]
    trend: Trend | None
    code_history: tuple[CodeSentence, ...]
    happenings: tuple[Happening, ...]
    # The address of the whole history, for those who may read it.
    history: str
    where: Map | None


@dataclass(frozen=True, slots=True)
class Reader:
    """Who looks: what she may change, where she sees hours, and what she is told of.

    Somebody without a role today counts as not signed in: she sees what visitors see.
    """

    signed_in: bool
    people: PeopleReader
    rights: Rights
    reach: Reach
    # Whose answers she may see.
    answers: Reach
    sight: Sight


def municipality_page(
    code: CodePeriod, row: Municipality, *, on: date, today: date, reader: Reader
) -> MunicipalityPage:
    """Some thirty queries, as many for Oslo as for Utsira."""
    found = regions.regions_of(row.pk, on=on)
    county = next((one for one in found if one.kind is RegionKind.COUNTY), None)
    groups = [one for one in found if one.kind is RegionKind.EHEALTH_GROUP]
    links = [(one.kind, _region_link(one)) for one in found]
    inside = reader.reach.holds(row.pk)
    trend = _trend(row.pk, on=on)
    names = _names(row.pk)
    areas = vendors.systems(row.pk, on=on)
    alike = similar.similar_to(row.pk, on=on)
    ahead = capacity.year_ahead(row.pk, on=on, reach=reader.reach) if reader.signed_in else ()
    return MunicipalityPage(
        number=code.number,
        name=code.qualified_name,
        official_name=code.official_name,
        county=county.name if county else "",
        names=names,
        address=address(code.number),
        day=on,
        is_today=on == today,
        signed_in=reader.signed_in,
        rights=reader.rights if on == today else Rights(),
        facts=_facts(code, row, trend),
        groups=tuple(link for kind, link in links if kind is RegionKind.EHEALTH_GROUP),
        regions=tuple(
            (str(texts.REGION_KINDS[kind]), link)
            for kind, link in links
            if kind is not RegionKind.EHEALTH_GROUP
        ),
        people=people.people_of(row.pk, [one.pk for one in groups], reader.people, on=on),
        quarters=tuple(_quarter_line(one) for one in ahead),
        senders=_senders(ahead),
        inside=inside,
        systems=tuple(
            SystemLine(
                str(texts.SERVICE_AREAS[area.service_area]),
                (
                    *(_use(one, None) for one in area.current),
                    *(_use(one, one.valid_from) for one in area.planned),
                ),
            )
            for area in areas
            if area.current or area.planned
        ),
        systems_unknown=tuple(
            str(texts.SERVICE_AREAS[area.service_area])
            for area in areas
            if not area.current and not area.planned
        ),
        systems_sources=tuple(
            sorted({one.source for area in areas for one in area.current if one.source})
        ),
        waits=elsewhere.of_municipality(row.pk, on=on),
        heart=heart.lines(
            row.pk,
            code.number,
            [one.pk for one in found],
            alike,
            Sees(
                answers=reader.answers,
                signed_in=reader.signed_in,
                asks=reader.rights.help,
                helps=reader.rights.follow_up,
            ),
            on=on,
        )
        if on == today
        else None,
        similar=alike,
        trend=trend,
        code_history=happenings.code_sentences(history.code_history(row.pk).events),
        happenings=_happenings(row.pk, reader.sight, on=on) if reader.signed_in else (),
        history=reverse("history:municipality", args=[code.number])
        if reader.rights.history and on == today
        else "",
        where=coloured.where_is(row.pk, code.qualified_name),
    )


def _happenings(municipality: int, sight: Sight, *, on: date) -> tuple[Happening, ...]:
    events = told_in(municipality, sight)
    return history_pages.latest(municipality, events, sight=sight, on=on, most=MOST_HAPPENINGS)


def _region_link(region: regions.RegionOfMunicipality) -> RegionLink:
    return RegionLink(
        region.name,
        reverse("regions:show", args=[region.slug]),
        region.certainty is Certainty.ASSUMED,
    )


def _names(municipality_id: int) -> tuple[NameIn, ...]:
    rows = (
        MunicipalityName.objects.filter(municipality=municipality_id)
        .exclude(language="nb")
        .order_by("-language", "name", "pk")
    )
    return tuple(NameIn(row.name, str(LANGUAGES[row.language]), row.language) for row in rows)


def _facts(
    code: CodePeriod, row: Municipality, trend: Trend | None
) -> tuple[tuple[str, object], ...]:
    form = LanguageForm(row.language_form)
    form_words = str(texts.LANGUAGE_FORMS[form])
    if form is LanguageForm.NEUTRAL:
        form_words = gettext("Nøytral (får dokumenter på bokmål)")
    return (
        (gettext("Kommunenummer"), code.number),
        (gettext("Innbyggere"), trend.words if trend else None),
        (
            gettext("Areal"),
            gettext("%(area)s km²") % {"area": formats.number(row.area_km2)}
            if row.area_km2 is not None
            else None,
        ),
        (
            gettext("Sentralitet"),
            gettext("%(step)s av 6 (1 er mest sentral)") % {"step": row.centrality}
            if row.centrality
            else None,
        ),
        (gettext("KOSTRA-gruppe"), row.kostra_group),
        (gettext("Målform"), form_words),
        (gettext("Administrasjonssenter"), row.administrative_centre),
        (gettext("Organisasjonsnummer"), _grouped(row.organisation_number)),
        (gettext("Postmottak"), _mail(row.postmottak)),
        (gettext("Nettsted"), _site(row.website)),
    )


def _grouped(number: str | None) -> str | None:
    """«958 935 420», as organisation numbers are read aloud."""
    if not number:
        return None
    return formats.NBSP.join(number[at : at + 3] for at in range(0, len(number), 3))


def _mail(address: str) -> Markup | None:
    if not address:
        return None
    return Markup('<a class="ds-link" href="mailto:{0}">{0}</a>').format(address)


def _site(address: str) -> Markup | None:
    """Stored as people write it, with or without https://; nothing else becomes a link."""
    if not address:
        return None
    whole = address if address.startswith(("https://", "http://")) else f"https://{address}"
    shown = whole.split("://", 1)[1].rstrip("/")
    return Markup('<a class="ds-link" href="{}">{}</a>').format(whole, shown)


def _trend(municipality_id: int, *, on: date) -> Trend | None:
    counts = tuple(
        Population.objects.filter(municipality=municipality_id, counted_on__lte=on)
        .order_by("counted_on")
        .values_list("counted_on", "inhabitants")
    )
    if not counts:
        return None
    (first_on, first), (last_on, last) = counts[0], counts[-1]
    words = gettext("%(count)s (%(day)s)") % {
        "count": formats.number(last),
        "day": formats.short_date(last_on),
    }
    if last_on > first_on:
        change = last - first
        sign = "+" if change > 0 else ""
        words = gettext("%(count)s (%(change)s siden %(year)s)") % {
            "count": formats.number(last),
            "change": f"{sign}{formats.number(change)}",
            "year": first_on.year,
        }
    return Trend(counts=counts, points=_points([count for _, count in counts]), words=words)


def _points(counts: Sequence[int]) -> str:
    """Least at the bottom, most at the top; an even line lies in the middle."""
    least, most = min(counts), max(counts)
    steps = max(len(counts) - 1, 1)
    return " ".join(
        f"{round(98 * place / steps) + 1},"
        f"{15 if most == least else round(28 - 26 * (count - least) / (most - least))}"
        for place, count in enumerate(counts)
    )


def _quarter_line(one: QuarterAhead) -> QuarterLine:
    line = QuarterLine(
        words=formats.quarter(one.quarter),
        level=str(texts.LEVELS[one.level]),
        color=LEVEL_COLORS[one.level],
    )
    inside = one.inside
    if inside is None:
        return line
    return replace(
        line,
        room=str(texts.ROOMS[inside.room]) if inside.is_answered else None,
        answered=inside.is_answered,
        load=_hours(inside.load),
        hours=_hours(inside.hours),
        estimate=inside.is_estimate,
        blackouts=tuple(
            gettext("%(days)s: %(reason)s")
            % {
                "days": period_words(one.period.starts_on, one.period.ends_before),
                "reason": one.reason,
            }
            for one in inside.blackouts
        ),
        roles=tuple(
            RoleLine(
                str(texts.CAPACITY_ROLES[role.role]),
                _hours(role.load),
                _hours(role.capacity.hours),
                role.capacity.is_estimate,
            )
            for role in inside.roles
        ),
        asks=tuple(
            (entry.title, f"{texts.CAPACITY_ROLES[entry.role]}, {_hours(entry.hours)} t")
            for entry in inside.entries
        ),
    )


def _senders(ahead: Sequence[QuarterAhead]) -> tuple[SenderLine, ...]:
    """Everybody who asks for time, across all kinds, in the order of their names."""
    asked: dict[str, list[Decimal]] = {}
    for place, one in enumerate(ahead):
        for entry in one.inside.entries if one.inside is not None else ():
            hours = asked.setdefault(entry.title, [capacity.NO_HOURS] * len(ahead))
            hours[place] += entry.hours
    return tuple(
        SenderLine(title, tuple(_hours(one) if one else "" for one in hours))
        for title, hours in sorted(asked.items())
    )


def _hours(hours: Decimal | int) -> str:
    return formats.number(hours, 0 if hours == int(hours) else 1)


def period_words(starts_on: date, ends_before: date) -> str:
    """«2.–6.11.2026» is hard to read aloud; both days are written out."""
    last = ends_before - timedelta(days=1)
    if last == starts_on:
        return formats.long_date(starts_on)
    return gettext("%(first)s – %(last)s") % {
        "first": formats.long_date(starts_on),
        "last": formats.long_date(last),
    }


def _use(one: InUse, since: date | None) -> UseLink:
    words = one.product if one.vendor in one.product else f"{one.product} ({one.vendor})"
    if one.kind is not ProductKind.RECORD_SYSTEM:
        words = f"{words}, {str(texts.PRODUCT_KINDS[one.kind]).lower()}"
    return UseLink(words, reverse("vendors:show", args=[one.vendor_slug]), since)


# --- a number that stands for no municipality that day ---


@dataclass(frozen=True, slots=True, kw_only=True)
class EndedPage:
    """What a number was, and what has become of it."""

    number: str
    name: str
    heading: str
    lead: str
    day: date
    is_today: bool
    successors: tuple[tuple[str, str], ...]
    code_history: tuple[CodeSentence, ...]
    # A day on which the municipality can be seen.
    other_day: date | None


def ended_page(answer: Answer, was: CodePeriod | None, *, on: date, today: date) -> EndedPage:
    resolution = answer.resolution
    name = was.qualified_name if was else ""
    events = history.code_history(int(was.municipality)).events if was else ()
    last = resolution.ended_on - timedelta(days=1) if resolution.ended_on else None
    lead = ""
    if last is not None:
        lead = gettext("Kommunen fantes til og med %(day)s.") % {"day": formats.long_date(last)}
    elif was is not None:
        lead = gettext("Kommunen fantes ikke %(day)s. Den ble til %(first)s.") % {
            "day": formats.long_date(on),
            "first": formats.long_date(was.valid_from),
        }
    other_day = last or (was.valid_from if was else None)
    return EndedPage(
        number=resolution.number,
        name=name,
        heading=name or resolution.number,
        lead=lead,
        day=on,
        is_today=on == today,
        successors=tuple(
            (f"{one.number} {one.qualified_name}", address(one.number)) for one in answer.successors
        ),
        code_history=happenings.code_sentences(events),
        other_day=other_day if was else None,
    )


def address(number: str) -> str:
    return reverse("municipalities:show", args=[number])
