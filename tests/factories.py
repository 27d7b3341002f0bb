"""One function per object; every argument has a default, so that a test names what matters."""

from datetime import UTC, date, datetime, time
from itertools import count

from samlop.accounts.models import Person
from samlop.municipalities.models import (
    Municipality,
    MunicipalityCode,
    Product,
    Region,
    RegionMembership,
    Vendor,
    VendorProfile,
)
from samlop.municipalities.rules.kinds import (
    Certainty,
    LanguageForm,
    ProductKind,
    RegionKind,
    ServiceArea,
)
from samlop.portfolio.models import Offer, PhaseEvent, ReadinessEvent, Solution
from samlop.portfolio.rules.readiness import Readiness, Teller
from samlop.portfolio.rules.solutions import Area, Phase, SolutionKind

SOME_DAY = date(2024, 1, 1)
_next = count(1)


def municipality(
    *,
    number: str = "",
    name: str = "",
    official_name: str = "",
    qualified_name: str = "",
    valid_from: date = SOME_DAY,
    valid_to: date | None = None,
    language_form: LanguageForm = LanguageForm.BOKMAL,
) -> Municipality:
    """A municipality with one number and name; numbers are made up from 7001 on."""
    made = Municipality.objects.create(language_form=language_form.value)
    number = number or f"{7000 + next(_next) % 1000:04}"
    name = name or f"Eksempelkommune {number}"
    MunicipalityCode.objects.create(
        municipality=made,
        number=number,
        name=name,
        qualified_name=qualified_name or name,
        official_name=official_name or name,
        valid_from=valid_from,
        valid_to=valid_to,
    )
    return made


def region(
    *,
    kind: RegionKind = RegionKind.HEALTH_COMMUNITY,
    name: str = "",
    slug: str = "",
    number: str | None = None,
    members: tuple[Municipality, ...] = (),
    certainty: Certainty = Certainty.CONFIRMED,
    valid_from: date = SOME_DAY,
    valid_to: date | None = None,
) -> Region:
    """A region with members from its first day to its last."""
    index = next(_next)
    if kind is RegionKind.COUNTY and number is None:
        number = f"{index % 100:02}"
    made = Region.objects.create(
        kind=kind.value,
        slug=slug or f"region-{index}",
        number=number,
        name=name or f"Region {index}",
        certainty=certainty.value,
        valid_from=valid_from,
        valid_to=valid_to,
    )
    for member in members:
        membership(region=made, of=member, certainty=certainty)
    return made


def membership(
    *,
    region: Region,
    of: Municipality,
    certainty: Certainty = Certainty.CONFIRMED,
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> RegionMembership:
    return RegionMembership.objects.create(
        region=region,
        municipality=of,
        kind=region.kind,
        certainty=certainty.value,
        valid_from=valid_from or region.valid_from,
        valid_to=valid_to or region.valid_to,
    )


def product(
    *, name: str = "", kind: ProductKind = ProductKind.RECORD_SYSTEM, vendor: Vendor | None = None
) -> Product:
    """A product, of a vendor of its own unless one is given."""
    index = next(_next)
    if vendor is None:
        vendor = Vendor.objects.create(slug=f"leverandor-{index}", name=f"Leverandør {index}")
    return Product.objects.create(
        vendor=vendor, slug=f"produkt-{index}", name=name or f"Produkt {index}", kind=kind.value
    )


def person(*, name: str = "", email: str = "") -> Person:
    """Somebody who can sign in, with no membership yet."""
    index = next(_next)
    return Person.objects.create(
        email=email or f"person{index}@example.org", name=name or f"Person {index}"
    )


def solution(
    *,
    name: str = "",
    slug: str = "",
    kind: SolutionKind = SolutionKind.NATIONAL,
    areas: tuple[Area, ...] = (),
) -> Solution:
    """A solution, offered in the areas given."""
    index = next(_next)
    made = Solution.objects.create(
        slug=slug or f"losning-{index}", name=name or f"Løsning {index}", kind=kind.value
    )
    for area in areas:
        offer(solution=made, area=area)
    return made


def offer(*, solution: Solution | None = None, area: Area = Area.HOME_CARE) -> Offer:
    """A solution in one service area; a solution of its own unless one is given."""
    return Offer.objects.create(solution=solution or _solution(), area=area.value)


# `offer` has an argument of the same name.
_solution = solution


def phase(*, offer: Offer, phase: Phase = Phase.UNDER_TRIAL, on: date = SOME_DAY) -> PhaseEvent:
    """An offer goes into a phase; recorded at noon that day."""
    return PhaseEvent.objects.create(
        offer=offer,
        phase=phase.value,
        happened_on=on,
        recorded_at=datetime.combine(on, time(12), tzinfo=UTC),
    )


def use(
    *,
    municipality: Municipality,
    product: Product,
    area: ServiceArea = ServiceArea.HOME_CARE,
    valid_from: date = SOME_DAY,
    valid_to: date | None = None,
) -> VendorProfile:
    """A municipality uses a product in a service area."""
    return VendorProfile.objects.create(
        municipality=municipality,
        service_area=area.value,
        product=product,
        kind=product.kind,
        valid_from=valid_from,
        valid_to=valid_to,
    )


def readiness(
    *,
    offer: Offer,
    product: Product,
    state: Readiness = Readiness.PLANNED,
    release_on: date | None = None,
    version: str = "",
    teller: Teller = Teller.VENDOR,
    told_on: date = SOME_DAY,
    recorded_at: datetime | None = None,
    withdrawn_at: datetime | None = None,
) -> ReadinessEvent:
    """Somebody has said how far a product has come; recorded at noon that day."""
    if state is Readiness.PLANNED and release_on is None:
        release_on = date(2027, 9, 1)
    if state is Readiness.RELEASED:
        release_on, version = release_on or told_on, version or "1.0"
    return ReadinessEvent.objects.create(
        offer=offer,
        product=product,
        state=state.value,
        release_on=release_on,
        version=version,
        told_by=teller.value,
        told_on=told_on,
        recorded_at=recorded_at or datetime.combine(told_on, time(12), tzinfo=UTC),
        withdrawn_at=withdrawn_at,
    )
