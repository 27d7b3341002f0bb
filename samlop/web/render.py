"""Answering with a page, or with one named block of it when htmx asks."""

from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.template.backends.jinja2 import Jinja2
from django.template.backends.utils import csrf_input
from django.utils.cache import patch_vary_headers
from django.utils.functional import lazy
from django.utils.safestring import SafeString

from samlop.web.request import PublicRequest, Request

HTML = "text/html; charset=utf-8"


def wants_block(request: PublicRequest | Request) -> bool:
    """Whether htmx will put the answer into the page that is already there."""
    htmx = request.htmx
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request


def _engine() -> Jinja2:
    return cast("Jinja2", engines["jinja2"])


def _answer(html: str, status: int) -> HttpResponse:
    response = HttpResponse(html, content_type=HTML, status=status)
    # One address answers with a page or with a block: caches must keep them apart.
    patch_vary_headers(response, ["HX-Request"])
    return response


def _csrf_input(request: HttpRequest) -> SafeString:
    """The hidden field, made when a form first asks and then the same for all of the page's forms.

    Every making draws a new mask from the system's randomness, which a page with five forms
    would pay for five times.
    """
    made: list[SafeString] = []

    def field() -> SafeString:
        if not made:
            made.append(csrf_input(request))
        return made[0]

    return lazy(field, SafeString, str)()


def _context(request: HttpRequest, page: object, more: dict[str, Any]) -> dict[str, Any]:
    context: dict[str, Any] = {"request": request, "csrf_input": _csrf_input(request)}
    for processor in _engine().template_context_processors:
        context |= processor(request)
    return context | {"page": page} | more


def page(
    request: HttpRequest, template: str, page: object = None, *, status: int = 200, **more: Any
) -> HttpResponse:
    """The whole page; `page` is its dataclass, known by that name in the template."""
    html = _engine().env.get_template(template).render(_context(request, page, more))
    return _answer(html, status)


def block(
    request: HttpRequest,
    template: str,
    name: str,
    page: object = None,
    *,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    """One named block of the page's template, for htmx to put in place.

    The macros a template imports at its top are bound while its body runs, which rendering a
    block alone never does. The body is a generator: its first step binds them and stops
    before anything of the page is made.
    """
    compiled = _engine().env.get_template(template)
    context = compiled.new_context(_context(request, page, more))
    next(compiled.root_render_func(context), None)
    return _answer("".join(compiled.blocks[name](context)), status)
