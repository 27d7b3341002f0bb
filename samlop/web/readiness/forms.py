"""What people fill in about how far a product has come. Rules are the services'."""

from collections.abc import Collection, Mapping
from datetime import date
from enum import StrEnum
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from samlop.municipalities.imports.places import NotOneMunicipality, Places
from samlop.municipalities.models import Municipality, Product
from samlop.portfolio.models import Offer
from samlop.portfolio.queries.readiness import ProductState
from samlop.portfolio.rules import readiness as rules
from samlop.portfolio.rules.readiness import Claim, Readiness, ReadinessRefusal, Teller
from samlop.portfolio.rules.solutions import Area
from samlop.portfolio.texts import readiness as texts
from samlop.web.fields import DayField
from samlop.web.readiness import cells
from samlop.web.uploads import UploadField, UploadForm

# The field that a refusal is about.
FIELDS: Final[Mapping[StrEnum, str]] = {
    ReadinessRefusal.NO_DATE: "release_on",
    ReadinessRefusal.DATE_PASSED: "release_on",
    ReadinessRefusal.NOT_RELEASED_YET: "release_on",
    ReadinessRefusal.NOT_PLANNED_HAS_NO_DATE: "release_on",
    ReadinessRefusal.NO_VERSION: "version",
    ReadinessRefusal.NO_SOURCE: "source",
    ReadinessRefusal.NO_REASON: "reason",
    ReadinessRefusal.NO_MUNICIPALITY: "municipality",
}
# Needed for some of the choices, so that «optional» would be wrong.
NEEDED_AT_TIMES: Final = frozenset({"release_on", "version", "source", "municipality"})


class StateForm(forms.Form):
    """How far a product has come; whoever does not speak for the vendor says who told her."""

    state = forms.ChoiceField(
        label=_("Hvor langt er produktet kommet?"),
        widget=forms.RadioSelect,
        choices=texts.readiness_choices,
        error_messages={"required": _("Velg hvor langt det er kommet.")},
    )
    release_on = DayField(
        label=_("Dato"),
        required=False,
        help_text=_(
            "Dagen versjonen ble sluppet, eller ventes. Ikke for det som ikke er planlagt."
        ),
    )
    version = forms.CharField(
        label=_("Versjon"),
        required=False,
        max_length=40,
        help_text=_("Trengs når versjonen er sluppet."),
    )
    told_by = forms.ChoiceField(
        label=_("Hvem opplyser det?"),
        widget=forms.RadioSelect,
        choices=texts.teller_choices,
        error_messages={"required": _("Velg hvem som opplyser det.")},
    )
    municipality = forms.CharField(
        label=_("Hvilken kommune?"),
        required=False,
        max_length=100,
        help_text=_("Nummer eller navn, bare når en kommune opplyser det."),
    )
    source = forms.CharField(
        label=_("Kilde"),
        required=False,
        max_length=300,
        help_text=_("For eksempel en lenke, et referat eller «telefon fra produktsjefen»."),
    )
    reason = forms.CharField(
        label=_("Begrunnelse"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_(
            "Trengs når datoen flyttes senere eller produktet går et steg tilbake. Den vises "
            "for alle."
        ),
    )
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, teller: Teller, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._teller, self._on = teller, on
        if teller is Teller.VENDOR:
            del self.fields["told_by"], self.fields["municipality"]

    @classmethod
    def started(cls, current: ProductState | None, *, teller: Teller, on: date) -> "StateForm":
        """The form as it is first shown: what stands, and nobody's words in it."""
        if current is None:
            return cls(initial={"told_by": teller.value}, teller=teller, on=on)
        return cls(
            initial={
                "state": current.state.value,
                "release_on": current.release_on,
                "version": current.version,
                "told_by": teller.value,
                "seen": current.event,
            },
            teller=teller,
            on=on,
        )

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        found["place"] = None
        if "state" in found and "release_on" in found and "version" in found:
            refused = rules.refusal_of(self.claim, on=self._on)
            if refused is not None:
                self.add_error(FIELDS[refused], str(texts.REFUSALS[refused]))
        if self._teller is Teller.VENDOR:
            found["told_by"] = Teller.VENDOR.value
            return found
        if found.get("told_by") == Teller.MUNICIPALITY.value:
            self._find_municipality(found)
        if found.get("told_by") != Teller.VENDOR.value and not found.get("source"):
            self.add_error("source", str(texts.REFUSALS[ReadinessRefusal.NO_SOURCE]))
        return found

    def _find_municipality(self, found: dict[str, Any]) -> None:
        text = found.get("municipality", "").strip()
        if not text:
            sentence = str(texts.REFUSALS[ReadinessRefusal.NO_MUNICIPALITY])
            self.add_error("municipality", sentence)
            return
        try:
            period = Places().find(text, on=self._on)
        except NotOneMunicipality as error:
            self.add_error("municipality", str(error))
        else:
            found["place"] = Municipality.objects.get(pk=period.municipality)

    @property
    def claim(self) -> Claim:
        return Claim(
            state=Readiness(self.cleaned_data["state"]),
            version=" ".join(self.cleaned_data["version"].split()),
            release_on=self.cleaned_data["release_on"],
        )

    @property
    def teller(self) -> Teller:
        return Teller(self.cleaned_data["told_by"])


class WithdrawForm(forms.Form):
    reason = forms.CharField(
        label=_("Hva er galt?"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Skriv hva som er galt. Det blir stående i historikken.")},
    )


class AddForm(forms.Form):
    """Which product and area to say something of; the next page asks what."""

    area = forms.ChoiceField(
        label=_("Tjenesteområde"), error_messages={"required": _("Velg et tjenesteområde.")}
    )
    product = forms.ChoiceField(
        label=_("Produkt"), error_messages={"required": _("Velg et produkt.")}
    )

    def __init__(
        self, *args: Any, offers: Collection[Offer], products: Collection[Product], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        areas = [(one.area, cells.area_words(Area(one.area))) for one in offers]
        self.fields["area"].choices = areas  # type: ignore[attr-defined]
        if len(areas) == 1:
            self.fields["area"].initial = areas[0][0]
            self.fields["area"].widget = forms.HiddenInput()
        self.fields["product"].choices = [  # type: ignore[attr-defined]
            ("", "–"),
            *((one.slug, f"{one.name} ({one.vendor.name})") for one in products),
        ]


class OwnAddForm(forms.Form):
    """For a vendor: which of its products, and which solution in which area."""

    product = forms.ChoiceField(
        label=_("Produkt"), error_messages={"required": _("Velg et produkt.")}
    )
    offer = forms.ChoiceField(
        label=_("Løsning og tjenesteområde"),
        error_messages={"required": _("Velg en løsning.")},
    )

    def __init__(
        self, *args: Any, offers: Collection[Offer], products: Collection[Product], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["product"].choices = [  # type: ignore[attr-defined]
            ("", "–"),
            *((one.slug, one.name) for one in products),
        ]
        self.fields["offer"].choices = [  # type: ignore[attr-defined]
            ("", "–"),
            *(
                (
                    f"{one.solution.slug}/{one.area}",
                    f"{one.solution.name}, {cells.inside(cells.area_words(Area(one.area)))}",
                )
                for one in offers
            ),
        ]


class RowsFileForm(UploadForm):
    file = UploadField(
        label=_("Regneark med radene deres"),
        required=True,
        accept=".xlsx,.csv",
        help_text=_("Filen dere lastet ned her, med endringene deres. Høyst 5 MB."),
    )
