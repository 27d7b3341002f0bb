"""Measuring an offer by the criteria: answering, showing, looking over, and newer versions."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from samlop.audit.models import Event
from samlop.audit.services import change
from samlop.db import locks
from samlop.files import services as files
from samlop.lib.actors import Actor
from samlop.lib.errors import Refused
from samlop.portfolio.models import (
    Answer,
    Assessment,
    Confirmation,
    Criterion,
    Evidence,
    Offer,
)
from samlop.portfolio.queries import criteria as criteria_queries
from samlop.portfolio.rules import assessments as rules
from samlop.portfolio.rules import criteria as criteria_rules
from samlop.portfolio.rules.assessments import (
    LONGEST_COMMENT,
    LONGEST_LINE,
    MOST_EVIDENCE,
    AnswerPart,
    AssessmentRefusal,
    Content,
    Fact,
    Merged,
    Opinion,
    Verdict,
)
from samlop.portfolio.rules.criteria import Assessor, Difference
from samlop.portfolio.texts import assessments as texts

_WRITTEN: Final = "portfolio.answer.changed"
LONGEST_WORDS = 150
LONGEST_LINK = 500


class CannotAssess(Refused):
    """A rule says no; nothing was saved."""

    def __init__(self, refusal: AssessmentRefusal, **words: object) -> None:
        super().__init__(str(texts.ASSESSMENT_REFUSALS[refusal]) % words)
        self.refusal = refusal


class AnswerConflict(Refused):
    """Somebody else has written in the same part of the answer meanwhile; nothing was saved.

    `stored` is what the other wrote, `merged` the sender's words with the parts in conflict,
    and `last` who wrote last.
    """

    def __init__(self, *, stored: Content, merged: Merged, last: Event | None) -> None:
        super().__init__(str(texts.CONFLICT))
        self.stored, self.merged, self.last = stored, merged, last


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """An assessment by a newer version: what it took along, and what has to be answered."""

    assessment: Assessment
    difference: Difference
    kept: tuple[str, ...] = field(default=())


# --- beginning ---


def open_assessment(*, offer: Offer, by: Actor, at: datetime) -> Assessment:
    """Begin to measure an offer by the newest published version. Raises CannotAssess."""
    with change("portfolio.assessment.opened", by=by, at=at) as record:
        hold(offer.pk)
        if offer.solution.is_joint_process:
            raise CannotAssess(AssessmentRefusal.JOINT_PROCESS)
        newest = criteria_queries.newest_published()
        if newest is None:
            raise CannotAssess(AssessmentRefusal.NOT_PUBLISHED)
        if Assessment.objects.current().filter(offer=offer).exists():
            raise CannotAssess(AssessmentRefusal.ALREADY_OPEN)
        row = Assessment.objects.create(
            offer=offer, criteria_set=newest, opened_by_id=by.pk, opened_at=at
        )
        for criterion in Criterion.objects.filter(criteria_set=newest):
            Answer.objects.create(assessment=row, criterion=criterion)
        record(row, details={**_told(offer), "number": newest.number})
    return row


# --- answering ---


def save_answer(*, answer: Answer, base: Content, sent: Content, by: Actor, at: datetime) -> Answer:
    """Join what is sent with what is stored; `base` is what the sender began from.

    Raises CannotAssess, and AnswerConflict when both have changed the same part.
    """
    base, sent = tidy(base), tidy(sent)
    with change("portfolio.answer.changed", by=by, at=at) as record:
        row = _answer(answer)
        if row.criterion.assessor == Assessor.HEALTH_ASSESSORS.value:
            raise CannotAssess(AssessmentRefusal.ANSWERED_ELSEWHERE)
        before = row.content
        merged = rules.merge(base=base, stored=before, sent=sent)
        if merged.conflicts:
            raise AnswerConflict(stored=before, merged=merged, last=_last_written(row))
        after = merged.content
        if refusal := rules.refusal_of(after):
            raise CannotAssess(refusal)
        if after == before:
            record.nothing_changed()
            return row
        was_judged = _judged(row)
        row.verdict = after.verdict.value if after.verdict else ""
        row.line, row.comment = after.line, after.comment
        if (after.verdict, after.line) == (before.verdict, before.line):
            row.revision += 1
        else:
            _written(row, by, at)
        row.save(update_fields=["verdict", "line", "comment", *_WHO])
        record(
            row,
            details={
                **_about(row),
                "changed": [part.value for part in _parts(before, after)],
                "verdict": row.verdict,
                "reopened": was_judged and not _judged(row),
            },
        )
    return row


def add_link(*, answer: Answer, words: str, link: str, by: Actor, at: datetime) -> Evidence:
    """An address that shows what the answer claims. Raises CannotAssess."""
    address = link.strip()
    if not _is_address(address):
        raise CannotAssess(AssessmentRefusal.NO_LINK)
    return _add(answer, words, by=by, at=at, link=address)


def add_file(
    *, answer: Answer, words: str, name: str, content: bytes, by: Actor, at: datetime
) -> Evidence:
    """A file that shows what the answer claims. Raises CannotStore and CannotAssess."""
    return _add(answer, words, by=by, at=at, name=name, content=content)


def remove_evidence(*, evidence: Evidence, by: Actor, at: datetime) -> None:
    """The answer no longer shows it; it stays in the history. Raises CannotAssess."""
    with change("portfolio.evidence.removed", by=by, at=at) as record:
        row = _answer(evidence.answer)
        found = Evidence.objects.standing().filter(pk=evidence.pk, answer=row).first()
        if found is None:
            raise CannotAssess(AssessmentRefusal.EVIDENCE_GONE)
        was_judged = _judged(row)
        found.removed_at = at
        found.save(update_fields=["removed_at"])
        _written(row, by, at)
        row.save(update_fields=list(_WHO))
        record(
            found,
            details={
                **_about(row),
                "words": found.words,
                "reopened": was_judged and not _judged(row),
            },
        )


# --- looking over ---


def give_opinion(
    *,
    answer: Answer,
    opinion: Opinion,
    comment: str,
    seen: Fact,
    by: Actor,
    at: datetime,
) -> Confirmation:
    """The deciding body agrees or not with what `seen` says. Raises CannotAssess."""
    comment = _prose(comment)
    with change("portfolio.answer.judged", by=by, at=at) as record:
        row = _answer(answer)
        assessor = Assessor(row.criterion.assessor)
        if assessor not in rules.LOOKED_OVER:
            raise CannotAssess(AssessmentRefusal.ANSWERED_ELSEWHERE)
        now = fact_of(row)
        if now != seen:
            raise CannotAssess(AssessmentRefusal.CHANGED_MEANWHILE)
        if now.verdict is None:
            raise CannotAssess(AssessmentRefusal.NOTHING_TO_JUDGE)
        if by.pk is not None and row.changed_by_id == by.pk:
            raise CannotAssess(AssessmentRefusal.JUDGES_OWN)
        if opinion is Opinion.DISAGREES and not comment:
            raise CannotAssess(AssessmentRefusal.NO_COUNTERARGUMENT)
        confirmation = Confirmation.objects.create(
            answer=row,
            opinion=opinion.value,
            comment=comment,
            verdict=now.verdict.value,
            line=now.line,
            evidence=sorted(now.evidence),
            given_by_id=by.pk,
            given_as=by.actor_label[:120],
            given_at=at,
        )
        record(confirmation, details={**_about(row), "opinion": opinion.value})
    return confirmation


# --- a newer version ---


def move_to_newest(*, assessment: Assessment, by: Actor, at: datetime) -> Moved:
    """Go on by the newest version: what it asks unchanged keeps its answer, evidence and opinion.

    An opinion follows only while the same body decides. Raises CannotAssess.
    """
    with change("portfolio.assessment.moved", by=by, at=at) as record:
        old = _assessment(assessment)
        newest = criteria_queries.newest_published()
        if newest is None or newest.number <= old.criteria_set.number:
            raise CannotAssess(AssessmentRefusal.NOT_NEWER)
        old.ended_at = at
        old.save(update_fields=["ended_at"])
        new = Assessment.objects.create(
            offer=old.offer,
            criteria_set=newest,
            moved_from=old,
            opened_by_id=by.pk,
            opened_at=at,
        )
        same_body = newest.deciding_body_id == old.criteria_set.deciding_body_id
        before = {
            row.criterion.code: row
            for row in Answer.objects.filter(assessment=old).select_related("criterion")
        }
        kept = []
        for criterion in Criterion.objects.filter(criteria_set=newest):
            was = before.get(criterion.code)
            if was is not None and criteria_rules.asks_the_same(
                was.criterion.text(), criterion.text()
            ):
                _carry(was, new, criterion, with_opinion=same_body)
                kept.append(criterion.code)
            else:
                Answer.objects.create(assessment=new, criterion=criterion)
        difference = criteria_rules.compare(
            criteria_queries.texts_of(old.criteria_set_id), criteria_queries.texts_of(newest.pk)
        )
        record(
            new,
            details={
                **_told(old.offer),
                "number": newest.number,
                "from": old.criteria_set.number,
                "kept": len(kept),
            },
        )
    return Moved(assessment=new, difference=difference, kept=tuple(kept))


def _carry(was: Answer, new: Assessment, criterion: Criterion, *, with_opinion: bool) -> None:
    """The answer as it stood, with its dates and people: nothing was written anew."""
    answer = Answer.objects.create(
        assessment=new,
        criterion=criterion,
        verdict=was.verdict,
        line=was.line,
        comment=was.comment,
        changed_by=was.changed_by,
        changed_as=was.changed_as,
        changed_at=was.changed_at,
    )
    copies: dict[int, int] = {}
    for one in Evidence.objects.standing().filter(answer=was).order_by("pk"):
        copy = Evidence.objects.create(
            answer=answer,
            words=one.words,
            link=one.link,
            file_id=one.file_id,
            added_by_id=one.added_by_id,
            added_as=one.added_as,
            added_at=one.added_at,
        )
        copies[one.pk] = copy.pk
    newest = Confirmation.objects.filter(answer=was).order_by("-given_at", "-pk").first()
    if newest is None or not with_opinion:
        return
    Confirmation.objects.create(
        answer=answer,
        opinion=newest.opinion,
        comment=newest.comment,
        verdict=newest.verdict,
        line=newest.line,
        # What was taken away since gets a number that is nobody's: the criterion stays re-opened.
        evidence=sorted(copies.get(pk, -pk) for pk in newest.evidence),
        given_by_id=newest.given_by_id,
        given_as=newest.given_as,
        given_at=newest.given_at,
    )


# --- shared by the above ---


def tidy(content: Content) -> Content:
    """As it is stored: a line is one line, and no text ends in nothing."""
    return Content(
        verdict=content.verdict,
        line=" ".join(content.line.replace("\0", "").split())[:LONGEST_LINE].rstrip(),
        comment=_prose(content.comment),
    )


def fact_of(row: Answer) -> Fact:
    """What an answer claims and shows now. One query."""
    content = row.content
    shown = Evidence.objects.standing().filter(answer=row).values_list("pk", flat=True)
    return Fact(verdict=content.verdict, line=content.line, evidence=frozenset(shown))


_WHO = ("changed_by", "changed_as", "changed_at", "revision")


def _last_written(row: Answer) -> Event | None:
    """Who wrote in the answer last, as the history knows it."""
    rows = Event.objects.filter(code=_WRITTEN, subject_id=row.pk)
    return rows.order_by("-happened_at", "-pk").first()


def _written(row: Answer, by: Actor, at: datetime) -> None:
    row.changed_by_id, row.changed_as, row.changed_at = by.pk, by.actor_label[:120], at
    row.revision += 1


def _add(
    answer: Answer,
    words: str,
    *,
    by: Actor,
    at: datetime,
    link: str = "",
    name: str = "",
    content: bytes = b"",
) -> Evidence:
    words = " ".join(words.split())[:LONGEST_WORDS].rstrip()
    if not words:
        raise CannotAssess(AssessmentRefusal.NO_WORDS_FOR_LINK)
    with change("portfolio.evidence.added", by=by, at=at) as record:
        row = _answer(answer)
        if row.criterion.assessor == Assessor.HEALTH_ASSESSORS.value:
            raise CannotAssess(AssessmentRefusal.ANSWERED_ELSEWHERE)
        if Evidence.objects.standing().filter(answer=row).count() >= MOST_EVIDENCE:
            raise CannotAssess(AssessmentRefusal.TOO_MUCH_EVIDENCE, most=MOST_EVIDENCE)
        was_judged = _judged(row)
        evidence = Evidence.objects.create(
            answer=row,
            words=words,
            link=link,
            file=files.store(name=name, content=content, by=by, at=at) if name else None,
            added_by_id=by.pk,
            added_as=by.actor_label[:120],
            added_at=at,
        )
        _written(row, by, at)
        row.save(update_fields=list(_WHO))
        record(
            evidence,
            details={
                **_about(row),
                "words": words,
                "reopened": was_judged and not _judged(row),
            },
        )
    return evidence


def hold(offer: int) -> None:
    """Until the transaction ends, nobody else writes in an assessment of the offer."""
    locks.hold(f"portfolio.assessment:{offer}")


def _assessment(assessment: Assessment) -> Assessment:
    """The row, alone, unless it has ended. Raises CannotAssess."""
    hold(assessment.offer_id)
    row = Assessment.objects.select_related("criteria_set", "offer__solution").get(pk=assessment.pk)
    if row.ended_at is not None:
        raise CannotAssess(AssessmentRefusal.ENDED)
    return row


def _answer(answer: Answer) -> Answer:
    """The row as it is now, held until the change is done. Raises CannotAssess.

    One writer at a time in an assessment: a move to a newer version waits for what is being
    saved, and what comes after it is told that the assessment has ended.
    """
    _assessment(answer.assessment)
    return (
        Answer.objects.select_for_update(of=("self",), no_key=True)
        .select_related("criterion", "assessment__offer__solution")
        .get(pk=answer.pk)
    )


def _judged(row: Answer) -> bool:
    """Whether the body has said something about the answer as it is now."""
    newest = Confirmation.objects.filter(answer=row).order_by("-given_at", "-pk").first()
    if newest is None:
        return False
    judged = Fact(
        verdict=Verdict(newest.verdict), line=newest.line, evidence=frozenset(newest.evidence)
    )
    return not rules.changed_since(judged, fact_of(row))


def _parts(before: Content, after: Content) -> list[AnswerPart]:
    return [
        part for part in rules.WRITTEN if getattr(before, part.value) != getattr(after, part.value)
    ]


def _told(offer: Offer) -> Mapping[str, object]:
    return {"solution": offer.solution.slug, "name": offer.solution.name, "area": offer.area}


def _about(row: Answer) -> Mapping[str, object]:
    return {
        **_told(row.assessment.offer),
        "criterion": row.criterion.code,
        "title": row.criterion.title,
    }


def _is_address(address: str) -> bool:
    scheme, colon, rest = address.partition("://")
    host = rest.partition("/")[0]
    return (
        bool(colon)
        and scheme.lower() in {"http", "https"}
        and "." in host
        and len(address) <= LONGEST_LINK
        and not any(letter.isspace() or letter in "<>\"'" for letter in address)
    )


def _prose(text: str) -> str:
    lines = [line.rstrip() for line in text.replace("\0", "").splitlines()]
    return "\n".join(lines).strip()[:LONGEST_COMMENT].rstrip()
