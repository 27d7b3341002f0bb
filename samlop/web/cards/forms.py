"""What people fill in about the rollout type. Rules are the services'."""

from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from samlop.portfolio.queries.cards import Answered
from samlop.portfolio.rules.cards import (
    MAX_ARGUMENT,
    MAX_REASON,
    SCALE,
    CardRefusal,
    Choosing,
    Question,
    RolloutType,
    SharedKey,
)
from samlop.portfolio.services.cards import Given
from samlop.portfolio.texts import cards as texts
from samlop.web.fields import DayField

# The field that a refusal of a choice is about.
FIELDS: Final[Mapping[StrEnum, str]] = {
    CardRefusal.NO_REASON: "reason",
    CardRefusal.TOO_LONG: "reason",
    CardRefusal.IN_THE_FUTURE: "chosen_on",
    CardRefusal.BEFORE_THE_LAST: "chosen_on",
    CardRefusal.NO_KEY: "key",
    CardRefusal.KEY_ONLY_FOR_PARTLY: "key",
    CardRefusal.BAD_SHARE: "move_at",
    CardRefusal.SHARE_ALREADY_PASSED: "move_at",
    CardRefusal.NO_VENDORS: "type",
}


class AnswerForm(forms.Form):
    """The five questions at once; one that is left alone is not saved."""

    def __init__(self, stored: Mapping[Question, Answered], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        for question in Question:
            now = stored.get(question)
            self.fields[f"svar-{question}"] = forms.ChoiceField(
                label=str(texts.QUESTIONS[question]),
                required=False,
                choices=[(str(score), str(score)) for score in SCALE],
                initial=str(now.score) if now else "",
                widget=forms.RadioSelect,
            )
            self.fields[f"hvorfor-{question}"] = forms.CharField(
                label=_("Begrunnelse"),
                required=False,
                max_length=MAX_ARGUMENT,
                initial=now.argument if now else "",
                widget=forms.Textarea(attrs={"rows": 3}),
            )
            self.fields[f"kilde-{question}"] = forms.CharField(
                label=_("Kilde"), required=False, max_length=300, initial=now.source if now else ""
            )
            self.fields[f"sett-{question}"] = forms.IntegerField(
                required=False,
                min_value=0,
                initial=now.number if now else 0,
                widget=forms.HiddenInput,
            )

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        for question in Question:
            written = found.get(f"hvorfor-{question}") or found.get(f"kilde-{question}")
            if written and not found.get(f"svar-{question}"):
                self.add_error(f"svar-{question}", _("Velg et svar fra 1 til 5."))
        return found

    def answers(self) -> dict[Question, Given]:
        return {
            question: Given(
                score=int(score),
                argument=self.cleaned_data[f"hvorfor-{question}"],
                source=self.cleaned_data[f"kilde-{question}"],
            )
            for question in Question
            if (score := self.cleaned_data[f"svar-{question}"])
        }

    def seen(self) -> dict[Question, int]:
        return {question: self.cleaned_data[f"sett-{question}"] or 0 for question in Question}

    def meet(
        self,
        given: Mapping[Question, Given],
        seen: Mapping[Question, int],
        everything: Iterable[Answered],
    ) -> frozenset[Question]:
        """After a refusal: what she left alone shows what is stored now, and the rest stays.

        `given` and `seen` are what she sent. Returns the questions that both she and somebody else
        have answered anew.
        """
        so_far: dict[Question, dict[int, Answered]] = {}
        for one in everything:
            so_far.setdefault(one.question, {})[one.number] = one
        data = {name: self.data.get(name, "") for name in self.fields}
        stale = set()
        for question, answers in so_far.items():
            newest, shown = answers[max(answers)], answers.get(seen[question])
            if newest.number != seen[question]:
                if shown is not None and _left_alone(given.get(question), shown):
                    data[f"svar-{question}"] = str(newest.score)
                    data[f"hvorfor-{question}"] = newest.argument
                    data[f"kilde-{question}"] = newest.source
                else:
                    stale.add(question)
            data[f"sett-{question}"] = str(newest.number)
        self.data = data
        return frozenset(stale)


def _left_alone(given: Given | None, shown: Answered) -> bool:
    return given is None or (given.score, given.argument.strip(), given.source.strip()) == (
        shown.score,
        shown.argument,
        shown.source,
    )


class ChooseForm(forms.Form):
    type = forms.ChoiceField(
        label=_("Innføringstype"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Velg A, B eller C.")},
    )
    reason = forms.CharField(
        label=_("Begrunnelse"),
        max_length=MAX_REASON,
        help_text=_(
            "Vises for alle. Skriv også hvorfor, hvis dere velger noe annet enn forslaget."
        ),
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Skriv hvorfor. Begrunnelsen vises for alle.")},
    )
    chosen_on = DayField(label=_("Valgt dato"))
    key = forms.ChoiceField(
        label=_("Hva skal kommunene i en pulje ha felles?"),
        required=False,
        widget=forms.RadioSelect,
        help_text=_("Bare for C."),
    )
    move_at = forms.IntegerField(
        label=_("Foreslå A når leverandørene er klare i så mange prosent av kommunene"),
        required=False,
        help_text=_("Bare for C. La feltet stå tomt hvis det ikke skal foreslås."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 4}),
        error_messages={"invalid": _("Skriv et helt tall fra 1 til 100.")},
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, *, has_vendors: bool, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        offered = [one for one in RolloutType if has_vendors or one is not RolloutType.PARTLY]
        self.fields["type"].choices = [  # type: ignore[attr-defined]
            (one.value, f"{texts.type_words(one)}. {texts.TYPE_MEANS[one]}") for one in offered
        ]
        self.fields["key"].choices = texts.shared_key_choices()  # type: ignore[attr-defined]
        if not has_vendors:
            del self.fields["key"], self.fields["move_at"]

    def wish(self) -> Choosing:
        """What was filled in under C counts only when C is chosen."""
        found = self.cleaned_data
        type_ = RolloutType(found["type"])
        partly = type_ is RolloutType.PARTLY
        key = found.get("key") if partly else ""
        day: date = found["chosen_on"]
        return Choosing(
            type=type_,
            reason=found["reason"],
            chosen_on=day,
            key=SharedKey(key) if key else None,
            move_at=found.get("move_at") if partly else None,
        )
