"""A file of figures in: chosen, its columns understood, read, and then shown."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO, Final

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from samlop.accounts.rules import Permission, Place
from samlop.lib.actors import Actor
from samlop.portfolio.models import Solution
from samlop.uptake.imports import usage as imports
from samlop.uptake.models import UsageImport, UsageSource
from samlop.uptake.queries import imports as queries
from samlop.uptake.rules import columns as column_rules
from samlop.uptake.rules.columns import Columns, Header
from samlop.uptake.rules.figures import DecimalMark
from samlop.uptake.rules.imports import ImportRefusal
from samlop.uptake.rules.stages import Source
from samlop.uptake.services import indicators as services
from samlop.uptake.services.indicators import CannotImport
from samlop.web import clock, render, uploads
from samlop.web.request import Request
from samlop.web.signed_in import signed_in_only
from samlop.web.uploads import Carried, PreviewLost
from samlop.web.usage.forms import ColumnsForm, FileForm

page_or_post = require_http_methods(["GET", "HEAD", "POST"])
SAMPLES: Final = 3
# What a form may hold besides its files is limited (DATA_UPLOAD_MAX_MEMORY_SIZE).
MOST_CARRIED: Final = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadPage:
    """`indicators`: names of what figures may come for; none yet is a reason to stop."""

    solution: str
    back: str
    form: FileForm
    indicators: tuple[str, ...]
    add_indicator: str
    only_new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnsPage:
    """`samples`: what stands first in each column; only whoever has the file sees it."""

    solution: str
    source: str
    file_name: str
    action: str
    again: str
    source_pk: int
    notice: str
    form: ColumnsForm
    samples: Mapping[str, tuple[str, ...]]
    token: str


@page_or_post
@signed_in_only
def upload(request: Request, slug: str) -> HttpResponse:
    solution, by = _own(request, slug)
    sources = list(UsageSource.objects.filter(solution=solution).order_by("name"))
    if request.method != "POST":
        return _ask(request, solution, FileForm(sources=sources), sources)
    form = FileForm(request.POST, request.FILES, meta=request.META, sources=sources)
    if not form.is_valid():
        return _ask(request, solution, form, sources)
    file: UploadedFile[bytes] = form.cleaned_data["tallfil"]
    stream, name = _stream(file), file.name or ""
    notice = ""
    try:
        with transaction.atomic():
            source = form.known or services.add_source(
                solution=solution,
                name=form.cleaned_data["name"],
                source=Source(form.cleaned_data["kind"] or Source.USAGE_LOG),
                mark=DecimalMark.EITHER,
                by=by,
                at=timezone.now(),
            )
            made: UsageImport | Header | None = None
            if not form.cleaned_data["again"]:
                try:
                    made = _received(source, stream, name, by=by)
                except CannotImport as refused:
                    if refused.refusal is not ImportRefusal.NO_COLUMN:
                        raise
                    notice = str(refused)
            header = imports.open_file(stream).header if made is None else made
    except CannotImport as refused:
        taken = refused.refusal in {ImportRefusal.NAME_TAKEN, ImportRefusal.NO_NAME}
        form.add_error("name" if taken else "tallfil", str(refused))
        return _ask(request, solution, form, sources)
    if isinstance(header, UsageImport):
        return _shown(header, stream)
    columns = _columns_form(request, source, header)
    return _choose(request, source, stream, name, columns, notice=notice)


@page_or_post
@signed_in_only
def columns(request: Request, slug: str) -> HttpResponse:
    """What the columns hold; what was chosen is kept for the source's next file."""
    solution, by = _own(request, slug)
    if request.method != "POST":
        return redirect("usage:upload", slug)
    source = get_object_or_404(
        UsageSource, solution=solution, pk=_number(request.POST.get("kilde", ""))
    )
    try:
        file, name = _sent(request, source)
        opened = imports.open_file(file)
    except (CannotImport, PreviewLost) as refused:
        return _start_again(request, solution, source, str(refused))
    form = _columns_form(request, source, opened.header, data=request.POST)
    if form.is_valid():
        try:
            made = _received(source, file, name, columns=form.columns(), by=by)
        except CannotImport as refused:
            form.add_error(None, str(refused))
        else:
            if isinstance(made, UsageImport):
                return _shown(made, file)
    return _choose(request, source, file, name, form)


def _own(request: Request, slug: str) -> tuple[Solution, Actor]:
    solution = get_object_or_404(Solution, slug=slug)
    request.access.require(Permission.IMPORT_USAGE, Place(solution=solution.slug))
    return solution, request.access.acting


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _received(
    source: UsageSource,
    stream: BinaryIO,
    name: str,
    *,
    columns: Columns | None = None,
    by: Actor,
) -> UsageImport | Header:
    """Raises CannotImport."""
    return imports.receive(
        source=source,
        stream=stream,
        file_name=name,
        columns=columns,
        queue=not _is_small(stream),
        by=by,
        at=timezone.now(),
    )


def _shown(row: UsageImport, stream: BinaryIO) -> HttpResponse:
    """A small file is read at once, and a large one by the worker; the page tells how far."""
    if _is_small(stream):
        imports.read(import_id=row.pk, on=clock.today(), at=timezone.now())
    return redirect("usage:show", row.pk)


def _is_small(stream: BinaryIO) -> bool:
    return stream.seek(0, io.SEEK_END) <= imports.SMALL


def _stream(file: "UploadedFile[bytes]") -> BinaryIO:
    """The open file behind the upload: on the disk when it is large."""
    stream: BinaryIO = file.file  # type: ignore[assignment]
    return stream


def _sent(request: Request, source: UsageSource) -> tuple[BinaryIO, str]:
    """The file and its name: sent anew, or carried since it was first sent. Raises PreviewLost."""
    if file := request.FILES.get("tallfil"):
        return _stream(file), file.name or ""
    token = request.POST.get("medbrakt", "")
    carried = uploads.carried(token, person=request.user, purpose=_purpose(source))
    return io.BytesIO(carried.files["tall"]), carried.choices["navn"]


def _purpose(source: UsageSource) -> str:
    return f"usage.columns.{source.pk}"


def _columns_form(
    request: Request, source: UsageSource, header: Header, data: object = None
) -> ColumnsForm:
    names = queries.names(source.solution_id)
    found = column_rules.hint(header, names)
    saved = imports.columns_of(source)
    token = request.POST.get("medbrakt", "")
    return ColumnsForm(
        *([data, request.FILES] if data is not None else []),
        meta=request.META,
        titles=[title for title in header.titles if title],
        indicators=names,
        columns=_both(saved, found) if saved else found,
        asks_for_file=bool(data) and not token,
    )


def _both(saved: Columns, found: Columns) -> Columns:
    """What was chosen before, and what is found of the rest."""
    return Columns(
        municipality=saved.municipality or found.municipality,
        period=saved.period or found.period,
        values=saved.values or found.values,
        year=saved.year,
        indicator=saved.indicator,
        mark=saved.mark,
    )


def _ask(
    request: Request, solution: Solution, form: FileForm, sources: list[UsageSource]
) -> HttpResponse:
    page = UploadPage(
        solution=solution.name,
        back=reverse("usage:list"),
        form=form,
        indicators=tuple(queries.names(solution.pk).values()),
        add_indicator=reverse("indicators:add", args=[solution.slug]),
        only_new=not sources,
    )
    return render.page(request, "usage/upload.html", page, status=422 if form.errors else 200)


def _start_again(
    request: Request, solution: Solution, source: UsageSource, words: str
) -> HttpResponse:
    """The file did not come along: it must be chosen anew, as on the first page."""
    sources = list(UsageSource.objects.filter(solution=solution).order_by("name"))
    form = FileForm({"source": source.pk, "again": True}, sources=sources)
    form.full_clean()
    form.errors.clear()
    form.add_error("tallfil", words)
    return _ask(request, solution, form, sources)


def _choose(
    request: Request,
    source: UsageSource,
    stream: BinaryIO,
    file_name: str,
    form: ColumnsForm,
    *,
    notice: str = "",
) -> HttpResponse:
    stream.seek(0)
    opened = imports.open_file(stream)
    rows = [cells for _number_, cells in islice(opened.rows, SAMPLES)]
    samples = {
        title: tuple(cells[place] for cells in rows if place < len(cells) and cells[place].strip())
        for place, title in enumerate(opened.header.titles)
        if title
    }
    token = _token(request, source, stream, file_name)
    if not token:
        form.fields["tallfil"] = uploads.FiguresField()
    slug = source.solution.slug
    page = ColumnsPage(
        solution=source.solution.name,
        source=source.name,
        file_name=file_name,
        action=reverse("usage:columns", args=[slug]),
        again=reverse("usage:upload", args=[slug]),
        source_pk=source.pk,
        notice=notice,
        form=form,
        samples=samples,
        token=token,
    )
    return render.page(request, "usage/columns.html", page, status=422 if form.errors else 200)


def _token(request: Request, source: UsageSource, stream: BinaryIO, file_name: str) -> str:
    """The file in the page, so that it need not be chosen again; nothing when it is too large."""
    stream.seek(0)
    content = stream.read(MOST_CARRIED + 1)
    if len(content) > MOST_CARRIED:
        return ""
    carried = Carried(files={"tall": content}, fingerprint="", choices={"navn": file_name})
    token = uploads.carry(carried, person=request.user, purpose=_purpose(source))
    return token if len(token) <= MOST_CARRIED else ""
