"""Which municipality an address is about, and where to go when the number is an old one."""

from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext

from samlop.municipalities.models import MunicipalityCode
from samlop.municipalities.queries import codes
from samlop.municipalities.queries.codes import Answer, period_of
from samlop.municipalities.rules.codes import CodePeriod, Outcome

SAFE = frozenset({"GET", "HEAD"})


class Moved(Exception):
    """A page under a number that is not a municipality's today: the middleware leads on."""

    def __init__(self, number: str, was: CodePeriod | None, now: str | None) -> None:
        super().__init__(number)
        self.number, self.was, self.now = number, was, now


def current(number: str, *, on: date) -> CodePeriod:
    """The municipality that has the number today. Raises Moved, or Http404 for no number at all."""
    answer = codes.municipality(number, on=on)
    if answer.resolution.outcome is Outcome.UNKNOWN_NUMBER:
        raise Http404
    if answer.resolution.outcome is not Outcome.VALID:
        was, now = lives_on(answer, on=on)
        raise Moved(number, was, now)
    return answer.successors[0]


def lives_on(answer: Answer, *, on: date) -> tuple[CodePeriod | None, str | None]:
    """The municipality that had the number, and the one it has that day. At most two queries."""
    was = answer.was or _first_period(answer.resolution.number)
    return was, _number_on(int(was.municipality), on) if was is not None else None


def lead_on(request: HttpRequest, moved: Moved) -> HttpResponse:
    """The same page under the new number; for a municipality that is no more, what became of it.

    An action has no page to be led to.
    """
    if request.method not in SAFE:
        raise Http404
    if moved.was is None or moved.now is None:
        return redirect("municipalities:show", moved.number)
    messages.info(
        request,
        gettext("%(number)s er et annet nummer for %(name)s. Kommunen har nummer %(now)s.")
        % {"number": moved.was.number, "name": moved.was.name, "now": moved.now},
    )
    old, new = (reverse("municipalities:show", args=[one]) for one in (moved.number, moved.now))
    return redirect(request.get_full_path().replace(old, new, 1))


def _first_period(number: str) -> CodePeriod | None:
    """The first municipality that ever had the number."""
    row = MunicipalityCode.objects.filter(number=number).order_by("valid_from").first()
    return period_of(row) if row else None


def _number_on(municipality_id: int, day: date) -> str | None:
    return (
        MunicipalityCode.objects.filter(municipality=municipality_id)
        .valid_on(day)
        .values_list("number", flat=True)
        .first()
    )
