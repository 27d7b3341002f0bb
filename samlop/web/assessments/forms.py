"""What is filled in about one criterion."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from samlop.portfolio.rules.assessments import (
    LONGEST_COMMENT,
    LONGEST_LINE,
    AnswerPart,
    Content,
    Opinion,
    Verdict,
    both,
)
from samlop.portfolio.services.assessments import LONGEST_LINK, LONGEST_WORDS
from samlop.portfolio.texts import assessments as texts
from samlop.web.uploads import AttachmentField, UploadForm

STORED, BOTH = "lagret", "begge"
_FIELDS = {
    AnswerPart.VERDICT: "vurdering",
    AnswerPart.LINE: "linje",
    AnswerPart.COMMENT: "kommentar",
}


class AnswerForm(forms.Form):
    """An answer; the hidden fields hold what it was when the page was made.

    `strid` names the parts in which somebody else had written, and `valg` what to do with them.
    """

    vurdering = forms.ChoiceField(choices=texts.verdict_choices, required=False)
    linje = forms.CharField(max_length=LONGEST_LINE, required=False)
    kommentar = forms.CharField(max_length=LONGEST_COMMENT, required=False)
    fra_vurdering = forms.ChoiceField(choices=texts.verdict_choices, required=False)
    fra_linje = forms.CharField(max_length=LONGEST_LINE, required=False)
    fra_kommentar = forms.CharField(max_length=LONGEST_COMMENT, required=False)
    strid = forms.CharField(required=False)
    valg = forms.CharField(required=False)

    def base(self) -> Content:
        """What the writer began from."""
        found = self.cleaned_data
        return _content(found["fra_vurdering"], found["fra_linje"], found["fra_kommentar"])

    def typed(self) -> Content:
        found = self.cleaned_data
        return _content(found["vurdering"], found["linje"], found["kommentar"])

    def sent(self) -> Content:
        """What is to be stored: as typed, unless she chose the other's words, or both."""
        typed, base = self.typed(), self.base()
        choice = self.cleaned_data["valg"]
        values: dict[str, Any] = {part.value: getattr(typed, part.value) for part in _FIELDS}
        for part in self.in_conflict():
            stored, own = getattr(base, part.value), getattr(typed, part.value)
            if choice == STORED:
                values[part.value] = stored
            elif choice == BOTH and part is not AnswerPart.VERDICT:
                joined = both(stored, own)
                values[part.value] = joined
        return Content(**values)

    def in_conflict(self) -> tuple[AnswerPart, ...]:
        named = self.cleaned_data["strid"].split(",")
        return tuple(part for part in _FIELDS if part.value in named)

    @property
    def waits_for_a_choice(self) -> bool:
        """Somebody else had written in the same, and nothing has been chosen yet."""
        return bool(self.in_conflict()) and not self.cleaned_data["valg"]


def _content(verdict: str, line: str, comment: str) -> Content:
    return Content(verdict=Verdict(verdict) if verdict else None, line=line, comment=comment)


class AttachForm(UploadForm):
    """A link or a file that shows what the answer claims."""

    words = forms.CharField(
        label=_("Hva er det?"),
        max_length=LONGEST_WORDS,
        help_text=_("Slik det skal stå ved svaret, for eksempel «Gevinstrapport 2026»."),
        error_messages={"required": _("Skriv hva dokumentasjonen er.")},
    )
    link = forms.CharField(
        label=_("Lenke"),
        max_length=LONGEST_LINK,
        required=False,
        widget=forms.URLInput,
        help_text=_("Hele adressen. Eller last opp en fil under."),
    )
    # Uploads are limited by this name: uploads.ATTACHMENT.
    vedlegg = AttachmentField(label=_("Fil"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["vedlegg"].required = False

    def clean(self) -> dict[str, Any]:
        found = super().clean()
        if self.errors:
            return found
        if bool(found.get("link")) == bool(found.get("vedlegg")):
            sentence = (
                _("Velg enten en lenke eller en fil. Legg dem til hver for seg hvis begge trengs.")
                if found.get("link")
                else _("Lim inn en lenke, eller velg en fil.")
            )
            self.add_error("link", sentence)
        return found


class OpinionForm(forms.Form):
    """Whether the deciding body agrees; `sett` names the answer that was read."""

    enig = forms.ChoiceField(choices=texts.opinion_choices)
    kommentar = forms.CharField(max_length=LONGEST_COMMENT, required=False)
    sett = forms.CharField()

    def opinion(self) -> Opinion:
        return Opinion(self.cleaned_data["enig"])
