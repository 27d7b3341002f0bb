"""What Samløp already knows, shown beside the criterion that asks for it."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext, ngettext

from samlop.municipalities import texts as municipality_texts
from samlop.municipalities.queries import population
from samlop.municipalities.rules.capacity import SizeClass, size_class
from samlop.portfolio.models import Offer, TrialMunicipality
from samlop.portfolio.queries import costs, material, readiness
from samlop.portfolio.queries.assessments import HealthState
from samlop.portfolio.rules.criteria import FactsBeside
from samlop.portfolio.rules.material import MaterialKind
from samlop.portfolio.rules.readiness import Readiness
from samlop.portfolio.rules.solutions import Area
from samlop.portfolio.texts import health as health_texts
from samlop.portfolio.texts import material as material_texts
from samlop.portfolio.texts import readiness as readiness_texts
from samlop.web import formats
from samlop.web.assessments.areas import ADDRESSES


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """A few lines, and the page that tells the rest."""

    lines: tuple[str, ...]
    link: str = ""
    address: str = ""


def facts(
    offer: Offer, wanted: Collection[FactsBeside], *, health: HealthState | None, on: date
) -> Mapping[FactsBeside, Beside]:
    """Only what the criteria ask for; the same number of queries however much there is."""
    slug = offer.solution.slug
    found: dict[FactsBeside, Beside] = {}
    for one in wanted:
        match one:
            case FactsBeside.TRIALS:
                found[one] = _trials(offer, slug, on)
            case FactsBeside.VENDORS:
                found[one] = _vendors(offer, slug, on)
            case FactsBeside.MATERIAL:
                found[one] = _material(offer, slug)
            case FactsBeside.COST:
                found[one] = _cost(offer, slug, on)
            case FactsBeside.HEALTH:
                found[one] = _health(offer, health, slug)
            case FactsBeside.NONE:
                pass
    return found


def _trials(offer: Offer, slug: str, on: date) -> Beside:
    tried = list(
        TrialMunicipality.objects.begun_on(on)
        .filter(offer=offer)
        .values_list("municipality", "record_system")
    )
    inhabitants = population.inhabitants([pk for pk, _ in tried], on=on)
    sizes = Counter(size_class(inhabitants.get(pk)) for pk, _ in tried)
    lines = [
        ngettext("%(count)s kommune har prøvd", "%(count)s kommuner har prøvd", len(tried))
        % {"count": len(tried)}
    ]
    lines += [
        f"{municipality_texts.SIZE_CLASSES[size]}: {sizes[size]}"
        for size in SizeClass
        if sizes[size]
    ]
    systems = {product for _, product in tried if product}
    if systems:
        lines.append(
            ngettext("%(count)s journalsystem", "%(count)s ulike journalsystemer", len(systems))
            % {"count": len(systems)}
        )
    address = reverse("solutions:show", args=[slug])
    return Beside(lines=tuple(lines), link=gettext("Utprøvingskommunene"), address=address)


def _vendors(offer: Offer, slug: str, on: date) -> Beside:
    states = Counter(one.state for one in readiness.on(offer, on).values())
    cover = readiness.coverage(offer, on)
    lines = [
        f"{readiness_texts.READINESS[state]}: {states[state]}"
        for state in Readiness
        if states[state]
    ]
    if not lines:
        lines.append(gettext("Ingen produkter er registrert"))
    if cover.count:
        lines.append(
            gettext("%(covered)s av %(count)s kommuner har et produkt som er klart (%(share)s)")
            % {
                "covered": formats.number(len(cover.covered)),
                "count": formats.number(cover.count),
                "share": formats.percent(cover.share),
            }
        )
    return Beside(
        lines=tuple(lines),
        link=gettext("Hvor klart det er hos leverandørene"),
        address=reverse("readiness:solution", args=[slug]),
    )


def _material(offer: Offer, slug: str) -> Beside:
    have = material.kinds_of(offer.solution)
    lacking = material.missing(offer.solution)
    lines = [
        gettext("Finnes: %(kinds)s") % {"kinds": _kinds(have)}
        if have
        else gettext("Ingenting er lagt inn ennå")
    ]
    if lacking:
        lines.append(gettext("Mangler: %(kinds)s") % {"kinds": _kinds(lacking)})
    return Beside(
        lines=tuple(lines),
        link=gettext("Materiellet"),
        address=reverse("material:solution", args=[slug]),
    )


def _kinds(kinds: Collection[MaterialKind]) -> str:
    words = sorted(str(material_texts.MATERIAL_KINDS[kind]) for kind in kinds)
    return ", ".join(words)


def _cost(offer: Offer, slug: str, on: date) -> Beside:
    version = costs.versions_on(on, offers=[offer.pk]).get(offer.pk)
    if version is None:
        line = gettext("Ingen kostnadsmodell er publisert")
    else:
        line = gettext("Versjon %(version)s gjelder fra %(day)s. Kilde: %(source)s") % {
            "version": version.version,
            "day": formats.long_date(version.valid_from),
            "source": version.source or gettext("ikke oppgitt"),
        }
    return Beside(
        lines=(line,), link=gettext("Kostnaden"), address=reverse("costs:show", args=[slug])
    )


def _health(offer: Offer, health: HealthState | None, slug: str) -> Beside:
    lines = [gettext("De helsefaglige vurdererne har ikke konkludert ennå.")]
    if health is not None:
        lines = [
            gettext("%(conclusion)s, %(day)s")
            % {
                "conclusion": health_texts.SOUNDNESSES[health.conclusion],
                "day": formats.long_date(health.at),
            }
        ]
    if health is not None and health.open_conditions:
        lines.append(
            ngettext(
                "%(count)s vilkår er ikke oppfylt ennå",
                "%(count)s vilkår er ikke oppfylt ennå",
                health.open_conditions,
            )
            % {"count": health.open_conditions}
        )
    return Beside(
        lines=tuple(lines),
        link=gettext("Den helsefaglige vurderingen"),
        address=reverse("gates:health", args=[slug, ADDRESSES[Area(offer.area)]]),
    )
