"""What people fill in about vendors and products. Rules are the services'."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from django import forms
from django.utils.translation import gettext_lazy as _

from samlop.municipalities import texts
from samlop.municipalities.rules.vendors import VendorRefusal

# The field that a refusal is about.
FIELDS: Final[Mapping[StrEnum, str]] = {
    VendorRefusal.NO_NAME: "name",
    VendorRefusal.NAME_TAKEN: "name",
    VendorRefusal.BAD_ORGANISATION_NUMBER: "organisation_number",
    VendorRefusal.ORGANISATION_NUMBER_TAKEN: "organisation_number",
    VendorRefusal.BAD_WEBSITE: "website",
    VendorRefusal.KIND_IN_USE: "kind",
}


class VendorForm(forms.Form):
    name = forms.CharField(
        label=_("Navn"), max_length=120, error_messages={"required": _("Skriv navnet.")}
    )
    organisation_number = forms.CharField(
        label=_("Organisasjonsnummer"),
        required=False,
        max_length=20,
        help_text=_("Ni sifre."),
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    website = forms.CharField(
        label=_("Nettsted"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"inputmode": "url"}),
    )


class ProductForm(forms.Form):
    name = forms.CharField(
        label=_("Navn"), max_length=120, error_messages={"required": _("Skriv navnet.")}
    )
    kind = forms.ChoiceField(
        label=_("Type"),
        widget=forms.RadioSelect,
        choices=texts.product_kind_choices,
        error_messages={"required": _("Velg hva slags produkt det er.")},
    )
