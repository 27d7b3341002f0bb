"""A region's municipalities side by side, for its contact person and the coordination group."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from samlop.accounts.rules import Permission
from samlop.municipalities.models import Region
from samlop.municipalities.rules.kinds import RegionKind
from samlop.rollouts.queries import region as queries
from samlop.rollouts.queries.region import Group, Row
from samlop.rollouts.texts import answers as answer_texts
from samlop.uptake.texts.stages import HINDRANCES
from samlop.web import addresses, clock, downloads, formats, render
from samlop.web.downloads import Download, Field
from samlop.web.regions.rights import place_of
from samlop.web.request import Request
from samlop.web.signed_in import signed_in_only
from samlop.web.support.questions import QuestionLine, question_line

GROUPS: Final[Mapping[Group, str | Promise]] = {
    Group.HELP: _("Ber om hjelp"),
    Group.SILENT: _("Stille"),
    Group.TROUBLED: _("Har vanskeligheter"),
    Group.INVITED: _("Venter på svar"),
    Group.FULL: _("Fulle kvartaler"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MunicipalityLine:
    """One municipality; every part empty when there is nothing of it."""

    number: str
    name: str
    address: str
    silent: bool
    waiting: tuple[tuple[str, str], ...]
    said: tuple[str, ...]
    parts: tuple[str, ...]
    troubles: tuple[str, ...]
    full: tuple[str, ...]
    help: tuple[QuestionLine, ...]
    # Her own questions are between a municipality and its region; others see that it asks.
    help_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpPage:
    name: str
    slug: str
    tabs: tuple[tuple[str, str, bool], ...]
    lines: tuple[MunicipalityLine, ...]
    helps: bool
    csv: str
    xlsx: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """How many municipalities of a region are in each group, with the way to them."""

    counts: tuple[tuple[str, int, str], ...]
    address: str
    meetings: str


def group_region(slug: str) -> Region:
    """A regional group of today; the other kinds have nobody who follows up."""
    region = get_object_or_404(Region, slug=slug)
    if RegionKind(region.kind) is not RegionKind.EHEALTH_GROUP:
        raise Http404
    return region


def summary(region: int, slug: str, *, on: date, helps: bool) -> Summary:
    """For the region's own page. The queries of one follow-up."""
    found = queries.rows(region, on=on)
    address = reverse("support:follow_up", args=[slug])
    return Summary(
        counts=tuple(
            (str(words), sum(group in row.groups for row in found), f"{address}?vis={group.value}")
            for group, words in GROUPS.items()
        ),
        address=address,
        meetings=reverse("support:meetings", args=[slug]) if helps else "",
    )


@require_safe
@signed_in_only
def follow_up(request: Request, slug: str) -> HttpResponse:
    """Every municipality of the region, those that need somebody most first."""
    region = group_region(slug)
    request.access.require(Permission.VIEW_ANSWERS, place_of(region.pk))
    helps = request.access.may(Permission.FOLLOW_UP, place_of(region.pk))
    today = clock.today()
    every = queries.rows(region.pk, on=today)
    chosen = next((group for group in Group if group.value == request.GET.get("vis")), None)
    found = [row for row in every if chosen is None or chosen in row.groups]
    if as_format := downloads.wanted(request.GET):
        return downloads.answer(_download(found, on=today), as_format)
    here = reverse("support:follow_up", args=[slug])
    page = FollowUpPage(
        name=region.name,
        slug=slug,
        tabs=(
            (f"{gettext('Alle')} ({len(every)})", here, chosen is None),
            *(
                (
                    f"{words} ({sum(group in row.groups for row in every)})",
                    f"{here}?vis={group.value}",
                    group is chosen,
                )
                for group, words in GROUPS.items()
            ),
        ),
        lines=tuple(_line(row, on=today, helps=helps) for row in found),
        helps=helps,
        csv=addresses.changed(request.GET, format="csv"),
        xlsx=addresses.changed(request.GET, format="xlsx"),
    )
    return render.page(request, "support/follow_up.html", page)


def _line(row: Row, *, on: date, helps: bool) -> MunicipalityLine:
    return MunicipalityLine(
        number=row.number,
        name=row.name,
        address=reverse("municipalities:show", args=[row.number]),
        silent=row.is_silent,
        waiting=tuple(
            (one.name, _due(one.due, silent=queries.is_silent(one, on)))
            for one in row.heart.questions
        ),
        said=_said(row),
        parts=tuple(_joined(one.name, one.cohort) for one in row.heart.parts),
        troubles=_troubles(row),
        full=tuple(formats.quarter(one) for one in row.full),
        help=tuple(question_line(one, row.number) for one in row.help) if helps else (),
        help_count=len(row.help),
    )


def _said(row: Row) -> tuple[str, ...]:
    return tuple(f"{one.name}: {answer_texts.STATES[one.state]}" for one in row.heart.said)


def _joined(name: str, cohort: str) -> str:
    return f"{name}, {cohort}" if cohort else gettext("%(name)s, venteliste") % {"name": name}


def _due(day: date | None, *, silent: bool) -> str:
    if day is None:
        return ""
    words = gettext("ingen svar, fristen er %(day)s") if silent else gettext("frist %(day)s")
    return words % {"day": formats.short_date(day)}


def _troubles(row: Row) -> tuple[str, ...]:
    return tuple(
        f"{one.solution}: {', '.join(str(HINDRANCES[code]) for code in one.hindrances)}"
        for one in row.hindered
    )


def _download(found: Sequence[Row], *, on: date) -> Download:
    return Download(
        name="oppfolging",
        sheet=gettext("Oppfølging"),
        on=on,
        fields=(
            Field("nummer", gettext("Nummer"), 9),
            Field("navn", gettext("Kommune"), 24),
            Field("venter", gettext("Venter på svar"), 40),
            Field("stille", gettext("Stille"), 10),
            Field("svart", gettext("Har svart"), 40),
            Field("med", gettext("Er med på"), 40),
            Field("vanskeligheter", gettext("Vanskeligheter"), 40),
            Field("fullt", gettext("Fulle kvartaler"), 24),
            Field("hjelp", gettext("Åpne spørsmål om hjelp"), 24, "#,##0"),
        ),
        rows=[
            (
                row.number,
                row.name,
                "; ".join(one.name for one in row.heart.questions),
                gettext("Ja") if row.is_silent else gettext("Nei"),
                "; ".join(
                    f"{one.name}: {answer_texts.STATES[one.state]}" for one in row.heart.said
                ),
                "; ".join(_joined(one.name, one.cohort) for one in row.heart.parts),
                "; ".join(_troubles(row)),
                "; ".join(formats.quarter(one) for one in row.full),
                len(row.help),
            )
            for row in found
        ],
    )
