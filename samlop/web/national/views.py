"""The national pages of uptake, for everybody to read."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from samlop.web import addresses, clock, downloads, render
from samlop.web.national import comparing
from samlop.web.national import overview as pages
from samlop.web.request import PublicRequest


@require_safe
def overview(request: PublicRequest) -> HttpResponse:
    """Every solution: made available, in use, in active use, benefit."""
    found = pages.Overview.of(request.GET, on=clock.chosen_day(request), today=clock.today())
    if as_format := downloads.wanted(request.GET):
        return downloads.answer(pages.download(found), as_format)
    page = pages.overview_page(found, request.GET)
    if not render.wants_block(request):
        return render.page(request, "national/overview.html", page)
    response = render.block(request, "national/overview.html", "results", page)
    # The form sends its empty fields too; the address people copy leaves them out.
    response.headers["HX-Push-Url"] = request.path + addresses.changed(request.GET)
    return response


@require_safe
def compare(request: PublicRequest) -> HttpResponse:
    """What has changed between two days."""
    found = comparing.Comparison.of(request.GET, today=clock.today())
    if as_format := downloads.wanted(request.GET):
        return downloads.answer(comparing.download(found), as_format)
    page = comparing.compare_page(found, request.GET)
    return render.page(request, "national/compare.html", page)
