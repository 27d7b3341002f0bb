"""Changes to bodies, seats, cases and decisions, one function each."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Max, Q
from django.db.models.functions import Lower

from samlop.accounts.models import Person
from samlop.accounts.rules import PeopleRefusal, writing
from samlop.accounts.services import CannotChangePeople, add_person
from samlop.audit.services import change
from samlop.db import locks
from samlop.governance import rules, texts
from samlop.governance.models import Body, Case, Decision, Member
from samlop.governance.rules import (
    BodyKind,
    DecisionKind,
    Function,
    GovernanceRefusal,
    Matter,
)
from samlop.lib import slugs
from samlop.lib.actors import Actor
from samlop.lib.errors import Refused
from samlop.municipalities.rules.writing import name as tidy_name
from samlop.municipalities.texts import day_words

_BODIES = "governance.bodies"


class CannotGovern(Refused):
    """A rule says no; nothing was changed."""

    def __init__(self, refusal: GovernanceRefusal, **words: object) -> None:
        super().__init__(str(texts.GOVERNANCE_REFUSALS[refusal]) % words)
        self.refusal = refusal


# --- bodies ---


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownBody:
    """One body of our own data file."""

    slug: str
    name: str
    kind: BodyKind
    mandate: str
    source: str


def ensure_bodies(bodies: Iterable[KnownBody], *, by: Actor) -> int:
    """Make the known bodies that are missing; what people have changed since stays theirs."""
    made = 0
    for known in bodies:
        with change("governance.body.created", by=by) as record:
            locks.hold(_BODIES)
            if Body.objects.filter(Q(slug=known.slug) | Q(name=known.name)).exists():
                record.nothing_changed()
                continue
            body = Body.objects.create(
                slug=known.slug,
                name=known.name,
                kind=known.kind.value,
                mandate=known.mandate,
                source=known.source,
            )
            record(body, details={"name": body.name})
            made += 1
    return made


def create_body(
    *, name: str, kind: BodyKind, by: Actor, mandate: str = "", source: str = ""
) -> Body:
    """A new body. Raises CannotGovern."""
    name = _usable_name(name)
    with change("governance.body.created", by=by) as record:
        locks.hold(_BODIES)
        _require_free_name(name)
        body = Body.objects.create(
            slug=slugs.free_slug(
                name, set(Body.objects.values_list("slug", flat=True)), otherwise="organ"
            ),
            name=name,
            kind=kind.value,
            mandate=_prose(mandate, 4000),
            source=_line(source, 300),
        )
        record(body, details={"name": name})
    return body


def change_body(*, body: Body, name: str, mandate: str, source: str, by: Actor) -> Body:
    """Name and mandate; what it may say stays, and so does the address. Raises CannotGovern."""
    wanted = {
        "name": _usable_name(name),
        "mandate": _prose(mandate, 4000),
        "source": _line(source, 300),
    }
    with change("governance.body.changed", by=by) as record:
        locks.hold(_BODIES)
        row = Body.objects.select_for_update(no_key=True).get(pk=body.pk)
        _require_free_name(wanted["name"], but=row)
        changed = [field for field, value in wanted.items() if getattr(row, field) != value]
        if not changed:
            record.nothing_changed()
            return row
        for field in changed:
            setattr(row, field, wanted[field])
        row.save(update_fields=changed)
        record(row, details={"name": row.name, "changed": changed})
    return row


# --- members ---


def seat(
    *,
    body: Body,
    person: Person,
    function: Function,
    by: Actor,
    on: date,
    organisation: str = "",
    until: date | None = None,
) -> Member:
    """The person sits in the body from the day. Raises CannotGovern."""
    if until is not None and until <= on:
        raise CannotGovern(GovernanceRefusal.ENDS_BEFORE_START)
    with change("governance.member.seated", by=by) as record:
        _lock_body(body)
        if not Person.objects.filter(pk=person.pk, erased_at=None).exists():
            raise CannotGovern(GovernanceRefusal.ERASED)
        meanwhile = Member.objects.filter(body=body).filter(Q(valid_to=None) | Q(valid_to__gt=on))
        if until is not None:
            meanwhile = meanwhile.filter(valid_from__lt=until)
        if meanwhile.filter(person=person).exists():
            raise CannotGovern(GovernanceRefusal.ALREADY_MEMBER)
        leads = function is Function.LEADER
        if leads and meanwhile.filter(function=Function.LEADER.value).exists():
            raise CannotGovern(GovernanceRefusal.LEADER_TAKEN)
        member = Member.objects.create(
            body=body,
            person=person,
            function=function.value,
            organisation=_line(organisation, 120),
            valid_from=on,
            valid_to=until,
        )
        record(member, details={"name": body.name, "function": function.value})
    return member


def seat_by_email(
    *,
    body: Body,
    email: str,
    name: str,
    function: Function,
    by: Actor,
    on: date,
    organisation: str = "",
    until: date | None = None,
) -> Member:
    """As `seat`; a person with an address we do not know is added, without any role.

    Raises CannotGovern and CannotChangePeople.
    """
    address = writing.email(email)
    if not address:
        raise CannotChangePeople(PeopleRefusal.BAD_EMAIL, text=email.strip())
    if writing.is_shared_mailbox(address):
        raise CannotChangePeople(PeopleRefusal.SHARED_MAILBOX, text=address)
    with change("governance.member.named", by=by) as record:
        locks.hold(f"accounts.person.{address.casefold()}")
        person = Person.objects.filter(email__iexact=address).first()
        if person is None:
            called = tidy_name(name)
            if called is None:
                raise CannotChangePeople(PeopleRefusal.NO_NAME)
            person = add_person(
                name=called,
                email=address,
                is_example=Person.objects.filter(pk=by.pk or 0, is_example=True).exists(),
                by=by,
            )
        member = seat(
            body=body,
            person=person,
            function=function,
            organisation=organisation,
            by=by,
            on=on,
            until=until,
        )
        record(member, details={"name": body.name})
    return member


def end_seat(*, member: Member, by: Actor, on: date) -> None:
    """The first day without the seat. Raises CannotGovern."""
    with change("governance.member.ended", by=by) as record:
        _lock_body(member.body)
        row = Member.objects.select_related("body").get(pk=member.pk)
        if row.valid_to is not None and row.valid_to <= on:
            raise CannotGovern(GovernanceRefusal.TERM_IS_OVER)
        if on <= row.valid_from:
            raise CannotGovern(GovernanceRefusal.ENDS_BEFORE_START)
        row.valid_to = on
        row.save(update_fields=["valid_to"])
        record(row, details={"name": row.body.name, "function": row.function})
    member.refresh_from_db(fields=["valid_to"])


# --- cases ---


def open_case(
    *,
    body: Body,
    title: str,
    about: str,
    by: Actor,
    on: date,
    recommendation: str = "",
    builds_on: Case | None = None,
    matter: Matter = Matter.ORDINARY,
) -> Case:
    """A new case with the body's next number of the year. Raises CannotGovern."""
    title, about = _line(title, 200), _prose(about, 8000)
    if not title:
        raise CannotGovern(GovernanceRefusal.NO_TITLE)
    if not about:
        raise CannotGovern(GovernanceRefusal.NO_ABOUT)
    with change("governance.case.opened", by=by) as record:
        # Two cases opened at once must not get one number: the body is the queue.
        _lock_body(body)
        last = Case.objects.filter(body=body, year=on.year).aggregate(last=Max("number"))["last"]
        case = Case.objects.create(
            body=body,
            year=on.year,
            number=(last or 0) + 1,
            title=title,
            matter=matter.value,
            about=about,
            recommendation=_prose(recommendation, 4000),
            builds_on=builds_on,
            opened_on=on,
            opened_by_id=by.pk,
        )
        record(case, details=_told(case, body))
    return case


def change_case(
    *,
    case: Case,
    title: str,
    about: str,
    recommendation: str,
    by: Actor,
    builds_on: Case | None = None,
) -> Case:
    """What is laid before the body, until it has decided. Raises CannotGovern."""
    wanted: dict[str, object] = {
        "title": _line(title, 200),
        "about": _prose(about, 8000),
        "recommendation": _prose(recommendation, 4000),
        "builds_on_id": builds_on.pk if builds_on else None,
    }
    if not wanted["title"]:
        raise CannotGovern(GovernanceRefusal.NO_TITLE)
    if not wanted["about"]:
        raise CannotGovern(GovernanceRefusal.NO_ABOUT)
    if builds_on is not None and builds_on.pk == case.pk:
        raise CannotGovern(GovernanceRefusal.OTHER_CASE)
    with change("governance.case.changed", by=by) as record:
        row = _locked_open(case)
        changed = [field for field, value in wanted.items() if getattr(row, field) != value]
        if not changed:
            record.nothing_changed()
            return row
        for field in changed:
            setattr(row, field, wanted[field])
        row.save(update_fields=[field.removesuffix("_id") for field in changed])
        record(row, details=_told(row, row.body))
    return row


def withdraw_case(*, case: Case, reason: str, by: Actor, at: datetime) -> None:
    """The case is not to be treated after all; its number stays taken. Raises CannotGovern."""
    reason = _line(reason, 500)
    if not reason:
        raise CannotGovern(GovernanceRefusal.NO_REASON)
    with change("governance.case.withdrawn", by=by, reason=reason, at=at) as record:
        row = _locked_open(case)
        row.withdrawn_at, row.withdrawn_reason = at, reason
        row.save(update_fields=["withdrawn_at", "withdrawn_reason"])
        record(row, details=_told(row, row.body))
    case.refresh_from_db(fields=["withdrawn_at", "withdrawn_reason"])


def decide(
    *,
    case: Case,
    kind: DecisionKind,
    text: str,
    decided_on: date,
    by: Actor,
    on: date,
    at: datetime,
    reason: str = "",
    matter: Matter = Matter.ORDINARY,
) -> Decision:
    """Record what the body came to, for good. Raises CannotGovern.

    `on` is the day it is recorded. `matter` must be what the case is about: a case that is
    decided together with something else is not decided by whoever does not know of it.
    """
    text, reason = _prose(text, 8000), _prose(reason, 8000)
    if not text:
        raise CannotGovern(GovernanceRefusal.NO_TEXT)
    with change("governance.case.decided", by=by, at=at) as record:
        row = _locked(case)
        facts = row.facts()
        if refusal := rules.refusal_to_decide(
            facts, kind, matter=matter, decided_on=decided_on, on=on
        ):
            raise CannotGovern(
                refusal,
                body=row.body.name,
                kinds=", ".join(
                    str(texts.DECISION_KINDS[one]).lower() for one in rules.KINDS_OF[facts.body]
                ),
                day=day_words(row.opened_on),
            )
        decision = Decision.objects.create(
            case=row,
            kind=kind.value,
            text=text,
            reason=reason,
            decided_on=decided_on,
            recorded_by_id=by.pk,
            recorded_at=at,
        )
        record(row, details={**_told(row, row.body), "kind": kind.value})
    return decision


# --- what these share ---


def _lock_body(body: Body) -> None:
    Body.objects.select_for_update(no_key=True).get(pk=body.pk)


def _locked(case: Case) -> Case:
    """Read after the lock is held: whoever came first has been seen."""
    Case.objects.select_for_update(no_key=True).get(pk=case.pk)
    return Case.objects.select_related("body", "decision").get(pk=case.pk)


def _locked_open(case: Case) -> Case:
    row = _locked(case)
    match row.state():
        case rules.CaseState.DECIDED:
            raise CannotGovern(GovernanceRefusal.ALREADY_DECIDED)
        case rules.CaseState.WITHDRAWN:
            raise CannotGovern(GovernanceRefusal.WITHDRAWN)
        case rules.CaseState.OPEN:
            return row


def _told(case: Case, body: Body) -> dict[str, object]:
    return {"number": case.number_words, "title": case.title, "body": body.name}


def _usable_name(name: str) -> str:
    tidy = _line(name, 120)
    if not tidy:
        raise CannotGovern(GovernanceRefusal.NO_NAME)
    return tidy


def _require_free_name(name: str, *, but: Body | None = None) -> None:
    others = Body.objects.annotate(lower=Lower("name")).filter(lower=name.lower())
    if but is not None:
        others = others.exclude(pk=but.pk)
    if others.exists():
        raise CannotGovern(GovernanceRefusal.NAME_TAKEN)


def _line(text: str, longest: int) -> str:
    return " ".join(text.replace("\0", "").split())[:longest].rstrip()


def _prose(text: str, longest: int) -> str:
    """Paragraphs as written, without spaces at the ends of lines."""
    lines = [line.rstrip() for line in text.replace("\0", "").splitlines()]
    return "\n".join(lines).strip()[:longest].rstrip()
