"""The history of everything a person may see, and of one municipality."""

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from samlop.accounts.rules import Permission
from samlop.audit.models import Event
from samlop.web import addresses, clock, downloads, render
from samlop.web.history import pages, scope
from samlop.web.history.pages import Place, Reader
from samlop.web.history.scope import Sight
from samlop.web.municipalities.views import required
from samlop.web.request import Request
from samlop.web.signed_in import signed_in_only


@require_safe
@signed_in_only
def everything(request: Request) -> HttpResponse:
    reader = _reader(request)
    if not reader.sight.sees_anything:
        raise PermissionDenied
    place = Place(
        heading=gettext("Historikk"),
        lead=gettext("Hva som er endret, når og av hvem. Ingen kan endre eller slette dette."),
        address=reverse("history:everything"),
    )
    return _answer(request, place, scope.told_of(reader.sight), reader)


@require_safe
@signed_in_only
def municipality(request: Request, number: str) -> HttpResponse:
    own = required(request, number, Permission.VIEW_HISTORY)
    reader = _reader(request)
    address = reverse("municipalities:show", args=[own.code.number])
    place = Place(
        heading=gettext("Historikk"),
        lead=gettext("Hva som er endret, når og av hvem. Ingen kan endre eller slette dette."),
        address=reverse("history:municipality", args=[own.code.number]),
        kicker=own.code.qualified_name,
        trail=(
            (gettext("Kommuner"), reverse("municipalities:list")),
            (own.code.qualified_name, address),
        ),
    )
    return _answer(request, place, scope.told_in(own.row.pk, reader.sight), reader)


def _reader(request: Request) -> Reader:
    sight = Sight.of(request.access, request.user.pk)
    return Reader(request.user.pk, request.access.grants, sight)


def _answer(
    request: Request, place: Place, events: QuerySet[Event], reader: Reader
) -> HttpResponse:
    today = clock.today()
    if as_format := downloads.wanted(request.GET):
        found = pages.download(place, events, request.GET, reader=reader, on=today)
        return downloads.answer(found, as_format)
    page = pages.history_page(place, events, request.GET, reader=reader, on=today)
    if not render.wants_block(request):
        return render.page(request, "history/list.html", page)
    response = render.block(request, "history/list.html", "results", page)
    # The form sends its empty fields too; the address people copy leaves them out.
    response.headers["HX-Push-Url"] = request.path + addresses.changed(request.GET)
    return response
