"""What a municipality reads that none of the cohorts is for: why, and what it can do."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext

from samlop.accounts.rules import Permission, Place
from samlop.rollouts.models import Rollout
from samlop.rollouts.queries import left_out as queries
from samlop.rollouts.queries.left_out import LeftOut, Own
from samlop.web import formats
from samlop.web.middleware import Access
from samlop.web.municipalities.happenings import listed


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsideLine:
    heading: str
    sentences: tuple[str, ...]
    # Where it may do something about it: words and address; empty for those who only read.
    ways: tuple[tuple[str, str], ...]


def of_reader(rollout: Rollout, access: Access, on: date) -> tuple[OutsideLine, ...]:
    """For the municipalities in which the reader has a role."""
    own = {one.municipality for one in access.grants if one.municipality is not None}
    return lines(rollout, own, access, on)


def lines(
    rollout: Rollout, municipalities: Collection[int], access: Access, on: date
) -> tuple[OutsideLine, ...]:
    """The queries of `left_out`."""
    return tuple(
        _line(rollout, one, access) for one in queries.left_out(rollout, municipalities, on)
    )


def _line(rollout: Rollout, one: LeftOut, access: Access) -> OutsideLine:
    place = Place(municipality=one.municipality)
    ways = []
    sentences = [
        gettext("Puljene er for kommuner som har %(keys)s.") % {"keys": _either(one.keys)},
        gettext("%(name)s har registrert %(products)s.")
        % {"name": one.name, "products": listed([own.product.name for own in one.own])}
        if one.own
        else gettext("%(name)s har ikke registrert hvilket system den bruker.")
        % {"name": one.name},
        *(_vendor(own) for own in one.own),
    ]
    if access.may(Permission.REPORT_UPTAKE, place):
        sentences.append(
            gettext("Meld interesse, så blir dere spurt når det kommer en pulje som passer.")
        )
        ways.append(
            (
                gettext("Meld interesse"),
                reverse("rollouts:interest", args=[one.number, rollout.solution.slug]),
            )
        )
    if access.may(Permission.CHANGE_VENDOR_PROFILE, place):
        ways.append(
            (gettext("Rett systemene"), reverse("municipalities:systems", args=[one.number]))
        )
    return OutsideLine(
        heading=gettext("%(name)s passer ikke i noen av puljene nå") % {"name": one.name},
        sentences=tuple(sentences),
        ways=tuple(ways),
    )


def _vendor(own: Own) -> str:
    words = {"vendor": own.product.vendor_name, "product": own.product.name}
    if own.is_ready:
        return gettext("%(vendor)s er klar, så det kan komme en pulje for %(product)s.") % words
    if own.expected_on is not None:
        words["day"] = formats.long_date(own.expected_on)
        return gettext("%(vendor)s venter å ha %(product)s klar %(day)s.") % words
    return gettext("%(vendor)s har ikke sagt når %(product)s er klar.") % words


def _either(words: Sequence[str]) -> str:
    """«a, b eller c»."""
    if len(words) < 2:
        return "".join(words)
    return gettext("%(first)s eller %(last)s") % {
        "first": ", ".join(words[:-1]),
        "last": words[-1],
    }
