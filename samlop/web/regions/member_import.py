"""A list of members, uploaded or pasted: read, shown as a difference, and saved whole."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST, require_safe

from samlop.lib import csvio
from samlop.lib.errors import FileProblem, FileRefused
from samlop.municipalities.imports import regions as imports
from samlop.municipalities.imports.regions import Difference, Line
from samlop.municipalities.models import Region
from samlop.municipalities.queries import regions as queries
from samlop.municipalities.rules.kinds import RegionKind
from samlop.web import clock, formats, render, uploads
from samlop.web.regions.forms import MembersFileForm
from samlop.web.regions.views import kept_region, page_or_post
from samlop.web.request import Request
from samlop.web.signed_in import signed_in_only
from samlop.web.uploads import Carried

COLUMNS = imports.HEADER[1:]


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadPage:
    region: str
    back: str
    form: MembersFileForm
    columns: tuple[tuple[str, str], ...]
    template_address: str
    problems: tuple[FileProblem, ...] = ()


@dataclass(frozen=True, slots=True)
class PreviewRow:
    number: str
    name: str
    what: str


@dataclass(frozen=True, slots=True)
class Part:
    heading: str
    rows: tuple[PreviewRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewPage:
    region: str
    back: str
    again: str
    apply: str
    on: date
    token: str
    changes: int
    parts: tuple[Part, ...]
    # What happened since the last preview, when there was one.
    notice: str = ""


@page_or_post
@signed_in_only
def upload(request: Request, slug: str) -> HttpResponse:
    region = kept_region(request, slug)
    if request.method != "POST":
        return _ask(request, region, MembersFileForm(initial={"on": clock.today()}))
    form = MembersFileForm(request.POST, request.FILES, meta=request.META)
    if not form.is_valid():
        return _ask(request, region, form)
    content, added_header = _content(form)
    try:
        return _preview(request, region, content, form.cleaned_data["on"])
    except FileRefused as refused:
        # What was pasted has no row for the header that we put above it.
        problems = [_above(one) for one in refused.problems] if added_header else refused.problems
        return _ask(request, region, form, problems)


@require_POST
@signed_in_only
def apply(request: Request, slug: str) -> HttpResponse:
    region = kept_region(request, slug)
    try:
        carried = uploads.carried(
            request.POST.get("forhandsvisning", ""),
            person=request.user,
            purpose=_purpose(region),
        )
        content = carried.files["liste"]
        on = date.fromisoformat(carried.choices["on"])
        done = _applied_as_shown(request, region, content, on, carried.fingerprint)
        if done is None:
            return _preview(
                request,
                region,
                content,
                on,
                notice=gettext(
                    "Regionen er endret siden du så forhåndsvisningen, så ingenting er lagret. "
                    "Se over på nytt."
                ),
            )
    except FileRefused as refused:
        return _ask(
            request, region, MembersFileForm(initial={"on": clock.today()}), refused.problems
        )
    except uploads.PreviewLost as lost:
        messages.error(request, str(lost))
        return redirect("regions:import_members", region.slug)
    messages.success(
        request,
        ngettext("%(count)s endring er lagret.", "%(count)s endringer er lagret.", done.changes)
        % {"count": done.changes},
    )
    return redirect(f"{reverse('regions:show', args=[region.slug])}#kommuner")


@require_safe
@signed_in_only
def template(request: Request, slug: str) -> HttpResponse:
    """The columns, filled with those who are members now."""
    region = kept_region(request, slug)
    rows = [
        (f"{one.number} {one.name}", one.valid_from, one.valid_to, one.source)
        for one in queries.members_of(region.pk, on=clock.today())
    ]
    return HttpResponse(
        csvio.write_csv(COLUMNS, rows),
        content_type=csvio.CSV_TYPE,
        headers={"Content-Disposition": f'attachment; filename="kommuner-{region.slug}.csv"'},
    )


def _applied_as_shown(
    request: Request, region: Region, content: bytes, on: date, shown: str
) -> Difference | None:
    """Save the list, unless it now comes to something else than was shown."""
    with transaction.atomic():
        done = imports.apply(
            content, kind=RegionKind(region.kind), on=on, by=request.access.acting, region=region
        )
        if uploads.fingerprint(done) == shown:
            return done
        transaction.set_rollback(True)
    return None


def _content(form: MembersFileForm) -> tuple[bytes, bool]:
    """The file, or what was pasted, as a file would have it; and whether it was given a header.

    A pasted list may lack the header, and its rows may stop before the last column.
    """
    if file := form.cleaned_data["file"]:
        return file.read(), False
    text = form.cleaned_data["text"].strip("\r\n")
    delimiter = max(csvio.DELIMITERS, key=text.count)
    rows = list(csv.reader(text.splitlines(), delimiter=delimiter))
    width = max(map(len, rows))
    lacks_header = COLUMNS[0] not in [cell.strip() for cell in rows[0]]
    if lacks_header:
        rows.insert(0, list(COLUMNS[:width]))
    written = io.StringIO(newline="")
    csv.writer(written, delimiter=";").writerows(
        row + [""] * (width - len(row)) if row else [] for row in rows
    )
    return written.getvalue().encode(), lacks_header


def _above(problem: FileProblem) -> FileProblem:
    return problem if problem.row is None else replace(problem, row=max(problem.row - 1, 1))


def _purpose(region: Region) -> str:
    return f"regions.members.{region.pk}"


def _ask(
    request: Request,
    region: Region,
    form: MembersFileForm,
    problems: Sequence[FileProblem] = (),
) -> HttpResponse:
    page = UploadPage(
        region=region.name,
        back=reverse("regions:show", args=[region.slug]),
        form=form,
        columns=(
            ("fra", gettext("Første dag som med. Uten dato gjelder dagen du velger her.")),
            ("til", gettext("Første dag som ikke lenger med. Tomt for dem som fortsatt er med.")),
            ("kilde", gettext("Hvor opplysningen kommer fra.")),
        ),
        template_address=reverse("regions:import_template", args=[region.slug]),
        problems=tuple(problems),
    )
    status = 422 if problems or form.errors else 200
    return render.page(request, "regions/import.html", page, status=status)


def _preview(
    request: Request, region: Region, content: bytes, on: date, *, notice: str = ""
) -> HttpResponse:
    """Raises FileRefused."""
    found = imports.compare(
        content, kind=RegionKind(region.kind), on=on, by=request.access.acting, region=region
    )
    carried = Carried(
        files={"liste": content},
        fingerprint=uploads.fingerprint(found),
        choices={"on": on.isoformat()},
    )
    page = PreviewPage(
        region=region.name,
        back=reverse("regions:show", args=[region.slug]),
        again=reverse("regions:import_members", args=[region.slug]),
        apply=reverse("regions:import_apply", args=[region.slug]),
        on=on,
        token=uploads.carry(carried, person=request.user, purpose=_purpose(region)),
        changes=found.changes,
        parts=_parts(found),
        notice=notice,
    )
    status = 409 if notice else 200
    return render.page(request, "regions/import_preview.html", page, status=status)


def _parts(found: Difference) -> tuple[Part, ...]:
    return (
        Part(gettext("Legges til"), _rows(found.added, gettext("Med fra %(first)s"))),
        Part(gettext("Bekreftes"), _rows(found.confirmed, gettext("Fra antatt til bekreftet"))),
        Part(gettext("Slutter"), _rows(found.ended, gettext("Ikke lenger med fra %(end)s"))),
        Part(gettext("Uendret"), _rows(found.unchanged, gettext("Er allerede registrert"))),
    )


def _rows(lines: Sequence[Line], words: str) -> tuple[PreviewRow, ...]:
    return tuple(
        PreviewRow(
            line.number,
            line.name,
            words
            % {
                "first": formats.long_date(line.valid_from),
                "end": formats.long_date(line.valid_to) if line.valid_to else "",
            },
        )
        for line in lines
    )
