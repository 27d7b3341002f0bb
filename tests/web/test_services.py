"""Every service × every role: who gets to a change by the pages, in the own place and in another.

`services.csv` is the table, read from `matrix.csv` and the source, and is reviewed as one. After an
intended change write it anew with SAMLOP_WRITE_MATRIX=1, the matrix first.
"""

import csv
import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.web import test_matrix as matrix
from tests.web.services import services, services_of_views

TABLE = Path(__file__).parent / "services.csv"
# Changes that no page leads to, and what makes them.
WITHOUT_A_PAGE: Mapping[str, str] = {
    "files.services.forget_removed": "the worker, at night",
    "governance.services.ensure_bodies": "the first start",
    "municipalities.services.boundaries.store": "a command on the server",
    "municipalities.services.reference.load": "the first start",
    "municipalities.services.reference.load_counties": "the first start",
    "portfolio.services.criteria.ensure_first": "the first start",
    "portfolio.services.material.remind_reviews": "the worker",
    "rollouts.services.places.expire_offers": "the worker, in the morning",
    "rollouts.services.reopening.reopen_all": "the worker, every minute",
    "uptake.services.stages.load": "the example",
    "uptake.services.usage.stage": "the example",
    "uptake.services.usage.take_in": "the worker, when somebody has asked for it",
    "uptake.services.usage.undo": "the worker, when somebody has asked for it",
    "uptake.services.watch.review": "the worker, in the morning",
    "uptake.services.watch.tell_regions": "the worker, in the morning",
}

# Pages that a link in a mail opens without signing in. Who has the link is tested where they are:
# tests/web/rollouts/test_link.py.
BY_A_LINK = frozenset({"rollouts:link_answer", "rollouts:link_send_on"})


def without_prefix(names: set[str]) -> set[str]:
    return {name.removeprefix("samlop.") for name in names}


def reached() -> dict[str, dict[str, set[str]]]:
    """For each service and place, the roles whose pages lead to it by an action."""
    listed = matrix.read()
    found: dict[str, dict[str, set[str]]] = {}
    for view, changes in services_of_views().items():
        for where in matrix.PLACES:
            row = listed.get((view, where, "POST"), {})
            roles = {who for who in matrix.WHO if row.get(who) == "yes" and view not in BY_A_LINK}
            for name in without_prefix(changes):
                places = found.setdefault(name, {place: set() for place in matrix.PLACES})
                places[where] |= roles
    return found


def rows() -> list[tuple[str, str, str]]:
    def words(roles: set[str]) -> str:
        everybody = roles >= set(matrix.WHO) - {matrix.NOBODY}
        return "all" if everybody else " ".join(who for who in matrix.WHO if who in roles)

    return [
        (name, words(places["own"]), words(places["other"]))
        for name, places in sorted(reached().items())
    ]


@pytest.mark.skipif("SAMLOP_WRITE_MATRIX" not in os.environ, reason="writes the table anew")
def test_write_the_services() -> None:
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([("service", *matrix.PLACES), *rows()])


def test_every_change_lies_behind_a_listed_page_or_tells_what_makes_it() -> None:
    every = without_prefix(services())
    assert len(every) > 60
    assert every - set(reached()) == set(WITHOUT_A_PAGE)


def test_no_visitor_gets_to_a_change() -> None:
    assert {name for name, places in reached().items() if matrix.NOBODY in places["own"]} == set()


def test_each_role_gets_to_the_changes_that_the_table_says() -> None:
    with TABLE.open(encoding="utf-8", newline="") as file:
        expected = [tuple(row) for row in csv.reader(file)][1:]
    assert rows() == expected
