"""The words for help, local roles and papers for meetings."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from samlop.rollouts.rules.help import HelpRefusal, LocalRoleRefusal, Urgency
from samlop.rollouts.rules.meetings import Audience, MeetingBlock, MeetingKind, MeetingRefusal

Words = str | Promise

URGENCIES: Final[Mapping[Urgency, Words]] = {
    Urgency.STUCK: _("Vi står fast"),
    Urgency.THIS_WEEK: _("I løpet av uka"),
    Urgency.WHEN_IT_SUITS: _("Når det passer"),
}

MEETING_KINDS: Final[Mapping[MeetingKind, Words]] = {
    MeetingKind.STEERING_GROUP: _("Styringsgruppe"),
    MeetingKind.HEALTH_LEADERS: _("Helseledernettverk"),
}

MEETING_BLOCKS: Final[Mapping[MeetingBlock, Words]] = {
    MeetingBlock.STATUS: _("Status for hver løsning"),
    MeetingBlock.MISSING_ANSWERS: _("Svar som mangler"),
    MeetingBlock.FULL_QUARTERS: _("Fulle kvartaler"),
    MeetingBlock.COMING: _("Det som kommer"),
    MeetingBlock.MATTERS: _("Saker til behandling i FPU e-helse"),
    MeetingBlock.HELP: _("Hjelp gitt"),
}

AUDIENCES: Final[Mapping[Audience, Words]] = {
    Audience.MEETING: _("Møtet: kommunenes svar vises bare som summer"),
    Audience.OWN_USE: _("Bare jeg: med navn på kommunene"),
}

HELP_REFUSALS: Final[Mapping[HelpRefusal, Words]] = {
    HelpRefusal.SAYS_NOTHING: _("Skriv noe først."),
    HelpRefusal.NO_REGION: _(
        "Kommunen er ikke registrert i noen regional gruppe for e-helse, så det er ingen "
        "kontaktperson å spørre her. En administrator kan legge den inn."
    ),
    HelpRefusal.CLOSED: _("Spørsmålet er avsluttet. Still et nytt, hvis dere trenger mer hjelp."),
    HelpRefusal.ALREADY_OPEN: _("Spørsmålet er åpent fra før."),
}

LOCAL_ROLE_REFUSALS: Final[Mapping[LocalRoleRefusal, Words]] = {
    LocalRoleRefusal.NOT_HERE: _(
        "Personen har ingen rolle i kommunen i dag. Inviter henne under «Personer og roller» først."
    ),
    LocalRoleRefusal.SAME_PERSON: _("Velg en annen enn den som har rollen nå."),
    LocalRoleRefusal.ENDED: _("Rollen er alt avsluttet. Se siden på nytt."),
    LocalRoleRefusal.OWNER_LEADS: _(
        "Prosjekteieren er også lokal koordinator. Det går, men skriv hvorfor."
    ),
    LocalRoleRefusal.NOTHING_TO_HAND_OVER: _("Personen har ingen lokale roller å overføre."),
}

MEETING_REFUSALS: Final[Mapping[MeetingRefusal, Words]] = {
    MeetingRefusal.NO_BLOCKS: _("Kryss av for minst én del, eller skriv noe selv."),
    MeetingRefusal.TOO_MANY_LINES: _("Skriv tre linjer eller færre."),
    MeetingRefusal.BEFORE_THE_MEETING: _("Møtet er ikke holdt ennå."),
    MeetingRefusal.NOT_OF_THE_REGION: _("Innføringsløpet hører ikke til denne regionen."),
    MeetingRefusal.NOT_B: _("Bare innføringsløp for en region forankres i regionens møter."),
}


def urgency_choices() -> list[tuple[str, Words]]:
    return [(code.value, URGENCIES[code]) for code in Urgency]


def meeting_choices() -> list[tuple[str, Words]]:
    return [(code.value, MEETING_KINDS[code]) for code in MeetingKind]


def block_choices() -> list[tuple[str, Words]]:
    return [(code.value, MEETING_BLOCKS[code]) for code in MeetingBlock]


def audience_choices() -> list[tuple[str, Words]]:
    return [(code.value, AUDIENCES[code]) for code in Audience]
