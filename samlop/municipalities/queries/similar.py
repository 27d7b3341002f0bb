"""«Kommuner som ligner»: which municipalities are like one, and why."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from samlop.municipalities import texts
from samlop.municipalities.models import MunicipalityCode, RegionMembership, VendorProfile
from samlop.municipalities.queries.population import inhabitants
from samlop.municipalities.rules import similarity as rules
from samlop.municipalities.rules.kinds import ProductKind, RegionKind, ServiceArea
from samlop.municipalities.rules.similarity import Profile, SimilarIn

SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class SimilarMunicipality:
    """One municipality that is like another, with why in codes and in words."""

    pk: int
    number: str
    name: str
    inhabitants: int | None
    kostra_group: str
    reasons: tuple[SimilarIn, ...]
    service_areas: tuple[ServiceArea, ...]

    @property
    def why(self) -> str:
        """«Omtrent like mange innbyggere (3 012), samme sentralitet»."""
        return texts.similarity_words(
            self.reasons,
            inhabitants=self.inhabitants,
            kostra_group=self.kostra_group,
            service_areas=self.service_areas,
        )


def similar_to(
    municipality_id: int, *, on: date, count: int = SHOWN
) -> tuple[SimilarMunicipality, ...]:
    """The most similar first; none when the municipality does not exist that day.

    Four queries, whatever the number of municipalities.
    """
    profiles = _profiles(on=on)
    if municipality_id not in profiles:
        return ()
    one, _ = profiles[municipality_id]
    by_number = {profile.number: (pk, profile, name) for pk, (profile, name) in profiles.items()}
    found = []
    for like in rules.most_similar(one, (profile for profile, _ in profiles.values()), count=count):
        pk, profile, name = by_number[like.number]
        found.append(
            SimilarMunicipality(
                pk=pk,
                number=like.number,
                name=name,
                inhabitants=profile.inhabitants,
                kostra_group=profile.kostra_group,
                reasons=like.reasons,
                service_areas=like.service_areas,
            )
        )
    return tuple(found)


def nearest(
    municipality_ids: Collection[int], *, on: date, count: int
) -> Mapping[int, tuple[int, ...]]:
    """The most similar of the given ones, for each of them. Four queries."""
    everybody = _profiles(on=on)
    profiles = {pk: everybody[pk][0] for pk in municipality_ids if pk in everybody}
    by_number = {profile.number: pk for pk, profile in profiles.items()}
    return {
        pk: tuple(
            by_number[like.number]
            for like in rules.most_similar(one, profiles.values(), count=count)
        )
        for pk, one in profiles.items()
    }


def _profiles(*, on: date) -> dict[int, tuple[Profile, str]]:
    """What likeness is judged by, of every municipality of the day, with its name."""
    living = inhabitants(on=on)
    # Codes by their values once: there are some thousand rows.
    area_of = {area.value: area for area in ServiceArea}
    kind_of = {kind.value: kind for kind in RegionKind}
    systems: dict[int, dict[ServiceArea, int]] = {}
    for pk, area, product in (
        VendorProfile.objects.valid_on(on)
        .filter(kind=ProductKind.RECORD_SYSTEM.value)
        .values_list("municipality_id", "service_area", "product_id")
    ):
        systems.setdefault(pk, {})[area_of[area]] = product
    together: dict[tuple[int, RegionKind], set[int]] = {}
    for pk, kind, region in (
        RegionMembership.objects.valid_on(on)
        .filter(kind__in=[RegionKind.EHEALTH_GROUP.value, RegionKind.IKT_COOPERATION.value])
        .values_list("municipality_id", "kind", "region_id")
    ):
        together.setdefault((pk, kind_of[kind]), set()).add(region)
    return {
        pk: (
            Profile(
                number=number,
                inhabitants=living.get(pk),
                kostra_group=kostra_group,
                centrality=centrality,
                centrality_index=centrality_index,
                systems=systems.get(pk, {}),
                ehealth_groups=frozenset(together.get((pk, RegionKind.EHEALTH_GROUP), ())),
                ikt_cooperations=frozenset(together.get((pk, RegionKind.IKT_COOPERATION), ())),
            ),
            name,
        )
        for pk, number, name, kostra_group, centrality, centrality_index in (
            MunicipalityCode.objects.valid_on(on).values_list(
                "municipality_id",
                "number",
                "qualified_name",
                "municipality__kostra_group",
                "municipality__centrality",
                "municipality__centrality_index",
            )
        )
    }
