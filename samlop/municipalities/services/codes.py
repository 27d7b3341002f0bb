"""Taking an official list of municipalities into use, whole or not at all."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.db import connection, models
from django.db.models import Q

from samlop.audit.services import Recorder, change
from samlop.lib.actors import Actor
from samlop.lib.errors import Refused
from samlop.municipalities import texts
from samlop.municipalities.models import (
    CodeChange,
    Municipality,
    MunicipalityCode,
    Region,
    RegionMembership,
    VendorProfile,
)
from samlop.municipalities.queries.codes import period_of, periods
from samlop.municipalities.rules import code_lists
from samlop.municipalities.rules import codes as rules
from samlop.municipalities.rules.code_lists import Arrival, Diff, DiffRefusal
from samlop.municipalities.rules.kinds import Certainty, ChangeKind, LanguageForm, RegionKind

_LOCK = 0x5EF_C0DE  # any number of our own; held until the transaction ends


class CannotApply(Refused):
    """The list may be looked at, not applied."""

    def __init__(self, refusal: DiffRefusal) -> None:
        super().__init__(str(texts.DIFF_REFUSALS[refusal]))
        self.refusal = refusal


class StaleDiff(Refused):
    """The municipalities were changed after the list was compared with them."""

    def __init__(self) -> None:
        super().__init__(str(texts.STALE_DIFF))


def lock() -> None:
    """One change of the code list at a time; the others wait. Call it inside a transaction."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [_LOCK])


def apply(diff: Diff, *, by: Actor, at: datetime | None = None) -> None:
    """Write what the difference says. Raises CannotApply or StaleDiff; then nothing is changed.

    A municipality that ends leaves its regions and its products that day. A new one is given
    the regions all its predecessors were in, as assumed: whoever knows confirms them.
    """
    with change("municipalities.codes.imported", by=by, at=at) as record:
        lock()
        if code_lists.fingerprint(periods(), known_changes()) != diff.fingerprint:
            raise StaleDiff
        if diff.refusal is not None:
            raise CannotApply(diff.refusal)
        if diff.is_empty:
            record.nothing_changed()
            return
        writes = diff.writes
        ids = _create_municipalities(writes.arrivals)
        touched = set(ids.values())
        for period, end in writes.end:
            touched.add(_id(period.municipality, ids))
            _stored(period).update(valid_to=end)
        for period, other in writes.rename:
            touched.add(_id(period.municipality, ids))
            _stored(period).update(
                name=other.name,
                qualified_name=other.qualified_name,
                official_name=other.official_name,
            )
        created = [code_row(code, _id(code.municipality, ids)) for code in writes.create]
        touched |= {code.municipality_id for code in created}
        MunicipalityCode.objects.bulk_create(created)
        lines = CodeChange.objects.bulk_create(
            CodeChange(
                old_number=line.old_number,
                new_number=line.new_number,
                happened_on=line.happened_on,
                kind=line.kind.value,
            )
            for line in writes.changes
        )
        departures = [(_id(key, ids), day) for key, day in writes.departures]
        for day in sorted(
            {arrival.begins_on for arrival in writes.arrivals} | {day for _, day in departures}
        ):
            for arrival in writes.arrivals:
                if arrival.begins_on == day and arrival.predecessors:
                    predecessors = [_id(key, ids) for key in arrival.predecessors]
                    _inherit(ids[arrival.municipality], predecessors, day)
            _leave({key for key, last in departures if last == day}, day)
        county_memberships_follow_codes(touched)
        _record(record, diff, created, touched, lines)


def known_changes() -> list[rules.Change]:
    """Every line of the change list. One query."""
    return [
        rules.Change(old, new, day, ChangeKind(kind))
        for old, new, day, kind in CodeChange.objects.values_list(
            "old_number", "new_number", "happened_on", "kind"
        )
    ]


def code_row(code: rules.CodePeriod, municipality_id: int) -> MunicipalityCode:
    """A row not yet saved."""
    return MunicipalityCode(
        municipality_id=municipality_id,
        number=code.number,
        name=code.name,
        qualified_name=code.qualified_name,
        official_name=code.official_name,
        valid_from=code.valid_from,
        valid_to=code.valid_to,
    )


def county_memberships_follow_codes(municipality_ids: set[int]) -> None:
    """Make the stored county memberships say what the municipalities' numbers say.

    A number's first two digits are its county by definition, so nothing here is a guess.
    Raises KeyError for a county that is not loaded.
    """
    counties: dict[str, list[Region]] = defaultdict(list)
    for region in Region.objects.filter(kind=RegionKind.COUNTY):
        counties[str(region.number)].append(region)
    codes: dict[int, list[rules.CodePeriod]] = defaultdict(list)
    for code in MunicipalityCode.objects.filter(municipality__in=municipality_ids):
        codes[code.municipality_id].append(period_of(code))
    known = {
        (row.municipality_id, row.region_id, row.valid_from): row
        for row in RegionMembership.objects.filter(
            municipality__in=municipality_ids, kind=RegionKind.COUNTY
        )
    }
    new: list[RegionMembership] = []
    for municipality_id, of_one in codes.items():
        for number, run in rules.county_runs(of_one):
            region = _valid_region(counties[number], run.valid_from)
            row = known.pop((municipality_id, region.pk, run.valid_from), None)
            if row is None:
                new.append(
                    RegionMembership(
                        region_id=region.pk,
                        municipality_id=municipality_id,
                        kind=RegionKind.COUNTY.value,
                        certainty=Certainty.CONFIRMED.value,
                        source="SSB KLASS 131",
                        valid_from=run.valid_from,
                        valid_to=run.valid_to,
                    )
                )
            elif row.valid_to != run.valid_to:
                row.valid_to = run.valid_to
                row.save(update_fields=["valid_to"])
    for row in known.values():
        row.delete()
    RegionMembership.objects.bulk_create(new)


def _valid_region(regions: Iterable[Region], day: date) -> Region:
    for region in regions:
        if region.valid_from <= day and (region.valid_to is None or day < region.valid_to):
            return region
    raise KeyError(day)


def _id(key: int | str, ids: dict[str, int]) -> int:
    return key if isinstance(key, int) else ids[key]


def _stored(period: rules.CodePeriod) -> models.QuerySet[MunicipalityCode]:
    return MunicipalityCode.objects.filter(number=period.number, valid_from=period.valid_from)


def _create_municipalities(arrivals: Sequence[Arrival]) -> dict[str, int]:
    """Rows for those that begin; with the language form of their predecessors when they agree."""
    forms: dict[int | str, str] = {}
    forms.update(Municipality.objects.values_list("pk", "language_form"))
    for arrival in arrivals:
        of_old = {forms[key] for key in arrival.predecessors}
        forms[arrival.municipality] = (
            of_old.pop() if len(of_old) == 1 else LanguageForm.NEUTRAL.value
        )
    rows = Municipality.objects.bulk_create(
        Municipality(language_form=forms[arrival.municipality]) for arrival in arrivals
    )
    return {arrival.municipality: row.pk for arrival, row in zip(arrivals, rows, strict=True)}


def _inherit(municipality_id: int, predecessors: Sequence[int], day: date) -> None:
    held: dict[int, dict[int, RegionMembership]] = defaultdict(dict)
    rows = RegionMembership.objects.exclude(kind=RegionKind.COUNTY).filter(
        Q(valid_to=None) | Q(valid_to__gte=day),
        Q(region__valid_to=None) | Q(region__valid_to__gt=day),
        municipality__in=predecessors,
        valid_from__lt=day,
    )
    for row in rows:
        held[row.region_id][row.municipality_id] = row
    numbers = MunicipalityCode.objects.filter(
        municipality__in=predecessors, valid_from__lt=day, valid_to__gte=day
    ).values_list("number", "name")
    source = "Fulgte med fra " + ", ".join(f"{number} {name}" for number, name in sorted(numbers))
    RegionMembership.objects.bulk_create(
        RegionMembership(
            region_id=region_id,
            municipality_id=municipality_id,
            kind=next(iter(of_region.values())).kind,
            certainty=_certainty(list(of_region.values())).value,
            source=source[:300],
            valid_from=day,
        )
        for region_id, of_region in held.items()
        if len(of_region) == len(set(predecessors))
    )


def _certainty(rows: Sequence[RegionMembership]) -> Certainty:
    """A health region follows the land; anything else the new municipality decides itself."""
    fact = all(
        row.kind == RegionKind.HEALTH_REGION and row.certainty == Certainty.CONFIRMED
        for row in rows
    )
    return Certainty.CONFIRMED if fact else Certainty.ASSUMED


def _leave(municipality_ids: set[int], day: date) -> None:
    for rows in (
        RegionMembership.objects.filter(municipality__in=municipality_ids),
        VendorProfile.objects.filter(municipality__in=municipality_ids),
    ):
        rows.filter(valid_from__gte=day).delete()
        rows.filter(Q(valid_to=None) | Q(valid_to__gt=day)).update(valid_to=day)


def _record(
    record: Recorder,
    diff: Diff,
    created: Sequence[MunicipalityCode],
    touched: set[int],
    lines: Sequence[CodeChange],
) -> None:
    began: dict[int, list[str]] = defaultdict(list)
    for code in created:
        began[code.municipality_id].append(f"{code.number} {code.official_name}")
    for row in Municipality.objects.filter(pk__in=touched).order_by("pk"):
        details = {"valid_from": str(diff.valid_from), "began": began[row.pk]}
        record(row, municipality_id=row.pk, details=details)
    for line in lines[:1]:
        record(line, details={"valid_from": str(diff.valid_from), "changes": len(lines)})
