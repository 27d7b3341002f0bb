"""What people fill in about solutions. Rules are the services'; here is only what can be read."""

from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from typing import Any, Final, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from samlop.db.text_keys import SortKey
from samlop.municipalities.models import MunicipalityCode, Product
from samlop.municipalities.rules.kinds import ProductKind
from samlop.portfolio.models import Offer, Solution
from samlop.portfolio.rules.solutions import Area, Phase, Sector, SolutionKind, SolutionRefusal
from samlop.portfolio.services.solutions import Facts
from samlop.portfolio.texts import solutions as texts
from samlop.web.fields import DayField

# The field that a refusal is about; the others are about the whole.
FIELDS: Final[Mapping[StrEnum, str]] = {
    SolutionRefusal.NO_NAME: "name",
    SolutionRefusal.NAME_TAKEN: "name",
    SolutionRefusal.NO_AREA: "areas",
    SolutionRefusal.AREA_TAKEN: "areas",
    SolutionRefusal.AREA_OVERLAPS: "areas",
    SolutionRefusal.ANOTHER_WAY_OF_WORKING: "kind",
    SolutionRefusal.NO_LINK_WORDS: "words",
    SolutionRefusal.BAD_LINK: "address",
    SolutionRefusal.LINK_TAKEN: "address",
    SolutionRefusal.REQUIRES_ITSELF: "requires",
    SolutionRefusal.ALREADY_REQUIRED: "requires",
    SolutionRefusal.CYCLE: "requires",
    SolutionRefusal.PHASE_OF_ANOTHER_KIND: "phase",
    SolutionRefusal.PHASE_AHEAD: "happened_on",
    SolutionRefusal.PHASE_UNCHANGED: "phase",
    SolutionRefusal.PHASE_NEEDS_REASON: "reason",
    SolutionRefusal.SUPERSEDED_BY_ITSELF: "superseded_by",
    SolutionRefusal.ONLY_WHEN_SUPERSEDED: "superseded_by",
    SolutionRefusal.WITHDRAWN_WITHOUT_REASON: "reason",
    SolutionRefusal.NO_SUCH_MUNICIPALITY: "municipality",
    SolutionRefusal.TRIAL_OVERLAPS: "municipality",
    SolutionRefusal.TRIAL_ENDS_BEFORE_IT_STARTS: "last",
}


def _area_choices() -> list[tuple[str, str]]:
    return [(area.value, str(words)) for area, words in texts.AREAS.items()]


class SolutionForm(forms.Form):
    """All that is known of a solution; a programme does not change the first two."""

    name = forms.CharField(
        label=_("Navn"), max_length=120, error_messages={"required": _("Skriv navnet.")}
    )
    kind = forms.ChoiceField(
        label=_("Type"),
        widget=forms.RadioSelect,
        choices=texts.solution_kind_choices,
        error_messages={"required": _("Velg hva slags løsning det er.")},
    )
    short_name = forms.CharField(
        label=_("Kortnavn"),
        max_length=20,
        required=False,
        help_text=_("Det folk sier og søker etter, som «PLL»."),
    )
    summary = forms.CharField(
        label=_("Kort om løsningen"),
        max_length=600,
        required=False,
        help_text=_("En setning eller to til en helseleder: hva den er, og hva den gir."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    description = forms.CharField(
        label=_("Beskrivelse"),
        max_length=8000,
        required=False,
        help_text=_("Skill avsnitt med en tom linje."),
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    owner = forms.CharField(
        label=_("Eier"), max_length=120, required=False, help_text=_("En virksomhet.")
    )
    programme = forms.CharField(label=_("Program eller prosjekt"), max_length=120, required=False)
    maintainer = forms.CharField(
        label=_("Forvalter"),
        max_length=120,
        required=False,
        help_text=_("Den som holder løsningen ved like når den er innført."),
    )
    audience = forms.CharField(
        label=_("Hvem den er for"),
        max_length=300,
        required=False,
        help_text=_("De som får en ny arbeidshverdag, som «sykepleiere i hjemmetjenesten»."),
    )
    sectors = forms.MultipleChoiceField(
        label=_("Må være forankret i"),
        required=False,
        choices=texts.sector_choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Sektorene som må stå bak før en kommune kan begynne."),
    )
    process_leader = forms.CharField(
        label=_("Prosessleder"),
        max_length=200,
        required=False,
        help_text=_("Bare for en felles prosess: hvem som leder den. Ikke navn på personer."),
    )
    status_survey = forms.CharField(
        label=_("Kartlegging av status"),
        max_length=3000,
        required=False,
        help_text=_("Bare for en felles prosess: spørsmålene den begynner med, ett per linje."),
        widget=forms.Textarea(attrs={"rows": 5}),
    )

    def facts(self, stored: Facts | None = None) -> Facts:
        """What was filled in; what the form leaves out is as stored."""
        data = self.cleaned_data
        return Facts(
            name=data.get("name", stored.name if stored else ""),
            kind=SolutionKind(data["kind"])
            if "kind" in data
            else (stored.kind if stored else SolutionKind.NATIONAL),
            short_name=data["short_name"],
            summary=data["summary"],
            description=data["description"].replace("\r\n", "\n"),
            owner=data["owner"],
            programme=data["programme"],
            maintainer=data["maintainer"],
            audience=data["audience"],
            sectors=tuple(Sector(code) for code in data["sectors"]),
            process_leader=data.get("process_leader", ""),
            status_survey=data.get("status_survey", "").replace("\r\n", "\n"),
        )


class NewSolutionForm(SolutionForm):
    areas = forms.MultipleChoiceField(
        label=_("Tjenesteområder"),
        choices=_area_choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Fase, vurdering og beslutning gjelder for ett tjenesteområde om gangen."),
        error_messages={"required": _("Velg minst ett tjenesteområde.")},
    )
    field_order = ("name", "short_name", "kind", "areas")


class EditSolutionForm(SolutionForm):
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, stored: Facts, version: int, may_rename: bool) -> None:
        super().__init__(data, initial={**_initial(stored), "version": version})
        if not may_rename:
            del self.fields["name"], self.fields["kind"]
            if stored.kind is not SolutionKind.JOINT_PROCESS:
                del self.fields["process_leader"], self.fields["status_survey"]

    def show_stored(self, stored: Facts, version: int) -> None:
        """Beside what was typed: what somebody else has stored meanwhile, where it differs."""
        known = _initial(stored)
        for name in self.fields:
            if name in known and self.cleaned_data.get(name) != known[name]:
                self[name].help_text = gettext("Lagret nå: %(text)s") % {
                    "text": self._in_words(name, known[name])
                }
        # What was sent cannot be changed; a copy of it can.
        data = cast("QueryDict", self.data).copy()
        data["version"] = str(version)
        self.data = data

    def _in_words(self, name: str, value: Any) -> str:
        if name == "kind":
            return str(texts.SOLUTION_KINDS[SolutionKind(value)])
        if name == "sectors":
            return ", ".join(str(texts.SECTORS[Sector(code)]) for code in value) or gettext("tomt")
        return str(value) or gettext("tomt")


def _initial(stored: Facts) -> dict[str, Any]:
    return {
        "name": stored.name,
        "kind": stored.kind.value,
        "short_name": stored.short_name,
        "summary": stored.summary,
        "description": stored.description,
        "owner": stored.owner,
        "programme": stored.programme,
        "maintainer": stored.maintainer,
        "audience": stored.audience,
        "sectors": [sector.value for sector in stored.sectors],
        "process_leader": stored.process_leader,
        "status_survey": stored.status_survey,
    }


class AreaForm(forms.Form):
    areas = forms.ChoiceField(
        label=_("Tjenesteområde"), error_messages={"required": _("Velg et tjenesteområde.")}
    )

    def __init__(self, data: Any = None, *, offered: Iterable[Area]) -> None:
        super().__init__(data)
        taken = {area.value for area in offered}
        self.fields["areas"].choices = [  # type: ignore[attr-defined]
            ("", gettext("Velg")),
            *((code, words) for code, words in _area_choices() if code not in taken),
        ]


class PhaseForm(forms.Form):
    areas = forms.MultipleChoiceField(
        label=_("Tjenesteområder"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Velg minst ett tjenesteområde.")},
    )
    phase = forms.ChoiceField(
        label=_("Fase"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Velg en fase.")},
    )
    happened_on = DayField(label=_("Fra og med"))
    reason = forms.CharField(
        label=_("Begrunnelse"),
        max_length=500,
        required=False,
        help_text=_("Alle kan lese den. Må fylles ut når noe stopper, erstattes eller fases ut."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    source = forms.CharField(
        label=_("Kilde"),
        max_length=300,
        required=False,
        help_text=_("Saksnummer, dokument eller nettadresse."),
    )
    superseded_by = forms.ChoiceField(
        label=_("Erstattes av"),
        required=False,
        help_text=_("Bare for «Erstattes av en annen løsning»."),
    )
    successor = forms.CharField(
        label=_("Erstattes av noe som ikke står i lista"), max_length=200, required=False
    )

    def __init__(
        self, data: Any = None, *, offers: Iterable[Offer], phases: Iterable[Phase], today: date
    ) -> None:
        found = list(offers)
        super().__init__(
            data,
            initial={
                "happened_on": today,
                # With one area there is nothing to choose.
                "areas": [offer.area for offer in found] if len(found) == 1 else [],
            },
        )
        offered = {Area(offer.area) for offer in found}
        choices = tuple(phases)
        self.fields["areas"].choices = [  # type: ignore[attr-defined]
            (area.value, str(words)) for area, words in texts.AREAS.items() if area in offered
        ]
        self.fields["phase"].choices = [  # type: ignore[attr-defined]
            (phase.value, str(texts.PHASES[phase])) for phase in choices
        ]
        if Phase.SUPERSEDED not in choices:
            del self.fields["superseded_by"], self.fields["successor"]
            return
        self.fields["superseded_by"].choices = [  # type: ignore[attr-defined]
            ("", gettext("Ingen, eller ikke i lista")),
            *Solution.objects.order_by(SortKey("name"), "pk").values_list("slug", "name"),
        ]


class WithdrawForm(forms.Form):
    reason = forms.CharField(
        label=_("Hvorfor trekkes den tilbake?"),
        max_length=500,
        help_text=_("Alle kan lese det i historikken."),
        error_messages={
            "required": _(
                "Skriv hvorfor registreringen trekkes tilbake. Det blir stående i historikken."
            )
        },
    )


class LinkForm(forms.Form):
    words = forms.CharField(
        label=_("Hva lenken leder til"),
        max_length=120,
        error_messages={"required": _("Skriv hva lenken leder til.")},
    )
    address = forms.CharField(
        label=_("Nettadresse"),
        max_length=200,
        widget=forms.TextInput(attrs={"inputmode": "url"}),
        error_messages={"required": _("Skriv nettadressen.")},
    )


class PrerequisiteForm(forms.Form):
    requires = forms.ChoiceField(
        label=_("Løsningen som må være i bruk først"),
        error_messages={"required": _("Velg en løsning.")},
    )
    note = forms.CharField(label=_("Hva av den, eller hvorfor"), max_length=300, required=False)

    def __init__(self, data: Any = None, *, solution: Solution) -> None:
        super().__init__(data)
        self.fields["requires"].choices = [  # type: ignore[attr-defined]
            ("", gettext("Velg")),
            *Solution.objects.exclude(pk=solution.pk)
            .exclude(kind=SolutionKind.JOINT_PROCESS.value)
            .order_by(SortKey("name"), "pk")
            .values_list("slug", "name"),
        ]


class TrialForm(forms.Form):
    area = forms.ChoiceField(
        label=_("Tjenesteområde"), error_messages={"required": _("Velg et tjenesteområde.")}
    )
    municipality = forms.ChoiceField(
        label=_("Kommune"), error_messages={"required": _("Velg en kommune.")}
    )
    valid_from = DayField(label=_("Startet"))
    last = DayField(
        label=_("Siste dag"), required=False, help_text=_("La stå tom når utprøvingen pågår.")
    )
    record_system = forms.ChoiceField(
        label=_("Journalsystem"),
        required=False,
        help_text=_("La stå tom for å bruke det kommunen selv har registrert."),
    )
    source = forms.CharField(label=_("Kilde"), max_length=300, required=False)

    def __init__(self, data: Any = None, *, offers: Iterable[Offer], today: date) -> None:
        found = list(offers)
        only = found[0].area if len(found) == 1 else ""
        super().__init__(data, initial={"area": only})
        offered = {Area(offer.area) for offer in found}
        self.fields["area"].choices = [  # type: ignore[attr-defined]
            *([] if only else [("", gettext("Velg"))]),
            *((area.value, str(words)) for area, words in texts.AREAS.items() if area in offered),
        ]
        codes = MunicipalityCode.objects.valid_on(today).order_by("number")
        self.fields["municipality"].choices = [  # type: ignore[attr-defined]
            ("", gettext("Velg")),
            *(
                (str(pk), f"{number} {name}")
                for pk, number, name in codes.values_list(
                    "municipality_id", "number", "qualified_name"
                )
            ),
        ]
        systems = Product.objects.filter(kind=ProductKind.RECORD_SYSTEM.value)
        self.fields["record_system"].choices = [  # type: ignore[attr-defined]
            ("", gettext("Det kommunen har registrert")),
            *systems.order_by(SortKey("name"), "pk").values_list("slug", "name"),
        ]


class ChangeTrialForm(forms.Form):
    """The trial is over, or never was."""

    what = forms.ChoiceField(
        label=_("Hva har skjedd?"),
        widget=forms.RadioSelect,
        choices=[
            ("ended", _("Utprøvingen er avsluttet")),
            ("never", _("Den ble registrert ved en feil")),
        ],
        initial="ended",
    )
    last = DayField(label=_("Siste dag"), required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("what") == "ended" and data.get("last") is None and "last" not in self.errors:
            self.add_error("last", gettext("Velg den siste dagen."))
        return data


class ConfirmForm(forms.Form):
    """Nothing to fill in: the button is the answer."""
