"""Answers by other ways, grants to others, and questions that are put again."""

from datetime import UTC, date, datetime, timedelta

import pytest

from samlop.accounts import services as accounts
from samlop.accounts.models import Person
from samlop.accounts.rules import Role
from samlop.messages.models import Message
from samlop.messages.services import writing
from samlop.municipalities.models import CodeChange, Municipality, MunicipalityCode
from samlop.municipalities.rules.kinds import ChangeKind, RegionKind
from samlop.portfolio.rules.readiness import Readiness
from samlop.rollouts import tasks
from samlop.rollouts.models import (
    Answer,
    Cohort,
    InvitationLink,
    Place,
    PlaceOffer,
    ReceivedAnswer,
)
from samlop.rollouts.queries import answers as queries
from samlop.rollouts.queries import places as place_queries
from samlop.rollouts.rules.answers import (
    AnswerState,
    Channel,
    GrantRefusal,
    Mandate,
    Reason,
    ReceivedRefusal,
)
from samlop.rollouts.rules.places import OfferOutcome
from samlop.rollouts.services import grants, invitations, received, reopening
from samlop.rollouts.services.received import Told
from samlop.rollouts.services.refusals import CannotAnswer, CannotGrant, CannotReceive
from tests import factories as make
from tests.rollout_making import (
    AT,
    BY,
    DAY,
    a_cohort,
    a_decision_maker,
    a_place,
    a_rollout,
    an_answer,
    invited,
)

pytestmark = pytest.mark.django_db

YES, LATER, NO = AnswerState.YES, AnswerState.LATER, AnswerState.NO


def register(
    cohort: Cohort,
    place: Municipality,
    *,
    by: Person | None = None,
    channel: Channel = Channel.EMAIL,
    state: AnswerState = YES,
    keeps_seat: bool = True,
    decided_by: str = "Kommunestyret",
    received_on: date = DAY,
) -> ReceivedAnswer:
    return received.register(
        rollout=cohort.rollout,
        municipality=place,
        told=Told(channel=channel, state=state, received_on=received_on, decided_by=decided_by),
        cohort=cohort if keeps_seat else None,
        by=by or make.person(),
        on=DAY,
        at=AT,
    )


class TestReceived:
    def test_a_yes_keeps_a_seat_and_counts_when_it_is_confirmed(self) -> None:
        cohort, place = a_cohort(maximum=1), make.municipality()
        person = a_decision_maker(place)
        invited(cohort.rollout, place)

        row = register(cohort, place)

        assert not Place.objects.exists()
        assert place_queries.rooms(cohort.rollout, DAY)[0].left == 0
        assert Message.objects.filter(recipient=person).count() == 1
        waits = an_answer(rollout=cohort.rollout, municipality=make.municipality())
        assert waits.place is None

        given = an_answer(rollout=cohort.rollout, municipality=place, by=person)

        row.refresh_from_db()
        assert given.place is not None
        assert row.confirmed_by == given.answer
        assert queries.received(cohort.rollout) == {}

    def test_the_municipality_says_something_else(self) -> None:
        cohort, place = a_cohort(maximum=1), make.municipality()
        invited(cohort.rollout, place)
        row = register(cohort, place)

        an_answer(NO, rollout=cohort.rollout, municipality=place)

        row.refresh_from_db()
        assert row.confirmed_by is None
        assert row.withdrawn_at is not None
        assert place_queries.rooms(cohort.rollout, DAY)[0].left == 1

    def test_a_phone_call_is_a_signal(self) -> None:
        cohort, place = a_cohort(), make.municipality()
        register(cohort, place, channel=Channel.PHONE, keeps_seat=False, decided_by="")

        [one] = queries.received(cohort.rollout)[place.pk]
        assert one.is_signal
        assert queries.current(cohort.rollout) == {}
        with pytest.raises(CannotReceive) as refused:
            register(cohort, place, channel=Channel.PHONE)
        assert refused.value.refusal is ReceivedRefusal.PHONE_IS_A_SIGNAL

    def test_what_is_refused(self) -> None:
        cohort, place = a_cohort(maximum=1), make.municipality()

        def refusal(**changes: object) -> ReceivedRefusal:
            with pytest.raises(CannotReceive) as refused:
                register(cohort, place, **changes)  # type: ignore[arg-type]
            return refused.value.refusal

        assert refusal() is ReceivedRefusal.NOT_INVITED
        invited(cohort.rollout, place)
        assert refusal(decided_by=" ") is ReceivedRefusal.NOBODY_DECIDED
        assert refusal(received_on=DAY + timedelta(days=1)) is ReceivedRefusal.IN_THE_FUTURE
        assert refusal(state=NO) is ReceivedRefusal.OTHER_COHORT
        a_place(cohort=cohort, municipality=make.municipality())
        assert refusal() is ReceivedRefusal.NO_SEAT
        an_answer(NO, rollout=cohort.rollout, municipality=place)
        assert refusal(state=NO, keeps_seat=False) is ReceivedRefusal.HAS_ANSWERED

    def test_one_that_was_a_mistake_frees_its_seat(self) -> None:
        cohort, place = a_cohort(maximum=1), make.municipality()
        invited(cohort.rollout, place)
        row = register(cohort, place)
        person = row.registered_by
        waits = make.municipality()
        an_answer(rollout=cohort.rollout, municipality=waits)

        received.withdraw(received=row, by=person, on=DAY, at=AT)

        [one] = place_queries.waiting(cohort.rollout, DAY)
        assert (one.municipality, one.offered_cohort) == (waits.pk, "Pulje 1")
        with pytest.raises(CannotReceive) as refused:
            received.withdraw(received=row, by=person, on=DAY, at=AT)
        assert refused.value.refusal is ReceivedRefusal.SETTLED


class TestGrants:
    def test_a_host_answers_for_a_member_that_lets_it(self) -> None:
        cohort, member, host = a_cohort(), make.municipality(), make.municipality()
        own, hosts = a_decision_maker(member), a_decision_maker(host)
        with pytest.raises(CannotAnswer):
            an_answer(rollout=cohort.rollout, municipality=member, by=hosts)

        grant = grants.give(
            municipality=member,
            solution=cohort.rollout.solution,
            host=host,
            by=own,
            on=DAY,
            at=AT,
        )
        given = an_answer(rollout=cohort.rollout, municipality=member, by=hosts)

        assert given.place is not None
        assert (given.answer.mandate, given.answer.grant) == (Mandate.GRANT.value, grant)
        [one] = queries.may_answer_for(host.pk, DAY)
        assert (one.municipality, one.rollout_name) == (member.pk, cohort.rollout.name)

    def test_a_cooperation_answers_by_its_contact_person(self) -> None:
        cohort, member = a_cohort(), make.municipality()
        cooperation = make.region(kind=RegionKind.IKT_COOPERATION, members=(member,))
        own, contact = a_decision_maker(member), make.person()
        accounts.grant(
            person=contact,
            role=Role.CONTACT_PERSON,
            region=cooperation,
            by=BY,
            on=date(2027, 1, 4),
        )
        grants.give(
            municipality=member,
            solution=cohort.rollout.solution,
            cooperation=cooperation,
            by=own,
            on=DAY,
            at=AT,
        )

        given = an_answer(rollout=cohort.rollout, municipality=member, by=contact)

        assert given.answer.given_as == f"Kontaktperson e-helse, {cooperation.name}"

    def test_it_ends_when_the_member_says_so(self) -> None:
        cohort, member, host = a_cohort(), make.municipality(), make.municipality()
        own, hosts = a_decision_maker(member), a_decision_maker(host)
        grant = grants.give(
            municipality=member,
            solution=cohort.rollout.solution,
            host=host,
            by=own,
            on=DAY,
            at=AT,
        )
        with pytest.raises(CannotGrant) as others:
            grants.end(grant=grant, by=hosts, on=DAY, at=AT)
        assert others.value.refusal is GrantRefusal.NO_MANDATE

        grants.end(grant=grant, by=own, on=DAY, at=AT)

        tomorrow = DAY + timedelta(days=1)
        assert queries.mandate_of(hosts.pk, member.pk, cohort.solution_id, DAY) is not None
        assert queries.mandate_of(hosts.pk, member.pk, cohort.solution_id, tomorrow) is None

    def test_what_is_refused(self) -> None:
        solution = a_rollout().solution
        member, host = make.municipality(), make.municipality()
        own = a_decision_maker(member)
        region = make.region(members=(host,))

        def refusal(**changes: object) -> GrantRefusal:
            given = {"by": own, "host": None, "cooperation": None, "valid_to": None} | changes
            with pytest.raises(CannotGrant) as refused:
                grants.give(
                    municipality=member,
                    solution=solution,
                    on=DAY,
                    at=AT,
                    **given,  # type: ignore[arg-type]
                )
            return refused.value.refusal

        assert refusal() is GrantRefusal.TO_NOBODY
        assert refusal(host=member) is GrantRefusal.TO_ITSELF
        assert refusal(cooperation=region) is GrantRefusal.NOT_A_MEMBER
        assert refusal(host=host, valid_to=DAY) is GrantRefusal.ENDS_BEFORE_IT_BEGINS
        assert refusal(host=host, by=a_decision_maker(host)) is GrantRefusal.NO_MANDATE
        grants.give(municipality=member, solution=solution, host=host, by=own, on=DAY, at=AT)
        assert refusal(host=host) is GrantRefusal.STANDS_ALREADY


class TestOpenedAnew:
    def test_once_when_the_vendor_is_ready(self) -> None:
        cohort, place, product = a_cohort(), make.municipality(), make.product()
        offer = cohort.rollout.offer
        make.use(municipality=place, product=product)
        make.readiness(offer=offer, product=product)
        an_answer(
            LATER,
            rollout=cohort.rollout,
            municipality=place,
            reason=Reason.VENDOR_NOT_READY,
            ask_when_gone=True,
            ask_again_on=None,
        )
        assert reopening.reopen_all(by=BY, on=DAY, at=AT) == 0

        # The same day, after it answered.
        make.readiness(
            offer=offer,
            product=product,
            state=Readiness.RELEASED,
            told_on=DAY,
            recorded_at=AT + timedelta(hours=1),
        )

        assert reopening.reopen_all(by=BY, on=DAY, at=AT) == 1
        assert reopening.reopen_all(by=BY, on=DAY, at=AT) == 0
        assert queries.current(cohort.rollout)[place.pk].stands is False
        [mail] = Message.objects.filter(kind="rollouts.answer_reopened")
        link = InvitationLink.objects.get(person=mail.recipient)
        assert mail.context == {
            "answer": Answer.objects.get().pk,
            "gone": "vendor_ready",
            "link": link.pk,
        }

    def test_when_the_day_it_named_has_come(self) -> None:
        cohort, place = a_cohort(), make.municipality()
        day = date(2027, 9, 1)
        an_answer(LATER, rollout=cohort.rollout, municipality=place, ask_again_on=day)

        assert reopening.reopen_all(by=BY, on=day - timedelta(days=1), at=AT) == 0
        assert reopening.reopen_all(by=BY, on=day, at=AT) == 1

    def test_nothing_is_said_of_it_when_it_has_answered_meanwhile(self) -> None:
        cohort, place = a_cohort(), make.municipality()
        by, day = a_decision_maker(place), date(2027, 3, 20)
        an_answer(LATER, rollout=cohort.rollout, municipality=place, by=by, ask_again_on=day)
        reopening.reopen_all(by=BY, on=day, at=AT)
        told = Message.objects.get(kind=invitations.REOPENED)
        assert writing.mail(told) is not None

        an_answer(NO, rollout=cohort.rollout, municipality=place, by=by)

        assert writing.mail(told) is None

    def test_when_a_merger_is_done(self) -> None:
        cohort, place = a_cohort(), make.municipality()
        number = MunicipalityCode.objects.get(municipality=place).number
        an_answer(NO, rollout=cohort.rollout, municipality=place, reason=Reason.MERGER)
        done = date(2028, 1, 1)
        CodeChange.objects.create(
            old_number="8998", new_number=number, happened_on=done, kind=ChangeKind.MERGED.value
        )

        assert reopening.reopen_all(by=BY, on=done - timedelta(days=1), at=AT) == 0
        assert reopening.reopen_all(by=BY, on=done, at=AT) == 1

    def test_a_no_stands_whatever_day_it_is(self) -> None:
        cohort, place = a_cohort(), make.municipality()
        an_answer(NO, rollout=cohort.rollout, municipality=place)

        assert reopening.reopen_all(by=BY, on=date(2030, 1, 1), at=AT) == 0

    def test_by_the_worker_itself(self) -> None:
        cohort, place = a_cohort(maximum=1), make.municipality()
        an_answer(
            LATER,
            rollout=cohort.rollout,
            municipality=place,
            ask_again_on=date(2026, 5, 2),
            on=date(2026, 5, 1),
            at=datetime(2026, 5, 1, 12, tzinfo=UTC),
        )

        tasks.reopen(0)

        assert queries.current(cohort.rollout)[place.pk].stands is False


def test_the_worker_gives_a_place_nobody_answered_about_to_the_next() -> None:
    cohort, leaving, first = a_cohort(maximum=1), make.municipality(), make.municipality()
    goes, long_ago = a_decision_maker(leaving), date(2026, 5, 1)
    at = datetime(2026, 5, 1, 12, tzinfo=UTC)
    a_place(cohort=cohort, municipality=leaving, by=goes, at=at)
    an_answer(rollout=cohort.rollout, municipality=first, on=long_ago, at=at)
    an_answer(NO, rollout=cohort.rollout, municipality=leaving, by=goes, on=long_ago, at=at)
    offer = PlaceOffer.objects.get()

    tasks.expire_offers(0)

    offer.refresh_from_db()
    assert offer.outcome == OfferOutcome.EXPIRED.value
