"""What leaders write in a decision basis, and what is said of it. Rules are the services'."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from samlop.municipalities.rules.capacity import LocalRole
from samlop.municipalities.texts import LOCAL_ROLES
from samlop.portfolio.models import Solution
from samlop.rollouts.models import Basis
from samlop.rollouts.queries.basis import PrerequisiteFor
from samlop.rollouts.rules import basis as rules
from samlop.rollouts.rules.basis import (
    MAX_STEPS,
    MAX_WEEKS,
    BasisRefusal,
    PrerequisiteKind,
    PrerequisiteOwner,
    PrerequisiteStanding,
    RoleHours,
    Wished,
)
from samlop.rollouts.services.basis import Step, Told, Words
from samlop.rollouts.texts import basis as texts

# The field that a refusal is about.
FIELDS: Final[Mapping[StrEnum, str]] = {
    BasisRefusal.NO_TITLE: "title",
    BasisRefusal.NO_DONE_WHEN: "done_when",
    BasisRefusal.BAD_DAYS: "days_before",
    BasisRefusal.NO_SOLUTION: "solution",
    BasisRefusal.REQUIRES_ITSELF: "solution",
    BasisRefusal.NO_ROLE: "role",
}


class WordsForm(forms.Form):
    """What is told in words."""

    what = forms.CharField(
        label=_("Hva er det?"),
        required=False,
        max_length=2000,
        help_text=_("To–tre setninger en helseleder forstår uten å kjenne løsningen."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    gains = forms.CharField(
        label=_("Hva gir det kommunen?"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    gains_source = forms.CharField(
        label=_("Kilde for hva det gir"),
        required=False,
        max_length=300,
        help_text=_("For eksempel en evaluering, med hvem som har gjort den og når."),
    )
    gains_link = forms.URLField(
        label=_("Lenke til kilden"), required=False, max_length=300, assume_scheme="https"
    )
    consequence = forms.CharField(
        label=_("Hva skjer hvis kommunen ikke blir med?"),
        required=False,
        max_length=1500,
        help_text=_("Ta også med hva kommunen fortsatt betaler, og når den kan få en ny mulighet."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    what_nn = forms.CharField(
        label=_("Hva er det? På nynorsk"),
        required=False,
        max_length=2000,
        help_text=_("Kommuner som bruker nynorsk, leser dette, også i saksframlegget."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    gains_nn = forms.CharField(
        label=_("Hva gir det kommunen? På nynorsk"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    consequence_nn = forms.CharField(
        label=_("Hva skjer hvis kommunen ikke blir med? På nynorsk"),
        required=False,
        max_length=1500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    no_prerequisites = forms.BooleanField(
        label=_("Ingenting må være på plass på forhånd"), required=False
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, basis: Basis, **kwargs: Any) -> None:
        initial = {name: getattr(basis, name) for name in self.base_fields if name != "seen"}
        super().__init__(initial={**initial, "seen": basis.version}, **kwargs)

    def words(self) -> Words:
        found = self.cleaned_data
        return Words(
            what=_lines(found["what"]),
            gains=_lines(found["gains"]),
            gains_source=found["gains_source"],
            gains_link=found["gains_link"],
            consequence=_lines(found["consequence"]),
            what_nn=_lines(found["what_nn"]),
            gains_nn=_lines(found["gains_nn"]),
            consequence_nn=_lines(found["consequence_nn"]),
            no_prerequisites=found["no_prerequisites"],
        )


def _lines(text: str) -> str:
    """Browsers send line ends as two letters."""
    return text.replace("\r\n", "\n")


class PrerequisiteForm(forms.Form):
    """One thing that must be in place."""

    kind = forms.ChoiceField(label=_("Hva slags"), choices=texts.kind_choices)
    title = forms.CharField(
        label=_("Hva må være på plass?"),
        max_length=160,
        error_messages={"required": texts.REFUSALS[BasisRefusal.NO_TITLE]},
    )
    title_nn = forms.CharField(
        label=_("Det samme på nynorsk"),
        max_length=160,
        required=False,
        help_text=_("For kommuner som bruker nynorsk. Står det tomt, leser de bokmål."),
    )
    done_when = forms.CharField(
        label=_("Når regnes det som på plass?"),
        max_length=300,
        error_messages={"required": texts.REFUSALS[BasisRefusal.NO_DONE_WHEN]},
    )
    owner = forms.ChoiceField(label=_("Hvem må gjøre det?"), choices=texts.owner_choices)
    days_before = forms.IntegerField(
        label=_("Dager før oppstart"),
        min_value=0,
        initial=30,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        error_messages={"invalid": _("Skriv et helt tall."), "required": _("Skriv et helt tall.")},
    )
    solution = forms.ModelChoiceField(
        label=_("Løsningen som må være i bruk"),
        required=False,
        queryset=Solution.objects.order_by("name"),
        empty_label=_("Ingen"),
    )
    role = forms.ChoiceField(label=_("Rollen noen må ha"), required=False)

    def __init__(self, stored: Wished | None, **kwargs: Any) -> None:
        initial: dict[str, Any] = {}
        if stored is not None:
            initial = {
                "kind": stored.kind.value,
                "title": stored.title,
                "title_nn": stored.title_nn,
                "done_when": stored.done_when,
                "owner": stored.owner.value,
                "days_before": stored.days_before,
                "solution": stored.solution,
                "role": stored.role.value if stored.role else "",
            }
        super().__init__(initial=initial, **kwargs)
        self.fields["role"].choices = [  # type: ignore[attr-defined]
            ("", _("Ingen")),
            *((role.value, LOCAL_ROLES[role]) for role in LocalRole),
        ]

    def wished(self) -> Wished:
        found = self.cleaned_data
        return Wished(
            kind=PrerequisiteKind(found["kind"]),
            title=found["title"],
            title_nn=found["title_nn"],
            done_when=found["done_when"],
            owner=PrerequisiteOwner(found["owner"]),
            days_before=found["days_before"],
            solution=found["solution"].pk if found["solution"] else None,
            role=LocalRole(found["role"]) if found["role"] else None,
        )


class RolesForm(forms.Form):
    """Which roles must be staffed, and their hours month by month."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, basis: Basis, roles: Iterable[RoleHours], **kwargs: Any) -> None:
        super().__init__(initial={"seen": basis.version}, **kwargs)
        stored = {one.role: one for one in roles}
        for role in LocalRole:
            one = stored.get(role)
            self.fields[f"med-{role}"] = forms.ChoiceField(
                label=str(LOCAL_ROLES[role]),
                required=False,
                choices=[
                    ("", _("Trengs ikke")),
                    ("ja", _("Alle må ha den")),
                    ("rad", _("Anbefales")),
                ],
                initial="" if one is None else "ja" if one.needed else "rad",
            )
            self.fields[f"timer-{role}"] = forms.CharField(
                label=_("Timer, måned for måned"),
                required=False,
                max_length=200,
                initial=" ".join(texts.hour_figure(hours) for hours in one.monthly) if one else "",
                widget=forms.TextInput(attrs={"autocomplete": "off"}),
            )

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        self.roles: list[RoleHours] = []
        for role in LocalRole:
            wanted = found.get(f"med-{role}")
            words = found.get(f"timer-{role}", "")
            if not wanted:
                if words.strip():
                    self.add_error(
                        f"med-{role}", _("Velg om rollen må være med, eller ta bort timene.")
                    )
                continue
            monthly = _monthly(words)
            if monthly is None or rules.refusal_of_hours(monthly):
                self.add_error(f"timer-{role}", texts.refusal_words(BasisRefusal.BAD_HOURS))
                continue
            self.roles.append(RoleHours(role=role, needed=wanted == "ja", monthly=tuple(monthly)))
        return found


def _monthly(words: str) -> Sequence[Decimal] | None:
    """«8 6 4,5» as hours a month, to the nearest tenth; None for what is no number."""
    found = []
    for word in words.replace(";", " ").replace("–", " ").split():
        try:
            hours = Decimal(word.replace(",", "."))
        except InvalidOperation:
            return None
        if not hours.is_finite() or abs(hours) > rules.MAX_HOURS_A_MONTH:
            return None
        found.append(round(hours, 1))
    return found


class StepsForm(forms.Form):
    """The schedule in brief, a line each; empty lines are left out."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, basis: Basis, **kwargs: Any) -> None:
        super().__init__(initial={"seen": basis.version}, **kwargs)
        stored = list(basis.steps.all())
        self.count = min(max(len(stored) + 3, 6), MAX_STEPS)
        for number in range(1, self.count + 1):
            step = stored[number - 1] if number <= len(stored) else None
            self.fields[f"hva-{number}"] = forms.CharField(
                label=_("Hva skjer"),
                required=False,
                max_length=160,
                initial=step.words if step else "",
            )
            self.fields[f"nynorsk-{number}"] = forms.CharField(
                label=_("Det samme på nynorsk"),
                required=False,
                max_length=160,
                initial=step.words_nn if step else "",
            )
            self.fields[f"uke-{number}"] = forms.IntegerField(
                label=_("Uker fra oppstart"),
                required=False,
                min_value=-MAX_WEEKS,
                max_value=MAX_WEEKS,
                initial=step.weeks if step else None,
                widget=forms.NumberInput(),
                error_messages={
                    code: texts.refusal_words(BasisRefusal.BAD_WEEKS)
                    for code in ("invalid", "min_value", "max_value")
                },
            )

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        self.steps: list[Step] = []
        for number in range(1, self.count + 1):
            words, weeks = found.get(f"hva-{number}", "").strip(), found.get(f"uke-{number}")
            if not words and weeks is None:
                continue
            if not words:
                self.add_error(f"hva-{number}", _("Skriv hva som skjer, eller tøm linja."))
            elif weeks is None and f"uke-{number}" not in self.errors:
                self.add_error(f"uke-{number}", texts.refusal_words(BasisRefusal.BAD_WEEKS))
            elif weeks is not None:
                self.steps.append(Step(weeks, words, found.get(f"nynorsk-{number}", "").strip()))
        return found


class TellForm(forms.Form):
    """How each prerequisite stands in a municipality; «ikke kjent» is left as it is."""

    def __init__(self, prerequisites: Iterable[PrerequisiteFor], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.asked = [one for one in prerequisites if one.is_told]
        for one in self.asked:
            known = one.standing if one.told_on is not None else None
            self.fields[f"status-{one.pk}"] = forms.ChoiceField(
                label=one.told_title,
                required=False,
                help_text=one.done_when,
                choices=[
                    ("", texts.STANDINGS[PrerequisiteStanding.UNKNOWN]),
                    *texts.told_choices(),
                ],
                initial=known.value if known else "",
            )
            self.fields[f"merknad-{one.pk}"] = forms.CharField(
                label=_("Merknad"), required=False, max_length=300, initial=one.note
            )

    def told(self) -> tuple[Told, ...]:
        return tuple(
            Told(
                prerequisite=one.pk,
                standing=PrerequisiteStanding(standing),
                note=self.cleaned_data[f"merknad-{one.pk}"],
            )
            for one in self.asked
            if (standing := self.cleaned_data[f"status-{one.pk}"])
        )
