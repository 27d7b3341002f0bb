"""Vendors, products, and which municipality uses what: drawn with a fixed seed, not facts.

The names of record system vendors are those that public pages mention; who uses which is not
public, so it is invented here and every row says so. Welfare technology has invented names.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from samlop.audit.services import change
from samlop.lib.actors import Actor
from samlop.municipalities.models import MunicipalityCode, Product, Vendor, VendorProfile
from samlop.municipalities.rules.kinds import ProductKind, ServiceArea

SEED: Final = 357
SOURCE: Final = "Eksempel: tilfeldig fordelt, ikke opplyst av kommunen"

VENDORS: Final = (
    ("visma", "Visma"),
    ("tietoevry", "Tietoevry"),
    ("dips-front", "DIPS Front"),
    ("helseplattformen", "Helseplattformen AS"),
    ("infodoc", "Infodoc"),
    ("cgm", "CGM"),
    ("eksempel-trygghet", "Eksempel Trygghet AS"),
    ("eksempel-respons", "Eksempel Respons AS"),
)

PRODUCTS: Final = (
    ("visma-omsorg-profil", "visma", "Visma Omsorg Profil", ProductKind.RECORD_SYSTEM),
    ("visma-flyt-helse", "visma", "Visma Flyt Helse", ProductKind.RECORD_SYSTEM),
    ("visma-helsestasjon", "visma", "Visma helsestasjon", ProductKind.RECORD_SYSTEM),
    ("gerica", "tietoevry", "Gerica", ProductKind.RECORD_SYSTEM),
    ("cosdoc", "dips-front", "CosDoc", ProductKind.RECORD_SYSTEM),
    ("helseplattformen", "helseplattformen", "Helseplattformen", ProductKind.RECORD_SYSTEM),
    ("infodoc-helsestasjon", "infodoc", "Infodoc helsestasjon", ProductKind.RECORD_SYSTEM),
    ("cgm-helsestasjon", "cgm", "CGM helsestasjon", ProductKind.RECORD_SYSTEM),
    ("cgm-legevakt", "cgm", "CGM legevakt", ProductKind.RECORD_SYSTEM),
    (
        "eksempel-dispenser",
        "eksempel-trygghet",
        "Eksempel medisindispenser",
        ProductKind.WELFARE_TECHNOLOGY,
    ),
    ("eksempel-tilsyn", "eksempel-trygghet", "Eksempel tilsyn", ProductKind.WELFARE_TECHNOLOGY),
    ("eksempel-respons", "eksempel-respons", "Eksempel respons", ProductKind.RESPONSE_CENTRE),
)

CARE: Final = (
    ("gerica", 38),
    ("visma-omsorg-profil", 30),
    ("cosdoc", 22),
    ("visma-flyt-helse", 10),
)
CHILD: Final = (("visma-helsestasjon", 45), ("infodoc-helsestasjon", 20), ("cgm-helsestasjon", 35))
# The common record of Central Norway is offered in two counties only.
CENTRAL_NORWAY: Final = ("15", "50")


@dataclass(frozen=True, slots=True)
class Use:
    number: str
    area: ServiceArea
    product: str
    since: date


def draw(numbers: Sequence[str]) -> list[Use]:
    """Who uses what; the same for the same numbers."""
    dice = random.Random(SEED)  # noqa: S311 - a fixed draw, not a secret
    uses: list[Use] = []
    for number in numbers:
        common = number[:2] in CENTRAL_NORWAY and dice.random() < 0.5
        care = "helseplattformen" if common else _pick(dice, CARE)
        child = "helseplattformen" if common else _pick(dice, CHILD)
        since = date(dice.randint(2015, 2024), dice.choice((1, 4, 9)), 1)
        uses += [
            Use(number, ServiceArea.NURSING_HOME, care, since),
            Use(number, ServiceArea.HOME_CARE, care, since),
            Use(number, ServiceArea.CHILD_HEALTH, child, since),
        ]
        if dice.random() < 0.4:
            uses.append(Use(number, ServiceArea.EMERGENCY_CARE, "cgm-legevakt", since))
        if dice.random() < 0.55:
            uses.append(Use(number, ServiceArea.HOME_CARE, "eksempel-dispenser", date(2023, 1, 1)))
        if dice.random() < 0.35:
            uses.append(Use(number, ServiceArea.NURSING_HOME, "eksempel-tilsyn", date(2022, 9, 1)))
        if dice.random() < 0.3:
            uses.append(
                Use(number, ServiceArea.RESPONSE_SERVICE, "eksempel-respons", date(2021, 1, 1))
            )
    return uses


def _pick(dice: random.Random, weighted: Sequence[tuple[str, int]]) -> str:
    return dice.choices([name for name, _ in weighted], [share for _, share in weighted])[0]


def load(*, by: Actor, on: date) -> int:
    """Make vendors, products and the drawn use, once; returns how many uses were made."""
    if VendorProfile.objects.exists():
        return 0
    with change("example.systems.loaded", by=by) as record:
        vendors = {
            slug: Vendor.objects.get_or_create(slug=slug, defaults={"name": name})[0]
            for slug, name in VENDORS
        }
        products = {
            slug: Product.objects.get_or_create(
                slug=slug,
                defaults={"vendor": vendors[vendor], "name": name, "kind": kind.value},
            )[0]
            for slug, vendor, name, kind in PRODUCTS
        }
        codes = dict(
            MunicipalityCode.objects.valid_on(on)
            .order_by("number")
            .values_list("number", "municipality_id")
        )
        made = VendorProfile.objects.bulk_create(
            VendorProfile(
                municipality_id=codes[use.number],
                service_area=use.area.value,
                product=products[use.product],
                kind=products[use.product].kind,
                source=SOURCE,
                valid_from=use.since,
            )
            for use in draw(list(codes))
        )
        for vendor in vendors.values():
            record(vendor)
    return len(made)
