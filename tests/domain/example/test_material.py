"""The example's material: complete for Kjernejournal, one copy behind, and loaded once."""

from datetime import date

import pytest

from samlop.example import people
from samlop.example.portfolio import material as example
from samlop.example.portfolio import solutions
from samlop.lib.actors import Machine
from samlop.municipalities.models import MunicipalityCode
from samlop.portfolio.models import Material, Solution
from samlop.portfolio.queries import copies, material
from samlop.portfolio.queries.material import Wanted
from samlop.portfolio.rules.copies import RowChangeKind

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("norway")]

BY = Machine("Eksempel")
TODAY = date(2026, 11, 22)


def test_the_example_lays_out_material_once_and_a_municipality_has_changes_to_look_at() -> None:
    solutions.load(by=BY, on=TODAY)
    assert example.load(by=BY, on=TODAY) == len(example.things()) == 17
    assert example.load(by=BY, on=TODAY) == 0

    assert material.missing(Solution.objects.get(slug="kjernejournal")) == ()
    lacking = {lack.slug for lack in material.lacking()}
    assert "pasientens-legemiddelliste" in lacking
    assert "kjernejournal" not in lacking
    # Inside the Word files too.
    found = material.find(Wanted(text="superbrukere"), signed_in=False)
    assert "Opplæring i Kjernejournal" in {item.title for item in found}

    here = MunicipalityCode.objects.valid_on(TODAY).get(number=people.MUNICIPALITY).municipality
    (line,) = copies.copies_of(here.pk)
    assert (line.number, line.newest, line.answered) == (1, 2, 2)
    view = copies.view(line.pk, municipality=here.pk)
    assert view is not None
    assert [one.kind for one in view.waiting] == [
        RowChangeKind.CHANGED,
        RowChangeKind.ADDED,
        RowChangeKind.CHANGED,
    ]
    template = Material.objects.get(pk=line.material)
    assert copies.by_version(template) == ((2, 2), (1, 3))
    assert [one.title for one in material.due(["kjernejournal"], on=TODAY)["kjernejournal"]] == [
        "Opplæring i Kjernejournal"
    ]
