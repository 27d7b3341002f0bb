"""What people fill in about frozen measurements. Rules are the services'."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from samlop.uptake.rules.ledger import LedgerRefusal
from samlop.uptake.services.ledger import MOST_WORDS
from samlop.web.fields import DayField

FREEZE_FIELDS: Final[Mapping[StrEnum, str]] = {
    LedgerRefusal.IN_THE_FUTURE: "measured_on",
    LedgerRefusal.NOTHING_SAID: "offer",
    LedgerRefusal.NO_DEFINITION: "offer",
}
REMARK_FIELDS: Final[Mapping[StrEnum, str]] = {
    LedgerRefusal.NO_WORDS: "words",
    LedgerRefusal.SAME_WORDS: "words",
}


class FreezeForm(forms.Form):
    """Which offer, and the day it is measured for."""

    offer = forms.TypedChoiceField(
        label=_("Løsning og tjenesteområde"),
        coerce=int,
        error_messages={"required": _("Velg en løsning."), "invalid_choice": _("Velg en løsning.")},
    )
    measured_on = DayField(
        label=_("Dagen det måles for"), help_text=_("I dag, eller en dag som har vært.")
    )

    def __init__(self, offers: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        field = self.fields["offer"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
        field.choices = [("", _("Velg")), *offers]


class RemarkForm(forms.Form):
    words = forms.CharField(
        label=_("Merknad"),
        required=False,
        max_length=MOST_WORDS,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Alle kan lese den. Skriv ikke om enkeltpersoner."),
    )
