"""What a municipality wants said beside the measurements: public, and written by its own."""

from dataclasses import dataclass
from datetime import date, datetime

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from samlop.accounts import queries as accounts
from samlop.accounts.rules import Permission, Place
from samlop.db.text_keys import nb_sort_key
from samlop.municipalities.models import Municipality
from samlop.municipalities.rules.codes import CodePeriod
from samlop.portfolio.models import Offer
from samlop.uptake.queries import ledger as queries
from samlop.uptake.queries import stages
from samlop.uptake.services import ledger as services
from samlop.web import clock, form_page, render
from samlop.web.form_page import FormPage, accepted
from samlop.web.ledger.forms import REMARK_FIELDS, RemarkForm
from samlop.web.ledger.pages import area_words
from samlop.web.municipalities import numbers
from samlop.web.request import PublicRequest, Request
from samlop.web.signed_in import signed_in_only

page_or_post = require_http_methods(["GET", "HEAD", "POST"])


@dataclass(frozen=True, slots=True)
class RemarkLine:
    """An offer, and what the municipality remarks of it; addresses for those who may write."""

    name: str
    area: str
    words: str
    since: datetime | None
    write: str
    withdraw: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RemarksPage:
    number: str
    name: str
    may_write: bool
    lines: tuple[RemarkLine, ...]


@require_safe
def remarks(request: PublicRequest, number: str) -> HttpResponse:
    """Everybody reads the remarks; its own also see what they may remark to."""
    today = clock.today()
    code, municipality, place = _place(number, today)
    may_write = request.access.may(Permission.REPORT_UPTAKE, place)
    page = _page(code, municipality, may_write=may_write, today=today)
    return render.page(request, "ledger/remarks.html", page)


def _page(
    code: CodePeriod, municipality: Municipality, *, may_write: bool, today: date
) -> RemarksPage:
    """Three queries, however many solutions."""
    written = queries.remarks_of(municipality.pk)
    offers = [
        one for one in Offer.objects.select_related("solution") if not one.solution.is_joint_process
    ]
    said = (
        stages.standing([one.pk for one in offers], today, municipalities=[municipality.pk])
        if may_write
        else {}
    )
    lines = []
    for offer in offers:
        remark = written.get(offer.pk)
        if remark is None and (offer.pk, municipality.pk) not in said:
            continue
        arguments = [code.number, offer.pk]
        lines.append(
            RemarkLine(
                name=offer.solution.name,
                area=area_words(offer.area),
                words=remark.words if remark else "",
                since=remark.recorded_at if remark else None,
                write=reverse("ledger:remark", args=arguments) if may_write else "",
                withdraw=reverse("ledger:withdraw", args=arguments) if may_write and remark else "",
            )
        )
    return RemarksPage(
        number=code.number,
        name=code.qualified_name,
        may_write=may_write,
        lines=tuple(sorted(lines, key=lambda one: (nb_sort_key(one.name), nb_sort_key(one.area)))),
    )


@page_or_post
@signed_in_only
def write(request: Request, number: str, pk: int) -> HttpResponse:
    """The remark to an offer's measurements; what it was before stays in those already frozen."""
    code, municipality, place = _place(number, clock.today())
    request.access.require(Permission.REPORT_UPTAKE, place)
    offer = get_object_or_404(Offer.objects.select_related("solution"), pk=pk)
    standing = queries.remarks_of(municipality.pk).get(offer.pk)
    form = RemarkForm(
        data=request.POST if request.method == "POST" else None,
        initial={"words": standing.words if standing else ""},
    )
    if form.is_valid() and accepted(
        form,
        lambda: services.remark(
            offer=offer,
            municipality=municipality,
            words=form.cleaned_data["words"],
            by=request.access.acting,
            at=timezone.now(),
        ),
        REMARK_FIELDS,
    ):
        messages.success(request, gettext("Merknaden er lagret, og vises for alle."))
        return redirect("ledger:remarks", number)
    page = FormPage(
        heading=gettext("Merknad til målingene"),
        form=form,
        submit=gettext("Lagre merknaden"),
        cancel=reverse("ledger:remarks", args=[number]),
        trail=_trail(code),
        kicker=f"{offer.solution.name}, {area_words(offer.area).lower()}",
        lead=gettext(
            "Merknaden følger med når utbredelsen av løsningen blir målt og fryst. Målinger som "
            "alt er fryst, endres ikke."
        ),
    )
    return form_page.answer(request, page)


@page_or_post
@signed_in_only
def withdraw(request: Request, number: str, pk: int) -> HttpResponse:
    code, municipality, place = _place(number, clock.today())
    request.access.require(Permission.REPORT_UPTAKE, place)
    offer = get_object_or_404(Offer.objects.select_related("solution"), pk=pk)
    standing = queries.remarks_of(municipality.pk).get(offer.pk)
    if standing is None:
        messages.info(request, gettext("Det står ingen merknad der."))
        return redirect("ledger:remarks", number)
    form = Form(data=request.POST if request.method == "POST" else None)
    if form.is_valid() and accepted(
        form,
        lambda: services.withdraw_remark(
            remark=standing, by=request.access.acting, at=timezone.now()
        ),
    ):
        messages.success(request, gettext("Merknaden er trukket."))
        return redirect("ledger:remarks", number)
    page = FormPage(
        heading=gettext("Trekk merknaden"),
        form=form,
        submit=gettext("Trekk merknaden"),
        cancel=reverse("ledger:remarks", args=[number]),
        trail=_trail(code),
        kicker=f"{offer.solution.name}, {area_words(offer.area).lower()}",
        lead=standing.words,
        danger=True,
        warning=gettext("Målinger som alt er fryst, beholder merknaden."),
    )
    return form_page.answer(request, page)


def _place(number: str, today: date) -> tuple[CodePeriod, Municipality, Place]:
    code = numbers.current(number, on=today)
    municipality = Municipality.objects.get(pk=code.municipality)
    return code, municipality, accounts.place_of(municipality, on=today)


def _trail(code: CodePeriod) -> tuple[tuple[str, str], ...]:
    return (
        (gettext("Kommuner"), reverse("municipalities:list")),
        (code.qualified_name, reverse("municipalities:show", args=[code.number])),
        (gettext("Merknader"), reverse("ledger:remarks", args=[code.number])),
    )
