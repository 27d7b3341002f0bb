"""What a solution's own pages show: the overview and its history."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext

from samlop.accounts.models import Membership
from samlop.accounts.rules import Role
from samlop.audit.models import Event
from samlop.db.text_keys import SortKey
from samlop.portfolio.models import PhaseEvent, Prerequisite, Solution
from samlop.portfolio.queries import gates, trials
from samlop.portfolio.queries import solutions as queries
from samlop.portfolio.queries.gates import GateState
from samlop.portfolio.queries.trials import Trial
from samlop.portfolio.rules.gates import GateOutcome
from samlop.portfolio.rules.solutions import STAGES, Area, Phase, Sector
from samlop.portfolio.texts import gates as gate_texts
from samlop.portfolio.texts import solutions as texts
from samlop.web import formats, links
from samlop.web.history import pages as history
from samlop.web.history.pages import Reader, Row
from samlop.web.history.sentences import SENTENCES
from samlop.web.links import Part
from samlop.web.people.contacts import PersonRow, person_rows
from samlop.web.people.reader import Reader as PeopleReader
from samlop.web.shell.navigation import MUNICIPALITIES
from samlop.web.solutions.frame import COLORS, Frame
from samlop.web.solutions.rights import Rights

# The latest changes that stand under the phases; the history page has them all.
MOST_CHANGES = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseRow:
    """A service area and the phase it is in, with why and how we know."""

    area: str
    code: Area
    phase: str
    color: str
    since: date | None
    reason: str
    source: tuple[Part, ...]
    successor: str
    successor_address: str
    # The decision on ready for use, and the page that tells of it.
    decision: str
    decision_address: str
    # The form that takes the area away, while nothing stands on it.
    remove: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoppedIn:
    """Phases that stop or end it, said once for the areas that share the reason."""

    area: str
    phase: str
    reason: str
    successor: str
    successor_address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Exempt:
    """An exception in force: introduced without being ready, with the reason for everybody."""

    area: str
    body: str
    day: date
    reason: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    """Another solution that this one requires, or that requires this one."""

    name: str
    address: str
    note: str
    remove: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkRow:
    words: str
    address: str
    host: str
    remove: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialRow:
    name: str
    address: str
    area: str
    inhabitants: int | None
    systems: str
    valid_from: date
    # Its last day; none while it goes on.
    last: date | None
    change: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    words: str
    current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    frame: Frame
    rights: Rights
    paragraphs: tuple[str, ...]
    phases: tuple[PhaseRow, ...]
    # Areas where nobody new begins, in words for the top of the page.
    stopped: tuple[StoppedIn, ...]
    exceptions: tuple[Exempt, ...]
    facts: tuple[tuple[str, str], ...]
    # Those of the programme, for the signed-in.
    contacts: tuple[PersonRow, ...]
    links: tuple[LinkRow, ...]
    requires: tuple[Other, ...]
    required_by: tuple[Other, ...]
    instead_of: tuple[Other, ...]
    trials: tuple[TrialRow, ...]
    trial_sources: tuple[Part, ...]
    several_areas: bool
    process_leader: str
    survey: tuple[str, ...]
    stages: tuple[Stage, ...]


_STOPPED = frozenset({Phase.PAUSED, Phase.INTAKE_STOPPED, Phase.SUPERSEDED, Phase.PHASED_OUT})


def overview(
    solution: Solution, frame: Frame, rights: Rights, people: PeopleReader, *, today: date
) -> Overview:
    """Thirteen queries, and three more for the signed-in, however much stands around it."""
    offered = queries.offered(solution, on=frame.on)
    decided = gates.gates_of([one.offer for one in offered], frame.on)
    phases = tuple(_phase_row(solution, one, decided.get(one.offer), rights) for one in offered)
    tried = trials.of(solution, on=frame.on)
    current = {one.phase.phase for one in offered if one.phase}
    process = solution.is_joint_process
    return Overview(
        frame=frame,
        rights=rights,
        paragraphs=_paragraphs(solution.description),
        phases=phases,
        stopped=_stopped(phases, offered),
        exceptions=tuple(
            Exempt(
                area=str(texts.AREAS[one.area]).lower(),
                body=gate.body,
                day=gate.decided_on,
                reason=gate.reason,
                address=_decisions(solution),
            )
            for one in offered
            if (gate := decided.get(one.offer)) and gate.outcome is GateOutcome.EXCEPTION
        ),
        facts=(
            (gettext("Eier"), solution.owner),
            (gettext("Program eller prosjekt"), solution.programme),
            (gettext("Forvalter"), solution.maintainer),
            (gettext("Hvem den er for"), solution.audience),
            (gettext("Må være forankret i"), _sectors(solution)),
        ),
        contacts=_contacts(solution, people, on=today),
        links=tuple(
            LinkRow(
                words=link.words,
                address=link.address,
                host=host.words.partition("/")[0] if (host := links.website(link.address)) else "",
                remove=reverse("solutions:remove_link", args=[solution.slug, link.pk]),
            )
            for link in solution.links.order_by(SortKey("words"), "pk")
        ),
        requires=_requires(solution),
        required_by=_required_by(solution),
        instead_of=tuple(
            Other(name=one.name, address=reverse("solutions:show", args=[one.slug]), note="")
            for one in queries.superseded_by(solution, on=frame.on)
        ),
        trials=_trial_rows(solution, tried, rights),
        trial_sources=links.sources(trial.source for trial in tried),
        several_areas=len(offered) > 1,
        process_leader=solution.process_leader,
        survey=tuple(line.strip() for line in solution.status_survey.splitlines() if line.strip()),
        stages=tuple(Stage(words=str(texts.PHASES[one]), current=one in current) for one in STAGES)
        if process
        else (),
    )


def _contacts(solution: Solution, people: PeopleReader, *, on: date) -> tuple[PersonRow, ...]:
    """Today's, whatever day the page is asked for."""
    if not people.sees_people:
        return ()
    rows = (
        Membership.objects.filter(
            solution_slug=solution.slug, role=Role.PROGRAMME.value, person__is_active=True
        )
        .valid_on(on)
        .select_related("person")
        .order_by("pk")
    )
    return person_rows(list(rows), people, on=on)


def _paragraphs(text: str) -> tuple[str, ...]:
    blocks = text.replace("\r\n", "\n").split("\n\n")
    return tuple(block.strip() for block in blocks if block.strip())


def _sectors(solution: Solution) -> str:
    return _listed([str(texts.SECTORS[Sector(code)]) for code in solution.sectors])


def _listed(words: Sequence[str]) -> str:
    """«Sykehjem, hjemmetjeneste og legevakt»."""
    if len(words) < 2:
        return "".join(words)
    rest = [f"{word[:1].lower()}{word[1:]}" for word in words[1:]]
    return gettext("%(first)s og %(last)s") % {
        "first": ", ".join([words[0], *rest[:-1]]),
        "last": rest[-1],
    }


def _stopped(
    rows: Iterable[PhaseRow], offered: Iterable[queries.OfferedIn]
) -> tuple[StoppedIn, ...]:
    """One alert for the areas that stopped in the same way and for the same reason."""
    groups: dict[tuple[str, str, str, str], list[str]] = {}
    for row, one in zip(rows, offered, strict=True):
        if one.phase and one.phase.phase in _STOPPED:
            same = (row.phase, one.phase.reason, row.successor, row.successor_address)
            groups.setdefault(same, []).append(row.area)
    return tuple(
        StoppedIn(
            area=_listed(areas),
            phase=phase,
            reason=reason,
            successor=successor,
            successor_address=address,
        )
        for (phase, reason, successor, address), areas in groups.items()
    )


def _decisions(solution: Solution) -> str:
    return reverse("gates:list", args=[solution.slug])


def _phase_row(
    solution: Solution, one: queries.OfferedIn, gate: GateState | None, rights: Rights
) -> PhaseRow:
    phase = one.phase
    remove = ""
    if rights.own and phase is None:
        remove = reverse("solutions:remove_area", args=[solution.slug, one.area.value])
    return PhaseRow(
        area=str(texts.AREAS[one.area]),
        code=one.area,
        phase=str(texts.PHASES[phase.phase]) if phase else "",
        color=COLORS[phase.phase] if phase else "neutral",
        since=phase.since if phase else None,
        # What stops it is told at the top of the page.
        reason=phase.reason if phase and phase.phase not in _STOPPED else "",
        source=links.source(phase.source) if phase else (),
        successor=phase.successor if phase else "",
        successor_address=reverse("solutions:show", args=[phase.successor_slug])
        if phase and phase.successor_slug
        else "",
        decision=gettext("%(outcome)s, besluttet %(day)s i sak %(case)s")
        % {
            "outcome": str(gate_texts.GATE_OUTCOMES[gate.outcome]),
            "day": formats.long_date(gate.decided_on),
            "case": gate.case_number,
        }
        if gate
        else "",
        decision_address=_decisions(solution) if gate else "",
        remove=remove,
    )


def _requires(solution: Solution) -> tuple[Other, ...]:
    rows = solution.prerequisites.select_related("requires").order_by(
        SortKey("requires__name"), "pk"
    )
    return tuple(
        Other(
            name=row.requires.name,
            address=reverse("solutions:show", args=[row.requires.slug]),
            note=row.note,
            remove=reverse("solutions:remove_prerequisite", args=[solution.slug, row.pk]),
        )
        for row in rows
    )


def _required_by(solution: Solution) -> tuple[Other, ...]:
    rows = Prerequisite.objects.filter(requires=solution).select_related("solution")
    return tuple(
        Other(
            name=row.solution.name,
            address=reverse("solutions:show", args=[row.solution.slug]),
            note=row.note,
        )
        for row in rows.order_by(SortKey("solution__name"), "pk")
    )


def _trial_rows(solution: Solution, tried: Iterable[Trial], rights: Rights) -> tuple[TrialRow, ...]:
    """One row per municipality and period; whoever may change them sees each area by itself."""
    groups: dict[tuple[object, ...], list[Trial]] = {}
    for trial in tried:
        same = (trial.number, trial.valid_from, trial.valid_to, trial.record_systems)
        groups.setdefault((*same, trial.pk) if rights.edit else same, []).append(trial)
    return tuple(_trial_row(solution, group) for group in groups.values())


def _trial_row(solution: Solution, group: Sequence[Trial]) -> TrialRow:
    trial = group[0]
    return TrialRow(
        name=trial.name,
        address=f"{MUNICIPALITIES}{trial.number}/",
        area=_listed([str(texts.AREAS[one.area]) for one in group]),
        inhabitants=trial.inhabitants,
        systems=", ".join(trial.record_systems),
        valid_from=trial.valid_from,
        # People name the last day; a period ends before its end.
        last=trial.valid_to - timedelta(days=1) if trial.valid_to else None,
        change=reverse("solutions:change_trial", args=[solution.slug, trial.pk]),
    )


# --- history ---


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """One event of the way a solution has gone in one service area."""

    pk: int
    area: str
    phase: str
    color: str
    happened_on: date
    reason: str
    source: tuple[Part, ...]
    successor: str
    recorded_as: str
    recorded_at: datetime
    withdrawn_at: datetime | None
    withdrawn_as: str
    withdrawn_reason: str
    # The form that withdraws it, for those who may.
    withdraw: str


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    frame: Frame
    rights: Rights
    events: tuple[Recorded, ...]
    withdrawn: int
    # What else has been changed, for the signed-in.
    changes: tuple[Row, ...]


def history_page(
    solution: Solution, frame: Frame, rights: Rights, *, reader: Reader | None
) -> History:
    """The phases for everybody, one query; other changes for the signed-in, at most fourteen."""
    rows = (
        PhaseEvent.objects.filter(offer__solution=solution, happened_on__lte=frame.on)
        .select_related("offer", "superseded_by")
        .order_by("-happened_on", "-recorded_at", "-pk")
    )
    events = tuple(_recorded(solution, row, rights) for row in rows)
    return History(
        frame=frame,
        rights=rights,
        events=events,
        withdrawn=sum(event.withdrawn_at is not None for event in events),
        changes=_changes(solution, reader, frame.on) if reader else (),
    )


def _recorded(solution: Solution, row: PhaseEvent, rights: Rights) -> Recorded:
    phase = Phase(row.phase)
    withdraw = ""
    if row.withdrawn_at is None and rights.may_record(phase):
        withdraw = reverse("solutions:withdraw_phase", args=[solution.slug, row.pk])
    return Recorded(
        pk=row.pk,
        area=str(texts.AREAS[Area(row.offer.area)]),
        phase=str(texts.PHASES[phase]),
        color=COLORS[phase],
        happened_on=row.happened_on,
        reason=row.reason,
        source=links.source(row.source),
        successor=row.superseded_by.name if row.superseded_by else row.successor,
        recorded_as=_who(row.recorded_as),
        recorded_at=row.recorded_at,
        withdrawn_at=row.withdrawn_at,
        withdrawn_as=_who(row.withdrawn_as),
        withdrawn_reason=row.withdrawn_reason,
        withdraw=withdraw,
    )


def _who(label: str) -> str:
    """A role in the language of the page; what a machine is called stays."""
    return gettext(label) if label else ""


# Changes of what the overview shows to everybody; assessments and the like tell their own.
_TOLD = tuple(
    code
    for code in SENTENCES
    if code.startswith(
        (
            "portfolio.solution.",
            "portfolio.offer.",
            "portfolio.link.",
            "portfolio.prerequisite.",
            "portfolio.trial.",
        )
    )
)


def _changes(solution: Solution, reader: Reader, on: date) -> tuple[Row, ...]:
    about = Event.objects.about(solution).filter(code__in=_TOLD, happened_at__date__lte=on)
    found = list(about.order_by("-happened_at", "-pk")[:MOST_CHANGES])
    return tuple(history.rows_of(found, reader=reader, on=on))
