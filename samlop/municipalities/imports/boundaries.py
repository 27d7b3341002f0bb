"""A GeoJSON file of municipal boundaries: parse, compare with what is stored, apply."""

from dataclasses import dataclass
from datetime import date

from samlop.lib.actors import Actor
from samlop.lib.errors import FileProblem, FileRefused
from samlop.municipalities import texts
from samlop.municipalities.models import Boundary, MunicipalityCode
from samlop.municipalities.rules import boundaries as rules
from samlop.municipalities.services import boundaries as services


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What a file would do: the path per municipality id, and whose boundary is which."""

    paths: dict[int, str]
    new: tuple[str, ...]
    changed: tuple[str, ...]
    same: tuple[str, ...]


def compare(content: bytes, *, on: date) -> Difference:
    """What the file would change for the municipalities of the day. Two queries.

    Raises FileRefused with every flaw named; a file must hold all municipalities of the day.
    """
    known = dict(MunicipalityCode.objects.valid_on(on).values_list("number", "municipality_id"))
    try:
        areas = rules.parse(content, known=known)
    except rules.Unreadable as error:
        raise FileRefused(
            [FileProblem(texts.boundary_problem(problem)) for problem in error.problems]
        ) from error
    paths = rules.paths(areas)
    stored = dict(
        Boundary.objects.filter(municipality__in=known.values()).values_list(
            "municipality_id", "path"
        )
    )
    new = tuple(number for number in paths if known[number] not in stored)
    same = tuple(number for number, path in paths.items() if stored.get(known[number]) == path)
    return Difference(
        paths={known[number]: path for number, path in paths.items()},
        new=new,
        changed=tuple(sorted(set(paths) - set(new) - set(same))),
        same=same,
    )


def apply(difference: Difference, *, source: str, by: Actor, on: date) -> int:
    """Stores what differs, all or nothing; how many boundaries did."""
    return services.store(paths=difference.paths, source=source, by=by, on=on)
