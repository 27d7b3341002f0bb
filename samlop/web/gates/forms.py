"""What deciders and health assessors fill in. Rules are the services'."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any, Final

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from samlop.portfolio.queries.health import QuestionState
from samlop.portfolio.rules.gates import GateOutcome, GateRefusal
from samlop.portfolio.rules.health import HealthRefusal
from samlop.portfolio.services.gates import ConditionWish
from samlop.portfolio.texts import gates as texts
from samlop.portfolio.texts import health as health_texts
from samlop.web.fields import DayField

MOST_CONDITIONS: Final = 4

# What stands in the way of an outcome has a line each instead.
GATE_FIELDS: Final[Mapping[StrEnum, str]] = {
    GateRefusal.NO_REASON: "reason",
    GateRefusal.CONDITION_WITHOUT_DATE: "condition_text_1",
    GateRefusal.CONDITION_IN_THE_PAST: "condition_due_1",
}

HEALTH_FIELDS: Final[Mapping[StrEnum, str]] = {
    HealthRefusal.OF_THE_PROGRAMME: "person",
    HealthRefusal.NOT_AN_ASSESSOR: "person",
    HealthRefusal.ALREADY_NAMED: "person",
    HealthRefusal.NO_QUESTION: "question",
    HealthRefusal.NO_FINDING: "text",
    HealthRefusal.NO_CONDITION: "text",
    HealthRefusal.DUE_IN_THE_PAST: "due_by",
    HealthRefusal.NO_SUMMARY: "summary",
    HealthRefusal.TOO_SERIOUS: "conclusion",
    HealthRefusal.CRITICAL: "conclusion",
    HealthRefusal.NEEDS_CONDITIONS: "conclusion",
    HealthRefusal.CONDITIONS_TO_SPARE: "conclusion",
    HealthRefusal.NO_NOTE: "note",
}


def _text(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class GateForm(forms.Form):
    """The decision. `seen` is what was read, so that nobody decides on something else."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    outcome = forms.ChoiceField(
        label=_("Hva organet besluttet"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Velg hva organet besluttet.")},
    )
    reason = forms.CharField(
        label=_("Begrunnelse"),
        max_length=8000,
        widget=_text(5),
        help_text=_(
            "Offentlig, og kan ikke endres. Begrunnelsen for et unntak vises for alle kommuner som "
            "senere inviteres."
        ),
        error_messages={"required": _("Skriv begrunnelsen. Den blir offentlig.")},
    )
    decided_on = DayField(label=_("Dato for beslutningen"))

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.fields["outcome"].choices = [  # type: ignore[attr-defined]
            (
                outcome.value,
                f"{texts.GATE_OUTCOMES[outcome]} – {texts.GATE_OUTCOMES_EXPLAINED[outcome]}",
            )
            for outcome in GateOutcome
        ]
        for number in range(1, MOST_CONDITIONS + 1):
            self.fields[f"condition_text_{number}"] = forms.CharField(
                label=gettext("Vilkår %(number)s") % {"number": number},
                required=False,
                max_length=500,
            )
            self.fields[f"condition_due_{number}"] = DayField(
                label=gettext("Frist for vilkår %(number)s") % {"number": number},
                required=False,
            )

    def conditions(self) -> tuple[ConditionWish, ...]:
        found = self.cleaned_data
        return tuple(
            ConditionWish(found[f"condition_text_{number}"], found[f"condition_due_{number}"])
            for number in range(1, MOST_CONDITIONS + 1)
        )

    def condition_fields(self) -> tuple[tuple[BoundField, BoundField], ...]:
        return tuple(
            (self[f"condition_text_{number}"], self[f"condition_due_{number}"])
            for number in range(1, MOST_CONDITIONS + 1)
        )


class GateCaseForm(forms.Form):
    about = forms.CharField(
        label=_("Hva saken gjelder"),
        required=False,
        max_length=8000,
        widget=_text(6),
        help_text=_("La stå tomt for den vanlige teksten."),
    )
    recommendation = forms.CharField(
        label=_("Innstilling"), required=False, max_length=4000, widget=_text(4)
    )
    builds_on = forms.ChoiceField(
        label=_("Råd saken bygger på"),
        required=False,
        help_text=_("En avgjort sak, for eksempel der et rådgivende organ har uttalt seg."),
    )

    def __init__(self, earlier: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.fields["builds_on"].choices = [  # type: ignore[attr-defined]
            ("", _("Ingen tidligere sak")),
            *earlier,
        ]


class AssessorForm(forms.Form):
    person = forms.ChoiceField(
        label=_("Vurderer"),
        help_text=_("Den som hører til programmet bak løsningen, kan ikke vurdere den."),
        error_messages={"required": _("Velg hvem som skal vurdere.")},
    )
    position = forms.CharField(
        label=_("Stilling"),
        required=False,
        max_length=160,
        help_text=_("Vises offentlig uten navnet. La stå tomt for stillingen som er registrert."),
    )

    def __init__(self, people: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.fields["person"].choices = [  # type: ignore[attr-defined]
            ("", _("Velg person")),
            *people,
        ]


class AnswersForm(forms.Form):
    """One field per question, and the revision of each that was read."""

    def __init__(self, questions: Iterable[QuestionState], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.questions = tuple(questions)
        for one in self.questions:
            self.fields[f"answer_{one.pk}"] = forms.CharField(
                label=one.question,
                required=False,
                max_length=4000,
                widget=_text(4),
                initial=one.answer,
            )
            self.fields[f"seen_{one.pk}"] = forms.IntegerField(
                widget=forms.HiddenInput, required=False, initial=one.revision
            )


class QuestionForm(forms.Form):
    question = forms.CharField(
        label=_("Spørsmål"), max_length=300, error_messages={"required": _("Skriv spørsmålet.")}
    )


class FindingForm(forms.Form):
    severity = forms.ChoiceField(
        label=_("Alvorsgrad"),
        widget=forms.RadioSelect,
        choices=health_texts.severity_choices,
        help_text=_(
            "Med et alvorlig funn er løsningen i beste fall forsvarlig på vilkår; med et kritisk "
            "er den ikke forsvarlig."
        ),
        error_messages={"required": _("Velg hvor alvorlig funnet er.")},
    )
    text = forms.CharField(
        label=_("Hva dere fant"),
        max_length=2000,
        widget=_text(4),
        help_text=_("Ingen opplysninger om pasienter."),
        error_messages={"required": _("Skriv hva dere har funnet.")},
    )
    advice = forms.CharField(
        label=_("Hva dere råder til"), required=False, max_length=2000, widget=_text(3)
    )


class ConditionForm(forms.Form):
    text = forms.CharField(
        label=_("Hva som må være gjort"),
        max_length=500,
        error_messages={"required": _("Skriv hva som må være gjort.")},
    )
    due_by = DayField(label=_("Frist"))


class ConcludeForm(forms.Form):
    conclusion = forms.ChoiceField(
        label=_("Konklusjon"),
        widget=forms.RadioSelect,
        choices=health_texts.soundness_choices,
        error_messages={"required": _("Velg en konklusjon.")},
    )
    summary = forms.CharField(
        label=_("Begrunnelse"),
        max_length=4000,
        widget=_text(5),
        help_text=_("Kort. Den blir offentlig sammen med konklusjonen og vilkårene."),
        error_messages={"required": _("Skriv en kort begrunnelse for konklusjonen.")},
    )


class MeetForm(forms.Form):
    note = forms.CharField(
        label=_("Hva som viser at vilkåret er oppfylt"),
        max_length=500,
        error_messages={"required": _("Skriv hva som viser at vilkåret er oppfylt.")},
    )
