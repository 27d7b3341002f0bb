"""The product plus the floor view, and a header that tells how many queries an answer ran."""

import os
from collections.abc import Callable
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "samlop.config.settings")

from django.conf import settings

settings.ROOT_URLCONF = "tests.bench.urls"
settings.MIDDLEWARE = ["tests.bench.wsgi.CountQueries", *settings.MIDDLEWARE]

from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import connection  # noqa: E402
from django.http import HttpRequest, HttpResponse  # noqa: E402


class CountQueries:
    """Outermost, so that session and person count as well."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        count = 0

        def counting(execute: Callable[..., Any], *args: Any) -> Any:
            nonlocal count
            count += 1
            return execute(*args)

        with connection.execute_wrapper(counting):
            response = self.get_response(request)
        response["X-Queries"] = str(count)
        return response


application = get_wsgi_application()
