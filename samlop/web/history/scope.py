"""Which events a reader is told of: the only place that decides it.

A municipality's inner matters are for itself, its region and the coordination group; an
administrator sees everything else; what a person chose for herself is hers alone.
"""

from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.db.models.fields.json import KT

from samlop.accounts.models import Membership, PeopleLoad
from samlop.accounts.rules import PERMITS, SCOPE_OF, Permission, Scope
from samlop.audit.models import Event
from samlop.files.models import Document
from samlop.lib.reach import NOWHERE, Reach
from samlop.municipalities.models import Region
from samlop.web.history.sentences import Audience, codes
from samlop.web.middleware import Access


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What one reader is told: `places` of anything there, `inside` of inner matters too."""

    person: int | None
    everything: bool = False
    places: Reach = NOWHERE
    inside: Reach = NOWHERE
    # Where she works with templates: her own municipalities, never a region's or the nation's.
    templates: Reach = NOWHERE
    regions: frozenset[int] = frozenset()
    all_regions: bool = False
    county_authorities: frozenset[int] = frozenset()

    @classmethod
    def of(cls, access: Access, person: int | None) -> "Sight":
        """At most two queries."""
        held = [grant for grant in access.grants if Permission.VIEW_HISTORY in PERMITS[grant.role]]
        return cls(
            person=person,
            everything=access.may(Permission.VIEW_ALL_HISTORY),
            places=access.reach(Permission.VIEW_HISTORY),
            inside=access.reach(Permission.VIEW_CAPACITY_HOURS),
            templates=access.reach(Permission.USE_TEMPLATES),
            regions=frozenset(grant.region for grant in held if grant.region is not None),
            all_regions=any(SCOPE_OF[grant.role] is Scope.NATION for grant in held),
            county_authorities=frozenset(
                grant.county_authority for grant in held if grant.county_authority is not None
            ),
        )

    @property
    def sees_anything(self) -> bool:
        return bool(
            self.everything
            or self.places.everywhere
            or self.places.municipalities
            or self.regions
            or self.county_authorities
        )

    def may_read_reason(self, *, municipality: int | None, actor: int | None) -> bool:
        """Reasons are a municipality's own, and those of whoever wrote them."""
        if municipality is None or self.inside.holds(municipality):
            return True
        return actor is not None and actor == self.person


def told_of(sight: Sight) -> QuerySet[Event]:
    """Everything the reader is told, everywhere she may look."""
    return _audible(sight).alias(names=KT("details__region")).filter(_places(sight))


def told_in(municipality: int, sight: Sight) -> QuerySet[Event]:
    """What the reader is told of one municipality whose page she may open."""
    return _audible(sight).filter(municipality_id=municipality)


def _audible(sight: Sight) -> QuerySet[Event]:
    heard = Q(code__in=codes(Audience.OPEN))
    heard |= Q(code__in=codes(Audience.INNER)) & _in(sight.inside)
    # Not even by an administrator: that there is an answer, and when, is the municipality's own.
    heard |= Q(
        code__in=codes(Audience.MUNICIPALITY),
        municipality_id__in=sight.templates.municipalities,
    )
    if sight.person is not None:
        heard |= Q(code__in=codes(Audience.OWN), actor_id=sight.person)
    return Event.objects.filter(heard)


def _in(reach: Reach) -> Q:
    if reach.everywhere:
        return Q(municipality_id__isnull=False)
    return Q(municipality_id__in=reach.municipalities)


def _places(sight: Sight) -> Q:
    if sight.everything:
        return Q()
    places = _in(sight.places) | Q(code__in=codes(Audience.OWN))
    regions = (
        Region.objects.all() if sight.all_regions else Region.objects.filter(pk__in=sight.regions)
    )
    held = Membership.objects.filter(
        Q(region__in=regions) | Q(county_authority__in=sight.county_authorities)
    )
    loads = PeopleLoad.objects.filter(region__in=regions)
    documents = Document.objects.filter(region__in=regions)
    places |= Q(subject_type=Region._meta.label_lower, subject_id__in=regions.values("pk"))
    places |= Q(subject_type=Membership._meta.label_lower, subject_id__in=held.values("pk"))
    places |= Q(subject_type=PeopleLoad._meta.label_lower, subject_id__in=loads.values("pk"))
    places |= Q(subject_type=Document._meta.label_lower, subject_id__in=documents.values("pk"))
    # Its own row may be gone; the event names the region.
    places |= Q(code__startswith="municipalities.installation.", names__in=regions.values("name"))
    return places
