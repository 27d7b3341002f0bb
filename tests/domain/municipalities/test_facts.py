"""What a municipality says about itself, and what a file says about many."""

from collections.abc import Callable
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError

from samlop.audit.models import Event
from samlop.lib.actors import Machine
from samlop.lib.errors import FileRefused
from samlop.municipalities.imports import facts as imports
from samlop.municipalities.management.files import MOST_BYTES
from samlop.municipalities.models import Municipality
from samlop.municipalities.rules.facts import FactRefusal
from samlop.municipalities.rules.kinds import LanguageForm
from samlop.municipalities.services import facts as services
from tests import factories as make

pytestmark = pytest.mark.django_db

BY = Machine("test")
TODAY = date(2027, 3, 1)
OSLO, EIGERSUND = "958935420", "944496394"


def edit(
    of: Municipality,
    *,
    form: LanguageForm = LanguageForm.BOKMAL,
    postmottak: str = "",
    website: str = "",
) -> Municipality:
    return services.edit_facts(
        municipality=of, language_form=form, postmottak=postmottak, website=website, by=BY
    )


def test_a_municipality_changes_its_own_facts() -> None:
    here = make.municipality()

    edit(here, form=LanguageForm.NYNORSK, postmottak=" post@her.no ", website="www.her.no")

    here.refresh_from_db()
    assert (here.language_form, here.postmottak, here.website) == (
        "nynorsk",
        "post@her.no",
        "https://www.her.no",
    )
    event = Event.objects.get()
    assert (event.code, event.municipality_id) == ("municipalities.facts.changed", here.pk)
    assert event.details["language_form"] == ["bokmal", "nynorsk"]


def test_saving_the_same_facts_records_nothing_and_leaves_a_bare_address_alone() -> None:
    here = make.municipality()
    Municipality.objects.filter(pk=here.pk).update(website="www.her.no")

    edit(here, website="www.her.no")

    assert not Event.objects.exists()


@pytest.mark.parametrize(
    ("change", "refusal", "sentence"),
    [
        (lambda of: edit(of, postmottak="post"), FactRefusal.BAD_EMAIL, "«post» er ikke en e-post"),
        (lambda of: edit(of, website="her"), FactRefusal.BAD_WEBSITE, "«her» er ikke en nett"),
    ],
)
def test_facts_that_cannot_be(
    change: Callable[[Municipality], object], refusal: FactRefusal, sentence: str
) -> None:
    with pytest.raises(services.CannotChangeFacts, match=sentence) as refused:
        change(make.municipality())
    assert refused.value.refusal is refusal


def load(text: str) -> int:
    return imports.apply(imports.compare(text.encode(), on=TODAY), source="fil", by=BY)


def problems(text: str) -> list[tuple[int | None, str | None]]:
    with pytest.raises(FileRefused) as refused:
        imports.compare(text.encode(), on=TODAY)
    return [(one.row, one.column) for one in refused.value.problems]


def test_a_file_sets_what_it_says_and_leaves_what_it_does_not_say() -> None:
    one, two = make.municipality(number="9101"), make.municipality(number="9102")
    Municipality.objects.filter(pk=two.pk).update(kostra_group="K1", postmottak="gammel@to.no")

    changed = load(
        "number;organisation_number;kostra_group;postmottak\n"
        f"9101;{OSLO[:3]} {OSLO[3:6]} {OSLO[6:]};K3;post@en.no\n"
        "9102;;;post@to.no\n"
    )

    assert changed == 2
    one.refresh_from_db()
    two.refresh_from_db()
    assert (one.organisation_number, one.kostra_group, one.postmottak) == (OSLO, "K3", "post@en.no")
    assert (two.organisation_number, two.kostra_group, two.postmottak) == (None, "K1", "post@to.no")
    events = Event.objects.filter(code="municipalities.facts.imported").order_by("pk")
    assert [event.municipality_id for event in events] == [one.pk, two.pk]
    assert events[1].details == {"postmottak": ["gammel@to.no", "post@to.no"]}
    assert {event.reason for event in events} == {"fil"}


def test_comparing_names_each_change_and_saves_none() -> None:
    here = make.municipality(number="9101", name="Her")
    Municipality.objects.filter(pk=here.pk).update(kostra_group="K1")

    difference = imports.compare(b"number,kostra_group,postmottak\n9101,K1,a@b.no\n", on=TODAY)

    assert [(one.name, one.column, one.old, one.new) for one in difference.changes] == [
        ("Her", "postmottak", "", "a@b.no")
    ]
    here.refresh_from_db()
    assert here.postmottak == ""


def test_the_same_file_again_changes_nothing() -> None:
    make.municipality(number="9101")
    text = "number;kostra_group\n9101;K3\n"
    assert (load(text), load(text)) == (1, 0)
    assert Event.objects.count() == 1


def test_every_broken_cell_is_named_and_nothing_is_changed() -> None:
    for number in ("9101", "9102", "9103"):
        make.municipality(number=number)

    found = problems(
        "number;organisation_number;kostra_group;postmottak\n"
        "9101;123456789;;\n"
        f"9102;;{'K' * 21};post\n"
        "9999;;;\n"
        "9101;;;\n"
        f"9103;{OSLO};;\n"
    )

    assert found == [
        (2, "organisation_number"),
        (3, "kostra_group"),
        (3, "postmottak"),
        (4, "number"),
        (5, "number"),
    ]


def test_two_municipalities_cannot_have_one_organisation_number() -> None:
    for number in ("9101", "9102", "9103"):
        make.municipality(number=number)
    load(f"number;organisation_number\n9103;{EIGERSUND}\n")

    assert problems(f"number;organisation_number\n9101;{OSLO}\n9102;{OSLO}\n") == [
        (2, "organisation_number"),
        (3, "organisation_number"),
    ]
    assert problems(f"number;organisation_number\n9101;{EIGERSUND}\n") == [
        (2, "organisation_number")
    ]


def test_organisation_numbers_may_change_places_within_a_file() -> None:
    one, two = make.municipality(number="9101"), make.municipality(number="9102")
    load(f"number;organisation_number\n9101;{OSLO}\n9102;{EIGERSUND}\n")

    load(f"number;organisation_number\n9101;{EIGERSUND}\n9102;{OSLO}\n")

    one.refresh_from_db()
    two.refresh_from_db()
    assert (one.organisation_number, two.organisation_number) == (EIGERSUND, OSLO)


def test_a_municipality_that_has_ended_gives_its_number_up() -> None:
    gone = make.municipality(valid_from=date(2017, 1, 1), valid_to=date(2024, 1, 1))
    Municipality.objects.filter(pk=gone.pk).update(organisation_number=OSLO)
    here = make.municipality(number="9101")

    load(f"number;organisation_number\n9101;{OSLO}\n")

    here.refresh_from_db()
    gone.refresh_from_db()
    assert (here.organisation_number, gone.organisation_number) == (OSLO, None)


@pytest.mark.parametrize(
    ("text", "row", "column"),
    [
        ("number\n", None, None),
        ("kostra_group\nK3\n", 1, "number"),
        ("number;kostra\n9101;K3\n", 1, "kostra"),
    ],
)
def test_a_file_that_is_not_laid_out_right_is_refused(
    text: str, row: int | None, column: str | None
) -> None:
    assert problems(text) == [(row, column)]


def test_the_command_says_what_changes_and_saves_it(tmp_path: Path) -> None:
    here = make.municipality(number="9101", name="Her", valid_from=date(2017, 1, 1))
    file = tmp_path / "fakta.csv"
    file.write_text("number;kostra_group\n9101;K3\n")

    said = StringIO()
    call_command("import_municipality_facts", file, "--dry-run", stdout=said)
    here.refresh_from_db()
    assert here.kostra_group == ""
    call_command("import_municipality_facts", file, stdout=said)

    here.refresh_from_db()
    assert here.kostra_group == "K3"
    assert said.getvalue().splitlines() == [
        "9101 Her: kostra_group «» → «K3»",
        "Ingenting er lagret (--dry-run).",
        "9101 Her: kostra_group «» → «K3»",
        "1 kommuner endret.",
    ]
    assert Event.objects.get().reason == "fakta.csv"

    file.write_text("number;kostra_group\n9101;K4\n")
    call_command("import_municipality_facts", file, "--source", "SSB", stdout=said)
    assert Event.objects.latest("pk").reason == "SSB"


def test_the_command_refuses_a_broken_and_a_missing_file_with_a_sentence(tmp_path: Path) -> None:
    file = tmp_path / "fakta.csv"
    file.write_text("number\n" + "9999\n" * 30)
    with pytest.raises(CommandError, match="… og 10 til") as refused:
        call_command("import_municipality_facts", file)
    assert str(refused.value).endswith("Ingenting er endret.")
    with pytest.raises(CommandError, match="Kan ikke lese"):
        call_command("import_municipality_facts", tmp_path / "finnes-ikke.csv")
    file.write_bytes(b"x" * (MOST_BYTES + 1))
    with pytest.raises(CommandError, match="større enn 5 MB"):
        call_command("import_municipality_facts", file)


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"organisation_number": "12"}, "municipality_organisation_number_is_nine_digits"),
        ({"language_form": "riksmål"}, "municipality_language_form_is_known"),
        ({"centrality": 7}, "municipality_centrality_is_one_to_six"),
        ({"latitude": 60}, "municipality_point_is_whole"),
        ({"point_kind": "farm", "latitude": 60, "longitude": 10}, "point_kind_is_known"),
    ],
)
def test_the_database_refuses_a_municipality(values: dict[str, object], constraint: str) -> None:
    with pytest.raises(IntegrityError, match=constraint):
        Municipality.objects.create(**values)
