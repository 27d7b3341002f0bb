"""What municipalities fill in. Rules are the services'; here is only what can be read."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from samlop.lib.quarters import Quarter
from samlop.municipalities import texts
from samlop.municipalities.models import Product
from samlop.municipalities.rules.capacity import MAX_HOURS
from samlop.municipalities.rules.kinds import (
    CapacityRole,
    LanguageForm,
    ProductKind,
    Room,
    ServiceArea,
)
from samlop.web import formats
from samlop.web.clock import EARLIEST, LATEST

# How an unset value travels in a hidden field.
NOTHING = "-"


class DayField(forms.DateField):
    """A date between the first day we know and a far future."""

    def __init__(self, *, label: object, help_text: object = "", required: bool = True) -> None:
        super().__init__(
            label=label,  # type: ignore[arg-type]
            help_text=help_text,  # type: ignore[arg-type]
            required=required,
            # Browsers only read this form of the date, whatever the language of the page is.
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            input_formats=["%Y-%m-%d", "%d.%m.%Y", "%d.%m.%y"],
            error_messages={
                "required": _("Velg en dato."),
                "invalid": _("Skriv datoen slik: 14.3.2027."),
            },
        )

    def clean(self, value: Any) -> date | None:
        day: date | None = super().clean(value)
        if day is not None and not EARLIEST <= day < LATEST:
            raise forms.ValidationError(_("Velg en dato fra 2017 til 2099."))
        return day


class RoomForm(forms.Form):
    """One question per quarter, and at most one more period that does not suit.

    Each answer travels with what the page showed («sett»), so that nobody overwrites what
    somebody else has answered since.
    """

    starts = DayField(label=_("Første dag"), required=False)
    last = DayField(label=_("Siste dag"), required=False)
    reason = forms.CharField(
        label=_("Hvorfor?"),
        required=False,
        max_length=500,
        help_text=_("Kort, for eksempel «valg» eller «bytter journalsystem»."),
    )

    def __init__(
        self,
        quarters: Sequence[Quarter],
        stored: Mapping[Quarter, Room],
        data: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(data)
        self.quarters = quarters
        self.stored = stored
        for quarter in quarters:
            room = stored.get(quarter)
            self.fields[f"rom-{quarter}"] = forms.ChoiceField(
                label=formats.quarter(quarter),
                choices=[(one.value, texts.ROOMS[one]) for one in Room],
                required=False,
                initial=room.value if room else "",
                widget=forms.RadioSelect,
                error_messages={"invalid_choice": _("Velg god plass, litt eller fullt.")},
            )
            self.fields[f"sett-{quarter}"] = forms.ChoiceField(
                choices=[(NOTHING, ""), *((one.value, "") for one in Room)],
                required=False,
                initial=room.value if room else NOTHING,
                widget=forms.HiddenInput,
            )

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        filled = {name for name in ("starts", "last", "reason") if self.data.get(name)}
        if filled and not self.errors:
            for name, missing in (
                ("starts", gettext("Velg den første dagen.")),
                ("last", gettext("Velg den siste dagen.")),
                ("reason", gettext("Skriv kort hvorfor.")),
            ):
                if not found.get(name):
                    self.add_error(name, missing)
        return found

    def answers(self) -> dict[Quarter, Room]:
        return {
            quarter: Room(self.cleaned_data[f"rom-{quarter}"])
            for quarter in self.quarters
            if self.cleaned_data.get(f"rom-{quarter}")
        }

    def seen(self) -> dict[Quarter, Room | None]:
        """A page that did not say what it showed has seen nothing."""
        said = {quarter: self.cleaned_data.get(f"sett-{quarter}") for quarter in self.quarters}
        return {
            quarter: Room(value) if value and value != NOTHING else None
            for quarter, value in said.items()
        }

    def blackout(self) -> tuple[date, date, str] | None:
        """First day, first day it suits again, and why; None when no period was filled in."""
        found = self.cleaned_data
        if not found.get("starts"):
            return None
        # People name the last day; a period ends before its end.
        return found["starts"], found["last"] + timedelta(days=1), found["reason"]


class HoursForm(forms.Form):
    """Hours per quarter and role; an empty field goes by the estimate."""

    def __init__(
        self,
        stored: Mapping[tuple[Quarter, CapacityRole], int | None],
        data: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(data)
        self.stored = stored
        for (quarter, role), hours in stored.items():
            self.fields[f"timer-{quarter}-{role}"] = forms.IntegerField(
                label=f"{texts.CAPACITY_ROLES[role]}, {formats.quarter(quarter)}",
                required=False,
                min_value=0,
                max_value=MAX_HOURS,
                initial=hours,
                error_messages={
                    "invalid": _("Skriv et helt tall, eller la feltet stå tomt."),
                    "min_value": _("Skriv 0 eller mer."),
                    "max_value": _("Skriv høyst %(limit_value)s."),
                },
            )
            self.fields[f"sett-{quarter}-{role}"] = forms.CharField(
                required=False,
                initial=NOTHING if hours is None else str(hours),
                widget=forms.HiddenInput,
            )

    def hours(self) -> dict[tuple[Quarter, CapacityRole], int | None]:
        return {
            (quarter, role): self.cleaned_data.get(f"timer-{quarter}-{role}")
            for quarter, role in self.stored
        }

    def seen(self) -> dict[tuple[Quarter, CapacityRole], int | None]:
        said = {
            (quarter, role): self.cleaned_data.get(f"sett-{quarter}-{role}", "")
            for quarter, role in self.stored
        }
        return {place: int(text) if text.isdecimal() else None for place, text in said.items()}


class FactsForm(forms.Form):
    language_form = forms.ChoiceField(
        label=_("Målform"),
        widget=forms.RadioSelect,
        choices=lambda: [(form.value, texts.LANGUAGE_FORMS[form]) for form in LanguageForm],
        help_text=_("Bestemmer hvilken målform brev og dokumenter kommer på. Nøytral får bokmål."),
        error_messages={"required": _("Velg målform.")},
    )
    postmottak = forms.CharField(
        label=_("Postmottak"),
        required=False,
        max_length=254,
        help_text=_("E-postadressen der kommunen tar imot det som skal journalføres."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    website = forms.CharField(
        label=_("Nettsted"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"inputmode": "url"}),
    )


class SystemForm(forms.Form):
    """A product taken into use in a service area."""

    area = forms.ChoiceField(
        label=_("Tjenesteområde"),
        choices=lambda: [
            ("", _("Velg tjenesteområde")),
            *((area.value, texts.SERVICE_AREAS[area]) for area in ServiceArea),
        ],
        error_messages={"required": _("Velg et tjenesteområde.")},
    )
    product = forms.ChoiceField(
        label=_("System"), error_messages={"required": _("Velg et system.")}
    )
    starts = DayField(label=_("I bruk fra"))
    source = forms.CharField(
        label=_("Hvor vet vi det fra?"),
        required=False,
        max_length=300,
        help_text=_("For eksempel «avtale av 3. mars» eller «oppgitt av IT-leder»."),
    )

    def __init__(self, products: Iterable[Product], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        groups: dict[str, list[tuple[str, str]]] = {}
        for product in products:
            kind = str(texts.PRODUCT_KINDS[ProductKind(product.kind)])
            groups.setdefault(kind, []).append(
                (str(product.pk), f"{product.name} ({product.vendor.name})")
            )
        field = self.fields["product"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
        field.choices = [("", _("Velg system")), *groups.items()]


class EndSystemForm(forms.Form):
    last = DayField(label=_("Siste dag i bruk"))
    reason = forms.CharField(label=_("Hvorfor?"), required=False, max_length=300)


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Hvorfor?"),
        max_length=300,
        error_messages={"required": _("Skriv kort hvorfor.")},
    )


class ConfirmForm(forms.Form):
    """Nothing to fill in: the button is the answer."""
