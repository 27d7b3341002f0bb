"""A municipality's own copies of templates. Only the municipality itself gets past `required`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from samlop.accounts.models import Person
from samlop.accounts.rules import Permission
from samlop.lib.errors import Refused
from samlop.municipalities.rules.kinds import LanguageForm
from samlop.portfolio.models import LocalCopy, Material, MaterialText
from samlop.portfolio.queries import copies as queries
from samlop.portfolio.queries import material as material_queries
from samlop.portfolio.queries.copies import CopyLine, CopyRow, CopyView
from samlop.portfolio.queries.material import Item, Wanted
from samlop.portfolio.rules.copies import (
    FIELDS,
    AnswerField,
    Changed,
    CopyRefusal,
    Paragraph,
    RiskLevel,
    RowChange,
    RowChangeKind,
    Stand,
    risk,
)
from samlop.portfolio.rules.material import in_order
from samlop.portfolio.services import copies as services
from samlop.portfolio.services.copies import CannotCopy
from samlop.portfolio.texts import copies as texts
from samlop.web import clock, form_page, formats, render
from samlop.web.acting import Acting, acting
from samlop.web.form_page import FormPage, made
from samlop.web.material import filled, words
from samlop.web.material.forms import LanguageChoice, OwnRowForm
from samlop.web.material.pages import DownloadLink, download_address
from samlop.web.material.views import as_file
from samlop.web.municipalities.room import trail
from samlop.web.municipalities.views import Own, required
from samlop.web.request import Request
from samlop.web.signed_in import signed_in_only

page_or_post: Final = require_http_methods(["GET", "HEAD", "POST"])
_RISK_COLORS: Final = {
    RiskLevel.LOW: "success",
    RiskLevel.MEDIUM: "warning",
    RiskLevel.HIGH: "danger",
}
_CHANGE_COLORS: Final = {
    RowChangeKind.ADDED: "success",
    RowChangeKind.CHANGED: "info",
    RowChangeKind.REMOVED: "warning",
}


def _own(request: Request, number: str) -> Own:
    """A municipality in which this person uses templates; else 404 or 403."""
    return required(request, number, Permission.USE_TEMPLATES)


def _view(own: Own, pk: int) -> CopyView:
    """A copy of this municipality; 404 for any other's."""
    found = queries.view(pk, municipality=own.row.pk)
    if found is None:
        raise Http404
    return found


def _copy(own: Own, pk: int) -> LocalCopy:
    return get_object_or_404(
        LocalCopy.objects.select_related("material", "text__version__material"),
        pk=pk,
        municipality=own.row,
        removed_at=None,
    )


# --- the templates a municipality can use ---


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateLine:
    title: str
    address: str
    kind: str
    solutions: str
    number: int
    published_at: datetime
    downloads: tuple[DownloadLink, ...]
    copy: str
    make: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyLink:
    title: str
    address: str
    changes: str
    number: int
    newest: int
    rows: int
    answered: int
    withdrawn: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplatesPage:
    name: str
    trail: tuple[tuple[str, str], ...]
    lines: tuple[TemplateLine, ...]
    copies: tuple[CopyLink, ...]
    library: str


@require_safe
@signed_in_only
def templates(request: Request, number: str) -> HttpResponse:
    own = _own(request, number)
    held = queries.copies_of(own.row.pk)
    items = material_queries.find(Wanted(template=True), signed_in=True)
    form = words.form_for(LanguageForm(own.row.language_form))
    page = TemplatesPage(
        name=own.code.qualified_name,
        trail=trail(own),
        lines=tuple(_line(own, item, held, form) for item in items),
        copies=tuple(_link(own, line) for line in held),
        library=reverse("material:list"),
    )
    return render.page(request, "material/copies.html", page)


def _line(own: Own, item: Item, held: Sequence[CopyLine], form: LanguageForm) -> TemplateLine:
    number = own.code.number
    copy = next((line.pk for line in held if line.material == item.pk), None)
    language = in_order(item.languages, form)[0]
    return TemplateLine(
        title=words.title(item, form),
        address=reverse("material:show", args=[item.slug]),
        kind=str(texts.TEMPLATE_KINDS[item.template]) if item.template else "",
        solutions=", ".join(name for _slug, name in item.solutions),
        number=item.number,
        published_at=item.published_at,
        downloads=tuple(
            DownloadLink(
                words=said, address=download_address(item.slug, end, number, language, None)
            )
            for end, said in (("docx", gettext("Word")), ("xlsx", gettext("Excel")))
        ),
        copy=reverse("material:copy", args=[number, copy]) if copy else "",
        make=reverse("material:make", args=[number, item.slug]),
    )


def _link(own: Own, line: CopyLine) -> CopyLink:
    args = [own.code.number, line.pk]
    return CopyLink(
        title=line.title,
        address=reverse("material:copy", args=args),
        changes=reverse("material:changes", args=args)
        if line.is_behind and not line.withdrawn
        else "",
        number=line.number,
        newest=line.newest,
        rows=line.rows,
        answered=line.answered,
        withdrawn=line.withdrawn,
    )


@page_or_post
@signed_in_only
def make(request: Request, number: str, slug: str) -> HttpResponse:
    """Copy a template; in the municipality's own form unless it chooses the other."""
    own = _own(request, number)
    material = get_object_or_404(Material.objects.standing().exclude(template=""), slug=slug)
    rows = {
        row.language: row
        for row in MaterialText.objects.filter(
            version__material=material, version__replaced_at=None
        ).select_related("version")
    }
    usual = in_order(
        (words.FORM_CODES[code] for code in rows),
        words.form_for(LanguageForm(own.row.language_form)),
    )
    form = LanguageChoice(
        [(code.value, str(words.FORMS[code])) for code in usual],
        data=request.POST if request.method == "POST" else None,
        initial={"sprak": usual[0].value},
    )
    if form.is_valid():
        copy = made(
            form,
            lambda: services.make(
                text=rows[form.cleaned_data["sprak"]],
                municipality=own.row,
                by=_by(request, own),
                at=timezone.now(),
            ),
        )
        if copy is not None:
            messages.success(request, gettext("Kopien er laget. Bare kommunen kan lese svarene."))
            return redirect("material:copy", own.code.number, copy.pk)
    page = FormPage(
        heading=gettext("Lag en kopi av «%(title)s»") % {"title": material.title},
        form=form,
        submit=gettext("Lag kopien"),
        cancel=reverse("material:copies", args=[own.code.number]),
        kicker=own.code.qualified_name,
        lead=gettext(
            "Svarene i kopien kan bare leses av kommunen selv: ikke av regionen, KS, programmet "
            "eller administratoren. Bruker dere et eget kvalitetssystem, er det ofte enklest å "
            "laste ned malen i stedet."
        ),
        trail=_trail(own),
    )
    return form_page.answer(request, page)


def _by(request: Request, own: Own) -> Acting:
    return acting(request, Permission.USE_TEMPLATES, own.place)


def _trail(own: Own, *more: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    return trail(
        own,
        (gettext("Maler"), reverse("material:copies", args=[own.code.number])),
        *more,
    )


# --- one copy ---


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldView:
    name: str
    label: str
    value: str
    # Codes and words when it is chosen; empty when it is written.
    options: tuple[tuple[str, str], ...]
    # What somebody else stored while this person wrote.
    stored: str
    error: str
    is_long: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RowView:
    key: str
    heading: str
    body: str
    suggestion: str
    is_own: bool
    fields: tuple[FieldView, ...]
    revision: int
    risk: str
    risk_color: str
    answered: bool
    changed: str
    # A refusal of what was sent for this row; `clash` when somebody came between.
    error: str
    clash: bool
    remove: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionView:
    heading: str
    rows: tuple[RowView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyPage:
    pk: int
    title: str
    municipality: str
    kind: str
    words: tuple[str, str, str]
    lang: str
    trail: tuple[tuple[str, str], ...]
    address: str
    number: int
    newest: int
    waiting: int
    changes: str
    withdrawn: bool
    sections: tuple[SectionView, ...]
    answered: int
    rows: int
    downloads: tuple[DownloadLink, ...]
    add: str
    remove: str


@dataclass(frozen=True, slots=True)
class _Tried:
    """What was sent for a row and refused."""

    key: str
    given: Mapping[str, str]
    error: CannotCopy


@page_or_post
@signed_in_only
def show(request: Request, number: str, pk: int) -> HttpResponse:
    """The copy with its rows; each row is a form of its own."""
    own = _own(request, number)
    copy = _copy(own, pk)
    tried: _Tried | None = None
    if request.method == "POST":
        key = request.POST.get("rad", "")
        given = {name: value for name, value in request.POST.items() if isinstance(value, str)}
        seen = given.get("sett", "")
        try:
            services.answer(
                copy=copy,
                key=key,
                answers=given,
                seen=int(seen) if seen.isdecimal() and len(seen) < 9 else -1,
                by=_by(request, own),
                at=timezone.now(),
            )
        except CannotCopy as error:
            tried = _Tried(key, given, error)
        else:
            if not render.wants_block(request):
                messages.success(request, gettext("Raden er lagret."))
                return redirect(f"{reverse('material:copy', args=[number, pk])}#rad-{key}")
    elif request.method == "GET":
        services.record_read(copy=copy, form="page", by=_by(request, own), at=timezone.now())
    page = _page(own, _view(own, pk), tried)
    if render.wants_block(request):
        row = next(
            (
                row
                for section in page.sections
                for row in section.rows
                if row.key == request.POST.get("rad", "")
            ),
            None,
        )
        if row is not None:
            return render.block(
                request,
                "material/copy.html",
                "row",
                page,
                status=422 if tried else 200,
                row=row,
                saved=tried is None,
            )
    if tried is not None:
        messages.error(request, str(tried.error))
    return render.page(
        request,
        "material/copy.html",
        page,
        status=422 if tried else 200,
        saved=False,
    )


def _page(own: Own, view: CopyView, tried: _Tried | None) -> CopyPage:
    args = [own.code.number, view.pk]
    names = _names({row.changed_by for row in view.rows if row.changed_by is not None})
    rows = [(row.section, _row(own, view, row, names, tried)) for row in view.rows]
    sections: list[tuple[str, list[RowView]]] = []
    for heading, row in rows:
        if not sections or sections[-1][0] != heading:
            sections.append((heading, []))
        sections[-1][1].append(row)
    return CopyPage(
        pk=view.pk,
        title=view.title,
        municipality=own.code.qualified_name,
        kind=str(texts.TEMPLATE_KINDS[view.kind]),
        words=(
            str(texts.HEADINGS[view.kind]),
            str(texts.BODIES[view.kind]),
            str(texts.SUGGESTIONS[view.kind]),
        ),
        lang=words.LANGUAGE_OF[view.language],
        trail=_trail(own),
        address=reverse("material:copy", args=args),
        number=view.number,
        newest=view.newest,
        waiting=len(view.waiting) if not view.withdrawn else 0,
        changes=reverse("material:changes", args=args),
        withdrawn=view.withdrawn,
        sections=tuple(
            SectionView(heading=heading, rows=tuple(inside)) for heading, inside in sections
        ),
        answered=sum(row.answered for _heading, row in rows),
        rows=len(rows),
        downloads=tuple(
            DownloadLink(words=said, address=reverse("material:download_copy", args=[*args, end]))
            for end, said in (("docx", gettext("Word")), ("xlsx", gettext("Excel")))
        ),
        add=reverse("material:add_row", args=args),
        remove=reverse("material:remove_copy", args=args),
    )


def _names(people: set[int]) -> dict[int, str]:
    """Colleagues of the same municipality, whom she may know. One query."""
    if not people:
        return {}
    rows = Person.objects.filter(pk__in=people).exclude(name="")
    return dict(rows.values_list("pk", "name"))


def _row(
    own: Own, view: CopyView, row: CopyRow, names: Mapping[int, str], tried: _Tried | None
) -> RowView:
    mine = tried if tried is not None and tried.key == row.key else None
    clash = mine is not None and mine.error.refusal is CopyRefusal.CHANGED_MEANWHILE
    level = risk(row.answers)
    who = names.get(row.changed_by or 0, "")
    changed = ""
    if row.revision:
        changed = gettext("Lagret %(moment)s") % {"moment": formats.long_moment(row.changed_at)}
        if who:
            changed = gettext("%(saved)s av %(name)s") % {"saved": changed, "name": who}
    remove = reverse("material:remove_row", args=[own.code.number, view.pk, row.key])
    return RowView(
        key=row.key,
        heading=row.heading,
        body=row.body,
        suggestion=row.suggestion,
        is_own=row.is_own,
        fields=tuple(_field(field, row, mine, clash=clash) for field in FIELDS[view.kind]),
        # Whoever has been shown what is stored now may save over it.
        revision=row.revision,
        risk=str(texts.RISK_LEVELS[level]) if level else "",
        risk_color=_RISK_COLORS[level] if level else "",
        answered=bool(row.answers),
        changed=changed,
        error=str(mine.error) if mine else "",
        clash=clash,
        remove=remove if row.is_own else "",
    )


def _field(field: AnswerField, row: CopyRow, tried: _Tried | None, *, clash: bool) -> FieldView:
    kept = row.answers.get(field, "")
    value = tried.given.get(field.value, "") if tried else kept
    choices = texts.choice_words(field)
    stored = ""
    if clash and value != kept:
        stored = str(choices.get(kept, kept)) or gettext("tomt")
    wrong = tried is not None and tried.error.field is field
    return FieldView(
        name=field.value,
        label=str(texts.ANSWER_FIELDS[field]),
        value=value,
        options=tuple((code, str(said)) for code, said in choices.items()),
        stored=stored,
        error=str(tried.error) if tried is not None and wrong else "",
        is_long=not choices and field in _LONG,
    )


_LONG: Final = frozenset({AnswerField.MEASURE, AnswerField.ANSWER})


@require_safe
@signed_in_only
def download(request: Request, number: str, pk: int, form: str) -> HttpResponse:
    """The copy with the answers, as a file that says of itself that it is private."""
    own = _own(request, number)
    copy = _copy(own, pk)
    if form not in filled.ENDINGS:
        raise Http404
    found = filled.answered(
        copy.text, _view(own, pk).rows, municipality=own.row.pk, on=clock.today()
    )
    if request.method == "GET":
        services.record_read(copy=copy, form=form, by=_by(request, own), at=timezone.now())
    return as_file(found, form)


@page_or_post
@signed_in_only
def add_row(request: Request, number: str, pk: int) -> HttpResponse:
    own = _own(request, number)
    copy = _copy(own, pk)
    form = OwnRowForm(data=request.POST if request.method == "POST" else None)
    if form.is_valid():
        row = made(
            form,
            lambda: services.add_row(
                copy=copy,
                heading=form.cleaned_data["heading"],
                section=form.cleaned_data["section"],
                by=_by(request, own),
                at=timezone.now(),
            ),
        )
        if row is not None:
            return redirect(f"{reverse('material:copy', args=[number, pk])}#rad-{row.key}")
    page = FormPage(
        heading=gettext("Legg til en egen rad"),
        form=form,
        submit=gettext("Legg til"),
        cancel=reverse("material:copy", args=[number, pk]),
        kicker=f"{copy.material.title} – {own.code.qualified_name}",
        lead=gettext("Raden er bare deres, og nye versjoner av malen rører den ikke."),
        trail=_trail(own, (copy.material.title, reverse("material:copy", args=[number, pk]))),
    )
    return form_page.answer(request, page)


@page_or_post
@signed_in_only
def remove_row(request: Request, number: str, pk: int, key: str) -> HttpResponse:
    own = _own(request, number)
    copy = _copy(own, pk)
    row = next((one for one in _view(own, pk).rows if one.key == key and one.is_own), None)
    if row is None:
        raise Http404
    back = reverse("material:copy", args=[number, pk])
    form = forms.Form(data=request.POST if request.method == "POST" else None)
    if form.is_valid() and form_page.accepted(
        form,
        lambda: services.remove_row(copy=copy, key=key, by=_by(request, own), at=timezone.now()),
    ):
        messages.success(request, gettext("Raden er fjernet."))
        return redirect(back)
    page = FormPage(
        heading=gettext("Fjern raden «%(heading)s»") % {"heading": row.heading},
        form=form,
        submit=gettext("Fjern raden"),
        cancel=back,
        kicker=f"{copy.material.title} – {own.code.qualified_name}",
        trail=_trail(own, (copy.material.title, back)),
        danger=True,
        warning=gettext("Svarene i raden blir borte, og kan ikke hentes tilbake."),
    )
    return form_page.answer(request, page)


@page_or_post
@signed_in_only
def remove(request: Request, number: str, pk: int) -> HttpResponse:
    own = _own(request, number)
    copy = _copy(own, pk)
    back = reverse("material:copy", args=[number, pk])
    form = forms.Form(data=request.POST if request.method == "POST" else None)
    if form.is_valid() and form_page.accepted(
        form, lambda: services.remove(copy=copy, by=_by(request, own), at=timezone.now())
    ):
        messages.success(request, gettext("Kopien og svarene i den er slettet."))
        return redirect("material:copies", number)
    page = FormPage(
        heading=gettext("Slett kopien av «%(title)s»") % {"title": copy.material.title},
        form=form,
        submit=gettext("Slett kopien"),
        cancel=back,
        kicker=own.code.qualified_name,
        trail=_trail(own, (copy.material.title, back)),
        danger=True,
        warning=gettext(
            "Alle svarene deres slettes for godt, også for oss som drifter løsningen. Last ned "
            "kopien først hvis dere vil beholde dem."
        ),
    )
    return form_page.answer(request, page)


# --- what the master has changed ---


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeView:
    key: str
    kind: str
    color: str
    title: str
    heading: tuple[Paragraph, ...]
    body: tuple[Paragraph, ...]
    suggestion: tuple[Paragraph, ...]
    accept: str
    keep: str
    # What the municipality has answered in the row, a line each; it stays either way.
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangesPage:
    title: str
    municipality: str
    trail: tuple[tuple[str, str], ...]
    words: tuple[str, str, str]
    lang: str
    address: str
    back: str
    number: int
    newest: int
    newest_text: int
    notes: tuple[tuple[int, str], ...]
    changes: tuple[ChangeView, ...]


@page_or_post
@signed_in_only
def changes(request: Request, number: str, pk: int) -> HttpResponse:
    """Each change of the master since the version the copy is on; take it in, or keep."""
    own = _own(request, number)
    copy = _copy(own, pk)
    if request.method == "POST":
        return _take(request, own, copy)
    view = _view(own, pk)
    if request.method == "GET":
        services.record_read(copy=copy, form="page", by=_by(request, own), at=timezone.now())
    back = reverse("material:copy", args=[number, pk])
    page = ChangesPage(
        title=view.title,
        municipality=own.code.qualified_name,
        trail=_trail(own, (view.title, back)),
        words=(
            str(texts.HEADINGS[view.kind]),
            str(texts.BODIES[view.kind]),
            str(texts.SUGGESTIONS[view.kind]),
        ),
        lang=words.LANGUAGE_OF[view.language],
        address=reverse("material:changes", args=[number, pk]),
        back=back,
        number=view.number,
        newest=view.newest,
        newest_text=view.newest_text,
        notes=view.notes,
        changes=tuple(_change(view, one) for one in view.waiting),
    )
    return render.page(request, "material/changes.html", page)


def _change(view: CopyView, one: RowChange) -> ChangeView:
    local = next((row for row in view.rows if row.key == one.key), None)
    words_of = {
        RowChangeKind.ADDED: (gettext("Ta inn raden"), gettext("Nei takk, uten denne")),
        RowChangeKind.CHANGED: (gettext("Ta inn endringen"), gettext("Behold det vi har")),
        RowChangeKind.REMOVED: (gettext("Ta den ut hos oss også"), gettext("Behold raden")),
    }
    accept, keep = words_of[one.kind]
    heading = "".join(
        run.words for part in one.heading for run in part if run.changed is not Changed.REMOVED
    )
    return ChangeView(
        key=one.key,
        kind=str(texts.ROW_CHANGES[one.kind]),
        color=_CHANGE_COLORS[one.kind],
        title=local.heading if local else heading,
        heading=one.heading if one.kind is RowChangeKind.CHANGED else (),
        body=one.body,
        suggestion=one.suggestion,
        accept=accept,
        keep=keep,
        answers=tuple(
            f"{texts.ANSWER_FIELDS[field]}: {texts.choice_words(field).get(value, value)}"
            for field, value in (local.answers.items() if local else ())
        ),
    )


def _take(request: Request, own: Own, copy: LocalCopy) -> HttpResponse:
    newest = request.POST.get("til", "")
    text = int(newest) if newest.isdecimal() and len(newest) < 18 else 0
    back = reverse("material:changes", args=[own.code.number, copy.pk])
    by, at = _by(request, own), timezone.now()
    try:
        if "alle" in request.POST:
            count = services.take_all(copy=copy, newest=text, by=by, at=at)
            messages.success(
                request,
                ngettext(
                    "%(count)d endring er tatt inn.", "%(count)d endringer er tatt inn.", count
                )
                % {"count": count},
            )
            return redirect("material:copy", own.code.number, copy.pk)
        stand = {one.value: one for one in Stand}.get(request.POST.get("valg", ""))
        if stand is None:
            return redirect(back)
        after = services.take_stand(
            copy=copy, key=request.POST.get("rad", ""), stand=stand, newest=text, by=by, at=at
        )
    except Refused as error:
        messages.error(request, str(error))
        return redirect(back)
    if after.text_id == text:
        messages.success(
            request,
            gettext("Dere har tatt stilling til alt. Kopien følger nå den nyeste versjonen."),
        )
        return redirect("material:copy", own.code.number, copy.pk)
    said = (
        gettext("Endringen er tatt inn.")
        if stand is Stand.ACCEPT
        else gettext("Dere beholder det dere har.")
    )
    messages.success(request, said)
    return redirect(back)
