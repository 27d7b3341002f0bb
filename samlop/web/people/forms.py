"""What people fill in about people. Rules are the services'; here is only what can be read."""

from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from typing import Final

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from samlop.accounts import texts
from samlop.accounts.rules import PeopleRefusal, Role
from samlop.db.text_keys import SortKey
from samlop.portfolio.models import Solution
from samlop.web import clock
from samlop.web.fields import DayField
from samlop.web.uploads import UploadField, UploadForm

# The field that a refusal is about.
FIELDS: Final[Mapping[StrEnum, str]] = {
    PeopleRefusal.NO_NAME: "name",
    PeopleRefusal.BAD_EMAIL: "email",
    PeopleRefusal.SHARED_MAILBOX: "email",
    PeopleRefusal.BAD_PHONE: "phone",
    PeopleRefusal.ALREADY_HELD: "email",
    PeopleRefusal.TO_HERSELF: "email",
    PeopleRefusal.NO_REASON: "reason",
}

WHAT_THEY_DO: Final[Mapping[Role, object]] = {
    Role.MUNICIPAL_COORDINATOR: _("Svarer for kommunen, og følger opp det dere er med på."),
    Role.DECISION_MAKER: _("Bestemmer om kommunen blir med. Ofte helseleder eller kommunalsjef."),
    Role.PROJECT_LEADER: _("Leder innføringen lokalt."),
    Role.CONTACT_PERSON: _("Følger opp kommunene i regionen, og inviterer folk i dem."),
    Role.ROLLOUT_LEADER: _("Leder felles innføringsløp."),
    Role.NETWORK_RESOURCE: _("Hjelper kommunene i regionen."),
    Role.COORDINATION_GROUP_MEMBER: _("Ser det regionene ser, for hele landet."),
    Role.PORTFOLIO_OWNER: _("Beslutter når løsninger er klare til bruk."),
    Role.PROGRAMME: _("Har ansvar for en løsning."),
    Role.VENDOR: _("Bekrefter opplysninger om leverandøren og produktene."),
    Role.ANALYST: _("Leser tall og rapporter."),
    Role.HEALTH_ASSESSOR: _("Vurderer løsninger helsefaglig, aldri sine egne."),
    Role.ADMINISTRATOR: _("Inviterer kontaktpersoner og leverandører, og holder registrene."),
}


class WhoForm(forms.Form):
    """Somebody who gets a role."""

    name = forms.CharField(
        label=_("Navn"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Skriv navnet på personen.")},
    )
    email = forms.CharField(
        label=_("E-post"),
        max_length=254,
        help_text=_(
            "Personens egen jobbadresse. Dit sendes invitasjonen og koden for å logge inn."
        ),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Skriv e-postadressen.")},
    )
    phone = forms.CharField(
        label=_("Telefon"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    title = forms.CharField(
        label=_("Stilling"),
        max_length=120,
        required=False,
        help_text=_("For eksempel «kommunalsjef helse og omsorg»."),
    )


class InviteForm(WhoForm):
    role = forms.ChoiceField(
        label=_("Rolle"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Velg en rolle.")},
    )
    solution_slug = forms.ChoiceField(
        label=_("Løsning"), required=False, help_text=_("Bare for program eller prosjekt.")
    )
    starts = DayField(label=_("Fra og med"))
    field_order = ("role", "solution_slug", "name", "email", "phone", "title", "starts")

    def __init__(self, roles: Iterable[Role], **kwargs: object) -> None:
        super().__init__(**kwargs)  # type: ignore[arg-type]
        offered = list(roles)
        self.fields["role"].choices = [  # type: ignore[attr-defined]
            (role.value, f"{texts.ROLES[role]} – {WHAT_THEY_DO[role]}") for role in offered
        ]
        if Role.PROGRAMME not in offered:
            del self.fields["solution_slug"]
        else:
            self.fields["solution_slug"].choices = [  # type: ignore[attr-defined]
                ("", gettext("Ingen")),
                *Solution.objects.order_by(SortKey("name"), "pk").values_list("slug", "name"),
            ]
        if len(offered) == 1:
            self.fields["role"].initial = offered[0].value

    def clean_starts(self) -> date:
        """A role that began before it was given would say something untrue."""
        day: date = self.cleaned_data["starts"]
        if day < clock.today():
            raise forms.ValidationError(_("Velg i dag eller en dag senere."))
        return day

    def clean(self) -> dict[str, object]:
        found: dict[str, object] = super().clean() or {}
        programme = found.get("role") == Role.PROGRAMME.value
        if programme and not found.get("solution_slug") and "solution_slug" not in self.errors:
            self.add_error("solution_slug", _("Velg hvilken løsning det gjelder."))
        return found


class EndForm(forms.Form):
    ends = DayField(
        label=_("Første dag uten rollen"),
        help_text=_("Velger du i dag, mister personen tilgangen med en gang."),
    )
    reason = forms.CharField(
        label=_("Hvorfor?"),
        max_length=300,
        required=False,
        help_text=_("Vises i historikken. Ikke skriv navn."),
    )


class TakeOverForm(forms.Form):
    reason = forms.CharField(
        label=_("Hvorfor tar regionen over?"),
        max_length=300,
        help_text=_("Vises i historikken. Ikke skriv navn."),
        error_messages={"required": _("Skriv kort hvorfor.")},
    )


class PeopleListForm(UploadForm):
    """A file, or the same rows pasted."""

    file = UploadField(
        label=_("Fil"),
        required=False,
        accept=".xlsx,.csv,.txt,.ods",
        help_text=_("Excel eller CSV, høyst 5 MB."),
    )
    text = forms.CharField(
        label=_("Eller lim inn lista her"),
        required=False,
        max_length=500_000,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
        help_text=_("Merk cellene i Excel, også overskriften, kopier, og lim inn."),
    )

    def clean(self) -> dict[str, object]:
        found: dict[str, object] = super().clean()
        if not self.errors and not found.get("file") and not str(found.get("text", "")).strip():
            self.add_error("file", _("Velg en fil, eller lim inn lista."))
        return found

    @property
    def content(self) -> bytes:
        if file := self.cleaned_data["file"]:
            return bytes(file.read())
        return str(self.cleaned_data["text"]).encode()
