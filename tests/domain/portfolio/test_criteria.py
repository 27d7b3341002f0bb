"""Versions of the criteria: ours first, then drafts; and what the database refuses."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, transaction
from pytest_django import DjangoAssertNumQueries

from samlop.audit.models import Event
from samlop.governance.models import Body
from samlop.lib.actors import Machine
from samlop.portfolio.imports import criteria as imports
from samlop.portfolio.models import CriteriaSet, Criterion
from samlop.portfolio.queries import criteria as queries
from samlop.portfolio.rules.criteria import (
    LONGEST_TEXT,
    LONGEST_TITLE,
    MOST_CRITERIA,
    Assessor,
    CriteriaRefusal,
    CriterionText,
    CriterionWeight,
    FactsBeside,
    SetStanding,
    compare,
)
from samlop.portfolio.services import criteria as services
from samlop.portfolio.services.criteria import CannotChangeCriteria, Direction

pytestmark = pytest.mark.django_db

AT = datetime(2027, 3, 14, 9, tzinfo=UTC)
LATER = datetime(2027, 5, 1, 9, tzinfo=UTC)
BY = Machine("tests")
NEW = CriterionText(
    code="",
    title="Nynorsk",
    question="Finnes løsningen på nynorsk?",
    why="",
    evidence="",
    assessor=Assessor.PROGRAMME,
    weight=CriterionWeight.SHOULD,
)


@pytest.fixture
def first() -> CriteriaSet:
    """Version 1 as it comes with Samløp."""
    call_command("load_bodies", verbosity=0)
    services.ensure_first(imports.read(), by=BY, at=AT)
    return CriteriaSet.objects.get(number=1)


@pytest.fixture
def draft(first: CriteriaSet) -> CriteriaSet:
    return services.start_draft(by=BY, at=AT)


def one(row: CriteriaSet, code: str = "gevinster") -> Criterion:
    return Criterion.objects.get(criteria_set=row, code=code)


def codes(row: CriteriaSet) -> list[str]:
    return [text.code for text in queries.texts_of(row.pk)]


def refusal(error: pytest.ExceptionInfo[CannotChangeCriteria]) -> CriteriaRefusal:
    assert str(error.value)
    assert "%(" not in str(error.value)
    return error.value.refusal


def publish(draft: CriteriaSet) -> None:
    services.publish(criteria_set=draft, seen=queries.texts_of(draft.pk), by=BY, at=LATER)


def describe(draft: CriteriaSet, *, source: str = "Sak 3/27", what_is_new: str = "Nytt") -> None:
    services.describe(
        criteria_set=draft,
        deciding_body=draft.deciding_body,
        advised_by=draft.advised_by,
        standing=SetStanding.DECIDED,
        source=source,
        what_is_new=what_is_new,
        by=BY,
    )


# --- the first version ---


def test_the_first_version_asks_thirteen_things_and_says_whose_word_it_is(
    first: CriteriaSet,
) -> None:
    texts = queries.texts_of(first.pk)
    assert len(texts) == len({text.code for text in texts}) == 13
    assert all(text.why and text.evidence for text in texts)
    assert sum(text.weight is CriterionWeight.MUST for text in texts) == 11
    assert first.is_published
    assert first.standing == SetStanding.FROM_THE_REPORT.value
    assert (first.deciding_body.slug, first.deciding_body.name) == ("ks", "KS")
    assert first.advised_by is not None
    assert first.advised_by.slug == "fpu-e-helse"
    beside = {text.code: text.beside for text in texts}
    assert beside["leverandorer"] is FactsBeside.VENDORS
    assert beside["materiell"] is FactsBeside.MATERIAL
    assert {text.code for text in texts if text.assessor is Assessor.HEALTH_ASSESSORS} == {
        "helsefaglig"
    }


def test_loading_the_first_version_again_changes_nothing(first: CriteriaSet) -> None:
    before = queries.texts_of(first.pk)
    assert not services.ensure_first(imports.read(), by=BY, at=LATER)
    call_command("load_criteria", verbosity=0)
    assert CriteriaSet.objects.get().published_at == AT
    assert queries.texts_of(first.pk) == before
    assert Event.objects.filter(code="portfolio.criteria.loaded").count() == 1


# --- the database ---


@pytest.mark.parametrize(
    "change",
    [
        lambda row: CriteriaSet.objects.filter(pk=row.pk).update(source="Et annet sted"),
        lambda row: CriteriaSet.objects.filter(pk=row.pk).update(published_at=None),
        lambda row: CriteriaSet.objects.filter(pk=row.pk).delete(),
        lambda row: Criterion.objects.filter(criteria_set=row).update(weight="should"),
        lambda row: Criterion.objects.filter(criteria_set=row).update(position=1),
        lambda row: Criterion.objects.filter(criteria_set=row)[:1].get().delete(),
        lambda row: Criterion.objects.create(
            criteria_set=row,
            code="ny",
            position=99,
            title="Ny",
            question="Ny?",
            assessor="programme",
            weight="must",
        ),
    ],
)
def test_nothing_changes_a_published_version(first: CriteriaSet, change: object) -> None:
    assert callable(change)
    with pytest.raises(DatabaseError, match="pgtrigger"), transaction.atomic():
        change(first)


def test_a_criterion_cannot_be_moved_into_or_out_of_a_published_version(
    first: CriteriaSet, draft: CriteriaSet
) -> None:
    for source, target in ((draft, first), (first, draft)):
        row = Criterion.objects.filter(criteria_set=source).order_by("-position")[0]
        with pytest.raises(DatabaseError, match="pgtrigger"), transaction.atomic():
            Criterion.objects.filter(pk=row.pk).update(criteria_set=target, position=80, code="x")


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("criteria_set_one_draft", {"number": 3}),
        ("criteria_set_standing_is_known", {"number": 3, "published_at": AT, "standing": "x"}),
        ("criteria_set_counts_from_one", {"number": 0, "published_at": AT}),
        ("criteria_set_published_with_source", {"number": 3, "published_at": AT, "source": ""}),
    ],
)
def test_the_database_refuses_a_set(
    draft: CriteriaSet, constraint: str, values: dict[str, object]
) -> None:
    whole = {
        "deciding_body": draft.deciding_body,
        "standing": "proposed",
        "source": "Sak",
        "created_at": AT,
    }
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        CriteriaSet.objects.create(**{**whole, **values})


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("criterion_code_once_per_set", {"code": "gevinster"}),
        ("criterion_asks_something", {"title": ""}),
        ("criterion_asks_something", {"question": ""}),
        ("criterion_assessor_is_known", {"assessor": "x"}),
        ("criterion_weight_is_known", {"weight": "x"}),
        ("criterion_beside_is_known", {"beside": "x"}),
    ],
)
def test_the_database_refuses_a_criterion(
    draft: CriteriaSet, constraint: str, values: dict[str, str]
) -> None:
    whole = {
        "code": "ny",
        "title": "Ny",
        "question": "Ny?",
        "assessor": "programme",
        "weight": "must",
    }
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Criterion.objects.create(criteria_set=draft, position=99, **{**whole, **values})


# --- a draft ---


def test_a_draft_begins_as_a_copy_that_nobody_has_decided_on(
    first: CriteriaSet, draft: CriteriaSet
) -> None:
    assert (draft.number, draft.published_at) == (2, None)
    assert draft.standing == SetStanding.PROPOSED.value
    assert queries.texts_of(draft.pk) == queries.texts_of(first.pk)
    assert queries.newest_published() == first


def test_there_is_one_draft_at_a_time(draft: CriteriaSet) -> None:
    with pytest.raises(CannotChangeCriteria) as error:
        services.start_draft(by=BY, at=AT)
    assert refusal(error) is CriteriaRefusal.DRAFT_EXISTS
    assert "versjon 2" in str(error.value)


def test_a_draft_needs_a_version_to_begin_from() -> None:
    with pytest.raises(CannotChangeCriteria) as error:
        services.start_draft(by=BY, at=AT)
    assert refusal(error) is CriteriaRefusal.GONE


def test_a_criterion_is_added_changed_moved_and_removed(
    first: CriteriaSet, draft: CriteriaSet
) -> None:
    added = services.add_criterion(criteria_set=draft, text=NEW, by=BY)
    assert (added.code, codes(draft)[-1]) == ("nynorsk", "nynorsk")

    text = replace(added.text(), title="  Begge   målformer ", why=" Fordi\n\n  loven. ")
    services.edit_criterion(criterion=added, seen=0, text=text, by=BY)
    added.refresh_from_db()
    assert (added.title, added.why, added.revision) == ("Begge målformer", "Fordi\n\nloven.", 1)
    assert added.code == "nynorsk"

    services.move_criterion(criterion=added, direction=Direction.UP, by=BY)
    assert codes(draft)[-2:] == ["nynorsk", "innforingen-er-forberedt"]
    services.move_criterion(criterion=added, direction=Direction.DOWN, by=BY)
    services.move_criterion(criterion=added, direction=Direction.DOWN, by=BY)
    assert codes(draft)[-1] == "nynorsk"

    services.remove_criterion(criterion=one(draft), by=BY)
    difference = compare(queries.texts_of(first.pk), queries.texts_of(draft.pk))
    assert [text.code for text in difference.removed] == ["gevinster"]
    assert [text.code for text in difference.added] == ["nynorsk"]


def test_a_new_question_never_gets_the_code_of_an_old_one(draft: CriteriaSet) -> None:
    row = one(draft)
    services.remove_criterion(criterion=row, by=BY)
    again = services.add_criterion(criteria_set=draft, text=replace(NEW, title="Gevinster"), by=BY)
    assert again.code == "gevinster-2"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (replace(NEW, title=" "), CriteriaRefusal.NO_TITLE),
        (replace(NEW, question="\n"), CriteriaRefusal.NO_QUESTION),
        (replace(NEW, title="universelt UTFORMET"), CriteriaRefusal.TITLE_TAKEN),
    ],
)
def test_a_criterion_that_cannot_be_added_or_changed(
    draft: CriteriaSet, text: CriterionText, expected: CriteriaRefusal
) -> None:
    with pytest.raises(CannotChangeCriteria) as error:
        services.add_criterion(criteria_set=draft, text=text, by=BY)
    assert refusal(error) is expected
    with pytest.raises(CannotChangeCriteria) as error:
        services.edit_criterion(criterion=one(draft), seen=0, text=text, by=BY)
    assert refusal(error) is expected


def test_texts_are_cut_to_what_there_is_room_for(draft: CriteriaSet) -> None:
    long = replace(NEW, title="a" * 500, question="b" * 900, why="c" * 3000)
    row = services.add_criterion(criteria_set=draft, text=long, by=BY)
    assert (len(row.title), len(row.question), len(row.why)) == (LONGEST_TITLE, 500, LONGEST_TEXT)


def test_a_draft_has_room_for_so_many(draft: CriteriaSet) -> None:
    for index in range(MOST_CRITERIA - 13):
        services.add_criterion(criteria_set=draft, text=replace(NEW, title=f"Nr {index}"), by=BY)
    with pytest.raises(CannotChangeCriteria) as error:
        services.add_criterion(criteria_set=draft, text=NEW, by=BY)
    assert refusal(error) is CriteriaRefusal.TOO_MANY


def test_whoever_saves_what_somebody_else_has_changed_is_told(draft: CriteriaSet) -> None:
    row = one(draft)
    services.edit_criterion(criterion=row, seen=0, text=replace(row.text(), title="Gevinst"), by=BY)
    with pytest.raises(CannotChangeCriteria) as error:
        services.edit_criterion(
            criterion=row, seen=0, text=replace(row.text(), title="Nytte"), by=BY
        )
    assert refusal(error) is CriteriaRefusal.CHANGED_MEANWHILE
    assert one(draft).title == "Gevinst"
    # The same words again are no quarrel.
    services.edit_criterion(criterion=row, seen=0, text=replace(row.text(), title="Gevinst"), by=BY)


def test_what_is_gone_cannot_be_changed(draft: CriteriaSet) -> None:
    row = one(draft)
    services.remove_criterion(criterion=row, by=BY)
    row.pk = row.pk or 1
    with pytest.raises(CannotChangeCriteria) as error:
        services.remove_criterion(criterion=row, by=BY)
    assert refusal(error) is CriteriaRefusal.CRITERION_GONE
    pk = draft.pk
    services.delete_draft(criteria_set=draft, by=BY)
    draft.pk = pk
    with pytest.raises(CannotChangeCriteria) as error:
        services.add_criterion(criteria_set=draft, text=NEW, by=BY)
    assert refusal(error) is CriteriaRefusal.GONE


def test_a_discarded_draft_leaves_its_number_free(draft: CriteriaSet) -> None:
    services.delete_draft(criteria_set=draft, by=BY)
    assert services.start_draft(by=BY, at=AT).number == 2


def test_describing_a_draft_records_what_changed(draft: CriteriaSet) -> None:
    describe(draft)
    describe(draft)
    draft.refresh_from_db()
    assert (draft.source, draft.what_is_new) == ("Sak 3/27", "Nytt")
    (event,) = Event.objects.filter(code="portfolio.criteria.described")
    assert event.details["changed"] == ["standing", "source", "what_is_new"]


# --- publishing ---


def test_a_published_draft_is_the_newest_version(first: CriteriaSet, draft: CriteriaSet) -> None:
    services.add_criterion(criteria_set=draft, text=NEW, by=BY)
    describe(draft)
    publish(draft)
    assert draft.published_at == LATER
    assert queries.newest_published() == draft
    with pytest.raises(CannotChangeCriteria) as error:
        services.add_criterion(criteria_set=draft, text=NEW, by=BY)
    assert refusal(error) is CriteriaRefusal.PUBLISHED
    with pytest.raises(CannotChangeCriteria) as error:
        publish(draft)
    assert refusal(error) is CriteriaRefusal.PUBLISHED


def test_a_draft_that_says_nothing_new_is_not_published(draft: CriteriaSet) -> None:
    describe(draft)
    with pytest.raises(CannotChangeCriteria) as error:
        publish(draft)
    assert refusal(error) is CriteriaRefusal.NOTHING_NEW


@pytest.mark.parametrize(
    ("source", "what_is_new", "expected"),
    [
        ("", "Nytt", CriteriaRefusal.NO_SOURCE),
        ("Sak 3/27", "", CriteriaRefusal.NO_WHAT_IS_NEW),
    ],
)
def test_a_draft_is_published_with_its_source_and_what_is_new(
    draft: CriteriaSet, source: str, what_is_new: str, expected: CriteriaRefusal
) -> None:
    services.add_criterion(criteria_set=draft, text=NEW, by=BY)
    describe(draft, source=source, what_is_new=what_is_new)
    with pytest.raises(CannotChangeCriteria) as error:
        publish(draft)
    assert refusal(error) is expected


def test_what_is_published_is_what_the_publisher_read(draft: CriteriaSet) -> None:
    describe(draft)
    seen = queries.texts_of(draft.pk)
    services.add_criterion(criteria_set=draft, text=NEW, by=BY)
    with pytest.raises(CannotChangeCriteria) as error:
        services.publish(criteria_set=draft, seen=seen, by=BY, at=LATER)
    assert refusal(error) is CriteriaRefusal.DRAFT_CHANGED
    draft.refresh_from_db()
    assert not draft.is_published


# --- questions ---


def test_a_draft_is_seen_only_by_who_may(
    draft: CriteriaSet, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(2):
        assert [head.number for head in queries.heads(with_draft=True)] == [2, 1]
        assert [head.number for head in queries.heads(with_draft=False)] == [1]
    assert queries.head(2, with_draft=False) is None
    head = queries.head(2, with_draft=True)
    assert head is not None
    assert (head.deciding_body, head.published_at) == ("KS", None)
    assert Body.objects.filter(slug=head.deciding_body_slug).exists()
