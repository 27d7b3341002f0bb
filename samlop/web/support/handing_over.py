"""The words of the pack for whoever takes over in a municipality."""

from datetime import date

from django.utils.translation import get_language, gettext

from samlop.accounts import texts as account_texts
from samlop.accounts.models import Membership
from samlop.accounts.rules import Role
from samlop.lib.paper import Block, Bullets, Heading, Paper, Table, Text
from samlop.municipalities.rules.capacity import LocalRole
from samlop.municipalities.texts import LOCAL_ROLES
from samlop.rollouts.models import Answer, RoleHolder, Worker
from samlop.rollouts.queries import heart
from samlop.rollouts.queries import help as help_queries
from samlop.rollouts.rules.answers import AnswerState
from samlop.rollouts.rules.rollouts import WorkFunction
from samlop.rollouts.services import help as help_services
from samlop.rollouts.texts import answers as answer_texts
from samlop.web import formats
from samlop.web.municipalities import pages
from samlop.web.municipalities.views import Own
from samlop.web.shell import tasks
from samlop.web.shell.navigation import HeldRole


def paper_of(own: Own, *, on: date) -> Paper:
    """What is open, what was decided, and whom to ask, as it stands that day."""
    name = own.code.qualified_name
    return Paper(
        language=(get_language() or "nb")[:2],
        title=gettext("Overlevering"),
        kicker=name,
        foot=gettext("%(municipality)s, laget i Samløp %(day)s")
        % {"municipality": name, "day": formats.long_date(on)},
        blocks=(
            Text(
                gettext(
                    "Til den som tar over: det som er åpent nå, det kommunen har svart, og hvem "
                    "dere kan spørre."
                )
            ),
            Heading(gettext("Åpne oppgaver")),
            *_tasks(own, on=on),
            Heading(gettext("Det vi er med på")),
            *_parts(own, on=on),
            Heading(gettext("Det kommunen har svart")),
            *_answers(own),
            Heading(gettext("Lokale roller")),
            *_roles(own),
            Heading(gettext("Kontakter")),
            *_contacts(own, on=on),
        ),
    )


def _tasks(own: Own, *, on: date) -> tuple[Block, ...]:
    here = [
        HeldRole(
            role=role,
            place=own.code.qualified_name,
            address=pages.address(own.code.number),
            municipality=own.row.pk,
        )
        for role in (Role.MUNICIPAL_COORDINATOR, Role.DECISION_MAKER)
    ]
    lines = [
        gettext("%(task)s (frist %(day)s)") % {"task": one.title, "day": formats.long_date(one.due)}
        if one.due
        else one.title
        for one in tasks.of(here, on=on)
    ]
    lines += [
        gettext("Åpent spørsmål om hjelp: %(what)s") % {"what": one.what}
        for one in help_queries.of_municipality(own.row.pk)
        if one.closed_at is None
    ]
    return (Bullets(lines),) if lines else (Text(gettext("Ingen åpne oppgaver.")),)


def _parts(own: Own, *, on: date) -> tuple[Block, ...]:
    found = heart.of([own.row.pk], on=on).parts
    if not found:
        return (Text(gettext("Kommunen er ikke med i noe innføringsløp nå.")),)
    return (
        Table(
            caption=gettext("Innføringsløp og puljer"),
            headings=(gettext("Innføringsløp"), gettext("Pulje"), gettext("Oppstart")),
            rows=[
                (
                    part.name,
                    part.cohort or gettext("På venteliste"),
                    formats.long_date(part.starts_on) if part.starts_on else "",
                )
                for part in found
            ],
        ),
    )


def _answers(own: Own) -> tuple[Block, ...]:
    rows = Answer.objects.filter(municipality=own.row).select_related("rollout")
    found = [
        (
            row.rollout.name,
            str(answer_texts.STATES[AnswerState(row.state)]),
            formats.short_date(row.given_on),
            row.given_as,
            row.case_number,
        )
        for row in rows.order_by("-recorded_at", "-pk")
    ]
    if not found:
        return (Text(gettext("Kommunen har ikke svart på noen invitasjon ennå.")),)
    return (
        Table(
            caption=gettext("Svar, de nyeste først"),
            headings=(
                gettext("Innføringsløp"),
                gettext("Svar"),
                gettext("Dato"),
                gettext("Gitt av"),
                gettext("Saksnummer"),
            ),
            rows=found,
        ),
    )


def _roles(own: Own) -> tuple[Block, ...]:
    rows = (
        RoleHolder.objects.filter(municipality=own.row, ended_on=None)
        .select_related("solution", "person")
        .order_by("solution__name", "pk")
    )
    found = [
        (
            row.solution.name,
            str(LOCAL_ROLES[LocalRole(row.role)]),
            str(row.person),
        )
        for row in rows
    ]
    if not found:
        return (Text(gettext("Ingen lokale roller er fordelt ennå.")),)
    return (
        Table(
            caption=gettext("Hvem gjør hva"),
            headings=(gettext("Løsning"), gettext("Rolle"), gettext("Hvem")),
            rows=found,
        ),
    )


def _contacts(own: Own, *, on: date) -> tuple[Block, ...]:
    """Those of the region and of the rollouts, and the municipality's own people."""
    rows: list[tuple[str, str, str, str]] = [
        (str(person), gettext("Kontaktperson e-helse"), person.phone, person.email or "")
        for person in help_services.contact_persons(own.place.regions, on=on)
    ]
    rollouts = [part.rollout for part in heart.places([own.row.pk])]
    rows += [
        (
            str(one.person),
            gettext("Innføringsleder, %(rollout)s") % {"rollout": one.rollout.name},
            one.person.phone,
            one.person.email or "",
        )
        for one in Worker.objects.filter(
            rollout__in=rollouts, function=WorkFunction.LEADER.value, ended_on=None
        ).select_related("person", "rollout")
    ]
    held = Membership.objects.valid_on(on).filter(municipality=own.row, person__is_active=True)
    rows += [
        (
            str(one.person),
            one.title or str(account_texts.ROLES[Role(one.role)]),
            one.person.phone,
            one.person.email or "",
        )
        for one in held.select_related("person").order_by("pk")
    ]
    if not rows:
        return (Text(gettext("Ingen er registrert.")),)
    return (
        Table(
            caption=gettext("Hvem dere kan spørre"),
            headings=(
                gettext("Navn"),
                gettext("Rolle"),
                gettext("Telefon"),
                gettext("E-post"),
            ),
            rows=rows,
        ),
    )
