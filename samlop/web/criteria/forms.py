"""What is filled in about a draft of the criteria."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from samlop.governance.models import Body
from samlop.governance.rules import BodyKind
from samlop.portfolio.rules.criteria import (
    LONGEST_TEXT,
    LONGEST_TITLE,
    Assessor,
    CriterionText,
    CriterionWeight,
    FactsBeside,
)
from samlop.portfolio.services.criteria import LONGEST_QUESTION, LONGEST_SOURCE
from samlop.portfolio.texts import criteria as texts


class CriterionForm(forms.Form):
    """One question; `revision` is the one that was read."""

    title = forms.CharField(
        label=_("Overskrift"),
        max_length=LONGEST_TITLE,
        error_messages={"required": _("Skriv en kort overskrift.")},
    )
    question = forms.CharField(
        label=_("Spørsmål"),
        max_length=LONGEST_QUESTION,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Det som skal besvares med oppfylt, delvis eller ikke oppfylt."),
        error_messages={"required": _("Skriv spørsmålet som skal besvares.")},
    )
    why = forms.CharField(
        label=_("Hvorfor det spørres"),
        max_length=LONGEST_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    evidence = forms.CharField(
        label=_("Hva som regnes som dokumentasjon"),
        max_length=LONGEST_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    weight = forms.ChoiceField(
        label=_("Må eller bør"),
        choices=texts.weight_choices,
        widget=forms.RadioSelect,
        help_text=_("Et må-kriterium som ikke er oppfylt, står i veien for et ja."),
    )
    assessor = forms.ChoiceField(
        label=_("Hvem vurderer?"), choices=texts.assessor_choices, widget=forms.RadioSelect
    )
    beside = forms.ChoiceField(
        label=_("Hva skal Samløp vise ved siden av?"), choices=texts.beside_choices
    )
    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0, initial=0)

    def text(self, code: str = "") -> CriterionText:
        found = self.cleaned_data
        return CriterionText(
            code=code,
            title=found["title"],
            question=found["question"],
            why=found["why"],
            evidence=found["evidence"],
            weight=CriterionWeight(found["weight"]),
            assessor=Assessor(found["assessor"]),
            beside=FactsBeside(found["beside"]),
        )


class DescribeForm(forms.Form):
    """Who decides by the draft, whose word it is, and what is new."""

    deciding_body = forms.ModelChoiceField(
        queryset=Body.objects.none(),
        label=_("Hvem beslutter om en løsning er klar til bruk?"),
        empty_label=None,
    )
    advised_by = forms.ModelChoiceField(
        queryset=Body.objects.none(),
        label=_("Hvem gir råd først?"),
        required=False,
        empty_label=_("Ingen"),
    )
    standing = forms.ChoiceField(
        label=_("Er kriteriene besluttet?"),
        choices=texts.standing_choices,
        widget=forms.RadioSelect,
        help_text=_("Det du velger, står ved kriteriene overalt."),
    )
    source = forms.CharField(
        label=_("Hvor kommer kriteriene fra?"),
        max_length=LONGEST_SOURCE,
        required=False,
        help_text=_("For eksempel «KS, sak 3/27». Må fylles ut før du publiserer."),
    )
    what_is_new = forms.CharField(
        label=_("Hva er nytt?"),
        max_length=LONGEST_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("For programmene som blir målt. Må fylles ut før du publiserer."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        bodies = Body.objects.order_by("name", "pk")
        self.fields["deciding_body"].queryset = bodies.filter(  # type: ignore[attr-defined]
            kind=BodyKind.DECIDING.value
        )
        self.fields["advised_by"].queryset = bodies  # type: ignore[attr-defined]
