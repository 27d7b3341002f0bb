"""What Jinja2 templates may use beside their page: addresses, translation and formats."""

from typing import Any

import jinja2
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation

from samlop.web import formats
from samlop.web.marked import translated


def url(name: str, *args: str | int, **kwargs: str | int) -> str:
    """The address of a named page."""
    return reverse(name, args=args or None, kwargs=kwargs or None)


def environment(**options: Any) -> jinja2.Environment:
    """Django's Jinja2 backend calls this once per process."""
    options |= {
        # A misspelt name must fail in the first test that renders it, not show as nothing.
        "undefined": jinja2.StrictUndefined,
        "trim_blocks": True,
        "lstrip_blocks": True,
        "extensions": ["jinja2.ext.i18n"],
    }
    env = jinja2.Environment(**options)  # noqa: S701 - the backend passes autoescape=True
    env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext=translation.gettext,
        ngettext=translation.ngettext,
        newstyle=True,
        pgettext=translation.pgettext,
        npgettext=translation.npgettext,
    )
    env.globals |= {"url": url, "static": static}
    env.filters |= {
        "long_date": formats.long_date,
        "short_date": formats.short_date,
        "long_moment": formats.long_moment,
        "quarter": formats.quarter,
        "number": formats.number,
        "percent": formats.percent,
        "translated": translated,
    }
    env.policies["ext.i18n.trimmed"] = True
    return env
