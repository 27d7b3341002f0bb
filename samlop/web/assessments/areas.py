"""What the service areas are called in addresses: readable, and the same in every language."""

from collections.abc import Mapping
from typing import Final

from samlop.portfolio.rules.solutions import Area

ADDRESSES: Final[Mapping[Area, str]] = {
    Area.HEALTH_AND_CARE: "helse-og-omsorg",
    Area.NURSING_HOME: "sykehjem",
    Area.HOME_CARE: "hjemmetjeneste",
    Area.CHILD_HEALTH: "helsestasjon",
    Area.EMERGENCY_CARE: "legevakt",
    Area.GENERAL_PRACTICE: "fastlege",
    Area.REHABILITATION: "rehabilitering",
    Area.MENTAL_HEALTH: "psykisk-helse",
    Area.RESPONSE_SERVICE: "responstjeneste",
    Area.DENTAL_CARE: "tannhelse",
}
AREAS: Final[Mapping[str, Area]] = {address: area for area, address in ADDRESSES.items()}
