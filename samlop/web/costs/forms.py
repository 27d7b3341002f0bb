"""What people fill in about cost. Rules are the services'."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, Final

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from samlop.municipalities.models import Product, Vendor
from samlop.municipalities.rules.kinds import CapacityRole
from samlop.municipalities.texts import CAPACITY_ROLES
from samlop.portfolio.queries.costs import Version
from samlop.portfolio.rules import costs as rules
from samlop.portfolio.rules.costs import (
    MAX_LINES,
    CostKey,
    CostKind,
    CostRefusal,
    Deal,
    Line,
    Model,
    PricePer,
    Span,
)
from samlop.portfolio.texts import costs as texts
from samlop.web import formats
from samlop.web.fields import DayField, Words

EMPTY_LINES: Final = 3
ENDS: Final[Mapping[str, Words]] = {"fra": _("fra"), "til": _("til")}

# The field that a refusal is about.
MODEL_FIELDS: Final[Mapping[StrEnum, str]] = {
    CostRefusal.NO_SOURCE: "source",
    CostRefusal.NO_ADOPTERS: "adopters",
    CostRefusal.TOO_MANY_ADOPTERS: "adopters",
}
DEAL_FIELDS: Final[Mapping[StrEnum, str]] = {
    CostRefusal.NO_PRICE: "one_off",
    CostRefusal.BAD_AMOUNT: "one_off",
    CostRefusal.NOT_SAID_WHAT: "included",
    CostRefusal.ENDS_BEFORE_IT_BEGINS: "last",
    CostRefusal.NO_SOURCE: "source",
}
_LINE_FIELDS: Final[Mapping[CostRefusal, str]] = {
    CostRefusal.NO_TITLE: "hva",
    CostRefusal.BAD_AMOUNT: "belop",
    CostRefusal.NO_KEY: "nokkel",
}


class KronerField(forms.CharField):
    """«12 000 000», «4,35» or «18000 kr»; in the database's two decimals."""

    def __init__(self, *, label: Words, required: bool = False, help_text: Words = "") -> None:
        super().__init__(
            label=label,
            required=required,
            max_length=30,
            help_text=help_text,
            widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
            error_messages={"required": texts.REFUSALS[CostRefusal.NO_AMOUNT]},
        )

    def clean(self, value: object) -> Any:
        text = super().clean(value)
        if not text:
            return None
        bare = "".join(text.lower().replace("kr", "").split()).replace(",", ".")
        try:
            amount = Decimal(bare)
        except InvalidOperation:
            amount = Decimal("NaN")
        if not amount.is_finite() or amount != round(amount, 2):
            raise forms.ValidationError(
                _("Skriv et beløp i kroner, for eksempel 4,35 eller 18 000.")
            )
        return amount


class ModelForm(forms.Form):
    """A whole version: the amounts line by line, hours per role, and where it comes from."""

    valid_from = DayField(label=_("Gjelder fra"))
    for_all_areas = forms.BooleanField(
        label=_("Prisen gjelder løsningen samlet, også i de andre tjenesteområdene"), required=False
    )
    adopters = forms.IntegerField(
        label=_("Kommuner som bruker løsningen nå"),
        required=False,
        min_value=1,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        error_messages={"invalid": _("Skriv et helt tall.")},
    )
    adopters_on = DayField(label=_("Telt den"), required=False)
    source = forms.CharField(
        label=_("Kilde"),
        max_length=300,
        help_text=_("For eksempel forskrift, prisliste eller avtale, med dato."),
        error_messages={"required": texts.REFUSALS[CostRefusal.NO_SOURCE]},
    )
    note = forms.CharField(
        label=_("Merknad"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, stored: Version | None, *, newest: int, **kwargs: Any) -> None:
        initial = {"seen": newest, **kwargs.pop("initial", {})}
        if stored is not None:
            initial |= {
                "for_all_areas": stored.for_all_areas,
                "adopters": stored.model.adopters,
                "adopters_on": stored.adopters_on,
                "source": stored.source,
                "note": stored.note,
            }
        super().__init__(initial=initial, **kwargs)
        lines = stored.model.lines if stored else ()
        self.count = min(len(lines) + EMPTY_LINES, MAX_LINES)
        for number in range(1, self.count + 1):
            self._add_line(number, lines[number - 1] if number <= len(lines) else None)
        hours = stored.model.hours if stored else {}
        for role in CapacityRole:
            self._add_hours(role, hours.get(role))

    def _add_line(self, number: int, line: Line | None) -> None:
        self.fields[f"slag-{number}"] = forms.ChoiceField(
            label=_("Slags beløp"),
            required=False,
            choices=[("", _("Ingen")), *texts.cost_kind_choices()],
            initial=line.kind.value if line else "",
        )
        self.fields[f"hva-{number}"] = forms.CharField(
            label=_("Hva beløpet gjelder"),
            required=False,
            max_length=160,
            initial=line.title if line else "",
        )
        self.fields[f"belop-{number}"] = KronerField(label=_("Kroner, uten merverdiavgift"))
        self.fields[f"belop-{number}"].initial = (
            formats.number(line.amount, 0 if line.amount == int(line.amount) else 2) if line else ""
        )
        self.fields[f"nokkel-{number}"] = forms.ChoiceField(
            label=_("Deles etter"),
            required=False,
            choices=[("", _("Deles ikke")), *texts.cost_key_choices()],
            initial=(line.key.value if line and line.key else ""),
        )
        self.fields[f"kilde-{number}"] = forms.CharField(
            label=_("Kilde for beløpet"),
            required=False,
            max_length=300,
            initial=line.source if line else "",
        )

    def _add_hours(self, role: CapacityRole, span: Span | None) -> None:
        ends = {"fra": span.low, "til": span.high} if span else dict.fromkeys(ENDS)
        for end, value in ends.items():
            self.fields[f"{end}-{role}"] = forms.IntegerField(
                label=format_lazy("{}, {}", CAPACITY_ROLES[role], ENDS[end]),
                required=False,
                min_value=0,
                initial=value,
                widget=forms.TextInput(attrs={"inputmode": "numeric"}),
                error_messages={
                    "invalid": texts.REFUSALS[CostRefusal.BAD_HOURS],
                    "min_value": texts.REFUSALS[CostRefusal.BAD_HOURS],
                },
            )

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        self.lines: list[Line] = []
        for number in range(1, self.count + 1):
            self._clean_line(number, found)
        self.hours: dict[CapacityRole, Span] = {}
        for role in CapacityRole:
            low, high = found.get(f"fra-{role}"), found.get(f"til-{role}")
            given = [end for end in (low, high) if end is not None]
            if not given:
                continue
            # One figure alone is both ends.
            span = Span(given[0], given[-1])
            if refusal := rules.refusal_of_span(span):
                self.add_error(f"fra-{role}", str(texts.REFUSALS[refusal]))
            elif span.high > 0:
                self.hours[role] = span
        uncounted = found.get("adopters") and not found.get("adopters_on")
        if uncounted and "adopters_on" not in self.errors:
            self.add_error("adopters_on", _("Skriv når det ble telt."))
        return found

    def _clean_line(self, number: int, found: Mapping[str, Any]) -> None:
        kind, amount = found.get(f"slag-{number}"), found.get(f"belop-{number}")
        title = found.get(f"hva-{number}", "")
        if not kind:
            if title or amount is not None:
                self.add_error(f"slag-{number}", _("Velg hva slags beløp det er, eller tøm linja."))
            return
        if f"belop-{number}" in self.errors:
            return
        if amount is None:
            self.add_error(f"belop-{number}", str(texts.REFUSALS[CostRefusal.NO_AMOUNT]))
            return
        key = found.get(f"nokkel-{number}")
        line = Line(
            kind=CostKind(kind),
            title=title,
            amount=amount,
            key=CostKey(key) if key else None,
            source=found.get(f"kilde-{number}", ""),
        )
        if refusal := rules.refusal_of_line(line):
            self.add_error(f"{_LINE_FIELDS[refusal]}-{number}", str(texts.REFUSALS[refusal]))
        else:
            self.lines.append(line)

    def model(self) -> Model:
        return Model(
            lines=tuple(self.lines), hours=self.hours, adopters=self.cleaned_data["adopters"]
        )


class DealForm(forms.Form):
    """A vendor's joint offer. People name the last day; a period ends before its end."""

    whose = forms.ChoiceField(
        label=_("Produkt"), error_messages={"required": _("Velg et produkt eller en leverandør.")}
    )
    one_off = KronerField(label=_("Pris én gang"), help_text=_("Kroner, uten merverdiavgift."))
    yearly = KronerField(label=_("Pris per år"), help_text=_("Kroner, uten merverdiavgift."))
    per = forms.ChoiceField(
        label=_("Prisen gjelder"),
        widget=forms.RadioSelect,
        choices=texts.price_per_choices,
        initial=PricePer.MUNICIPALITY.value,
    )
    included = forms.CharField(
        label=_("Hva er med i prisen?"),
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": texts.REFUSALS[CostRefusal.NOT_SAID_WHAT]},
    )
    valid_from = DayField(label=_("Gjelder fra"))
    last = DayField(
        label=_("Siste dag"),
        required=False,
        help_text=_("La feltet stå tomt hvis det ikke er satt."),
    )
    source = forms.CharField(
        label=_("Kilde"),
        max_length=300,
        error_messages={"required": texts.REFUSALS[CostRefusal.NO_SOURCE]},
    )

    def __init__(
        self, vendors: Iterable[Vendor], products: Iterable[Product], **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        by_vendor: dict[int, list[tuple[str, str]]] = {}
        for product in products:
            by_vendor.setdefault(product.vendor_id, []).append((f"p{product.pk}", product.name))
        self.fields["whose"].choices = [  # type: ignore[attr-defined]
            ("", _("Velg produkt")),
            *(
                (
                    vendor.name,
                    [
                        *by_vendor[vendor.pk],
                        (f"v{vendor.pk}", _("Alle produkter fra %s") % vendor.name),
                    ],
                )
                for vendor in vendors
                if vendor.pk in by_vendor
            ),
        ]

    def whose_pk(self) -> tuple[str, int]:
        """«p» for a product or «v» for a vendor, and its id."""
        code: str = self.cleaned_data["whose"]
        return code[0], int(code[1:])

    def deal(self) -> Deal:
        found = self.cleaned_data
        return Deal(
            pk=0,
            vendor="",
            one_off=found["one_off"],
            yearly=found["yearly"],
            per=PricePer(found["per"]),
            included=found["included"],
            valid_to=found["last"] + timedelta(days=1) if found["last"] else None,
            source=found["source"],
        )


class WithdrawForm(forms.Form):
    reason = forms.CharField(
        label=_("Hvorfor?"),
        max_length=300,
        help_text=_("Vises for alle."),
        error_messages={"required": texts.REFUSALS[CostRefusal.NO_REASON]},
    )
