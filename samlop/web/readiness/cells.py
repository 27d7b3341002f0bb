"""How one word about a product reads and looks, wherever it stands."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext

from samlop.accounts.rules import SCOPE_OF, Scope
from samlop.municipalities.models import MunicipalityCode
from samlop.portfolio.queries.readiness import ProductState
from samlop.portfolio.rules import readiness as rules
from samlop.portfolio.rules.readiness import Claim, Readiness, Teller
from samlop.portfolio.rules.solutions import Area
from samlop.portfolio.texts import readiness as texts
from samlop.portfolio.texts import solutions as solution_texts
from samlop.web import formats
from samlop.web.middleware import Access

COLORS: Final[Mapping[Readiness, str]] = {
    Readiness.NOT_PLANNED: "neutral",
    Readiness.PLANNED: "neutral",
    Readiness.IN_DEVELOPMENT: "info",
    Readiness.IN_TEST: "info",
    Readiness.RELEASED: "success",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """What is known of a product in an offer: the state, the date with it, and who says so."""

    words: str
    color: str
    detail: str
    told: str
    # The page with all that is said of the row.
    address: str


def cell(one: ProductState, *, slug: str, area: Area, on: date) -> Cell:
    return Cell(
        words=str(texts.READINESS[one.state]),
        color=color(one.claim, on=on),
        detail=detail(one.claim, on=on),
        told=told(one),
        address=row_address(slug, area, one.product.slug),
    )


def color(claim: Claim, *, on: date) -> str:
    return "warning" if rules.is_overdue(claim, on=on) else COLORS[claim.state]


def area_words(area: Area) -> str:
    return str(solution_texts.AREAS[area])


def inside(words: str) -> str:
    """As it is written inside a sentence."""
    return words[:1].lower() + words[1:]


def row_address(slug: str, area: Area, product: str) -> str:
    return reverse("readiness:row", args=[slug, area.value, product])


def change_address(slug: str, area: Area, product: str) -> str:
    return reverse("readiness:change", args=[slug, area.value, product])


def detail(claim: Claim, *, on: date) -> str:
    """«versjon 7.2, 1. februar 2027», «ventes 1. september 2027»; empty when there is no more."""
    day = formats.long_date(claim.release_on) if claim.release_on else ""
    if claim.state is Readiness.RELEASED:
        return gettext("versjon %(version)s, %(day)s") % {"version": claim.version, "day": day}
    if not day:
        return "" if claim.state is Readiness.NOT_PLANNED else gettext("uten dato")
    if rules.is_overdue(claim, on=on):
        return gettext("skulle vært sluppet %(day)s") % {"day": day}
    if claim.version:
        return gettext("versjon %(version)s ventes %(day)s") % {
            "version": claim.version,
            "day": day,
        }
    return gettext("ventes %(day)s") % {"day": day}


def told(one: ProductState) -> str:
    """«Leverandøren, 3. mars 2027»."""
    return gettext("%(who)s, %(day)s") % {
        "who": texts.TELLERS[one.told_by],
        "day": formats.long_date(one.told_on),
    }


def whole(claim: Claim, *, on: date) -> str:
    """«Planlagt, ventes 1. september 2027», for where there is no tag."""
    words, more = str(texts.READINESS[claim.state]), detail(claim, on=on)
    return f"{words}, {more}" if more else words


def teller(access: Access, vendor: int) -> Teller:
    """Somebody of the vendor speaks for the vendor; others record what they have been told."""
    return Teller.VENDOR if is_of(access, vendor) else Teller.PROGRAMME


def is_of(access: Access, vendor: int) -> bool:
    return any(
        SCOPE_OF[grant.role] is Scope.VENDOR and grant.vendor == vendor for grant in access.grants
    )


def municipality_names(pks: Collection[int]) -> Mapping[int, str]:
    """What municipalities are called, the newest name of each. One query, or none."""
    if not pks:
        return {}
    rows = (
        MunicipalityCode.objects.filter(municipality__in=pks)
        .order_by("municipality_id", "-valid_from")
        .distinct("municipality_id")
    )
    return dict(rows.values_list("municipality_id", "qualified_name"))
