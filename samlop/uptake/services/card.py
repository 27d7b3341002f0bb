"""The quarterly card «Stemmer dette?»: one answer for all of a municipality's solutions."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db import transaction

from samlop.audit.services import change
from samlop.db import locks
from samlop.lib.actors import Actor
from samlop.lib.quarters import Quarter
from samlop.municipalities.models import Municipality
from samlop.portfolio.models import Offer
from samlop.uptake.models import (
    BenefitFigure,
    ChosenBenefit,
    HindranceReport,
    QuarterCard,
    StageEvent,
)
from samlop.uptake.rules import stages as rules
from samlop.uptake.rules.benefits import Figure, FigureKind, as_stored
from samlop.uptake.rules.stages import Hindrance, Source, Stage
from samlop.uptake.services import benefits
from samlop.uptake.services import stages as services
from samlop.uptake.services.stages import CannotSay, Said
from samlop.uptake.texts import stages as texts

MOST_NOTE: Final = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What is answered for one offer.

    `shown` and `shown_since` are what the card asked about, and `seen` the newest event then;
    `stage` and `since` what the municipality says: the same, when it is right.
    """

    offer: int
    seen: int | None
    shown: Stage | None
    shown_since: date | None
    stage: Stage | None
    since: date | None
    units_in_use: int | None = None
    units: int | None = None
    hindrances: frozenset[Hindrance] = frozenset()
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """The newest figure of a benefit that the municipality follows."""

    chosen: ChosenBenefit
    figure: Figure


class CannotAnswer(CannotSay):
    """The answer for one of the offers is refused, and with it all of the card."""

    def __init__(self, refused: CannotSay, offer: Offer) -> None:
        super().__init__(refused.refusal, solution=offer.solution.name)
        self.offer = offer.pk


def answer(
    *,
    municipality: Municipality,
    quarter: Quarter,
    lines: Sequence[Line],
    by: Actor,
    on: date,
    at: datetime,
    measured: Sequence[Measured] = (),
) -> QuarterCard:
    """Everything on the card, all or none; the first answer of the quarter is the card's own.

    The same again changes nothing. Raises CannotAnswer, or services.benefits.CannotChangeBenefit.
    """
    with change("uptake.card.answered", by=by, at=at) as record:
        locks.hold(f"uptake.card.{municipality.pk}")
        _answer(municipality, lines, by=by, on=on, at=at)
        for one in measured:
            _measure(one, by=by, on=on, at=at)
        card, _ = QuarterCard.objects.get_or_create(
            municipality=municipality,
            quarter=quarter.starts_on,
            defaults={"answered_by_id": by.pk, "answered_at": at},
        )
        record(
            card,
            municipality_id=municipality.pk,
            details={"quarter": str(quarter), "solutions": len(lines)},
        )
    return card


def answer_one(
    *, municipality: Municipality, line: Line, by: Actor, on: date, at: datetime
) -> None:
    """What the municipality says of one offer between two cards. Raises CannotAnswer."""
    with transaction.atomic():
        _answer(municipality, [line], by=by, on=on, at=at)


def _answer(
    municipality: Municipality, lines: Sequence[Line], *, by: Actor, on: date, at: datetime
) -> None:
    offers = {
        one.pk: one
        for one in Offer.objects.select_related("solution").filter(
            pk__in=[line.offer for line in lines]
        )
    }
    for line in sorted(lines, key=lambda one: one.offer):
        offer = offers[line.offer]
        try:
            _tell(offer, municipality, line, by=by, on=on, at=at)
        except CannotSay as refused:
            raise CannotAnswer(refused, offer) from refused
        report_hindrances(
            offer=offer,
            municipality=municipality,
            hindrances=line.hindrances,
            note=line.note,
            by=by,
            on=on,
            at=at,
        )


def _measure(one: Measured, *, by: Actor, on: date, at: datetime) -> None:
    """A figure, unless the same was the last that was measured."""
    last = (
        BenefitFigure.objects.known_at(None)
        .filter(chosen=one.chosen, kind=FigureKind.MEASUREMENT.value)
        .order_by("-day", "-recorded_at", "-pk")
        .first()
    )
    stored = as_stored(one.chosen.benefit.facts, one.figure)
    if last is None or last.figure != stored:
        benefits.measure(
            chosen=one.chosen, kind=FigureKind.MEASUREMENT, figure=one.figure, on=on, by=by, at=at
        )


def report_hindrances(
    *,
    offer: Offer,
    municipality: Municipality,
    hindrances: Collection[Hindrance],
    by: Actor,
    on: date,
    at: datetime,
    note: str = "",
) -> HindranceReport | None:
    """What hinders now; None when the same was said last."""
    codes = sorted(code.value for code in hindrances)
    note = " ".join(note.split())[:MOST_NOTE]
    with change("uptake.hindrances.told", by=by, at=at) as record:
        services.hold(offer.pk, municipality.pk)
        last = (
            HindranceReport.objects.filter(offer=offer, municipality=municipality)
            .order_by("-told_on", "-recorded_at", "-pk")
            .first()
        )
        if (last.hindrances, last.note) == (codes, note) if last else not (codes or note):
            record.nothing_changed()
            return None
        row = HindranceReport.objects.create(
            offer=offer,
            municipality=municipality,
            hindrances=codes,
            note=note,
            told_on=on,
            recorded_by_id=by.pk,
            recorded_at=at,
        )
        # The note is the municipality's own; its history names no more than that it was told.
        record(
            row,
            municipality_id=municipality.pk,
            details={
                "solution": offer.solution.slug,
                "name": offer.solution.name,
                "area": offer.area,
            },
        )
    return row


def _tell(
    offer: Offer, municipality: Municipality, line: Line, *, by: Actor, on: date, at: datetime
) -> StageEvent | None:
    if line.stage is None:
        return None
    services.hold(offer.pk, municipality.pk)
    if told := _told_already(offer, municipality, line, by=by):
        return told
    services.require_seen(offer, municipality, line.seen)
    if line.shown_since is not None and _confirms(line):
        return services.confirm(
            offer=offer,
            municipality=municipality,
            stage=line.stage,
            since=line.shown_since,
            seen=line.seen,
            units_in_use=line.units_in_use,
            units=line.units,
            by=by,
            on=on,
            at=at,
        )
    said = Said(
        stage=line.stage,
        happened_on=on if line.since is None or _of_today(line) else line.since,
        source=Source.MUNICIPALITY,
        units_in_use=line.units_in_use,
        units=line.units,
    )
    # Its own words of a later day are corrected by this one, or it would not count.
    for event in (
        StageEvent.objects.known_at(None)
        .filter(
            offer=offer,
            municipality=municipality,
            source=Source.MUNICIPALITY.value,
            happened_on__gt=said.happened_on,
        )
        .order_by("pk")
    ):
        services.withdraw(event=event, reason=str(texts.CORRECTED), by=by, at=at)
    return services.say(offer=offer, municipality=municipality, said=said, by=by, on=on, at=at)


def _told_already(
    offer: Offer, municipality: Municipality, line: Line, *, by: Actor
) -> StageEvent | None:
    """The same person's same answer, recorded since the page was read: a second click."""
    newest = (
        StageEvent.objects.known_at(None)
        .filter(offer=offer, municipality=municipality, pk__gt=line.seen or 0)
        .order_by("-pk")
        .first()
    )
    if (
        newest is None
        or by.pk is None
        or (newest.recorded_by_id, newest.source) != (by.pk, Source.MUNICIPALITY.value)
        or newest.stage != line.stage
        # Units that nobody touched are not told anew.
        or (line.units_in_use, line.units)
        not in {(None, None), (newest.units_in_use, newest.units)}
    ):
        return None
    if _confirms(line):
        same_day = line.shown_since is None or newest.happened_on >= line.shown_since
    else:
        # «Not further than this» is of the day it was said; any other answer names its own.
        same_day = _of_today(line) or newest.happened_on == line.since
    return newest if same_day else None


def _confirms(line: Line) -> bool:
    return (
        line.stage is line.shown
        and line.shown_since is not None
        and line.since in {None, line.shown_since}
    )


def _of_today(line: Line) -> bool:
    """«We are not further than this» holds on the day it is said."""
    if line.since is None:
        return True
    lower = (
        line.stage is not None
        and line.shown is not None
        and rules.rank(line.stage) < rules.rank(line.shown)
    )
    return lower and line.stage not in rules.ENDED
