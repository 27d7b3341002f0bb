"""What other pages show of how far products have come: a vendor's, and a municipality's."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext

from samlop.portfolio.queries import readiness as queries
from samlop.portfolio.queries.readiness import OwnRow, Wait
from samlop.portfolio.rules.readiness import Claim, Readiness
from samlop.portfolio.rules.solutions import Area
from samlop.portfolio.texts import readiness as texts
from samlop.web.readiness import cells
from samlop.web.readiness.cells import Cell


@dataclass(frozen=True, slots=True, kw_only=True)
class VendorLine:
    """One of a vendor's products in one solution."""

    product: str
    solution: str
    solution_address: str
    area: str
    cell: Cell

    @property
    def label(self) -> str:
        return f"{self.product}, {self.solution}, {cells.inside(self.area)}"


def of_vendor(vendor: int, *, on: date) -> tuple[VendorLine, ...]:
    """Everything that is said of the vendor's products. Two queries."""
    return tuple(_vendor_line(one, on) for one in queries.own_rows(vendor, on))


def _vendor_line(one: OwnRow, on: date) -> VendorLine:
    return VendorLine(
        product=one.state.product.name,
        solution=one.solution,
        solution_address=reverse("readiness:solution", args=[one.solution_slug]),
        area=cells.area_words(one.area),
        cell=cells.cell(one.state, slug=one.solution_slug, area=one.area, on=on),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitLine:
    """A product the municipality uses and a solution it must be ready for, areas alike in one."""

    solution: str
    solution_address: str
    product: str
    words: str
    color: str
    detail: str
    areas: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """What waits for the municipality's vendors, and what they have made ready."""

    waiting: tuple[WaitLine, ...]
    ready: tuple[WaitLine, ...]
    # Solutions where nobody has said anything of the products in use here.
    unknown: tuple[tuple[str, str], ...]

    def __bool__(self) -> bool:
        return bool(self.waiting or self.ready or self.unknown)


def of_municipality(municipality: int, *, on: date) -> Waits:
    """Four queries at most."""
    together: dict[tuple[str, str, Claim | None], list[Wait]] = {}
    for one in queries.waits_of(municipality, on):
        claim = one.state.claim if one.state else None
        together.setdefault((one.solution_slug, one.product.slug, claim), []).append(one)
    waiting, ready = [], []
    silent: dict[str, str] = {}
    for (slug, _, claim), waits in together.items():
        if claim is None:
            silent[reverse("readiness:solution", args=[slug])] = waits[0].solution
        elif claim.state is Readiness.RELEASED:
            ready.append(_wait_line(claim, waits, on))
        else:
            waiting.append(_wait_line(claim, waits, on))
    spoken = {line.solution_address for line in (*waiting, *ready)}
    return Waits(
        waiting=tuple(waiting),
        ready=tuple(ready),
        unknown=tuple(
            (solution, address) for address, solution in silent.items() if address not in spoken
        ),
    )


def _wait_line(claim: Claim, waits: Sequence[Wait], on: date) -> WaitLine:
    one = waits[0]
    return WaitLine(
        solution=one.solution,
        solution_address=reverse("readiness:solution", args=[one.solution_slug]),
        product=one.product.name,
        words=str(texts.READINESS[claim.state]),
        color=cells.color(claim, on=on),
        detail=cells.detail(claim, on=on),
        areas=_listed([wait.area for wait in waits]),
    )


def _listed(areas: Sequence[Area]) -> str:
    """«sykehjem og hjemmetjeneste»."""
    words = [cells.inside(cells.area_words(area)) for area in dict.fromkeys(areas)]
    if len(words) == 1:
        return words[0]
    return gettext("%(before)s og %(last)s") % {
        "before": ", ".join(words[:-1]),
        "last": words[-1],
    }
