"""A list of people, uploaded or pasted: looked at, put right row by row, loaded, taken back.

Nothing is kept on the server between the preview and loading: the rows travel signed in the
form (samlop.web.uploads), without what the reader did not send herself.
"""

import dataclasses
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django import forms
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST, require_safe

from samlop.accounts.imports import people as imports
from samlop.accounts.imports.people import SHOWN, Column, Outcome, Plan, Planned, Written
from samlop.accounts.models import Membership, PeopleLoad
from samlop.accounts.rules import Role
from samlop.accounts.services import CannotChangePeople
from samlop.lib import csvio
from samlop.lib.errors import FileProblem, FileRefused
from samlop.municipalities.models import Region
from samlop.municipalities.queries.regions import members_of
from samlop.web import clock, form_page, formats, render, uploads
from samlop.web.form_page import FormPage, accepted
from samlop.web.people import mail, pages, places
from samlop.web.people.forms import PeopleListForm
from samlop.web.people.places import Here, Kind
from samlop.web.people.reader import MayNot, Reader
from samlop.web.people.views import page_or_post
from samlop.web.request import Request
from samlop.web.signed_in import signed_in_only
from samlop.web.uploads import Carried

# A form has a limit for its fields; what is beyond comes when these are put right.
PUT_RIGHT_AT_ONCE: Final = 100
TEMPLATE_HEADER: Final = ("kommune", "navn", "rolle", "e-post", "telefon")


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadPage:
    region: str
    trail: tuple[tuple[str, str], ...]
    back: str
    form: PeopleListForm
    columns: tuple[tuple[str, str], ...]
    template_address: str
    problems: tuple[FileProblem, ...] = ()


@dataclass(frozen=True, slots=True)
class CellInput:
    """One field of a row that is put right; `words` is its label."""

    name: str
    words: str
    value: str
    problem: str


@dataclass(frozen=True, slots=True)
class RefusedRow:
    number: int
    cells: tuple[CellInput, ...]

    @property
    def problems(self) -> tuple[CellInput, ...]:
        return tuple(cell for cell in self.cells if cell.problem)


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewPage:
    region: str
    trail: tuple[tuple[str, str], ...]
    again: str
    apply: str
    back: str
    token: str
    new: tuple[Planned, ...]
    there: tuple[Planned, ...]
    refused: tuple[RefusedRow, ...]
    # How many more must be put right than there is room for at once.
    more_refused: int = 0
    # What happened since the last preview, when there was one, and its colour.
    notice: str = ""
    notice_color: str = "warning"

    @property
    def total(self) -> int:
        return len(self.new) + len(self.there) + self.refused_count

    @property
    def refused_count(self) -> int:
        return len(self.refused) + self.more_refused


@page_or_post
@signed_in_only
def upload(request: Request, key: str) -> HttpResponse:
    here, region, reader = _region(request, key)
    if request.method != "POST":
        return _ask(request, here, PeopleListForm())
    form = PeopleListForm(request.POST, request.FILES, meta=request.META)
    if not form.is_valid():
        return _ask(request, here, form)
    try:
        rows = imports.read(form.content)
    except FileRefused as refused:
        return _ask(request, here, form, refused.problems)
    return _preview(request, here, region, _planned(rows, region, reader))


@require_POST
@signed_in_only
def apply(request: Request, key: str) -> HttpResponse:
    """Put right what was put right; then load all, or those that are ready."""
    here, region, reader = _region(request, key)
    try:
        carried = uploads.carried(
            request.POST.get("forhandsvisning", ""), person=request.user, purpose=_purpose(region)
        )
    except uploads.PreviewLost as lost:
        messages.error(request, str(lost))
        return redirect(here.address("load"))
    rows = tuple(Written(**cells) for cells in json.loads(carried.files["rader"]))
    shown = _planned(rows, region, reader)
    if uploads.fingerprint(shown) != carried.fingerprint:
        notice = gettext(
            "Noe er endret siden du så forhåndsvisningen, så ingenting er lagret. Se over på nytt."
        )
        return _preview(request, here, region, shown, notice=notice, status=409)
    plan = _planned(_put_right(shown, request.POST), region, reader)
    refused = plan.of(Outcome.REFUSED)
    if refused and request.POST.get("hva") != "klare":
        return _preview(request, here, region, plan, notice=_still(len(refused)), status=422)
    ready = plan.of(Outcome.NEW)
    if not ready:
        notice = gettext("Ingen nye rader er klare. Ingenting er lagret.")
        return _preview(request, here, region, plan, notice=notice, status=422)
    try:
        mail.load_people(
            region=region,
            entries=list(plan.entries),
            by=reader.acting(Role.NETWORK_RESOURCE, here.place),
            on=clock.today(),
            at=timezone.now(),
        )
    except CannotChangePeople as error:
        again = _planned(tuple(row.written for row in plan.rows), region, reader)
        return _preview(request, here, region, again, notice=str(error), status=409)
    done = ngettext(
        "%(count)s person er lagt inn og invitert.",
        "%(count)s rader er lagt inn, og personene er invitert.",
        len(ready),
    ) % {"count": len(ready)}
    if refused:
        left = _planned(tuple(row.written for row in plan.rows), region, reader)
        notice = gettext("%(done)s %(still)s") % {"done": done, "still": _still(len(refused))}
        return _preview(request, here, region, left, notice=notice, color="success")
    messages.success(request, done)
    return redirect(here.address())


@require_safe
@signed_in_only
def template(request: Request, key: str) -> HttpResponse:
    """The columns, with a row for each municipality of the region."""
    _, region, _ = _region(request, key)
    rows = [
        (f"{one.number} {one.name}", "", "koordinator", "", "")
        for one in members_of(region.pk, on=clock.today())
    ]
    return HttpResponse(
        csvio.write_csv(TEMPLATE_HEADER, rows),
        content_type=csvio.CSV_TYPE,
        headers={"Content-Disposition": f'attachment; filename="personer-{region.slug}.csv"'},
    )


@page_or_post
@signed_in_only
def undo(request: Request, key: str, pk: int) -> HttpResponse:
    here, region, reader = _region(request, key)
    load = get_object_or_404(PeopleLoad, pk=pk, region=region, undone_at=None)
    today = clock.today()
    form = forms.Form(data=request.POST if request.method == "POST" else None)
    if form.is_valid() and accepted(
        form,
        lambda: mail.undo_load(
            load=load,
            by=reader.acting(Role.NETWORK_RESOURCE, here.place),
            on=today,
            at=timezone.now(),
        ),
    ):
        messages.success(request, gettext("Innlastingen er angret."))
        return redirect(here.address())
    roles = Membership.objects.filter(load=load).not_ended_on(today).count()
    page = FormPage(
        heading=gettext("Angre innlastingen"),
        form=form,
        submit=gettext("Angre innlastingen"),
        cancel=here.address(),
        kicker=region.name,
        trail=_trail(here),
        lead=gettext("Lista ble lastet inn %(moment)s.")
        % {"moment": formats.long_moment(load.loaded_at)},
        danger=True,
        warning=ngettext(
            "Den ene rollen lista ga, slutter med en gang. Har personen aldri logget inn, og ingen "
            "annen rolle, blir hun eller han slettet.",
            "De %(count)s rollene lista ga, slutter med en gang. Personer som aldri har logget inn "
            "og ikke har andre roller, blir slettet.",
            roles,
        )
        % {"count": roles},
    )
    return form_page.answer(request, page)


# --- what these share ---


def _region(request: Request, key: str) -> tuple[Here, Region, Reader]:
    today = clock.today()
    here = places.here(Kind.REGION, key, on=today)
    reader = Reader.of(request, on=today)
    if here.where.region is None or not pages.may_load(here, reader):
        raise MayNot
    return here, here.where.region, reader


def _purpose(region: Region) -> str:
    return f"people.load.{region.pk}"


def _trail(here: Here) -> tuple[tuple[str, str], ...]:
    return (*here.trail, (gettext("Personer og roller"), here.address()))


def _planned(rows: Sequence[Written], region: Region, reader: Reader) -> Plan:
    return imports.plan(rows, region=region, grants=reader.grants, on=clock.today())


def _field_name(row: int, column: Column) -> str:
    return f"rad-{row}-{column.value}"


def _put_right(plan: Plan, sent: QueryDict) -> tuple[Written, ...]:
    """The rows with what was typed into the refused ones; the others cannot be changed here."""
    return tuple(
        row.written.corrected(_typed(row.written.row, sent))
        if row.outcome is Outcome.REFUSED
        else row.written
        for row in plan.rows
    )


def _typed(row: int, sent: QueryDict) -> Mapping[Column, str]:
    names = {column: _field_name(row, column) for column in SHOWN}
    return {column: sent.get(name, "") for column, name in names.items() if name in sent}


def _still(count: int) -> str:
    return ngettext("%(count)s rad må rettes.", "%(count)s rader må rettes.", count) % {
        "count": count
    }


def _ask(
    request: Request, here: Here, form: PeopleListForm, problems: Sequence[FileProblem] = ()
) -> HttpResponse:
    page = UploadPage(
        region=here.name,
        trail=_trail(here),
        back=here.address(),
        form=form,
        columns=(
            ("kommune", gettext("Navn eller nummer, også gamle. Tomt for roller i regionen.")),
            ("navn", gettext("Eller fornavn og etternavn hver for seg.")),
            (
                "rolle",
                gettext(
                    "Koordinator, helseleder, kommunalsjef, prosjektleder … eller kontaktperson "
                    "e-helse, innføringsleder og nettverksressurs i regionen."
                ),
            ),
            ("e-post", gettext("Personens egen. Dit sendes invitasjonen.")),
            ("telefon", gettext("Kan stå tomt.")),
        ),
        template_address=reverse("people:load_template", args=[here.key]),
        problems=tuple(problems),
    )
    status = 422 if problems or form.errors else 200
    return render.page(request, "people/load.html", page, status=status)


def _preview(
    request: Request,
    here: Here,
    region: Region,
    plan: Plan,
    *,
    notice: str = "",
    color: str = "warning",
    status: int = 200,
) -> HttpResponse:
    rows = [dataclasses.asdict(row.written) for row in plan.rows]
    refused = plan.of(Outcome.REFUSED)
    carried = Carried(
        files={"rader": json.dumps(rows).encode()}, fingerprint=uploads.fingerprint(plan)
    )
    page = PreviewPage(
        region=region.name,
        trail=_trail(here),
        again=here.address("load"),
        apply=reverse("people:load_apply", args=[here.key]),
        back=here.address(),
        token=uploads.carry(carried, person=request.user, purpose=_purpose(region)),
        new=plan.of(Outcome.NEW),
        there=plan.of(Outcome.THERE),
        refused=tuple(_refused(row) for row in refused[:PUT_RIGHT_AT_ONCE]),
        more_refused=max(len(refused) - PUT_RIGHT_AT_ONCE, 0),
        notice=notice,
        notice_color=color,
    )
    return render.page(request, "people/load_preview.html", page, status=status)


def _refused(row: Planned) -> RefusedRow:
    words = {
        Column.MUNICIPALITY: gettext("Kommune"),
        Column.NAME: gettext("Navn"),
        Column.ROLE: gettext("Rolle"),
        Column.EMAIL: gettext("E-post"),
        Column.PHONE: gettext("Telefon"),
    }
    return RefusedRow(
        row.written.row,
        tuple(
            CellInput(
                _field_name(row.written.row, column),
                words[column],
                row.written.cell(column),
                row.problems.get(column, ""),
            )
            for column in SHOWN
        ),
    )
