"""What people fill in about regions. Rules are the services'; here is only what can be read."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final

from django import forms
from django.utils.translation import gettext_lazy as _

from samlop.municipalities import texts
from samlop.municipalities.models import Product
from samlop.municipalities.rules.kinds import RegionKind, ServiceArea
from samlop.municipalities.rules.regions import RegionRefusal
from samlop.web.fields import DayField
from samlop.web.uploads import UploadField, UploadForm

# The field that a refusal is about; the others are about the whole.
FIELDS: Final[Mapping[StrEnum, str]] = {
    RegionRefusal.NO_NAME: "name",
    RegionRefusal.NAME_TAKEN: "name",
    RegionRefusal.BAD_WEBSITE: "website",
    RegionRefusal.ENDS_BEFORE_IT_STARTS: "ends",
    RegionRefusal.MEMBERS_START_LATER: "ends",
    RegionRefusal.MEMBERSHIP_ENDS_BEFORE_IT_STARTS: "ends",
    RegionRefusal.REGION_NOT_THERE_YET: "starts",
    RegionRefusal.REGION_ENDED: "starts",
    RegionRefusal.MUNICIPALITY_NOT_THERE: "starts",
    RegionRefusal.ALREADY_A_MEMBER: "municipality",
    RegionRefusal.IN_ANOTHER_OF_ITS_KIND: "municipality",
}

# The kinds people may make; the others come with the reference data.
MADE_HERE = (RegionKind.HEALTH_COMMUNITY, RegionKind.IKT_COOPERATION)


class RegionForm(forms.Form):
    name = forms.CharField(
        label=_("Navn"), max_length=120, error_messages={"required": _("Skriv navnet.")}
    )
    website = forms.CharField(
        label=_("Nettsted"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "url"}),
    )
    note = forms.CharField(
        label=_("Om regionen"),
        required=False,
        max_length=2000,
        help_text=_("Kort om hvordan dere er organisert. Alle kan lese det."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class NewRegionForm(RegionForm):
    kind = forms.ChoiceField(
        label=_("Type"),
        widget=forms.RadioSelect,
        choices=lambda: [(kind.value, texts.REGION_KINDS[kind]) for kind in MADE_HERE],
        error_messages={"required": _("Velg hva slags region det er.")},
    )
    starts = DayField(label=_("Gjelder fra"))
    field_order = ("kind", "name", "starts", "website", "note")


class EndRegionForm(forms.Form):
    ends = DayField(
        label=_("Siste dag"), help_text=_("Regionen og alle medlemskapene gjelder ut denne dagen.")
    )
    reason = forms.CharField(
        label=_("Begrunnelse"),
        max_length=300,
        error_messages={"required": _("Skriv kort hvorfor.")},
    )


class AddMemberForm(forms.Form):
    municipality = forms.ChoiceField(
        label=_("Kommune"), error_messages={"required": _("Velg en kommune.")}
    )
    starts = DayField(label=_("Med fra"))
    reason = forms.CharField(
        label=_("Kilde"),
        max_length=300,
        help_text=_("For eksempel «vedtak i styringsgruppen 12. mars»."),
        error_messages={"required": _("Skriv hvor opplysningen kommer fra.")},
    )

    def __init__(self, municipalities: Iterable[tuple[str, str]], **kwargs: object) -> None:
        super().__init__(**kwargs)  # type: ignore[arg-type]
        self.fields["municipality"].choices = [  # type: ignore[attr-defined]
            ("", _("Velg kommune")),
            *municipalities,
        ]


class EndMemberForm(forms.Form):
    """It ends after a day; or it never was so, and is taken away."""

    how = forms.ChoiceField(
        label=_("Hva er riktig?"),
        widget=forms.RadioSelect,
        choices=[
            ("slutter", _("Kommunen slutter, eller har sluttet")),
            ("aldri", _("Kommunen har aldri vært med, og er ført opp ved en feil")),
        ],
        initial="slutter",
        error_messages={"required": _("Velg ett av de to.")},
    )
    ends = DayField(
        label=_("Siste dag som med"),
        required=False,
        help_text=_("Brukes ikke når kommunen aldri har vært med."),
    )
    reason = forms.CharField(
        label=_("Begrunnelse"),
        max_length=300,
        error_messages={"required": _("Skriv kort hvorfor.")},
    )

    @property
    def never_was(self) -> bool:
        return bool(self.cleaned_data["how"] == "aldri")

    def clean(self) -> dict[str, object]:
        found: dict[str, object] = super().clean() or {}
        if found.get("how") == "slutter" and not found.get("ends") and "ends" not in self.errors:
            self.add_error("ends", _("Velg den siste dagen."))
        return found


class InstallationsForm(forms.Form):
    """One choice per service area: not shared, or shared, with which record system."""

    def __init__(self, products: Iterable[Product], **kwargs: object) -> None:
        super().__init__(**kwargs)  # type: ignore[arg-type]
        choices = [
            ("", _("Ikke felles")),
            (UNKNOWN_PRODUCT, _("Felles, ukjent journalsystem")),
            *((str(product.pk), f"{product.name} ({product.vendor.name})") for product in products),
        ]
        for area in ServiceArea:
            self.fields[area.value] = forms.ChoiceField(
                label=str(texts.SERVICE_AREAS[area]), choices=choices, required=False
            )


UNKNOWN_PRODUCT = "ukjent"


class MembersFileForm(UploadForm):
    """A file, or the same lines pasted."""

    file = UploadField(
        label=_("Fil"), required=False, accept=".csv,.txt", help_text=_("CSV, høyst 5 MB.")
    )
    text = forms.CharField(
        label=_("Eller lim inn lista her"),
        required=False,
        max_length=200_000,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
    )
    on = DayField(label=_("Endringene gjelder fra"))

    def clean(self) -> dict[str, object]:
        found = super().clean()
        if not self.errors and not found.get("file") and not found["text"].strip():
            self.add_error("file", _("Velg en fil, eller lim inn lista."))
        return found
