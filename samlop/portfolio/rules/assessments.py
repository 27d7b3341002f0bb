"""How far an assessment has come, what stands in its way, and how two people's words are joined."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from samlop.portfolio.rules.criteria import Assessor, CriterionWeight
from samlop.portfolio.rules.health import Soundness

LONGEST_LINE: Final = 300
LONGEST_COMMENT: Final = 4000
MOST_EVIDENCE: Final = 20


class Verdict(StrEnum):
    """The traffic answer to one criterion."""

    MET = "met"
    PARTLY = "partly"
    NOT_MET = "not_met"
    NOT_RELEVANT = "not_relevant"


class Opinion(StrEnum):
    """What the deciding body's assessor thinks of the programme's answer."""

    AGREES = "agrees"
    DISAGREES = "disagrees"


class AnswerPart(StrEnum):
    """What an answer is made of."""

    VERDICT = "verdict"
    LINE = "line"
    COMMENT = "comment"
    EVIDENCE = "evidence"


class Lack(StrEnum):
    """What a must-criterion lacks before the body can say yes."""

    UNANSWERED = "unanswered"
    NOT_MET = "not_met"
    PARTLY = "partly"
    NO_EVIDENCE = "no_evidence"
    DISAGREED = "disagreed"
    REOPENED = "reopened"
    UNCONFIRMED = "unconfirmed"


class AssessmentRefusal(StrEnum):
    """Why something about an assessment cannot be done."""

    JOINT_PROCESS = "joint_process"
    NOT_PUBLISHED = "not_published"
    ALREADY_OPEN = "already_open"
    ENDED = "ended"
    NO_REASON = "no_reason"
    ANSWERED_ELSEWHERE = "answered_elsewhere"
    NO_LINK = "no_link"
    NO_WORDS_FOR_LINK = "no_words_for_link"
    TOO_MUCH_EVIDENCE = "too_much_evidence"
    EVIDENCE_GONE = "evidence_gone"
    NO_OPINION = "no_opinion"
    NOTHING_TO_JUDGE = "nothing_to_judge"
    JUDGES_OWN = "judges_own"
    CHANGED_MEANWHILE = "changed_meanwhile"
    NO_COUNTERARGUMENT = "no_counterargument"
    NOT_NEWER = "not_newer"


# A claim that something is in place needs something to show for it; a «no» does not.
NEEDS_EVIDENCE: Final = frozenset({Verdict.MET, Verdict.PARTLY})
# Only the programme's answers are looked over: the body's and the health assessors' are theirs.
LOOKED_OVER: Final = frozenset({Assessor.PROGRAMME})


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """What an answer claims, and what it shows for it; an opinion is about this."""

    verdict: Verdict | None
    line: str
    evidence: frozenset[int] = frozenset()


def verdict_of(conclusion: Soundness, *, open_conditions: int) -> Verdict:
    """What a health-professional conclusion answers to the criterion that asks for one."""
    match conclusion:
        case Soundness.SOUND:
            return Verdict.MET
        case Soundness.ON_CONDITIONS:
            return Verdict.PARTLY if open_conditions else Verdict.MET
        case Soundness.NOT_SOUND:
            return Verdict.NOT_MET


def changed_since(judged: Fact, now: Fact) -> tuple[AnswerPart, ...]:
    """What is no longer as it was when the body looked at it; anything re-opens the criterion.

    The comment is no fact: it may be made longer without being looked at again.
    """
    parts = {
        AnswerPart.VERDICT: judged.verdict is not now.verdict,
        AnswerPart.LINE: judged.line != now.line,
        AnswerPart.EVIDENCE: judged.evidence != now.evidence,
    }
    return tuple(part for part, changed in parts.items() if changed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One criterion of an assessment; `reopened` when its opinion is about something older."""

    code: str
    weight: CriterionWeight
    assessor: Assessor = Assessor.PROGRAMME
    verdict: Verdict | None = None
    evidence: int = 0
    opinion: Opinion | None = None
    reopened: bool = False

    @property
    def stands(self) -> Opinion | None:
        """The opinion, when it is about the answer as it is now."""
        return None if self.reopened else self.opinion

    @property
    def lacks_evidence(self) -> bool:
        return (
            self.assessor is not Assessor.HEALTH_ASSESSORS
            and self.verdict in NEEDS_EVIDENCE
            and self.evidence == 0
        )

    @property
    def awaits_opinion(self) -> bool:
        """Answered by the programme, and not looked over as it is now."""
        looked_over = self.assessor in LOOKED_OVER
        return looked_over and self.verdict is not None and self.stands is None

    @property
    def is_settled(self) -> bool:
        """Nothing more to do: answered, shown, and agreed on where that is asked for."""
        return (
            self.verdict is not None
            and not self.lacks_evidence
            and not self.awaits_opinion
            and self.stands is not Opinion.DISAGREES
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far an assessment has come."""

    total: int
    answered: int
    lack_evidence: int
    await_opinion: int
    disagreed: int
    reopened: int
    settled: int

    @property
    def is_complete(self) -> bool:
        return self.settled == self.total


def progress(lines: Iterable[Line]) -> Progress:
    every = tuple(lines)
    return Progress(
        total=len(every),
        answered=sum(line.verdict is not None for line in every),
        lack_evidence=sum(line.lacks_evidence for line in every),
        await_opinion=sum(line.awaits_opinion for line in every),
        disagreed=sum(line.stands is Opinion.DISAGREES for line in every),
        reopened=sum(line.reopened and line.verdict is not None for line in every),
        settled=sum(line.is_settled for line in every),
    )


@dataclass(frozen=True, slots=True)
class UnmetMust:
    """A must-criterion that stands in the way, and everything it lacks."""

    code: str
    lacks: tuple[Lack, ...]

    @property
    def may_be_condition(self) -> bool:
        """Whether a yes on conditions can name it: on its way, shown, and agreed on."""
        return self.lacks == (Lack.PARTLY,)


def unmet_musts(lines: Iterable[Line]) -> tuple[UnmetMust, ...]:
    """Those that stand in the way of a yes, in the order of the set."""
    return tuple(
        UnmetMust(line.code, lacks)
        for line in lines
        if line.weight is CriterionWeight.MUST and (lacks := lacks_of(line))
    )


def lacks_of(line: Line) -> tuple[Lack, ...]:
    """Everything that one criterion lacks; nothing when it is met and agreed on."""
    if line.verdict is None:
        return (Lack.UNANSWERED,)
    found = {
        Lack.NOT_MET: line.verdict is Verdict.NOT_MET,
        Lack.PARTLY: line.verdict is Verdict.PARTLY,
        Lack.NO_EVIDENCE: line.lacks_evidence,
        Lack.DISAGREED: line.stands is Opinion.DISAGREES,
        Lack.REOPENED: line.awaits_opinion and line.reopened,
        Lack.UNCONFIRMED: line.awaits_opinion and not line.reopened,
    }
    return tuple(lack for lack, true in found.items() if true)


# --- two people in the same answer ---


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What somebody writes in an answer."""

    verdict: Verdict | None = None
    line: str = ""
    comment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """Both people's changes; `conflicts` are the parts that both have changed differently.

    A part in conflict holds what was sent: what is stored is not given up until she chooses.
    """

    content: Content
    conflicts: tuple[AnswerPart, ...] = ()


WRITTEN: Final = (AnswerPart.VERDICT, AnswerPart.LINE, AnswerPart.COMMENT)


def merge(*, base: Content, stored: Content, sent: Content) -> Merged:
    """Join what is sent with what is stored; `base` is what the sender began from."""
    found: dict[str, Verdict | str | None] = {}
    conflicts = []
    for part in WRITTEN:
        began, there, new = (getattr(one, part.value) for one in (base, stored, sent))
        found[part.value] = there if new == began else new
        if len({began, there, new}) == len((began, there, new)):
            conflicts.append(part)
    content = Content(**found)  # type: ignore[arg-type]
    return Merged(content=content, conflicts=tuple(conflicts))


def both(stored: str, sent: str) -> str:
    """Two texts as one, so that a person can cut: neither is lost, and nothing stands twice."""
    if sent in stored:
        return stored
    return sent if stored in sent else f"{stored}\n\n{sent}"


def refusal_of(content: Content) -> AssessmentRefusal | None:
    """«Not relevant» is an answer only with its reason."""
    if content.verdict is Verdict.NOT_RELEVANT and not content.line:
        return AssessmentRefusal.NO_REASON
    return None
