"""What the list of cases, one case and one body show, as far as the reader may see it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from samlop.db.text_keys import nb_sort_key
from samlop.governance import queries, rules, texts
from samlop.governance.models import Body, Case, Member
from samlop.governance.queries import BodyLine, CaseLine
from samlop.governance.rules import BodyKind, CaseState, DecisionKind, Function, Matter
from samlop.web import links
from samlop.web.addresses import changed
from samlop.web.downloads import Download, Field
from samlop.web.governance.addresses import of_case
from samlop.web.links import Part
from samlop.web.sorting import SortColumn, Sorting
from samlop.web.tables import SortLink

COLORS = {
    CaseState.OPEN: "info",
    CaseState.DECIDED: "success",
    CaseState.WITHDRAWN: "neutral",
}
CASES_SHOWN = 10

# --- the list ---


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRow:
    address: str
    number: str
    title: str
    body: str
    body_address: str
    is_about_readiness: bool
    state: str
    color: str
    outcome: str
    decided_on: date | None
    opened_on: date

    @classmethod
    def of(cls, line: CaseLine) -> "CaseRow":
        return cls(
            address=of_case(line),
            number=line.number_words,
            title=line.title,
            body=line.body,
            body_address=reverse("governance:body", args=[line.body_slug]),
            is_about_readiness=line.matter is Matter.READY_FOR_USE,
            state=str(
                texts.DECISION_KINDS[line.kind] if line.kind else texts.CASE_STATES[line.state]
            ),
            color=COLORS[line.state],
            outcome=line.text,
            decided_on=line.decided_on,
            opened_on=line.opened_on,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CasesPage:
    rows: tuple[CaseRow, ...]
    headers: tuple[SortLink, ...]
    found_words: str
    filtered: bool
    text: str
    body: str
    bodies: tuple[tuple[str, str], ...]
    year: str
    years: tuple[tuple[str, str], ...]
    state: str
    states: tuple[tuple[str, str], ...]
    matter: str
    matters: tuple[tuple[str, str], ...]
    sort: str
    reset: str
    csv: str
    xlsx: str
    may_open: bool
    # Visitors see what is decided; the page tells them that there is more.
    is_insider: bool


@dataclass(frozen=True, slots=True)
class Register:
    """The cases the reader asked for, in her order: for the page and for files alike."""

    rows: tuple[CaseLine, ...]
    sorting: Sorting[CaseLine]
    bodies: tuple[tuple[str, str], ...]
    years: tuple[int, ...]
    text: str
    body: str
    year: str
    state: str
    matter: str
    is_insider: bool
    on: date

    @property
    def is_filtered(self) -> bool:
        return bool(self.text or self.body or self.year or self.state or self.matter)

    @classmethod
    def of(cls, query: QueryDict, *, is_insider: bool, on: date) -> "Register":
        """Two queries, however many cases there are."""
        every = queries.lines(queries.visible_cases(to_insiders=is_insider))
        text = " ".join(query.get("q", "").replace("\0", "").split())[:100]
        body, year = query.get("organ", ""), query.get("ar", "")
        state, matter = query.get("status", ""), query.get("gjelder", "")
        sorting = Sorting.of(_columns(), query, usual="dato")
        if "sorter" not in query:
            # What is under way first, and then the newest.
            sorting = replace(sorting, descending=True)
        wanted = nb_sort_key(text)
        rows = [
            line
            for line in every
            if (not wanted or wanted in _searched(line))
            and (not body or line.body_slug == body)
            and (not year or str(line.year) == year)
            and (not state or line.state.value == state)
            and (not matter or line.matter.value == matter)
        ]
        named = tuple((one.slug, one.name) for one in queries.bodies(on=on))
        years = tuple(sorted({line.year for line in every}, reverse=True))
        return cls(
            tuple(sorting.rows(rows)),
            sorting,
            named,
            years,
            text,
            body,
            year,
            state,
            matter,
            is_insider,
            on,
        )


def _searched(line: CaseLine) -> str:
    return nb_sort_key(f"{line.number_words} {line.title} {line.body} {line.text}")


def _columns() -> tuple[SortColumn[CaseLine], ...]:
    return (
        SortColumn("sak", gettext("Sak"), lambda line: line.year * 100_000 + line.number),
        SortColumn("tittel", gettext("Hva saken gjelder"), lambda line: nb_sort_key(line.title)),
        SortColumn("organ", gettext("Organ"), lambda line: nb_sort_key(line.body)),
        SortColumn("status", gettext("Status"), lambda line: line.state.value),
        SortColumn("dato", gettext("Avgjort"), _when),
    )


def _when(line: CaseLine) -> date:
    """A case that is under way comes after all that are decided; a withdrawn one when it began."""
    if line.state is CaseState.OPEN:
        return date.max
    return line.decided_on or line.opened_on


def cases_page(found: Register, query: QueryDict, *, may_open: bool) -> CasesPage:
    return CasesPage(
        rows=tuple(CaseRow.of(line) for line in found.rows),
        headers=found.sorting.links(query),
        found_words=ngettext("%(num)s sak", "%(num)s saker", len(found.rows))
        % {"num": len(found.rows)},
        filtered=found.is_filtered,
        text=found.text,
        body=found.body,
        bodies=(("", gettext("Alle organer")), *found.bodies),
        year=found.year,
        years=(("", gettext("Alle år")), *((str(year), str(year)) for year in found.years)),
        state=found.state,
        states=(
            ("", gettext("Alle")),
            *((state.value, str(words)) for state, words in texts.CASE_STATES.items()),
        ),
        matter=found.matter,
        matters=(
            ("", gettext("Alle")),
            *((matter.value, str(words)) for matter, words in texts.MATTERS.items()),
        ),
        sort=found.sorting.code if "sorter" in query else "",
        reset=reverse("governance:list"),
        csv=changed(query, format="csv"),
        xlsx=changed(query, format="xlsx"),
        may_open=may_open,
        is_insider=found.is_insider,
    )


def cases_download(found: Register) -> Download:
    return Download(
        name="saker",
        sheet=gettext("Saker"),
        on=found.on,
        fields=(
            Field("sak", gettext("Sak"), 10),
            Field("organ", gettext("Organ"), 36),
            Field("tittel", gettext("Tittel"), 48),
            Field("gjelder", gettext("Gjelder"), 18),
            Field("status", gettext("Status"), 14),
            Field("form", gettext("Form"), 14),
            Field("avgjort", gettext("Avgjort"), 12),
            Field("ordlyd", gettext("Ordlyd"), 60),
        ),
        rows=[
            (
                line.number_words,
                line.body,
                line.title,
                str(texts.MATTERS[line.matter]),
                str(texts.CASE_STATES[line.state]),
                str(texts.DECISION_KINDS[line.kind]) if line.kind else "",
                line.decided_on,
                line.text,
            )
            for line in found.rows
        ],
    )


# --- one case ---


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedCase:
    words: str
    address: str
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePage:
    number: str
    title: str
    body: str
    body_address: str
    matter: str
    state: str
    color: str
    about: str
    recommendation: str
    opened_on: date
    kind: str
    text: str
    reason: str
    decided_on: date | None
    recorded_at: datetime | None
    # Her name, for those who may know it; her role stands in the history.
    recorded_by: str
    withdrawn_reason: str
    withdrawn_at: datetime | None
    builds_on: LinkedCase | None
    followed_by: tuple[LinkedCase, ...]
    # The page of the solution, where a case about readiness is decided and shown whole.
    gate: str
    gate_words: str
    edit: str
    decide: str
    withdraw: str


def case_page(
    case: Case,
    *,
    is_insider: bool,
    may_manage: bool,
    gate: tuple[str, str] = ("", ""),
) -> CasePage:
    """Two queries beside the case, which comes with its body, decision and what it builds on."""
    state = case.state()
    decision = case.decision if state is CaseState.DECIDED else None
    is_open = state is CaseState.OPEN
    ordinary = case.matter == Matter.ORDINARY.value
    later = queries.visible_cases(to_insiders=is_insider).filter(builds_on=case)
    before = case.builds_on
    if before is not None and not is_insider and before.state() is not CaseState.DECIDED:
        before = None
    by = decision.recorded_by if decision and is_insider else None
    return CasePage(
        number=case.number_words,
        title=case.title,
        body=case.body.name,
        body_address=reverse("governance:body", args=[case.body.slug]),
        matter="" if ordinary else str(texts.MATTERS[Matter(case.matter)]),
        state=str(texts.CASE_STATES[state]),
        color=COLORS[state],
        about=case.about,
        recommendation=case.recommendation,
        opened_on=case.opened_on,
        kind=str(texts.DECISION_KINDS[DecisionKind(decision.kind)]) if decision else "",
        text=decision.text if decision else "",
        reason=decision.reason if decision else "",
        decided_on=decision.decided_on if decision else None,
        recorded_at=decision.recorded_at if decision else None,
        recorded_by=_name(by.name, erased=by.erased_at is not None) if by else "",
        withdrawn_reason=case.withdrawn_reason,
        withdrawn_at=case.withdrawn_at,
        builds_on=_linked(before) if before is not None else None,
        followed_by=tuple(
            _linked(row)
            for row in later.select_related("body", "decision").order_by("year", "number", "pk")
        ),
        gate=gate[1],
        gate_words=gate[0],
        edit=of_case(case, "edit") if may_manage and is_open else "",
        decide=of_case(case, "decide") if may_manage and is_open and ordinary else "",
        withdraw=of_case(case, "withdraw") if may_manage and is_open else "",
    )


def _linked(case: Case) -> LinkedCase:
    decided = case.state() is CaseState.DECIDED
    return LinkedCase(
        words=gettext("Sak %(number)s, %(body)s: %(title)s")
        % {"number": case.number_words, "body": case.body.name, "title": case.title},
        address=of_case(case),
        outcome=case.decision.text if decided else str(texts.CASE_STATES[case.state()]),
    )


def earlier_cases(*, but: Case | None = None) -> list[tuple[str, str]]:
    """What a case can build on: those that are decided, the newest first. One query."""
    return [
        (str(line.pk), f"{line.number_words} {line.body}: {line.title}")
        for line in queries.lines(queries.visible_cases(to_insiders=False))
        if but is None or line.pk != but.pk
    ]


# --- bodies ---


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberRow:
    pk: int
    name: str
    function: str
    organisation: str
    since: date
    until: date | None
    begins: bool
    end: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BodiesPage:
    rows: tuple[BodyLine, ...]
    kinds: dict[BodyKind, str]
    may_create: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyPage:
    slug: str
    name: str
    kind: str
    gives: str
    mandate: str
    source: tuple[Part, ...]
    members: tuple[MemberRow, ...]
    former: tuple[MemberRow, ...]
    sees_names: bool
    cases: tuple[CaseRow, ...]
    all_cases: str
    more: bool
    may_manage: bool


def bodies_page(*, on: date, may_create: bool) -> BodiesPage:
    """One query."""
    return BodiesPage(
        rows=queries.bodies(on=on),
        kinds={kind: str(words) for kind, words in texts.BODY_KINDS.items()},
        may_create=may_create,
    )


def body_page(body: Body, *, is_insider: bool, may_manage: bool, on: date) -> BodyPage:
    """Two queries, however many members and cases."""
    members = [
        _member(row, sees_names=is_insider, may_manage=may_manage, on=on)
        for row in queries.members_of(body)
    ]
    cases = queries.lines(queries.visible_cases(to_insiders=is_insider).filter(body=body))
    kind = BodyKind(body.kind)
    return BodyPage(
        slug=body.slug,
        name=body.name,
        kind=str(texts.BODY_KINDS[kind]),
        gives=", ".join(str(texts.DECISION_KINDS[one]).lower() for one in rules.KINDS_OF[kind]),
        mandate=body.mandate,
        source=links.source(body.source),
        members=tuple(row for row in members if row.until is None or row.until > on),
        former=tuple(row for row in members if row.until is not None and row.until <= on),
        sees_names=is_insider,
        cases=tuple(CaseRow.of(line) for line in cases[:CASES_SHOWN]),
        all_cases=f"{reverse('governance:list')}?organ={body.slug}",
        more=len(cases) > CASES_SHOWN,
        may_manage=may_manage,
    )


def _member(row: Member, *, sees_names: bool, may_manage: bool, on: date) -> MemberRow:
    over = row.valid_to is not None and row.valid_to <= on
    erased = row.person.erased_at is not None
    return MemberRow(
        pk=row.pk,
        name=_name(row.person.name, erased=erased) if sees_names else "",
        function=str(texts.FUNCTIONS[Function(row.function)]),
        organisation=row.organisation,
        since=row.valid_from,
        until=row.valid_to,
        begins=row.valid_from > on,
        end=reverse("governance:end_seat", args=[row.pk]) if may_manage and not over else "",
    )


def _name(name: str, *, erased: bool) -> str:
    return gettext("Tidligere medlem") if erased else name


def choices(bodies: Sequence[BodyLine]) -> list[tuple[str, str]]:
    return [(str(one.pk), one.name) for one in bodies]
