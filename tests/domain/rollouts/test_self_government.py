"""Nobody but the municipality gets it into a cohort: the database itself refuses any other way.

Tried here: raw SQL, as a superuser, in bulk, past the triggers' own switch and as a replica; a
host without a grant; every service of rollouts, found by looking; and every address of the API.
"""

import dataclasses
import enum
import importlib
import inspect
import pkgutil
import types
import typing
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import date, datetime, timedelta
from typing import Any

import pgtrigger
import pytest
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import DatabaseError, IntegrityError, connection, models, transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from samlop.accounts import services as accounts
from samlop.accounts.models import Membership, Person
from samlop.accounts.rules import Role
from samlop.lib.actors import Actor
from samlop.lib.quarters import Quarter
from samlop.municipalities.models import Municipality
from samlop.municipalities.rules.kinds import RegionKind
from samlop.rollouts import services
from samlop.rollouts.models import Answer, Cohort, Grant, Place, PlaceOffer, ReceivedAnswer, Wait
from samlop.rollouts.rules.answers import AnswerState, Channel, Content, Mandate
from samlop.rollouts.services import answers
from tests import factories as make
from tests.rollout_making import (
    AT,
    BY,
    DAY,
    a_cohort,
    a_decision_maker,
    a_place,
    a_worker,
    an_answer,
    invited,
)

pytestmark = pytest.mark.django_db

YES = AnswerState.YES.value


def an_answer_row(cohort: Cohort, municipality: Municipality, by: Person, **other: Any) -> Answer:
    """As somebody would write it past the services; unsaved."""
    membership = other.pop("membership", None) or Membership.objects.get(person=by)
    return Answer(
        rollout=cohort.rollout,
        municipality=municipality,
        solution_id=cohort.solution_id,
        number=other.pop("number", 1),
        state=other.pop("state", YES),
        mandate=other.pop("mandate", Mandate.MEMBERSHIP.value),
        membership=membership,
        given_by=by,
        given_as="Kommunalsjef",
        given_on=other.pop("given_on", DAY),
        recorded_at=AT,
        **other,
    )


def a_place_row(cohort: Cohort, municipality: Municipality, answer: Answer) -> Place:
    return Place(
        cohort=cohort,
        solution_id=cohort.solution_id,
        municipality=municipality,
        answer=answer,
        given_at=AT,
    )


@contextmanager
def refused(words: str) -> Iterator[None]:
    with pytest.raises(IntegrityError, match=words), transaction.atomic():
        yield


class TestAnAnswer:
    def test_carries_the_mandate_of_the_municipality_itself(self) -> None:
        cohort, place, other = a_cohort(), make.municipality(), make.municipality()
        stranger = a_decision_maker(other)

        with refused("its own mandate"):
            an_answer_row(cohort, place, stranger).save()
        with refused("its own mandate"):
            Answer.objects.bulk_create([an_answer_row(cohort, place, stranger)])

    def test_is_not_given_with_somebody_elses_membership(self) -> None:
        cohort, place = a_cohort(), make.municipality()
        own = Membership.objects.get(person=a_decision_maker(place))

        with refused("its own mandate"):
            an_answer_row(cohort, place, make.person(), membership=own).save()

    @pytest.mark.parametrize("role", [Role.MUNICIPAL_COORDINATOR, Role.PROJECT_LEADER])
    def test_is_not_given_by_another_role(self, role: Role) -> None:
        cohort, place, person = a_cohort(), make.municipality(), make.person()
        accounts.grant(person=person, role=role, municipality=place, by=BY, on=date(2027, 1, 4))

        with refused("its own mandate"):
            an_answer_row(cohort, place, person).save()

    @pytest.mark.parametrize("mandate", [Mandate.MEMBERSHIP.value, Mandate.CODE.value])
    def test_is_not_given_after_the_mandate_has_ended(self, mandate: str) -> None:
        cohort, place = a_cohort(), make.municipality()
        person = a_decision_maker(place)
        Membership.objects.filter(person=person).update(valid_to=DAY)

        with refused("its own mandate"):
            an_answer_row(cohort, place, person, mandate=mandate).save()
        # Nor backdated to when it held.
        with refused("its own mandate"):
            an_answer_row(
                cohort, place, person, mandate=mandate, given_on=DAY - timedelta(days=1)
            ).save()

    def test_of_a_host_needs_the_members_own_grant(self) -> None:
        cohort, member, host, third = a_cohort(), *(make.municipality() for _ in range(3))
        hosts, own = a_decision_maker(host), a_decision_maker(member)
        granted = Grant.objects.create(
            municipality=member,
            solution_id=cohort.solution_id,
            host=host,
            valid_from=DAY,
            valid_to=DAY + timedelta(days=30),
            given_by=own,
            membership=Membership.objects.get(person=own),
            given_at=AT,
        )

        def row(of: Municipality, by: Person, on: date = DAY) -> Answer:
            return an_answer_row(
                cohort, of, by, mandate=Mandate.GRANT.value, grant=granted, given_on=on
            )

        with refused("without its grant"):
            row(third, hosts).save()
        with refused("without its grant"):
            row(member, a_decision_maker(third)).save()
        with refused("without its grant"):
            row(member, hosts, DAY + timedelta(days=30)).save()
        row(member, hosts).save()

    def test_by_a_grant_that_the_host_wrote_itself_is_none(self) -> None:
        cohort, member, host = a_cohort(), make.municipality(), make.municipality()
        hosts = a_decision_maker(host)

        with refused("given by the municipality itself"):
            Grant.objects.create(
                municipality=member,
                solution_id=cohort.solution_id,
                host=host,
                valid_from=DAY,
                given_by=hosts,
                membership=Membership.objects.get(person=hosts),
                given_at=AT,
            )

    def test_that_is_no_ends_the_place_first(self) -> None:
        cohort, place = a_cohort(), make.municipality()
        person = a_decision_maker(place)
        a_place(cohort=cohort, municipality=place, by=person)

        with refused("ends before its municipality's yes"):
            an_answer_row(cohort, place, person, state="no", reason="own", number=2).save()

    def test_stands_as_it_was_given(self) -> None:
        cohort, place = a_cohort(), make.municipality()
        an_answer(AnswerState.NO, rollout=cohort.rollout, municipality=place)

        with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
            Answer.objects.update(state=YES)


class TestAPlace:
    def test_stands_on_a_yes(self) -> None:
        cohort, place = a_cohort(), make.municipality()
        no = an_answer(AnswerState.OBSERVE, rollout=cohort.rollout, municipality=place).answer

        with refused("own, newest yes"):
            a_place_row(cohort, place, no).save()

    def test_stands_on_ones_own(self) -> None:
        cohort, place, other = a_cohort(maximum=1), make.municipality(), make.municipality()
        a_place(cohort=cohort, municipality=make.municipality())
        yes = an_answer(rollout=cohort.rollout, municipality=other).answer
        room = a_cohort(rollout=cohort.rollout)

        with refused("own, newest yes"):
            a_place_row(room, place, yes).save()
        with refused("own, newest yes"):
            Place.objects.bulk_create([a_place_row(room, place, yes)])

    def test_stands_on_the_newest(self) -> None:
        cohort, place = a_cohort(), make.municipality()
        person = a_decision_maker(place)
        yes = an_answer(rollout=cohort.rollout, municipality=place, by=person).answer
        an_answer(AnswerState.NO, rollout=cohort.rollout, municipality=place, by=person)

        with refused("own, newest yes"):
            a_place_row(cohort, place, yes).save()
        with refused("given anew"):
            Place.objects.update(ended_at=None, end="")

    def test_stands_on_a_yes_to_the_same_rollout(self) -> None:
        cohort, place = a_cohort(), make.municipality()
        full = a_cohort(maximum=1)
        a_place(cohort=full, municipality=make.municipality())
        yes = an_answer(rollout=full.rollout, municipality=place).answer

        with refused("own, newest yes"):
            a_place_row(cohort, place, yes).save()

    def test_is_never_one_too_many(self) -> None:
        cohort, place = a_cohort(maximum=1), make.municipality()
        a_place(cohort=cohort, municipality=make.municipality())
        yes = an_answer(rollout=cohort.rollout, municipality=place).answer

        with refused("cohort is full"):
            a_place_row(cohort, place, yes).save()

    def test_is_not_taken_from_one_it_is_offered_to(self) -> None:
        cohort, leaving, next_ = a_cohort(maximum=1), make.municipality(), make.municipality()
        goes = a_decision_maker(leaving)
        a_place(cohort=cohort, municipality=leaving, by=goes)
        an_answer(rollout=cohort.rollout, municipality=next_)
        an_answer(AnswerState.NO, rollout=cohort.rollout, municipality=leaving, by=goes)
        late = an_answer(rollout=cohort.rollout, municipality=make.municipality()).answer
        assert PlaceOffer.objects.filter(ended_at=None).count() == 1

        with refused("cohort is full"):
            a_place_row(cohort, late.municipality, late).save()

    @pytest.mark.parametrize(
        "way",
        [
            "insert",
            # A replica runs no ordinary trigger and checks no foreign key.
            "set local session_replication_role = replica; insert",
            # What pgtrigger reads to skip its own.
            "set local pgtrigger.ignore = '{rollouts_place:guard_place}'; insert",
        ],
    )
    def test_is_refused_in_raw_sql_also_to_a_superuser(self, way: str) -> None:
        cohort, place, other = a_cohort(), make.municipality(), make.municipality()
        yes = an_answer(rollout=cohort.rollout, municipality=other, wishes=(cohort,)).answer
        words = (
            f"{way} into rollouts_place (cohort_id, solution_id, municipality_id, answer_id, "
            'answer_state, given_at, "end", end_reason) '
            "values (%s, %s, %s, %s, 'yes', now(), '', '')"
        )

        with connection.cursor() as cursor:
            cursor.execute("select usesuper from pg_user where usename = current_user")
            assert cursor.fetchone() == (True,), "the test is to be run as a superuser"
            for answer in (yes.pk, 0):
                with refused("own, newest yes"):
                    cursor.execute(words, [cohort.pk, cohort.solution_id, place.pk, answer])

    def test_is_refused_although_the_triggers_are_told_to_look_away(self) -> None:
        cohort, place = a_cohort(), make.municipality()
        no = an_answer(AnswerState.OBSERVE, rollout=cohort.rollout, municipality=place).answer

        with pgtrigger.ignore(), refused("own, newest yes"):
            a_place_row(cohort, place, no).save()

    def test_is_not_given_in_a_transaction_that_counts_an_old_picture(self) -> None:
        cohort, place = a_cohort(maximum=2), make.municipality()
        planned = an_answer(rollout=cohort.rollout, municipality=place).answer
        assert planned.state == YES
        with connection.cursor() as cursor:
            cursor.execute(
                "select count(*) from pg_trigger where tgname like 'guard_%%' and tgenabled = 'A'"
            )
            assert cursor.fetchone() == (7,)


class TestOthersSeats:
    def test_a_received_answer_is_confirmed_by_the_municipalitys_own(self) -> None:
        cohort, place, other = a_cohort(), make.municipality(), make.municipality()
        others = an_answer(rollout=cohort.rollout, municipality=other).answer
        row = ReceivedAnswer.objects.create(
            rollout=cohort.rollout,
            municipality=place,
            channel=Channel.EMAIL.value,
            state=YES,
            decided_by="Kommunestyret",
            received_on=DAY,
            cohort=cohort,
            registered_by=make.person(),
            registered_at=AT,
        )

        with refused("confirmed by the municipality itself"):
            ReceivedAnswer.objects.filter(pk=row.pk).update(confirmed_by=others)

    def test_a_wait_is_ones_own(self) -> None:
        cohort, place, other = a_cohort(), make.municipality(), make.municipality()
        others = an_answer(rollout=cohort.rollout, municipality=other).answer

        with refused("waits on its own yes"):
            Wait.objects.create(
                rollout=cohort.rollout,
                solution_id=cohort.solution_id,
                municipality=place,
                answer=others,
                since=AT,
            )


# --- every service, found by looking ---


def public_services() -> list[tuple[str, Callable[..., Any]]]:
    """Every function that a module of samlop.rollouts.services shows to others."""
    found: list[tuple[str, Callable[..., Any]]] = []
    for module in pkgutil.iter_modules(services.__path__):
        name = f"{services.__name__}.{module.name}"
        loaded = importlib.import_module(name)
        found += [
            (f"{module.name}.{key}", one)
            for key, one in vars(loaded).items()
            if inspect.isfunction(one) and one.__module__ == name and not key.startswith("_")
        ]
    return found


class World:
    """An invited municipality that has said nothing, and somebody who leads the rollout."""

    def __init__(self) -> None:
        self.cohort = a_cohort()
        self.later = a_cohort(rollout=self.cohort.rollout)
        self.municipality = make.municipality()
        self.host = make.municipality()
        self.leader = make.person()
        a_worker(self.cohort.rollout, self.leader)
        invited(self.cohort.rollout, self.municipality)
        a_decision_maker(self.municipality)
        self.region = make.region(
            kind=RegionKind.IKT_COOPERATION, members=(self.municipality, self.host)
        )
        # Others' rows, for services that work on one.
        member = make.municipality()
        person = a_decision_maker(member)
        self.place = a_place(cohort=self.cohort, municipality=member, by=person)
        self.received = ReceivedAnswer.objects.create(
            rollout=self.cohort.rollout,
            municipality=self.municipality,
            channel=Channel.EMAIL.value,
            state=YES,
            decided_by="Kommunestyret",
            received_on=DAY,
            cohort=self.cohort,
            registered_by=self.leader,
            registered_at=AT,
        )

    def value(self, name: str, kind: Any) -> Any:
        """Something of the kind that a service asks for, so that it gets as far as it can."""
        origin, inner = typing.get_origin(kind), typing.get_args(kind)
        if origin in (types.UnionType, typing.Union):
            return self.value(name, next(one for one in inner if one is not type(None)))
        if origin is not None:
            if isinstance(origin, type) and issubclass(origin, dict):
                return {}
            few = [self.value(name, inner[0])] if inner and inner[0] is not Ellipsis else []
            return few if origin is list else tuple(few)
        if kind is Actor or name == "by":
            return self.leader
        simple: dict[Any, Any] = {bool: True, int: self.municipality.pk, str: "Ja", date: DAY}
        simple |= {datetime: AT, float: 1.0, bytes: b"x", Quarter: Quarter(2027, 3)}
        if kind in simple:
            return simple[kind]
        if inspect.isclass(kind) and issubclass(kind, enum.Enum):
            return next(iter(kind))
        if inspect.isclass(kind) and issubclass(kind, models.Model):
            return self._row(kind)
        if inspect.isclass(kind) and dataclasses.is_dataclass(kind):
            hints = typing.get_type_hints(kind)
            return kind(
                **{
                    field.name: self.value(field.name, hints[field.name])
                    for field in dataclasses.fields(kind)
                    if field.init
                }
            )
        return None

    def _row(self, kind: type[models.Model]) -> models.Model | None:
        mine: dict[type[models.Model], models.Model] = {
            Municipality: self.municipality,
            Cohort: self.later,
            Person: self.leader,
            Place: self.place,
            ReceivedAnswer: self.received,
            type(self.cohort.rollout): self.cohort.rollout,
            type(self.region): self.region,
        }
        return mine.get(kind) or kind._default_manager.order_by("pk").last()


@pytest.mark.parametrize("service", [pytest.param(one, id=name) for name, one in public_services()])
def test_no_service_places_a_municipality_that_has_not_said_yes(
    service: Callable[..., Any],
) -> None:
    world = World()
    before = set(Place.objects.values_list("municipality_id", flat=True))
    hints = typing.get_type_hints(service)
    asked = {
        name: world.value(name, hints.get(name))
        for name, parameter in inspect.signature(service).parameters.items()
        if parameter.kind is not inspect.Parameter.VAR_KEYWORD
    }

    # Whatever it makes of this, by refusing it or by failing on it.
    with suppress(Exception), transaction.atomic():
        made = service(**asked)
        if inspect.isgenerator(made):
            list(made)

    assert set(Place.objects.values_list("municipality_id", flat=True)) <= before
    assert not Answer.objects.filter(municipality=world.municipality).exists()


def test_the_services_that_are_tried_are_those_that_place() -> None:
    names = {name for name, _ in public_services()}

    assert {"answers.answer", "answers.leave", "places.give", "places.seat"} <= names
    assert {"places.move", "places.take_offer", "received.register", "grants.give"} <= names
    world = World()
    person = Membership.objects.get(municipality=world.municipality).person
    given = answers.answer(
        rollout=world.cohort.rollout,
        municipality=world.municipality,
        content=Content(state=AnswerState.YES),
        seen=0,
        by=person,
        on=DAY,
        at=AT,
    )
    assert given.place is not None


# --- every address of the API ---


def api_paths(patterns: Any, prefix: str = "/") -> Iterator[str]:
    for one in patterns:
        path = prefix + str(one.pattern).lstrip("^")
        if isinstance(one, URLResolver):
            yield from api_paths(one.url_patterns, path)
        elif isinstance(one, URLPattern) and path.startswith("/api/"):
            yield path


def test_no_address_of_the_api_places_anybody(client: Client) -> None:
    paths = list(api_paths(get_resolver().url_patterns))
    assert paths
    world = World()
    client.force_login(world.leader)
    before = Place.objects.count()

    for path in paths:
        for method in (client.post, client.put, client.patch):
            method(
                path.replace("<", "").replace(">", ""),
                data={"municipality": world.municipality.pk, "cohort": world.cohort.pk},
                content_type="application/json",
            )

    assert Place.objects.count() == before


def test_there_is_no_admin_that_edits_rows() -> None:
    assert "django.contrib.admin" not in settings.INSTALLED_APPS
    assert ContentType.objects.filter(app_label="admin").count() == 0
