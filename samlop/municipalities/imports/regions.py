"""A CSV file of who is in which region: read, rehearsed, and applied whole or not at all.

Columns: region, kommune, fra, til, kilde; docs/domain/regions.md explains them. The file adds
members, confirms assumed ones and sets ends. It takes nobody out whom it does not mention.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext

from samlop.audit.services import change
from samlop.lib import csvio
from samlop.lib.actors import Actor
from samlop.lib.errors import FileProblem, FileRefused, Refused
from samlop.municipalities.imports.columns import cell, day, require_columns
from samlop.municipalities.imports.places import NotOneMunicipality, Places
from samlop.municipalities.models import Municipality, Region, RegionMembership
from samlop.municipalities.rules.kinds import Certainty, RegionKind
from samlop.municipalities.services import regions as services

HEADER: Final = ("region", "kommune", "fra", "til", "kilde")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One row of the file; a day that is not given is None."""

    row: int
    region: str
    municipality: int
    number: str
    name: str
    valid_from: date
    valid_to: date | None
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What the file comes to, row by row."""

    new_regions: tuple[str, ...]
    added: tuple[Line, ...]
    confirmed: tuple[Line, ...]
    ended: tuple[Line, ...]
    unchanged: tuple[Line, ...]

    @property
    def changes(self) -> int:
        return len(self.added) + len(self.confirmed) + len(self.ended)


def compare(
    content: bytes,
    *,
    kind: RegionKind,
    on: date,
    by: Actor,
    region: Region | None = None,
) -> Difference:
    """What applying the file would do, found by doing it and taking it back.

    The services are the only ones who know what is refused. Raises FileRefused naming every
    row that cannot be read or is refused.
    """
    with transaction.atomic():
        difference = apply(content, kind=kind, on=on, by=by, region=region)
        transaction.set_rollback(True)
    return difference


def apply(
    content: bytes,
    *,
    kind: RegionKind,
    on: date,
    by: Actor,
    region: Region | None = None,
    at: datetime | None = None,
) -> Difference:
    """Save what the file says about regions of one kind, or of one region; all or nothing.

    A row without «fra» holds from `on`. A region that does not exist is made, unless the file
    is about one region. Raises FileRefused.
    """
    lines = parse(content, on=on, region=region)
    with change("municipalities.members.imported", by=by, at=at) as record:
        # Each row below is an event of its own.
        record.nothing_changed()
        return _Run(kind=kind, region=region, by=by, at=at).through(lines)


def parse(content: bytes, *, on: date, region: Region | None = None) -> list[Line]:
    """The rows as values; raises FileRefused naming every cell that cannot be read."""
    table = csvio.read(content)
    needed = HEADER[:2] if region is None else HEADER[1:2]
    require_columns(table, known=HEADER, needed=needed)
    places = Places()
    lines: list[Line] = []
    problems: list[FileProblem] = []
    for row in table.rows:
        valid_from = _day(row, "fra", problems) or on
        valid_to = _day(row, "til", problems)
        called = _region(row, region, problems)
        # Who is still a member is named as today, who has left as she was called when she joined.
        named_on = valid_from if valid_to else max(valid_from, on)
        try:
            place = places.find(cell(row, "kommune"), on=named_on)
        except NotOneMunicipality as error:
            problems.append(FileProblem(str(error), row=row.number, column="kommune"))
            continue
        lines.append(
            Line(
                row=row.number,
                region=called,
                municipality=int(place.municipality),
                number=place.number,
                name=place.qualified_name,
                valid_from=valid_from,
                valid_to=valid_to,
                source=cell(row, "kilde"),
            )
        )
    if problems:
        raise FileRefused(problems)
    return lines


def _day(row: csvio.Row, title: str, problems: list[FileProblem]) -> date | None:
    text = cell(row, title)
    found = day(text) if text else None
    if text and found is None:
        message = gettext("«%(text)s» er ingen dato. Skriv den som 2027-03-14.")
        problems.append(FileProblem(message % {"text": text}, row=row.number, column=title))
    return found


def _region(row: csvio.Row, only: Region | None, problems: list[FileProblem]) -> str:
    called = cell(row, "region")
    if not called and only is None:
        problems.append(FileProblem(gettext("Regionen mangler."), row=row.number, column="region"))
    if only is None:
        return called
    if called and called.casefold() not in (only.name.casefold(), only.slug):
        message = gettext("Filen gjelder %(region)s. Ta ut raden, eller rett navnet.")
        problems.append(
            FileProblem(message % {"region": only.name}, row=row.number, column="region")
        )
    return only.name


class _Run:
    """One file on its way through the services."""

    def __init__(
        self, *, kind: RegionKind, region: Region | None, by: Actor, at: datetime | None
    ) -> None:
        self._kind, self._by, self._at = kind, by, at
        self._only = region
        self._regions = {
            called: row
            for row in Region.objects.filter(kind=kind.value).order_by("-valid_to", "pk")
            for called in (row.name.casefold(), row.slug)
        }
        self._new: list[str] = []
        self._added: list[Line] = []
        self._confirmed: list[Line] = []
        self._ended: list[Line] = []
        self._unchanged: list[Line] = []

    def through(self, lines: Sequence[Line]) -> Difference:
        problems = []
        starts: dict[str, date] = {}
        for line in lines:
            called = line.region.casefold()
            starts[called] = min(line.valid_from, starts.get(called, line.valid_from))
        for line in lines:
            try:
                self._take(line, starts[line.region.casefold()])
            except Refused as refused:
                problems.append(FileProblem(str(refused), row=line.row, column="kommune"))
        if problems:
            raise FileRefused(problems)
        return Difference(
            new_regions=tuple(self._new),
            added=tuple(self._added),
            confirmed=tuple(self._confirmed),
            ended=tuple(self._ended),
            unchanged=tuple(self._unchanged),
        )

    def _take(self, line: Line, starts_on: date) -> None:
        region = self._only or self._regions.get(line.region.casefold())
        if region is None:
            region = services.create_region(
                kind=self._kind,
                name=line.region,
                valid_from=starts_on,
                source=line.source,
                by=self._by,
                at=self._at,
            )
            self._new.append(region.name)
            self._regions[line.region.casefold()] = region
        held = RegionMembership.objects.filter(
            region=region, municipality=line.municipality, valid_from__lte=line.valid_from
        ).order_by("-valid_from")
        membership = held.valid_on(line.valid_from).first()
        if membership is None:
            services.add_member(
                region=region,
                municipality=Municipality(pk=line.municipality),
                valid_from=line.valid_from,
                valid_to=line.valid_to,
                source=line.source,
                by=self._by,
                at=self._at,
            )
            self._added.append(line)
            return
        confirmed = membership.certainty == Certainty.ASSUMED.value
        if confirmed:
            services.confirm_memberships(
                region=region,
                membership_ids=[membership.pk],
                source=line.source,
                by=self._by,
                at=self._at,
            )
        if line.valid_to is not None and line.valid_to != membership.valid_to:
            services.end_membership(
                membership=membership, ends_on=line.valid_to, by=self._by, at=self._at
            )
            self._ended.append(line)
        elif confirmed:
            self._confirmed.append(line)
        else:
            self._unchanged.append(line)
