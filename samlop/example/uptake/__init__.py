"""The example's uptake: what each module makes, in order."""

from datetime import date

from samlop.example.uptake import alerts, benefits, forecasts, ledger, observations, stages
from samlop.lib.actors import Actor


def load(*, by: Actor, on: date) -> int:
    """Make what is missing; returns how many things were made."""
    modules = (stages, observations, alerts, benefits, ledger, forecasts)
    return sum(module.load(by=by, on=on) for module in modules)
