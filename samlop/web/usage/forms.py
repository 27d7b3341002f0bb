"""What is filled in about a file of figures: where it comes from, and what its columns hold."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from samlop.uptake.models import UsageSource
from samlop.uptake.rules.columns import Columns
from samlop.uptake.rules.figures import DecimalMark
from samlop.uptake.rules.stages import Source
from samlop.uptake.texts import figures as texts
from samlop.uptake.texts import stages as stage_texts
from samlop.web.uploads import FiguresField, UploadForm

NEW: Final = "ny"
# The municipality's own word and a rollout's are stages, and come with no file of figures.
_SOURCES: Final = (Source.USAGE_LOG, Source.REGISTER, Source.VENDOR, Source.PROGRAMME)


class FileForm(UploadForm):
    """A file, and the source it comes from: one that is known, or a new one."""

    source = forms.ChoiceField(
        label=_("Hvor kommer tallene fra?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Velg hvor tallene kommer fra.")},
    )
    name = forms.CharField(
        label=_("Hva kilden heter"),
        help_text=_("Navnet står ved tallene, for eksempel «Uttrekk fra loggen hos NHN»."),
        max_length=120,
        required=False,
    )
    kind = forms.ChoiceField(
        label=_("Slags kilde"),
        choices=[(one.value, stage_texts.SOURCES[one]) for one in _SOURCES],
        required=False,
    )
    again = forms.BooleanField(
        label=_("Kolonnene er endret siden sist. La meg velge dem på nytt."), required=False
    )
    tallfil = FiguresField()

    def __init__(self, *args: Any, sources: Sequence[UsageSource], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._by_pk = {str(one.pk): one for one in sources}
        self.fields["source"].choices = [  # type: ignore[attr-defined]
            *((pk, one.name) for pk, one in self._by_pk.items()),
            (NEW, gettext("En ny kilde")),
        ]
        if not sources:
            self.fields["source"].initial = NEW

    @property
    def known(self) -> UsageSource | None:
        """The chosen source, unless it is a new one."""
        return self._by_pk.get(self.cleaned_data["source"])

    def clean(self) -> dict[str, Any]:
        found = super().clean()
        if found.get("source") == NEW and not found.get("name", "").strip():
            self.add_error("name", gettext("Skriv hva den nye kilden heter."))
        return found


MUNICIPALITY: Final = "kommune"
PERIOD: Final = "periode"
YEAR: Final = "ar"
INDICATOR: Final = "indikator"
VALUE: Final = "tall"
# Before an indicator's slug: the figures of the column are of that one.
_OF: Final = "tall:"


class ColumnsForm(UploadForm):
    """What each column of a file holds; the file again, unless it was carried along."""

    mark = forms.ChoiceField(
        label=_("Hvilket tegn skiller desimalene?"),
        help_text=_("Det avgjør om 1.234 er over tusen eller litt over én."),
        choices=texts.mark_choices,
    )

    def __init__(
        self,
        *args: Any,
        titles: Sequence[str],
        indicators: Mapping[str, str],
        columns: Columns,
        asks_for_file: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._titles = titles
        held = _uses(columns)
        choices = [
            ("", gettext("Brukes ikke")),
            (MUNICIPALITY, gettext("Kommunen")),
            (PERIOD, gettext("Perioden")),
            (YEAR, gettext("Året, når uke eller måned står for seg")),
            *(
                (f"{_OF}{slug}", gettext("Tall: %(name)s") % {"name": name})
                for slug, name in indicators.items()
            ),
            (INDICATOR, gettext("Navnet på indikatoren")),
            (VALUE, gettext("Tall for indikatoren som står på raden")),
        ]
        for number, title in enumerate(titles):
            self.fields[f"k{number}"] = forms.ChoiceField(
                label=title, choices=choices, required=False, initial=held.get(title, "")
            )
        self.fields["mark"].initial = columns.mark.value
        if asks_for_file:
            self.fields["tallfil"] = FiguresField()

    def held(self) -> Iterator[tuple[str, forms.BoundField]]:
        for number, title in enumerate(self._titles):
            yield title, self[f"k{number}"]

    def columns(self) -> Columns:
        uses = self._chosen()

        def one(use: str) -> str:
            return next((title for title, chosen in uses if chosen == use), "")

        if indicator := one(INDICATOR):
            values = {one(VALUE): ""}
        else:
            values = {title: use.removeprefix(_OF) for title, use in uses if use.startswith(_OF)}
        return Columns(
            municipality=one(MUNICIPALITY),
            period=one(PERIOD),
            values=values,
            year=one(YEAR),
            indicator=indicator,
            mark=DecimalMark(self.cleaned_data["mark"]),
        )

    def clean(self) -> dict[str, Any]:
        found = super().clean()
        chosen = [use for _title, use in self._chosen() if use]
        for use, words in (
            (MUNICIPALITY, gettext("Velg hvilken kolonne kommunen står i.")),
            (PERIOD, gettext("Velg hvilken kolonne perioden står i.")),
        ):
            if use not in chosen:
                self.add_error(None, words)
        if len(set(chosen)) < len(chosen):
            self.add_error(None, gettext("To kolonner kan ikke være det samme. Velg én av dem."))
        several = any(use.startswith(_OF) for use in chosen)
        if (INDICATOR in chosen) != (VALUE in chosen):
            self.add_error(
                None,
                gettext(
                    "Når indikatoren står i en kolonne, må også tallet for den ha sin kolonne, og "
                    "omvendt. Velg begge."
                ),
            )
        elif INDICATOR in chosen and several:
            self.add_error(
                None,
                gettext(
                    "Velg enten en kolonne med navnet på indikatoren, eller én kolonne for hver "
                    "indikator, ikke begge deler."
                ),
            )
        elif INDICATOR not in chosen and not several:
            self.add_error(None, gettext("Velg hvilken kolonne tallene står i."))
        return found

    def _chosen(self) -> list[tuple[str, str]]:
        return [
            (title, self.cleaned_data.get(f"k{number}", ""))
            for number, title in enumerate(self._titles)
        ]


def _uses(columns: Columns) -> dict[str, str]:
    """What each title is for."""
    return {
        title: use
        for title, use in (
            *((title, f"{_OF}{slug}" if slug else VALUE) for title, slug in columns.values.items()),
            (columns.municipality, MUNICIPALITY),
            (columns.period, PERIOD),
            (columns.year, YEAR),
            (columns.indicator, INDICATOR),
        )
        if title
    }


class UndoForm(forms.Form):
    """Nothing to fill in: only whether to go on."""
