"""What people fill in about benefits. Rules are the services'."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from samlop.uptake.models import Benefit, ChosenBenefit
from samlop.uptake.rules import benefits as rules
from samlop.uptake.rules.benefit_map import MapColumn
from samlop.uptake.rules.benefits import (
    MAX_CHOSEN,
    Beneficiary,
    BenefitKind,
    BenefitRefusal,
    Better,
    Experience,
    Figure,
    FigureKind,
    Measure,
)
from samlop.uptake.services.benefits import Around, Written
from samlop.uptake.texts import benefits as texts
from samlop.web import formats
from samlop.web.fields import DayField, Words

# Empty rows of a map to write in, and the most it can have.
EMPTY_ROWS: Final = 3
MAX_ROWS: Final = 24

# The field that a refusal is about.
WRITTEN_FIELDS: Final[Mapping[StrEnum, str]] = {
    BenefitRefusal.NO_NAME: "name",
    BenefitRefusal.NO_UNIT: "unit",
    BenefitRefusal.KIND_AND_MEASURE: "measure",
    BenefitRefusal.BASELINE_WITHOUT_SOURCE: "national_baseline_source",
    BenefitRefusal.DESCRIBED_HAS_NO_BASELINE: "national_baseline",
    BenefitRefusal.BAD_VALUE: "national_baseline",
    BenefitRefusal.MEASURED_ALREADY: "measure",
    BenefitRefusal.TOO_MANY_PROPOSED: "proposed",
}
FIGURE_FIELDS: Final[Mapping[StrEnum, str]] = {
    BenefitRefusal.NO_VALUE: "value",
    BenefitRefusal.BAD_VALUE: "value",
    BenefitRefusal.WHOLE_PEOPLE: "value",
    BenefitRefusal.NO_EXPERIENCE: "experience",
    BenefitRefusal.DAY_AHEAD: "day",
}
AIM_FIELDS: Final[Mapping[StrEnum, str]] = {BenefitRefusal.BAD_VALUE: "target"}
MONEY_FIELDS: Final[Mapping[StrEnum, str]] = {BenefitRefusal.NO_PRICE: "kroner_per_hour"}


class AmountField(forms.CharField):
    """«1 200», «4,5»; no more decimals than are stored."""

    def __init__(
        self, *, label: Words, required: bool = False, help_text: Words = "", missing: Words = ""
    ) -> None:
        super().__init__(
            label=label,
            required=required,
            max_length=30,
            help_text=help_text,
            widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
            error_messages={"required": missing or texts.REFUSALS[BenefitRefusal.NO_VALUE]},
        )

    def clean(self, value: object) -> Any:
        text = super().clean(value)
        if not text:
            return None
        try:
            amount = Decimal("".join(text.split()).replace(",", "."))
        except InvalidOperation:
            amount = Decimal("NaN")
        if not amount.is_finite():
            raise forms.ValidationError(_("Skriv et tall, for eksempel 120 eller 4,5."))
        # A number too long for the column is refused by the rule, with its own words.
        if abs(amount) < rules.MAX_VALUE and amount != round(amount, 2):
            raise forms.ValidationError(_("Skriv tallet med høyst to desimaler."))
        return amount


def typed(value: Decimal | None) -> str:
    """As somebody would type it."""
    if value is None:
        return ""
    return formats.number(value, 0 if value == value.to_integral_value() else 2)


# --- the programme's ---


class BenefitForm(forms.Form):
    """One benefit: what it is, how it is measured, and the project's national baseline."""

    name = forms.CharField(
        label=_("Hva er gevinsten?"),
        max_length=160,
        help_text=_("For eksempel «Færre telefoner til hjemmetjenesten»."),
        error_messages={"required": texts.REFUSALS[BenefitRefusal.NO_NAME]},
    )
    description = forms.CharField(
        label=_("Forklaring"),
        required=False,
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    beneficiary = forms.ChoiceField(
        label=_("Hvem er den for?"),
        choices=texts.beneficiary_choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Velg hvem den er for.")},
    )
    kind = forms.ChoiceField(
        label=_("Hva slags gevinst er det?"),
        choices=texts.kind_choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Velg hva slags gevinst det er.")},
    )
    measure = forms.ChoiceField(
        label=_("Hva måles den i?"),
        choices=texts.measure_choices,
        widget=forms.RadioSelect,
        help_text=_("Tid måles ikke i kroner. Bare kvalitet kan beskrives med ord."),
        error_messages={"required": _("Velg hva den måles i.")},
    )
    unit = forms.CharField(
        label=_("Enhet"),
        required=False,
        max_length=80,
        help_text=_("Trengs for et antall eller en andel, for eksempel «telefoner per uke»."),
    )
    better = forms.ChoiceField(
        label=_("Hva er bedre?"),
        choices=texts.better_choices,
        widget=forms.RadioSelect,
        initial=Better.LESS.value,
        error_messages={"required": _("Velg hva som er bedre.")},
    )
    people = forms.BooleanField(
        label=_("Tallet teller innbyggere eller pasienter"),
        required=False,
        help_text=_("Da lagres og vises ikke tall under fem."),
    )
    indicator = forms.CharField(
        label=_("Slik måles den"),
        required=False,
        max_length=160,
        help_text=_("To gevinster som måles med de samme ordene, blir ikke lagt sammen."),
    )
    proposed = forms.TypedChoiceField(
        label=_("Foreslås for kommunene"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[
            ("", _("Foreslås ikke")),
            *((str(number), _("Som nummer %d") % number) for number in range(1, MAX_CHOSEN + 1)),
        ],
        help_text=_("Høyst tre av løsningens gevinster foreslås."),
    )
    national_baseline = AmountField(
        label=_("Nasjonalt nullpunkt"),
        help_text=_("Det prosjektet har målt. Kommuner som ikke har målt selv, kan bruke det."),
    )
    national_baseline_on = DayField(label=_("Nullpunktet gjelder dagen"), required=False)
    national_baseline_source = forms.CharField(
        label=_("Kilde for nullpunktet"), required=False, max_length=300
    )
    source = forms.CharField(
        label=_("Hvor har dere gevinsten fra?"),
        required=False,
        max_length=300,
        help_text=_("For eksempel gevinstanalysen, med år."),
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, initial=0)

    @classmethod
    def initial_of(cls, row: Benefit) -> dict[str, object]:
        names = ("name", "description", "beneficiary", "kind", "measure", "unit", "better")
        more = ("people", "indicator", "national_baseline_on", "national_baseline_source", "source")
        return {
            **{name: getattr(row, name) for name in (*names, *more)},
            "proposed": row.proposed or "",
            "national_baseline": typed(row.national_baseline),
            "seen": row.version,
        }

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        named = found.get("national_baseline") is not None
        if named and "national_baseline_on" not in self.errors:
            if found.get("national_baseline_on") is None:
                self.add_error("national_baseline_on", _("Skriv når nullpunktet ble målt."))
        elif not named and found.get("national_baseline_on") is not None:
            self.add_error("national_baseline", str(texts.REFUSALS[BenefitRefusal.NO_VALUE]))
        return found

    def written(self) -> Written:
        found = self.cleaned_data
        return Written(
            name=found["name"],
            description=found["description"],
            beneficiary=Beneficiary(found["beneficiary"]),
            kind=BenefitKind(found["kind"]),
            measure=Measure(found["measure"]),
            better=Better(found["better"]),
            unit=found["unit"],
            people=found["people"],
            indicator=found["indicator"],
            proposed=found["proposed"],
            national_baseline=found["national_baseline"],
            national_baseline_on=found["national_baseline_on"],
            national_baseline_source=found["national_baseline_source"],
            source=found["source"],
        )


class OverlapForm(forms.Form):
    """Two benefits that count some of the same."""

    first = forms.ChoiceField(
        label=_("Gevinst"), error_messages={"required": _("Velg en gevinst.")}
    )
    second = forms.ChoiceField(
        label=_("Teller noe av det samme som"), error_messages={"required": _("Velg en gevinst.")}
    )

    def __init__(self, benefits: Iterable[Benefit], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        choices = [("", _("Velg gevinst")), *((str(row.pk), row.name) for row in benefits)]
        for name in ("first", "second"):
            self.fields[name].choices = choices  # type: ignore[attr-defined]


class MapForm(forms.Form):
    """Preconditions and goals, and the benefits each belongs to; an emptied row is taken away."""

    seen = forms.CharField(widget=forms.HiddenInput)

    def __init__(
        self, around: Sequence[Around], benefits: Sequence[Benefit], *, seen: str, **kwargs: Any
    ) -> None:
        super().__init__(initial={"seen": seen}, **kwargs)
        # As many rows as were sent, for somebody may have drawn a shorter map in the meantime.
        sent = sum(f"ord-{number}" in self.data for number in range(1, MAX_ROWS + 1))
        self.count = max(sent, min(len(around) + EMPTY_ROWS, MAX_ROWS), len(around))
        choices = [(str(row.pk), row.name) for row in benefits]
        known = {row.pk for row in benefits}
        for number in range(1, self.count + 1):
            row = around[number - 1] if number <= len(around) else None
            self.fields[f"kolonne-{number}"] = forms.ChoiceField(
                label=_("Hva er det?"),
                required=False,
                choices=[
                    (column.value, texts.MAP_ROWS[column])
                    for column in (MapColumn.PRECONDITION, MapColumn.GOAL)
                ],
                initial=row.column.value if row else MapColumn.PRECONDITION.value,
            )
            self.fields[f"ord-{number}"] = forms.CharField(
                label=_("Med ord"),
                required=False,
                max_length=200,
                initial=row.words if row else "",
            )
            self.fields[f"gevinster-{number}"] = forms.MultipleChoiceField(
                label=_("Hører til"),
                required=False,
                choices=choices,
                widget=forms.CheckboxSelectMultiple,
                initial=[str(pk) for pk in row.benefits if pk in known] if row else [],
            )

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        for number in range(1, self.count + 1):
            chosen = found.get(f"gevinster-{number}")
            if chosen and not found.get(f"ord-{number}") and f"ord-{number}" not in self.errors:
                self.add_error(
                    f"ord-{number}", _("Skriv hva det er, eller ta bort hakene i denne raden.")
                )
        return found

    def around(self) -> tuple[Around, ...]:
        found = self.cleaned_data
        return tuple(
            Around(
                MapColumn(found[f"kolonne-{number}"] or MapColumn.PRECONDITION.value),
                found[f"ord-{number}"],
                tuple(int(pk) for pk in found[f"gevinster-{number}"]),
            )
            for number in range(1, self.count + 1)
            if found[f"ord-{number}"]
        )


# --- the municipality's ---


class ChooseForm(forms.Form):
    """The benefits that the municipality is to follow from now on."""

    benefits = forms.MultipleChoiceField(
        label=_("Gevinster"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Velg minst én gevinst.")},
    )

    def __init__(self, benefits: Iterable[Benefit], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.fields["benefits"].choices = [  # type: ignore[attr-defined]
            (str(row.pk), row.name) for row in benefits
        ]


class FigureForm(forms.Form):
    """A baseline or a measurement; only the fields that the benefit has use for."""

    value = AmountField(label=_("Tall"))
    few = forms.BooleanField(
        label=_("Færre enn 5"),
        required=False,
        help_text=_("Tallet teller mennesker. Under fem lagres det ikke hvor mange."),
    )
    margin = AmountField(
        label=_("Usikkerhet, opp eller ned"),
        help_text=_("Hvor mye tallet høyst kan være feil, i samme enhet."),
    )
    experience = forms.ChoiceField(
        label=_("Hvordan er det blitt?"),
        required=False,
        choices=texts.experience_choices,
        widget=forms.RadioSelect,
    )
    words = forms.CharField(
        label=_("Med ord"),
        required=False,
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Skriv ikke om enkeltpersoner."),
    )
    day = DayField(label=_("Målt dagen"))

    def __init__(self, row: Benefit, kind: FigureKind, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        described = Measure(row.measure) is Measure.DESCRIBED
        away = {"value", "few", "margin"} if described else {"experience"}
        if not row.people:
            away.add("few")
        if described and kind is FigureKind.BASELINE:
            # How it was before is told with words: there is nothing to be better than.
            away.add("experience")
            self.fields["words"].label = _("Slik er det før dere starter")
        for name in away:
            del self.fields[name]
        if not described:
            self.fields["value"].label = str(
                row.unit or texts.UNITS[Measure(row.measure)]
            ).capitalize()
            self.fields["words"].label = _("Merknad")

    def figure(self) -> Figure:
        found = self.cleaned_data
        few = bool(found.get("few"))
        experience = found.get("experience")
        return Figure(
            day=found["day"],
            value=None if few else found.get("value"),
            margin=None if few else found.get("margin"),
            few=few,
            experience=Experience(experience) if experience else None,
            words="" if few else found["words"],
        )


class AimForm(forms.Form):
    """Target, owner in the line, and a comment for the municipality itself."""

    target = AmountField(label=_("Måltall"))
    target_on = DayField(label=_("Innen"), required=False)
    owner_role = forms.CharField(
        label=_("Ansvarlig i linja"),
        required=False,
        max_length=160,
        help_text=_("En rolle, ikke et navn. For eksempel «avdelingsleder hjemmetjenesten»."),
    )
    comment = forms.CharField(
        label=_("Kommentar"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Vises bare for dere, også når dere har delt planen."),
    )
    seen = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, chosen: ChosenBenefit, *, seen: str, **kwargs: Any) -> None:
        initial = {
            "target": typed(chosen.target),
            "target_on": chosen.target_on,
            "owner_role": chosen.owner_role,
            "comment": chosen.comment,
            "seen": seen,
        }
        super().__init__(initial=initial, **kwargs)
        measure = Measure(chosen.benefit.measure)
        if measure is Measure.DESCRIBED:
            del self.fields["target"], self.fields["target_on"]
        else:
            self.fields["target"].help_text = chosen.benefit.unit or texts.UNITS[measure]

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        alone = found.get("target_on") is not None and found.get("target") is None
        if alone and "target" not in self.errors:
            self.add_error("target", str(texts.REFUSALS[BenefitRefusal.NO_VALUE]))
        return found


class MoneyForm(forms.Form):
    kroner_per_hour = AmountField(
        label=_("Kroner for en time"),
        required=True,
        missing=texts.REFUSALS[BenefitRefusal.NO_PRICE],
        help_text=_("Hva en time er verdt hos dere når den virkelig blir sparte utgifter."),
    )


class WithdrawForm(forms.Form):
    reason = forms.CharField(
        label=_("Hvorfor?"),
        max_length=300,
        help_text=_("Står i kommunens egen historikk."),
        error_messages={"required": texts.REFUSALS[BenefitRefusal.NO_REASON]},
    )
