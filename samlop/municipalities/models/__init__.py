"""Tables of the reference data: every one keeps its row history by trigger."""

from samlop.municipalities.models.capacity import Blackout, CapacityHours, LoadEntry, RoomAnswer
from samlop.municipalities.models.municipality import (
    Boundary,
    CodeChange,
    Municipality,
    MunicipalityCode,
    MunicipalityName,
    Population,
    SuccessorFact,
)
from samlop.municipalities.models.reference import ReferenceLoad
from samlop.municipalities.models.region import (
    CountyAuthority,
    Region,
    RegionMembership,
    SharedInstallation,
)
from samlop.municipalities.models.vendor import Product, Vendor, VendorProfile

__all__ = [
    "Blackout",
    "Boundary",
    "CapacityHours",
    "CodeChange",
    "CountyAuthority",
    "LoadEntry",
    "Municipality",
    "MunicipalityCode",
    "MunicipalityName",
    "Population",
    "Product",
    "ReferenceLoad",
    "Region",
    "RegionMembership",
    "RoomAnswer",
    "SharedInstallation",
    "SuccessorFact",
    "Vendor",
    "VendorProfile",
]
