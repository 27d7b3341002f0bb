"""Renewing the reference data: a file is read, shown as a difference, and saved whole."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from samlop.accounts.rules import Permission
from samlop.lib import csvio
from samlop.lib.errors import FileProblem, FileRefused, Refused
from samlop.municipalities import texts
from samlop.municipalities.imports import facts as fact_imports
from samlop.municipalities.imports import klass
from samlop.municipalities.models import MunicipalityCode
from samlop.municipalities.rules.code_lists import Diff
from samlop.municipalities.services import codes as code_services
from samlop.web import clock, formats, render, uploads
from samlop.web.marked import translated
from samlop.web.reference import pages
from samlop.web.reference.forms import CodesForm, FactsForm
from samlop.web.reference.pages import PreviewPage, UploadPage
from samlop.web.request import Request
from samlop.web.signed_in import signed_in_only
from samlop.web.uploads import Carried, PreviewLost, UploadForm

page_or_post = require_http_methods(["GET", "HEAD", "POST"])


def _require(request: Request) -> None:
    request.access.require(Permission.IMPORT_REFERENCE_DATA)


@require_safe
@signed_in_only
def overview(request: Request) -> HttpResponse:
    _require(request)
    page = pages.overview_page(on=clock.today())
    return render.page(request, "reference/overview.html", page)


# --- the list of municipalities ---

CODES = "reference.codes"


@dataclass(frozen=True, slots=True)
class CodeFiles:
    """The list, the change list if there is one, and the day if the person gave one."""

    contents: Mapping[str, bytes]
    choices: Mapping[str, str]

    def diff(self) -> Diff:
        """Raises FileRefused with what is wrong in both files."""
        problems: list[FileProblem] = []
        parsed = {}
        for key in self.contents:
            try:
                parsed[key] = klass.parse(self.contents[key], self.choices[key])
            except FileRefused as refused:
                problems += self._placed(key, refused.problems)
        if problems:
            raise FileRefused(problems)
        day = self.choices.get("valid_from")
        return klass.diff(
            parsed["file"],
            changes=parsed.get("changes"),
            valid_from=date.fromisoformat(day) if day else None,
        )

    def _placed(self, key: str, problems: Iterable[FileProblem]) -> list[FileProblem]:
        """With two files at hand, each problem says which it is in."""
        if len(self.contents) == 1:
            return list(problems)
        name = self.choices[key]
        return [replace(one, message=f"{name}: {translated(one.message)}") for one in problems]


@page_or_post
@signed_in_only
def codes(request: Request) -> HttpResponse:
    _require(request)
    if request.method != "POST":
        return _ask_codes(request, CodesForm())
    form = CodesForm(request.POST, request.FILES, meta=request.META)
    if not form.is_valid():
        return _ask_codes(request, form)
    files = _code_files(form)
    try:
        return _preview_codes(request, files, files.diff())
    except FileRefused as refused:
        return _ask_codes(request, form, refused.problems)


@require_POST
@signed_in_only
def apply_codes(request: Request) -> HttpResponse:
    _require(request)
    try:
        carried = _carried(request, CODES)
        files = CodeFiles(carried.files, carried.choices)
        diff = files.diff()
        if diff.fingerprint != carried.fingerprint:
            return _preview_codes(request, files, diff, notice=str(texts.STALE_DIFF))
        code_services.apply(diff, by=request.access.acting)
    except PreviewLost as lost:
        return _lost(request, lost, "reference:codes")
    except FileRefused as refused:
        return _ask_codes(request, CodesForm(), refused.problems)
    except code_services.StaleDiff as stale:
        return _preview_codes(request, files, files.diff(), notice=str(stale))
    except Refused as refused:
        return _lost(request, refused, "reference:codes")
    messages.success(
        request,
        gettext("Kommuneinndelingen fra %(day)s er lagret.")
        % {"day": formats.long_date(diff.valid_from)},
    )
    return redirect("reference:overview")


def _code_files(form: CodesForm) -> CodeFiles:
    found = form.cleaned_data
    sent: dict[str, UploadedFile] = {  # type: ignore[type-arg]
        key: found[key] for key in ("file", "changes") if found[key]
    }
    choices = {key: file.name or key for key, file in sent.items()}
    if found["valid_from"]:
        choices["valid_from"] = found["valid_from"].isoformat()
    return CodeFiles({key: file.read() for key, file in sent.items()}, choices)


def _ask_codes(
    request: Request, form: CodesForm, problems: Iterable[FileProblem] = ()
) -> HttpResponse:
    return _ask(
        request,
        UploadPage(
            heading=gettext("Kommuneinndelingen fra SSB"),
            lead=gettext("Du ser hva som blir endret, før noe lagres."),
            form=form,
            help=(
                gettext("Lista hentes fra SSBs åpne tjeneste Klass, klassifikasjon 131."),
                gettext(
                    "En CSV-fil har kolonnene code og name, og endringslista oldCode, newCode, "
                    "newName og changeOccurred."
                ),
                gettext("En fil med feil blir avvist i sin helhet, med rad og kolonne."),
            ),
            problems=tuple(problems),
        ),
    )


def _preview_codes(
    request: Request, files: CodeFiles, diff: Diff, *, notice: str = ""
) -> HttpResponse:
    carried = Carried(files=files.contents, fingerprint=diff.fingerprint, choices=files.choices)
    unchanged = ngettext(
        "%(count)s kommune er uendret.", "%(count)s kommuner er uendret.", diff.unchanged
    ) % {"count": formats.number(diff.unchanged)}
    page = PreviewPage(
        heading=gettext("Kommuneinndelingen fra SSB"),
        lead=gettext("Lista gjelder fra %(day)s. %(unchanged)s")
        % {"day": formats.long_date(diff.valid_from), "unchanged": unchanged},
        parts=pages.code_parts(diff),
        changes=0 if diff.is_empty else max(len(diff.rows), 1),
        token=uploads.carry(carried, person=request.user, purpose=CODES),
        again=reverse("reference:codes"),
        apply=reverse("reference:apply_codes"),
        refusal=str(texts.DIFF_REFUSALS[diff.refusal]) if diff.refusal else "",
        notice=notice,
    )
    return _show(request, page)


# --- facts about municipalities ---

FACTS = "reference.facts"


@page_or_post
@signed_in_only
def facts(request: Request) -> HttpResponse:
    _require(request)
    if request.method != "POST":
        return _ask_facts(request, FactsForm())
    form = FactsForm(request.POST, request.FILES, meta=request.META)
    if not form.is_valid():
        return _ask_facts(request, form)
    content = form.cleaned_data["file"].read()
    try:
        return _preview_facts(request, content, form.cleaned_data["source"])
    except FileRefused as refused:
        return _ask_facts(request, form, refused.problems)


@require_POST
@signed_in_only
def apply_facts(request: Request) -> HttpResponse:
    _require(request)
    try:
        carried = _carried(request, FACTS)
        content, source = carried.files["file"], carried.choices["source"]
        changed = _apply_facts_as_shown(request, content, source, carried.fingerprint)
        if changed is None:
            notice = gettext(
                "Kommunene er endret siden du så forhåndsvisningen, så ingenting er lagret. "
                "Se over på nytt."
            )
            return _preview_facts(request, content, source, notice=notice)
    except PreviewLost as lost:
        return _lost(request, lost, "reference:facts")
    except FileRefused as refused:
        return _ask_facts(request, FactsForm(), refused.problems)
    messages.success(
        request,
        ngettext("%(count)s kommune er endret.", "%(count)s kommuner er endret.", changed)
        % {"count": changed},
    )
    return redirect("reference:overview")


@transaction.atomic
def _apply_facts_as_shown(request: Request, content: bytes, source: str, shown: str) -> int | None:
    """Save the file, unless it now comes to something else than was shown."""
    found = fact_imports.compare(content, on=clock.today())
    if uploads.fingerprint(found) != shown:
        return None
    return fact_imports.apply(found, source=source, by=request.access.acting)


@require_safe
@signed_in_only
def facts_template(request: Request) -> HttpResponse:
    """The columns, filled with what is known now."""
    _require(request)
    rows = (
        MunicipalityCode.objects.valid_on(clock.today())
        .order_by("number")
        .values_list(
            "number",
            "municipality__organisation_number",
            "municipality__kostra_group",
            "municipality__postmottak",
        )
    )
    return HttpResponse(
        csvio.write_csv(fact_imports.HEADER, rows),
        content_type=csvio.CSV_TYPE,
        headers={"Content-Disposition": 'attachment; filename="fakta-om-kommunene.csv"'},
    )


def _ask_facts(
    request: Request, form: FactsForm, problems: Iterable[FileProblem] = ()
) -> HttpResponse:
    return _ask(
        request,
        UploadPage(
            heading=gettext("Fakta om kommunene"),
            lead=gettext("Du ser hva som blir endret, før noe lagres."),
            form=form,
            help=(
                gettext("Kolonnene er %(columns)s. Bare den første må være med.")
                % {"columns": ", ".join(fact_imports.HEADER)},
                gettext("En tom celle endrer ingenting."),
            ),
            template_address=reverse("reference:facts_template"),
            problems=tuple(problems),
        ),
    )


def _preview_facts(
    request: Request, content: bytes, source: str, *, notice: str = ""
) -> HttpResponse:
    """Raises FileRefused."""
    found = fact_imports.compare(content, on=clock.today())
    carried = Carried(
        files={"file": content},
        fingerprint=uploads.fingerprint(found),
        choices={"source": source},
    )
    page = PreviewPage(
        heading=gettext("Fakta om kommunene"),
        lead=gettext("Kilde: %(source)s.") % {"source": source.rstrip(".")},
        parts=pages.fact_parts(found),
        changes=len(found.changes),
        token=uploads.carry(carried, person=request.user, purpose=FACTS),
        again=reverse("reference:facts"),
        apply=reverse("reference:apply_facts"),
        notice=notice,
    )
    return _show(request, page)


# --- what the two share ---


def _ask(request: Request, page: UploadPage) -> HttpResponse:
    form: UploadForm = page.form
    status = 422 if page.problems or form.errors else 200
    return render.page(request, "reference/upload.html", page, status=status)


def _show(request: Request, page: PreviewPage) -> HttpResponse:
    status = 409 if page.notice else 200
    return render.page(request, "reference/preview.html", page, status=status)


def _carried(request: Request, purpose: str) -> Carried:
    token = request.POST.get("forhandsvisning", "")
    return uploads.carried(token, person=request.user, purpose=purpose)


def _lost(request: Request, refused: Refused, back: str) -> HttpResponse:
    messages.error(request, str(refused))
    return redirect(back)
