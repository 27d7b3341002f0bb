"""What has changed since an invitation, and how it is said."""

from datetime import date
from decimal import Decimal

import pytest

from samlop.rollouts.rules.answers import last_day
from samlop.rollouts.rules.changes import Change, ChangeKind, earliest, steps
from samlop.rollouts.texts.changes import SENTENCES, sentence

K = ChangeKind


def test_what_a_field_was_first_is_what_it_was() -> None:
    found = earliest([{"name": "Første"}, {"name": "Andre", "ends_on": "2027-01-01"}])
    assert found == {"name": "Første", "ends_on": "2027-01-01"}


def test_a_step_that_is_moved_is_new_and_not_gone() -> None:
    was = [(-6, "Oppstartsmøte"), (0, "Opplæring"), (12, "Evaluering")]
    now = [(-6, "Oppstartsmøte"), (2, "Opplæring"), (4, "Hospitering")]
    assert steps(was, now) == (((2, "Opplæring"), (4, "Hospitering")), ("Evaluering",))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            Change(kind=K.STARTS_ON, name="Pulje 1", was=date(2027, 8, 16), now=date(2027, 10, 1)),
            "Pulje 1 starter 1. oktober 2027, ikke 16. august 2027.",
        ),
        (
            Change(kind=K.YEARLY_PRICE, was=12000, now=14500),
            "Prisen i året er kr\N{NO-BREAK SPACE}14\N{NO-BREAK SPACE}500, "
            "ikke kr\N{NO-BREAK SPACE}12\N{NO-BREAK SPACE}000.",
        ),
        (
            Change(kind=K.HOURS, was=Decimal(36), now=Decimal("40.5")),
            "Arbeidet hos dere er anslått til 40,5 timer, ikke 36 timer.",
        ),
        (
            Change(kind=K.DAYS_BEFORE, name="Avtale", was=60, now=90),
            "Avtale må være på plass 90 dager før oppstart, ikke 60.",
        ),
        (
            Change(kind=K.NEW_STEPS, now=((2, "Opplæring"), (-6, "Møte"))),
            "Nytt i fremdriftsplanen: Opplæring (2 uker etter oppstart); "
            "Møte (6 uker før oppstart).",
        ),
    ],
)
def test_a_change_is_told_in_a_sentence(change: Change, words: str) -> None:
    assert sentence(change) == words


def test_every_kind_has_its_sentence() -> None:
    assert set(SENTENCES) == set(K)


@pytest.mark.parametrize(
    ("cohort", "told", "last"),
    [
        (date(2027, 6, 1), None, date(2027, 6, 1)),
        (date(2027, 6, 1), date(2027, 6, 15), date(2027, 6, 15)),
        (date(2027, 7, 1), date(2027, 6, 15), date(2027, 7, 1)),
    ],
)
def test_the_day_that_was_told_stands(cohort: date, told: date | None, last: date) -> None:
    assert last_day(cohort, told) == last
