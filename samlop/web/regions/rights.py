"""What a person may do with a region."""

from dataclasses import dataclass

from samlop.accounts.rules import Permission, Place
from samlop.municipalities.rules.kinds import RegionKind
from samlop.municipalities.rules.regions import KEPT_BY_PEOPLE
from samlop.web.middleware import Access


@dataclass(frozen=True, slots=True)
class Rights:
    """`members`: add and end members and shared installations; `texts`: name, website, note."""

    confirm: bool = False
    members: bool = False
    texts: bool = False
    end: bool = False


def place_of(region_id: int) -> Place:
    return Place(regions=frozenset({region_id}))


def rights(access: Access, region_id: int, kind: RegionKind) -> Rights:
    """Counties and health regions are facts: nobody changes them on a page.

    Whoever answers for the members of an e-health group also keeps the list of them and the
    group's own words; the other kinds are an administrator's, and so is ending a region.
    """
    if kind not in KEPT_BY_PEOPLE:
        return Rights()
    place = place_of(region_id)
    edit = access.may(Permission.EDIT_REGIONS, place)
    confirm = access.may(Permission.CONFIRM_REGION_MEMBERS, place)
    keeps = edit or (confirm and kind is RegionKind.EHEALTH_GROUP)
    return Rights(confirm=confirm, members=keeps, texts=keeps, end=edit)


def permission_to_keep(kind: RegionKind) -> Permission:
    """The permission that gives `members` and `texts` for a kind, to be required."""
    if kind is RegionKind.EHEALTH_GROUP:
        return Permission.CONFIRM_REGION_MEMBERS
    return Permission.EDIT_REGIONS
