"""The words for following up: signals, messages to many, and word to the makers."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from samlop.rollouts.rules.followup import FollowRefusal, MailingKind, MergeField, Signal

Words = str | Promise

SIGNALS: Final[Mapping[Signal, Words]] = {
    Signal.YES: _("Ser ut til å bli med"),
    Signal.UNSURE: _("Usikker"),
    Signal.NO: _("Ser ikke ut til å bli med"),
}

MAILINGS: Final[Mapping[MailingKind, Words]] = {
    MailingKind.ADVANCE_NOTICE: _("Forhåndsinformasjon"),
    MailingKind.MESSAGE: _("Melding"),
}

# What each field is filled in with.
FIELDS: Final[Mapping[MergeField, Words]] = {
    MergeField.MUNICIPALITY: _("navnet på kommunen"),
    MergeField.ROLLOUT: _("navnet på innføringsløpet"),
    MergeField.COHORT: _("puljen kommunen har plass i, eller er invitert til"),
    MergeField.ANSWER_BY: _("svarfristen kommunen har fått"),
    MergeField.CONTACT: _("den regionale gruppa som kontaktpersonen hører til"),
}

REFUSALS: Final[Mapping[FollowRefusal, Words]] = {
    FollowRefusal.NO_WORDS: _("Skriv en tekst."),
    FollowRefusal.NO_SUBJECT: _("Skriv et emne, så mottakerne ser hva meldingen gjelder."),
    FollowRefusal.UNKNOWN_FIELD: _(
        "Det finnes ikke noe flettefelt som heter %(names)s. Bruk et av feltene i lista, eller "
        "ta bort klammene."
    ),
    FollowRefusal.NOBODY_CHOSEN: _("Velg minst én kommune."),
    FollowRefusal.SENT_JUST_NOW: _("Meldingen er sendt allerede. Den sendes ikke en gang til."),
    FollowRefusal.ALL_TOLD: _("Alle kommunene i målgruppen har alt fått forhåndsinformasjon."),
    FollowRefusal.NOT_UNDER_WAY: _(
        "Innføringsløpet er avsluttet eller avlyst, så det sendes ikke mer herfra."
    ),
    FollowRefusal.DAY_HAS_PASSED: _("Dagen er passert. Velg en dag som kommer."),
    FollowRefusal.ALREADY_WITHDRAWN: _("Notatet er alt trukket tilbake."),
    FollowRefusal.SOMEBODY_ELSES: _(
        "Bare den som skrev notatet, kan trekke det tilbake. Skriv heller et nytt."
    ),
    FollowRefusal.ALREADY_REPLIED: _(
        "Noen har svart mens du skrev. Se svaret, og meld fra på nytt om det er mer å si."
    ),
}


def signal_choices() -> list[tuple[str, Words]]:
    return [(code.value, SIGNALS[code]) for code in Signal]


def mailing_choices() -> list[tuple[str, Words]]:
    return [(code.value, MAILINGS[code]) for code in MailingKind]
