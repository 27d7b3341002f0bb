"""The criteria as everybody may read them; drafts only for those who write them."""

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from samlop.accounts.rules import Permission
from samlop.portfolio.queries import criteria as queries
from samlop.web import render
from samlop.web.criteria import pages
from samlop.web.request import PublicRequest


@require_safe
def set_list(request: PublicRequest) -> HttpResponse:
    page = pages.SetList.of(may_write=_may_write(request))
    return render.page(request, "criteria/list.html", page)


@require_safe
def show(request: PublicRequest, number: int) -> HttpResponse:
    head = queries.head(number, with_draft=_may_write(request))
    if head is None:
        raise Http404
    return render.page(request, "criteria/show.html", pages.SetPage.of(head))


@require_safe
def compare(request: PublicRequest) -> HttpResponse:
    page = pages.ComparePage.of(request.GET, with_draft=_may_write(request))
    return render.page(request, "criteria/compare.html", page)


def _may_write(request: PublicRequest) -> bool:
    return request.access.may(Permission.PUBLISH_CRITERIA)
