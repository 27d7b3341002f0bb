"""The answer a municipality gives, and what others register of it. Rules are the services'."""

from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Any, Final, cast

from django import forms
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from samlop.rollouts.models import Cohort, Rollout
from samlop.rollouts.queries import answers as queries
from samlop.rollouts.queries import places as place_queries
from samlop.rollouts.queries.answers import Current, Received
from samlop.rollouts.rules.answers import (
    NEEDS_REASON,
    AnswerRefusal,
    AnswerState,
    Channel,
    Content,
    Reason,
)
from samlop.rollouts.services.answers import MOST_CASE, MOST_TEXT
from samlop.rollouts.services.received import MOST_NOTE, MOST_WHO
from samlop.rollouts.texts import answers as texts
from samlop.web import formats
from samlop.web.fields import DayField
from samlop.web.uploads import AttachmentField

# Which field a refusal belongs to.
FIELDS: Final[Mapping[StrEnum, str]] = {
    AnswerRefusal.NO_REASON: "grunn",
    AnswerRefusal.NOT_ASKED_AGAIN: "spor_igjen",
    AnswerRefusal.OTHER_COHORT: "pulje_1",
    AnswerRefusal.SAME_COHORT_TWICE: "pulje_2",
    AnswerRefusal.NO_EXPECTED_DAY: "ventes",
}
# What each answer asks for, by the name of the field; the others are put away by the style sheet.
ASKED_BY: Final = {
    "pulje_1": (AnswerState.YES,),
    "pulje_2": (AnswerState.YES,),
    "vert": (AnswerState.YES,),
    "ventes": (AnswerState.PENDING,),
    "grunn": tuple(state for state in AnswerState if state in NEEDS_REASON),
    "spor_igjen": (AnswerState.LATER,),
    "borte": (AnswerState.LATER,),
}
HINTS: Final = {
    AnswerState.YES: _("Dere får plass i en pulje når det er rom, ellers venteliste."),
    AnswerState.PENDING: _("Saken skal opp hos dere. Ingen påminnelser før datoen."),
    AnswerState.LATER: _("Vi spør igjen når det passer bedre."),
    AnswerState.OBSERVE: _("Dere får vite hvordan det går, og deltar ikke nå."),
    AnswerState.NO: _("Dere blir ikke spurt igjen om dette innføringsløpet."),
}


class AnswerForm(forms.Form):
    """One answer; `sett` is the number of the version that the page showed."""

    sett = forms.IntegerField(required=False, widget=forms.HiddenInput)
    svar = forms.ChoiceField(
        label=_("Hva svarer dere?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Velg et svar.")},
    )
    pulje_1 = forms.ChoiceField(label=_("Hvilken pulje ønsker dere helst?"), required=False)
    pulje_2 = forms.ChoiceField(label=_("Og nest helst?"), required=False)
    vert = forms.BooleanField(
        label=_("Vi er med som vertskommune for flere"),
        required=False,
        help_text=_("De andre kommunene svarer selv, eller gir dere fullmakt til å svare."),
    )
    ventes = DayField(label=_("Når venter dere å kunne svare?"), required=False)
    grunn = forms.ChoiceField(label=_("Hva er grunnen?"), required=False, widget=forms.RadioSelect)
    spor_igjen = DayField(label=_("Når skal vi spørre igjen?"), required=False)
    borte = forms.BooleanField(
        label=_("Spør igjen når grunnen er borte"),
        required=False,
        help_text=_("For eksempel når leverandøren er klar. Da får dere én melding."),
    )
    tekst = forms.CharField(
        label=_("Vil dere si noe mer?"),
        required=False,
        max_length=MOST_TEXT,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Leses av dere selv, kontaktpersonen deres og de som leder innføringsløpet."),
    )
    saksnummer = forms.CharField(
        label=_("Saksnummer i arkivet deres"), required=False, max_length=MOST_CASE
    )

    def __init__(
        self,
        data: MultiValueDict[str, Any] | None,
        *,
        cohorts: Sequence[Cohort],
        current: Current | None,
        wishes: tuple[int, ...] = (),
        received: Received | None = None,
        left: Mapping[int, int] | None = None,
        place: str = "",
    ) -> None:
        super().__init__(data, initial=_initial(current, wishes, received))
        # The cohort it has a place in, and would leave by any other answer than yes.
        self.place = place
        self._choose("svar", [(state.value, texts.STATES[state]) for state in AnswerState])
        self._choose("grunn", [(reason.value, texts.REASONS[reason]) for reason in Reason])
        named = [(str(row.pk), room_words(row, (left or {}).get(row.pk))) for row in cohorts]
        if named:
            self._choose("pulje_1", [("", gettext("Den som har plass")), *named])
        else:
            del self.fields["pulje_1"]
        if len(named) > 1:
            self._choose("pulje_2", [("", gettext("Ingen annen")), *named])
        else:
            del self.fields["pulje_2"]

    def _choose(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        if found.get("pulje_2") and not found.get("pulje_1"):
            self.add_error("pulje_1", gettext("Velg hvilken dere ønsker helst."))
        return found

    def seeing(self, number: int) -> None:
        """The page that is shown once more shows version `number`: it can be answered anew."""
        data = cast("QueryDict", self.data).copy()
        data["sett"] = str(number)
        self.data = data

    @property
    def hints(self) -> dict[str, str]:
        return {state.value: str(words) for state, words in HINTS.items()}

    @property
    def asked_by(self) -> dict[str, list[str]]:
        return {name: [state.value for state in states] for name, states in ASKED_BY.items()}

    @property
    def seen(self) -> int:
        return self.cleaned_data.get("sett") or 0

    def content(self) -> Content:
        """What was filled in; what another answer would have asked for is left out."""
        found = self.cleaned_data
        wishes = (found.get("pulje_1"), found.get("pulje_2"))
        return Content(
            state=AnswerState(found["svar"]),
            wishes=tuple(int(one) for one in wishes if one),
            case_number=found["saksnummer"],
            reason=Reason(found["grunn"]) if found["grunn"] else None,
            text=found["tekst"],
            expected_on=found["ventes"],
            ask_again_on=found["spor_igjen"],
            ask_when_gone=found["borte"],
            hosts_others=found["vert"],
        ).trimmed()


def room_words(cohort: Cohort, left: int | None) -> str:
    """A cohort to choose, and how many places are left in it, where that matters."""
    words = {"cohort": cohort.name, "day": formats.long_date(cohort.starts_on), "left": left}
    if left is None:
        return gettext("%(cohort)s, starter %(day)s") % words
    if left:
        return (
            ngettext(
                "%(cohort)s, starter %(day)s (%(left)s ledig plass)",
                "%(cohort)s, starter %(day)s (%(left)s ledige plasser)",
                left,
            )
            % words
        )
    return gettext("%(cohort)s, starter %(day)s (ingen ledig plass)") % words


def answer_form(
    rollout: Rollout,
    municipality: int,
    data: MultiValueDict[str, Any] | None,
    *,
    on: date,
    cohort: int | None = None,
) -> AnswerForm:
    """The form as it stands for a municipality; `cohort` when it is invited to one only.

    At most eighteen queries.
    """
    current = queries.newest(rollout, municipality)
    wishes = queries.wishes_of([current.pk]).get(current.pk, ()) if current else ()
    registered = queries.received_by(municipality).get(rollout.pk, ())
    waiting = [one for one in registered if not one.is_signal]
    fits = queries.wishable(rollout, [municipality], on)[municipality]
    taken = place_queries.taken(rollout).get(municipality)
    # Its own place is not to be looked for among those that are left.
    left = {
        one.cohort: one.left
        for one in place_queries.rooms(rollout, on)
        if one.gives_places and (taken is None or one.cohort != taken.cohort)
    }
    form = AnswerForm(
        data,
        cohorts=[row for row in fits if cohort is None or row.pk == cohort],
        # A question that is put again begins empty.
        current=current if current is not None and current.stands else None,
        wishes=wishes,
        received=waiting[0] if waiting else None,
        left=left,
        place=taken.cohort_name if taken is not None else "",
    )
    form.fields["sett"].initial = current.number if current else 0
    return form


def _initial(
    current: Current | None, wishes: tuple[int, ...], received: Received | None
) -> dict[str, Any]:
    """What was received and waits to be confirmed is filled in, else what stands."""
    if received is not None:
        return {
            "svar": received.state.value,
            "pulje_1": str(received.cohort) if received.cohort else "",
        }
    if current is None:
        return {}
    return {
        "svar": current.state.value,
        "pulje_1": str(wishes[0]) if wishes else "",
        "pulje_2": str(wishes[1]) if len(wishes) > 1 else "",
        "vert": current.hosts_others,
        "ventes": current.expected_on,
        "grunn": current.reason.value if current.reason else "",
        "spor_igjen": current.ask_again_on,
        "borte": current.ask_when_gone,
        "tekst": current.text,
        "saksnummer": current.case_number,
    }


class LeaveForm(forms.Form):
    """Out of a cohort: why, and whether to be asked again."""

    grunn = forms.ChoiceField(
        label=_("Hva er grunnen?"),
        widget=forms.RadioSelect,
        choices=[(reason.value, texts.REASONS[reason]) for reason in Reason],
        error_messages={"required": _("Velg en grunn.")},
    )
    tekst = forms.CharField(
        label=_("Vil dere si noe mer?"),
        required=False,
        max_length=MOST_TEXT,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    spor_igjen = DayField(
        label=_("Skal vi spørre igjen?"),
        required=False,
        help_text=_("Velg en dag, eller la feltet stå tomt."),
    )

    def content(self) -> Content:
        found = self.cleaned_data
        again = found["spor_igjen"]
        return Content(
            state=AnswerState.LATER if again else AnswerState.NO,
            reason=Reason(found["grunn"]),
            text=found["tekst"],
            ask_again_on=again,
        )


class MoveForm(forms.Form):
    """To another cohort of the same rollout."""

    pulje = forms.ChoiceField(
        label=_("Hvilken pulje vil dere flytte til?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Velg en pulje.")},
    )

    def __init__(
        self, data: MultiValueDict[str, Any] | None, *, choices: list[tuple[str, str]]
    ) -> None:
        super().__init__(data)
        field = self.fields["pulje"]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices


class ReceivedForm(forms.Form):
    """An answer that came by e-mail, letter or phone."""

    kanal = forms.ChoiceField(
        label=_("Hvordan kom svaret?"),
        widget=forms.RadioSelect,
        choices=[(channel.value, texts.CHANNELS[channel]) for channel in Channel],
        help_text=_("En telefonsamtale registreres som et signal. Den teller ikke som svar."),
        error_messages={"required": _("Velg hvordan svaret kom.")},
    )
    svar = forms.ChoiceField(
        label=_("Hva svarte kommunen?"),
        widget=forms.RadioSelect,
        choices=[(state.value, texts.STATES[state]) for state in AnswerState],
        error_messages={"required": _("Velg et svar.")},
    )
    hvem = forms.CharField(
        label=_("Hvem bestemte?"),
        required=False,
        max_length=MOST_WHO,
        help_text=_("Rolle eller utvalg, for eksempel «kommunestyret». Ikke navn."),
    )
    mottatt = DayField(label=_("Når kom det?"))
    pulje = forms.ChoiceField(
        label=_("Hold av plass i"),
        required=False,
        help_text=_("Bare for et ja. Plassen er kommunens når den bekrefter."),
    )
    # Uploads are limited by this name: uploads.ATTACHMENT.
    vedlegg = AttachmentField(label=_("Dokument"), required=False)
    merknad = forms.CharField(label=_("Merknad"), required=False, max_length=MOST_NOTE)

    def __init__(
        self,
        data: MultiValueDict[str, Any] | None,
        files: MultiValueDict[str, Any] | None,
        *,
        cohorts: Sequence[Cohort],
        left: Mapping[int, int],
        on: date,
        channel: str = "",
    ) -> None:
        super().__init__(data, files, initial={"mottatt": on, "kanal": channel})
        field = self.fields["pulje"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [
                ("", gettext("Ingen pulje")),
                *((str(row.pk), room_words(row, left.get(row.pk, 0))) for row in cohorts),
            ]


class GrantForm(forms.Form):
    """Whom a municipality lets answer for it, in one solution."""

    losning = forms.ChoiceField(
        label=_("Hvilken løsning gjelder det?"),
        error_messages={"required": _("Velg en løsning.")},
    )
    hvem = forms.ChoiceField(
        label=_("Hvem kan svare for dere?"),
        help_text=_("En vertskommune, eller et samarbeid dere er med i."),
        error_messages={"required": _("Velg hvem som kan svare.")},
    )
    til = DayField(
        label=_("Siste dag"),
        required=False,
        help_text=_("La feltet stå tomt hvis fullmakten gjelder til dere avslutter den."),
    )

    def __init__(
        self,
        data: MultiValueDict[str, Any] | None,
        *,
        solutions: list[tuple[str, str]],
        others: list[Any],
    ) -> None:
        super().__init__(data)
        for name, choices in (("losning", solutions), ("hvem", others)):
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = [("", gettext("Velg")), *choices]
