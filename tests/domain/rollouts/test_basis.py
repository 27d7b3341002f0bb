"""The decision basis: written, complete, and read for one municipality."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import pairwise

import pytest
from django.db import InternalError, ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext

from samlop.audit.models import Event
from samlop.lib.paper import Text
from samlop.municipalities.models import Municipality, Population
from samlop.municipalities.rules.capacity import LocalRole, SizeClass
from samlop.municipalities.rules.kinds import CapacityRole, LanguageForm
from samlop.portfolio.models import Prerequisite
from samlop.portfolio.rules.assessments import Verdict
from samlop.portfolio.rules.costs import CostPlace
from samlop.portfolio.rules.gates import GateOutcome
from samlop.portfolio.rules.readiness import Readiness
from samlop.portfolio.rules.solutions import Area
from samlop.rollouts.models import PrerequisiteWord, RoleHolder, Rollout
from samlop.rollouts.queries import basis as queries
from samlop.rollouts.queries.basis import BasisFor
from samlop.rollouts.rules.basis import (
    BasisItem,
    BasisRefusal,
    PrerequisiteKind,
    PrerequisiteOwner,
    PrerequisiteStanding,
    RoleHours,
    Wished,
)
from samlop.rollouts.rules.rollouts import RolloutKind, RolloutState
from samlop.rollouts.services import basis as services
from samlop.rollouts.services import case_paper
from samlop.rollouts.services.basis import CannotChangeBasis, Step, Told, Words
from samlop.uptake.models import StageEvent
from samlop.uptake.rules.stages import Source, Stage
from tests import factories as make
from tests import portfolio_making as portfolio
from tests import rollout_making as rollouts
from tests.rollout_making import AT, BY, DAY

pytestmark = pytest.mark.django_db


def planned(**more: object) -> Rollout:
    return rollouts.a_rollout(
        state=RolloutState.PLANNING,
        leader=make.person(),
        **more,  # type: ignore[arg-type]
    )


def inhabited(municipality: Municipality, inhabitants: int) -> None:
    Population.objects.create(
        municipality=municipality, counted_on=date(2027, 1, 1), inhabitants=inhabitants
    )


def read(rollout: Rollout, municipality: Municipality, *, inside: bool = True) -> BasisFor:
    found = queries.basis_for(rollout, municipality.pk, DAY, inside=inside)
    assert found is not None
    return found


def standing(found: BasisFor, kind: PrerequisiteKind) -> PrerequisiteStanding | None:
    return next(one.standing for one in found.prerequisites if one.kind is kind)


# --- complete or not ---


def test_before_anybody_has_begun_all_of_it_is_missing() -> None:
    rollout = rollouts.a_rollout(state=RolloutState.PLANNING)
    assert len(queries.missing(rollout)) == 11
    assert queries.basis_for(rollout, make.municipality().pk, DAY) is None


def test_with_a_leader_a_cohort_and_a_price_a_full_basis_is_complete() -> None:
    rollout = planned()
    rollouts.a_basis(rollout, priced=False)
    assert queries.missing(rollout) == (BasisItem.COST, BasisItem.COHORT)
    assert sum(done for _, done in queries.checklist(rollout)) == 9

    rollouts.a_cohort(rollout=rollout)
    other = planned()
    rollouts.a_basis(other)
    rollouts.a_cohort(rollout=other)
    assert queries.missing(rollout) == (BasisItem.COST,)
    assert queries.missing(other) == ()


def test_it_begins_with_what_the_portfolio_requires() -> None:
    rollout = planned()
    journal = make.solution(name="Kjernejournal")
    Prerequisite.objects.create(solution=rollout.solution, requires=journal, note="")

    made = services.begin(rollout=rollout, by=BY, at=AT)

    kinds = [row.kind for row in queries.prerequisites_of(made)]
    assert kinds == [PrerequisiteKind.SYSTEM_VERSION.value, PrerequisiteKind.OTHER_SOLUTION.value]
    assert services.begin(rollout=rollout, by=BY, at=AT) == made


def test_a_copy_begins_where_the_earlier_rollout_was() -> None:
    earlier = planned()
    rollouts.a_basis(earlier)
    later = planned(offer=earlier.offer)

    made = services.copy(source=earlier, to=later, by=BY, at=AT)

    assert made is not None
    assert made.gains == "Færre telefoner."
    assert [row.title for row in queries.prerequisites_of(made)] == [
        row.title for row in queries.prerequisites_of(earlier.basis)
    ]
    assert queries.roles_of(made) == queries.roles_of(earlier.basis)
    assert [step.words for step in made.steps.all()] == ["Oppstartsmøte", "Opplæring", "Evaluering"]
    assert services.copy(source=planned(), to=planned(), by=BY, at=AT) is None


# --- writing ---


def test_two_who_edit_at_once_do_not_undo_each_other() -> None:
    made = rollouts.a_basis(planned())
    seen = made.version
    services.write(basis=made, words=Words(what="Nytt."), seen=seen, by=BY, at=AT)
    with pytest.raises(CannotChangeBasis) as refused:
        services.write(basis=made, words=Words(what="Annet."), seen=seen, by=BY, at=AT)
    assert refused.value.refusal is BasisRefusal.CHANGED_MEANWHILE
    made.refresh_from_db()
    assert made.what == "Nytt."


def test_the_same_words_once_more_change_nothing() -> None:
    made = rollouts.a_basis(planned())
    seen, events = made.version, Event.objects.count()
    services.write(basis=made, words=services.words_of(made), seen=seen, by=BY, at=AT)
    made.refresh_from_db()
    assert made.version == seen
    assert Event.objects.count() == events


def test_once_municipalities_can_answer_it_stays_complete() -> None:
    rollout = rollouts.a_rollout(leader=make.person())
    made = rollouts.a_basis(rollout)
    rollouts.a_cohort(rollout=rollout)
    words = services.words_of(made)

    with pytest.raises(CannotChangeBasis, match="hva som skjer hvis kommunen ikke blir med"):
        services.write(
            basis=made,
            words=Words(what=words.what, gains=words.gains, gains_source=words.gains_source),
            seen=made.version,
            by=BY,
            at=AT,
        )
    with pytest.raises(CannotChangeBasis) as refused:
        services.set_roles(basis=made, roles=[], seen=made.version, by=BY, at=AT)
    assert refused.value.refusal is BasisRefusal.WOULD_BE_INCOMPLETE
    assert queries.missing(rollout) == ()


def test_what_has_ended_is_not_changed() -> None:
    rollout = planned()
    made = rollouts.a_basis(rollout)
    Rollout.objects.filter(pk=rollout.pk).update(
        state=RolloutState.CANCELLED.value, state_reason="Ingen vil."
    )
    with pytest.raises(CannotChangeBasis) as refused:
        services.write(basis=made, words=Words(), seen=made.version, by=BY, at=AT)
    assert refused.value.refusal is BasisRefusal.ROLLOUT_ENDED


@pytest.mark.parametrize(
    ("steps", "refusal"),
    [
        ([Step(week, "Steg") for week in range(13)], BasisRefusal.TOO_MANY_STEPS),
        ([Step(105, "Steg")], BasisRefusal.BAD_WEEKS),
        ([Step(-105, "Steg")], BasisRefusal.BAD_WEEKS),
    ],
)
def test_a_schedule_in_brief_is_brief(steps: list[Step], refusal: BasisRefusal) -> None:
    made = rollouts.a_basis(planned())
    with pytest.raises(CannotChangeBasis) as refused:
        services.set_steps(basis=made, steps=steps, seen=made.version, by=BY, at=AT)
    assert refused.value.refusal is refusal


def test_hours_that_are_none_are_refused() -> None:
    made = rollouts.a_basis(planned())
    roles = [RoleHours(role=LocalRole.IT, needed=True, monthly=(Decimal(201),))]
    with pytest.raises(CannotChangeBasis) as refused:
        services.set_roles(basis=made, roles=roles, seen=made.version, by=BY, at=AT)
    assert refused.value.refusal is BasisRefusal.BAD_HOURS


def test_a_prerequisite_taken_out_is_read_no_more_and_cannot_be_changed() -> None:
    made = rollouts.a_basis(planned())
    row = next(
        one for one in queries.prerequisites_of(made) if one.kind == PrerequisiteKind.KS_AGREEMENT
    )
    services.remove_prerequisite(prerequisite=row, by=BY, at=AT)
    assert row not in queries.prerequisites_of(made)
    with pytest.raises(CannotChangeBasis):
        services.change_prerequisite(prerequisite=row, wished=services.wished_of(row), by=BY, at=AT)


def test_there_are_no_more_than_can_be_read() -> None:
    made = rollouts.a_basis(planned())
    wished = Wished(
        kind=PrerequisiteKind.LOCAL_DECISION,
        title="Vedtak",
        done_when="Fattet",
        owner=PrerequisiteOwner.MUNICIPALITY,
        days_before=90,
    )
    for _ in range(18):
        services.add_prerequisite(basis=made, wished=wished, by=BY, at=AT)
    with pytest.raises(CannotChangeBasis) as refused:
        services.add_prerequisite(basis=made, wished=wished, by=BY, at=AT)
    assert refused.value.refusal is BasisRefusal.TOO_MANY


# --- for one municipality ---


def test_hours_and_kroner_are_the_municipalitys_own() -> None:
    rollout = planned()
    rollouts.a_basis(rollout)
    rollouts.a_cohort(rollout=rollout)
    small, large = make.municipality(), make.municipality()
    inhabited(small, 1500)
    inhabited(large, 120_000)

    found = read(rollout, small)

    assert found.own.size is SizeClass.UNDER_2000
    assert found.own.hours == Decimal("18.0")
    assert read(rollout, large).own.hours > 100
    assert found.own.figure is not None
    assert found.own.figure.sum(CostPlace.IF_JOINING).amount == 12000
    assert [one.alone for one in found.staffing] == [True, True]
    assert found.months == (date(2027, 8, 1), date(2027, 9, 1), date(2027, 10, 1))
    assert {one.quarter.number for one in found.load} == {3, 4}
    every = queries.figures(rollout, [small.pk, large.pk], DAY)
    assert every[small.pk] == found.own
    assert every[small.pk].asked(rollout.starts_on)[found.load[0].quarter][
        CapacityRole.EPJ_MANAGER
    ] == Decimal("5.5")


def test_the_version_stands_as_the_vendor_says() -> None:
    rollout = planned()
    rollouts.a_basis(rollout)
    rollouts.a_cohort(rollout=rollout)
    municipality, product = make.municipality(), make.product(name="Profil")
    assert standing(read(rollout, municipality), PrerequisiteKind.SYSTEM_VERSION) is (
        PrerequisiteStanding.UNKNOWN
    )
    make.use(municipality=municipality, product=product)
    make.readiness(offer=rollout.offer, product=product, release_on=date(2027, 6, 1))
    waiting = read(rollout, municipality, inside=False)
    assert standing(waiting, PrerequisiteKind.SYSTEM_VERSION) is PrerequisiteStanding.UNDER_WAY
    make.readiness(
        offer=rollout.offer,
        product=product,
        state=Readiness.RELEASED,
        told_on=date(2027, 3, 1),
        version="4.2",
    )
    found = read(rollout, municipality)
    assert standing(found, PrerequisiteKind.SYSTEM_VERSION) is PrerequisiteStanding.MET
    assert found.met == 1
    assert [one.kind for one in found.lacking] == [PrerequisiteKind.KS_AGREEMENT]


def said(offer: int, municipality: Municipality, source: Source, stage: Stage) -> None:
    StageEvent.objects.create(
        offer_id=offer,
        municipality=municipality,
        source=source.value,
        stage=stage.value,
        happened_on=date(2027, 3, 1),
        recorded_at=datetime(2027, 3, 1, 12, tzinfo=UTC),
    )


def test_another_solution_stands_as_far_as_the_reader_may_know() -> None:
    rollout, journal = planned(), make.offer()
    Prerequisite.objects.create(solution=rollout.solution, requires=journal.solution)
    rollouts.a_basis(rollout)
    municipality = make.municipality()
    # The right of reply has not run out: only the municipality's own see it yet.
    said(journal.pk, municipality, Source.PROGRAMME, Stage.IN_USE)

    kind = PrerequisiteKind.OTHER_SOLUTION
    assert standing(read(rollout, municipality), kind) is PrerequisiteStanding.MET
    outside = read(rollout, municipality, inside=False)
    assert standing(outside, kind) is PrerequisiteStanding.OPEN


def test_what_is_told_counts_until_something_newer_is_and_only_insiders_read_it() -> None:
    rollout, municipality = planned(), make.municipality()
    made = rollouts.a_basis(rollout)
    kind = PrerequisiteKind.KS_AGREEMENT
    row = next(one for one in queries.prerequisites_of(made) if one.kind == kind)

    def tell(how: PrerequisiteStanding) -> int:
        return services.tell(
            basis=made,
            municipality=municipality,
            told=[Told(prerequisite=row.pk, standing=how, note="Sendt")],
            by=BY,
            on=DAY,
            at=AT,
        )

    assert tell(PrerequisiteStanding.UNDER_WAY) == 1
    assert tell(PrerequisiteStanding.MET) == 1
    assert tell(PrerequisiteStanding.MET) == 0
    assert standing(read(rollout, municipality), kind) is PrerequisiteStanding.MET
    outside = read(rollout, municipality, inside=False)
    assert standing(outside, kind) is None
    assert "Sendt" not in [one.note for one in outside.prerequisites]
    assert PrerequisiteWord.objects.count() == 2
    assert Event.objects.filter(
        code="rollouts.basis.prerequisites_told", municipality_id=municipality.pk
    ).exists()


def test_nobody_can_say_what_the_vendor_says() -> None:
    made = rollouts.a_basis(planned())
    row = next(
        one for one in queries.prerequisites_of(made) if one.kind == PrerequisiteKind.SYSTEM_VERSION
    )
    with pytest.raises(CannotChangeBasis) as refused:
        services.tell(
            basis=made,
            municipality=make.municipality(),
            told=[Told(prerequisite=row.pk, standing=PrerequisiteStanding.MET)],
            by=BY,
            on=DAY,
            at=AT,
        )
    assert refused.value.refusal is BasisRefusal.STANDS_BY_ITSELF


def test_somebody_in_the_role_is_what_a_role_asks_for() -> None:
    rollout, municipality = planned(), make.municipality()
    made = rollouts.a_basis(rollout)
    services.add_prerequisite(
        basis=made,
        wished=Wished(
            kind=PrerequisiteKind.NAMED_ROLE,
            title="Koordinator",
            done_when="Noen er utpekt",
            owner=PrerequisiteOwner.MUNICIPALITY,
            days_before=90,
            role=LocalRole.COORDINATOR,
        ),
        by=BY,
        at=AT,
    )
    kind = PrerequisiteKind.NAMED_ROLE
    assert standing(read(rollout, municipality), kind) is PrerequisiteStanding.UNKNOWN
    RoleHolder.objects.create(
        municipality=municipality,
        solution=rollout.solution,
        role=LocalRole.COORDINATOR.value,
        person=make.person(),
        started_on=DAY,
    )
    assert standing(read(rollout, municipality), kind) is PrerequisiteStanding.MET


def test_a_municipality_reads_of_the_cohorts_whose_key_it_shares() -> None:
    rollout = planned(kind=RolloutKind.SHARED)
    rollouts.a_basis(rollout)
    mine, other = make.product(), make.product()
    municipality = make.municipality()
    make.use(municipality=municipality, product=mine)
    rollouts.a_cohort(rollout=rollout, name="Andres", product=other)
    rollouts.a_cohort(rollout=rollout, name="Vår", product=mine, starts_on=date(2027, 10, 4))

    found = read(rollout, municipality)

    assert [one.name for one in found.cohorts] == ["Vår"]
    assert found.starts_on == date(2027, 10, 4)


def test_only_what_the_public_may_read_of_others_is_told() -> None:
    rollout = planned()
    rollouts.a_basis(rollout)
    place = {"latitude": Decimal(60), "longitude": Decimal(10), "point_kind": "centre"}
    here, known, hidden, ended = (make.municipality() for _ in range(4))
    for one in (here, known, hidden, ended):
        Municipality.objects.filter(pk=one.pk).update(**place)
    said(rollout.offer_id, known, Source.MUNICIPALITY, Stage.IN_USE)
    said(rollout.offer_id, hidden, Source.PROGRAMME, Stage.IN_USE)
    said(rollout.offer_id, ended, Source.MUNICIPALITY, Stage.STOPPED)

    found = read(rollout, here)

    assert [one.stage for one in found.nearby] == [Stage.IN_USE]
    assert len(found.similar) == 1


def test_the_same_queries_whatever_is_in_it() -> None:
    rollout = planned()
    made = rollouts.a_basis(rollout)
    rollouts.a_cohort(rollout=rollout)
    municipality = make.municipality()
    counts = []
    for number in (1, 6):
        for _ in range(number):
            services.add_prerequisite(
                basis=made,
                wished=Wished(
                    kind=PrerequisiteKind.NHN_TERMS,
                    title="Vilkår",
                    done_when="Godtatt",
                    owner=PrerequisiteOwner.NHN,
                    days_before=30,
                ),
                by=BY,
                at=AT,
            )
            said(rollout.offer_id, make.municipality(), Source.MUNICIPALITY, Stage.IN_USE)
        with CaptureQueriesContext(
            connection,
        ) as counted:
            read(rollout, municipality)
        counts.append(len(counted))
    assert all(one == other for one, other in pairwise(counts))
    assert counts[0] <= 50


@pytest.mark.parametrize("sql", ["UPDATE {} SET note = 'x'", "DELETE FROM {}"])
def test_words_about_prerequisites_are_never_rewritten(sql: str) -> None:
    made, municipality = rollouts.a_basis(planned()), make.municipality()
    row = queries.prerequisites_of(made)[0]
    PrerequisiteWord.objects.create(
        prerequisite=row,
        municipality=municipality,
        standing=PrerequisiteStanding.MET.value,
        told_on=DAY,
        recorded_at=AT,
    )
    with (
        pytest.raises((InternalError, ProgrammingError)),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql.format(PrerequisiteWord._meta.db_table))


def test_an_exception_from_the_criteria_is_told_with_its_reason() -> None:
    portfolio.criteria_one()
    rollout = planned(offer=make.offer(area=Area.NURSING_HOME))
    rollouts.a_basis(rollout)
    municipality = make.municipality()
    assert read(rollout, municipality).exception is None
    portfolio.assessed(rollout.offer, but={"leverandorer": Verdict.NOT_MET})
    portfolio.decided(rollout.offer, GateOutcome.EXCEPTION, reason="Én leverandør holder.")

    words = case_paper.exception_words(read(rollout, municipality, inside=False))

    assert words.endswith("Begrunnelse: Én leverandør holder.")


# --- the saksframlegg ---


def test_the_language_form_is_the_municipalitys() -> None:
    rollout = planned()
    rollouts.a_basis(rollout)
    rollouts.a_cohort(rollout=rollout)
    for form, language in ((LanguageForm.NYNORSK, "nn"), (LanguageForm.BOKMAL, "nb")):
        municipality = make.municipality(language_form=form)
        assert case_paper.make(read(rollout, municipality)).language == language


def test_nynorsk_is_read_where_it_is_written() -> None:
    rollout = planned()
    made = rollouts.a_basis(rollout)
    rollouts.a_cohort(rollout=rollout)
    words = replace(services.words_of(made), what_nn="Innbyggjarar ser det same.")
    services.write(basis=made, words=words, seen=made.version, by=BY, at=AT)

    def told(form: LanguageForm) -> str:
        blocks = case_paper.make(read(rollout, make.municipality(language_form=form))).blocks
        return "".join(one.words for one in blocks if isinstance(one, Text))

    nynorsk, bokmal = told(LanguageForm.NYNORSK), told(LanguageForm.NEUTRAL)
    assert "Innbyggjarar ser det same." in nynorsk
    # Not written in nynorsk: told as it is.
    assert "Færre telefoner." in nynorsk
    assert "Innbyggere og ansatte ser det samme." in bokmal
    assert "Innbyggjarar" not in bokmal


def test_titles_and_steps_are_read_in_nynorsk_where_they_are_written_so() -> None:
    rollout = planned()
    made = rollouts.a_basis(rollout)
    rollouts.a_cohort(rollout=rollout)
    agreement = next(one for one in queries.prerequisites_of(made) if one.kind == "ks_agreement")
    services.change_prerequisite(
        prerequisite=agreement,
        wished=replace(services.wished_of(agreement), title_nn="Avtale om etablering hos dykk"),
        by=BY,
        at=AT,
    )
    made.refresh_from_db()
    services.set_steps(
        basis=made,
        steps=[Step(-6, "Oppstartsmøte"), Step(0, "Opplæring", "Opplæring hos dykk")],
        seen=made.version,
        by=BY,
        at=AT,
    )

    def told(form: LanguageForm) -> str:
        found = read(rollout, make.municipality(language_form=form))
        return repr(case_paper.make(found).blocks)

    nynorsk, bokmal = told(LanguageForm.NYNORSK), told(LanguageForm.BOKMAL)
    for words in ("Avtale om etablering hos dykk", "Opplæring hos dykk"):
        assert words in nynorsk
        assert words not in bokmal
    # Not written in nynorsk: told as it is.
    assert "Oppstartsmøte" in nynorsk
    # A copy keeps both.
    to = planned()
    copied = services.copy(source=rollout, to=to, by=BY, at=AT)
    assert copied is not None
    assert [one.words_nn for one in copied.steps.all()] == ["", "Opplæring hos dykk"]
    assert "Avtale om etablering hos dykk" in {
        one.title_nn for one in queries.prerequisites_of(copied)
    }
