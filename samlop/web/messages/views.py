"""The outbox: what was sent to whom, and what did not arrive."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from samlop.accounts.rules import Permission
from samlop.lib.errors import Refused
from samlop.messages import services
from samlop.messages.models import Message
from samlop.web import render
from samlop.web.messages import pages
from samlop.web.request import PublicRequest, Request
from samlop.web.signed_in import signed_in_only

View = Callable[..., HttpResponse]


def for_readers(view: View) -> View:
    """Administrators; in the example everybody, who would otherwise never see a code."""

    @wraps(view)
    def asked(request: PublicRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        request.access.require(Permission.READ_OUTBOX)
        return view(request, *args, **kwargs)

    closed = signed_in_only(asked)

    @wraps(view)
    def checked(request: PublicRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return (view if settings.SAMLOP_EXAMPLE else closed)(request, *args, **kwargs)

    return checked


@require_safe
@never_cache
@for_readers
def outbox(request: PublicRequest) -> HttpResponse:
    page = pages.outbox(request.GET)
    if render.wants_block(request):
        return render.block(request, "messages/outbox.html", "results", page)
    return render.page(request, "messages/outbox.html", page)


@require_safe
@never_cache
@for_readers
def show(request: PublicRequest, pk: int) -> HttpResponse:
    message = get_object_or_404(Message.objects.select_related("recipient", "municipality"), pk=pk)
    page = pages.message(message, may_change=request.access.may(Permission.READ_OUTBOX))
    return render.page(request, "messages/show.html", page)


@require_safe
@never_cache
@for_readers
def file(request: PublicRequest, pk: int, number: int) -> HttpResponse:
    """A file that goes along with a mail, to save."""
    message = get_object_or_404(Message.objects.select_related("recipient", "municipality"), pk=pk)
    found = pages.files_of(message)
    if not 0 < number <= len(found):
        raise Http404
    one = found[number - 1]
    disposition = content_disposition_header(as_attachment=True, filename=one.name)
    return HttpResponse(
        one.content,
        content_type=one.content_type,
        headers={"Content-Disposition": disposition or "attachment"},
    )


@require_POST
@signed_in_only
def send_again(request: Request, pk: int) -> HttpResponse:
    """Administrators alone, in the example too: that is open to read and not to change."""
    request.access.require(Permission.READ_OUTBOX)
    message = get_object_or_404(Message, pk=pk)
    try:
        services.send_again(message=message, by=request.access.acting, at=timezone.now())
    except Refused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, gettext("Meldingen er lagt i kø på nytt."))
    return redirect("messages:show", pk)
