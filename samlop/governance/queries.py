"""Cases and bodies as pages read them."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet

from samlop.db.periods import valid_on
from samlop.db.text_keys import SortKey
from samlop.governance.models import Body, Case, CaseQuerySet, Member
from samlop.governance.rules import BodyKind, CaseState, DecisionKind, Function, Matter


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseLine:
    """One case with its outcome, if it has one."""

    pk: int
    body: str
    body_slug: str
    number: int
    year: int
    number_words: str
    title: str
    matter: Matter
    state: CaseState
    opened_on: date
    kind: DecisionKind | None
    decided_on: date | None
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyLine:
    """One body, how many sit in it that day, and how many cases it has decided."""

    pk: int
    slug: str
    name: str
    kind: BodyKind
    members: int
    decided: int


def visible_cases(*, to_insiders: bool) -> CaseQuerySet:
    """What is decided is public; what is not is for those who have a role."""
    rows = Case.objects.all()
    return rows if to_insiders else rows.decided()


def lines(rows: QuerySet[Case]) -> tuple[CaseLine, ...]:
    """The newest first. One query."""
    found = rows.select_related("body", "decision").order_by(
        "-year", "-opened_on", "body__slug", "-number", "pk"
    )
    return tuple(_line(row) for row in found)


def bodies(*, on: date) -> tuple[BodyLine, ...]:
    """Every body in the order of names. One query."""
    rows = Body.objects.annotate(
        seated=Count("members", filter=valid_on(on, "members"), distinct=True),
        decided=Count("cases", filter=Q(cases__decision__isnull=False), distinct=True),
    ).order_by(SortKey("name"), "pk")
    return tuple(
        BodyLine(
            pk=row.pk,
            slug=row.slug,
            name=row.name,
            kind=BodyKind(row.kind),
            members=row.seated,
            decided=row.decided,
        )
        for row in rows
    )


_FUNCTIONS = {function.value: place for place, function in enumerate(Function)}


def members_of(body: Body) -> tuple[Member, ...]:
    """Everybody who sits or has sat in it, the leader first. One query."""
    rows = Member.objects.filter(body=body).select_related("person")
    return tuple(sorted(rows, key=lambda row: (_FUNCTIONS[row.function], row.organisation, row.pk)))


def _line(row: Case) -> CaseLine:
    decision = row.decision if hasattr(row, "decision") else None
    return CaseLine(
        pk=row.pk,
        body=row.body.name,
        body_slug=row.body.slug,
        number=row.number,
        year=row.year,
        number_words=row.number_words,
        title=row.title,
        matter=Matter(row.matter),
        state=row.state(),
        opened_on=row.opened_on,
        kind=DecisionKind(decision.kind) if decision else None,
        decided_on=decision.decided_on if decision else None,
        text=decision.text if decision else "",
    )
