"""The decision basis: written by leaders, read by every municipality, and taken to a meeting."""

from collections.abc import Callable
from typing import Final

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from samlop.accounts.queries import place_of
from samlop.accounts.rules import Permission
from samlop.lib.paper import DOCX_TYPE, PDF_TYPE
from samlop.municipalities.models import Municipality
from samlop.rollouts.models import Basis, BasisPrerequisite, Rollout
from samlop.rollouts.queries import basis as queries
from samlop.rollouts.queries.basis import BasisFor
from samlop.rollouts.services import basis as services
from samlop.rollouts.services import case_paper
from samlop.web import clock, form_page, render
from samlop.web.acting import Acting
from samlop.web.form_page import FormPage, accepted
from samlop.web.municipalities import numbers
from samlop.web.municipalities.numbers import Moved
from samlop.web.request import Request
from samlop.web.rollouts import basis_pages as pages
from samlop.web.rollouts.basis_forms import (
    FIELDS,
    PrerequisiteForm,
    RolesForm,
    StepsForm,
    TellForm,
    WordsForm,
)
from samlop.web.rollouts.frame import address, frame, load, trail
from samlop.web.rollouts.rights import MayNot, Standing, require_work, standing
from samlop.web.signed_in import signed_in_only

page_or_post = require_http_methods(["GET", "HEAD", "POST"])
_PAPERS: Final = {"docx": DOCX_TYPE, "pdf": PDF_TYPE}


@require_safe
@signed_in_only
def show(request: Request, slug: str) -> HttpResponse:
    """The checklist and what is written; and the way to it as one municipality."""
    rollout = load(request, slug)
    if wanted := request.GET.get("kommune"):
        code = numbers.current(wanted, on=clock.today())
        return redirect(address(rollout, "basis_for", code.number))
    found = frame(request, rollout, active="basis")
    page = pages.overview_page(rollout, found, on=clock.today(), municipalities=None)
    return render.page(request, "rollouts/basis.html", page)


@require_POST
@signed_in_only
def begin(request: Request, slug: str) -> HttpResponse:
    rollout = load(request, slug)
    by = require_work(request, rollout)
    services.begin(rollout=rollout, by=by, at=timezone.now())
    messages.success(
        request, gettext("Grunnlaget er begynt, med det porteføljen vet om løsningen.")
    )
    return redirect(address(rollout, "basis"))


@page_or_post
@signed_in_only
def write(request: Request, slug: str) -> HttpResponse:
    rollout, basis, by = _written(request, slug)
    form = WordsForm(basis, data=request.POST if request.method == "POST" else None)
    if form.is_valid() and accepted(
        form,
        lambda: services.write(
            basis=basis,
            words=form.words(),
            seen=form.cleaned_data["seen"],
            by=by,
            at=timezone.now(),
        ),
    ):
        return _saved(request, rollout)
    page = FormPage(
        heading=gettext("Det kommunene skal vite"),
        form=form,
        submit=gettext("Lagre"),
        cancel=address(rollout, "basis"),
        trail=_trail(rollout),
        kicker=rollout.name,
        # All of it is needed before anybody is invited, and none of it today.
        needed_at_times=frozenset(WordsForm.base_fields)
        - {"gains_link", "what_nn", "gains_nn", "consequence_nn"},
    )
    return form_page.answer(request, page)


@page_or_post
@signed_in_only
def roles(request: Request, slug: str) -> HttpResponse:
    rollout, basis, by = _written(request, slug)
    form = RolesForm(
        basis,
        queries.roles_of(basis),
        data=request.POST if request.method == "POST" else None,
    )
    if form.is_valid() and accepted(
        form,
        lambda: services.set_roles(
            basis=basis,
            roles=form.roles,
            seen=form.cleaned_data["seen"],
            by=by,
            at=timezone.now(),
        ),
    ):
        return _saved(request, rollout)
    page = pages.roles_page(
        frame(request, rollout, active="basis"), form, cancel=address(rollout, "basis")
    )
    return render.page(
        request, "rollouts/basis_rows.html", page, status=422 if form.errors else 200
    )


@page_or_post
@signed_in_only
def steps(request: Request, slug: str) -> HttpResponse:
    rollout, basis, by = _written(request, slug)
    form = StepsForm(basis, data=request.POST if request.method == "POST" else None)
    if form.is_valid() and accepted(
        form,
        lambda: services.set_steps(
            basis=basis,
            steps=form.steps,
            seen=form.cleaned_data["seen"],
            by=by,
            at=timezone.now(),
        ),
    ):
        return _saved(request, rollout)
    page = pages.steps_page(
        frame(request, rollout, active="basis"), form, cancel=address(rollout, "basis")
    )
    return render.page(
        request, "rollouts/basis_rows.html", page, status=422 if form.errors else 200
    )


@page_or_post
@signed_in_only
def add(request: Request, slug: str) -> HttpResponse:
    rollout, basis, by = _written(request, slug)
    form = PrerequisiteForm(None, data=request.POST if request.method == "POST" else None)
    return _prerequisite(
        request,
        rollout,
        form,
        gettext("Legg til en forutsetning"),
        lambda: services.add_prerequisite(
            basis=basis, wished=form.wished(), by=by, at=timezone.now()
        ),
    )


@page_or_post
@signed_in_only
def change(request: Request, slug: str, pk: int) -> HttpResponse:
    rollout, basis, by = _written(request, slug)
    row = get_object_or_404(basis.prerequisites.standing(), pk=pk)
    form = PrerequisiteForm(
        services.wished_of(row), data=request.POST if request.method == "POST" else None
    )
    return _prerequisite(
        request,
        rollout,
        form,
        gettext("Endre forutsetningen"),
        lambda: services.change_prerequisite(
            prerequisite=row, wished=form.wished(), by=by, at=timezone.now()
        ),
    )


@page_or_post
@signed_in_only
def remove(request: Request, slug: str, pk: int) -> HttpResponse:
    rollout, basis, by = _written(request, slug)
    row: BasisPrerequisite = get_object_or_404(basis.prerequisites.standing(), pk=pk)
    form = Form(data=request.POST if request.method == "POST" else None)
    if form.is_valid() and accepted(
        form,
        lambda: services.remove_prerequisite(prerequisite=row, by=by, at=timezone.now()),
    ):
        messages.success(request, gettext("Forutsetningen er tatt ut."))
        return redirect(address(rollout, "basis"))
    page = FormPage(
        heading=gettext("Ta ut «%(title)s»?") % {"title": row.title},
        form=form,
        submit=gettext("Ta ut"),
        cancel=address(rollout, "basis"),
        trail=_trail(rollout),
        kicker=rollout.name,
        lead=gettext("Kommunene ser den ikke lenger. Det de har svart om den, står i historikken."),
        danger=True,
    )
    return form_page.answer(request, page)


@require_safe
@signed_in_only
def show_for(request: Request, slug: str, number: str) -> HttpResponse:
    """The basis as one municipality reads it; its own people also see what they have said."""
    rollout = load(request, slug)
    try:
        found, _, reader = _for(request, rollout, number)
    except Moved as moved:
        return _lead_on(rollout, moved, "basis_for")
    page = pages.municipality_page(
        frame(request, rollout, active="basis"),
        found,
        may_tell=_may_tell(request, reader, found.municipality),
    )
    return render.page(request, "rollouts/basis_for.html", page)


@require_safe
@signed_in_only
def paper(request: Request, slug: str, number: str) -> HttpResponse:
    """The saksframlegg, to be changed in Word or as tagged PDF."""
    rollout = load(request, slug)
    ending = request.GET.get("format", "docx")
    if ending not in _PAPERS:
        raise Http404(gettext("Ukjent format"))
    try:
        found, _, _ = _for(request, rollout, number)
    except Moved as moved:
        return _lead_on(rollout, moved, "basis_paper")
    return paper_answer(found, ending)


def paper_answer(found: BasisFor, ending: str) -> HttpResponse:
    """The saksframlegg as a file: `docx` or `pdf`."""
    content = (
        case_paper.to_pdf(found, at=found.changed_at).content
        if ending == "pdf"
        else case_paper.to_docx(found)
    )
    name = case_paper.file_name(found, ending)
    return HttpResponse(
        content,
        content_type=_PAPERS[ending],
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@page_or_post
@signed_in_only
def tell(request: Request, slug: str, number: str) -> HttpResponse:
    """How the prerequisites stand, said by the municipality or by those who help it."""
    rollout = load(request, slug)
    try:
        found, municipality, reader = _for(request, rollout, number)
    except Moved as moved:
        return _lead_on(rollout, moved, "basis_tell")
    by = _telling(request, rollout, reader, municipality)
    back = address(rollout, "basis_for", found.number)
    form = TellForm(found.prerequisites, data=request.POST if request.method == "POST" else None)
    if form.is_valid() and accepted(
        form,
        lambda: services.tell(
            basis=found.basis,
            municipality=municipality,
            told=form.told(),
            by=by,
            on=clock.today(),
            at=timezone.now(),
        ),
    ):
        messages.success(request, gettext("Lagret."))
        return redirect(back)
    page = pages.tell_page(frame(request, rollout, active="basis"), found, form, cancel=back)
    return render.page(
        request, "rollouts/basis_rows.html", page, status=422 if form.errors else 200
    )


def _written(request: Request, slug: str) -> tuple[Rollout, Basis, Acting]:
    """For those in the working group, when somebody has begun on the basis; else 403 or 404."""
    rollout = load(request, slug)
    by = require_work(request, rollout)
    basis = queries.of(rollout)
    if basis is None:
        raise Http404
    return rollout, basis, by


def _for(
    request: Request, rollout: Rollout, number: str
) -> tuple[BasisFor, Municipality, Standing]:
    today = clock.today()
    code = numbers.current(number, on=today)
    municipality = Municipality.objects.get(pk=code.municipality)
    reader = standing(request, rollout)
    found = queries.basis_for(rollout, municipality.pk, today, inside=reader.sees(municipality.pk))
    if found is None:
        raise Http404
    return found, municipality, reader


def _may_tell(request: Request, reader: Standing, municipality: int) -> bool:
    return (
        reader.works
        or reader.follows_up.holds(municipality)
        or request.access.reach(Permission.REPORT_UPTAKE).holds(municipality)
    )


def _telling(
    request: Request, rollout: Rollout, reader: Standing, municipality: Municipality
) -> Acting:
    """As whom it is said: the municipality itself first; else 403."""
    if not _may_tell(request, reader, municipality.pk):
        raise MayNot
    place = place_of(municipality, on=clock.today())
    for permission in (Permission.REPORT_UPTAKE, Permission.FOLLOW_UP):
        if request.access.may(permission, place):
            request.access.require(permission, place)
            return request.access.acting
    return require_work(request, rollout)


def _prerequisite(
    request: Request,
    rollout: Rollout,
    form: PrerequisiteForm,
    heading: str,
    save: Callable[[], object],
) -> HttpResponse:
    if form.is_valid() and accepted(form, save, FIELDS):
        return _saved(request, rollout)
    page = FormPage(
        heading=heading,
        form=form,
        submit=gettext("Lagre forutsetningen"),
        cancel=address(rollout, "basis"),
        trail=_trail(rollout),
        kicker=rollout.name,
        needed_at_times=frozenset({"solution", "role"}),
    )
    return form_page.answer(request, page)


def _saved(request: Request, rollout: Rollout) -> HttpResponse:
    messages.success(request, gettext("Lagret. Kommunene ser det nye med en gang."))
    return redirect(address(rollout, "basis"))


def _trail(rollout: Rollout) -> tuple[tuple[str, str], ...]:
    return (*trail(rollout), (gettext("Beslutningsgrunnlag"), address(rollout, "basis")))


def _lead_on(rollout: Rollout, moved: Moved, view: str) -> HttpResponse:
    """The same page under the municipality's number of today, if there is one."""
    if moved.now is None:
        return redirect("municipalities:show", moved.number)
    return redirect(address(rollout, view, moved.now))
