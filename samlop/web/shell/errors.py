"""The pages for what went wrong: what happened, what was kept, what to do. They never leak."""

import logging

from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.views.decorators.csrf import requires_csrf_token

from samlop.web import render
from samlop.web.context import Frame

log = logging.getLogger(__name__)

# When even the template cannot be rendered. No style, no translation, nothing to fail.
LAST_RESORT = """<!doctype html>
<html lang="nb"><meta charset="utf-8"><title>Noe gikk galt – Samløp</title>
<h1>Noe gikk galt hos oss</h1>
<p>Feilen er registrert. Sendte du inn noe, se etter om det ble lagret før du prøver igjen.</p>
<p><a href="/">Til forsiden</a></p></html>
"""


def _alone(request: HttpRequest, template: str, status: int) -> HttpResponse:
    """A page that needs neither session, database nor a request that made sense."""
    try:
        html = engines["jinja2"].get_template(template).render({"frame": Frame.of(request)})
    except Exception:
        log.exception("The error page itself failed")
        html = LAST_RESORT
    return HttpResponse(html, status=status, content_type=render.HTML)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _alone(request, "errors/400.html", 400)


def server_error(request: HttpRequest) -> HttpResponse:
    return _alone(request, "errors/500.html", 500)


@requires_csrf_token
def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The person may see what she asked for, but not do it."""
    return render.page(request, "errors/403.html", status=403)


@requires_csrf_token
def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Also the answer to what a person may not see."""
    return render.page(request, "errors/404.html", status=404)


@requires_csrf_token
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that was open too long, or cookies that are turned off. Nothing was saved."""
    return render.page(request, "errors/csrf.html", status=403)
