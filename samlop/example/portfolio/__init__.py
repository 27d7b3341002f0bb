"""The example portfolio, built on the report's own cases: what each module makes, in order."""

from datetime import date

from samlop.example.portfolio import (
    assessments,
    cards,
    costs,
    gates,
    governance,
    health,
    material,
    readiness,
    solutions,
)
from samlop.lib.actors import Actor


def load(*, by: Actor, on: date) -> int:
    """Make what is missing; returns how many things were made."""
    modules = (
        solutions,
        readiness,
        governance,
        assessments,
        health,
        gates,
        cards,
        costs,
        material,
    )
    return sum(module.load(by=by, on=on) for module in modules)
