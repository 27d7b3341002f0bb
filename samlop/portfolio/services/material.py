"""Putting material into the library, keeping it in versions, and taking it out again."""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db import connection
from procrastinate.contrib.django import app

from samlop.accounts.models import Membership, Person
from samlop.accounts.rules import Role
from samlop.audit.services import change
from samlop.db import locks
from samlop.files import services as files
from samlop.files.models import File
from samlop.lib import slugs
from samlop.lib.actors import Actor, Machine
from samlop.lib.errors import Refused
from samlop.messages import services as messages
from samlop.municipalities.rules.kinds import LanguageForm
from samlop.portfolio.models import (
    LocalCopy,
    Material,
    MaterialSolution,
    MaterialText,
    MaterialVersion,
    Solution,
    TemplateRow,
)
from samlop.portfolio.rules import copies as copy_rules
from samlop.portfolio.rules import material as rules
from samlop.portfolio.rules import rich_text
from samlop.portfolio.rules.copies import RowText, TemplateKind
from samlop.portfolio.rules.material import (
    Content,
    ForWhom,
    MaterialKind,
    MaterialRefusal,
    Reading,
    RolloutStep,
    Use,
)
from samlop.portfolio.rules.solutions import Area
from samlop.portfolio.texts import material as texts

READ_TASK: Final = "samlop.portfolio.tasks.read_file"
REVIEW: Final = "portfolio.material_review"
CHANGED: Final = "portfolio.template_changed"
MACHINE: Final = Machine("Påminnelser")
# Who in a municipality is told that a template it has copied is new.
TOLD: Final = (Role.MUNICIPAL_COORDINATOR.value, Role.PROJECT_LEADER.value)


class CannotKeep(Refused):
    """A rule says no to something in the library; nothing was changed."""

    def __init__(self, refusal: MaterialRefusal, **words: object) -> None:
        super().__init__(str(texts.MATERIAL_REFUSALS[refusal]) % words)
        self.refusal = refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """What is said about an item, whichever version it is in."""

    title: str
    kind: MaterialKind
    own_kind: str = ""
    summary: str = ""
    owner: str = ""
    maintained_by: str = ""
    review_on: date | None = None
    for_whom: tuple[ForWhom, ...] = ()
    step: RolloutStep | None = None
    areas: tuple[Area, ...] = ()
    solutions: tuple[Solution, ...] = ()
    is_public: bool = True


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came in."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """What a version says in one language form: one of the four, or as it was before."""

    language: LanguageForm
    title: str = ""
    upload: Upload | None = None
    body: str = ""
    link: str = ""
    rows: tuple[RowText, ...] = ()
    as_before: bool = False


def add(
    *,
    details: Details,
    editions: Sequence[Edition],
    template: TemplateKind | None = None,
    by: Actor,
    at: datetime,
) -> Material:
    """A new item with its first version. Raises CannotKeep and files.CannotStore."""
    with change("portfolio.material.added", by=by, at=at) as record:
        locks.hold("portfolio.material.slug")
        title = _title(details)
        taken = set(Material.objects.values_list("slug", flat=True))
        material = Material(
            # «ny» is the page where one is made.
            slug=slugs.free_slug(title, taken | {"ny", "fil"}, otherwise="materiell"),
            template=template.value if template else "",
            created_at=at,
        )
        _say(material, details)
        material.save()
        _about(material, details.solutions)
        _publish(material, 1, editions, note="", by=by, at=at)
        record(material, details=_told(material, 1))
    return material


def edit(*, material: Material, details: Details, seen: int, by: Actor, at: datetime) -> Material:
    """Say something else about the item; its versions stay. Raises CannotKeep."""
    with change("portfolio.material.changed", by=by, at=at) as record:
        row = _locked(material)
        if row.revision != seen:
            raise CannotKeep(MaterialRefusal.CHANGED_MEANWHILE, number=_current(row).number)
        _say(row, details)
        row.revision += 1
        row.save()
        _about(row, details.solutions)
        record(row, details=_told(row, _current(row).number))
    return row


def publish(
    *,
    material: Material,
    editions: Sequence[Edition],
    note: str,
    based_on: int,
    review_on: date | None,
    by: Actor,
    on: date,
    at: datetime,
) -> MaterialVersion:
    """The next version. Raises CannotKeep when another came between, and files.CannotStore.

    Municipalities with a copy of a template are told by mail.
    """
    note = " ".join(note.split())[:600]
    with change("portfolio.material.published", by=by, at=at) as record:
        row = _locked(material)
        before = _current(row)
        if before.number != based_on:
            raise CannotKeep(MaterialRefusal.CHANGED_MEANWHILE, number=before.number)
        if not note:
            raise CannotKeep(MaterialRefusal.NO_NOTE)
        if review_on is not None and review_on <= on:
            raise CannotKeep(MaterialRefusal.REVIEW_IN_PAST)
        before.replaced_at = at
        before.save(update_fields=["replaced_at"])
        version = _publish(row, before.number + 1, editions, note=note, by=by, at=at, before=before)
        if row.template and not _differs(before, version):
            raise CannotKeep(MaterialRefusal.NOTHING_CHANGED)
        row.review_on = review_on
        row.save(update_fields=["review_on"])
        record(row, details=_told(row, version.number) | {"note": note})
        _tell_copies(row, on=on, at=at)
    return version


def withdraw(*, material: Material, reason: str, by: Actor, at: datetime) -> None:
    """Take it out of the library. Copies that municipalities have made stay theirs."""
    reason = " ".join(reason.split())[:300]
    if not reason:
        raise CannotKeep(MaterialRefusal.NO_REASON)
    with change("portfolio.material.withdrawn", by=by, at=at, reason=reason) as record:
        row = _locked(material)
        row.withdrawn_at, row.withdrawn_reason = at, reason
        row.save(update_fields=["withdrawn_at", "withdrawn_reason"])
        record(row, details=_told(row, _current(row).number))


def restore(*, material: Material, by: Actor, at: datetime) -> None:
    """Lay it out again."""
    with change("portfolio.material.restored", by=by, at=at) as record:
        row = Material.objects.select_for_update().get(pk=material.pk)
        if row.withdrawn_at is None:
            raise CannotKeep(MaterialRefusal.NOT_WITHDRAWN)
        row.withdrawn_at, row.withdrawn_reason = None, ""
        row.save(update_fields=["withdrawn_at", "withdrawn_reason"])
        record(row, details=_told(row, _current(row).number))


def reviewed(*, material: Material, review_on: date, by: Actor, on: date, at: datetime) -> None:
    """Somebody has gone through it and it is still right; next time on the day."""
    if review_on <= on:
        raise CannotKeep(MaterialRefusal.REVIEW_IN_PAST)
    with change("portfolio.material.reviewed", by=by, at=at) as record:
        row = _locked(material)
        row.review_on = review_on
        row.save(update_fields=["review_on"])
        record(row, details=_told(row, _current(row).number))


# --- what a machine does ---


def record_words(*, text_id: int, words: str | None) -> None:
    """What was found inside a file; None when it could not be read. No change of anybody's."""
    found = rules.without_marks(words or "")[: rules.MOST_WORDS]
    reading = Reading.DONE if found.strip() else Reading.NO_WORDS
    if words is None:
        reading = Reading.FAILED
    MaterialText.objects.filter(pk=text_id).update(words=found, reading=reading.value)


def count_use(*, text_id: int, use: Use, on: date) -> None:
    """One more; two at once are both counted. A number, and so nothing for the history."""
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into portfolio_materialuse (text_id, day, use, count) values (%s, %s, %s, 1)"
            " on conflict on constraint material_use_once_a_day"
            " do update set count = portfolio_materialuse.count + 1",
            [text_id, on, use.value],
        )


def remind_reviews(*, on: date, at: datetime, by: Actor = MACHINE) -> int:
    """Tell those who keep what is soon to be gone through, once for each date; says how many."""
    told = 0
    due = (
        Material.objects.standing()
        .filter(review_on__lte=on + rules.TOLD_BEFORE)
        .order_by("review_on", "pk")
    )
    for found in due:
        with change("portfolio.material.reminded", by=by, at=at) as record:
            row = Material.objects.select_for_update().get(pk=found.pk)
            if (
                row.withdrawn_at is not None
                or not rules.is_due(row.review_on, on=on)
                or row.told_of == row.review_on
            ):
                record.nothing_changed()
                continue
            row.told_of = row.review_on
            row.save(update_fields=["told_of"])
            for person in keepers(row, on=on):
                messages.queue(REVIEW, to=person, at=at, context={"material": row.pk})
            record(row, details=_told(row, _current(row).number))
            told += 1
    return told


def keepers(material: Material, *, on: date) -> list[Person]:
    """The programmes of its solutions; the portfolio's owners when there is none. Two queries."""
    slugs_of = MaterialSolution.objects.filter(material=material).values("solution__slug")
    held = Membership.objects.valid_on(on).filter(person__is_active=True)
    programmes = held.filter(role=Role.PROGRAMME.value, solution_slug__in=slugs_of)
    owners = held.filter(role=Role.PORTFOLIO_OWNER.value)
    for rows in (programmes, owners):
        people = Person.objects.filter(pk__in=rows.values("person")).order_by("pk")
        if people:
            return list(people)
    return []


# --- inside ---


def new_key() -> str:
    """A row's name through all versions."""
    return f"r{secrets.token_hex(6)}"


def _title(details: Details) -> str:
    title = " ".join(details.title.split())[: rules.LONGEST_TITLE]
    if not title:
        raise CannotKeep(MaterialRefusal.NO_TITLE)
    return title


def _say(row: Material, details: Details) -> None:
    row.title = _title(details)
    own_kind = " ".join(details.own_kind.split())[:60]
    if details.kind is MaterialKind.OTHER and not own_kind and not row.template:
        raise CannotKeep(MaterialRefusal.NO_OWN_KIND)
    # A template keeps the kind it was made as.
    row.kind = row.template or details.kind.value
    row.own_kind = own_kind if row.kind == MaterialKind.OTHER.value else ""
    row.summary = " ".join(details.summary.split())[: rules.LONGEST_SUMMARY]
    row.owner = " ".join(details.owner.split())[:120]
    row.maintained_by = " ".join(details.maintained_by.split())[:120]
    row.review_on = details.review_on
    row.for_whom = [one.value for one in ForWhom if one in details.for_whom]
    row.step = details.step.value if details.step else ""
    row.areas = [area.value for area in Area if area in details.areas]
    row.is_public = details.is_public


def _about(material: Material, solutions: Iterable[Solution]) -> None:
    wanted = {solution.pk for solution in solutions}
    rows = {row.solution_id: row for row in MaterialSolution.objects.filter(material=material)}
    for pk in sorted(rows.keys() - wanted):
        rows[pk].delete()
    for pk in sorted(wanted - rows.keys()):
        MaterialSolution.objects.create(material=material, solution_id=pk)


def _locked(material: Material) -> Material:
    row = Material.objects.select_for_update().get(pk=material.pk)
    if row.withdrawn_at is not None:
        raise CannotKeep(MaterialRefusal.WITHDRAWN)
    return row


def _current(material: Material) -> MaterialVersion:
    return MaterialVersion.objects.get(material=material, replaced_at=None)


def _told(material: Material, number: int) -> dict[str, object]:
    about = MaterialSolution.objects.filter(material=material).order_by("solution__slug")
    return {
        "title": material.title,
        "number": number,
        "solutions": list(about.values_list("solution__slug", flat=True)),
    }


def _publish(
    material: Material,
    number: int,
    editions: Sequence[Edition],
    *,
    note: str,
    by: Actor,
    at: datetime,
    before: MaterialVersion | None = None,
) -> MaterialVersion:
    if not editions:
        raise CannotKeep(MaterialRefusal.NO_CONTENT)
    if len({edition.language for edition in editions}) != len(editions):
        raise CannotKeep(MaterialRefusal.SAME_LANGUAGE)
    version = MaterialVersion.objects.create(
        material=material, number=number, note=note, published_by_id=by.pk, published_at=at
    )
    for edition in editions:
        if edition.as_before and before is not None:
            _as_before(version, before, edition.language)
        elif material.template:
            _rows(version, edition)
        else:
            _text(version, edition, by=by, at=at)
    return version


def _text(version: MaterialVersion, edition: Edition, *, by: Actor, at: datetime) -> None:
    title = " ".join(edition.title.split())[: rules.LONGEST_TITLE]
    text = MaterialText(version=version, language=edition.language.value, title=title)
    body = edition.body.replace("\r\n", "\n").replace("\0", "").strip()
    if edition.upload is not None:
        text.content = Content.FILE.value
        text.file = files.store(
            name=edition.upload.name, content=edition.upload.content, by=by, at=at
        )
        text.reading = Reading.WAITING.value
    elif body:
        if len(body) > rules.LONGEST_BODY:
            raise CannotKeep(MaterialRefusal.TOO_LONG, most=rules.LONGEST_BODY)
        text.content, text.body = Content.TEXT.value, rules.without_marks(body)
        text.words = rich_text.plain(text.body)
    elif edition.link:
        if not rules.is_link(edition.link):
            raise CannotKeep(MaterialRefusal.BAD_LINK)
        text.content, text.link = Content.LINK.value, edition.link
    else:
        raise CannotKeep(MaterialRefusal.NO_CONTENT)
    text.save()
    if text.content == Content.FILE.value:
        # Once the transaction has happened: a worker finds the words in the file.
        app.configure_task(READ_TASK).defer(text_id=text.pk)


def _rows(version: MaterialVersion, edition: Edition) -> None:
    rows = [row for row in edition.rows if row.heading or row.body or row.suggestion]
    if not rows:
        raise CannotKeep(MaterialRefusal.NO_ROWS)
    if any(not row.heading for row in rows):
        raise CannotKeep(MaterialRefusal.ROW_WITHOUT_HEADING)
    if len(rows) > copy_rules.MOST_ROWS:
        raise CannotKeep(MaterialRefusal.TOO_MANY_ROWS, most=copy_rules.MOST_ROWS)
    for row in rows:
        if max(len(row.body), len(row.suggestion)) > copy_rules.LONGEST_PARAGRAPHS:
            raise CannotKeep(MaterialRefusal.TOO_LONG, most=copy_rules.LONGEST_PARAGRAPHS)
    text = MaterialText.objects.create(
        version=version,
        language=edition.language.value,
        title=" ".join(edition.title.split())[: rules.LONGEST_TITLE],
        content=Content.ROWS.value,
        words=_words_of(rows),
    )
    TemplateRow.objects.bulk_create(
        TemplateRow(
            text=text,
            key=row.key,
            position=index,
            section=row.section[: copy_rules.LONGEST_HEADING],
            heading=row.heading[: copy_rules.LONGEST_HEADING],
            body=row.body,
            suggestion=row.suggestion,
        )
        for index, row in enumerate(rows)
    )


def _words_of(rows: Iterable[RowText]) -> str:
    lines = [line for row in rows for line in (row.section, row.heading, row.body, row.suggestion)]
    return rules.without_marks("\n".join(dict.fromkeys(filter(None, lines))))[: rules.MOST_WORDS]


def _as_before(version: MaterialVersion, before: MaterialVersion, language: LanguageForm) -> None:
    """The same text under the new number; without one in this form there is nothing to keep."""
    old = MaterialText.objects.filter(version=before, language=language.value).first()
    if old is None:
        raise CannotKeep(MaterialRefusal.NO_CONTENT)
    text = MaterialText.objects.create(
        version=version,
        language=old.language,
        title=old.title,
        content=old.content,
        file=File.objects.get(pk=old.file_id) if old.file_id else None,
        body=old.body,
        link=old.link,
        words=old.words,
        reading=old.reading,
    )
    if old.reading == Reading.WAITING.value:
        app.configure_task(READ_TASK).defer(text_id=text.pk)
    TemplateRow.objects.bulk_create(
        TemplateRow(
            text=text,
            key=row.key,
            position=row.position,
            section=row.section,
            heading=row.heading,
            body=row.body,
            suggestion=row.suggestion,
        )
        for row in TemplateRow.objects.filter(text=old).order_by("position")
    )


def _differs(before: MaterialVersion, after: MaterialVersion) -> bool:
    """Whether a municipality would have anything to take a stand on, or a new form to read."""

    def said(version: MaterialVersion) -> set[tuple[str, ...]]:
        return set(
            TemplateRow.objects.filter(text__version=version).values_list(
                "text__language", "key", "heading", "body", "suggestion"
            )
        )

    return said(before) != said(after)


def _tell_copies(material: Material, *, on: date, at: datetime) -> None:
    """A mail for each copy to each who works with it in the municipality. Three queries."""
    copies = dict(
        LocalCopy.objects.filter(material=material, removed_at=None).values_list(
            "municipality_id", "pk"
        )
    )
    if not copies:
        return
    held = (
        Membership.objects.valid_on(on)
        .filter(municipality__in=copies, role__in=TOLD, person__is_active=True)
        .values_list("person_id", "municipality_id")
        .distinct()
        .order_by("person_id", "municipality_id")
    )
    pairs = list(held)
    people = Person.objects.in_bulk({person for person, _ in pairs})
    for person, municipality in pairs:
        if municipality is not None:
            messages.queue(
                CHANGED, to=people[person], at=at, context={"copy": copies[municipality]}
            )
