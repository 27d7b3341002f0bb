"""What people fill in about bodies, seats and cases. Rules are the services'."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from samlop.accounts.rules import PeopleRefusal
from samlop.governance import texts
from samlop.governance.models import Body
from samlop.governance.rules import KINDS_OF, BodyKind, GovernanceRefusal
from samlop.web.fields import DayField

# The field that a refusal is about.
FIELDS: Final[Mapping[StrEnum, str]] = {
    GovernanceRefusal.NO_NAME: "name",
    GovernanceRefusal.NAME_TAKEN: "name",
    GovernanceRefusal.NO_TITLE: "title",
    GovernanceRefusal.NO_ABOUT: "about",
    GovernanceRefusal.NO_TEXT: "text",
    GovernanceRefusal.NO_REASON: "reason",
    GovernanceRefusal.WRONG_KIND: "kind",
    GovernanceRefusal.IN_THE_FUTURE: "decided_on",
    GovernanceRefusal.BEFORE_THE_CASE: "decided_on",
    GovernanceRefusal.OTHER_CASE: "builds_on",
    GovernanceRefusal.ALREADY_MEMBER: "email",
    GovernanceRefusal.LEADER_TAKEN: "function",
    GovernanceRefusal.ERASED: "email",
    GovernanceRefusal.ENDS_BEFORE_START: "ends",
    PeopleRefusal.NO_NAME: "name",
    PeopleRefusal.BAD_EMAIL: "email",
    PeopleRefusal.SHARED_MAILBOX: "email",
}


def _text(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class BodyForm(forms.Form):
    name = forms.CharField(
        label=_("Navn"), max_length=120, error_messages={"required": _("Skriv navnet på organet.")}
    )
    mandate = forms.CharField(
        label=_("Mandat"),
        required=False,
        max_length=4000,
        help_text=_("Hva organet er til for, og hva det kan avgjøre eller gi råd om."),
        widget=_text(6),
    )
    source = forms.CharField(
        label=_("Kilde"),
        required=False,
        max_length=300,
        help_text=_("Hvor mandatet er hentet fra, for eksempel et saksnummer eller en lenke."),
    )


class NewBodyForm(BodyForm):
    kind = forms.ChoiceField(
        label=_("Hva organet kan"),
        widget=forms.RadioSelect,
        choices=texts.body_kind_choices,
        error_messages={"required": _("Velg hva organet kan.")},
    )
    field_order = ("name", "kind", "mandate", "source")


class MemberForm(forms.Form):
    email = forms.CharField(
        label=_("E-post"),
        max_length=254,
        help_text=_("Personens egen jobbadresse. Ingen får e-post av dette."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Skriv e-postadressen.")},
    )
    name = forms.CharField(
        label=_("Navn"),
        max_length=120,
        required=False,
        help_text=_("Trengs bare når personen ikke er i Samløp fra før."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    function = forms.ChoiceField(
        label=_("Funksjon"),
        choices=texts.function_choices,
        initial="member",
    )
    organisation = forms.CharField(
        label=_("Sitter der for"),
        max_length=120,
        required=False,
        help_text=_("For eksempel «KS», «Norsk helsenett» eller «Agder»."),
    )
    starts = DayField(label=_("Fra og med"))
    ends = DayField(
        label=_("Første dag uten plassen"),
        required=False,
        help_text=_("La stå tomt når perioden ikke har noen slutt."),
    )


class EndSeatForm(forms.Form):
    ends = DayField(label=_("Første dag uten plassen"))


class CaseForm(forms.Form):
    title = forms.CharField(
        label=_("Hva saken heter"),
        max_length=200,
        error_messages={"required": _("Skriv hva saken heter.")},
    )
    about = forms.CharField(
        label=_("Hva saken gjelder"),
        max_length=8000,
        widget=_text(8),
        help_text=_("Bakgrunnen, og hva organet skal ta stilling til. Ingen personopplysninger."),
        error_messages={"required": _("Skriv hva saken gjelder.")},
    )
    recommendation = forms.CharField(
        label=_("Innstilling"), required=False, max_length=4000, widget=_text(4)
    )
    builds_on = forms.ChoiceField(
        label=_("Bygger på"),
        required=False,
        help_text=_("En tidligere sak, for eksempel der et annet organ ga råd."),
    )

    def __init__(self, earlier: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.fields["builds_on"].choices = [  # type: ignore[attr-defined]
            ("", _("Ingen tidligere sak")),
            *earlier,
        ]


class NewCaseForm(CaseForm):
    body = forms.ChoiceField(
        label=_("Organ"), error_messages={"required": _("Velg hvilket organ saken er for.")}
    )
    field_order = ("body", "title", "about", "recommendation", "builds_on")

    def __init__(
        self, bodies: Iterable[tuple[str, str]], earlier: Iterable[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(earlier, **kwargs)
        self.fields["body"].choices = [("", _("Velg organ")), *bodies]  # type: ignore[attr-defined]


class DecisionForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("Hva organet ga"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Velg hva organet ga.")},
    )
    text = forms.CharField(
        label=_("Ordlyd"),
        max_length=8000,
        widget=_text(5),
        help_text=_("Slik det står i protokollen. Det blir offentlig, og kan ikke endres."),
        error_messages={"required": _("Skriv hva organet kom fram til.")},
    )
    reason = forms.CharField(
        label=_("Begrunnelse"), required=False, max_length=8000, widget=_text(5)
    )
    decided_on = DayField(label=_("Dato"))

    def __init__(self, body: Body, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        kinds = KINDS_OF[BodyKind(body.kind)]
        self.fields["kind"].choices = [  # type: ignore[attr-defined]
            (kind.value, texts.DECISION_KINDS[kind]) for kind in kinds
        ]
        if len(kinds) == 1:
            self.fields["kind"].initial = kinds[0].value


class WithdrawForm(forms.Form):
    reason = forms.CharField(
        label=_("Hvorfor saken trekkes"),
        max_length=500,
        widget=_text(3),
        error_messages={"required": _("Skriv hvorfor.")},
    )
