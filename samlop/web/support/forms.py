"""The forms of help, local roles and papers for meetings."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from samlop.municipalities.texts import local_role_choices
from samlop.rollouts.rules.help import MOST_WORDS, Urgency
from samlop.rollouts.texts import help as texts
from samlop.web.fields import DayField

Choices = Iterable[tuple[str, Any]]


class AskForm(forms.Form):
    what = forms.CharField(
        label=_("Hva trenger dere hjelp til?"),
        help_text=_("Skriv ikke om pasienter eller ansatte."),
        max_length=MOST_WORDS,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Skriv hva dere trenger hjelp til.")},
    )
    solution = forms.ChoiceField(label=_("Hvilken løsning gjelder det?"), required=False)
    urgency = forms.ChoiceField(
        label=_("Hvor mye haster det?"),
        choices=texts.urgency_choices,
        widget=forms.RadioSelect,
        initial=Urgency.THIS_WEEK.value,
        error_messages={"required": _("Velg hvor mye det haster.")},
    )

    def __init__(self, solutions: Choices, data: Any = None, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        self.fields["solution"].choices = [  # type: ignore[attr-defined]
            ("", _("Ingen bestemt")),
            *solutions,
        ]


class ReplyForm(forms.Form):
    text = forms.CharField(
        label=_("Svar"),
        help_text=_("Skriv ikke om pasienter eller ansatte."),
        max_length=MOST_WORDS,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Skriv noe først.")},
    )


class LocalRoleForm(forms.Form):
    solution = forms.ChoiceField(
        label=_("Løsning"), error_messages={"required": _("Velg en løsning.")}
    )
    role = forms.ChoiceField(label=_("Rolle"), error_messages={"required": _("Velg en rolle.")})
    person = forms.ChoiceField(
        label=_("Hvem"),
        help_text=_("De som har en rolle i kommunen i dag."),
        error_messages={"required": _("Velg en person.")},
    )
    reason = forms.CharField(
        label=_("Hvorfor prosjekteieren også er lokal koordinator"),
        help_text=_("Trengs bare når det er samme person."),
        max_length=300,
        required=False,
    )

    def __init__(self, solutions: Choices, people: Choices, data: Any = None) -> None:
        super().__init__(data)
        # Nothing is chosen beforehand: a role is not given by a slip.
        for name, choices in (
            ("solution", solutions),
            ("role", local_role_choices()),
            ("person", people),
        ):
            self.fields[name].choices = [("", _("Velg")), *choices]  # type: ignore[attr-defined]


class HandOverForm(forms.Form):
    leaver = forms.ChoiceField(
        label=_("Fra"), error_messages={"required": _("Velg hvem som slutter.")}
    )
    to = forms.ChoiceField(
        label=_("Til"), error_messages={"required": _("Velg hvem som tar over.")}
    )

    def __init__(self, leavers: Choices, people: Choices, data: Any = None) -> None:
        super().__init__(data)
        for name, choices in (("leaver", leavers), ("to", people)):
            self.fields[name].choices = [("", _("Velg")), *choices]  # type: ignore[attr-defined]


class MeetingForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("Møte"), choices=texts.meeting_choices, widget=forms.RadioSelect
    )
    held_on = DayField(label=_("Møtedato"))
    since = DayField(label=_("Fortell om det som er nytt siden"))
    blocks = forms.MultipleChoiceField(
        label=_("Ta med"),
        choices=texts.block_choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    own_text = forms.CharField(
        label=_("Egne linjer"),
        help_text=_("Tre linjer eller færre. De kommer først."),
        max_length=900,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    audience = forms.ChoiceField(
        label=_("Hvem skal lese det?"),
        choices=texts.audience_choices,
        widget=forms.RadioSelect,
    )

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        held_on, since = found.get("held_on"), found.get("since")
        if isinstance(held_on, date) and isinstance(since, date) and since > held_on:
            self.add_error("since", _("Velg en dag før møtet."))
        return found


class TakenUpForm(forms.Form):
    rollouts = forms.MultipleChoiceField(
        label=_("Innføringsløp som ble tatt opp"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    minutes = forms.URLField(
        label=_("Lenke til referatet"),
        max_length=300,
        required=False,
        assume_scheme="https",
        error_messages={"invalid": _("Skriv hele adressen, slik: https://…")},
    )

    def __init__(self, rollouts: Choices, data: Any = None, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        self.fields["rollouts"].choices = list(rollouts)  # type: ignore[attr-defined]
