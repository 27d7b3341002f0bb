"""A vendor with two products, one of them in use in two municipalities."""

from dataclasses import dataclass
from datetime import date

import pytest

from samlop.municipalities.models import Municipality, Product, Vendor, VendorProfile
from samlop.municipalities.rules.kinds import ProductKind, ServiceArea
from tests import factories as make


def use(
    product: Product,
    municipality: Municipality,
    area: ServiceArea = ServiceArea.NURSING_HOME,
    *,
    valid_from: date = make.SOME_DAY,
    valid_to: date | None = None,
) -> VendorProfile:
    return VendorProfile.objects.create(
        municipality=municipality,
        service_area=area.value,
        product=product,
        kind=product.kind,
        valid_from=valid_from,
        valid_to=valid_to,
    )


@dataclass(frozen=True)
class Register:
    vendor: Vendor
    journal: Product
    alarm: Product
    first: Municipality
    second: Municipality

    @property
    def address(self) -> str:
        return f"/leverandorer/{self.vendor.slug}/"


@pytest.fixture
def register() -> Register:
    vendor = Vendor.objects.create(slug="fjord-data", name="Fjord data")
    journal = Product.objects.create(
        vendor=vendor, slug="journalen", name="Journalen", kind=ProductKind.RECORD_SYSTEM.value
    )
    alarm = Product.objects.create(
        vendor=vendor, slug="alarmen", name="Alarmen", kind=ProductKind.WELFARE_TECHNOLOGY.value
    )
    first = make.municipality(number="4203", name="Arendal")
    second = make.municipality(number="4201", name="Risør")
    use(journal, first)
    use(journal, first, ServiceArea.HOME_CARE)
    use(journal, second, ServiceArea.HOME_CARE, valid_from=date(2025, 1, 1))
    return Register(vendor, journal, alarm, first, second)
