"""The words that a benefit's figures are shown in, on every page that shows them."""

from datetime import date
from decimal import Decimal

from django.utils.translation import gettext

from samlop.uptake.models import Benefit
from samlop.uptake.queries.benefits import Followed
from samlop.uptake.rules.benefits import BaselineState, Figure, Measure
from samlop.uptake.texts import benefits as texts
from samlop.web import formats


def amount(value: Decimal) -> str:
    return formats.number(value, 0 if value == value.to_integral_value() else 1)


def unit(row: Benefit) -> str:
    measure = Measure(row.measure)
    if measure is Measure.DESCRIBED:
        return str(texts.MEASURES[measure])
    return row.unit or str(texts.UNITS[measure])


def better(gain: Decimal, unit: str) -> str:
    """A gain is better, whichever way the figure goes."""
    words = {"amount": amount(abs(gain)), "unit": unit}
    if gain == 0:
        return gettext("Som før")
    if gain < 0:
        return gettext("%(amount)s %(unit)s dårligere") % words
    return gettext("%(amount)s %(unit)s bedre") % words


def national_baseline(row: Benefit) -> str:
    """«900 timer i året, 1. januar 2022», or nothing."""
    if row.national_baseline is None or row.national_baseline_on is None:
        return ""
    return gettext("%(amount)s %(unit)s, %(day)s") % {
        "amount": amount(row.national_baseline),
        "unit": unit(row),
        "day": formats.long_date(row.national_baseline_on),
    }


def figure(row: Benefit, figure: Figure) -> str:
    """«120 timer i året, høyst 10 opp eller ned», or how it is with words."""
    if figure.few:
        return f"{texts.FEW} {unit(row)}"
    if figure.value is not None:
        words = f"{amount(figure.value)} {unit(row)}"
        return words if figure.margin is None else f"{words}, {margin(figure.margin)}"
    answer = str(texts.EXPERIENCES[figure.experience]) if figure.experience else ""
    return ": ".join(part for part in (answer, figure.words) if part)


def margin(value: Decimal) -> str:
    return gettext("høyst %(margin)s opp eller ned") % {"margin": amount(value)}


def outcome(one: Followed) -> str:
    """What it gave, or why nobody can say."""
    found, row = one.outcome, one.benefit
    if found.measured_on is None:
        return gettext("Ikke målt ennå")
    if found.experience is not None:
        return str(texts.EXPERIENCES[found.experience])
    if found.gain is not None:
        words = better(found.gain, unit(row))
        return words if found.margin is None else f"{words}, {margin(found.margin)}"
    if found.few:
        return gettext("Kan ikke regnes ut, for ett av tallene er færre enn 5")
    if Measure(row.measure) is Measure.DESCRIBED:
        return gettext("Beskrevet med ord")
    if found.baseline_state in (BaselineState.WITHOUT, BaselineState.NOT_YET):
        return gettext("Kan ikke regnes ut uten et nullpunkt")
    return gettext("Målingen er ikke nyere enn nullpunktet")


def target(row: Benefit, value: Decimal | None, by_day: date | None) -> str:
    if value is None:
        return ""
    words = f"{amount(value)} {unit(row)}"
    if by_day is None:
        return words
    return gettext("%(target)s innen %(day)s") % {
        "target": words,
        "day": formats.long_date(by_day),
    }


def reached(one: Followed) -> str:
    if one.reached is None:
        return ""
    return gettext("Måltallet er nådd") if one.reached else gettext("Måltallet er ikke nådd ennå")
