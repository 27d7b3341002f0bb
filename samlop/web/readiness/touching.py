"""Whom a slipped date reaches: municipalities, and what is decided or judged by the old one."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext, ngettext

from samlop.municipalities import texts as municipality_texts
from samlop.portfolio.models import Assessment, Offer
from samlop.portfolio.queries import gates
from samlop.portfolio.queries import readiness as queries
from samlop.portfolio.rules.readiness import Claim, Readiness, Slip
from samlop.portfolio.rules.solutions import Area, covered
from samlop.portfolio.texts import gates as gate_texts
from samlop.portfolio.texts import readiness as texts
from samlop.web import formats, uploads
from samlop.web.readiness import cells
from samlop.web.shell.navigation import MUNICIPALITIES


@dataclass(frozen=True, slots=True)
class Place:
    """A municipality that uses the product; `areas` where the offer reaches several."""

    name: str
    address: str
    areas: str


@dataclass(frozen=True, slots=True)
class Matter:
    """A decision, a case or an assessment that the old date is part of the ground for."""

    words: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What one slip touches; `fingerprint` names exactly this, so that it is what was seen."""

    what: str
    municipalities: tuple[Place, ...]
    matters: tuple[Matter, ...]
    fingerprint: str

    @property
    def count_words(self) -> str:
        return users_words(len(self.municipalities))


def users_words(count: int) -> str:
    """«38 kommuner bruker produktet»."""
    words = ngettext(
        "%(count)s kommune bruker produktet", "%(count)s kommuner bruker produktet", count
    )
    return words % {"count": formats.number(count)}


def reach(
    offer: Offer, product: int, *, before: Claim, after: Claim, slip: Slip, on: date
) -> Reach:
    """What is touched when the row goes from one claim to the other. Five queries."""
    several = len(covered(Area(offer.area))) > 1
    municipalities = tuple(
        Place(
            one.name,
            f"{MUNICIPALITIES}{one.number}/",
            ", ".join(
                cells.inside(str(municipality_texts.SERVICE_AREAS[area])) for area in one.areas
            )
            if several
            else "",
        )
        for one in queries.touched(offer, product, on)
    )
    matters = tuple(matters_of([offer], on=on))
    return Reach(
        what=slip_words(slip, before, after),
        municipalities=municipalities,
        matters=matters,
        fingerprint=uploads.fingerprint(
            (offer.pk, product, before, after, municipalities, matters)
        ),
    )


def slip_words(slip: Slip, before: Claim, after: Claim) -> str:
    """«Datoen er flyttet senere: fra 1. september 2027 til 15. januar 2028.»"""
    words = str(texts.SLIPS[slip])
    if slip is Slip.LATER and before.release_on and after.release_on:
        return gettext("%(slip)s: fra %(old)s til %(new)s.") % {
            "slip": words,
            "old": formats.long_date(before.release_on),
            "new": formats.long_date(after.release_on),
        }
    if slip is Slip.NO_DATE_ANY_MORE and before.release_on:
        return gettext("%(slip)s. Den var %(old)s.") % {
            "slip": words,
            "old": formats.long_date(before.release_on),
        }
    return gettext("%(slip)s: fra «%(old)s» til «%(new)s».") % {
        "slip": words,
        "old": texts.READINESS[Readiness(before.state)],
        "new": texts.READINESS[Readiness(after.state)],
    }


def matters_of(offers: Sequence[Offer], *, on: date) -> list[Matter]:
    """What is decided, being decided or being judged of the offers. Four queries."""
    pks = [offer.pk for offer in offers]
    decided = gates.gates_of(pks, on)
    cases = gates.open_cases_of(pks)
    judged = _judged(pks)
    found: list[Matter] = []
    for offer in offers:
        slug, area = offer.solution.slug, cells.area_words(Area(offer.area))
        decisions = reverse("gates:list", args=[slug])
        if gate := decided.get(offer.pk):
            found.append(
                Matter(
                    gettext("Beslutning om klar til bruk, %(area)s: %(outcome)s %(day)s")
                    % {
                        "area": cells.inside(area),
                        "outcome": cells.inside(str(gate_texts.GATE_OUTCOMES[gate.outcome])),
                        "day": formats.long_date(gate.decided_on),
                    },
                    decisions,
                )
            )
        if case := cases.get(offer.pk):
            found.append(
                Matter(
                    gettext("Sak %(number)s om klar til bruk, %(area)s, er til behandling")
                    % {"number": case.number_words, "area": cells.inside(area)},
                    decisions,
                )
            )
        if offer.pk in judged:
            found.append(
                Matter(
                    gettext("Vurderingen mot kriteriene er i gang for %(area)s")
                    % {"area": cells.inside(area)},
                    reverse("assessments:show", args=[slug]),
                )
            )
    return found


def _judged(offers: Collection[int]) -> frozenset[int]:
    """Those with an assessment that is worked on. One query."""
    rows = Assessment.objects.current().filter(offer__in=offers)
    return frozenset(rows.values_list("offer_id", flat=True))
