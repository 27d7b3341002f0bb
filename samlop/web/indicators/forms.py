"""What people fill in about indicators and keys. Rules are the services'."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from django import forms
from django.utils.translation import gettext_lazy as _

from samlop.uptake.rules.imports import ImportRefusal
from samlop.uptake.rules.pushes import TokenRefusal
from samlop.uptake.rules.stages import Source
from samlop.uptake.texts import figures as texts
from samlop.uptake.texts import stages as stage_texts
from samlop.web.fields import DayField

# The field that a refusal is about.
FIELDS: Final[Mapping[StrEnum, str]] = {
    ImportRefusal.NO_NAME: "name",
    ImportRefusal.NAME_TAKEN: "name",
    ImportRefusal.NO_DEFINITION: "definition",
    ImportRefusal.NO_REASON: "reason",
    TokenRefusal.NO_NAME: "name",
    TokenRefusal.NAME_TAKEN: "name",
    TokenRefusal.EXPIRED_ALREADY: "expires_on",
    TokenRefusal.LIVES_TOO_LONG: "expires_on",
}
# Those that a system may speak as; a municipality speaks for itself.
SYSTEMS: Final = tuple(one for one in Source if one is not Source.MUNICIPALITY)


class DefinitionForm(forms.Form):
    """How it is counted, from when, and who says so."""

    definition = forms.CharField(
        label=_("Hva måler den, og hvordan telles det?"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Hva som er med, hva som ikke er med, og hvem som teller."),
        error_messages={"required": _("Skriv hva indikatoren måler.")},
    )
    source = forms.CharField(
        label=_("Hvor definisjonen kommer fra"),
        required=False,
        max_length=300,
        help_text=_("For eksempel et dokument eller en nettadresse."),
    )
    valid_from = DayField(
        label=_("Gjelder fra"),
        help_text=_("Tall for perioder som begynner denne dagen eller senere."),
    )


class IndicatorForm(DefinitionForm):
    """A new indicator, with the first version of its definition."""

    name = forms.CharField(
        label=_("Navn"),
        max_length=120,
        help_text=_("For eksempel «Oppslag i kjernejournal»."),
        error_messages={"required": _("Skriv et navn.")},
    )
    unit = forms.CharField(
        label=_("Enhet"),
        required=False,
        max_length=40,
        help_text=_("Det som står etter tallet, for eksempel «oppslag»."),
    )
    kind = forms.ChoiceField(
        label=_("Hva tallet er"),
        choices=texts.kind_choices,
        help_text=_("Kan ikke endres siden. Er det personer, lagres aldri tall under fem."),
    )
    rhythm = forms.ChoiceField(
        label=_("Hvor ofte det måles"),
        choices=texts.rhythm_choices,
        help_text=_("Kan ikke endres siden. En annen takt er en annen indikator."),
    )
    field_order = ("name", "unit", "kind", "rhythm", "definition", "source", "valid_from")


class WithdrawForm(forms.Form):
    reason = forms.CharField(
        label=_("Hvorfor"),
        max_length=300,
        error_messages={"required": _("Skriv hvorfor den trekkes.")},
    )


class TokenForm(forms.Form):
    """The system that is to send figures."""

    name = forms.CharField(
        label=_("Hva heter systemet?"),
        max_length=120,
        help_text=_(
            "Tallene får systemet som kilde. Er det allerede en kilde med dette navnet, brukes den."
        ),
        error_messages={"required": _("Skriv hva systemet heter.")},
    )
    source = forms.ChoiceField(
        label=_("Hva slags kilde er det?"),
        choices=lambda: [(one.value, stage_texts.SOURCES[one]) for one in SYSTEMS],
    )
    expires_on = DayField(label=_("Siste dag nøkkelen gjelder"))
