"""What the pages about criteria show."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext

from samlop.portfolio.queries import criteria as queries
from samlop.portfolio.queries.criteria import SetHead
from samlop.portfolio.rules.criteria import (
    Assessor,
    CriterionPart,
    CriterionText,
    CriterionWeight,
    Difference,
    FactsBeside,
    Reworded,
    SetStanding,
)
from samlop.portfolio.rules.criteria import compare as compare_texts
from samlop.portfolio.texts import criteria as texts
from samlop.web import formats

COLORS: Final = {CriterionWeight.MUST: "accent", CriterionWeight.SHOULD: "neutral"}
TEXT_PARTS: Final = (
    CriterionPart.TITLE,
    CriterionPart.QUESTION,
    CriterionPart.WHY,
    CriterionPart.EVIDENCE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """A version as it is named everywhere, with whose word it is."""

    number: int
    name: str
    address: str
    standing: str
    is_decided: bool
    deciding_body: str
    advised_by: str
    source: str
    what_is_new: str
    published: str

    @classmethod
    def of(cls, head: SetHead) -> "Head":
        return cls(
            number=head.number,
            name=gettext("Versjon %(number)s") % {"number": head.number},
            address=reverse("criteria:show", args=[head.number]),
            standing=str(texts.SET_STANDINGS[head.standing]),
            is_decided=head.standing is SetStanding.DECIDED,
            deciding_body=head.deciding_body,
            advised_by=head.advised_by,
            source=head.source,
            what_is_new=head.what_is_new,
            published=formats.long_date(head.published_at) if head.published_at else "",
        )

    @property
    def decided_by(self) -> str:
        """«KS, etter råd fra FPU e-helse»"""
        if not self.advised_by:
            return self.deciding_body
        return gettext("%(body)s, etter råd fra %(adviser)s") % {
            "body": self.deciding_body,
            "adviser": self.advised_by,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionRow:
    """One criterion as it is read; addresses only where it can be changed."""

    number: int
    code: str
    title: str
    question: str
    why: str
    evidence: str
    weight: str
    color: str
    assessor: str
    beside: str
    edit: str = ""
    move: str = ""
    remove: str = ""

    @classmethod
    def of(cls, number: int, text: CriterionText, *, draft: int | None = None) -> "CriterionRow":
        """`draft` is the number of the version, when it is one that may be changed."""
        addresses = {}
        if draft is not None:
            addresses = {
                action: reverse(f"criteria:{action}", args=[draft, text.code])
                for action in ("edit", "move", "remove")
            }
        return cls(
            number=number,
            code=text.code,
            title=text.title,
            question=text.question,
            why=text.why,
            evidence=text.evidence,
            weight=str(texts.CRITERION_WEIGHTS[text.weight]),
            color=COLORS[text.weight],
            assessor=str(texts.ASSESSORS[text.assessor]),
            beside="" if text.beside is FactsBeside.NONE else str(texts.FACTS_BESIDE[text.beside]),
            **addresses,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionRow:
    head: Head
    criteria: int
    # What is new in it; empty for the first.
    compare: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SetList:
    """The versions, the newest first; `draft` only for those who write it."""

    newest: Head | None
    draft: Head | None
    versions: tuple[VersionRow, ...]
    may_write: bool

    @classmethod
    def of(cls, *, may_write: bool) -> "SetList":
        """Two queries."""
        heads = queries.heads(with_draft=may_write)
        counts = queries.sizes()
        published = [one for one in heads if one.published_at]
        numbers = [one.number for one in published]
        return cls(
            newest=Head.of(published[0]) if published else None,
            draft=next((Head.of(one) for one in heads if not one.published_at), None),
            versions=tuple(
                VersionRow(
                    head=Head.of(one),
                    criteria=counts.get(one.pk, 0),
                    compare=compare_address(before, one.number),
                )
                for one, before in zip(published, [*numbers[1:], None], strict=True)
            ),
            may_write=may_write,
        )


def compare_address(before: int | None, after: int) -> str:
    if before is None:
        return ""
    return f"{reverse('criteria:compare')}?fra={before}&til={after}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetPage:
    """One version; a draft has what is needed to write on it."""

    head: Head
    is_draft: bool
    rows: tuple[CriterionRow, ...]
    musts: int
    compare: str
    publish: str
    describe: str
    add: str
    delete: str
    newest: Head | None

    @classmethod
    def of(cls, head: SetHead) -> "SetPage":
        """Two queries."""
        found = queries.texts_of(head.pk)
        is_draft = head.published_at is None
        published = [one for one in queries.heads(with_draft=False) if one.pk != head.pk]
        older = [one.number for one in published if one.number < head.number]
        newer = [one for one in published if one.number > head.number]
        to = {
            name: reverse(f"criteria:{name}", args=[head.number]) if is_draft else ""
            for name in ("publish", "describe", "add", "delete")
        }
        return cls(
            head=Head.of(head),
            is_draft=is_draft,
            rows=rows_of(found, draft=head.number if is_draft else None),
            musts=sum(one.weight is CriterionWeight.MUST for one in found),
            compare=compare_address(max(older, default=None), head.number),
            newest=Head.of(newer[0]) if newer else None,
            **to,
        )


def rows_of(found: Sequence[CriterionText], *, draft: int | None) -> tuple[CriterionRow, ...]:
    return tuple(
        CriterionRow.of(number, text, draft=draft) for number, text in enumerate(found, start=1)
    )


@dataclass(frozen=True, slots=True)
class PartChange:
    """One part of a criterion that reads differently."""

    words: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ChangedRow:
    title: str
    parts: tuple[PartChange, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIsNew:
    """The difference between two versions in words."""

    added: tuple[CriterionRow, ...]
    changed: tuple[ChangedRow, ...]
    removed: tuple[CriterionRow, ...]
    unchanged: tuple[str, ...]

    @classmethod
    def of(cls, difference: Difference) -> "WhatIsNew":
        return cls(
            added=rows_of(difference.added, draft=None),
            changed=tuple(_changed(one) for one in difference.changed),
            removed=rows_of(difference.removed, draft=None),
            unchanged=tuple(one.title for one in difference.unchanged),
        )

    @property
    def is_empty(self) -> bool:
        return not (self.added or self.changed or self.removed)


def _changed(one: Reworded) -> ChangedRow:
    return ChangedRow(
        title=one.after.title,
        parts=tuple(
            PartChange(
                str(texts.CRITERION_PARTS[part]),
                part_words(one.before, part),
                part_words(one.after, part),
            )
            for part in one.parts
        ),
    )


def part_words(text: CriterionText, part: CriterionPart) -> str:
    """A part as it is read; codes in words."""
    value = getattr(text, part.value)
    match value:
        case Assessor():
            return str(texts.ASSESSORS[value])
        case CriterionWeight():
            return str(texts.CRITERION_WEIGHTS[value])
        case FactsBeside():
            return str(texts.FACTS_BESIDE[value])
        case _:
            return str(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparePage:
    """Two versions beside each other; without a choice, the two newest."""

    choices: tuple[tuple[str, str], ...]
    before: Head | None
    after: Head | None
    new: WhatIsNew | None

    @classmethod
    def of(cls, query: QueryDict, *, with_draft: bool) -> "ComparePage":
        """Three queries."""
        heads = {str(one.number): one for one in queries.heads(with_draft=with_draft)}
        numbers = list(heads)
        first = heads.get(query.get("fra", numbers[1] if len(numbers) > 1 else ""))
        last = heads.get(query.get("til", numbers[0] if len(numbers) > 1 else ""))
        new = None
        if first and last:
            new = WhatIsNew.of(compare_texts(queries.texts_of(first.pk), queries.texts_of(last.pk)))
        return cls(
            choices=tuple((number, Head.of(one).name) for number, one in heads.items()),
            before=Head.of(first) if first else None,
            after=Head.of(last) if last else None,
            new=new,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishPage:
    """What will be published, against the version before; `seen` names what was read."""

    head: Head
    before: Head | None
    new: WhatIsNew
    criteria: int
    seen: str
    refusal: str
