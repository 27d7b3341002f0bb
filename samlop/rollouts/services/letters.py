"""What an invitation says to one municipality: the five lines of its mail, and the archive's copy.

Made the same each time, as of the day it was sent: a mail may be sent again after a crash.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from samlop.lib.days import local_day
from samlop.lib.paper import Block, Bullets, Facts, Heading, Paper, Text
from samlop.municipalities.models import MunicipalityCode
from samlop.municipalities.texts import day_words
from samlop.portfolio.rules.costs import CostPlace
from samlop.rollouts.models import Basis, Invitation
from samlop.rollouts.queries import basis as queries
from samlop.rollouts.queries.basis import CohortFor, Own
from samlop.rollouts.rules.basis import PrerequisiteOwner
from samlop.rollouts.texts import basis as texts

# What fits in a line of a mail; the rest is read on the page.
MOST_WHAT: Final = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the letter is made of, for one municipality."""

    invitation: Invitation
    municipality: str
    basis: Basis | None
    own: Own
    cohorts: tuple[CohortFor, ...]
    on: date


def told(invitation: Invitation) -> Told:
    """Some fifteen queries."""
    rollout, pk = invitation.rollout, invitation.municipality_id
    on = local_day(invitation.sent_at)
    codes = MunicipalityCode.objects.filter(municipality=pk, valid_from__lte=on)
    name = codes.order_by("-valid_from").values_list("qualified_name", flat=True).first()
    cohorts = queries.cohorts_for(rollout, pk, on)
    if invitation.cohort_id is not None:
        cohorts = tuple(one for one in cohorts if one.pk == invitation.cohort_id)
    return Told(
        invitation=invitation,
        municipality=name or "",
        basis=queries.of(rollout),
        own=queries.figures(rollout, [pk], on)[pk],
        cohorts=cohorts,
        on=on,
    )


def subject(invitation: Invitation) -> str:
    return _("Invitasjon: %(rollout)s – svar innen %(day)s") % {
        "rollout": invitation.rollout.name,
        "day": day_words(invitation.answer_by),
    }


def lines(one: Told) -> tuple[str, ...]:
    """What it is, when it starts, the hours, the cost, and what follows when they do not join."""
    found = [
        _("%(municipality)s er invitert til %(rollout)s.")
        % {"municipality": one.municipality, "rollout": one.invitation.rollout.name},
        what(one),
        start(one),
        _("Arbeid hos dere: %(hours)s.") % {"hours": hours(one)},
        _("Kostnad hos dere: %(cost)s.") % {"cost": cost(one)},
        consequence(one),
        room(one),
        _("Dere bestemmer selv. Svar innen %(day)s. Svaret kan endres til og med %(until)s.")
        % {
            "day": day_words(one.invitation.answer_by),
            "until": day_words(one.invitation.change_until),
        },
    ]
    return tuple(line for line in found if line)


def what(one: Told) -> str:
    words = one.invitation.rollout.summary or (one.basis.told_what if one.basis else "")
    return _shortened(words)


def start(one: Told) -> str:
    if not one.cohorts:
        return _("Innføringsløpet starter %(day)s.") % {
            "day": day_words(one.invitation.rollout.starts_on)
        }
    return _("Oppstart: %(cohorts)s.") % {
        "cohorts": ", ".join(
            _("%(name)s (%(day)s)") % {"name": cohort.name, "day": day_words(cohort.starts_on)}
            for cohort in one.cohorts
        )
    }


def hours(one: Told) -> str:
    months = max((len(role.monthly) for role in one.own.roles if role.needed), default=0)
    whole = texts.hours(one.own.hours)
    if not months:
        return whole
    return ngettext(
        "om lag %(hours)s i løpet av %(count)d måned",
        "om lag %(hours)s fordelt på %(count)d måneder",
        months,
    ) % {"hours": whole, "count": months}


def cost(one: Told) -> str:
    if one.own.figure is None:
        return _("ikke kjent")
    return _("%(yearly)s i året og %(once)s én gang") % {
        "yearly": texts.money(one.own.figure.sum(CostPlace.IF_JOINING)),
        "once": texts.money(one.own.figure.sum(CostPlace.ONE_OFF)),
    }


def consequence(one: Told) -> str:
    words = one.basis.told_consequence if one.basis else ""
    if not words:
        return ""
    return _("Hvis dere ikke blir med: %(words)s") % {"words": _shortened(words)}


def room(one: Told) -> str:
    """Why it is invited although its room is used up."""
    reason = one.invitation.room_reason
    if not reason:
        return ""
    return _(
        "Dere har lite rom for nytt når dette starter. Dere inviteres likevel, fordi: %(reason)s"
    ) % {"reason": reason}


def _shortened(words: str) -> str:
    whole = " ".join(words.split())
    if len(whole) <= MOST_WHAT:
        return whole
    return whole[: whole.rfind(" ", 0, MOST_WHAT)] + " …"


def paper(one: Told, *, language: str) -> Paper:
    """The whole invitation on paper, for the archive."""
    invitation = one.invitation
    blocks: list[Block] = [
        Facts(
            [
                (_("Invitert"), one.municipality),
                (_("Innføringsløp"), invitation.rollout.name),
                (_("Løsning"), invitation.rollout.solution.name),
                (_("Sendt"), day_words(one.on)),
                (_("Svarfrist"), day_words(invitation.answer_by)),
                (_("Svaret kan endres til og med"), day_words(invitation.change_until)),
                (_("Arbeid hos dere"), hours(one)),
                (_("Kostnad hos dere"), cost(one)),
            ]
        ),
        Text(start(one)),
    ]
    if room(one):
        blocks.append(Text(room(one)))
    if one.basis is not None:
        parts = (
            (_("Hva det er"), one.basis.told_what),
            (_("Nytten"), one.basis.told_gains),
            (_("Hvis dere ikke blir med"), one.basis.told_consequence),
        )
        for heading, words in parts:
            if words:
                blocks += [Heading(heading), Text(words)]
        rows = queries.prerequisites_of(one.basis)
        if rows:
            blocks += [
                Heading(_("Dette må være på plass")),
                Bullets(
                    [
                        f"{row.told_title} ({texts.OWNERS[PrerequisiteOwner(row.owner)]}): "
                        f"{row.done_when}"
                        for row in rows
                    ]
                ),
            ]
    blocks.append(
        Text(
            _("Deltakelse er kommunens egen beslutning. Kopien kan journalføres som mottatt."),
            quiet=True,
        )
    )
    return Paper(
        language=language,
        title=_("Invitasjon til %(rollout)s") % {"rollout": invitation.rollout.name},
        kicker=one.municipality,
        foot=_("Kopi til kommunens arkiv fra Samløp, %(day)s") % {"day": day_words(one.on)},
        blocks=blocks,
    )
