"""What people fill in about material."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, Final

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from samlop.files.rules import FileRefusal
from samlop.municipalities.rules.kinds import LanguageForm
from samlop.portfolio.models import Solution
from samlop.portfolio.rules import material as rules
from samlop.portfolio.rules.copies import RowText, TemplateKind
from samlop.portfolio.rules.material import ForWhom, MaterialKind, MaterialRefusal, RolloutStep
from samlop.portfolio.rules.solutions import Area
from samlop.portfolio.services.material import Details, Edition, Upload, new_key
from samlop.portfolio.texts import copies as copy_texts
from samlop.portfolio.texts import material as texts
from samlop.portfolio.texts import solutions as solution_texts
from samlop.web.fields import DayField
from samlop.web.uploads import ATTACHMENT, AttachmentField, UploadForm

NYNORSK_FILE: Final = f"{ATTACHMENT}_nynorsk"
FIELDS: Final[Mapping[StrEnum, str]] = {
    MaterialRefusal.NO_TITLE: "title",
    MaterialRefusal.NO_OWN_KIND: "own_kind",
    MaterialRefusal.BAD_LINK: "link",
    MaterialRefusal.NO_CONTENT: ATTACHMENT,
    MaterialRefusal.NO_NOTE: "note",
    MaterialRefusal.NO_REASON: "reason",
    MaterialRefusal.REVIEW_IN_PAST: "review_on",
    MaterialRefusal.NOT_YOURS: "solutions",
    **dict.fromkeys(FileRefusal, ATTACHMENT),
}
# Rows a person can write before she has to save and go on.
BLANK_ROWS: Final = 3
_ROW_PARTS: Final = ("key", "section", "heading", "body", "suggestion")


class DetailsForm(UploadForm):
    """What is said about an item; `solutions` are those the person may speak for."""

    title = forms.CharField(
        label=_("Hva heter materiellet?"),
        max_length=rules.LONGEST_TITLE,
        help_text=_("Slik det skal stå i lista, for eksempel «Opplæring i Kjernejournal»."),
        error_messages={"required": _("Skriv hva materiellet heter.")},
    )
    kind = forms.ChoiceField(
        label=_("Type"),
        choices=texts.material_kind_choices,
        error_messages={"required": _("Velg hva slags materiell det er.")},
    )
    own_kind = forms.CharField(
        label=_("Egen type, hvis du valgte «Annet»"), max_length=60, required=False
    )
    summary = forms.CharField(
        label=_("Beskrivelse"),
        max_length=rules.LONGEST_SUMMARY,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("To setninger: hva det er, og når dere trenger det."),
    )
    solutions = forms.MultipleChoiceField(
        label=_("Løsninger"), required=False, widget=forms.CheckboxSelectMultiple
    )
    areas = forms.MultipleChoiceField(
        label=_("Tjenesteområder"),
        choices=solution_texts.area_choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Ingen valgt betyr alle områder der løsningen tilbys."),
    )
    for_whom = forms.MultipleChoiceField(
        label=_("For hvem"),
        choices=texts.for_whom_choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    step = forms.ChoiceField(label=_("Når i innføringen"), required=False)
    owner = forms.CharField(
        label=_("Eier"), max_length=120, required=False, help_text=_("En organisasjon.")
    )
    maintained_by = forms.CharField(label=_("Vedlikeholdes av"), max_length=120, required=False)
    review_on = DayField(
        label=_("Gås gjennom innen"),
        required=False,
        help_text=_("Vi minner dere om det to uker før."),
    )
    is_public = forms.BooleanField(
        label=_("Alle kan se det, også uten å logge inn"), required=False, initial=True
    )

    def __init__(self, solutions: Sequence[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["solutions"].choices = list(solutions)  # type: ignore[attr-defined]
        self.fields["step"].choices = [  # type: ignore[attr-defined]
            ("", gettext("Når som helst")),
            *texts.rollout_step_choices(),
        ]

    def details(self, known: Mapping[str, Solution]) -> Details:
        found = self.cleaned_data
        return Details(
            title=found["title"],
            kind=MaterialKind(found.get("kind") or found.get("template") or MaterialKind.OTHER),
            own_kind=found.get("own_kind", ""),
            summary=found["summary"],
            owner=found["owner"],
            maintained_by=found["maintained_by"],
            review_on=found["review_on"],
            for_whom=tuple(ForWhom(code) for code in found["for_whom"]),
            step=RolloutStep(found["step"]) if found["step"] else None,
            areas=tuple(Area(code) for code in found["areas"]),
            solutions=tuple(known[slug] for slug in found["solutions"] if slug in known),
            is_public=found["is_public"],
        )


class ContentForm(UploadForm):
    """What a version says: a file, a text or a link in bokmål, and perhaps one in nynorsk."""

    vedlegg = AttachmentField(label=_("Fil"), required=False)
    body = forms.CharField(
        label=_("… eller tekst på siden"),
        required=False,
        max_length=rules.LONGEST_BODY,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_(
            "Tom linje gir nytt avsnitt. «## » gir en overskrift, «- » et punkt i en liste, "
            "**ord** halvfet, og [ord](https://adresse) en lenke."
        ),
    )
    link = forms.CharField(
        label=_("… eller lenke til et annet nettsted"), required=False, max_length=500
    )
    nynorsk_title = forms.CharField(
        label=_("Tittel på nynorsk"), required=False, max_length=rules.LONGEST_TITLE
    )
    vedlegg_nynorsk = AttachmentField(label=_("Fil på nynorsk"), required=False)
    nynorsk_body = forms.CharField(
        label=_("… eller tekst på nynorsk"),
        required=False,
        max_length=rules.LONGEST_BODY,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    nynorsk_link = forms.CharField(
        label=_("… eller lenke til en side på nynorsk"), required=False, max_length=500
    )

    def __init__(
        self, *args: Any, there: frozenset[LanguageForm] = frozenset(), **kwargs: Any
    ) -> None:
        """`there` are the forms the current version has, which may be kept as they are."""
        super().__init__(*args, **kwargs)
        self._there = there

    def editions(self) -> list[Edition]:
        """Those something was said in; of the others, the ones there are stay as they are."""
        found = self.cleaned_data
        said = [
            _edition(LanguageForm.BOKMAL, "", found, (ATTACHMENT, "body", "link")),
            _edition(
                LanguageForm.NYNORSK,
                found["nynorsk_title"],
                found,
                (NYNORSK_FILE, "nynorsk_body", "nynorsk_link"),
            ),
        ]
        editions = [edition for edition in said if edition is not None]
        kept = self._there - {edition.language for edition in editions}
        return editions + [Edition(language=form, as_before=True) for form in sorted(kept)]

    def says_something(self) -> bool:
        return any(not edition.as_before for edition in self.editions())


def _edition(
    language: LanguageForm, title: str, found: Mapping[str, Any], names: tuple[str, str, str]
) -> Edition | None:
    upload, body, link = (found.get(name) for name in names)
    if not upload and not body and not link:
        return None
    return Edition(
        language=language,
        title=title,
        upload=Upload(upload.name, upload.read()) if upload else None,
        body=body or "",
        link=(link or "").strip(),
    )


class NewForm(DetailsForm, ContentForm):
    """An item and its first version: what it is, what it says, and for whom."""

    field_order = ("title", "kind", "own_kind", "summary", ATTACHMENT, "body", "link", "solutions")


class NewVersionForm(ContentForm):
    note = forms.CharField(
        label=_("Hva er nytt?"),
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Skriv hva som er nytt i denne versjonen.")},
    )
    review_on = DayField(label=_("Gås gjennom innen"), required=False)
    seen = forms.IntegerField(widget=forms.HiddenInput)


class NewTemplateForm(DetailsForm):
    """A template: its rows are beside the form, see `Rows`."""

    template = forms.ChoiceField(
        label=_("Hva slags mal?"),
        choices=copy_texts.template_kind_choices,
        error_messages={"required": _("Velg hva slags mal det er.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("kind", "own_kind"):
            del self.fields[name]
        self.order_fields(["template", *self.fields])

    @property
    def template_kind(self) -> TemplateKind:
        return TemplateKind(self.cleaned_data["template"])


class RowsVersionForm(forms.Form):
    """What is new in a template; its rows are beside the form."""

    note = forms.CharField(
        label=_("Hva er nytt?"),
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Kommunene som har en kopi, får dette på e-post sammen med endringene."),
        error_messages={"required": _("Skriv hva som er nytt i denne versjonen.")},
    )
    review_on = DayField(label=_("Gås gjennom innen"), required=False)
    seen = forms.IntegerField(widget=forms.HiddenInput)


class EditForm(DetailsForm):
    seen = forms.IntegerField(widget=forms.HiddenInput)


class WithdrawForm(forms.Form):
    reason = forms.CharField(
        label=_("Hvorfor?"),
        max_length=300,
        help_text=_("Kommunene som har en kopi, ser grunnen."),
        error_messages={"required": _("Skriv hvorfor materiellet trekkes tilbake.")},
    )


class ReviewedForm(forms.Form):
    review_on = DayField(label=_("Neste gjennomgang innen"))


def rows_of(sent: Mapping[str, str]) -> tuple[RowText, ...]:
    """The rows of a posted table in the order they stood; empty and removed ones left out."""
    count = sent.get("rader", "")
    found = []
    for index in range(min(int(count), 500) if count.isdecimal() and len(count) < 4 else 0):
        part = {name: sent.get(f"rad-{index}-{name}", "") for name in _ROW_PARTS}
        said = {name: _tidy(words) for name, words in part.items() if name != "key"}
        if sent.get(f"rad-{index}-fjern") or not any(
            said[name] for name in ("heading", "body", "suggestion")
        ):
            continue
        found.append(
            RowText(
                key=_key(part["key"]),
                section=" ".join(said["section"].split()),
                heading=" ".join(said["heading"].split()),
                body=said["body"],
                suggestion=said["suggestion"],
            )
        )
    return tuple(found)


def _key(text: str) -> str:
    """A row keeps its name; one that is new, or that somebody has made up, gets one."""
    known = text.isascii() and text.isalnum() and 0 < len(text) <= 40
    return text if known else new_key()


def _tidy(text: str) -> str:
    lines = (line.strip() for line in text.replace("\0", "").replace("\r\n", "\n").split("\n"))
    return "\n".join(lines).strip()


class OwnRowForm(forms.Form):
    heading = forms.CharField(
        label=_("Hva gjelder raden?"),
        max_length=200,
        error_messages={"required": _("Skriv hva raden gjelder.")},
    )
    section = forms.CharField(label=_("Del av malen"), max_length=200, required=False)


class LanguageChoice(forms.Form):
    """Which form of a template a municipality copies."""

    sprak = forms.ChoiceField(label=_("Målform"), widget=forms.RadioSelect)

    def __init__(self, choices: Sequence[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sprak"].choices = list(choices)  # type: ignore[attr-defined]
