"""The pages of cases and bodies: load what may be seen, check the right, one change, answer."""

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from samlop.accounts.rules import Permission
from samlop.governance import queries, services
from samlop.governance.models import Body, Case, Member
from samlop.governance.rules import BodyKind, DecisionKind, Function, Matter
from samlop.portfolio.models import GateCase
from samlop.web import addresses, clock, downloads, form_page, render
from samlop.web.form_page import FormPage, accepted, made
from samlop.web.gates.offers import address as gate_address
from samlop.web.governance import pages
from samlop.web.governance.addresses import of_case
from samlop.web.governance.forms import (
    FIELDS,
    BodyForm,
    CaseForm,
    DecisionForm,
    EndSeatForm,
    MemberForm,
    NewBodyForm,
    NewCaseForm,
    WithdrawForm,
)
from samlop.web.request import PublicRequest, Request
from samlop.web.signed_in import signed_in_only

page_or_post = require_http_methods(["GET", "HEAD", "POST"])


# --- reading ---


@require_safe
def case_list(request: PublicRequest) -> HttpResponse:
    """Visitors see what is decided; whoever has a role sees what is under way too."""
    insider, today = bool(request.access.grants), clock.today()
    found = pages.Register.of(request.GET, is_insider=insider, on=today)
    if as_format := downloads.wanted(request.GET):
        return downloads.answer(pages.cases_download(found), as_format)
    may_open = request.access.may(Permission.MANAGE_GOVERNANCE)
    page = pages.cases_page(found, request.GET, may_open=may_open)
    if not render.wants_block(request):
        return render.page(request, "governance/list.html", page)
    response = render.block(request, "governance/list.html", "results", page)
    response.headers["HX-Push-Url"] = request.path + addresses.changed(request.GET)
    return response


@require_safe
def case(request: PublicRequest, slug: str, year: int, number: int) -> HttpResponse:
    insider = bool(request.access.grants)
    row = _visible(slug, year, number, is_insider=insider)
    gate = ("", "")
    if row.matter == Matter.READY_FOR_USE.value:
        about = GateCase.objects.select_related("offer__solution").filter(case=row).first()
        if about is not None:
            solution = about.offer.solution
            there = gate_address(about.offer, "offer")
            gate = (solution.name, there)
    page = pages.case_page(
        row,
        is_insider=insider,
        may_manage=request.access.may(Permission.MANAGE_GOVERNANCE),
        gate=gate,
    )
    return render.page(request, "governance/case.html", page)


@require_safe
def body_list(request: PublicRequest) -> HttpResponse:
    may_create = request.access.may(Permission.MANAGE_GOVERNANCE)
    page = pages.bodies_page(on=clock.today(), may_create=may_create)
    return render.page(request, "governance/bodies.html", page)


@require_safe
def body(request: PublicRequest, slug: str) -> HttpResponse:
    page = pages.body_page(
        get_object_or_404(Body, slug=slug),
        is_insider=bool(request.access.grants),
        may_manage=request.access.may(Permission.MANAGE_GOVERNANCE),
        on=clock.today(),
    )
    return render.page(request, "governance/body.html", page)


# --- bodies and seats ---


@page_or_post
@signed_in_only
def create_body(request: Request) -> HttpResponse:
    request.access.require(Permission.MANAGE_GOVERNANCE)
    form = NewBodyForm(data=_sent(request))
    if form.is_valid():
        found = form.cleaned_data
        body = made(
            form,
            lambda: services.create_body(
                name=found["name"],
                kind=BodyKind(found["kind"]),
                mandate=found["mandate"],
                source=found["source"],
                by=request.access.acting,
            ),
            FIELDS,
        )
        if body is not None:
            messages.success(request, gettext("%(name)s er lagt til.") % {"name": body.name})
            return redirect("governance:body", body.slug)
    page = FormPage(
        heading=gettext("Legg til organ"),
        form=form,
        submit=gettext("Legg til"),
        cancel=reverse("governance:bodies"),
        trail=_trail(),
    )
    return form_page.answer(request, page)


@page_or_post
@signed_in_only
def edit_body(request: Request, slug: str) -> HttpResponse:
    row = _managed_body(request, slug)
    form = BodyForm(
        data=_sent(request),
        initial={"name": row.name, "mandate": row.mandate, "source": row.source},
    )
    if form.is_valid() and accepted(
        form,
        lambda: services.change_body(body=row, by=request.access.acting, **form.cleaned_data),
        FIELDS,
    ):
        messages.success(request, gettext("Endringene er lagret."))
        return redirect("governance:body", row.slug)
    return _about_body(request, row, form, gettext("Rediger organet"), gettext("Lagre"))


@page_or_post
@signed_in_only
def seat(request: Request, slug: str) -> HttpResponse:
    row = _managed_body(request, slug)
    form = MemberForm(data=_sent(request), initial={"starts": clock.today(), "function": "member"})
    if form.is_valid():
        found = form.cleaned_data
        if accepted(
            form,
            lambda: services.seat_by_email(
                body=row,
                email=found["email"],
                name=found["name"],
                function=Function(found["function"]),
                organisation=found["organisation"],
                by=request.access.acting,
                on=found["starts"],
                until=found["ends"],
            ),
            FIELDS,
        ):
            messages.success(request, gettext("Medlemmet er lagt til."))
            return redirect("governance:body", row.slug)
    return _about_body(request, row, form, gettext("Legg til medlem"), gettext("Legg til"))


@page_or_post
@signed_in_only
def end_seat(request: Request, pk: int) -> HttpResponse:
    request.access.require(Permission.MANAGE_GOVERNANCE)
    row = get_object_or_404(Member.objects.select_related("body", "person"), pk=pk)
    form = EndSeatForm(data=_sent(request), initial={"ends": clock.today()})
    if form.is_valid() and accepted(
        form,
        lambda: services.end_seat(
            member=row, by=request.access.acting, on=form.cleaned_data["ends"]
        ),
        FIELDS,
    ):
        messages.success(request, gettext("Perioden er avsluttet."))
        return redirect("governance:body", row.body.slug)
    heading = gettext("Avslutt perioden til %(name)s") % {"name": row.person}
    return _about_body(request, row.body, form, heading, gettext("Avslutt perioden"), danger=True)


# --- cases ---


@page_or_post
@signed_in_only
def open_case(request: Request) -> HttpResponse:
    request.access.require(Permission.MANAGE_GOVERNANCE)
    today = clock.today()
    bodies = queries.bodies(on=today)
    chosen = next((one for one in bodies if one.slug == request.GET.get("organ")), None)
    form = NewCaseForm(
        pages.choices(bodies),
        pages.earlier_cases(),
        data=_sent(request),
        initial={"body": str(chosen.pk) if chosen else ""},
    )
    if form.is_valid():
        found = form.cleaned_data
        case = made(
            form,
            lambda: services.open_case(
                body=Body.objects.get(pk=found["body"]),
                title=found["title"],
                about=found["about"],
                recommendation=found["recommendation"],
                builds_on=_earlier(found["builds_on"]),
                by=request.access.acting,
                on=today,
            ),
            FIELDS,
        )
        if case is not None:
            messages.success(
                request,
                gettext("Sak %(number)s er opprettet.") % {"number": case.number_words},
            )
            return redirect(of_case(case))
    page = FormPage(
        heading=gettext("Ny sak"),
        form=form,
        submit=gettext("Opprett saken"),
        cancel=reverse("governance:list"),
        trail=((gettext("Saker"), reverse("governance:list")),),
        lead=gettext("Saken får organets neste nummer i år. Den er offentlig når den er avgjort."),
    )
    return form_page.answer(request, page)


@page_or_post
@signed_in_only
def edit_case(request: Request, slug: str, year: int, number: int) -> HttpResponse:
    row = _managed_case(request, slug, year, number)
    form = CaseForm(
        pages.earlier_cases(but=row),
        data=_sent(request),
        initial={
            "title": row.title,
            "about": row.about,
            "recommendation": row.recommendation,
            "builds_on": str(row.builds_on_id or ""),
        },
    )
    if form.is_valid():
        found = form.cleaned_data
        if accepted(
            form,
            lambda: services.change_case(
                case=row,
                title=found["title"],
                about=found["about"],
                recommendation=found["recommendation"],
                builds_on=_earlier(found["builds_on"]),
                by=request.access.acting,
            ),
            FIELDS,
        ):
            messages.success(request, gettext("Endringene er lagret."))
            return redirect(of_case(row))
    return _about_case(request, row, form, gettext("Rediger saken"), gettext("Lagre"))


@page_or_post
@signed_in_only
def decide(request: Request, slug: str, year: int, number: int) -> HttpResponse:
    """One that is about readiness is decided on the solution's page, with the assessment."""
    row = _managed_case(request, slug, year, number)
    form = DecisionForm(row.body, data=_sent(request), initial={"decided_on": clock.today()})
    if form.is_valid():
        found = form.cleaned_data
        if accepted(
            form,
            lambda: services.decide(
                case=row,
                kind=DecisionKind(found["kind"]),
                text=found["text"],
                reason=found["reason"],
                decided_on=found["decided_on"],
                by=request.access.acting,
                on=clock.today(),
                at=timezone.now(),
            ),
            FIELDS,
        ):
            messages.success(request, gettext("Saken er avgjort."))
            return redirect(of_case(row))
    return _about_case(
        request,
        row,
        form,
        gettext("Registrer hva organet kom fram til"),
        gettext("Registrer"),
        warning=gettext(
            "Det som er registrert, kan ikke endres eller slettes. Les det en gang til."
        ),
    )


@page_or_post
@signed_in_only
def withdraw(request: Request, slug: str, year: int, number: int) -> HttpResponse:
    row = _managed_case(request, slug, year, number)
    form = WithdrawForm(data=_sent(request))
    if form.is_valid() and accepted(
        form,
        lambda: services.withdraw_case(
            case=row,
            reason=form.cleaned_data["reason"],
            by=request.access.acting,
            at=timezone.now(),
        ),
        FIELDS,
    ):
        messages.success(request, gettext("Saken er trukket."))
        return redirect(of_case(row))
    return _about_case(
        request,
        row,
        form,
        gettext("Trekk saken"),
        gettext("Trekk saken"),
        danger=True,
        warning=gettext("Organet skal da ikke behandle saken. Nummeret blir ikke brukt på nytt."),
    )


# --- what these share ---


def _sent(request: Request) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _visible(slug: str, year: int, number: int, *, is_insider: bool) -> Case:
    rows = queries.visible_cases(to_insiders=is_insider).select_related(
        "body", "decision__recorded_by", "builds_on__body", "builds_on__decision"
    )
    return get_object_or_404(rows, body__slug=slug, year=year, number=number)


def _managed_case(request: Request, slug: str, year: int, number: int) -> Case:
    """A case that can still be worked on, for whoever keeps cases; else 404 or 403."""
    row = _visible(slug, year, number, is_insider=bool(request.access.grants))
    request.access.require(Permission.MANAGE_GOVERNANCE)
    return row


def _managed_body(request: Request, slug: str) -> Body:
    row = get_object_or_404(Body, slug=slug)
    request.access.require(Permission.MANAGE_GOVERNANCE)
    return row


def _earlier(pk: str) -> Case | None:
    if not pk:
        return None
    found = Case.objects.decided().filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _trail() -> tuple[tuple[str, str], ...]:
    return (
        (gettext("Saker"), reverse("governance:list")),
        (gettext("Organer"), reverse("governance:bodies")),
    )


def _about_body(
    request: Request,
    row: Body,
    form: BodyForm | MemberForm | EndSeatForm,
    heading: str,
    submit: str,
    *,
    danger: bool = False,
) -> HttpResponse:
    here = reverse("governance:body", args=[row.slug])
    page = FormPage(
        heading=heading,
        form=form,
        submit=submit,
        cancel=here,
        kicker=row.name,
        trail=(*_trail(), (row.name, here)),
        danger=danger,
    )
    return form_page.answer(request, page)


def _about_case(
    request: Request,
    row: Case,
    form: CaseForm | DecisionForm | WithdrawForm,
    heading: str,
    submit: str,
    *,
    danger: bool = False,
    warning: str = "",
) -> HttpResponse:
    here = of_case(row)
    page = FormPage(
        heading=heading,
        form=form,
        submit=submit,
        cancel=here,
        kicker=gettext("Sak %(number)s, %(body)s: %(title)s")
        % {"number": row.number_words, "body": row.body.name, "title": row.title},
        trail=((gettext("Saker"), reverse("governance:list")), (row.number_words, here)),
        danger=danger,
        warning=warning,
    )
    return form_page.answer(request, page)
