"""The words for what keeps an invitation from being sent, for deadlines, links and codes."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from samlop.rollouts.rules.invitations import Clash, Exclusion, InvitationRefusal
from samlop.rollouts.rules.rollouts import TargetGroup

Words = str | Promise

# Those with a day are filled in where they are shown.
EXCLUSIONS: Final[Mapping[Exclusion, Words]] = {
    Exclusion.OUTSIDE_TARGET: _("Ikke i målgruppen: kommunen har innført løsningen."),
    Exclusion.OUTSIDE_REGION: _("Ikke i regionen som innføringsløpet er for."),
    Exclusion.OUTSIDE_KEY: _("Har ikke det puljen har felles."),
    Exclusion.ALREADY_INVITED: _("Er invitert allerede."),
    Exclusion.HAS_PLACE: _("Har plass allerede."),
    Exclusion.VENDOR_NOT_READY: _("Leverandøren er ikke klar."),
    Exclusion.DECLINED_UNTIL: _("Har bedt om å bli spurt igjen når hindringen er borte."),
    Exclusion.SAID_NO: _("Har svart nei takk."),
    Exclusion.BLACKOUT: _("Har sagt at det ikke passer da puljen starter."),
    Exclusion.NOBODY_TO_WRITE_TO: _(
        "Ingen i kommunen er registrert som den som kan svare, eller som koordinator."
    ),
}
# Whoever is outside the target group, by whom the rollout is for.
OUTSIDE: Final[Mapping[TargetGroup, Words]] = {
    TargetGroup.NOT_INTRODUCED: EXCLUSIONS[Exclusion.OUTSIDE_TARGET],
    TargetGroup.BOOST: _(
        "Ikke i målgruppen: kommunen har ikke innført løsningen, eller bruker den aktivt."
    ),
    TargetGroup.EVERYBODY: _("Ikke i målgruppen slik den var da løpet ble åpnet."),
}
EXCLUSIONS_WITH_A_DAY: Final[Mapping[Exclusion, Words]] = {
    Exclusion.VENDOR_NOT_READY: _("Leverandøren er ikke klar. Ventes %(day)s."),
    Exclusion.DECLINED_UNTIL: _("Har bedt om å bli spurt igjen %(day)s."),
    Exclusion.BLACKOUT: _("Har sagt at det ikke passer før %(day)s."),
}

CLASHES: Final[Mapping[Clash, Words]] = {
    Clash.TOO_SHORT: _(
        "Fristen er kortere enn seks uker. En politisk behandling tar ofte seks til ti uker."
    ),
    Clash.NOT_A_WORKING_DAY: _("Fristen er ikke på en arbeidsdag."),
    Clash.JULY: _("Fristen er i fellesferien eller rett etter den."),
    Clash.EASTER: _("Fristen er i påsken eller rett etter den."),
    Clash.CHRISTMAS: _("Fristen er i jula eller rett etter den."),
    Clash.ELECTION: _("Fristen er rundt valgdagen."),
}

REFUSALS: Final[Mapping[InvitationRefusal, Words]] = {
    InvitationRefusal.NOT_OPEN: _(
        "Innføringsløpet er ikke åpent for påmelding. Åpne det først, så kan dere invitere."
    ),
    InvitationRefusal.BASIS_INCOMPLETE: _(
        "Beslutningsgrunnlaget er ikke komplett, så ingen er invitert. Fyll ut det som mangler."
    ),
    InvitationRefusal.COHORT_LOCKED: _(
        "Puljen kan ikke invitere ennå: puljen før har ikke nådd det stoppregelen krever."
    ),
    InvitationRefusal.COHORT_CLOSED: _(
        "Puljen har startet eller er avlyst, så ingen kan inviteres til den. Velg en annen."
    ),
    InvitationRefusal.NOBODY_CHOSEN: _("Kryss av minst én kommune."),
    InvitationRefusal.CANNOT_BE_INVITED: _(
        "%(municipality)s kan ikke inviteres: %(reason)s Ingen er invitert. Se over lista på nytt."
    ),
    InvitationRefusal.DEADLINE_PAST: _("Svarfristen må være etter i dag."),
    InvitationRefusal.DEADLINE_AFTER_START: _("Svarfristen må være før puljen starter."),
    InvitationRefusal.CHANGE_BEFORE_ANSWER: _(
        "Dagen svaret kan endres til, må være lik svarfristen eller senere."
    ),
    InvitationRefusal.NO_ROOM_REASON: _(
        "%(municipality)s har ikke rom for mer. Skriv hvorfor kommunen likevel inviteres. "
        "Kommunen ser det dere skriver."
    ),
    InvitationRefusal.WITHDRAWN: _("Invitasjonen er trukket tilbake allerede."),
    InvitationRefusal.NO_REASON: _("Skriv hvorfor. Kommunen ser det dere skriver."),
    InvitationRefusal.LINK_CLOSED: _("Lenken virker ikke lenger."),
    InvitationRefusal.NOT_OWN_ADDRESS: _(
        "Lenken kan bare sendes videre til en jobbadresse i kommunen."
    ),
    InvitationRefusal.TO_ONESELF: _("Lenken er sendt til denne adressen allerede. Skriv en annen."),
    InvitationRefusal.HAS_LINK: _("Denne personen har fått sin egen lenke allerede."),
    InvitationRefusal.SENT_ON_TOO_OFTEN: _(
        "Lenken er sendt videre så mange ganger den kan. Spør innføringslederen om en ny."
    ),
    InvitationRefusal.CODE_WRONG: _("Koden stemmer ikke. Se etter i den nyeste e-posten fra oss."),
    InvitationRefusal.CODE_TOO_OLD: _(
        "Koden virker ikke lenger. Be om en ny. Svaret dere fylte ut, står her fortsatt."
    ),
    InvitationRefusal.CODES_TOO_OFTEN: _(
        "Det er sendt mange koder den siste timen. Vent litt, og prøv igjen."
    ),
    InvitationRefusal.CODES_USED_UP: _(
        "Det er sendt så mange koder som det kan på ett døgn. Logg inn og svar, eller prøv igjen "
        "i morgen."
    ),
    InvitationRefusal.NO_MANDATE: _(
        "Du er ikke registrert som en som kan svare for kommunen. Send lenken til den som kan, "
        "eller be kontaktpersonen i regionen om å registrere deg."
    ),
}
