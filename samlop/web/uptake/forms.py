"""What municipalities and programmes fill in about uptake. Rules are the services'."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django import forms
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from samlop.uptake.models import ChosenBenefit
from samlop.uptake.rules import stages as rules
from samlop.uptake.rules.benefits import Experience, Figure, Measure
from samlop.uptake.rules.stages import ENDED, Hindrance, Stage
from samlop.uptake.services.card import MOST_NOTE, Line, Measured
from samlop.uptake.services.stages import MOST_DEFINITION, MOST_REMARK, MOST_WORDS
from samlop.uptake.texts import benefits as benefit_texts
from samlop.uptake.texts import stages as texts
from samlop.web.benefits.forms import AmountField
from samlop.web.fields import DayField
from samlop.web.uptake import words

YES, NO = "ja", "nei"
MOST_UNITS: Final = 9999
# The button that says yes to everything that is not answered.
ALL_RIGHT: Final = "alt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What a municipality is asked about one offer, as it stands when the page is made."""

    offer: int
    title: str
    joint_process: bool
    seen: int
    shown: Stage | None
    since: date | None
    units_in_use: int | None
    units: int | None
    hindrances: tuple[Hindrance, ...]
    note: str
    benefits: tuple[ChosenBenefit, ...]

    @property
    def counts_units(self) -> bool:
        return not self.joint_process


class CardForm(forms.Form):
    """One answer per offer: yes, or no and what is right; and what hinders.

    Each answer travels with the newest word that the page showed («sett»), so that nobody says
    yes to what somebody has said since.
    """

    def __init__(
        self,
        asks: Sequence[Ask],
        *,
        on: date,
        data: MultiValueDict[str, Any] | None = None,
        draft: Mapping[str, list[Any]] | None = None,
    ) -> None:
        super().__init__(data)
        self.asks = asks
        self.on = on
        for ask in asks:
            self._add(ask)
            for benefit in ask.benefits:
                self._add_benefit(benefit)
        if draft is not None and data is None:
            self._begin_with(MultiValueDict(draft))

    def _add(self, ask: Ask) -> None:
        of = ask.offer
        self.fields[f"sett-{of}"] = forms.IntegerField(
            required=False, initial=ask.seen, widget=forms.HiddenInput
        )
        if ask.shown is not None:
            self.fields[f"svar-{of}"] = forms.ChoiceField(
                label=ask.title,
                choices=[(YES, gettext("Ja, det stemmer")), (NO, gettext("Nei"))],
                required=False,
                widget=forms.RadioSelect,
            )
        self.fields[f"steg-{of}"] = forms.ChoiceField(
            label=gettext("%(solution)s: hvor langt?") % {"solution": ask.title},
            choices=words.choices(joint_process=ask.joint_process),
            required=False,
            initial=ask.shown.value if ask.shown else "",
        )
        self.fields[f"dato-{of}"] = DayField(
            label=gettext("%(solution)s: dato") % {"solution": ask.title}, required=False
        )
        if ask.counts_units:
            for name, value, label in (
                ("bruker", ask.units_in_use, gettext("%(solution)s: enheter som bruker den")),
                ("enheter", ask.units, gettext("%(solution)s: enheter i alt")),
            ):
                self.fields[f"{name}-{of}"] = forms.IntegerField(
                    label=label % {"solution": ask.title},
                    required=False,
                    min_value=0,
                    max_value=MOST_UNITS,
                    initial=value,
                    error_messages={
                        "invalid": _("Skriv et helt tall."),
                        "min_value": _("Skriv 0 eller mer."),
                        "max_value": _("Skriv høyst %(limit_value)s."),
                    },
                )
        self.fields[f"hinder-{of}"] = forms.MultipleChoiceField(
            label=gettext("%(solution)s: hva hindrer dere?") % {"solution": ask.title},
            choices=[(code.value, said) for code, said in texts.HINDRANCES.items()],
            required=False,
            initial=[one.value for one in ask.hindrances],
            widget=forms.CheckboxSelectMultiple,
        )
        self.fields[f"merknad-{of}"] = forms.CharField(
            label=gettext("Vil dere si noe mer om det?"),
            required=False,
            max_length=MOST_NOTE,
            initial=ask.note,
        )

    def _add_benefit(self, chosen: ChosenBenefit) -> None:
        name, label = f"gevinst-{chosen.pk}", chosen.benefit.name
        if chosen.benefit.facts.measure is Measure.DESCRIBED:
            self.fields[name] = forms.ChoiceField(
                label=label,
                required=False,
                widget=forms.RadioSelect,
                choices=[(one.value, benefit_texts.EXPERIENCES[one]) for one in Experience],
            )
        else:
            self.fields[name] = AmountField(label=label)

    def _begin_with(self, draft: MultiValueDict[str, Any]) -> None:
        """What was written before; not where somebody has said something since."""
        for ask in self.asks:
            if draft.get(f"sett-{ask.offer}") != str(ask.seen):
                continue
            names = [f"gevinst-{one.pk}" for one in ask.benefits]
            names += [name for name in self.fields if name.endswith(f"-{ask.offer}")]
            for name in names:
                if not name.startswith("sett-"):
                    field = self.fields[name]
                    field.initial = field.widget.value_from_datadict(draft, MultiValueDict(), name)

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        for ask in self.asks:
            if ask.shown is None:
                answer = NO
            else:
                answer = found.get(f"svar-{ask.offer}") or (YES if ALL_RIGHT in self.data else "")
                found[f"svar-{ask.offer}"] = answer
            if not answer:
                self.add_error(f"svar-{ask.offer}", gettext("Svar ja eller nei."))
            elif answer == NO:
                self._clean_no(ask, found)
            if ask.counts_units:
                self._clean_units(ask, found)
        return found

    def _clean_no(self, ask: Ask, found: dict[str, Any]) -> None:
        code = found.get(f"steg-{ask.offer}")
        if not code:
            if f"steg-{ask.offer}" not in self.errors:
                self.add_error(f"steg-{ask.offer}", gettext("Velg hvor langt dere er kommet."))
            return
        stage = Stage(code)
        lower = ask.shown is not None and rules.rank(stage) < rules.rank(ask.shown)
        missing = not found.get(f"dato-{ask.offer}") and f"dato-{ask.offer}" not in self.errors
        if missing and not lower and stage not in ENDED:
            self.add_error(f"dato-{ask.offer}", gettext("Skriv når det skjedde."))

    def _clean_units(self, ask: Ask, found: dict[str, Any]) -> None:
        names = (f"bruker-{ask.offer}", f"enheter-{ask.offer}")
        if any(name in self.errors for name in names):
            return
        used, units = (found.get(name) for name in names)
        if (used is None) is not (units is None):
            missing = names[0] if used is None else names[1]
            self.add_error(missing, gettext("Skriv begge tallene, eller ingen av dem."))
        elif used is not None and units is not None and (used > units or units < 1):
            self.add_error(names[0], gettext("Det kan ikke være flere enn dere har i alt."))

    def lines(self) -> list[Line]:
        return [self._line(ask) for ask in self.asks]

    def _line(self, ask: Ask) -> Line:
        found, of = self.cleaned_data, ask.offer
        confirms = found.get(f"svar-{of}") == YES
        stage = ask.shown if confirms else Stage(found[f"steg-{of}"])
        used, units = found.get(f"bruker-{of}"), found.get(f"enheter-{of}")
        if confirms and (used, units) == (ask.units_in_use, ask.units):
            # What nobody touched is not said anew.
            used = units = None
        return Line(
            offer=of,
            seen=found.get(f"sett-{of}") or None,
            shown=ask.shown,
            shown_since=ask.since,
            stage=stage,
            since=None if confirms else found.get(f"dato-{of}"),
            units_in_use=used,
            units=units,
            hindrances=frozenset(Hindrance(code) for code in found[f"hinder-{of}"]),
            note=found[f"merknad-{of}"],
        )

    def measured(self) -> list[Measured]:
        """The benefits' figures that were filled in, of today."""
        told = []
        for ask in self.asks:
            for chosen in ask.benefits:
                value = self.cleaned_data.get(f"gevinst-{chosen.pk}")
                if value is None or value == "":
                    continue
                if chosen.benefit.facts.measure is Measure.DESCRIBED:
                    figure = Figure(day=self.on, experience=Experience(value))
                else:
                    figure = Figure(day=self.on, value=value)
                told.append(Measured(chosen=chosen, figure=figure))
        return told


class WithdrawForm(forms.Form):
    reason = forms.CharField(
        label=_("Hvorfor?"),
        max_length=MOST_REMARK,
        help_text=_("For eksempel «feil dato» eller «gjaldt hjemmetjenesten»."),
        error_messages={"required": _("Skriv kort hvorfor.")},
    )


class DefinitionForm(forms.Form):
    """A new version of what a stage means; `seen` is the number of the one it begins with."""

    words = forms.CharField(
        label=_("Hva betyr steget her?"),
        max_length=MOST_DEFINITION,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Skriv det slik at to som leser det, teller likt."),
        error_messages={"required": _("Skriv hva steget betyr for denne løsningen.")},
    )
    source = forms.CharField(
        label=_("Hvor er det bestemt?"),
        required=False,
        max_length=MOST_WORDS,
        help_text=_("For eksempel et møte, et vedtak eller en side."),
    )
    valid_from = DayField(
        label=_("Gjelder fra"),
        help_text=_("Opplysninger fra tidligere dager beholder definisjonen de kom med."),
    )
    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
