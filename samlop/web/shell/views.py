"""The shell's own pages."""

from django.conf import settings
from django.http import HttpResponse, HttpResponsePermanentRedirect
from django.templatetags.static import static
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_POST, require_safe

from samlop.accounts.services import preferences as own
from samlop.web import addresses, clock, render
from samlop.web.request import PublicRequest
from samlop.web.shell import navigation
from samlop.web.shell import preferences as kept
from samlop.web.shell.pages import AccessibilityPage, FrontPage, HomePage, SearchPage

MOST_HITS = 50
MOST_SUGGESTIONS = 6


@require_safe
def home(request: PublicRequest) -> HttpResponse:
    """«Min side» for whoever is signed in, the public front page for everybody else."""
    on = clock.today()
    if not request.user.is_authenticated:
        return render.page(request, "shell/front.html", FrontPage.of(on=on))
    page = HomePage.of(request.user, navigation.roles_of(request), on=on)
    return render.page(request, "shell/home.html", page)


@require_safe
def search(request: PublicRequest) -> HttpResponse:
    page = SearchPage.of(request.GET.get("q", ""), on=clock.today(), most=MOST_HITS)
    return render.page(request, "shell/search.html", page)


@require_safe
def suggestions(request: PublicRequest) -> HttpResponse:
    """The first hits as links under the search box, while somebody types."""
    page = SearchPage.of(request.GET.get("q", ""), on=clock.today(), most=MOST_SUGGESTIONS)
    return render.block(request, "shell/search.html", "suggestions", page)


@require_POST
def preferences(request: PublicRequest) -> HttpResponse:
    """The cookie is for this browser; a signed-in person takes her language with her."""
    language = request.POST.get("sprak", "")
    if request.user.is_authenticated and language in dict(settings.LANGUAGES):
        own.choose_language(person=request.user, language=language, at=timezone.now())
    return kept.redirect_with(
        addresses.safe_next(request, request.POST.get("neste", "")),
        language=language,
        scheme=request.POST.get("utseende", ""),
    )


@require_safe
def accessibility(request: PublicRequest) -> HttpResponse:
    page = AccessibilityPage(statement=settings.SAMLOP_ACCESSIBILITY_STATEMENT)
    return render.page(request, "shell/accessibility.html", page)


@require_safe
@cache_control(public=True, max_age=86400)
def robots(_request: PublicRequest) -> HttpResponse:
    """Nothing made up may end in a search engine; the real pages are for everybody."""
    closed = ["/"] if settings.SAMLOP_EXAMPLE else ["/konto/", "/sok/", "/utvikler/"]
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in closed)]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain")


@require_safe
def favicon(_request: PublicRequest) -> HttpResponse:
    """Browsers ask here whatever the page says."""
    return HttpResponsePermanentRedirect(static("favicon.svg"))
