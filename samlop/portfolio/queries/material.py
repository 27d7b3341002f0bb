"""Finding material by its words, also those inside files, and showing one item."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.contrib.postgres.search import (
    CombinedSearchQuery,
    SearchHeadline,
    SearchQuery,
    SearchRank,
)
from django.db.models import (
    CharField,
    F,
    FloatField,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import Coalesce, Left

from samlop.db.text_keys import SortKey
from samlop.files.models import File
from samlop.files.rules import FileKind
from samlop.municipalities.rules.kinds import LanguageForm
from samlop.portfolio.models import (
    LocalCopy,
    Material,
    MaterialSolution,
    MaterialText,
    MaterialUse,
    MaterialVersion,
    Solution,
)
from samlop.portfolio.models.material import CONFIG
from samlop.portfolio.rules import material as rules
from samlop.portfolio.rules.copies import TemplateKind
from samlop.portfolio.rules.material import (
    HIT_BEGINS,
    HIT_ENDS,
    Content,
    ForWhom,
    MaterialKind,
    Piece,
    Reading,
    RolloutStep,
)
from samlop.portfolio.rules.solutions import Area

# An excerpt is looked for this far into a text, so that a page of hits stays quick.
_EXCERPT_WITHIN: Final = 60_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the reader asks for; empty is «all»."""

    text: str = ""
    kind: MaterialKind | None = None
    solution: str = ""
    for_whom: ForWhom | None = None
    step: RolloutStep | None = None
    area: Area | None = None
    language: LanguageForm | None = None
    template: bool = False

    @property
    def any(self) -> bool:
        return self != Wanted()


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One line of the library, in the current version."""

    pk: int
    slug: str
    title: str
    titles: Mapping[LanguageForm, str]
    summary: str
    kind: MaterialKind
    own_kind: str
    template: TemplateKind | None
    owner: str
    solutions: tuple[tuple[str, str], ...]
    areas: tuple[Area, ...]
    for_whom: tuple[ForWhom, ...]
    step: RolloutStep | None
    number: int
    published_at: datetime
    review_on: date | None
    languages: tuple[LanguageForm, ...]
    used: int
    is_public: bool
    rank: float
    # Which text the search found the words in, to take the excerpt from.
    text: int | None


_Query = SearchQuery | CombinedSearchQuery


def _query(text: str) -> _Query | None:
    """As it is written, or each word as the beginning of one: «legemiddel» finds the compounds."""
    words = rules.search_words(text)
    if not words:
        return None
    beginnings = " & ".join(f"{word}:*" for word in words)
    found: _Query = SearchQuery(text, config=CONFIG, search_type="websearch") | SearchQuery(
        beginnings, config=CONFIG, search_type="raw"
    )
    return found


def find(wanted: Wanted, *, signed_in: bool) -> tuple[Item, ...]:
    """Every item that fits, the best hits first, else the newest. Four queries."""
    rows = _filtered(Material.objects.open_to(signed_in=signed_in), wanted)
    rows = rows.annotate(rank=Value(0.0, output_field=FloatField())).annotate(
        hit=Value(None, output_field=IntegerField())
    )
    query = _query(wanted.text)
    if wanted.text and query is None:
        return ()
    if query is not None:
        rows = _searched(rows, query)
    current = MaterialVersion.objects.filter(material=OuterRef("pk"), replaced_at=None)
    found = list(
        rows.annotate(
            number=Subquery(current.values("number")[:1]),
            published_at=Subquery(current.values("published_at")[:1]),
        )
    )
    found.sort(key=lambda row: (-vars(row)["rank"], -vars(row)["published_at"].timestamp(), row.pk))
    return _items(found)


def _filtered(rows: QuerySet[Material], wanted: Wanted) -> QuerySet[Material]:
    if wanted.kind is not None:
        rows = rows.filter(kind=wanted.kind.value)
    if wanted.solution:
        rows = rows.filter(
            pk__in=MaterialSolution.objects.filter(solution__slug=wanted.solution).values(
                "material"
            )
        )
    if wanted.for_whom is not None:
        rows = rows.filter(for_whom__contains=[wanted.for_whom.value])
    if wanted.step is not None:
        rows = rows.filter(step=wanted.step.value)
    if wanted.area is not None:
        # One that says nothing of areas is of use in all of them.
        rows = rows.filter(Q(areas=[]) | Q(areas__contains=[wanted.area.value]))
    if wanted.language is not None:
        rows = rows.filter(
            pk__in=MaterialVersion.objects.filter(
                replaced_at=None, texts__language=wanted.language.value
            ).values("material")
        )
    if wanted.template:
        rows = rows.exclude(template="")
    return rows


def _searched(rows: QuerySet[Material], query: _Query) -> QuerySet[Material]:
    """Those whose title, summary or current text has the words; a hit in the title weighs more."""
    texts = MaterialText.objects.filter(version__replaced_at=None, document=query)
    best = (
        texts.filter(version__material=OuterRef("pk"))
        .annotate(weight=SearchRank(F("document"), query))
        .order_by("-weight", "pk")
    )
    return (
        rows.filter(Q(document=query) | Q(pk__in=texts.values("version__material")))
        .annotate(
            rank=SearchRank(F("document"), query) * 2.0
            + Coalesce(Subquery(best.values("weight")[:1]), 0.0, output_field=FloatField())
        )
        .annotate(hit=Subquery(best.values("pk")[:1]))
    )


def _items(rows: Sequence[Material]) -> tuple[Item, ...]:
    """Three queries, however many rows."""
    pks = [row.pk for row in rows]
    about = _solutions(pks)
    titles: dict[int, dict[LanguageForm, str]] = {}
    for pk, language, title in (
        MaterialText.objects.filter(version__material__in=pks, version__replaced_at=None)
        .order_by("language")
        .values_list("version__material_id", "language", "title")
    ):
        titles.setdefault(pk, {})[LanguageForm(language)] = title
    used = _used(pks)
    return tuple(
        Item(
            pk=row.pk,
            slug=row.slug,
            title=row.title,
            titles=titles.get(row.pk, {}),
            summary=row.summary,
            kind=MaterialKind(row.kind),
            own_kind=row.own_kind,
            template=TemplateKind(row.template) if row.template else None,
            owner=row.owner,
            solutions=about.get(row.pk, ()),
            areas=tuple(Area(code) for code in row.areas),
            for_whom=tuple(ForWhom(code) for code in row.for_whom),
            step=RolloutStep(row.step) if row.step else None,
            number=vars(row)["number"],
            published_at=vars(row)["published_at"],
            review_on=row.review_on,
            languages=tuple(titles.get(row.pk, {})),
            used=used.get(row.pk, 0),
            is_public=row.is_public,
            rank=vars(row)["rank"],
            text=vars(row)["hit"],
        )
        for row in rows
    )


def _solutions(materials: Iterable[int]) -> dict[int, tuple[tuple[str, str], ...]]:
    found: dict[int, list[tuple[str, str]]] = {}
    for pk, slug, name in (
        MaterialSolution.objects.filter(material__in=list(materials))
        .order_by("solution__name")
        .values_list("material_id", "solution__slug", "solution__name")
    ):
        found.setdefault(pk, []).append((slug, name))
    return {pk: tuple(lines) for pk, lines in found.items()}


def _used(materials: Iterable[int]) -> dict[int, int]:
    rows = (
        MaterialUse.objects.filter(text__version__material__in=list(materials))
        .values_list("text__version__material_id")
        .annotate(many=Sum("count"))
        .order_by()
    )
    return dict(rows)


def excerpts(text: str, texts: Iterable[int]) -> Mapping[int, tuple[Piece, ...]]:
    """Where the words stand in each of the texts, with the words marked. One query.

    Asked for the few that a page shows: looking for an excerpt costs far more than finding.
    """
    wanted = [pk for pk in texts if pk]
    query = _query(text)
    if not wanted or query is None:
        return {}
    headline = SearchHeadline(
        Left("words", _EXCERPT_WITHIN),
        query,
        config=CONFIG,
        start_sel=HIT_BEGINS,
        stop_sel=HIT_ENDS,
        max_words=28,
        min_words=12,
        max_fragments=2,
        fragment_delimiter=" … ",
    )
    rows = MaterialText.objects.filter(pk__in=wanted).annotate(
        excerpt=Coalesce(headline, Value(""), output_field=CharField())
    )
    found = {pk: rules.pieces(excerpt) for pk, excerpt in rows.values_list("pk", "excerpt")}
    return {pk: pieces for pk, pieces in found.items() if any(piece.hit for piece in pieces)}


# --- one item ---


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """What a version says in one form; `key` and the rest of the file when it is one."""

    pk: int
    language: LanguageForm
    title: str
    content: Content
    body: str
    link: str
    reading: Reading
    key: UUID | None
    name: str
    file_kind: FileKind | None
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    pk: int
    number: int
    note: str
    published_at: datetime
    is_current: bool
    texts: tuple[Text, ...]
    used: int


def versions(material: Material) -> tuple[Version, ...]:
    """Every version, the newest first. Two queries."""
    used = dict(
        MaterialUse.objects.filter(text__version__material=material)
        .values_list("text__version_id")
        .annotate(many=Sum("count"))
        .order_by()
    )
    texts: dict[int, list[Text]] = {}
    rows = (
        MaterialText.objects.filter(version__material=material)
        .select_related("version", "file")
        .defer("words")
        .order_by("-version__number", "language")
    )
    numbered: dict[int, MaterialVersion] = {}
    for row in rows:
        numbered[row.version_id] = row.version
        texts.setdefault(row.version_id, []).append(_as_text(row))
    return tuple(
        Version(
            pk=pk,
            number=version.number,
            note=version.note,
            published_at=version.published_at,
            is_current=version.replaced_at is None,
            texts=tuple(texts[pk]),
            used=used.get(pk, 0),
        )
        for pk, version in numbered.items()
    )


def _as_text(row: MaterialText) -> Text:
    file = row.file
    return Text(
        pk=row.pk,
        language=LanguageForm(row.language),
        title=row.title,
        content=Content(row.content),
        body=row.body,
        link=row.link,
        reading=Reading(row.reading),
        key=file.key if file else None,
        name=file.name if file else "",
        file_kind=FileKind(file.kind) if file else None,
        size=file.size if file else 0,
    )


@dataclass(frozen=True, slots=True)
class Readable:
    """A file of the library, and the text it is counted under."""

    file: File
    text: int


def open_file(key: UUID, *, signed_in: bool) -> Readable | None:
    """The file, when this reader may have it: of an item that stands. One query.

    Whoever keeps a withdrawn item gets at it through `kept_file`.
    """
    return _file(key, Material.objects.open_to(signed_in=signed_in))


def kept_file(key: UUID) -> tuple[Readable, Material] | None:
    """The file and its item, also one that is withdrawn: for whoever keeps it. Two queries."""
    found = _file(key, Material.objects.all())
    if found is None:
        return None
    return found, Material.objects.get(versions__texts=found.text)


def _file(key: UUID, materials: QuerySet[Material]) -> Readable | None:
    row = (
        MaterialText.objects.filter(file__key=key, version__material__in=materials)
        .select_related("file")
        .defer("words", "body")
        .order_by("-pk")
        .first()
    )
    return Readable(row.file, row.pk) if row is not None and row.file is not None else None


def solutions_of(material: Material) -> tuple[Solution, ...]:
    """One query."""
    return tuple(Solution.objects.filter(material__material=material).order_by("name", "pk"))


def copies_made(material: Material) -> int:
    """How many municipalities have a copy: a number only. One query."""
    return LocalCopy.objects.filter(material=material, removed_at=None).count()


# --- what is missing, and what is due ---


def kinds_of(solution: Solution) -> frozenset[MaterialKind]:
    """The kinds that somebody has handed over for a solution. One query."""
    rows = (
        Material.objects.standing()
        .of_solution(solution.slug)
        .order_by()
        .values_list("kind", flat=True)
        .distinct()
    )
    return frozenset(MaterialKind(kind) for kind in rows)


def missing(solution: Solution) -> tuple[MaterialKind, ...]:
    """The kinds a rollout needs and nobody has handed over. One query."""
    return rules.missing(kinds_of(solution), joint_process=solution.is_joint_process)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lack:
    """A solution and the kinds nobody has handed over."""

    slug: str
    name: str
    kinds: tuple[MaterialKind, ...]


def lacking() -> tuple[Lack, ...]:
    """The same for every solution that lacks something, by name. Two queries."""
    have: dict[int, set[MaterialKind]] = {}
    rows = MaterialSolution.objects.filter(material__withdrawn_at=None)
    for solution, kind in rows.values_list("solution_id", "material__kind").distinct():
        have.setdefault(solution, set()).add(MaterialKind(kind))
    found = (
        Lack(
            slug=row.slug,
            name=row.name,
            kinds=rules.missing(have.get(row.pk, ()), joint_process=row.is_joint_process),
        )
        for row in Solution.objects.order_by(SortKey("name"), "pk")
    )
    return tuple(lack for lack in found if lack.kinds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """An item that is to be gone through."""

    slug: str
    title: str
    review_on: date


def due(solutions: Iterable[str], *, on: date) -> Mapping[str, tuple[Due, ...]]:
    """What is to be gone through for each of the solutions, by slug. One query."""
    found: dict[str, list[Due]] = {}
    rows = MaterialSolution.objects.filter(
        solution__slug__in=list(solutions),
        material__withdrawn_at=None,
        material__review_on__lte=on + rules.TOLD_BEFORE,
    ).order_by("material__review_on", "material_id")
    for solution, slug, title, review_on in rows.values_list(
        "solution__slug", "material__slug", "material__title", "material__review_on"
    ):
        if review_on is None:
            continue
        found.setdefault(solution, []).append(Due(slug=slug, title=title, review_on=review_on))
    return {solution: tuple(lines) for solution, lines in found.items()}
