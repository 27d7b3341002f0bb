"""What is wrong, as other systems read it: application/problem+json (RFC 9457)."""

import json
from collections.abc import Mapping, Sequence

from django.http import HttpResponse

Extra = Mapping[str, str | int | Sequence[Mapping[str, str | int]]]


def problem(
    status: int, code: str, title: str, detail: str = "", extra: Extra | None = None
) -> HttpResponse:
    """`code` never changes its meaning; the words are for people, in the language asked for."""
    content: dict[str, object] = {"type": "about:blank", "title": title, "status": status}
    if detail:
        content["detail"] = detail
    content |= {"kode": code, **(extra or {})}
    return _json(status, content, "application/problem+json")


def answer(status: int, content: Mapping[str, str | int]) -> HttpResponse:
    return _json(status, content, "application/json")


def _json(status: int, content: Mapping[str, object], content_type: str) -> HttpResponse:
    response = HttpResponse(
        json.dumps(content, ensure_ascii=False).encode(), content_type, status=status
    )
    # Nobody between us and the system may keep it.
    response.headers["Cache-Control"] = "no-store"
    return response
