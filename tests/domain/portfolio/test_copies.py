"""A municipality's copies: what is copied, answered, taken in or kept, and who comes first."""

from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, connection, transaction

from samlop.audit.models import Event
from samlop.lib.actors import Machine
from samlop.municipalities.models import Municipality
from samlop.municipalities.rules.kinds import LanguageForm
from samlop.portfolio.models import LocalCopy, LocalRow, Material, MaterialText, TemplateRow
from samlop.portfolio.queries import copies as queries
from samlop.portfolio.rules.copies import CopyRefusal, RowChangeKind, RowText, Stand, TemplateKind
from samlop.portfolio.rules.material import MaterialKind, MaterialRefusal
from samlop.portfolio.services import copies as services
from samlop.portfolio.services import material as material_services
from samlop.portfolio.services.copies import CannotCopy
from samlop.portfolio.services.material import CannotKeep, Details, Edition
from tests import factories as make

pytestmark = pytest.mark.django_db

BY = Machine("tests")
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
ON = date(2026, 3, 2)
BOKMAL = LanguageForm.BOKMAL

ACCESS = RowText(
    key="r1",
    section="Tilgang",
    heading="En ansatt slår opp uten tjenstlig behov",
    body="Nysgjerrighet.\nDelt innlogging.",
    suggestion="Gå gjennom loggen hver måned.",
)
DOWN = RowText(
    key="r2", section="Drift", heading="Tjenesten er nede", suggestion="Ha en papirrutine."
)
PHISHING = RowText(key="r3", section="Tilgang", heading="En konto kommer på avveie")
ACCESS_2 = RowText(
    key="r1",
    section="Tilgang",
    heading="En ansatt slår opp uten tjenstlig behov",
    body="Nysgjerrighet.\nDelt innlogging.",
    suggestion="Gå gjennom loggen hver uke.",
)


def template(*rows: RowText) -> Material:
    return material_services.add(
        details=Details(title="ROS for tilgang", kind=MaterialKind.ROS),
        editions=[Edition(language=BOKMAL, rows=rows or (ACCESS, DOWN))],
        template=TemplateKind.ROS,
        by=BY,
        at=AT,
    )


def publish(material: Material, *rows: RowText, number: int = 1) -> None:
    material_services.publish(
        material=material,
        editions=[Edition(language=BOKMAL, rows=rows)],
        note="Endret etter pilotene.",
        based_on=number,
        review_on=None,
        by=BY,
        on=ON,
        at=AT,
    )


def copied(material: Material, municipality: Municipality | None = None) -> LocalCopy:
    return services.make(
        text=MaterialText.objects.get(version__material=material, version__replaced_at=None),
        municipality=municipality or make.municipality(),
        by=BY,
        at=AT,
    )


def seen(copy: LocalCopy) -> queries.CopyView:
    found = queries.view(copy.pk, municipality=copy.municipality_id)
    assert found is not None
    return found


def answer(copy: LocalCopy, key: str, *, revision: int = 0, **answers: str) -> LocalRow:
    return services.answer(copy=copy, key=key, answers=answers, seen=revision, by=BY, at=AT)


def test_a_copy_has_the_rows_of_the_version_and_no_answers() -> None:
    copy = copied(template())

    view = seen(copy)

    assert [row.heading for row in view.rows] == [ACCESS.heading, DOWN.heading]
    assert [row.answers for row in view.rows] == [{}, {}]
    assert (view.number, view.newest, view.waiting) == (1, 1, ())


def test_a_municipality_has_one_copy_of_a_template() -> None:
    material, here = template(), make.municipality()
    copied(material, here)

    with pytest.raises(CannotCopy) as refused:
        copied(material, here)

    assert refused.value.refusal is CopyRefusal.ALREADY_COPIED


def test_the_database_refuses_a_second_copy() -> None:
    copy = copied(template())
    with pytest.raises(IntegrityError, match="copy_once_per_municipality"), transaction.atomic():
        LocalCopy.objects.create(
            material=copy.material, municipality=copy.municipality, text=copy.text, created_at=AT
        )


def test_another_municipality_finds_no_such_copy() -> None:
    copy = copied(template())
    assert queries.view(copy.pk, municipality=make.municipality().pk) is None


def test_an_answer_is_kept_and_told_of_without_its_words() -> None:
    copy = copied(template())

    answer(copy, "r1", likelihood="3", consequence="4", measure="  Månedlig kontroll ")

    row = next(row for row in seen(copy).rows if row.key == "r1")
    assert {field.value: words for field, words in row.answers.items()} == {
        "likelihood": "3",
        "consequence": "4",
        "measure": "Månedlig kontroll",
    }
    event = Event.objects.get(code="portfolio.copy.answered")
    assert event.municipality_id == copy.municipality_id
    assert "kontroll" not in str(event.details)


def test_no_history_table_keeps_an_answer() -> None:
    copy = copied(template())
    answer(copy, "r1", measure="Hemmelig tiltak")
    services.remove(copy=copy, by=BY, at=AT)

    with connection.cursor() as cursor:
        cursor.execute(
            "select table_name from information_schema.columns"
            " where column_name = 'answers' and table_name like 'portfolio_local%'"
        )
        assert {name for (name,) in cursor.fetchall()} == {"portfolio_localrow"}
    assert not LocalRow.objects.exists()
    assert queries.view(copy.pk, municipality=copy.municipality_id) is None


@pytest.mark.parametrize(
    ("answers", "refusal"),
    [
        ({"likelihood": "5"}, CopyRefusal.UNKNOWN_CHOICE),
        ({"measure": "x" * 4001}, CopyRefusal.TOO_LONG),
    ],
)
def test_an_answer_that_cannot_be_kept_is_refused(
    answers: dict[str, str], refusal: CopyRefusal
) -> None:
    copy = copied(template())
    with pytest.raises(CannotCopy) as refused:
        services.answer(copy=copy, key="r1", answers=answers, seen=0, by=BY, at=AT)
    assert refused.value.refusal is refusal
    assert seen(copy).rows[0].answers == {}


def test_whoever_comes_second_to_a_row_overwrites_nothing() -> None:
    copy = copied(template())
    answer(copy, "r1", measure="Mitt")

    with pytest.raises(CannotCopy) as refused:
        answer(copy, "r1", revision=0, measure="Ditt")

    assert refused.value.refusal is CopyRefusal.CHANGED_MEANWHILE
    assert "Mitt" in seen(copy).rows[0].answers.values()
    answer(copy, "r1", revision=1, measure="Vårt")
    assert "Vårt" in seen(copy).rows[0].answers.values()


def test_two_who_answer_the_same_are_not_in_each_others_way() -> None:
    copy = copied(template())
    answer(copy, "r1", measure="Likt")
    assert answer(copy, "r1", revision=0, measure="Likt").revision == 1


def test_a_change_is_taken_in_and_another_kept_and_the_answers_stay() -> None:
    material = template()
    copy = copied(material)
    answer(copy, "r1", measure="Vårt tiltak")
    publish(material, ACCESS_2, PHISHING)

    view = seen(copy)
    assert [(one.key, one.kind) for one in view.waiting] == [
        ("r1", RowChangeKind.CHANGED),
        ("r3", RowChangeKind.ADDED),
        ("r2", RowChangeKind.REMOVED),
    ]
    for key, stand in (("r1", Stand.ACCEPT), ("r3", Stand.KEEP), ("r2", Stand.KEEP)):
        services.take_stand(copy=copy, key=key, stand=stand, newest=view.newest_text, by=BY, at=AT)

    after = seen(copy)
    assert after.waiting == ()
    assert (after.number, after.newest) == (2, 2)
    assert [row.key for row in after.rows] == ["r1", "r2"]
    assert after.rows[0].suggestion == ACCESS_2.suggestion
    assert "Vårt tiltak" in after.rows[0].answers.values()


def test_what_was_kept_is_asked_again_only_when_it_changes_again() -> None:
    material = template()
    copy = copied(material)
    publish(material, ACCESS_2, DOWN)
    services.take_stand(
        copy=copy, key="r1", stand=Stand.KEEP, newest=seen(copy).newest_text, by=BY, at=AT
    )
    assert seen(copy).waiting == ()
    assert seen(copy).rows[0].suggestion == ACCESS.suggestion

    publish(material, ACCESS_2, DOWN, PHISHING, number=2)
    assert [one.key for one in seen(copy).waiting] == ["r3"]


def test_a_stand_is_not_taken_on_a_version_nobody_has_seen() -> None:
    material = template()
    copy = copied(material)
    publish(material, ACCESS_2, DOWN)
    old = seen(copy).newest_text
    publish(material, ACCESS_2, DOWN, PHISHING, number=2)

    with pytest.raises(CannotCopy) as refused:
        services.take_stand(copy=copy, key="r1", stand=Stand.ACCEPT, newest=old, by=BY, at=AT)

    assert refused.value.refusal is CopyRefusal.NEWER_VERSION
    assert seen(copy).rows[0].suggestion == ACCESS.suggestion


def test_a_stand_is_taken_once() -> None:
    material = template()
    copy = copied(material)
    publish(material, ACCESS_2, DOWN)
    newest = seen(copy).newest_text
    services.take_stand(copy=copy, key="r1", stand=Stand.ACCEPT, newest=newest, by=BY, at=AT)

    with pytest.raises(CannotCopy) as refused:
        services.take_stand(copy=copy, key="r1", stand=Stand.KEEP, newest=newest, by=BY, at=AT)

    assert refused.value.refusal is CopyRefusal.NO_SUCH_CHANGE


def test_all_that_is_left_can_be_taken_in_at_once() -> None:
    material = template()
    copy = copied(material)
    publish(material, ACCESS_2, PHISHING)

    assert services.take_all(copy=copy, newest=seen(copy).newest_text, by=BY, at=AT) == 3

    assert [row.key for row in seen(copy).rows] == ["r1", "r3"]
    assert seen(copy).number == 2


def test_own_rows_come_last_and_only_they_can_be_removed() -> None:
    copy = copied(template())
    own = services.add_row(copy=copy, heading=" Egen  risiko ", section="", by=BY, at=AT)
    assert [row.heading for row in seen(copy).rows][-1] == "Egen risiko"

    with pytest.raises(CannotCopy) as refused:
        services.remove_row(copy=copy, key="r1", by=BY, at=AT)
    assert refused.value.refusal is CopyRefusal.NOT_OWN_ROW

    services.remove_row(copy=copy, key=own.key, by=BY, at=AT)
    assert len(seen(copy).rows) == 2


def test_the_owner_is_told_numbers_and_no_municipality() -> None:
    material = template()
    copied(material)
    behind = copied(material)
    publish(material, ACCESS_2, DOWN)
    services.take_all(copy=behind, newest=seen(behind).newest_text, by=BY, at=AT)

    assert queries.by_version(material) == ((2, 1), (1, 1))


def test_a_list_tells_who_is_behind() -> None:
    material, here = template(), make.municipality()
    copy = copied(material, here)
    answer(copy, "r2", measure="Papir")
    publish(material, ACCESS_2, DOWN)

    (line,) = queries.copies_of(here.pk)

    assert (line.number, line.newest, line.rows, line.answered) == (1, 2, 2, 1)
    assert queries.behind([here.pk]) == {here.pk: (line,)}


def test_a_withdrawn_template_is_copied_no_more_and_copies_stay() -> None:
    material = template()
    copy = copied(material)
    material_services.withdraw(material=material, reason="Erstattet", by=BY, at=AT)

    with pytest.raises(CannotCopy):
        copied(material)
    assert seen(copy).withdrawn


def test_the_text_of_a_version_never_changes() -> None:
    template()
    with pytest.raises(Exception, match="Cannot update"), transaction.atomic():
        TemplateRow.objects.update(heading="Noe annet")


def test_a_version_in_which_nothing_is_new_is_refused() -> None:
    material = template()
    with pytest.raises(CannotKeep) as refused:
        publish(material, ACCESS, DOWN)
    assert refused.value.refusal is MaterialRefusal.NOTHING_CHANGED
