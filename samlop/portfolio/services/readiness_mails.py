"""The mail that asks a vendor's people whether their dates are right."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from samlop.lib.days import local_day
from samlop.messages.rules import Group, Mail
from samlop.messages.services.kinds import Draft, Kind
from samlop.municipalities.texts import day_words
from samlop.portfolio.models import ReadinessLink
from samlop.portfolio.queries import readiness as queries
from samlop.portfolio.services.readiness_links import ASKED, token

LINK_PATH = "leverandorstatus/"


def _asked(draft: Draft) -> Mail | None:
    """Nothing is left to say when the link is revoked."""
    link = (
        ReadinessLink.objects.filter(
            pk=draft.context["link"], person=draft.recipient, revoked_at=None
        )
        .select_related("vendor")
        .first()
    )
    if link is None:
        return None
    rows = queries.own_rows(link.vendor_id, local_day(link.asked_at))
    solutions = sorted({row.solution for row in rows})
    return Mail(
        subject=_("Stemmer datoene deres? – %(vendor)s") % {"vendor": link.vendor.name},
        paragraphs=(
            ngettext(
                "Kommunene planlegger etter det som er opplyst om produktene fra %(vendor)s. "
                "Det gjelder %(count)d opplysning.",
                "Kommunene planlegger etter det som er opplyst om produktene fra %(vendor)s. "
                "Det gjelder %(count)d opplysninger.",
                len(rows),
            )
            % {"vendor": link.vendor.name, "count": len(rows)},
            _("Løsninger: %(solutions)s.") % {"solutions": ", ".join(solutions)},
            _(
                "Se over tabellen, og si fra om hver rad stemmer eller rett den. Alle kan lese "
                "den med lenken; for å lagre logger du inn med en kode til denne adressen."
            ),
        ),
        button=_("Se over datoene"),
        address=f"{draft.home}{LINK_PATH}{token(link)}/",
        closing=(_("Lenken virker til %(day)s.") % {"day": day_words(local_day(link.expires_at))},),
    )


KINDS = (Kind(code=ASKED, group=Group.TASKS, write=_asked, private=True),)
