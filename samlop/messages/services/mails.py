"""The mails about access and roles: each from ids and codes to words."""

from collections.abc import Callable, Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from samlop.accounts import texts as accounts_texts
from samlop.accounts.models import Membership
from samlop.accounts.rules import Role
from samlop.messages.rules import Group, Mail
from samlop.messages.services.kinds import DIGEST, Draft, Kind
from samlop.municipalities.models import MunicipalityCode
from samlop.municipalities.texts import day_words

INVITED: Final = "accounts.invited"
ROLE_GIVEN: Final = "accounts.role_given"
ROLE_ENDED: Final = "accounts.role_ended"
CODE: Final = "account.code"
CHANGED: Final = "account.changed"

SIGN_IN_PATH: Final = "konto/logg-inn/"
ACCOUNT_PATH: Final = "konto/"

# What may have been changed about how somebody signs in.
CHANGES: Final[Mapping[str, str | Promise]] = {
    "passkey_added": gettext_lazy("En passnøkkel er lagt til."),
    "passkey_removed": gettext_lazy("En passnøkkel er fjernet."),
    "totp_on": gettext_lazy("Engangskode fra app er slått på."),
    "totp_off": gettext_lazy("Engangskode fra app er slått av."),
    "recovery_codes": gettext_lazy("Nye reservekoder er laget."),
    "password": gettext_lazy("Passordet er endret."),
    "reset": gettext_lazy(
        "Den som drifter Samløp har fjernet passord, passnøkler, app og andre innlogginger. Logg "
        "inn med kode, og lag nye."
    ),
    "issuer_added": gettext_lazy("En innlogging hos en annen tjeneste er koblet til."),
    "issuer_removed": gettext_lazy("En innlogging hos en annen tjeneste er fjernet."),
}


def _membership(draft: Draft) -> Membership | None:
    return (
        Membership.objects.filter(pk=draft.context["membership"], person=draft.recipient)
        .select_related("region", "municipality", "county_authority", "vendor")
        .first()
    )


def _place(row: Membership) -> str:
    """The name the place has today; empty for the nation."""
    if row.municipality_id is not None:
        code = (
            MunicipalityCode.objects.filter(municipality=row.municipality_id)
            .order_by("-valid_from")
            .first()
        )
        return code.qualified_name if code else ""
    for held_in in (row.region, row.county_authority, row.vendor):
        if held_in is not None:
            return held_in.name
    return row.solution_slug


def _role_words(row: Membership) -> str:
    role, place = str(accounts_texts.ROLES[Role(row.role)]), _place(row)
    if not place:
        return role
    return _("%(role)s, %(place)s") % {"role": role, "place": place}


def _about_role(
    write: Callable[[Draft, Membership], Mail | None],
) -> Callable[[Draft], Mail | None]:
    def written(draft: Draft) -> Mail | None:
        row = _membership(draft)
        return write(draft, row) if row is not None else None

    return written


def _invited(draft: Draft, row: Membership) -> Mail | None:
    if row.valid_to is not None and row.valid_to <= row.valid_from:
        return None
    return Mail(
        subject=_("Du er invitert til Samløp"),
        paragraphs=(
            _("Du er registrert i Samløp med denne rollen: %(role)s.") % {"role": _role_words(row)},
            _(
                "Samløp er der kommunene, regionene og de nasjonale prosjektene planlegger felles "
                "innføring av e-helseløsninger."
            ),
            _(
                "Du trenger ikke passord. Skriv inn denne e-postadressen når du logger inn, så får "
                "du en kode på sekunder."
            ),
        ),
        button=_("Logg inn"),
        address=f"{draft.home}{SIGN_IN_PATH}",
        closing=(_("Stemmer det ikke at du har denne rollen? Da kan du se bort fra e-posten."),),
    )


def _given(draft: Draft, row: Membership) -> Mail | None:
    if row.valid_to is not None and row.valid_to <= row.valid_from:
        return None
    role = _role_words(row)
    return Mail(
        subject=_("Ny rolle i Samløp: %(role)s") % {"role": role},
        paragraphs=(
            _("Du har fått rollen %(role)s fra %(day)s.")
            % {"role": role, "day": day_words(row.valid_from)},
        ),
        button=_("Åpne Samløp"),
        address=draft.home,
    )


def _ended(draft: Draft, row: Membership) -> Mail | None:
    if row.valid_to is None:
        return None
    role = _role_words(row)
    return Mail(
        subject=_("Rollen din er avsluttet: %(role)s") % {"role": role},
        paragraphs=(
            _("Du har ikke rollen %(role)s fra og med %(day)s.")
            % {"role": role, "day": day_words(row.valid_to)},
        ),
        button=_("Åpne Samløp"),
        address=draft.home,
    )


def _code(draft: Draft) -> Mail | None:
    if not draft.secret:
        return None
    return Mail(
        subject=_("%(code)s er koden din til Samløp") % {"code": draft.secret},
        paragraphs=(_("Skriv denne koden der du er i ferd med å logge inn:"),),
        highlight=draft.secret,
        closing=(
            _("Koden virker i ti minutter, og bare én gang."),
            _(
                "Har du ikke prøvd å logge inn? Da kan du se bort fra e-posten. Gi aldri koden til "
                "andre, heller ikke til noen som sier de ringer fra Samløp."
            ),
        ),
    )


def _changed(draft: Draft) -> Mail | None:
    return Mail(
        subject=_("Innloggingen din i Samløp er endret"),
        paragraphs=(
            str(CHANGES[draft.context["what"]]),
            _("Var det ikke deg, så logg inn, avslutt øktene du ikke kjenner, og gi oss beskjed."),
        ),
        button=_("Se kontoen din"),
        address=f"{draft.home}{ACCOUNT_PATH}",
    )


def _item(item: Mail) -> str:
    """What it says, and where it leads: a digest has one button only."""
    said = f"• {item.subject}\n{' '.join(item.paragraphs)}"
    return f"{said}\n{item.address}" if item.address else said


def _digest(draft: Draft) -> Mail | None:
    if not draft.items:
        return None
    count = len(draft.items)
    return Mail(
        subject=ngettext(
            "Ukesbrev fra Samløp: %(count)s nyhet", "Ukesbrev fra Samløp: %(count)s nyheter", count
        )
        % {"count": count},
        paragraphs=(
            _("Dette har skjedd siden sist:"),
            *(_item(item) for item in draft.items),
        ),
        button=_("Åpne Samløp"),
        address=draft.home,
    )


KINDS: Final = (
    Kind(code=INVITED, group=Group.ACCESS, write=_about_role(_invited)),
    Kind(code=ROLE_GIVEN, group=Group.NEWS, write=_about_role(_given)),
    Kind(code=ROLE_ENDED, group=Group.NEWS, write=_about_role(_ended)),
    Kind(code=CODE, group=Group.ACCESS, write=_code, urgent=True),
    Kind(code=CHANGED, group=Group.ACCESS, write=_changed),
    # It gathers others, some of which are.
    Kind(code=DIGEST, group=Group.NEWS, write=_digest, private=True),
)
