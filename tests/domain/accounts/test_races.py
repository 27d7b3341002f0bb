"""Two at once: the second waits until the first is done, and is then told."""

from datetime import UTC, date, datetime

import pytest

from samlop.accounts import queries, services
from samlop.accounts.models import Membership, Person
from samlop.accounts.queries import Where
from samlop.accounts.rules import Role, giving
from samlop.accounts.services import memberships
from samlop.lib.actors import Machine
from samlop.municipalities.models import Municipality
from samlop.municipalities.rules.kinds import RegionKind
from tests import factories as make
from tests.domain.municipalities.test_races import both, meet

pytestmark = pytest.mark.django_db(transaction=True)

TODAY = date(2026, 11, 22)
BY = Machine("tests")


def coordinator(where: Municipality, email: str) -> Membership:
    return services.invite(
        email=email,
        name="Kari Berg",
        role=Role.MUNICIPAL_COORDINATOR,
        where=Where(municipality=where),
        by=BY,
        on=date(2026, 1, 1),
    ).membership


def test_two_coordinators_who_leave_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    here = make.municipality()
    first, second = (coordinator(here, f"{name}@example.org") for name in ("kari", "ola"))
    meet(monkeypatch, giving, "refusal_to_end")

    refused = both(
        lambda: services.end(membership=first, by=BY, on=TODAY),
        lambda: services.end(membership=second, by=BY, on=TODAY),
    )

    assert len(refused) == 1
    assert "eneste lokale koordinatoren" in refused[0]
    assert Membership.objects.valid_on(TODAY).count() == 1


def test_a_coordinator_who_leaves_while_the_other_is_erased(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    here = make.municipality()
    group = make.region(kind=RegionKind.EHEALTH_GROUP, members=(here,))
    first, second = (coordinator(here, f"{name}@example.org") for name in ("kari", "ola"))
    meet(monkeypatch, giving, "refusal_to_end")

    both(
        lambda: services.end(membership=first, by=BY, on=TODAY),
        lambda: services.erase(
            person=second.person, by=BY, on=TODAY, at=datetime(2026, 11, 22, tzinfo=UTC)
        ),
    )

    # Either the leaver was held back, or the region was noted as the one that follows up.
    somebody_left = Membership.objects.valid_on(TODAY).exists()
    assert somebody_left or queries.left_to(here.pk, on=TODAY) == group


def test_two_who_invite_the_same_new_address(monkeypatch: pytest.MonkeyPatch) -> None:
    places = [make.municipality() for _ in range(2)]
    meet(monkeypatch, memberships, "tidy_name")

    refused = both(
        lambda: coordinator(places[0], "kari@example.org"),
        lambda: coordinator(places[1], "KARI@example.org"),
    )

    assert not refused
    assert Person.objects.count() == 1
    assert Membership.objects.count() == 2
