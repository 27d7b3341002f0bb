"""A municipality's copies of templates. Every question names the municipality, so that no page
can show one municipality's answers to another.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, OuterRef, QuerySet, Subquery

from samlop.municipalities.rules.kinds import LanguageForm
from samlop.portfolio.models import LocalCopy, LocalRow, Material, MaterialText, TemplateRow
from samlop.portfolio.rules import copies as rules
from samlop.portfolio.rules import material as material_rules
from samlop.portfolio.rules.copies import (
    AnswerField,
    LocalState,
    RowChange,
    RowText,
    TemplateKind,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyLine:
    """One copy in a list: no answers, but how many rows have one."""

    pk: int
    material: int
    title: str
    slug: str
    kind: TemplateKind
    number: int
    newest: int
    rows: int
    answered: int
    withdrawn: bool

    @property
    def is_behind(self) -> bool:
        return self.number < self.newest


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyRow:
    """A row as the copy shows it, with the municipality's answers."""

    key: str
    section: str
    heading: str
    body: str
    suggestion: str
    answers: Mapping[AnswerField, str]
    revision: int
    is_own: bool
    changed_at: datetime
    changed_by: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyView:
    """A whole copy, for its own municipality."""

    pk: int
    municipality: int
    material: int
    slug: str
    title: str
    kind: TemplateKind
    language: LanguageForm
    text: int
    number: int
    newest_text: int
    newest: int
    withdrawn: bool
    rows: tuple[CopyRow, ...]
    waiting: tuple[RowChange, ...]
    # What each new version said of itself, the newest first: number and words.
    notes: tuple[tuple[int, str], ...]


def rows_of(text: int) -> tuple[RowText, ...]:
    """The rows of one text, in order. One query."""
    return tuple(
        RowText(key=key, section=section, heading=heading, body=body, suggestion=suggestion)
        for key, section, heading, body, suggestion in TemplateRow.objects.filter(text=text)
        .order_by("position")
        .values_list("key", "section", "heading", "body", "suggestion")
    )


def newest_text(material: int, language: str) -> MaterialText | None:
    """The current version's text in the form. One query."""
    return (
        MaterialText.objects.filter(
            version__material=material, version__replaced_at=None, language=language
        )
        .select_related("version")
        .first()
    )


def copies_of(municipality: int) -> tuple[CopyLine, ...]:
    """The municipality's copies, by title. One query."""
    rows = _lines().filter(municipality=municipality)
    return tuple(sorted((_line(row) for row in rows), key=lambda line: (line.title, line.pk)))


def behind(municipalities: Iterable[int]) -> Mapping[int, tuple[CopyLine, ...]]:
    """Copies with changes to take a stand on, by municipality. One query."""
    found: dict[int, list[CopyLine]] = {}
    rows = _lines().filter(municipality__in=list(municipalities), material__withdrawn_at=None)
    for row in rows.order_by("pk"):
        line = _line(row)
        if line.is_behind:
            found.setdefault(row.municipality_id, []).append(line)
    return {pk: tuple(lines) for pk, lines in found.items()}


def _lines() -> QuerySet[LocalCopy]:
    answered = (
        LocalRow.objects.filter(copy=OuterRef("pk"), hidden=False)
        .exclude(answers={})
        .order_by()
        .values("copy")
        .annotate(many=Count("pk"))
        .values("many")
    )
    shown = (
        LocalRow.objects.filter(copy=OuterRef("pk"), hidden=False)
        .order_by()
        .values("copy")
        .annotate(many=Count("pk"))
        .values("many")
    )
    newest = MaterialText.objects.filter(
        version__material=OuterRef("material"),
        version__replaced_at=None,
        language=OuterRef("text__language"),
    )
    return (
        LocalCopy.objects.filter(removed_at=None)
        .select_related("material")
        .annotate(
            number=F("text__version__number"),
            newest=Subquery(newest.values("version__number")[:1]),
            shown=Subquery(shown),
            answered=Subquery(answered),
        )
    )


def _line(row: LocalCopy) -> CopyLine:
    found = vars(row)
    return CopyLine(
        pk=row.pk,
        material=row.material_id,
        title=row.material.title,
        slug=row.material.slug,
        kind=TemplateKind(row.material.template),
        number=found["number"],
        newest=found["newest"] or found["number"],
        rows=found["shown"] or 0,
        answered=found["answered"] or 0,
        withdrawn=row.material.withdrawn_at is not None,
    )


def copy_pk(material: int, municipality: int) -> int | None:
    """The municipality's copy of the template, if it has one. One query."""
    return (
        LocalCopy.objects.filter(material=material, municipality=municipality, removed_at=None)
        .values_list("pk", flat=True)
        .first()
    )


def view(pk: int, *, municipality: int) -> CopyView | None:
    """A copy of this municipality; None for one that is not there or not its. Five queries."""
    copy = (
        LocalCopy.objects.filter(pk=pk, municipality=municipality, removed_at=None)
        .select_related("material", "text__version")
        .first()
    )
    if copy is None:
        return None
    current = newest_text(copy.material_id, copy.text.language) or copy.text
    local = local_rows(copy.pk)
    master = rows_of(current.pk)
    versions = copy.material.versions.filter(
        number__gt=copy.text.version.number, number__lte=current.version.number
    ).order_by("-number")
    return CopyView(
        pk=copy.pk,
        municipality=copy.municipality_id,
        material=copy.material_id,
        slug=copy.material.slug,
        title=copy.text.title or copy.material.title,
        kind=TemplateKind(copy.material.template),
        language=LanguageForm(copy.text.language),
        text=copy.text_id,
        number=copy.text.version.number,
        newest_text=current.pk,
        newest=current.version.number,
        withdrawn=copy.material.withdrawn_at is not None,
        rows=_in_order(local, master),
        waiting=rules.waiting([state_of(row) for row in local], master),
        notes=tuple(versions.values_list("number", "note")),
    )


def local_rows(copy: int) -> Sequence[LocalRow]:
    """Every row of a copy with its texts. One query."""
    return list(LocalRow.objects.filter(copy=copy).select_related("shown", "seen").order_by("pk"))


def state_of(row: LocalRow) -> LocalState:
    return LocalState(key=row.key, shown=_text(row.shown), seen=_text(row.seen), hidden=row.hidden)


def _text(row: TemplateRow | None) -> RowText | None:
    if row is None:
        return None
    return RowText(
        key=row.key,
        section=row.section,
        heading=row.heading,
        body=row.body,
        suggestion=row.suggestion,
    )


def _in_order(local: Sequence[LocalRow], master: Sequence[RowText]) -> tuple[CopyRow, ...]:
    """As the master orders them; those it no longer has where they stood, own ones last."""
    place = {row.key: index for index, row in enumerate(master)}

    def order(row: LocalRow) -> tuple[int, int]:
        if row.shown is None:
            return (len(master) + 1, row.pk)
        return (place.get(row.key, row.shown.position), row.pk)

    return tuple(_copy_row(row) for row in sorted(local, key=order) if not row.hidden)


def _copy_row(row: LocalRow) -> CopyRow:
    shown = row.shown
    return CopyRow(
        key=row.key,
        section=shown.section if shown else row.own_section,
        heading=shown.heading if shown else row.own_heading,
        body=shown.body if shown else "",
        suggestion=shown.suggestion if shown else "",
        # JSON keeps its own order; a page shows the fields in ours.
        answers={
            field: row.answers[field.value] for field in AnswerField if field.value in row.answers
        },
        revision=row.revision,
        is_own=shown is None,
        changed_at=row.changed_at,
        changed_by=row.changed_by_id,
    )


def by_version(material: Material) -> tuple[tuple[int, int], ...]:
    """How many municipalities' copies are on which version: numbers, never which. Two queries."""
    numbers = list(
        LocalCopy.objects.filter(material=material, removed_at=None).values_list(
            "text__version__number", flat=True
        )
    )
    newest = material.versions.get(replaced_at=None).number
    return material_rules.copies_by_version(numbers, newest)
