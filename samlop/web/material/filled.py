"""A template filled in with what Samløp knows of a municipality, ready to be written out."""

from collections.abc import Mapping, Sequence
from datetime import date

from django.utils import timezone, translation

from samlop.municipalities import texts as municipality_texts
from samlop.municipalities.models import MunicipalityCode
from samlop.municipalities.queries import vendors
from samlop.portfolio.exports import templates as exports
from samlop.portfolio.exports.templates import Filled, FilledRow
from samlop.portfolio.models import Material, MaterialText, MaterialVersion
from samlop.portfolio.queries import copies as copy_queries
from samlop.portfolio.queries import material as queries
from samlop.portfolio.queries.copies import CopyRow
from samlop.portfolio.rules import copies as rules
from samlop.portfolio.rules.copies import RowChangeKind, RowText, TemplateKind
from samlop.portfolio.rules.solutions import Area, covered
from samlop.web.material.words import FORM_CODES, LANGUAGE_OF

# The endings a template is written out in.
ENDINGS = ("docx", "xlsx")


def blank(text: MaterialText, *, municipality: int | None, since: int | None, on: date) -> Filled:
    """The master's own rows, no answers. At most seven queries."""
    rows = copy_queries.rows_of(text.pk)
    changes = _changes(text, rows, since)
    return _filled(
        text,
        [FilledRow(text=row, change=changes.get(row.key), answers={}) for row in rows],
        changes=changes,
        municipality=municipality,
        since=since,
        on=on,
    )


def answered(
    text: MaterialText,
    rows: Sequence[CopyRow],
    *,
    municipality: int,
    on: date,
) -> Filled:
    """A municipality's copy with its own answers: for itself alone."""
    return _filled(
        text,
        [
            FilledRow(
                text=RowText(
                    key=row.key,
                    section=row.section,
                    heading=row.heading,
                    body=row.body,
                    suggestion=row.suggestion,
                ),
                answers=row.answers,
            )
            for row in rows
        ],
        changes={},
        municipality=municipality,
        since=None,
        on=on,
        has_answers=True,
    )


def write(filled: Filled, form: str) -> bytes:
    """In the template's own language, whatever the page is in."""
    with translation.override(filled.language):
        return exports.docx(filled) if form == "docx" else exports.xlsx(filled)


def _changes(
    text: MaterialText, rows: Sequence[RowText], since: int | None
) -> dict[str, RowChangeKind]:
    if since is None:
        return {}
    old = MaterialText.objects.filter(
        version__material=text.version.material_id, version__number=since, language=text.language
    ).first()
    if old is None:
        return {}
    return {one.key: one.kind for one in rules.changes(copy_queries.rows_of(old.pk), rows)}


def _filled(
    text: MaterialText,
    rows: Sequence[FilledRow],
    *,
    changes: Mapping[str, RowChangeKind],
    municipality: int | None,
    since: int | None,
    on: date,
    has_answers: bool = False,
) -> Filled:
    version: MaterialVersion = text.version
    material: Material = version.material
    solutions = queries.solutions_of(material)
    there = {row.text.key for row in rows}
    language = LANGUAGE_OF[FORM_CODES[text.language]]
    with translation.override(language):
        systems = _systems(municipality, material, on=on) if municipality is not None else ()
    return Filled(
        title=text.title or material.title,
        kind=TemplateKind(material.template),
        language=language,
        number=version.number,
        published_on=timezone.localdate(version.published_at),
        note=version.note,
        solutions=tuple(solution.name for solution in solutions),
        owner=material.owner,
        municipality=_name(municipality, on=on),
        systems=systems,
        since=since,
        rows=tuple(rows),
        removed=_removed(text, since, changes, there),
        has_answers=has_answers,
        made_on=on,
    )


def _removed(
    text: MaterialText,
    since: int | None,
    changes: Mapping[str, RowChangeKind],
    there: set[str],
) -> tuple[str, ...]:
    gone = [key for key in changes if key not in there]
    if since is None or not gone:
        return ()
    old = MaterialText.objects.get(
        version__material=text.version.material_id, version__number=since, language=text.language
    )
    return tuple(row.heading for row in copy_queries.rows_of(old.pk) if row.key in gone)


def _name(municipality: int | None, *, on: date) -> str:
    if municipality is None:
        return ""
    code = MunicipalityCode.objects.filter(municipality=municipality).valid_on(on).first()
    return code.qualified_name if code else ""


def _systems(municipality: int, material: Material, *, on: date) -> tuple[tuple[str, str], ...]:
    """What the municipality uses in the areas the item is about."""
    wanted = {area for code in material.areas for area in covered(Area(code))}
    found = []
    for area in vendors.systems(municipality, on=on):
        if area.current and (not wanted or area.service_area in wanted):
            names = ", ".join(f"{one.product} ({one.vendor})" for one in area.current)
            found.append((str(municipality_texts.SERVICE_AREAS[area.service_area]), names))
    return tuple(found)
