"""`samlop example`: what a fresh machine shows, held to its numbers."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from samlop.accounts.models import Membership, Person
from samlop.municipalities.models import MunicipalityCode, RoomAnswer, VendorProfile
from samlop.portfolio.models import Offer, Solution
from tests import factories as make


def said(**options: bool) -> str:
    out = StringIO()
    call_command("example", stdout=out, **options)
    return out.getvalue()


@pytest.mark.django_db(transaction=True)
def test_it_is_built_anew_to_the_same_numbers_and_never_twice(settings: Settings) -> None:
    settings.SAMLOP_EXAMPLE = True
    # What was there before is swept away with the rest.
    Person.objects.create(name="Før", email="for@example.invalid", is_example=True)
    make.solution(name="Fra før")

    words = said(reset=True)

    assert "15 people, 1654 systems in use, 952 answers" in words
    assert MunicipalityCode.objects.filter(valid_to=None).count() == 357
    # One in each place and role, and the two who assess a solution's soundness; and those who
    # decide in the municipalities that are asked.
    own = Person.objects.exclude(email__endswith="@kommune.example.invalid")
    assert (own.count(), Membership.objects.filter(person__in=own).count()) == (17, 17)
    assert Person.objects.count() > 100
    assert (VendorProfile.objects.count(), RoomAnswer.objects.count()) == (1654, 952)
    assert (Solution.objects.count(), Offer.objects.count()) == (8, 15)
    assert said() == "The example is already there.\n"


@pytest.mark.django_db
def test_it_is_never_mixed_with_real_people(settings: Settings) -> None:
    settings.SAMLOP_EXAMPLE = True
    make.person()

    with pytest.raises(CommandError, match="real people"):
        said()


@pytest.mark.django_db
def test_it_stays_away_from_what_is_no_example(settings: Settings) -> None:
    settings.SAMLOP_EXAMPLE = False

    with pytest.raises(CommandError, match="no example"):
        said()
