"""The use watch: raising alerts, telling the region, and lowering them when use recovers."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final

from samlop.audit.services import change
from samlop.db import locks
from samlop.lib.actors import Actor, Machine
from samlop.messages import services as messages
from samlop.uptake.models import Indicator, UseAlert
from samlop.uptake.queries import watch as queries
from samlop.uptake.rules import watch as rules
from samlop.uptake.rules.watch import Alert, AlertMove, Concern, Use
from samlop.uptake.services import watch_mails

WATCH: Final = Machine("Varsel om bruk")


def review(*, indicator: Indicator, on: date, at: datetime, by: Actor = WATCH) -> int:
    """Raise and lower what the newest figures say; how many alerts changed. Safe to repeat."""
    with change("uptake.watch.reviewed", by=by, at=at) as record:
        locks.hold(f"uptake.watch:{indicator.pk}")
        standing = {
            (row.municipality_id, Concern(row.concern)): row
            for row in UseAlert.objects.standing().filter(indicator=indicator)
        }
        figures = queries.watched(indicator, on)
        changed = _judge(indicator, figures, standing, on=on)
        if standing:
            users = queries.users(indicator.solution_id, on)
            for row in standing.values():
                if row.lowered_on is None and row.municipality_id not in users:
                    _lower(row, on=on, level=None)
                    changed.append(row)
        if not changed:
            record.nothing_changed()
        for row in changed:
            record(row, municipality_id=row.municipality_id, details=_told(row, indicator))
            if row.lowered_on is None:
                for person in watch_mails.of_municipality(row.municipality_id, on=on):
                    messages.queue(watch_mails.ALERT, to=person, at=at, context={"alert": row.pk})
    return len(changed)


def review_all(*, on: date, at: datetime) -> None:
    """Every indicator of every solution, each by itself; then the regions."""
    for indicator in Indicator.objects.measured().select_related("solution").order_by("pk"):
        review(indicator=indicator, on=on, at=at)
    tell_regions(on=on, at=at)


def tell_regions(*, on: date, at: datetime, by: Actor = WATCH) -> list[UseAlert]:
    """Mark those that have stood for fourteen days as told to the region's contact person, once."""
    with change("uptake.watch.region_told", by=by, at=at) as record:
        due = [
            row
            for row in UseAlert.objects.standing()
            .filter(region_told_on=None)
            .select_for_update(of=("self",))
            .select_related("indicator__solution")
            .order_by("pk")
            if rules.tells_the_region(Alert(raised_on=row.raised_on), on)
        ]
        if not due:
            record.nothing_changed()
        for row in due:
            row.region_told_on = on
            row.save(update_fields=["region_told_on"])
            for person in watch_mails.of_region(row.municipality_id, on=on):
                messages.queue(watch_mails.ALERT, to=person, at=at, context={"alert": row.pk})
            record(row, municipality_id=row.municipality_id, details=_told(row, row.indicator))
    return due


def _judge(
    indicator: Indicator,
    figures: Mapping[int, Use],
    standing: Mapping[tuple[int, Concern], UseAlert],
    *,
    on: date,
) -> list[UseAlert]:
    changed = []
    for municipality, use in sorted(figures.items()):
        for concern in Concern:
            alert = standing.get((municipality, concern))
            verdict = rules.judge(concern, use, standing=alert is not None)
            level, against = verdict.level, verdict.against
            if verdict.move is AlertMove.RAISE and level is not None and against is not None:
                changed.append(
                    UseAlert.objects.create(
                        indicator=indicator,
                        municipality_id=municipality,
                        concern=concern.value,
                        raised_on=on,
                        level=level,
                        against=against,
                    )
                )
            elif verdict.move is AlertMove.LOWER and alert is not None:
                _lower(alert, on=on, level=level)
                changed.append(alert)
    return changed


def _lower(row: UseAlert, *, on: date, level: float | None) -> None:
    row.lowered_on = on
    row.lowered_level = level
    row.save(update_fields=["lowered_on", "lowered_level"])


def _told(row: UseAlert, indicator: Indicator) -> dict[str, object]:
    return {
        "solution": indicator.solution.slug,
        "name": indicator.solution.name,
        "concern": row.concern,
        "standing": row.lowered_on is None,
    }
