"""What the portfolio and a solution's own pages show."""

from dataclasses import dataclass

from samlop.portfolio.models import Solution
from samlop.web.solutions.frame import Frame


@dataclass(frozen=True, slots=True)
class Portfolio:
    solutions: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls) -> "Portfolio":
        return cls(tuple(Solution.objects.order_by("name", "pk").values_list("slug", "name")))


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    frame: Frame
