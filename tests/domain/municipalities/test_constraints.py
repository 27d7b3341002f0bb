"""What the database refuses, by the name of the constraint that refuses it."""

from datetime import date

import pytest
from django.db import IntegrityError

from samlop.municipalities.models import Municipality, MunicipalityCode

pytestmark = pytest.mark.django_db


def test_a_code_cannot_mean_two_municipalities_on_one_day() -> None:
    for start, end in ((date(2020, 1, 1), date(2024, 1, 1)), (date(2024, 1, 1), None)):
        MunicipalityCode.objects.create(
            municipality=Municipality.objects.create(),
            number="1508",
            name="Ålesund",
            qualified_name="Ålesund",
            official_name="Ålesund",
            valid_from=start,
            valid_to=end,
        )

    with pytest.raises(IntegrityError, match="municipality_code_means_one"):
        MunicipalityCode.objects.create(
            municipality=Municipality.objects.create(),
            number="1508",
            name="Haram",
            qualified_name="Haram",
            official_name="Haram",
            valid_from=date(2023, 12, 31),
            valid_to=date(2024, 1, 1),
        )
