"""What the pages of a decision basis show: the checklist with its parts, and one municipality's."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from django import forms
from django.forms import BoundField
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from samlop.municipalities.rules.capacity import LocalRole
from samlop.municipalities.texts import LOCAL_ROLES
from samlop.rollouts.models import Basis, BasisPrerequisite, Rollout
from samlop.rollouts.queries import basis as queries
from samlop.rollouts.queries.basis import BasisFor
from samlop.rollouts.rules import basis as rules
from samlop.rollouts.rules.basis import (
    BasisItem,
    PrerequisiteKind,
    PrerequisiteOwner,
    RoleHours,
)
from samlop.rollouts.texts import basis as texts
from samlop.web.costs import pages as cost_pages
from samlop.web.costs.pages import Place
from samlop.web.rollouts.basis_body import BasisBody, basis_body
from samlop.web.rollouts.basis_forms import RolesForm, StepsForm, TellForm
from samlop.web.rollouts.frame import Frame, address

# The page of the basis in which a part of the checklist is filled in.
_WRITTEN_IN: Final[Mapping[BasisItem, str]] = {
    BasisItem.WHAT: "basis_words",
    BasisItem.GAINS: "basis_words",
    BasisItem.GAINS_SOURCE: "basis_words",
    BasisItem.CONSEQUENCE: "basis_words",
    BasisItem.PREREQUISITES: "basis_add",
    BasisItem.HOURS: "basis_roles",
    BasisItem.ROLES: "basis_roles",
    BasisItem.SCHEDULE: "basis_steps",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemShown:
    """A line of the checklist, and where it is filled in, for those who may."""

    words: str
    done: bool
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PrerequisiteRow:
    title: str
    kind: str
    done_when: str
    owner: str
    when: str
    edit: str
    remove: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OverviewPage:
    frame: Frame
    begun: bool
    may_write: bool
    done: int
    items: tuple[ItemShown, ...]
    what: str
    gains: str
    gains_source: str
    gains_link: str
    consequence: str
    prerequisites: tuple[PrerequisiteRow, ...]
    # Role, whether all must have it, hours together, and month by month.
    roles: tuple[tuple[str, str, str, str], ...]
    total: str
    # What the cost model says instead; empty when the two agree.
    other_hours: str
    steps: tuple[tuple[str, str], ...]
    changed: date | None
    places: tuple[Place, ...]
    begin: str
    write_words: str
    write_roles: str
    write_steps: str
    add: str


def overview_page(
    rollout: Rollout, frame: Frame, *, on: date, municipalities: Iterable[int] | None
) -> OverviewPage:
    """`municipalities`: those it can be read as; None for all of the day. About twelve queries."""
    basis = queries.of(rollout)
    may_write = frame.standing.works
    checklist = queries.checklist(rollout)
    roles = queries.roles_of(basis) if basis else ()
    model = queries.hours_of_model(rollout)
    wanted = None if municipalities is None else frozenset(municipalities)
    return OverviewPage(
        frame=frame,
        begun=basis is not None,
        may_write=may_write,
        done=sum(done for _, done in checklist),
        items=tuple(
            ItemShown(
                words=str(texts.ITEMS[item]),
                done=done,
                address=_written_in(rollout, item) if may_write and basis else "",
            )
            for item, done in checklist
        ),
        what=basis.told_what if basis else "",
        gains=basis.told_gains if basis else "",
        gains_source=basis.gains_source if basis else "",
        gains_link=basis.gains_link if basis else "",
        consequence=basis.told_consequence if basis else "",
        prerequisites=_prerequisites(rollout, basis, may_write=may_write),
        roles=_roles(roles),
        total=texts.hours(sum((one.total for one in roles if one.needed), Decimal(0))),
        other_hours=texts.span(model) if rules.disagrees(roles, model) else "",
        steps=tuple((texts.weeks(row.weeks), row.words) for row in basis.steps.all())
        if basis
        else (),
        changed=timezone.localdate(basis.changed_at) if basis else None,
        places=tuple(one for one in cost_pages.places(on) if wanted is None or one.pk in wanted)
        if basis
        else (),
        begin=address(rollout, "basis_begin"),
        write_words=address(rollout, "basis_words"),
        write_roles=address(rollout, "basis_roles"),
        write_steps=address(rollout, "basis_steps"),
        add=address(rollout, "basis_add"),
    )


def _written_in(rollout: Rollout, item: BasisItem) -> str:
    if item in _WRITTEN_IN:
        return address(rollout, _WRITTEN_IN[item])
    if item is BasisItem.COST:
        return reverse("costs:show", args=[rollout.solution.slug])
    return address(rollout, "cohorts" if item is BasisItem.COHORT else "show")


def _prerequisites(
    rollout: Rollout, basis: Basis | None, *, may_write: bool
) -> tuple[PrerequisiteRow, ...]:
    if basis is None:
        return ()
    return tuple(
        PrerequisiteRow(
            title=row.title,
            kind=str(texts.KINDS[PrerequisiteKind(row.kind)]),
            done_when=row.done_when,
            owner=str(texts.OWNERS[PrerequisiteOwner(row.owner)]),
            when=_when(row),
            edit=address(rollout, "basis_change", row.pk) if may_write else "",
            remove=address(rollout, "basis_remove", row.pk) if may_write else "",
        )
        for row in queries.prerequisites_of(basis)
    )


def _when(row: BasisPrerequisite) -> str:
    if row.days_before == 0:
        return gettext("innen oppstart")
    return gettext("%(days)s dager før oppstart") % {"days": row.days_before}


def _roles(roles: Iterable[RoleHours]) -> tuple[tuple[str, str, str, str], ...]:
    return tuple(
        (
            str(LOCAL_ROLES[one.role]),
            gettext("Alle må ha den") if one.needed else gettext("Anbefales"),
            texts.hour_figure(one.total),
            " – ".join(texts.hour_figure(hours) for hours in one.monthly),
        )
        for one in roles
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class MunicipalityPage:
    """The basis as one municipality reads it."""

    frame: Frame
    name: str
    body: BasisBody
    missing: tuple[str, ...]
    docx: str
    pdf: str
    # Where to say how prerequisites stand, for those who may.
    tell: str
    back: str


def municipality_page(frame: Frame, found: BasisFor, *, may_tell: bool) -> MunicipalityPage:
    paper = address(found.rollout, "basis_paper", found.number)
    return MunicipalityPage(
        frame=frame,
        name=found.name,
        body=basis_body(found),
        missing=tuple(str(texts.ITEMS[item]) for item in found.missing),
        docx=f"{paper}?format=docx",
        pdf=f"{paper}?format=pdf",
        tell=address(found.rollout, "basis_tell", found.number)
        if may_tell and any(one.is_told for one in found.prerequisites)
        else "",
        back=address(found.rollout, "basis"),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class RowsPage:
    """A form with some fields a row: roles, steps, or prerequisites."""

    frame: Frame
    heading: str
    lead: str
    form: forms.Form
    rows: tuple[tuple[str, tuple[BoundField, ...]], ...]
    submit: str
    cancel: str


def roles_page(frame: Frame, form: RolesForm, *, cancel: str) -> RowsPage:
    return RowsPage(
        frame=frame,
        heading=gettext("Roller og timer"),
        lead=gettext(
            "For en kommune med 5 000–9 999 innbyggere, måned for måned fra oppstart: «8 6 4,5». "
            "For andre størrelser regnes timene om."
        ),
        form=form,
        rows=tuple(
            (str(LOCAL_ROLES[role]), (form[f"med-{role}"], form[f"timer-{role}"]))
            for role in LocalRole
        ),
        submit=gettext("Lagre rollene"),
        cancel=cancel,
    )


def steps_page(frame: Frame, form: StepsForm, *, cancel: str) -> RowsPage:
    return RowsPage(
        frame=frame,
        heading=gettext("Fremdriftsplanen i korthet"),
        lead=gettext(
            "Det kommunen må vite om tid. Skriv −6 for seks uker før oppstart, og 12 for tolv uker "
            "etter. Linjer som står tomme, lagres ikke. Kommuner som bruker nynorsk, leser nynorsk "
            "der det er skrevet."
        ),
        form=form,
        rows=tuple(
            (
                gettext("Steg %(number)s") % {"number": number},
                (form[f"hva-{number}"], form[f"nynorsk-{number}"], form[f"uke-{number}"]),
            )
            for number in range(1, form.count + 1)
        ),
        submit=gettext("Lagre planen"),
        cancel=cancel,
    )


def tell_page(frame: Frame, found: BasisFor, form: TellForm, *, cancel: str) -> RowsPage:
    return RowsPage(
        frame=frame,
        heading=gettext("Hva er på plass i %(name)s?") % {"name": found.name},
        lead=gettext(
            "Versjoner hos leverandøren og løsninger i bruk vet vi fra før. Svarene vises for "
            "kommunen, kontaktpersonen i regionen og dem som leder innføringen."
        ),
        form=form,
        rows=tuple(
            (one.told_title, (form[f"status-{one.pk}"], form[f"merknad-{one.pk}"]))
            for one in form.asked
        ),
        submit=gettext("Lagre"),
        cancel=cancel,
    )
