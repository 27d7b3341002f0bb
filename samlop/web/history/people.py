"""Who did something, and whom it was about: by role and place; by name while we have it.

The record holds no names. A person's name is shown while she has one, to those who share or
answer for the place where she holds her role.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import F, OuterRef, Q, Subquery
from django.utils import timezone, translation
from django.utils.translation import gettext

from samlop.accounts import queries, texts
from samlop.accounts.models import Membership, Person
from samlop.accounts.rules import Grant, Place, Role
from samlop.accounts.rules.giving import shares
from samlop.audit.models import Event
from samlop.municipalities.models import MunicipalityCode

PERSON = Person._meta.label_lower
MEMBERSHIP = Membership._meta.label_lower


@dataclass(frozen=True, slots=True)
class Who:
    """`role` reads as «Lokal koordinator, Lyngen»; `name` is empty when it is not to be shown."""

    role: str
    name: str = ""

    def __str__(self) -> str:
        return f"{self.name} ({self.role})" if self.name and self.role else self.name or self.role


@dataclass(frozen=True, slots=True)
class _Held:
    membership: Membership
    place_name: str
    place: Place

    @property
    def role(self) -> Role:
        return Role(self.membership.role)

    @property
    def words(self) -> str:
        role = str(texts.ROLES[self.role])
        return f"{role}, {self.place_name}" if self.place_name else role

    def on(self, day: date) -> bool:
        row = self.membership
        return row.valid_from <= day and (row.valid_to is None or day < row.valid_to)


class People:
    """Everybody that some events speak of, read in at most seven queries."""

    def __init__(
        self, events: Sequence[Event], *, reader: int, held: tuple[Grant, ...], on: date
    ) -> None:
        self._reader, self._grants, self._labels = reader, held, labels()
        self._own_regions = queries.own_regions(held, on=on)
        subjects = {one.subject_id for one in events if one.subject_type == MEMBERSHIP}
        people = {one.actor_id for one in events if one.actor_id is not None}
        people |= {one.subject_id for one in events if one.subject_type == PERSON}
        rows = list(_memberships(people, subjects, on=on))
        places = queries.places_of(rows, on=on)
        self._held: Mapping[int, list[_Held]] = defaultdict(list)
        self._by_membership: dict[int, _Held] = {}
        for row in rows:
            one = _Held(row, _place_name(row), places[row.pk])
            self._held[row.person_id].append(one)
            self._by_membership[row.pk] = one
        people |= {row.person_id for row in rows}
        self._persons = Person.objects.in_bulk(people)

    def actor(self, event: Event) -> Who:
        """Who did it, in the role she held that day."""
        if event.actor_id is None:
            return Who(event.actor_label)
        day = timezone.localdate(event.happened_at)
        held = [one for one in self._held.get(event.actor_id, ()) if one.on(day)]
        # The label says in which of her roles, when whoever recorded it knew.
        named = [one for one in held if self._labels[one.role] == event.actor_label]
        if event.actor_label != "person" and not named:
            # The record is in bokmål, and says it in the very words of the catalogues.
            return self._who(event.actor_id, gettext(event.actor_label))
        best = (named or held)[:1]
        return self._who(event.actor_id, best[0].words if best else gettext("En person"))

    def about(self, event: Event) -> Who | None:
        """Whom a change of people was about."""
        if event.subject_type == PERSON:
            if event.subject_id == event.actor_id:
                return None
            return self._who(event.subject_id, "")
        if event.subject_type != MEMBERSHIP:
            return None
        if (held := self._by_membership.get(event.subject_id)) is None:
            return None
        # A municipality stands beside the event already.
        place = held.place_name if event.municipality_id is None else ""
        return self._who(held.membership.person_id, place)

    def _who(self, pk: int, role: str) -> Who:
        person = self._persons.get(pk)
        if person is None or person.erased_at is not None or not person.name:
            former = f"{role[:1].lower()}{role[1:]}" if role else gettext("bruker")
            return Who(gettext("Tidligere %(role)s") % {"role": former})
        return Who(role, person.name if self._may_name(pk) else "")

    def _may_name(self, pk: int) -> bool:
        if pk == self._reader:
            return True
        return any(
            one.role is Role.CONTACT_PERSON
            or shares(self._grants, one.role, one.place, own_regions=self._own_regions)
            for one in self._held.get(pk, ())
        )


def labels() -> dict[Role, str]:
    """What the record calls each role: in bokmål, whatever language the page is in."""
    with translation.override("nb"):
        return {role: str(words) for role, words in texts.ROLES.items()}


def _memberships(
    people: Iterable[int], subjects: Iterable[int], *, on: date
) -> Iterable[Membership]:
    codes = MunicipalityCode.objects.filter(municipality=OuterRef("municipality")).order_by(
        "-valid_from"
    )
    return (
        Membership.objects.filter(Q(person__in=people) | Q(pk__in=subjects))
        .annotate(
            municipality_name=Subquery(codes.values("qualified_name")[:1]),
            region_name=F("region__name"),
            authority_name=F("county_authority__name"),
            vendor_name=F("vendor__name"),
        )
        .order_by("pk")
    )


def _place_name(row: Membership) -> str:
    found = vars(row)
    names = ("municipality_name", "region_name", "authority_name", "vendor_name")
    return next((found[name] for name in names if found[name]), row.solution_slug)
