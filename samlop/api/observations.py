"""POST /api/v1/observasjoner/: figures of use from a system that measures them."""

import re
from collections.abc import Mapping
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt

from samlop.api.problems import answer, problem
from samlop.uptake.imports import pushes
from samlop.uptake.models import UsageToken
from samlop.uptake.rules.pushes import LONGEST_KEY, PushRefusal
from samlop.uptake.services import tokens
from samlop.uptake.services.pushes import CannotPush
from samlop.uptake.texts import figures as texts

_STATUS: Final[Mapping[PushRefusal, int]] = {
    PushRefusal.NOT_JSON: 400,
    PushRefusal.NOT_AS_DESCRIBED: 422,
    PushRefusal.UNKNOWN_SOLUTION: 404,
    PushRefusal.OTHER_SOLUTION: 403,
    PushRefusal.NO_FIGURES: 422,
    PushRefusal.TOO_MANY_FIGURES: 413,
    PushRefusal.NO_INDICATOR: 422,
    PushRefusal.BAD_FIGURES: 422,
    PushRefusal.KEY_USED: 409,
}
_KEY: Final = re.compile(rf"[\x21-\x7e]{{1,{LONGEST_KEY}}}")


# A browser's session opens nothing here, so that no other site can use it.
@csrf_exempt
def observations(request: HttpRequest) -> HttpResponse:
    """All figures of the request are taken in, or none; the same request twice does it once."""
    if request.method != "POST":
        refused = problem(405, "bad_method", gettext("Bare POST"))
        refused.headers["Allow"] = "POST"
        return refused
    token = _token(request)
    if token is None:
        refused = problem(
            401,
            "no_token",
            gettext("Nøkkelen mangler eller gjelder ikke"),
            gettext(
                "Send «Authorization: Bearer …» med en nøkkel som ikke er trukket eller utløpt."
            ),
        )
        refused.headers["WWW-Authenticate"] = 'Bearer realm="Samlop"'
        return refused
    key = request.headers.get("Idempotency-Key", "")
    if not _KEY.fullmatch(key):
        return problem(
            400,
            "no_idempotency_key",
            gettext("Idempotency-Key mangler"),
            gettext(
                "Send en «Idempotency-Key» på 1–%(most)s tegn uten mellomrom, ny for hvert innhold."
            )
            % {"most": LONGEST_KEY},
        )
    if int(request.headers.get("Content-Length") or 0) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
        return problem(
            413,
            "too_large",
            gettext("Innholdet er for stort"),
            gettext("Send høyst %(most)s MB om gangen.")
            % {"most": settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 1024**2},
        )
    return _take_in(token, key, request.body)


def _token(request: HttpRequest) -> UsageToken | None:
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        return None
    return tokens.opened_by(secret.strip(), on=timezone.localdate(), at=timezone.now())


def _take_in(token: UsageToken, key: str, body: bytes) -> HttpResponse:
    try:
        done = pushes.take_in(
            token=token, key=key, body=body, on=timezone.localdate(), at=timezone.now()
        )
    except CannotPush as error:
        wrong = [
            {
                "nr": one.row,
                "felt": one.column,
                "kode": one.problem.value,
                "melding": str(texts.PROBLEMS[one.problem]),
                "sto": one.said,
            }
            for one in error.wrong
        ]
        return problem(
            _STATUS[error.refusal],
            error.refusal.value,
            gettext("Tallene er ikke tatt inn"),
            str(error),
            {"feil": wrong} if wrong else None,
        )
    row = done.usage_import
    response = answer(
        201,
        {
            "import": row.pk,
            "nye": row.new,
            "rettet": row.corrected,
            "uendret": row.good - row.new - row.corrected,
        },
    )
    if done.again:
        response.headers["Idempotency-Replayed"] = "true"
    return response
