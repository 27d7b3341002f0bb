"""Addresses for the archives of the example's own region, so that copies are sent there."""

from datetime import date
from typing import Final

from samlop.audit.services import change
from samlop.example.people import MUNICIPALITY
from samlop.lib.actors import Actor
from samlop.municipalities.models import Municipality, MunicipalityCode, RegionMembership
from samlop.municipalities.rules.kinds import RegionKind

ADDRESS: Final = "postmottak-{number}@kommune.example.invalid"


def load(*, by: Actor, on: date) -> int:
    """Where none is known; returns how many were given one."""
    # Step by step: in a database nobody has analysed yet, asked as one it took minutes.
    inside = RegionMembership.objects.valid_on(on).filter(kind=RegionKind.EHEALTH_GROUP.value)
    own = MunicipalityCode.objects.filter(number=MUNICIPALITY).values_list(
        "municipality", flat=True
    )
    regions = inside.filter(municipality__in=list(own)).values_list("region", flat=True)
    members = inside.filter(region__in=list(regions)).values_list("municipality", flat=True)
    codes = (
        MunicipalityCode.objects.valid_on(on)
        .filter(municipality__in=list(members), municipality__postmottak="")
        .select_related("municipality")
    )
    rows: list[Municipality] = []
    for code in codes:
        code.municipality.postmottak = ADDRESS.format(number=code.number)
        rows.append(code.municipality)
    if rows:
        # One event: nobody has told of each.
        with change("example.archives.loaded", by=by) as record:
            Municipality.objects.bulk_update(rows, ["postmottak"])
            record(rows[0])
    return len(rows)
