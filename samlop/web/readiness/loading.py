"""A vendor's own rows from its workbook: read, shown with whom each slip reaches, and saved."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from samlop.accounts.permissions import Denied
from samlop.accounts.rules import Permission, Place
from samlop.lib.errors import FileProblem, FileRefused
from samlop.municipalities.models import Vendor
from samlop.portfolio.imports import readiness as imports
from samlop.portfolio.imports.readiness import Line
from samlop.portfolio.models import Offer
from samlop.web import clock, render, uploads
from samlop.web.readiness import cells, touching
from samlop.web.readiness.forms import RowsFileForm
from samlop.web.readiness.touching import Reach
from samlop.web.request import Request
from samlop.web.signed_in import signed_in_only
from samlop.web.uploads import Carried

page_or_post = require_http_methods(["GET", "HEAD", "POST"])
MAY = Permission.CONFIRM_VENDOR_READINESS


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadPage:
    vendor: str
    vendor_address: str
    back: str
    xlsx: str
    form: RowsFileForm
    problems: tuple[FileProblem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewLine:
    """What happens to one row; `reach` when it got worse."""

    number: int
    product: str
    solution: str
    area: str
    before: str
    after: str
    reason: str
    reach: Reach | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewPage:
    vendor: str
    vendor_address: str
    back: str
    again: str
    apply: str
    token: str
    count: int
    changed: tuple[PreviewLine, ...]
    confirmed: tuple[PreviewLine, ...]
    left: int
    notice: str = ""


def _own_vendor(request: Request, slug: str) -> Vendor:
    """A file holds the vendor's own word, so only its people load one."""
    vendor = get_object_or_404(Vendor, slug=slug)
    request.access.require(MAY, Place(vendor=vendor.pk))
    if not cells.is_of(request.access, vendor.pk):
        raise Denied(MAY)
    return vendor


@page_or_post
@signed_in_only
def upload(request: Request, slug: str) -> HttpResponse:
    vendor = _own_vendor(request, slug)
    if request.method != "POST":
        return _ask(request, vendor, RowsFileForm())
    form = RowsFileForm(request.POST, request.FILES, meta=request.META)
    if not form.is_valid():
        return _ask(request, vendor, form)
    try:
        return _preview(request, vendor, form.cleaned_data["file"].read())
    except FileRefused as refused:
        return _ask(request, vendor, form, refused.problems)


@require_POST
@signed_in_only
def apply(request: Request, slug: str) -> HttpResponse:
    vendor = _own_vendor(request, slug)
    try:
        carried = uploads.carried(
            request.POST.get("forhandsvisning", ""), person=request.user, purpose=_purpose(vendor)
        )
        content = carried.files["rader"]
        if not _applied_as_shown(request, vendor, content, carried.fingerprint):
            notice = gettext(
                "Noe er endret siden du så forhåndsvisningen, så ingenting er lagret. Se over på "
                "nytt."
            )
            return _preview(request, vendor, content, notice=notice)
    except FileRefused as refused:
        return _ask(request, vendor, RowsFileForm(), refused.problems)
    except uploads.PreviewLost as lost:
        messages.error(request, str(lost))
        return redirect("readiness:upload", vendor.slug)
    messages.success(request, gettext("Radene er lagret. Takk!"))
    return redirect("readiness:own", vendor.slug)


def _applied_as_shown(request: Request, vendor: Vendor, content: bytes, shown: str) -> bool:
    """Save the rows, unless they now come to something else, or reach others, than was shown."""
    with transaction.atomic():
        done = imports.apply(
            content,
            vendor=vendor,
            by=request.access.acting,
            on=clock.today(),
            at=timezone.now(),
        )
        if uploads.fingerprint((done, _lines(done.changed))) == shown:
            return True
        transaction.set_rollback(True)
    return False


def _ask(
    request: Request, vendor: Vendor, form: RowsFileForm, problems: Sequence[FileProblem] = ()
) -> HttpResponse:
    back = reverse("readiness:own", args=[vendor.slug])
    page = UploadPage(
        vendor=vendor.name,
        vendor_address=reverse("vendors:show", args=[vendor.slug]),
        back=back,
        xlsx=f"{back}?format=xlsx",
        form=form,
        problems=tuple(problems),
    )
    status = 422 if problems or form.errors else 200
    return render.page(request, "readiness/upload.html", page, status=status)


def _preview(request: Request, vendor: Vendor, content: bytes, *, notice: str = "") -> HttpResponse:
    """Raises FileRefused."""
    found = imports.compare(content, vendor=vendor, on=clock.today())
    changed = _lines(found.changed)
    carried = Carried(files={"rader": content}, fingerprint=uploads.fingerprint((found, changed)))
    page = PreviewPage(
        vendor=vendor.name,
        vendor_address=reverse("vendors:show", args=[vendor.slug]),
        back=reverse("readiness:own", args=[vendor.slug]),
        again=reverse("readiness:upload", args=[vendor.slug]),
        apply=reverse("readiness:apply", args=[vendor.slug]),
        token=uploads.carry(carried, person=request.user, purpose=_purpose(vendor)),
        count=found.count,
        changed=changed,
        confirmed=_lines(found.confirmed),
        left=found.left,
        notice=notice,
    )
    return render.page(request, "readiness/preview.html", page, status=409 if notice else 200)


def _lines(lines: Sequence[Line]) -> tuple[PreviewLine, ...]:
    """Five queries per slip, of which a vendor has few at a time, and one for all offers."""
    offers = {
        one.pk: one
        for one in Offer.objects.filter(pk__in={line.row.offer for line in lines}).select_related(
            "solution"
        )
    }
    return tuple(_line(line, offers[line.row.offer]) for line in lines)


def _line(line: Line, offer: Offer) -> PreviewLine:
    today = clock.today()
    state = line.row.state
    return PreviewLine(
        number=line.number,
        product=state.product.name,
        solution=line.row.solution,
        area=cells.area_words(line.row.area),
        before=cells.whole(state.claim, on=today),
        after=cells.whole(line.after, on=today),
        reason=line.reason,
        reach=touching.reach(
            offer, state.product.pk, before=state.claim, after=line.after, slip=line.slip, on=today
        )
        if line.slip is not None
        else None,
    )


def _purpose(vendor: Vendor) -> str:
    return f"readiness.rows.{vendor.pk}"
