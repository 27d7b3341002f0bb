"""The words of a paper for a region's meeting, the same for preview, Word and PDF."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Final

from django.utils.translation import get_language, gettext, ngettext

from samlop.governance import queries as governance
from samlop.governance.models import Case
from samlop.lib.paper import Block, Bullets, Heading, Paper, Table, Text
from samlop.municipalities.queries import capacity
from samlop.municipalities.queries.regions import members_of
from samlop.municipalities.rules.capacity import Level, quarters_from
from samlop.portfolio.texts.solutions import AREAS
from samlop.rollouts.models import MeetingPaper
from samlop.rollouts.queries import help as help_queries
from samlop.rollouts.queries import meeting as queries
from samlop.rollouts.queries.meeting import RolloutAnswers
from samlop.rollouts.queries.region import QUARTERS
from samlop.rollouts.rules.answers import AnswerState
from samlop.rollouts.rules.meetings import Audience, MeetingBlock, MeetingKind, Told, told_of
from samlop.rollouts.texts import answers as answer_texts
from samlop.rollouts.texts import help as texts
from samlop.rollouts.texts import rollouts as rollout_texts
from samlop.web import formats

Names = Mapping[int, str]


def paper_of(row: MeetingPaper, *, on: date) -> Paper:
    """What is known on the day, told as the readers may know it. Some twenty queries."""
    audience = Audience(row.audience)
    members = members_of(row.region_id, on=on)
    names = {one.municipality: one.name for one in members}
    blocks: list[Block] = [Text(line.strip()) for line in row.own_text.splitlines() if line.strip()]
    for code in row.blocks:
        block = MeetingBlock(code)
        blocks.append(Heading(str(texts.MEETING_BLOCKS[block])))
        blocks += _BLOCKS[block](row, names, audience, on)
    kind = str(texts.MEETING_KINDS[MeetingKind(row.kind)])
    return Paper(
        language=(get_language() or "nb")[:2],
        title=gettext("%(meeting)s %(day)s")
        % {"meeting": kind, "day": formats.long_date(row.held_on)},
        kicker=gettext("%(region)s, %(count)s kommuner")
        % {"region": row.region.name, "count": len(members)},
        foot=gettext("%(region)s, laget i Samløp %(day)s")
        % {"region": row.region.name, "day": formats.long_date(on)},
        blocks=tuple(blocks),
    )


def _status(row: MeetingPaper, names: Names, audience: Audience, on: date) -> Sequence[Block]:
    found = queries.status(names, since=min(row.since, on), on=on)
    if not found:
        return (Text(gettext("Ingen kommuner i regionen har innført noe ennå.")),)
    blocks: list[Block] = [
        Table(
            caption=gettext("Kommuner som har kommet så langt, av %(count)s")
            % {"count": len(names)},
            headings=(
                gettext("Løsning"),
                gettext("Teknisk innført"),
                gettext("Tatt i bruk"),
                gettext("Nye siden %(day)s") % {"day": formats.short_date(row.since)},
            ),
            rows=[
                (
                    f"{one.solution}, {str(AREAS[one.area]).lower()}",
                    str(len(one.introduced)),
                    str(len(one.in_use)),
                    # Stages are public once the right of reply has run out.
                    _listed(one.new, names) or "0",
                )
                for one in found
            ],
        )
    ]
    return blocks


def _missing(row: MeetingPaper, names: Names, audience: Audience, on: date) -> Sequence[Block]:
    found = queries.answers(names)
    if not found:
        return (Text(gettext("Ingen i regionen er invitert til noe nå.")),)
    blocks: list[Block] = [
        Table(
            caption=gettext("Svar på invitasjoner"),
            headings=(
                gettext("Innføringsløp"),
                gettext("Har plass"),
                *(str(answer_texts.STATES[state]) for state in _SHOWN),
                gettext("Ingen svar"),
            ),
            rows=[_answer_row(one, names, audience) for one in found],
        )
    ]
    if audience is Audience.MEETING:
        blocks.append(
            Text(
                gettext(
                    "«Vises ikke» er færre enn fem, eller et tall som ville røpet det. Hvem som "
                    "har plass, er offentlig."
                ),
                quiet=True,
            )
        )
    return blocks


_SHOWN: Final = (
    AnswerState.YES,
    AnswerState.PENDING,
    AnswerState.LATER,
    AnswerState.OBSERVE,
    AnswerState.NO,
)


def _answer_row(one: RolloutAnswers, names: Names, audience: Audience) -> tuple[str, ...]:
    groups = {state.value: [names[pk] for pk in one.answered[state]] for state in _SHOWN}
    groups["silent"] = [names[pk] for pk in one.silent]
    found = told_of(groups, audience)
    return (
        one.name,
        _listed(one.placed, names) or "0",
        *(_told(found[state.value]) for state in _SHOWN),
        _told(found["silent"]),
    )


def _told(one: Told) -> str:
    if one.count is None:
        return gettext("vises ikke")
    if one.names:
        return f"{one.count}: {', '.join(one.names)}"
    return str(one.count)


def _listed(pks: Collection[int], names: Names) -> str:
    listed = sorted(names[pk] for pk in pks)
    return f"{len(listed)}: {', '.join(listed)}" if listed else ""


def _full(row: MeetingPaper, names: Names, audience: Audience, on: date) -> Sequence[Block]:
    quarters = quarters_from(on, QUARTERS)
    levels = capacity.levels(on=on, quarters=quarters, municipalities=list(names))
    rows = []
    for quarter in quarters:
        full = [pk for pk in names if levels.get(pk, {}).get(quarter) is Level.HIGH]
        shown = str(len(full))
        if audience is Audience.OWN_USE:
            shown = _listed(full, names) or "0"
        rows.append((formats.quarter(quarter), shown))
    return (
        Table(
            caption=gettext("Kommuner der tiden alt er tatt"),
            headings=(gettext("Kvartal"), gettext("Kommuner")),
            rows=rows,
        ),
    )


def _coming(row: MeetingPaper, names: Names, audience: Audience, on: date) -> Sequence[Block]:
    found = queries.coming(row.region_id)
    if not found:
        return (Text(gettext("Ingen innføringsløp er varslet for regionen.")),)
    return (
        Table(
            caption=gettext("Innføringsløp som planlegges eller pågår"),
            headings=(
                gettext("Innføringsløp"),
                gettext("Type"),
                gettext("Start"),
                gettext("Ventet antall"),
                gettext("Forankret"),
            ),
            rows=[
                (
                    one.name,
                    str(rollout_texts.KINDS[one.kind]),
                    formats.quarter(one.quarter),
                    str(one.expected),
                    f"{one.anchored_in} {formats.short_date(one.anchored_on)}"
                    if one.anchored_on
                    else "",
                )
                for one in found
            ],
        ),
    )


def _matters(row: MeetingPaper, names: Names, audience: Audience, on: date) -> Sequence[Block]:
    """What the committee has before it; other bodies' cases are not on the meeting's list."""
    rows = Case.objects.open().filter(body__slug=queries.COMMITTEE)
    lines = [f"{one.number_words}: {one.title}" for one in governance.lines(rows)]
    if not lines:
        return (Text(gettext("FPU e-helse har ingen saker til behandling.")),)
    return (Bullets(lines),)


def _help(row: MeetingPaper, names: Names, audience: Audience, on: date) -> Sequence[Block]:
    found = help_queries.given(row.region_id, since=row.since, until=on)
    asked = sum(one.asked for one in found.values())
    blocks: list[Block] = [
        Text(
            ngettext(
                "%(count)s spørsmål om hjelp siden %(day)s; %(answered)s er besvart.",
                "%(count)s spørsmål om hjelp siden %(day)s; %(answered)s er besvart.",
                asked,
            )
            % {
                "count": asked,
                "day": formats.long_date(row.since),
                "answered": sum(one.answered for one in found.values()),
            }
        )
    ]
    if audience is Audience.OWN_USE and found:
        blocks.append(
            Table(
                caption=gettext("Spørsmål fra hver kommune"),
                headings=(gettext("Kommune"), gettext("Spørsmål"), gettext("Besvart")),
                rows=[
                    (names[pk], str(one.asked), str(one.answered))
                    for pk, one in found.items()
                    if pk in names
                ],
            )
        )
    return blocks


_BLOCKS: Final = {
    MeetingBlock.STATUS: _status,
    MeetingBlock.MISSING_ANSWERS: _missing,
    MeetingBlock.FULL_QUARTERS: _full,
    MeetingBlock.COMING: _coming,
    MeetingBlock.MATTERS: _matters,
    MeetingBlock.HELP: _help,
}
