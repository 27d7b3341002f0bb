"""The content of a request with figures: JSON, read by the same rules as files."""

import hashlib
import json
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from samlop.portfolio.models import Solution
from samlop.uptake.imports import usage
from samlop.uptake.models import UsageToken
from samlop.uptake.rules.columns import Columns
from samlop.uptake.rules.figures import DecimalMark
from samlop.uptake.rules.pushes import MOST_FIGURES, PushRefusal
from samlop.uptake.services import pushes
from samlop.uptake.services.pushes import CannotPush, Pushed

PARTS: Final = ("indikator", "kommune", "periode", "verdi")
_MOST_EXPONENT_DIGITS: Final = 2
_LONGEST_MANTISSA: Final = 100
COLUMNS: Final = Columns(
    municipality="kommune",
    period="periode",
    values={"verdi": ""},
    indicator="indikator",
    mark=DecimalMark.POINT,
)


def take_in(*, token: UsageToken, key: str, body: bytes, on: date, at: datetime) -> Pushed:
    """Take in what was sent, once for each key and content. Raises CannotPush."""
    sha256 = hashlib.sha256(body).hexdigest()
    before = pushes.pushed_before(token=token, key=key, sha256=sha256)
    if before is not None:
        return Pushed(before, again=True)
    rows = _rows(_content(body), token)
    known = usage.measured(token.source)
    if not known:
        raise CannotPush(PushRefusal.NO_INDICATOR)
    figures = usage.read_rows(enumerate(rows, start=1), PARTS, COLUMNS, known, today=on)
    return pushes.push(token=token, key=key, sha256=sha256, figures=figures, at=at)


def _content(body: bytes) -> Mapping[str, object]:
    try:
        content = json.loads(body, parse_float=_written_out, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise CannotPush(PushRefusal.NOT_JSON) from error
    if not isinstance(content, dict) or set(content) != {"losning", "tall"}:
        raise CannotPush(PushRefusal.NOT_AS_DESCRIBED)
    return content


def _written_out(words: str) -> str:
    """A number with decimals as files have it; one like 1e999999 stays, and is refused as there.

    Written out it would be a million digits, and a request holds twenty thousand of them.
    """
    mantissa, _, exponent = words.lower().partition("e")
    few = len(exponent.lstrip("+-0")) <= _MOST_EXPONENT_DIGITS
    return f"{Decimal(words):f}" if few and len(mantissa) <= _LONGEST_MANTISSA else words


def _no_number(_words: str) -> object:
    """«NaN» and «Infinity» are no JSON, though Python reads them."""
    raise ValueError


def _rows(content: Mapping[str, object], token: UsageToken) -> list[tuple[str, ...]]:
    slug, figures = content["losning"], content["tall"]
    if not isinstance(slug, str) or not isinstance(figures, list):
        raise CannotPush(PushRefusal.NOT_AS_DESCRIBED)
    if slug != token.source.solution.slug:
        known = Solution.objects.filter(slug=slug).exists()
        refusal = PushRefusal.OTHER_SOLUTION if known else PushRefusal.UNKNOWN_SOLUTION
        raise CannotPush(refusal, slug=slug[:60])
    if not figures:
        raise CannotPush(PushRefusal.NO_FIGURES)
    if len(figures) > MOST_FIGURES:
        raise CannotPush(PushRefusal.TOO_MANY_FIGURES, most=MOST_FIGURES)
    return [_row(one) for one in figures]


def _row(figure: object) -> tuple[str, ...]:
    if not isinstance(figure, dict) or set(figure) != set(PARTS):
        raise CannotPush(PushRefusal.NOT_AS_DESCRIBED)
    return tuple(_cell(figure[part]) for part in PARTS)


def _cell(value: object) -> str:
    match value:
        case bool():
            raise CannotPush(PushRefusal.NOT_AS_DESCRIBED)
        case str():
            return value
        case int():
            return str(value)
        case _:
            raise CannotPush(PushRefusal.NOT_AS_DESCRIBED)
