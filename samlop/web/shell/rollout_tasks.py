"""What a person should do now in rollouts: answer, confirm, help, call, follow up."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext, ngettext

from samlop.accounts.rules import PERMITS, Permission
from samlop.lib.reach import Reach
from samlop.rollouts.queries import duties, feedback, heart, invitations, plans
from samlop.rollouts.queries import help as help_queries
from samlop.rollouts.queries.heart import Ask
from samlop.rollouts.rules.help import Urgency
from samlop.rollouts.texts import help as help_texts
from samlop.web import formats
from samlop.web.municipalities.heart import ask_address, ask_words
from samlop.web.shell.navigation import HeldRole
from samlop.web.shell.task import Task


def of(roles: Sequence[HeldRole], *, person: int | None, on: date) -> list[Task]:
    """Some ten queries, however many roles and municipalities there are."""
    return [
        *_to_answer(roles, on=on),
        *_help_answered(roles),
        *_of_regions(roles, on=on),
        *_to_contact(person, on=on),
        *_of_makers(roles),
        *_of_group(roles, on=on),
    ]


# A region's plan is news for so long.
NEWS: Final = timedelta(days=30)


def _of_group(roles: Sequence[HeldRole], *, on: date) -> list[Task]:
    """Plans the coordination group has been asked about, and new regional ones. Two queries."""
    if not any(Permission.MANAGE_GOVERNANCE in PERMITS[role.role] for role in roles):
        return []
    found = [
        Task(
            title=gettext("Gi råd om planen for %(name)s") % {"name": one.name},
            address=reverse("rollouts:show", args=[one.slug]),
            where=one.solution_name,
            why=gettext("Planen er delt med koordineringsgruppen, med det den kolliderer med."),
        )
        for one in plans.awaits_group(on)
    ]
    found += [
        Task(
            title=gettext("Se et nytt regionalt løp: %(name)s") % {"name": one.name},
            address=reverse("rollouts:show", args=[one.slug]),
            where=one.region_name,
            why=gettext("Varslet %(day)s. Gruppen skal ikke behandle det.")
            % {"day": formats.long_date(one.announced_at)},
        )
        for one in plans.announced_since(on - NEWS)
        if one.announced_at is not None
    ]
    return found


def _to_answer(roles: Sequence[HeldRole], *, on: date) -> list[Task]:
    """What waits for the municipality's own word. Two queries."""
    mine: dict[int, HeldRole] = {}
    decides: set[int] = set()
    evaluates: set[int] = set()
    for role in roles:
        if role.municipality is None or Permission.VIEW_ANSWERS not in PERMITS[role.role]:
            continue
        mine[role.municipality] = role
        if Permission.ANSWER_INVITATION in PERMITS[role.role]:
            decides.add(role.municipality)
        if Permission.EVALUATE_ROLLOUT in PERMITS[role.role]:
            evaluates.add(role.municipality)
    if not mine:
        return []
    found = []
    for one in heart.of(mine, on=on).questions:
        role = mine[one.municipality]
        why = ""
        if one.ask is Ask.OFFER:
            why = gettext("Plassen holdes av til dere. Etter fristen går den til den neste.")
        elif one.ask is Ask.CONFIRM:
            why = gettext("Plassen er reservert, og gjelder når dere har bekreftet.")
        if one.ask is Ask.EVALUATION:
            if one.municipality not in evaluates:
                continue
            why = gettext("Tre korte spørsmål, som hjelper de neste kommunene.")
        elif one.municipality not in decides:
            why = gettext("Den som har fullmakt hos dere, gir svaret.")
        found.append(
            Task(
                title=ask_words(one),
                address=ask_address(one, (role.address or "").strip("/").split("/")[-1]),
                where=role.place,
                why=why,
                due=one.due,
            )
        )
    return found


def _help_answered(roles: Sequence[HeldRole]) -> list[Task]:
    """Questions the region has answered and nobody has closed. One query."""
    mine = {
        role.municipality: role
        for role in roles
        if role.municipality is not None and Permission.ASK_FOR_HELP in PERMITS[role.role]
    }
    if not mine:
        return []
    return [
        Task(
            title=gettext("Les svaret fra regionen: %(what)s") % {"what": _short(one.what)},
            address=f"{mine[one.municipality].address}hjelp/{one.pk}/",
            where=mine[one.municipality].place,
            why=gettext("Er spørsmålet løst, kan dere avslutte det."),
        )
        for one in help_queries.open_of_municipalities(mine)
        if not one.awaits_region
    ]


def _short(words: str) -> str:
    return words if len(words) <= 80 else f"{words[:77].rstrip()} …"


def _of_regions(roles: Sequence[HeldRole], *, on: date) -> list[Task]:
    """Help that is asked for, whom to call, and surveys. Seven queries."""
    mine = {
        role.region: role
        for role in roles
        if role.region is not None and Permission.FOLLOW_UP in PERMITS[role.role]
    }
    if not mine:
        return []
    members = duties.members_of(mine, on=on)
    asked = [one for one in help_queries.open_of_regions(mine) if one.awaits_region]
    calls = invitations.to_call(Reach(municipalities=frozenset(members)), on=on)
    names = duties.named(
        {*(one.municipality for one in asked), *(one.municipality for one in calls)}, on=on
    )
    first = next(iter(mine.values()))
    found = [
        Task(
            title=gettext("Svar %(municipality)s, som ber om hjelp")
            % {"municipality": names[one.municipality].name},
            address=reverse("support:thread", args=[names[one.municipality].number, one.pk]),
            where=mine[one.region].place,
            why=f"{help_texts.URGENCIES[Urgency(one.urgency)]}: {_short(one.what)}",
        )
        for one in asked
        if one.municipality in names
    ]
    found += [
        Task(
            title=gettext("Ring %(municipality)s om %(rollout)s")
            % {"municipality": names[call.municipality].name, "rollout": call.rollout},
            address=reverse("rollouts:to_call"),
            where=mine[members[call.municipality]].place,
            why=gettext("Invitasjonen er ikke besvart etter to påminnelser."),
            due=call.answer_by,
        )
        for call in calls
        if call.municipality in names
    ]
    found += [
        Task(
            title=ngettext(
                "Kartlegging for %(rollout)s: %(count)d kommune står igjen",
                "Kartlegging for %(rollout)s: %(count)d kommuner står igjen",
                survey.waiting,
            )
            % {"rollout": survey.name, "count": survey.waiting},
            address=reverse("rollouts:survey", args=[survey.slug]),
            where=first.place,
            why=gettext("Én tabell for alle kommunene deres. Det tar noen minutter."),
            due=survey.answer_by,
        )
        for survey in duties.surveys(members)
    ]
    return found


def _to_contact(person: int | None, *, on: date) -> list[Task]:
    """Municipalities that somebody in the working group was to contact again. One query."""
    if person is None:
        return []
    return [
        Task(
            title=gettext("Ta kontakt med %(municipality)s om %(rollout)s")
            % {"municipality": one.municipality, "rollout": one.rollout},
            address=reverse("rollouts:municipality", args=[one.slug, one.number]),
            where=one.rollout,
            due=one.due,
        )
        for one in duties.contacts(person, on=on)
    ]


def _of_makers(roles: Sequence[HeldRole]) -> list[Task]:
    """Feedback that the programme has not answered. One query."""
    mine = {role.solution: role for role in roles if role.solution is not None}
    if not mine:
        return []
    return [
        Task(
            title=ngettext(
                "Svar på %(count)d tilbakemelding fra %(rollout)s",
                "Svar på %(count)d tilbakemeldinger fra %(rollout)s",
                one.count,
            )
            % {"count": one.count, "rollout": one.name},
            address=reverse("rollouts:feedback", args=[one.slug]),
            where=one.name,
            why=gettext("Den eldste er fra %(day)s.") % {"day": formats.long_date(one.since)},
        )
        for one in feedback.unanswered(mine)
    ]
