"""Help and meetings below the pages: what a mail says, and what no hand can change."""

from datetime import date, datetime, timedelta

import pytest
from django.db import DatabaseError, transaction

from samlop.accounts import services as accounts
from samlop.accounts.models import Membership, Person
from samlop.accounts.rules import Role
from samlop.messages.models import Message
from samlop.messages.services import writing
from samlop.municipalities.models import Municipality, Region
from samlop.municipalities.rules.kinds import RegionKind
from samlop.portfolio.models import Solution
from samlop.rollouts.models import HelpReply, HelpRequest, Rollout
from samlop.rollouts.queries import help as queries
from samlop.rollouts.rules.help import Urgency
from samlop.rollouts.rules.meetings import Audience, MeetingBlock, MeetingKind
from samlop.rollouts.rules.rollouts import RolloutKind
from samlop.rollouts.services import help as services
from samlop.rollouts.services import meetings
from samlop.rollouts.services.help_mails import ASKED
from samlop.rollouts.services.meetings import CannotPrepareMeeting, Chosen
from tests import factories as make
from tests import rollout_making as making
from tests.rollout_making import AT, BY, DAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def place() -> Municipality:
    return make.municipality(number="4219", name="Evje og Hornnes")


@pytest.fixture
def region(place: Municipality) -> Region:
    return make.region(kind=RegionKind.EHEALTH_GROUP, name="Digi Agder", members=(place,))


@pytest.fixture
def contact(region: Region) -> Person:
    person = make.person(name="Kontakt")
    accounts.grant(
        person=person, role=Role.CONTACT_PERSON, region=region, by=BY, on=date(2026, 1, 1)
    )
    return person


def asked(place: Municipality, what: str = "Hvor er malen?") -> HelpRequest:
    person = make.person(name="Spør")
    accounts.grant(
        person=person, role=Role.PROJECT_LEADER, municipality=place, by=BY, on=date(2026, 1, 1)
    )
    return services.ask(
        municipality=place,
        solution=Solution.objects.filter(slug="kjernejournal").first()
        or make.solution(name="Kjernejournal", slug="kjernejournal"),
        what=what,
        urgency=Urgency.STUCK,
        person=person,
        by=BY,
        on=DAY,
        at=AT,
    )


def test_the_contact_person_s_mail_says_who_asks_for_what(
    place: Municipality, contact: Person
) -> None:
    row = asked(place)

    mail = writing.mail(Message.objects.get(kind=ASKED, recipient=contact))

    assert mail is not None
    assert mail.subject == "Evje og Hornnes ber om hjelp"
    assert "Det haster slik: vi står fast." in mail.paragraphs
    assert "Det gjelder Kjernejournal." in mail.paragraphs
    assert "Hvor er malen?" in mail.paragraphs
    assert mail.address.endswith(f"/kommuner/4219/hjelp/{row.pk}/")


def test_the_same_words_sent_twice_are_one(place: Municipality, contact: Person) -> None:
    row = asked(place)

    def again(at: datetime = AT) -> HelpRequest:
        return services.ask(
            municipality=place,
            solution=row.solution,
            what=f" {row.what} ",
            urgency=Urgency.STUCK,
            person=row.asked_by,
            by=BY,
            on=DAY,
            at=at,
        )

    def replied(at: datetime = AT) -> HelpReply:
        return services.reply(
            request=row, text="Her.", from_region=True, person=contact, by=BY, on=DAY, at=at
        )

    assert again() == row
    assert Message.objects.filter(kind=ASKED).count() == 1
    assert again(AT + timedelta(hours=1)) != row
    assert replied() == replied()
    assert replied(AT + timedelta(hours=1)) != replied()


def test_nothing_is_left_to_say_of_a_closed_question(place: Municipality, contact: Person) -> None:
    services.close(request=asked(place), by=BY, at=AT)

    assert writing.mail(Message.objects.get(kind=ASKED)) is None


def test_whoever_has_left_the_region_hears_nothing(place: Municipality, contact: Person) -> None:
    asked(place)
    Membership.objects.filter(person=contact).update(valid_to=date(2026, 6, 1))

    assert writing.mail(Message.objects.get(kind=ASKED)) is None


def test_a_question_and_its_replies_are_never_changed(place: Municipality, contact: Person) -> None:
    row = asked(place)
    reply = services.reply(
        request=row, text="Her.", from_region=True, person=contact, by=BY, on=DAY, at=AT
    )

    for change in (
        lambda: HelpRequest.objects.filter(pk=row.pk).update(what="Noe annet"),
        lambda: HelpRequest.objects.filter(pk=row.pk).delete(),
        lambda: HelpReply.objects.filter(pk=reply.pk).update(text="Der."),
        lambda: HelpReply.objects.filter(pk=reply.pk).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_help_is_counted_by_municipality(place: Municipality, region: Region) -> None:
    first = asked(place)
    asked(place, "Og en til")
    services.reply(
        request=first,
        text="Her.",
        from_region=True,
        person=make.person(),
        by=BY,
        on=DAY,
        at=AT,
    )

    found = queries.given(region.pk, since=DAY, until=DAY)

    assert (found[place.pk].asked, found[place.pk].answered) == (2, 1)
    assert queries.given(region.pk, since=date(2027, 3, 15), until=date(2027, 4, 1)) == {}
    waiting = queries.open_of_regions([region.pk])
    assert [one.awaits_region for one in waiting] == [False, True]


# --- meetings ---


@pytest.mark.parametrize(
    ("held_on", "kind", "own", "words"),
    [
        (date(2027, 3, 20), RolloutKind.REGION, True, "Møtet er ikke holdt ennå."),
        (DAY, RolloutKind.REGION, False, "hører ikke til denne regionen"),
        (DAY, RolloutKind.NATION, True, "Bare innføringsløp for en region"),
    ],
)
def test_only_a_region_s_own_rollout_is_anchored_in_a_meeting_that_was_held(
    region: Region, contact: Person, held_on: date, kind: RolloutKind, own: bool, words: str
) -> None:
    other = make.region(kind=RegionKind.EHEALTH_GROUP, name="Digi Nord")
    rollout = making.a_rollout(kind=kind, region=region if own else other)
    paper = meetings.prepare(
        region=region,
        chosen=Chosen(
            kind=MeetingKind.STEERING_GROUP,
            held_on=held_on,
            since=DAY,
            blocks=[MeetingBlock.COMING],
            audience=Audience.MEETING,
        ),
        person=contact,
        by=BY,
        at=AT,
    )

    with pytest.raises(CannotPrepareMeeting, match=words):
        meetings.taken_up(paper=paper, rollouts=[rollout], minutes="", by=BY, on=DAY, at=AT)

    assert Rollout.objects.get().anchored_on is None
    paper.refresh_from_db()
    assert paper.taken_up_at is None
