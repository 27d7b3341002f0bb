"""Names of people, for those who may know them."""

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext

from samlop.accounts.models import Person


def of(people: Iterable[int | None]) -> Mapping[int, str]:
    """One query, and none for nobody."""
    wanted = {pk for pk in people if pk is not None}
    if not wanted:
        return {}
    return {
        one.pk: gettext("Tidligere vurderer") if one.erased_at else str(one)
        for one in Person.objects.filter(pk__in=wanted)
    }
