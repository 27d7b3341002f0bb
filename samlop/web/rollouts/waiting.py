"""The waiting list of a rollout, for those who see its answers."""

from dataclasses import dataclass
from datetime import date

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from samlop.municipalities.queries import register
from samlop.rollouts.models import Cohort
from samlop.rollouts.queries import places as queries
from samlop.rollouts.rules.places import MAY_BE_WISHED
from samlop.web import clock, downloads, render
from samlop.web.addresses import changed
from samlop.web.downloads import Download, Field
from samlop.web.request import Request
from samlop.web.rollouts.answering import given_address, why
from samlop.web.rollouts.frame import Frame, frame, load
from samlop.web.rollouts.rights import MayNot
from samlop.web.signed_in import signed_in_only


@dataclass(frozen=True, slots=True, kw_only=True)
class Seats:
    """A cohort's places, and what is held."""

    name: str
    maximum: int
    places: int
    reserved: int
    offered: int
    left: int
    locked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    number: int
    name: str
    address: str
    since: date
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingPage:
    frame: Frame
    seats: tuple[Seats, ...]
    lines: tuple[Line, ...]
    # Of those the reader sees, however they are filtered.
    total: int
    others: int
    text: str
    csv: str
    xlsx: str


@require_safe
@signed_in_only
def waiting_list(request: Request, slug: str) -> HttpResponse:
    """In order, with why nothing moves; a contact person sees those of her region."""
    rollout = load(request, slug)
    above = frame(request, rollout, active="cohorts")
    reach = above.standing.reach
    if not reach.everywhere and not reach.municipalities:
        raise MayNot
    today = clock.today()
    inline = queries.waiting(rollout, today)
    rooms = queries.rooms(rollout, today)
    # What has begun or is over has no room for anybody.
    ahead = Cohort.objects.filter(
        rollout=rollout, state__in=[state.value for state in MAY_BE_WISHED]
    )
    names = dict(ahead.values_list("pk", "name"))
    codes = {row.pk: row for row in register.rows(on=today)} if inline else {}
    seen = [one for one in inline if reach.holds(one.municipality) and one.municipality in codes]
    text = request.GET.get("q", "").replace("\0", "").strip()
    named = register.matching(text, on=today).municipalities if text else codes.keys()
    lines = tuple(
        Line(
            number=one.number,
            name=codes[one.municipality].name,
            address=given_address(rollout.slug, codes[one.municipality].number),
            since=timezone.localdate(one.since),
            why=why(one),
        )
        for one in seen
        if one.municipality in named
    )
    if as_format := downloads.wanted(request.GET):
        return downloads.answer(_download(lines, on=today), as_format)
    page = WaitingPage(
        frame=above,
        seats=tuple(
            Seats(
                name=names[room.cohort],
                maximum=room.maximum,
                places=room.places,
                reserved=room.reserved,
                offered=room.offered,
                left=room.left,
                locked=room.locked,
            )
            for room in rooms
            if room.cohort in names
        ),
        lines=lines,
        total=len(seen),
        others=len(inline) - len(seen),
        text=text,
        csv=changed(request.GET, format="csv"),
        xlsx=changed(request.GET, format="xlsx"),
    )
    if render.wants_block(request):
        return render.block(request, "rollouts/waiting.html", "results", page)
    return render.page(request, "rollouts/waiting.html", page)


def _download(lines: tuple[Line, ...], *, on: date) -> Download:
    return Download(
        name="venteliste",
        sheet=gettext("Venteliste"),
        on=on,
        fields=(
            Field("nummer", gettext("Nummer")),
            Field("kommune", gettext("Kommune"), 28),
            Field("siden", gettext("Siden")),
            Field("venter_pa", gettext("Hva den venter på"), 80),
        ),
        rows=[(one.number, one.name, one.since, " ".join(one.why)) for one in lines],
    )
