"""Makes the example's rollouts through the services, each step on the day it would have been."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import cycle
from typing import Final

from samlop.accounts import services as accounts
from samlop.accounts import texts as account_texts
from samlop.accounts.models import Membership, Person
from samlop.accounts.rules import Role
from samlop.example.people import MUNICIPALITY
from samlop.example.portfolio.governance import InRole, holder
from samlop.example.rollouts.plans import MADE_UP, PLANS, REASONS, WORDS, Plan
from samlop.example.rollouts.plans import Cohort as CohortPlan
from samlop.governance import services as governance
from samlop.governance.rules import DecisionKind
from samlop.lib.actors import Actor
from samlop.messages.models import Message
from samlop.messages.rules import State
from samlop.municipalities.models import Municipality, MunicipalityCode, Product, Region
from samlop.municipalities.rules.kinds import RegionKind
from samlop.portfolio.models import Offer
from samlop.portfolio.queries.readiness import coverage
from samlop.rollouts.models import Cohort, Invitation, Rollout
from samlop.rollouts.queries import invitations as invitation_queries
from samlop.rollouts.queries.invitations import Choosing, Row
from samlop.rollouts.queries.rollouts import target_of
from samlop.rollouts.rules.answers import AnswerState, Content, Reason
from samlop.rollouts.rules.basis import RoleHours, Wished
from samlop.rollouts.rules.cohorts import CohortState, Threshold
from samlop.rollouts.rules.invitations import Exclusion, may_be_invited
from samlop.rollouts.rules.places import MAY_BE_WISHED
from samlop.rollouts.rules.rollouts import RolloutKind, RolloutState, WorkFunction
from samlop.rollouts.services import (
    answers,
    basis,
    cohorts,
    invitations,
    rollouts,
    sharing,
    staffing,
    stop_rule,
)

# Extra people are there to be invited; nobody signs in as one of them from the list.
ADDRESS: Final = "beslutning-{number}@kommune.example.invalid"
FIGURES: Final = "https://example.org/eksempel/feilliste"
SINCE: Final = timedelta(days=500)
ANSWERED_AFTER: Final = (4, 7, 9, 12, 15, 18)
ROOM: Final = (
    "Fristen hos Norsk helsenett gjør at puljen ikke kan vente. Si fra hvis det er for mye."
)


def load(*, by: Actor, on: date) -> int:
    """Make the rollouts that are missing; returns how many rollouts and answers."""
    leader = holder(Role.ROLLOUT_LEADER)
    offers = {
        (offer.solution.slug, offer.area): offer
        for offer in Offer.objects.select_related("solution")
    }
    made = 0
    for plan in PLANS:
        offer = offers.get((plan.solution, plan.area.value))
        if leader is None or offer is None or Rollout.objects.filter(slug=plan.slug).exists():
            continue
        made += _Making(plan, offer, leader, by, on).make()
    return made


@dataclass(frozen=True, slots=True)
class _Making:
    """One rollout on its way: what it is to be, and the day it is counted from."""

    plan: Plan
    offer: Offer
    leader: Person
    by: Actor
    on: date

    def day(self, days: int) -> date:
        return self.on + timedelta(days=days)

    def at(self, days: int) -> datetime:
        return _noon(self.day(days))

    @property
    def acting(self) -> InRole:
        return InRole(self.leader.pk, str(account_texts.ROLES[Role.ROLLOUT_LEADER]))

    def make(self) -> int:
        before = Message.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        rollout = self._planned()
        self._told(rollout)
        self._basis(rollout)
        self._shared(rollout)
        rollout = rollouts.open_enrolment(
            rollout=rollout,
            by=self.acting,
            on=self.day(self.plan.opened),
            at=self.at(self.plan.opened),
        )
        made = self._asked(rollout)
        # They were sent long ago: the example sends nothing when it is loaded.
        left = Message.objects.filter(pk__gt=before, state__in=[State.QUEUED, State.WAITING])
        left.update(state=State.SENT.value, sent_at=_noon(self.on), next_attempt_at=None)
        return 1 + made

    # --- the plan ---

    def _planned(self) -> Rollout:
        plan = self.plan
        day, at = self.day(plan.made), self.at(plan.made)
        facts = rollouts.Facts(
            name=plan.name,
            offer=self.offer,
            kind=plan.kind,
            target=plan.target,
            starts_on=self.day(plan.starts),
            ends_on=self.day(plan.ends),
            expected=plan.expected,
            region=_group(self.on) if plan.kind is RolloutKind.REGION else None,
            needs_nhn=plan.needs_nhn,
            summary=plan.summary,
        )
        rollout = rollouts.create_rollout(
            facts=facts, leader=self.leader, slug=plan.slug, by=self.acting, on=day, at=at
        )
        contact = holder(Role.CONTACT_PERSON)
        if contact is not None:
            staffing.add_worker(
                rollout=rollout,
                person=contact,
                function=WorkFunction.MEMBER,
                organisation="Regional gruppe e-helse, Agder",
                by=self.acting,
                on=day,
                at=at,
            )
        for kind, name, must, ready in plan.actors:
            staffing.add_actor(
                rollout=rollout,
                facts=staffing.ActorFacts(
                    kind=kind, name=name, must=must, ready_by=self.day(ready)
                ),
                by=self.acting,
                at=at,
            )
        return rollout

    def _told(self, rollout: Rollout) -> None:
        plan = self.plan
        day, at = self.day(plan.made), self.at(plan.made)
        products = {row.slug: row for row in Product.objects.all()}
        for one in plan.cohorts:
            cohorts.create_cohort(
                rollout=rollout,
                facts=cohorts.Facts(
                    name=one.name,
                    starts_on=self.day(one.starts),
                    ends_on=self.day(one.ends),
                    minimum=2,
                    maximum=one.maximum,
                    answer_by=self.day(one.starts - 70),
                    change_until=self.day(one.starts - 35),
                    product=products.get(one.product),
                    leader=self.leader,
                ),
                by=self.acting,
                at=at,
            )
        if plan.stop_rule:
            stop_rule.fix_thresholds(
                rollout=rollout,
                thresholds=[
                    Threshold(measure=measure, limit=limit, after_days=days)
                    for measure, limit, days in plan.stop_rule
                ],
                by=self.acting,
                on=day,
                at=at,
            )

    def _basis(self, rollout: Rollout) -> None:
        plan, at = self.plan, self.at(self.plan.made + 7)
        row = basis.begin(rollout=rollout, by=self.acting, at=at)
        basis.write(
            basis=row,
            words=basis.Words(
                what=row.what or plan.summary,
                gains=plan.gains,
                gains_source=MADE_UP,
                consequence=plan.consequence,
            ),
            seen=row.version,
            by=self.acting,
            at=at,
        )
        for one in plan.needed:
            basis.add_prerequisite(
                basis=row,
                wished=Wished(
                    kind=one.kind,
                    title=one.title,
                    done_when=one.done_when,
                    owner=one.owner,
                    days_before=one.days_before,
                ),
                by=self.acting,
                at=at,
            )
        row.refresh_from_db()
        basis.set_roles(
            basis=row,
            roles=[
                RoleHours(role=role, needed=True, monthly=tuple(Decimal(one) for one in monthly))
                for role, monthly in plan.hours
            ],
            seen=row.version,
            by=self.acting,
            at=at,
        )
        row.refresh_from_db()
        basis.set_steps(
            basis=row,
            steps=[basis.Step(weeks, words) for weeks, words in plan.steps],
            seen=row.version,
            by=self.acting,
            at=at,
        )

    def _shared(self, rollout: Rollout) -> None:
        day, at = self.day(self.plan.made + 14), self.at(self.plan.made + 14)
        if self.plan.kind is RolloutKind.REGION:
            anchoring = rollouts.Anchoring(where=self.plan.anchored_in, on=day)
            rollouts.announce(rollout=rollout, anchoring=anchoring, by=self.acting, at=at)
        else:
            case = sharing.share_plan(
                rollout=rollout, remark=MADE_UP, by=self.acting, on=day, at=at
            )
            governance.decide(
                case=case,
                kind=DecisionKind.DECISION,
                text="Koordineringsgruppen rår til planen slik den er.",
                decided_on=day,
                by=InRole.of(Role.PORTFOLIO_OWNER),
                on=day,
                at=at,
            )
        rollout.refresh_from_db()

    # --- what is asked and answered ---

    def _asked(self, rollout: Rollout) -> int:
        plan, made = self.plan, 0
        self._measured(rollout)
        if plan.sent is not None:
            choosing = invitation_queries.choosing(rollout, None, on=self.day(plan.sent))
            sent = self._invite(rollout, choosing, target_of(rollout, self.on), plan.sent)
            made += self._answers(rollout, sent, plan.sent)
        # One of a cohort that is over at a time: later ones had not been sent then.
        for one in plan.cohorts:
            if one.sent is None:
                continue
            cohort = Cohort.objects.get(rollout=rollout, name=one.name)
            choosing = invitation_queries.choosing(rollout, cohort, on=self.day(one.sent))
            sent = self._invite(rollout, choosing, _few(choosing.rows, one), one.sent)
            made += self._answers(rollout, sent, one.sent, all_yes=one.starts < 0)
            self._carried_out(cohort, one)
        return made

    def _measured(self, rollout: Rollout) -> None:
        """Each counts from its own day, so that what is done before it does not know of it."""
        named = {row.name: row for row in Cohort.objects.filter(rollout=rollout)}
        for one in self.plan.cohorts:
            for measure, value, days in one.figures:
                stop_rule.record_figure(
                    cohort=named[one.name],
                    measure=measure,
                    value=value,
                    figure_on=self.day(days),
                    link=FIGURES,
                    by=self.acting,
                    on=self.day(days),
                    at=self.at(days),
                )

    def _carried_out(self, cohort: Cohort, one: CohortPlan) -> None:
        if one.state in {CohortState.RUNNING, CohortState.FINISHED}:
            day, at = self.day(one.starts), self.at(one.starts)
            cohort = cohorts.start_cohort(cohort=cohort, by=self.acting, on=day, at=at)
            rollout = Rollout.objects.get(pk=cohort.rollout_id)
            if RolloutState(rollout.state) is RolloutState.OPEN:
                rollouts.move(
                    rollout=rollout, to=RolloutState.RUNNING, by=self.acting, on=day, at=at
                )
        if one.state is CohortState.FINISHED:
            cohorts.finish_cohort(
                cohort=cohort, by=self.acting, on=self.day(one.ends), at=self.at(one.ends)
            )

    def _invite(
        self,
        rollout: Rollout,
        choosing: Choosing,
        municipalities: Collection[int],
        sent: int,
    ) -> list[Invitation]:
        """Those of them that can be; whoever decides there is made first."""
        day = self.day(sent)
        _deciders(municipalities, by=self.by, on=self.on)
        rows = [
            row
            for row in choosing.rows
            # Those who had nobody who decides have somebody now.
            if row.pk in municipalities
            and may_be_invited(set(row.against) - {Exclusion.NOBODY_TO_WRITE_TO})
        ]
        if not rows:
            return []
        first = choosing.starts_on or day
        return invitations.invite(
            rollout=rollout,
            cohort=choosing.cohort,
            wanted=invitations.Wanted(
                municipalities=[row.pk for row in rows],
                answer_by=min(day + timedelta(days=49), first - timedelta(days=40)),
                change_until=first - timedelta(days=35),
                room_reasons={row.pk: ROOM for row in rows if row.breaks_room},
            ),
            by=self.acting,
            on=day,
            at=_noon(day),
        )

    def _answers(
        self, rollout: Rollout, sent: Sequence[Invitation], days: int, *, all_yes: bool = False
    ) -> int:
        """Each on its day, the first first; the example's own decision maker has not answered."""
        numbers = _numbers(self.on)
        waiting = _waiting_for_vendor(rollout, sent, self.day(days))
        says, after = cycle(self.plan.says), cycle(ANSWERED_AFTER)
        reasons = cycle(REASONS)
        offers = list(Cohort.objects.filter(rollout=rollout).order_by("number"))
        given: list[tuple[date, Invitation, Content]] = []
        # The first whose vendor is late is silent: there the reader can answer for herself.
        silent = {next((one for one in waiting if numbers[one] != MUNICIPALITY), None)}
        for one in sorted(sent, key=lambda row: numbers[row.municipality_id]):
            state = AnswerState.YES if all_yes else next(says)
            if numbers[one.municipality_id] == MUNICIPALITY or one.municipality_id in silent:
                continue
            if state is None:
                continue
            reason = next(reasons)
            if one.municipality_id in waiting:
                state, reason = AnswerState.LATER, Reason.VENDOR_NOT_READY
            day = self.day(days + next(after))
            content = _content(state, reason, offers, one, len(given), day)
            given.append((day, one, content))
        for day, one, content in sorted(given, key=lambda row: row[0]):
            self._answer(rollout, one, content, day)
        return len(given)

    def _answer(
        self, rollout: Rollout, invitation: Invitation, content: Content, day: date
    ) -> None:
        membership = (
            Membership.objects.valid_on(day)
            .filter(role=Role.DECISION_MAKER.value, municipality=invitation.municipality_id)
            .order_by("pk")
            .first()
        )
        if membership is None:
            return
        answers.answer(
            rollout=rollout,
            municipality=Municipality.objects.get(pk=invitation.municipality_id),
            content=content,
            seen=0,
            by=InRole(membership.person_id, str(account_texts.ROLES[Role.DECISION_MAKER])),
            on=day,
            at=_noon(day),
        )


def _content(
    state: AnswerState,
    reason: Reason,
    offers: Sequence[Cohort],
    invitation: Invitation,
    index: int,
    day: date,
) -> Content:
    """Every third would rather have the last cohort; those with one to choose wish for none."""
    wishes: tuple[int, ...] = ()
    if state is AnswerState.YES and invitation.cohort_id is None and len(offers) > 1:
        keys = [row.pk for row in offers]
        wishes = tuple(reversed(keys)) if index % 3 == 2 else (keys[0],) if index % 3 else ()
    return Content(
        state=state,
        wishes=wishes,
        reason=reason,
        text=WORDS.get(reason, "") if state in {AnswerState.LATER, AnswerState.NO} else "",
        expected_on=day + timedelta(days=60),
        ask_again_on=None if reason is Reason.VENDOR_NOT_READY else day + timedelta(days=180),
        ask_when_gone=reason is Reason.VENDOR_NOT_READY,
        case_number=f"26/{1000 + index}" if state is AnswerState.YES else "",
    )


def _waiting_for_vendor(rollout: Rollout, sent: Sequence[Invitation], day: date) -> tuple[int, ...]:
    """Those of them whose vendor is not ready when the first cohort they may wish for starts."""
    covered = coverage(rollout.offer, day)
    starts = [
        one.starts_on for one in rollout.cohorts.all() if CohortState(one.state) in MAY_BE_WISHED
    ]
    first = min(starts, default=None)
    return tuple(
        one.municipality_id
        for one in sent
        for expected in [covered.expected.get(one.municipality_id)]
        if one.municipality_id in covered.waiting
        and (expected is None or first is None or expected > first)
    )


def _few(rows: Sequence[Row], plan: CohortPlan) -> frozenset[int]:
    """Some of those it is for, with its key; the example's own municipality among them."""
    never = {
        Exclusion.OUTSIDE_TARGET,
        Exclusion.OUTSIDE_REGION,
        Exclusion.OUTSIDE_KEY,
        Exclusion.HAS_PLACE,
        Exclusion.ALREADY_INVITED,
        Exclusion.SAID_NO,
    }
    if plan.starts < 0:
        never.add(Exclusion.VENDOR_NOT_READY)
    fitting = [row for row in rows if not never.intersection(row.against)]
    numbers = {row.pk: row.number for row in fitting}
    late = [row.pk for row in fitting if Exclusion.VENDOR_NOT_READY in row.against][:4]
    # Its neighbours everywhere are asked in different cohorts.
    step = max(len(fitting) // max(plan.invited, 1), 1)
    spread = [row.pk for row in fitting[::step]][: plan.invited]
    own = [pk for pk, number in numbers.items() if number == MUNICIPALITY and plan.starts > 0]
    return frozenset([*spread, *late, *own])


def _deciders(municipalities: Collection[int], *, by: Actor, on: date) -> None:
    """One with the mandate in each municipality that has nobody."""
    since = on - SINCE
    held = set(
        Membership.objects.filter(
            role=Role.DECISION_MAKER.value, municipality__in=municipalities
        ).values_list("municipality_id", flat=True)
    )
    codes = MunicipalityCode.objects.valid_on(on).filter(municipality__in=municipalities)
    words = str(account_texts.ROLES[Role.DECISION_MAKER])
    for code in codes.exclude(municipality__in=held).select_related("municipality"):
        person = accounts.add_person(
            name=f"{words}, {code.qualified_name}",
            email=ADDRESS.format(number=code.number),
            phone="",
            is_example=True,
            by=by,
        )
        accounts.grant(
            person=person,
            role=Role.DECISION_MAKER,
            municipality=code.municipality,
            title="Kommunalsjef helse og omsorg",
            by=by,
            on=since,
        )


def _numbers(on: date) -> Mapping[int, str]:
    codes = MunicipalityCode.objects.valid_on(on)
    return dict(codes.values_list("municipality_id", "number"))


def _group(on: date) -> Region:
    """The e-health group of the example's people."""
    return Region.objects.valid_on(on).get(
        kind=RegionKind.EHEALTH_GROUP.value,
        memberships__municipality__codes__number=MUNICIPALITY,
    )


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(11), tzinfo=UTC)
