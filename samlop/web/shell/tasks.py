"""What a person should do now, gathered from every role she holds.

Each area adds one function here: roles in, tasks out, the same number of queries however many
roles there are. There is no common task table: a task is an open question in its own app.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from samlop.accounts.rules import PERMITS, Permission
from samlop.lib.quarters import Quarter
from samlop.municipalities.models import RegionMembership
from samlop.municipalities.queries import capacity
from samlop.municipalities.rules.kinds import Certainty
from samlop.portfolio.models import Offer
from samlop.portfolio.queries import cards, gates, health, material, readiness
from samlop.portfolio.queries import copies as template_copies
from samlop.portfolio.rules.solutions import Area
from samlop.portfolio.texts.solutions import AREAS
from samlop.uptake.queries import alerts as use_alerts
from samlop.uptake.queries import card as uptake_card
from samlop.uptake.queries import stages
from samlop.uptake.queries.stages import Standing
from samlop.uptake.rules.watch import Concern
from samlop.uptake.texts.watch import CONCERNS
from samlop.web import formats
from samlop.web.assessments.areas import ADDRESSES
from samlop.web.assessments.home import UnderWay
from samlop.web.shell import rollout_tasks
from samlop.web.shell.navigation import HeldRole
from samlop.web.shell.task import Task

# An alert is a question: whoever has had so long to look at it, has looked.
LOOKED_AT_FOR: Final = timedelta(days=60)


def of(
    roles: Sequence[HeldRole],
    *,
    on: date,
    assessments: Sequence[UnderWay] = (),
    person: int | None = None,
) -> tuple[Task, ...]:
    """All of them, the earliest deadline first and those without one last."""
    found = (
        *_answers_to_look_at(assessments),
        *_room_to_answer(roles, on=on),
        *_uptake_to_answer(roles, on=on),
        *_use_to_look_at(roles, on=on),
        *_members_to_confirm(roles, on=on),
        *_dates_to_confirm(roles, on=on),
        *_templates_to_look_at(roles),
        *_material_to_go_through(roles, on=on),
        *_moves_to_answer(roles, on=on),
        *_cases_to_decide(roles),
        *_conditions_to_follow_up(roles, on=on),
        *_health_to_assess(roles),
        *rollout_tasks.of(roles, person=person, on=on),
    )
    return tuple(sorted(found, key=lambda task: (task.due is None, task.due or on, task.title)))


def _cases_to_decide(roles: Sequence[HeldRole]) -> list[Task]:
    """Solutions whose case is before the body. One query for whoever records its decisions."""
    if not _allows(roles, Permission.DECIDE_GATE):
        return []
    return [
        Task(
            title=gettext("Beslutt om %(name)s er klar til bruk (%(area)s)")
            % {"name": one.name, "area": _area_words(one.area)},
            address=reverse("gates:offer", args=[one.solution, ADDRESSES[Area(one.area)]]),
            where=one.name,
            why=gettext("Sak %(number)s er til behandling.") % {"number": one.number},
        )
        for one in gates.awaiting_decision()
    ]


def _conditions_to_follow_up(roles: Sequence[HeldRole], *, on: date) -> list[Task]:
    """What should have been done by now, for those who set it. One query."""
    decides = _allows(roles, Permission.DECIDE_GATE)
    assesses = _allows(roles, Permission.ASSESS_HEALTH)
    if not decides and not assesses:
        return []
    return [
        Task(
            title=gettext("Følg opp et vilkår: %(text)s") % {"text": one.text},
            address=reverse("gates:show", args=[one.solution, one.gate])
            if one.gate is not None
            else reverse("gates:health", args=[one.solution, ADDRESSES[Area(one.area)]]),
            where=one.name,
            due=one.due_by,
        )
        for one in gates.overdue_conditions(on, of_gates=decides, of_health=assesses)
    ]


def _health_to_assess(roles: Sequence[HeldRole]) -> list[Task]:
    """Assessments under way, for those who assess. One query."""
    if not _allows(roles, Permission.ASSESS_HEALTH):
        return []
    return [
        Task(
            title=gettext("Vurder om %(name)s er helsefaglig forsvarlig (%(area)s)")
            % {"name": one.name, "area": _area_words(one.area)},
            address=reverse("gates:health", args=[one.solution, ADDRESSES[Area(one.area)]]),
            where=one.name,
            why=gettext("%(answered)s av %(questions)s spørsmål er besvart.")
            % {"answered": one.answered, "questions": one.questions},
        )
        for one in health.all_under_way()
    ]


def _allows(roles: Sequence[HeldRole], permission: Permission) -> bool:
    return any(permission in PERMITS[role.role] for role in roles)


def _area_words(area: str) -> str:
    words = str(AREAS[Area(area)])
    return f"{words[:1].lower()}{words[1:]}"


def _answers_to_look_at(assessments: Sequence[UnderWay]) -> list[Task]:
    """What the deciding body disagrees with, and what waits for it."""
    found = []
    for one in assessments:
        where = f"{one.solution}, {one.area[:1].lower()}{one.area[1:]}"
        if one.answers and one.progress.disagreed:
            title = ngettext(
                "Organet er uenig i %(count)s svar om %(where)s",
                "Organet er uenig i %(count)s svar om %(where)s",
                one.progress.disagreed,
            )
            count = one.progress.disagreed
        elif one.judges and one.progress.await_opinion:
            title = ngettext(
                "Se på %(count)s svar om %(where)s",
                "Se på %(count)s svar om %(where)s",
                one.progress.await_opinion,
            )
            count = one.progress.await_opinion
        else:
            continue
        found.append(
            Task(
                title=title % {"count": count, "where": where},
                address=one.address,
                where=one.solution,
                why=one.words,
            )
        )
    return found


def _room_to_answer(roles: Sequence[HeldRole], *, on: date) -> list[Task]:
    """«Rom for nytt» for the next two quarters. One query."""
    mine = {
        role.municipality: role
        for role in roles
        if role.municipality is not None and Permission.CHANGE_CAPACITY in PERMITS[role.role]
    }
    if not mine:
        return []
    waiting = capacity.unanswered(mine, on=on)
    return [
        Task(
            title=gettext("Svar på om dere har rom for noe nytt i %(quarters)s")
            % {"quarters": formats.quarters(quarters)},
            address=f"{mine[municipality].address}rom-for-nytt/",
            where=mine[municipality].place,
            why=gettext("Da vet regionen og innføringslederne når det passer å spørre dere."),
        )
        for municipality, quarters in waiting.items()
    ]


def _uptake_to_answer(roles: Sequence[HeldRole], *, on: date) -> list[Task]:
    """What others say of a municipality, the quarter's card, and what former ones had.

    Six queries, and four more for each that came of others.
    """
    mine = {
        role.municipality: role
        for role in roles
        if role.municipality is not None and Permission.REPORT_UPTAKE in PERMITS[role.role]
    }
    if not mine:
        return []
    offers = {one.pk: one for one in Offer.objects.select_related("solution")}
    said: dict[int, list[tuple[Offer, Standing]]] = {municipality: [] for municipality in mine}
    for (offer, municipality), one in stages.standing(offers, on, municipalities=mine).items():
        said[municipality].append((offers[offer], one))
    answered = uptake_card.answered(mine, Quarter.of(on))
    found = []
    for municipality, role in mine.items():
        found += _replies_due(role, said[municipality], on=on)
        if said[municipality] and municipality not in answered:
            found.append(
                Task(
                    title=gettext("Stemmer det som står om løsningene deres?"),
                    address=f"{role.address}stemmer-dette/",
                    where=role.place,
                    why=gettext("Ett kort for kvartalet. Det tar noen minutter."),
                    due=Quarter.of(on).ends_before - timedelta(days=1),
                )
            )
    for municipality in sorted(stages.came_of_others(mine)):
        if waiting := len(stages.carry_proposals(municipality)):
            found.append(
                Task(
                    title=ngettext(
                        "Si om %(count)d løsning følger med fra de tidligere kommunene",
                        "Si om %(count)d løsninger følger med fra de tidligere kommunene",
                        waiting,
                    )
                    % {"count": waiting},
                    address=f"{mine[municipality].address}utbredelse/for-over/",
                    where=mine[municipality].place,
                )
            )
    return found


def _replies_due(role: HeldRole, said: Sequence[tuple[Offer, Standing]], *, on: date) -> list[Task]:
    """What others have said since the municipality spoke: unseen by the public, or disputed."""
    waiting = [
        (offer, one)
        for offer, one in said
        if not one.replied and (one.disagrees or not one.is_open_on(on))
    ]
    if not waiting:
        return []
    before = [one.open_from for _, one in waiting if one.open_from and not one.is_open_on(on)]
    if len(waiting) == 1:
        offer = waiting[0][0]
        title = gettext("Svar på det andre har opplyst: %(name)s") % {"name": offer.solution.name}
        address = f"{role.address}utbredelse/{offer.solution.slug}/{ADDRESSES[Area(offer.area)]}/"
    else:
        title = gettext("Svar på det andre har opplyst om %(count)d løsninger") % {
            "count": len(waiting)
        }
        address = f"{role.address}stemmer-dette/"
    return [
        Task(
            title=title,
            address=address,
            where=role.place,
            why=gettext("Svarer dere nå, er det deres svar andre ser.")
            if before
            else gettext("Kildene er ikke enige om hvor langt dere er kommet."),
            due=min(before) - timedelta(days=1) if before else None,
        )
    ]


def _use_to_look_at(roles: Sequence[HeldRole], *, on: date) -> list[Task]:
    """Alerts about use, for a while: to the municipality, and later to its contact person.

    Three queries at most.
    """
    own: dict[int, HeldRole] = {}
    groups: dict[int, HeldRole] = {}
    for role in roles:
        if role.municipality is not None and Permission.REPORT_UPTAKE in PERMITS[role.role]:
            own[role.municipality] = role
        elif role.region is not None and Permission.VIEW_UPTAKE in PERMITS[role.role]:
            groups[role.region] = role
    if not own and not groups:
        return []
    members = dict(
        RegionMembership.objects.valid_on(on)
        .filter(region__in=groups)
        .values_list("municipality_id", "region_id")
        if groups
        else ()
    )
    found = []
    told: dict[int, set[int]] = {}
    for one in use_alerts.standing_of(own, members, since=on - LOOKED_AT_FOR):
        if one.municipality_id in own:
            role = own[one.municipality_id]
            found.append(
                Task(
                    title=gettext("Se på bruken av %(solution)s")
                    % {"solution": one.indicator.solution.name},
                    address=f"{role.address}utbredelse/#bruk",
                    where=role.place,
                    why=gettext("%(concern)s. Trenger dere hjelp?")
                    % {"concern": CONCERNS[Concern(one.concern)]},
                )
            )
        else:
            told.setdefault(members[one.municipality_id], set()).add(one.municipality_id)
    return found + [
        Task(
            title=ngettext(
                "Hør om %(count)d kommune trenger hjelp med bruken",
                "Hør om %(count)d kommuner trenger hjelp med bruken",
                len(municipalities),
            )
            % {"count": len(municipalities)},
            address=f"{groups[region].address}#bruk",
            where=groups[region].place,
            why=gettext("Bruken har vært lav i minst 14 dager."),
        )
        for region, municipalities in told.items()
    ]


def _members_to_confirm(roles: Sequence[HeldRole], *, on: date) -> list[Task]:
    """Municipalities that are only assumed to be in the person's region. One query."""
    mine = {
        role.region: role
        for role in roles
        if role.region is not None and Permission.CONFIRM_REGION_MEMBERS in PERMITS[role.role]
    }
    if not mine:
        return []
    assumed = (
        RegionMembership.objects.filter(region__in=mine, certainty=Certainty.ASSUMED.value)
        .valid_on(on)
        .values_list("region_id")
        .annotate(waiting=Count("pk"))
        .order_by("region_id")
    )
    return [
        Task(
            title=ngettext(
                "Bekreft om %(count)d kommune hører til %(region)s",
                "Bekreft om %(count)d kommuner hører til %(region)s",
                waiting,
            )
            % {"count": waiting, "region": mine[region].place},
            address=f"{mine[region].address}#kommuner",
            where=mine[region].place,
            why=gettext("De er lagt inn etter fylkeslista, og noen i regionen må se over dem."),
        )
        for region, waiting in assumed
    ]


def _dates_to_confirm(roles: Sequence[HeldRole], *, on: date) -> list[Task]:
    """What a vendor's people have not said, or not lately, of their own products. Two queries."""
    mine = {
        role.vendor: role
        for role in roles
        if role.vendor is not None and Permission.CONFIRM_VENDOR_READINESS in PERMITS[role.role]
    }
    if not mine:
        return []
    rows = readiness.own_rows_of(mine, on)
    waiting = {vendor: sum(row.awaits_vendor(on) for row in own) for vendor, own in rows.items()}
    return [
        Task(
            title=ngettext(
                "Stemmer det som står om %(count)d av produktene deres?",
                "Stemmer det som står %(count)d steder om produktene deres?",
                count,
            )
            % {"count": count},
            address=f"{mine[vendor].address}status/",
            where=mine[vendor].place,
            why=gettext("Kommunene planlegger etter datoene. Bekreft dem, eller rett dem."),
        )
        for vendor, count in waiting.items()
        if count
    ]


def _templates_to_look_at(roles: Sequence[HeldRole]) -> list[Task]:
    """Copies whose master has come in a new version. One query."""
    mine = {
        role.municipality: role
        for role in roles
        if role.municipality is not None and Permission.USE_TEMPLATES in PERMITS[role.role]
    }
    if not mine:
        return []
    return [
        Task(
            title=gettext("Se hva som er nytt i malen «%(title)s»") % {"title": copy.title},
            address=f"{mine[municipality].address}maler/{copy.pk}/endringer/",
            where=mine[municipality].place,
            why=gettext("Versjon %(number)d er kommet. Dere velger selv hva dere tar inn.")
            % {"number": copy.newest},
        )
        for municipality, copies in template_copies.behind(mine).items()
        for copy in copies
    ]


def _material_to_go_through(roles: Sequence[HeldRole], *, on: date) -> list[Task]:
    """What a programme is to go through in its solution's material. One query."""
    mine = {
        role.solution: role
        for role in roles
        if role.solution and Permission.EDIT_SOLUTION in PERMITS[role.role]
    }
    if not mine:
        return []
    return [
        Task(
            title=gettext("Gå gjennom «%(title)s»") % {"title": item.title},
            address=reverse("material:show", args=[item.slug]),
            where=mine[solution].place,
            why=gettext("Si fra om det stemmer, eller publiser en ny versjon."),
            due=item.review_on,
        )
        for solution, items in material.due(mine, on=on).items()
        for item in items
    ]


def _moves_to_answer(roles: Sequence[HeldRole], *, on: date) -> list[Task]:
    """Solutions whose vendors now cover so many that A is proposed. At most six queries."""
    if not any(Permission.CHOOSE_ROLLOUT_TYPE in PERMITS[role.role] for role in roles):
        return []
    return [
        Task(
            title=gettext("Svar på om %(solution)s skal gå fra C til A")
            % {"solution": one.offer.solution.name},
            address=f"{reverse('cards:show', args=[one.offer.solution.slug])}"
            f"?omrade={ADDRESSES[Area(one.offer.area)]}",
            where=str(AREAS[Area(one.offer.area)]),
            why=gettext("Leverandørene er klare i %(share)s av kommunene.")
            % {"share": formats.percent(one.proposal.share.percent / 100)},
        )
        for one in cards.proposals(on)
    ]
