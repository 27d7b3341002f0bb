"""What has changed since a municipality was invited, a sentence each."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from samlop.municipalities.texts import day_words
from samlop.rollouts.rules.changes import Change, ChangeKind, Value
from samlop.rollouts.texts import basis

Words = str | Promise

SENTENCES: Final[Mapping[ChangeKind, Words]] = {
    ChangeKind.STARTS_ON: _("%(name)s starter %(now)s, ikke %(was)s."),
    ChangeKind.ENDS_ON: _("%(name)s slutter %(now)s, ikke %(was)s."),
    ChangeKind.CHANGE_UNTIL: _("%(name)s: svaret kan endres til og med %(now)s."),
    ChangeKind.RENAMED: _("%(was)s heter nå %(now)s."),
    ChangeKind.NEW_COHORT: _("Ny pulje: %(name)s, med oppstart %(now)s."),
    ChangeKind.COHORT_CANCELLED: _("%(name)s er avlyst: %(now)s"),
    ChangeKind.YEARLY_PRICE: _("Prisen i året er %(now)s, ikke %(was)s."),
    ChangeKind.ONE_OFF_PRICE: _("Engangskostnaden er %(now)s, ikke %(was)s."),
    ChangeKind.HOURS: _("Arbeidet hos dere er anslått til %(now)s, ikke %(was)s."),
    ChangeKind.NEW_PREREQUISITE: _("Nytt som må være på plass: %(name)s."),
    ChangeKind.PREREQUISITE_RENAMED: _("«%(was)s» heter nå «%(now)s»."),
    ChangeKind.DONE_WHEN: _("%(name)s er på plass når: %(now)s. Før sto det: %(was)s."),
    ChangeKind.DAYS_BEFORE: _(
        "%(name)s må være på plass %(now)s dager før oppstart, ikke %(was)s."
    ),
    ChangeKind.PREREQUISITE_GONE: _("Må ikke lenger være på plass: %(name)s."),
    ChangeKind.NEW_STEPS: _("Nytt i fremdriftsplanen: %(now)s."),
    ChangeKind.STEPS_GONE: _("Ikke lenger i fremdriftsplanen: %(was)s."),
    ChangeKind.WHAT: _("Det som står om hva det er, er skrevet om."),
    ChangeKind.GAINS: _("Det som står om hva det gir, er skrevet om."),
    ChangeKind.CONSEQUENCE: _("Det som står om å ikke bli med, er skrevet om."),
}


_KRONER: Final = frozenset({ChangeKind.YEARLY_PRICE, ChangeKind.ONE_OFF_PRICE})


def sentence(one: Change) -> str:
    """«Pulje 1 starter 1. oktober 2027, ikke 16. august 2027.»"""
    return str(SENTENCES[one.kind]) % {
        "name": one.name,
        "was": _value(one.kind, one.was),
        "now": _value(one.kind, one.now),
    }


def _value(kind: ChangeKind, value: Value) -> str:
    match value:
        case date():
            return day_words(value)
        case Decimal():
            return basis.hours(value)
        case int() if kind in _KRONER:
            return basis.kroner(value)
        case tuple():
            return "; ".join(f"{words} ({_lower(basis.weeks(weeks))})" for weeks, words in value)
    return str(value).rstrip(".") if kind is ChangeKind.DONE_WHEN else str(value)


def _lower(words: str) -> str:
    return f"{words[:1].lower()}{words[1:]}"
