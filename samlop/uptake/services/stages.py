"""Saying, confirming and taking back how far a municipality has come."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from django.db import transaction

from samlop.audit.services import change
from samlop.db import locks
from samlop.files.models import File
from samlop.lib.actors import Actor
from samlop.lib.days import local_day
from samlop.lib.errors import Refused
from samlop.municipalities.models import Municipality, MunicipalityCode
from samlop.portfolio.models import Offer, Solution
from samlop.uptake.models import CarryDecision, StageDefinition, StageEvent
from samlop.uptake.queries import stages as queries
from samlop.uptake.rules import stages as rules
from samlop.uptake.rules.stages import Source, Stage, StageRefusal, Word
from samlop.uptake.texts import stages as texts

MOST_WORDS: Final = 300
MOST_REMARK: Final = 500
MOST_DEFINITION: Final = 600


class CannotSay(Refused):
    """A rule says no to what is said of a municipality; nothing was saved."""

    def __init__(self, refusal: StageRefusal, **words: str) -> None:
        super().__init__(str(texts.REFUSALS[refusal]) % words)
        self.refusal = refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A stage as a source tells it; `units` are all units, both numbers or none."""

    stage: Stage
    happened_on: date
    source: Source
    source_words: str = ""
    units_in_use: int | None = None
    units: int | None = None
    evidence: File | None = None
    remark: str = ""

    def word(self, told_on: date) -> Word:
        return Word(
            source=self.source,
            stage=self.stage,
            on=self.happened_on,
            told_on=told_on,
            units_in_use=self.units_in_use,
            units=self.units,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """One row of a history that is loaded, recorded at the time it was told."""

    municipality: int
    said: Said
    recorded_at: datetime
    carried_from: int | None = None


def say(
    *, offer: Offer, municipality: Municipality, said: Said, by: Actor, on: date, at: datetime
) -> StageEvent:
    """A source tells how far a municipality has come; the same again changes nothing.

    Raises CannotSay.
    """
    with change("uptake.stage.said", by=by, at=at) as record:
        hold(offer.pk, municipality.pk)
        _require(said, offer=offer, municipality=municipality, on=on)
        newest = (
            StageEvent.objects.known_at(None)
            .filter(offer=offer, municipality=municipality, source=said.source.value)
            .order_by("-happened_on", "-recorded_at", "-pk")
            .first()
        )
        if newest is not None and _says_the_same(newest, said):
            record.nothing_changed()
            return newest
        row = _event(offer, municipality.pk, said, by=by, at=at)
        row.definition = _definition(offer, said)
        row.save(force_insert=True)
        record(row, municipality_id=municipality.pk, details=_details(row))
    return row


def confirm(
    *,
    offer: Offer,
    municipality: Municipality,
    stage: Stage,
    since: date,
    seen: int | None,
    by: Actor,
    on: date,
    at: datetime,
    units_in_use: int | None = None,
    units: int | None = None,
) -> StageEvent:
    """The municipality says itself what others say of it, from the same day.

    `seen` is the newest event it had before it, of any source. Raises CannotSay.
    """
    with transaction.atomic():
        require_seen(offer, municipality, seen)
        own = (
            StageEvent.objects.known_at(None)
            .filter(offer=offer, municipality=municipality, source=Source.MUNICIPALITY.value)
            .order_by("-happened_on", "-recorded_at", "-pk")
            .first()
        )
        # Its own later word must give way, or the confirmation would not count.
        day = max(since, own.happened_on) if own is not None else since
        said = Said(
            stage=stage,
            happened_on=day,
            source=Source.MUNICIPALITY,
            units_in_use=units_in_use,
            units=units,
        )
        if own is not None and own.stage == stage.value and units is None:
            said = replace(
                said,
                happened_on=own.happened_on,
                units_in_use=own.units_in_use,
                units=own.units,
            )
        return say(offer=offer, municipality=municipality, said=said, by=by, on=on, at=at)


def withdraw(*, event: StageEvent, reason: str, by: Actor, at: datetime) -> StageEvent:
    """What was said was wrong: what its source said before counts again. Raises CannotSay."""
    reason = " ".join(reason.split())[:MOST_REMARK]
    if not reason:
        raise CannotSay(StageRefusal.NO_REASON)
    with change("uptake.stage.withdrawn", by=by, reason=reason, at=at) as record:
        row = (
            StageEvent.objects.select_for_update(of=("self",))
            .select_related("offer__solution")
            .get(pk=event.pk)
        )
        if row.withdrawn_at is not None:
            raise CannotSay(StageRefusal.ALREADY_WITHDRAWN)
        row.withdrawn_at = at
        row.save(update_fields=["withdrawn_at"])
        record(row, municipality_id=row.municipality_id, details=_details(row))
    return row


def load(*, offer: Offer, rows: Sequence[Loaded], by: Actor, on: date, at: datetime) -> int:
    """A whole history of one offer at once, all or none, with one line in the log.

    Raises CannotSay. Five queries, and one more per thousand rows.
    """
    if not rows:
        return 0
    with change("uptake.stages.loaded", by=by, at=at) as record:
        joint = offer.solution.is_joint_process
        periods: dict[int, list[tuple[date, date | None]]] = {}
        for pk, first, before in MunicipalityCode.objects.values_list(
            "municipality_id", "valid_from", "valid_to"
        ):
            periods.setdefault(pk, []).append((first, before))
        versions = list(
            StageDefinition.objects.filter(solution=offer.solution_id).order_by(
                "-valid_from", "-version"
            )
        )
        made = []
        for row in rows:
            told_on = local_day(row.recorded_at)
            if refusal := rules.refusal_of(row.said.word(told_on), on=on, joint_process=joint):
                raise CannotSay(refusal)
            if not any(
                first <= row.said.happened_on and (before is None or row.said.happened_on < before)
                for first, before in periods.get(row.municipality, [])
            ):
                raise CannotSay(StageRefusal.NOT_EXISTING)
            event = _event(offer, row.municipality, row.said, by=by, at=row.recorded_at)
            event.carried_from_id = row.carried_from
            event.definition = next(
                (
                    one
                    for one in versions
                    if one.stage == row.said.stage.value and one.valid_from <= row.said.happened_on
                ),
                None,
            )
            made.append(event)
        StageEvent.objects.bulk_create(made, batch_size=1000)
        record(
            offer,
            details={
                "solution": offer.solution.slug,
                "name": offer.solution.name,
                "area": offer.area,
                "rows": len(made),
            },
        )
    return len(made)


def decide_carry(
    *,
    proposal: queries.CarryProposal,
    carried: bool,
    by: Actor,
    at: datetime,
) -> CarryDecision:
    """A person confirms that a new municipality begins where its former ones were, or not.

    Raises CannotSay when it is no longer proposed.
    """
    with change("uptake.stage.carried", by=by, at=at) as record:
        hold(proposal.offer, proposal.municipality)
        if proposal not in queries.carry_proposals(proposal.municipality):
            raise CannotSay(StageRefusal.NOT_PROPOSED)
        offer = Offer.objects.select_related("solution").get(pk=proposal.offer)
        decision = CarryDecision.objects.create(
            municipality_id=proposal.municipality,
            offer=offer,
            stage=proposal.stage.value,
            carried=carried,
            decided_by_id=by.pk,
            decided_at=at,
        )
        if carried:
            said = Said(
                stage=proposal.stage,
                happened_on=proposal.begins_on,
                source=Source.MUNICIPALITY,
            )
            for former in proposal.former:
                row = _event(offer, proposal.municipality, said, by=by, at=at)
                row.carried_from_id = former
                row.definition = _definition(offer, said)
                row.save(force_insert=True)
        record(
            decision,
            municipality_id=proposal.municipality,
            details={
                "solution": offer.solution.slug,
                "name": offer.solution.name,
                "area": offer.area,
                "stage": proposal.stage.value,
                "carried": carried,
            },
        )
    return decision


def define(
    *,
    solution: Solution,
    stage: Stage,
    words: str,
    valid_from: date,
    by: Actor,
    at: datetime,
    source: str = "",
    seen: int = 0,
) -> StageDefinition:
    """A new version of what a stage means for a solution.

    `seen` is the number of the version that it was written from, 0 for none. Raises CannotSay.
    """
    words = " ".join(words.split())[:MOST_DEFINITION]
    if not words:
        raise CannotSay(StageRefusal.NO_WORDS)
    with change("uptake.definition.published", by=by, at=at) as record:
        locks.hold(f"uptake.definition.{solution.pk}.{stage.value}")
        newest = (
            StageDefinition.objects.filter(solution=solution, stage=stage.value)
            .order_by("-version")
            .first()
        )
        source = " ".join(source.split())[:MOST_WORDS]
        if newest is not None and (newest.words, newest.source, newest.valid_from) == (
            words,
            source,
            valid_from,
        ):
            record.nothing_changed()
            return newest
        if (newest.version if newest else 0) != seen:
            raise CannotSay(StageRefusal.DEFINED_MEANWHILE)
        row = StageDefinition.objects.create(
            solution=solution,
            stage=stage.value,
            version=newest.version + 1 if newest else 1,
            words=words,
            source=source,
            valid_from=valid_from,
            published_by_id=by.pk,
            published_at=at,
        )
        record(
            row,
            details={
                "solution": solution.slug,
                "name": solution.name,
                "stage": stage.value,
                "version": row.version,
            },
        )
    return row


def hold(offer: int, municipality: int) -> None:
    """One word at a time about a municipality and an offer."""
    locks.hold(f"uptake.stage.{offer}.{municipality}")


def require_seen(offer: Offer, municipality: Municipality, seen: int | None) -> None:
    """Nobody has said anything since the page was read. Raises CannotSay."""
    hold(offer.pk, municipality.pk)
    newest = (
        StageEvent.objects.known_at(None)
        .filter(offer=offer, municipality=municipality)
        .order_by("-pk")
        .values_list("pk", flat=True)
        .first()
    )
    if newest != seen:
        raise CannotSay(StageRefusal.CHANGED_MEANWHILE, solution=offer.solution.name)


def _require(said: Said, *, offer: Offer, municipality: Municipality, on: date) -> None:
    joint = offer.solution.is_joint_process
    if refusal := rules.refusal_of(said.word(on), on=on, joint_process=joint):
        raise CannotSay(refusal)
    existed = MunicipalityCode.objects.valid_on(said.happened_on).filter(municipality=municipality)
    if not existed.exists():
        raise CannotSay(StageRefusal.NOT_EXISTING)


def _says_the_same(row: StageEvent, said: Said) -> bool:
    return (row.stage, row.happened_on, row.units_in_use, row.units) == (
        said.stage.value,
        said.happened_on,
        said.units_in_use,
        said.units,
    )


def _event(offer: Offer, municipality: int, said: Said, *, by: Actor, at: datetime) -> StageEvent:
    return StageEvent(
        offer=offer,
        municipality_id=municipality,
        stage=said.stage.value,
        happened_on=said.happened_on,
        source=said.source.value,
        source_words=" ".join(said.source_words.split())[:MOST_WORDS],
        units_in_use=said.units_in_use,
        units=said.units,
        evidence=said.evidence,
        remark=" ".join(said.remark.split())[:MOST_REMARK],
        recorded_by_id=by.pk,
        recorded_at=at,
    )


def _definition(offer: Offer, said: Said) -> StageDefinition | None:
    """The version that counted on the day it happened."""
    return (
        StageDefinition.objects.filter(
            solution=offer.solution_id, stage=said.stage.value, valid_from__lte=said.happened_on
        )
        .order_by("-valid_from", "-version")
        .first()
    )


def _details(row: StageEvent) -> dict[str, str | int | None]:
    """Codes and names of things: what the history tells, whatever they are called later."""
    return {
        "solution": row.offer.solution.slug,
        "name": row.offer.solution.name,
        "area": row.offer.area,
        "stage": row.stage,
        "happened_on": row.happened_on.isoformat(),
        "source": row.source,
        "units_in_use": row.units_in_use,
        "units": row.units,
    }
