"""Form fields that several areas use."""

from datetime import date
from typing import TYPE_CHECKING

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from samlop.web.clock import EARLIEST, LATEST

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Lazy
else:
    Lazy = Promise

Words = str | Lazy


class DayField(forms.DateField):
    """A date between the first day we know and a far future."""

    def __init__(self, *, label: Words, help_text: Words = "", required: bool = True) -> None:
        super().__init__(
            label=label,
            required=required,
            help_text=help_text,
            # Browsers only read this form of the date, whatever the language of the page is.
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            input_formats=["%Y-%m-%d", "%d.%m.%Y", "%d.%m.%y"],
            error_messages={
                "required": _("Velg en dato."),
                "invalid": _("Skriv datoen slik: 14.3.2027."),
            },
        )

    def clean(self, value: object) -> date | None:
        day: date | None = super().clean(value)
        if day is not None and not EARLIEST <= day < LATEST:
            raise forms.ValidationError(_("Velg en dato fra 2017 til 2099."))
        return day
