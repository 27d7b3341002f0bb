"""What the library, one item, and a solution's material show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from samlop.accounts.rules import Permission, Place
from samlop.db.text_keys import nb_sort_key
from samlop.files import texts as file_texts
from samlop.municipalities.rules.kinds import LanguageForm
from samlop.portfolio.models import Material, Solution
from samlop.portfolio.queries import copies as copy_queries
from samlop.portfolio.queries import material as queries
from samlop.portfolio.queries.material import Item, Text, Version, Wanted
from samlop.portfolio.rules import material as rules
from samlop.portfolio.rules import rich_text
from samlop.portfolio.rules.copies import RowText, TemplateKind
from samlop.portfolio.rules.material import (
    Content,
    ForWhom,
    MaterialKind,
    Piece,
    Reading,
    RolloutStep,
)
from samlop.portfolio.rules.solutions import Area
from samlop.portfolio.texts import copies as copy_texts
from samlop.portfolio.texts import material as texts
from samlop.portfolio.texts import solutions as solution_texts
from samlop.web import formats
from samlop.web.addresses import changed
from samlop.web.downloads import Download, Field
from samlop.web.files.pages import size
from samlop.web.material import words
from samlop.web.middleware import Access
from samlop.web.solutions.frame import Frame
from samlop.web.sorting import SortColumn, Sorting
from samlop.web.tables import Pagination, SortLink

ON_A_PAGE = 25


# --- who may keep what ---


def may_keep(access: Access, solutions: Sequence[str]) -> Place | None:
    """The place in which the reader may change an item of these solutions; None when nowhere."""
    places = [Place(solution=slug) for slug in solutions] or [Place()]
    return next((one for one in places if access.may(Permission.EDIT_SOLUTION, one)), None)


# --- the list ---


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemRow:
    slug: str
    title: str
    summary: str
    kind: str
    is_template: bool
    solutions: tuple[tuple[str, str], ...]
    areas: tuple[str, ...]
    for_whom: tuple[str, ...]
    step: str
    owner: str
    number: int
    published_at: datetime
    languages: tuple[str, ...]
    used: int
    is_public: bool
    review_on: date | None
    text: int | None

    @property
    def address(self) -> str:
        return reverse("material:show", args=[self.slug])


@dataclass(frozen=True, slots=True)
class Library:
    """What the reader asked for, in her order: for the page and for files alike."""

    rows: tuple[ItemRow, ...]
    sorting: Sorting[ItemRow]
    wanted: Wanted
    form: LanguageForm
    on: date

    @classmethod
    def of(cls, query: QueryDict, *, form: LanguageForm, signed_in: bool, on: date) -> "Library":
        """Four queries, however many items."""
        wanted = _wanted(query)
        found = queries.find(wanted, signed_in=signed_in)
        rows = [_row(item, form) for item in found]
        sorting = _sorting(query)
        return cls(tuple(sorting.rows(rows)), sorting, wanted, form, on)


def _wanted(query: QueryDict) -> Wanted:
    text = " ".join(query.get("q", "").replace("\0", "").split())[: rules.LONGEST_QUERY]
    return Wanted(
        text=text,
        kind={one.value: one for one in MaterialKind}.get(query.get("type", "")),
        solution=query.get("losning", "")[:80],
        for_whom={one.value: one for one in ForWhom}.get(query.get("for", "")),
        step={one.value: one for one in RolloutStep}.get(query.get("steg", "")),
        area={one.value: one for one in Area}.get(query.get("omrade", "")),
        language=words.FORM_CODES.get(query.get("sprak", "")),
        template=query.get("mal") == "1",
    )


def _row(item: Item, form: LanguageForm) -> ItemRow:
    return ItemRow(
        slug=item.slug,
        title=words.title(item, form),
        summary=item.summary,
        kind=words.kind(item.kind, item.own_kind),
        is_template=item.template is not None,
        solutions=item.solutions,
        areas=tuple(str(solution_texts.AREAS[area]) for area in item.areas),
        for_whom=tuple(str(texts.FOR_WHOM[one]) for one in item.for_whom),
        step=str(texts.ROLLOUT_STEPS[item.step]) if item.step else "",
        owner=item.owner,
        number=item.number,
        published_at=item.published_at,
        languages=tuple(str(words.FORMS[one]) for one in rules.in_order(item.languages, form)),
        used=item.used,
        is_public=item.is_public,
        review_on=item.review_on,
        text=item.text,
    )


def _sorting(query: QueryDict) -> Sorting[ItemRow]:
    """Without a choice the best hits, or the newest, stay first."""
    columns: tuple[SortColumn[ItemRow], ...] = (
        SortColumn("tittel", gettext("Tittel"), lambda row: nb_sort_key(row.title)),
        SortColumn("type", gettext("Type"), lambda row: nb_sort_key(row.kind)),
        SortColumn(
            "losning",
            gettext("Løsning"),
            lambda row: nb_sort_key(row.solutions[0][1]) if row.solutions else None,
        ),
        SortColumn(
            "publisert",
            gettext("Publisert"),
            lambda row: row.published_at.timestamp(),
            numeric=True,
        ),
        SortColumn("brukt", gettext("Brukt"), lambda row: row.used, numeric=True),
    )
    as_found: SortColumn[ItemRow] = SortColumn("", "", lambda _row: 0)
    chosen = Sorting.of((*columns, as_found), query, usual="")
    return Sorting(columns, chosen.column, descending=chosen.descending)


@dataclass(frozen=True, slots=True, kw_only=True)
class Select:
    name: str
    label: str
    options: tuple[tuple[str, str], ...]
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryPage:
    rows: tuple[ItemRow, ...]
    excerpts: Mapping[int, tuple[Piece, ...]]
    headers: tuple[SortLink, ...]
    count: int
    count_words: str
    text: str
    selects: tuple[Select, ...]
    more_selects: tuple[Select, ...]
    more_open: bool
    sort: str
    reset: str
    pages: Pagination
    filtered: bool
    signed_in: bool
    csv: str
    xlsx: str
    json: str
    add: str
    own_templates: str
    # Solution, its address, and the kinds it lacks; only where nothing is filtered away.
    lacking: tuple[tuple[str, str, str], ...]


def library_page(
    found: Library,
    query: QueryDict,
    *,
    solutions: Sequence[tuple[str, str]],
    signed_in: bool,
    may_add: bool,
    own_templates: str,
) -> LibraryPage:
    """At most two queries more than the list."""
    last = max(1, -(-len(found.rows) // ON_A_PAGE))
    asked = query.get("side", "")
    current = min(max(int(asked), 1), last) if asked.isdecimal() and len(asked) < 6 else 1
    shown = found.rows[(current - 1) * ON_A_PAGE : current * ON_A_PAGE]
    wanted = found.wanted
    count = len(found.rows)
    count_words = ngettext("%(num)s treff", "%(num)s treff", count) % {"num": count}
    if not wanted.any:
        count_words = ngettext("%(num)s i biblioteket", "%(num)s i biblioteket", count) % {
            "num": formats.number(count)
        }
    more = (
        _select("for", gettext("For hvem"), texts.FOR_WHOM, wanted.for_whom),
        _select("steg", gettext("Når i innføringen"), texts.ROLLOUT_STEPS, wanted.step),
        _select("omrade", gettext("Tjenesteområde"), solution_texts.AREAS, wanted.area),
        Select(
            name="sprak",
            label=gettext("Målform"),
            options=(
                ("", gettext("Alle")),
                *((code, str(words.FORMS[form])) for code, form in words.FORM_CODES.items()),
            ),
            value=wanted.language.value if wanted.language else "",
        ),
        Select(
            name="mal",
            label=gettext("Innhold"),
            options=(("", gettext("Alt")), ("1", gettext("Bare maler dere kan fylle ut"))),
            value="1" if wanted.template else "",
        ),
    )
    return LibraryPage(
        rows=shown,
        excerpts=queries.excerpts(wanted.text, [row.text for row in shown if row.text]),
        headers=found.sorting.links(query),
        count=count,
        count_words=count_words,
        text=wanted.text,
        selects=(
            Select(
                name="losning",
                label=gettext("Løsning"),
                options=(("", gettext("Alle")), *solutions),
                value=wanted.solution,
            ),
            _select("type", gettext("Type"), texts.MATERIAL_KINDS, wanted.kind),
        ),
        more_selects=more,
        more_open=any(select.value for select in more),
        sort=found.sorting.code if query.get("sorter") else "",
        reset=reverse("material:list"),
        pages=Pagination.of(current, last, lambda number: changed(query, side=number)),
        filtered=wanted.any,
        signed_in=signed_in,
        csv=changed(query, format="csv", side=None),
        xlsx=changed(query, format="xlsx", side=None),
        json=changed(query, format="json", side=None),
        add=reverse("material:add") if may_add else "",
        own_templates=own_templates,
        lacking=() if wanted.any else _lacking(),
    )


def _lacking() -> tuple[tuple[str, str, str], ...]:
    return tuple(
        (
            lack.name,
            reverse("material:solution", args=[lack.slug]),
            ", ".join(str(texts.MATERIAL_KINDS[kind]) for kind in lack.kinds),
        )
        for lack in queries.lacking()
    )


def _select(name: str, label: str, table: Mapping[Any, object], chosen: StrEnum | None) -> Select:
    return Select(
        name=name,
        label=label,
        options=(("", gettext("Alle")), *((one.value, str(said)) for one, said in table.items())),
        value=chosen.value if chosen else "",
    )


def library_download(found: Library) -> Download:
    return Download(
        name="materiell",
        sheet=gettext("Materiell"),
        on=found.on,
        fields=(
            Field("tittel", gettext("Tittel"), 44),
            Field("type", gettext("Type"), 30),
            Field("losninger", gettext("Løsninger"), 34),
            Field("tjenesteomrader", gettext("Tjenesteområder"), 30),
            Field("for", gettext("For hvem"), 34),
            Field("steg", gettext("Når i innføringen"), 26),
            Field("beskrivelse", gettext("Beskrivelse"), 60),
            Field("eier", gettext("Eier"), 24),
            Field("malformer", gettext("Målformer"), 18),
            Field("versjon", gettext("Versjon"), 9),
            Field("publisert", gettext("Publisert"), 12),
            Field("neste_gjennomgang", gettext("Neste gjennomgang"), 18),
            Field("brukt", gettext("Brukt"), 9),
            Field("adresse", gettext("Adresse"), 40),
        ),
        rows=[
            (
                row.title,
                row.kind,
                ", ".join(name for _slug, name in row.solutions),
                ", ".join(row.areas),
                ", ".join(row.for_whom),
                row.step,
                row.summary,
                row.owner,
                ", ".join(row.languages),
                row.number,
                timezone.localdate(row.published_at),
                row.review_on,
                row.used,
                row.address,
            )
            for row in found.rows
        ],
    )


# --- one item ---


@dataclass(frozen=True, slots=True, kw_only=True)
class TextView:
    """What a version says in one form, ready to be shown."""

    form: str
    lang: str
    title: str
    is_file: bool
    is_link: bool
    is_rows: bool
    address: str
    # «PDF, 1,2 MB»
    file: str
    # What to say about the words inside the file; empty when there is nothing to say.
    reading: str
    parts: tuple[rich_text.Part, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionView:
    number: int
    note: str
    published_at: datetime
    is_current: bool
    texts: tuple[TextView, ...]
    used: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionView:
    """A part of a template, as it is read before it is copied."""

    heading: str
    rows: tuple[RowText, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DownloadLink:
    words: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnCopy:
    """What the reader's municipality can do with a template; `copy` when it has one."""

    municipality: str
    copy: str
    make: str
    forms: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemPage:
    slug: str
    title: str
    summary: str
    kind: str
    template: TemplateKind | None
    template_words: tuple[str, str, str]
    facts: tuple[tuple[str, str], ...]
    solutions: tuple[tuple[str, str], ...]
    texts: tuple[TextView, ...]
    sections: tuple[SectionView, ...]
    versions: tuple[VersionView, ...]
    downloads: tuple[DownloadLink, ...]
    # «Nytt siden versjon n», for each older version.
    since: tuple[tuple[str, tuple[DownloadLink, ...]], ...]
    filled_for: str
    own: OwnCopy | None
    used: int
    copies: int
    is_public: bool
    withdrawn_at: datetime | None
    withdrawn_reason: str
    may_keep: bool
    by_version: tuple[tuple[int, int], ...]
    is_due: bool
    is_overdue: bool


def item_page(
    material: Material,
    versions: Sequence[Version],
    *,
    form: LanguageForm,
    keeps: bool,
    own: OwnCopy | None,
    filled_for: tuple[str, str],
    on: date,
) -> ItemPage:
    """At most four queries more than the versions. `filled_for` is a municipality's number and
    name.
    """
    current = next(version for version in versions if version.is_current)
    texts_in_order = _in_order(current.texts, form)
    template = TemplateKind(material.template) if material.template else None
    solutions = queries.solutions_of(material)
    return ItemPage(
        slug=material.slug,
        title=texts_in_order[0].title or material.title,
        summary=material.summary,
        kind=words.kind(MaterialKind(material.kind), material.own_kind),
        template=template,
        template_words=_template_words(template),
        facts=_facts(material, current),
        solutions=tuple(
            (one.name, reverse("material:solution", args=[one.slug])) for one in solutions
        ),
        texts=tuple(_text(text, material.title, keeps=keeps) for text in texts_in_order),
        sections=sections(copy_queries.rows_of(texts_in_order[0].pk)) if template else (),
        versions=tuple(_version(one, material.title, form) for one in versions),
        downloads=_downloads(material.slug, texts_in_order, filled_for[0], since=None)
        if template
        else (),
        since=tuple(
            (
                gettext("Nytt siden versjon %(number)d") % {"number": one.number},
                _downloads(material.slug, texts_in_order, filled_for[0], since=one.number),
            )
            for one in versions
            if template and not one.is_current
        ),
        filled_for=filled_for[1],
        own=own,
        used=sum(version.used for version in versions),
        copies=queries.copies_made(material) if template else 0,
        is_public=material.is_public,
        withdrawn_at=material.withdrawn_at,
        withdrawn_reason=material.withdrawn_reason,
        may_keep=keeps,
        by_version=copy_queries.by_version(material) if keeps and template else (),
        is_due=keeps and rules.is_due(material.review_on, on=on),
        is_overdue=material.review_on is not None and material.review_on < on,
    )


def _template_words(template: TemplateKind | None) -> tuple[str, str, str]:
    if template is None:
        return ("", "", "")
    return (
        str(copy_texts.HEADINGS[template]),
        str(copy_texts.BODIES[template]),
        str(copy_texts.SUGGESTIONS[template]),
    )


def _in_order(found: Sequence[Text], form: LanguageForm) -> tuple[Text, ...]:
    return tuple(sorted(found, key=lambda text: (text.language is not form, text.language.value)))


def _facts(material: Material, current: Version) -> tuple[tuple[str, str], ...]:
    return (
        (
            gettext("Versjon"),
            gettext("%(number)d, publisert %(day)s")
            % {"number": current.number, "day": formats.long_date(current.published_at)},
        ),
        (gettext("Eier"), material.owner),
        (gettext("Vedlikeholdes av"), material.maintained_by),
        (
            gettext("Gås gjennom innen"),
            formats.long_date(material.review_on) if material.review_on else "",
        ),
        (
            gettext("For hvem"),
            ", ".join(str(texts.FOR_WHOM[ForWhom(code)]) for code in material.for_whom),
        ),
        (
            gettext("Når i innføringen"),
            str(texts.ROLLOUT_STEPS[RolloutStep(material.step)]) if material.step else "",
        ),
        (
            gettext("Områder"),
            ", ".join(str(solution_texts.AREAS[Area(code)]) for code in material.areas),
        ),
        (
            gettext("Hvem kan se det"),
            gettext("Alle") if material.is_public else gettext("De som er logget inn"),
        ),
    )


def _text(text: Text, otherwise: str, *, keeps: bool) -> TextView:
    is_file = text.content is Content.FILE
    address = text.link
    if is_file:
        address = reverse("material:serve", args=[str(text.key), text.name])
    tell = is_file and keeps and text.reading is not Reading.DONE
    return TextView(
        form=str(words.FORMS[text.language]),
        lang=words.LANGUAGE_OF[text.language],
        title=text.title or otherwise,
        is_file=is_file,
        is_link=text.content is Content.LINK,
        is_rows=text.content is Content.ROWS,
        address=address,
        file=f"{file_texts.FILE_KINDS[text.file_kind]}, {size(text.size)}"
        if text.file_kind
        else "",
        reading=str(texts.READINGS[text.reading]) if tell else "",
        parts=rich_text.parsed(text.body) if text.content is Content.TEXT else (),
    )


def _version(version: Version, otherwise: str, form: LanguageForm) -> VersionView:
    return VersionView(
        number=version.number,
        note=version.note,
        published_at=version.published_at,
        is_current=version.is_current,
        texts=tuple(_text(text, otherwise, keeps=False) for text in _in_order(version.texts, form)),
        used=version.used,
    )


def sections(rows: Sequence[RowText]) -> tuple[SectionView, ...]:
    """Rows under the headings they stand under, in order."""
    found: list[tuple[str, list[RowText]]] = []
    for row in rows:
        if not found or found[-1][0] != row.section:
            found.append((row.section, []))
        found[-1][1].append(row)
    return tuple(SectionView(heading=heading, rows=tuple(inside)) for heading, inside in found)


def _downloads(
    slug: str, found: Sequence[Text], number: str, *, since: int | None
) -> tuple[DownloadLink, ...]:
    """Word and Excel, in the first form there is; each form has its own when there are two."""
    return tuple(
        DownloadLink(words=said, address=download_address(slug, form, number, text.language, since))
        for text in found
        for form, said in _form_words(text, many=len(found) > 1)
    )


def _form_words(text: Text, *, many: bool) -> tuple[tuple[str, str], ...]:
    if not many:
        return (("docx", gettext("Last ned Word")), ("xlsx", gettext("Last ned Excel")))
    form = str(words.FORMS[text.language]).lower()
    return (
        ("docx", gettext("Word, %(form)s") % {"form": form}),
        ("xlsx", gettext("Excel, %(form)s") % {"form": form}),
    )


def download_address(
    slug: str, form: str, number: str, language: LanguageForm, since: int | None
) -> str:
    query = QueryDict(mutable=True)
    query["sprak"] = language.value
    if number:
        query["kommune"] = number
    if since is not None:
        query["siden"] = str(since)
    return f"{reverse('material:download', args=[slug, form])}?{query.urlencode()}"


# --- the material of a solution ---


@dataclass(frozen=True, slots=True, kw_only=True)
class KindGroup:
    words: str
    rows: tuple[ItemRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SolutionPage:
    frame: Frame
    groups: tuple[KindGroup, ...]
    count: int
    missing: tuple[str, ...]
    complete: bool
    add: str
    search: str
    own_templates: str


def solution_page(
    frame: Frame,
    solution: Solution,
    *,
    form: LanguageForm,
    signed_in: bool,
    may_add: bool,
    own_templates: str,
) -> SolutionPage:
    """Five queries, however much there is."""
    found = queries.find(Wanted(solution=solution.slug), signed_in=signed_in)
    lacks = queries.missing(solution)
    rows = [(item.kind, _row(item, form)) for item in found]
    return SolutionPage(
        frame=frame,
        groups=tuple(
            KindGroup(
                words=str(texts.MATERIAL_KINDS[kind]),
                rows=tuple(row for one, row in rows if one is kind),
            )
            for kind in MaterialKind
            if any(one is kind for one, _row in rows)
        ),
        count=len(rows),
        missing=tuple(str(texts.MATERIAL_KINDS[kind]) for kind in lacks),
        complete=not lacks,
        add=f"{reverse('material:add')}?losning={solution.slug}" if may_add else "",
        search=f"{reverse('material:list')}?losning={solution.slug}",
        own_templates=own_templates,
    )
