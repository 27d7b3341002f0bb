"""The rollouts that need a vendor's products, and how many wait for them."""

from dataclasses import dataclass
from datetime import date

from samlop.municipalities.models import Product
from samlop.portfolio.queries import readiness
from samlop.rollouts.queries import plans
from samlop.rollouts.queries import rollouts as queries
from samlop.rollouts.queries.rollouts import RolloutLine
from samlop.rollouts.rules.rollouts import OVER


@dataclass(frozen=True, slots=True, kw_only=True)
class Concerned:
    """A rollout whose target group uses the vendor's products.

    `municipalities` of it use one of `products`; `waiting` of these need one that is not out.
    """

    rollout: RolloutLine
    products: tuple[str, ...]
    municipalities: int
    waiting: int


def of_vendor(vendor: int, on: date, *, to_insiders: bool) -> tuple[Concerned, ...]:
    """Those that are not over, whoever begins first first. At most eleven queries."""
    own = dict(Product.objects.filter(vendor=vendor).values_list("pk", "name"))
    rows = list(
        queries.visible(to_insiders=to_insiders)
        .exclude(state__in=[one.value for one in OVER])
        .select_related("offer__solution", "solution", "region")
        .order_by("starts_on", "name", "pk")
    )
    if not own or not rows:
        return ()
    targets = plans.targets_of(rows, on)
    board = readiness.board([row.offer for row in rows], on)
    found = []
    for row in rows:
        coverage, target = board.coverage[row.offer_id], targets[row.pk]
        users = {
            municipality: found_there
            for municipality, used in coverage.used.items()
            if municipality in target and (found_there := own.keys() & used)
        }
        if users:
            found.append(
                Concerned(
                    rollout=queries.line(row),
                    products=tuple(sorted({own[pk] for used in users.values() for pk in used})),
                    municipalities=len(users),
                    waiting=sum(
                        bool(own.keys() & coverage.blockers.get(municipality, ()))
                        for municipality in users
                    ),
                )
            )
    return tuple(found)
