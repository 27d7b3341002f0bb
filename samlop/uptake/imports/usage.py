"""Files of figures, read as a stream: CSV of any size, and workbooks up to a limit."""

import codecs
import csv
import hashlib
import io
import tempfile
import zipfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from itertools import chain, islice
from typing import BinaryIO, Final

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from samlop.db import locks
from samlop.lib.actors import Actor
from samlop.municipalities.models import Population
from samlop.municipalities.queries import codes
from samlop.municipalities.rules.codes import CodePeriod, Outcome
from samlop.uptake.models import Indicator, UsageImport, UsageSource
from samlop.uptake.queries import imports as queries
from samlop.uptake.rules import columns as column_rules
from samlop.uptake.rules import figures, indicators
from samlop.uptake.rules.columns import LOOKED_THROUGH, Columns, Header
from samlop.uptake.rules.figures import DecimalMark, Problem, Unreadable
from samlop.uptake.rules.imports import MOST_WORKBOOK_ROWS, ImportRefusal, ImportState
from samlop.uptake.rules.indicators import IndicatorKind, Rhythm
from samlop.uptake.services import indicators as indicator_services
from samlop.uptake.services import usage
from samlop.uptake.services.indicators import CannotImport
from samlop.uptake.services.usage import Bad, Good

_CHUNK: Final = 256 * 1024
_PART: Final = 1024 * 1024
# About twenty thousand rows: whoever sent it need not wait for the worker.
SMALL: Final = 1024 * 1024
_ZIP: Final = b"PK\x03\x04"
# Two hundred thousand rows of six columns are a third of this; a file made to fill memory is not.
MOST_INFLATED: Final = 240 * 1024 * 1024

Row = Sequence[str]


@dataclass(frozen=True, slots=True)
class Opened:
    """A file whose header is found; `rows` are numbered as a spreadsheet does.

    `how_far` tells how much is read, and the whole: bytes of text, rows of a workbook.
    """

    header: Header
    rows: Iterator[tuple[int, Row]]
    sha256: str
    how_far: Callable[[], tuple[int, int]]


@dataclass(slots=True)
class _Sheet:
    rows: Iterator[tuple[int, Row]]
    how_far: Callable[[], tuple[int, int]]


def open_file(stream: BinaryIO) -> Opened:
    """Find the header and stand at the first figure. Raises CannotImport."""
    sha256, encoding = _look_through(stream)
    size = stream.tell()
    stream.seek(0)
    if stream.read(len(_ZIP)) == _ZIP:
        sheets = _workbook(stream)
    else:
        sheets = iter([_Sheet(_text(stream, encoding), lambda: (stream.tell(), size))])
    for sheet in sheets:
        top = list(islice(sheet.rows, LOOKED_THROUGH))
        header = column_rules.find_header([cells for _, cells in top])
        if header is not None:
            rest = chain(top[header.first_row - 1 :], sheet.rows)
            return Opened(header, rest, sha256, sheet.how_far)
    raise CannotImport(ImportRefusal.NO_HEADER)


def _look_through(stream: BinaryIO) -> tuple[str, str]:
    """The checksum and the encoding, without holding the file."""
    stream.seek(0)
    digest = hashlib.sha256()
    utf8 = codecs.getincrementaldecoder("utf-8")()
    encoding, first = "utf-8-sig", b""
    while chunk := stream.read(_CHUNK):
        first = first or chunk[:4]
        digest.update(chunk)
        if encoding == "utf-8-sig" and first != _ZIP:
            try:
                utf8.decode(chunk)
            except UnicodeDecodeError:
                encoding = "cp1252"
    if not first:
        raise CannotImport(ImportRefusal.EMPTY)
    if first.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    return digest.hexdigest(), encoding


def _text(stream: BinaryIO, encoding: str) -> Iterator[tuple[int, Row]]:
    stream.seek(0)
    text = io.TextIOWrapper(stream, encoding=encoding, newline="")
    number = 0
    try:
        top = list(islice(text, LOOKED_THROUGH))
        delimiter = max("\t;,", key="".join(top).count)
        reader = csv.reader(chain(top, text), delimiter=delimiter, strict=True)
        for number, cells in enumerate(reader, start=1):
            yield number, cells
    except UnicodeError as error:
        raise CannotImport(ImportRefusal.NOT_TEXT) from error
    except csv.Error as error:
        raise CannotImport(ImportRefusal.BROKEN_ROW, row=number + 1) from error
    finally:
        # The file is its owner's to close.
        text.detach()


def _workbook(stream: BinaryIO) -> Iterator[_Sheet]:
    most = f"{MOST_WORKBOOK_ROWS:,}".replace(",", "\u00a0")
    try:
        with zipfile.ZipFile(stream) as parts:
            if sum(part.file_size for part in parts.infolist()) > MOST_INFLATED:
                raise CannotImport(ImportRefusal.WORKBOOK_TOO_LARGE, most=most)
        stream.seek(0)
        book = CalamineWorkbook.from_filelike(stream)
        for index in range(len(book.sheet_names)):
            sheet = book.get_sheet_by_index(index)
            if sheet.total_height > MOST_WORKBOOK_ROWS:
                raise CannotImport(ImportRefusal.WORKBOOK_TOO_LARGE, most=most)
            yield _sheet(sheet)
    except (zipfile.BadZipFile, CalamineError, OSError, ValueError) as error:
        raise CannotImport(ImportRefusal.NOT_A_WORKBOOK) from error


def _sheet(sheet: CalamineSheet) -> _Sheet:
    # Rows above the first cell are left out, and yet the spreadsheet numbers them.
    above = sheet.start[0] if sheet.start else 0
    read = 0

    def rows() -> Iterator[tuple[int, Row]]:
        nonlocal read
        for read in range(1, above + 1):
            yield read, []
        for read, cells in enumerate(sheet.iter_rows(), start=above + 1):
            yield read, [_cell(value) for value in cells]

    return _Sheet(rows(), lambda: (read, above + sheet.height))


def _cell(value: object) -> str:
    """As it would be typed; a number has four decimals, so that 1.234 is never 1 234."""
    match value:
        case float() if value.is_integer():
            return str(int(value))
        case float():
            return f"{value:.4f}"
        case datetime() | date():
            return value.isoformat()
        case _:
            return str(value)


# --- rows into figures ---


def columns_of(source: UsageSource) -> Columns | None:
    """The saved choice, if one was made."""
    if not source.municipality_column:
        return None
    return Columns(
        municipality=source.municipality_column,
        period=source.period_column,
        values=source.value_columns,
        year=source.year_column,
        indicator=source.indicator_column,
        mark=DecimalMark(source.mark),
    )


def receive(
    *,
    source: UsageSource,
    stream: BinaryIO,
    file_name: str,
    columns: Columns | None = None,
    queue: bool,
    by: Actor,
    at: datetime,
) -> UsageImport | Header:
    """Take a file in to be read, when its columns are known. Raises CannotImport.

    Columns are those given, else the saved ones, else guessed from the titles; what is given or
    guessed is saved. When they cannot be guessed, the header is the answer: somebody must choose.
    """
    known = measured(source)
    if not known:
        raise CannotImport(ImportRefusal.NO_INDICATOR)
    opened = open_file(stream)
    saved = columns_of(source)
    chosen = columns or saved
    if chosen is None:
        guessed = column_rules.guess(opened.header, {one.slug: one.name for one in known})
        if guessed is None:
            return opened.header
        chosen = replace(guessed, mark=DecimalMark(source.mark))
    _require_titles(chosen, opened.header)
    if chosen != saved:
        indicator_services.choose_columns(source=source, columns=chosen, by=by, at=at)
    return usage.receive(
        source=source,
        file_name=file_name,
        sha256=opened.sha256,
        parts=_parts(stream),
        queue=queue,
        by=by,
        at=at,
    )


def _parts(stream: BinaryIO) -> Iterator[bytes]:
    stream.seek(0)
    while part := stream.read(_PART):
        yield part


def read(*, import_id: int, on: date, at: datetime) -> None:
    """Read a file that was received, so that it can be shown before it is taken in.

    Only one does it at a time, and what is read already, or dropped, is left alone.
    """
    with locks.try_alone(f"uptake.read.{import_id}") as alone:
        row = usage.begin_to_read(import_id=import_id, at=at) if alone else None
        if row is None:
            return
        try:
            _read(row, on=on, at=at)
        except CannotImport as refused:
            usage.give_up(import_id=row.pk, refused=refused, at=at)


def _read(row: UsageImport, *, on: date, at: datetime) -> None:
    """Raises CannotImport."""
    columns = columns_of(row.source)
    assert columns is not None  # noqa: S101 - nothing is received before they are known
    # On the disk, for the connection gives nothing while it is given rows.
    with tempfile.TemporaryFile() as stream:
        for part in queries.parts(row.pk):
            stream.write(part)
        opened = open_file(stream)
        _require_titles(columns, opened.header)
        usage.keep_read(
            import_id=row.pk,
            figures=read_rows(
                opened.rows, opened.header.titles, columns, measured(row.source), today=on
            ),
            how_far=opened.how_far,
            at=at,
        )


def finish_waiting(*, on: date, at: datetime) -> None:
    """Files whose reader died on the way; one that is only slow is left alone."""
    for pk in usage.left(ImportState.WAITING, at=at):
        read(import_id=pk, on=on, at=at)


def measured(source: UsageSource) -> Sequence[Indicator]:
    """The indicators that a source may bring figures of. One query."""
    rows = Indicator.objects.measured().filter(solution=source.solution_id)
    return list(rows.order_by("pk"))


def read_rows(
    rows: Iterator[tuple[int, Row]],
    titles: Sequence[str],
    columns: Columns,
    known: Sequence[Indicator],
    *,
    today: date,
) -> Iterator[Good | Bad]:
    """Each figure, and each cell that is none.

    What is looked up is looked up now: while rows are copied, the connection answers nothing else.
    """
    return _Reader(columns, titles, known, today=today).read(rows)


def _require_titles(columns: Columns, header: Header) -> None:
    wanted = [columns.municipality, columns.period, columns.year, columns.indicator]
    for title in [*wanted, *columns.values]:
        if title and title not in header.titles:
            raise CannotImport(ImportRefusal.NO_COLUMN, title=title)


@dataclass(frozen=True, slots=True)
class _Measured:
    pk: int
    kind: IndicatorKind
    rhythm: Rhythm


@dataclass(frozen=True, slots=True)
class _Period:
    start: date
    written: str
    counts_for: date


class _Reader:
    """One file's rows; what is looked up is looked up once for each way it is written."""

    def __init__(
        self, columns: Columns, titles: Sequence[str], known: Sequence[Indicator], *, today: date
    ) -> None:
        self._columns, self._today = columns, today
        place = titles.index
        self._municipality = place(columns.municipality)
        self._period = place(columns.period)
        self._year = place(columns.year) if columns.year else None
        self._indicator = place(columns.indicator) if columns.indicator else None
        measured = {
            one.slug: _Measured(one.pk, IndicatorKind(one.kind), Rhythm(one.rhythm))
            for one in known
        }
        self._by_word = {one.name.casefold(): measured[one.slug] for one in known} | measured
        self._values = [
            (title, place(title), measured.get(slug)) for title, slug in columns.values.items()
        ]
        self._last = max(self._municipality, self._period, self._year or 0, self._indicator or 0)
        self._places = _Places()
        self._periods: dict[tuple[str, str, Rhythm], _Period | Problem] = {}
        of_people = any(one.kind is IndicatorKind.SHARE_OF_INHABITANTS for one in measured.values())
        self._inhabitants = _inhabitants() if of_people else {}

    def read(self, rows: Iterator[tuple[int, Row]]) -> Iterator[Good | Bad]:
        for number, cells in rows:
            if any(cells):
                yield from self._row(number, cells)

    def _row(self, number: int, cells: Row) -> Iterator[Good | Bad]:
        many = len(self._values)
        if len(cells) <= self._last:
            if any(cell.strip() for cell in cells):
                yield Bad(number, "", Problem.MISSING_CELLS, figures=many)
            return
        for title, place, always in self._values:
            measured = always
            if self._indicator is not None:
                measured = self._by_word.get(cells[self._indicator].strip().casefold())
            if measured is None:
                said = cells[self._indicator] if self._indicator is not None else title
                yield Bad(number, self._columns.indicator, Problem.UNKNOWN_INDICATOR, said)
                continue
            period = self._period_of(cells, measured.rhythm)
            if isinstance(period, Problem):
                said = cells[self._period]
                yield Bad(number, self._columns.period, period, said, many)
                return
            municipality = self._places.of(cells[self._municipality], period.counts_for)
            if isinstance(municipality, Problem):
                said = cells[self._municipality]
                yield Bad(number, self._columns.municipality, municipality, said, many)
                return
            cell = cells[place] if place < len(cells) else ""
            yield self._figure(number, title, measured, municipality, period, cell)

    def _period_of(self, cells: Row, rhythm: Rhythm) -> _Period | Problem:
        cell = cells[self._period]
        year = cells[self._year] if self._year is not None else ""
        key = (cell, year, rhythm)
        found = self._periods.get(key)
        if found is None:
            text = figures.apart(cell, year, rhythm) if self._year is not None else cell
            try:
                start = figures.period(text.lstrip("'"), rhythm, today=self._today)
                found = _Period(start, start.isoformat(), indicators.counts_for(start, rhythm))
            except Unreadable as error:
                found = error.problem
            self._periods[key] = found
        return found

    def _figure(
        self,
        number: int,
        title: str,
        measured: _Measured,
        municipality: int,
        period: _Period,
        cell: str,
    ) -> Good | Bad:
        try:
            figure = figures.number(cell, self._columns.mark)
        except Unreadable as error:
            # It may be «3 stk»: a count that we are not to keep.
            said = "" if measured.kind.is_of_people else cell
            return Bad(number, title, error.problem, said)
        if figure.value is not None:
            if measured.kind.is_share and figure.value > Decimal(100):
                return Bad(number, title, Problem.OVER_HUNDRED, cell)
            inhabitants = self._inhabitants.get(municipality)
            figure = indicators.kept(measured.kind, figure.value, inhabitants)
        return Good(number, measured.pk, municipality, period.written, figure.value)


def _inhabitants() -> dict[int, int]:
    """The newest count of each municipality."""
    rows = Population.objects.order_by("municipality", "-counted_on").distinct("municipality")
    return dict(rows.values_list("municipality", "inhabitants"))


class _Places:
    """Which municipality a cell is about, as of a period."""

    def __init__(self) -> None:
        everything = codes.periods()
        self._book = codes.CodeBook(sorted({one.number for one in everything}))
        self._by_number: dict[str, list[CodePeriod]] = defaultdict(list)
        self._by_municipality: dict[int | str, list[CodePeriod]] = defaultdict(list)
        self._by_name: dict[str, list[CodePeriod]] = defaultdict(list)
        for one in everything:
            self._by_number[one.number].append(one)
            self._by_municipality[one.municipality].append(one)
            for name in {one.name, one.qualified_name, one.official_name}:
                self._by_name[name.casefold()].append(one)
        self._known: dict[tuple[str, date], int | Problem] = {}

    def of(self, cell: str, day: date) -> int | Problem:
        key = (cell, day)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._look_up(cell.strip().lstrip("'"), day)
        return found

    def _look_up(self, cell: str, day: date) -> int | Problem:
        try:
            number = figures.municipality_number(cell)
        except Unreadable as error:
            return error.problem
        if number is None:
            return self._by_its_name(cell, day)
        answer = self._book.resolve(number, on=day)
        match answer.resolution.outcome:
            case Outcome.VALID | Outcome.SUCCEEDED if len(answer.successors) == 1:
                return int(answer.successors[0].municipality)
            case Outcome.DIVIDED:
                return Problem.DIVIDED
            case Outcome.NOT_YET | Outcome.BEFORE_OUR_TIME:
                return self._under_another_number(number, day)
            case Outcome.UNKNOWN_NUMBER:
                return Problem.UNKNOWN_MUNICIPALITY
            case _:
                return Problem.NO_SUCCESSOR

    def _under_another_number(self, number: str, day: date) -> int | Problem:
        """Series are published with today's numbers: one that was only renumbered is the same."""
        carriers = {
            int(one.municipality)
            for one in self._by_number[number]
            if any(other.holds(day) for other in self._by_municipality[one.municipality])
        }
        return carriers.pop() if len(carriers) == 1 else Problem.NOT_YET

    def _by_its_name(self, cell: str, day: date) -> int | Problem:
        name = " ".join(cell.split()).casefold().removesuffix(" kommune")
        found = {int(one.municipality) for one in self._by_name.get(name, ()) if one.holds(day)}
        if len(found) == 1:
            return found.pop()
        return Problem.SEVERAL_MUNICIPALITIES if found else Problem.UNKNOWN_MUNICIPALITY
