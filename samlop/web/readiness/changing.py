"""Everything that changes a row: saying, confirming, choosing which, and taking back."""

from dataclasses import dataclass, replace
from datetime import date

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from samlop.accounts.permissions import Denied
from samlop.accounts.rules import Place
from samlop.lib.errors import Refused
from samlop.municipalities.models import Product
from samlop.portfolio.models import Offer, ReadinessEvent, Solution
from samlop.portfolio.queries import readiness as queries
from samlop.portfolio.queries.readiness import ProductState
from samlop.portfolio.rules import readiness as rules
from samlop.portfolio.rules.readiness import Teller
from samlop.portfolio.rules.solutions import Area
from samlop.portfolio.services import readiness as services
from samlop.portfolio.services.readiness import Row as RowSeen
from samlop.portfolio.texts import readiness as texts
from samlop.web import clock, form_page, formats, render
from samlop.web.addresses import safe_next
from samlop.web.form_page import FormPage, accepted
from samlop.web.readiness import cells, touching
from samlop.web.readiness.forms import FIELDS, NEEDED_AT_TIMES, AddForm, StateForm, WithdrawForm
from samlop.web.readiness.rows import MAY, Row, found_row
from samlop.web.readiness.touching import Reach
from samlop.web.request import Request
from samlop.web.signed_in import signed_in_only
from samlop.web.solutions.frame import frame, trail

page_or_post = require_http_methods(["GET", "HEAD", "POST"])


@dataclass(frozen=True, slots=True, kw_only=True)
class SlipPage:
    """Whom the new date reaches, before it is saved; the form travels along."""

    heading: str
    kicker: str
    trail: tuple[tuple[str, str], ...]
    reach: Reach
    form: StateForm
    hidden: tuple[tuple[str, str], ...]
    next: str
    # Said when what is shown has changed since it was last looked at.
    notice: str = ""


@page_or_post
@signed_in_only
def change(request: Request, slug: str, area: str, product: str) -> HttpResponse:
    """Say how far the product has come; a slip is shown with whom it reaches before it is saved."""
    row = found_row(slug, area, product)
    request.access.require(MAY, row.place)
    today = clock.today()
    teller = cells.teller(request.access, row.product.vendor_id)
    current = queries.on(row.offer, today).get(row.product.pk)
    after = safe_next(request, request.GET.get("neste", ""), row.address)
    if request.method != "POST":
        form = StateForm.started(current, teller=teller, on=today)
        return _form(request, row, form, current, after)
    form = StateForm(request.POST, teller=teller, on=today)
    if "tilbake" in request.POST or not form.is_valid():
        return _form(request, row, form, current, after)
    if answer := _shows_slip_first(request, row, form, current, after):
        return answer
    if accepted(form, lambda: _save(request, row, form, today), FIELDS):
        messages.success(
            request, gettext("Opplysningen om %(product)s er lagret.") % {"product": row.heading}
        )
        return redirect(after)
    return _form(request, row, form, current, after)


def _save(request: Request, row: Row, form: StateForm, today: date) -> None:
    services.state(
        offer=row.offer,
        product=row.product,
        seen=form.cleaned_data["seen"],
        claim=form.claim,
        teller=form.teller,
        source=form.cleaned_data["source"],
        reason=form.cleaned_data["reason"],
        municipality=form.cleaned_data["place"],
        by=request.access.acting,
        on=today,
        at=timezone.now(),
    )


def _shows_slip_first(
    request: Request, row: Row, form: StateForm, current: ProductState | None, after: str
) -> HttpResponse | None:
    """The page with whom the slip reaches, until exactly that has been seen with a reason given.

    Somebody who saw an older word is told so by the service instead.
    """
    if current is None or form.cleaned_data["seen"] != current.event:
        return None
    slip = rules.slip(current.claim, form.claim)
    if slip is None:
        return None
    reach = touching.reach(
        row.offer,
        row.product.pk,
        before=current.claim,
        after=form.claim,
        slip=slip,
        on=clock.today(),
    )
    shown = request.POST.get("vist", "")
    if shown == reach.fingerprint and form.cleaned_data["reason"]:
        return None
    page = SlipPage(
        heading=gettext("Hvem utsettelsen berører"),
        kicker=row.heading,
        trail=(*_trail(row), (row.heading, row.address)),
        reach=reach,
        form=form,
        hidden=_hidden(request, reach),
        next=after,
    )
    if not shown:
        return render.page(request, "readiness/slip.html", page)
    if shown != reach.fingerprint:
        notice = gettext(
            "Noe er endret siden du så oversikten. Ingenting er lagret. Se en gang til."
        )
        return render.page(request, "readiness/slip.html", replace(page, notice=notice), status=409)
    form.add_error("reason", str(texts.REFUSALS[rules.ReadinessRefusal.NO_REASON]))
    return render.page(request, "readiness/slip.html", page, status=422)


def _hidden(request: Request, reach: Reach) -> tuple[tuple[str, str], ...]:
    """What was filled in, but for the reason, which has its field on the page."""
    names = ("state", "release_on", "version", "told_by", "municipality", "source", "seen")
    kept = tuple((name, request.POST[name]) for name in names if name in request.POST)
    return (*kept, ("vist", reach.fingerprint))


def _form(
    request: Request, row: Row, form: StateForm, current: ProductState | None, after: str
) -> HttpResponse:
    lead = ""
    if current is not None:
        lead = gettext("Nå står det: %(what)s (%(told)s).") % {
            "what": cells.whole(current.claim, on=clock.today()),
            "told": cells.told(current),
        }
    page = FormPage(
        heading=gettext("Rett opplysningen") if current else gettext("Legg inn opplysning"),
        kicker=f"{row.offer.solution.name}: {row.heading}",
        lead=lead,
        form=form,
        submit=gettext("Lagre"),
        cancel=after,
        trail=(*_trail(row), (row.heading, row.address)),
        needed_at_times=NEEDED_AT_TIMES,
    )
    return form_page.answer(request, page)


def _trail(row: Row) -> tuple[tuple[str, str], ...]:
    solution = row.offer.solution
    return (
        (gettext("Løsninger"), reverse("solutions:list")),
        (solution.name, reverse("solutions:show", args=[solution.slug])),
        (gettext("Leverandører"), reverse("readiness:solution", args=[solution.slug])),
    )


@require_POST
@signed_in_only
def confirm(request: Request, slug: str, area: str, product: str) -> HttpResponse:
    """«Stemmer» for one row."""
    row = found_row(slug, area, product)
    request.access.require(MAY, row.place)
    if not cells.is_of(request.access, row.product.vendor_id):
        # Others say what they have been told, and by whom.
        raise Denied(MAY)
    seen = request.POST.get("seen", "")
    try:
        services.confirm(
            rows=[
                RowSeen(
                    offer=row.offer.pk,
                    product=row.product.pk,
                    seen=int(seen) if seen.isdecimal() and len(seen) < 19 else None,
                )
            ],
            by=request.access.acting,
            on=clock.today(),
            at=timezone.now(),
        )
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(
            request, gettext("%(product)s er bekreftet i dag.") % {"product": row.heading}
        )
    return redirect(row.address)


# --- which row ---


@page_or_post
@signed_in_only
def add(request: Request, slug: str) -> HttpResponse:
    """Choose a product to say something of; saying it is the next page."""
    solution = get_object_or_404(Solution, slug=slug)
    request.access.require(MAY, Place(solution=slug))
    form = AddForm(
        data=request.POST if request.method == "POST" else None,
        offers=list(Offer.objects.filter(solution=solution).order_by("pk")),
        products=list(Product.objects.select_related("vendor").order_by("name", "pk")),
    )
    if form.is_valid():
        area, product = Area(form.cleaned_data["area"]), form.cleaned_data["product"]
        return redirect(cells.change_address(slug, area, product))
    back = reverse("readiness:solution", args=[slug])
    page = FormPage(
        heading=gettext("Legg inn opplysning om et produkt"),
        kicker=solution.name,
        lead=gettext("Mangler produktet i lista, legges det først til hos leverandøren."),
        form=form,
        submit=gettext("Fortsett"),
        cancel=back,
        trail=(*trail(frame(request, solution, active="vendors")), (gettext("Leverandører"), back)),
    )
    return form_page.answer(request, page)


# --- taking back ---


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawPage:
    heading: str
    kicker: str
    lead: str
    trail: tuple[tuple[str, str], ...]
    back: str
    form: WithdrawForm
    # Whom it reaches when what stood before is worse.
    reach: Reach | None


@page_or_post
@signed_in_only
def withdraw(request: Request, slug: str, pk: int) -> HttpResponse:
    event = get_object_or_404(
        ReadinessEvent.objects.select_related("offer__solution", "product__vendor"),
        pk=pk,
        offer__solution__slug=slug,
    )
    row = Row(offer=event.offer, product=event.product)
    request.access.require(MAY, row.place)
    if cells.is_of(request.access, row.product.vendor_id) and event.told_by != Teller.VENDOR.value:
        # A vendor takes back its own words, and answers others' with new ones.
        messages.error(
            request,
            gettext("Andre har opplyst dette. Rett opplysningen i stedet, så vises begge."),
        )
        return redirect(row.address)
    form = WithdrawForm(data=request.POST if request.method == "POST" else None)
    if form.is_valid() and accepted(
        form,
        lambda: services.withdraw(
            event=event,
            reason=form.cleaned_data["reason"],
            by=request.access.acting,
            at=timezone.now(),
        ),
        FIELDS,
    ):
        messages.success(request, gettext("Opplysningen er trukket tilbake."))
        return redirect(row.address)
    page = WithdrawPage(
        heading=gettext("Trekk tilbake opplysningen"),
        kicker=row.heading,
        lead=gettext(
            "«%(what)s» (%(day)s) blir stående i historikken som trukket tilbake. Det som var "
            "opplyst før, gjelder igjen."
        )
        % {
            "what": cells.whole(event.claim, on=event.told_on),
            "day": formats.long_date(event.told_on),
        },
        trail=(*_trail(row), (row.heading, row.address)),
        back=row.address,
        form=form,
        reach=_reach_of_withdrawal(row, event),
    )
    status = 422 if form.errors else 200
    return render.page(request, "readiness/withdraw.html", page, status=status)


def _reach_of_withdrawal(row: Row, event: ReadinessEvent) -> Reach | None:
    """Whom it reaches that the word before counts again; None when nothing gets worse."""
    standing = [
        one for one in queries.history(row.offer.pk, row.product.pk) if one.withdrawn_at is None
    ]
    if len(standing) < 2 or standing[0].state.event != event.pk:
        return None
    before, after = standing[0].state.claim, standing[1].state.claim
    slip = rules.slip(before, after)
    if slip is None:
        return None
    return touching.reach(
        row.offer, row.product.pk, before=before, after=after, slip=slip, on=clock.today()
    )
