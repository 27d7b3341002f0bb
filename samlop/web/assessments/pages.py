"""What the pages about an assessment show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Final

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from samlop.accounts.models import Person
from samlop.files import texts as file_texts
from samlop.files.rules import FileKind
from samlop.portfolio.models import Offer
from samlop.portfolio.queries import criteria as criteria_queries
from samlop.portfolio.queries import gates
from samlop.portfolio.queries.assessments import (
    AssessmentState,
    CriterionState,
    EvidenceState,
    OpinionState,
)
from samlop.portfolio.rules.assessments import (
    AnswerPart,
    Content,
    Lack,
    Opinion,
    Progress,
    Verdict,
    lacks_of,
)
from samlop.portfolio.rules.criteria import Assessor
from samlop.portfolio.rules.solutions import Area
from samlop.portfolio.texts import assessments as texts
from samlop.portfolio.texts import gates as gate_texts
from samlop.portfolio.texts import solutions as solution_texts
from samlop.web import formats
from samlop.web.assessments import beside
from samlop.web.assessments.areas import ADDRESSES
from samlop.web.assessments.beside import Beside
from samlop.web.assessments.rights import Rights
from samlop.web.criteria.pages import CriterionRow, Head
from samlop.web.downloads import Download, Field
from samlop.web.files.pages import size
from samlop.web.solutions.frame import Frame

COLORS: Final[Mapping[Verdict, str]] = {
    Verdict.MET: "success",
    Verdict.PARTLY: "warning",
    Verdict.NOT_MET: "danger",
    Verdict.NOT_RELEVANT: "neutral",
}
OPINION_COLORS: Final[Mapping[Opinion, str]] = {
    Opinion.AGREES: "success",
    Opinion.DISAGREES: "danger",
}


def area_address(slug: str, area: Area, view: str = "area") -> str:
    return reverse(f"assessments:{view}", args=[slug, ADDRESSES[area]])


def progress_words(progress: Progress) -> str:
    """«8 av 13 besvart, 3 mangler dokumentasjon»."""
    words = [
        gettext("%(answered)s av %(total)s besvart")
        % {"answered": progress.answered, "total": progress.total}
    ]
    if progress.lack_evidence:
        words.append(
            ngettext(
                "%(count)s mangler dokumentasjon",
                "%(count)s mangler dokumentasjon",
                progress.lack_evidence,
            )
            % {"count": progress.lack_evidence}
        )
    if progress.reopened:
        words.append(
            ngettext("%(count)s åpnet igjen", "%(count)s åpnet igjen", progress.reopened)
            % {"count": progress.reopened}
        )
    if progress.disagreed:
        words.append(
            ngettext(
                "organet er uenig i %(count)s", "organet er uenig i %(count)s", progress.disagreed
            )
            % {"count": progress.disagreed}
        )
    waiting = progress.await_opinion - progress.reopened
    if waiting > 0:
        words.append(
            ngettext("%(count)s venter på organet", "%(count)s venter på organet", waiting)
            % {"count": waiting}
        )
    return ", ".join(words)


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    words: str
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceRow:
    pk: int
    words: str
    address: str
    is_file: bool
    # «PDF, 1,2 MB» or the site of a link.
    about: str
    added: str
    remove: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpinionRow:
    words: str
    color: str
    comment: str
    given: str
    # What has changed since, in a sentence; empty while it stands.
    changed: str
    looked_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What somebody sent that was not saved, and why; `strid` holds the parts in conflict."""

    code: str
    content: Content
    base: Content
    error: str
    stored: Content | None = None
    conflicts: tuple[AnswerPart, ...] = ()
    who: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What the body's assessor sent that was not saved, and why."""

    code: str
    opinion: str
    comment: str
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Saving:
    """What stands under an answer's fields: what the next save begins from, and how it went."""

    base: Content
    said: str = ""
    error: str = ""
    conflicts: str = ""
    # Words of the part, what is stored there, and what was typed.
    both: tuple[tuple[str, str, str], ...] = ()
    who: str = ""
    others: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Previous:
    """What was answered to the criterion as it read in the version before."""

    version: str
    question: str
    verdict: str
    line: str
    comment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One criterion with its answer, what it shows, and what the body thinks."""

    criterion: CriterionRow
    code: str
    content: Content
    verdict: str
    color: str
    choices: tuple[Choice, ...]
    answered: str
    evidence: tuple[EvidenceRow, ...]
    opinion: OpinionRow | None
    earlier: tuple[OpinionRow, ...]
    lacks: tuple[str, ...]
    beside: Beside | None
    previous: Previous | None
    saving: Saving
    may_answer: bool
    may_judge: bool
    may_attach: bool
    by_health: bool
    health_summary: str
    answer: str
    attach: str
    judge: str
    said: Said | None
    # Names the answer that the body looks at when it says something.
    seen: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnmetRow:
    code: str
    title: str
    lacks: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaLine:
    """One service area of the solution, with how far its assessment has come."""

    words: str
    address: str
    current: bool
    done: int = 0
    total: int = 0
    progress: str = ""
    begun: bool = False
    begin: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """Every service area of one solution; what is under way only for those who may see it."""

    frame: Frame
    areas: tuple[AreaLine, ...]
    may_see: bool
    may_begin: bool
    newest: Head | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentPage:
    frame: Frame
    area: str
    address: str
    areas: tuple[AreaLine, ...]
    head: Head
    progress: Progress
    progress_words: str
    rows: tuple[Row, ...]
    unmet: tuple[UnmetRow, ...]
    musts: int
    newer: Head | None
    move: str
    may_answer: bool
    may_judge: bool
    csv: str
    xlsx: str
    # What the body has decided, and the page that tells why.
    decided: str
    decision: str
    # The assessment by an older version, and from there back to the newest.
    older: tuple[tuple[str, str], ...]
    ended: str
    # The row that was just saved, when htmx asks for its parts only.
    saved: Row | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """For those who may not see what is under way: what the solution is measured by."""

    frame: Frame
    area: str
    newest: Head | None
    decisions: str


def overview(
    frame: Frame,
    offers: Sequence[Offer],
    states: Mapping[int, AssessmentState],
    rights: Rights,
) -> Overview:
    """One query beside those of the states."""
    newest = criteria_queries.newest_published()
    return Overview(
        frame=frame,
        areas=tuple(_area_line(frame, offer, states.get(offer.pk)) for offer in offers),
        may_see=rights.see,
        may_begin=rights.answer and newest is not None,
        newest=Head.of(criteria_queries.SetHead.of(newest)) if newest else None,
    )


def _area_line(
    frame: Frame, offer: Offer, state: AssessmentState | None, *, current: int | None = None
) -> AreaLine:
    area = Area(offer.area)
    progress = state.progress if state else None
    return AreaLine(
        words=str(solution_texts.AREAS[area]),
        address=area_address(frame.slug, area),
        current=offer.pk == current,
        done=progress.settled if progress else 0,
        total=progress.total if progress else 0,
        progress=progress_words(progress) if progress else "",
        begun=state is not None,
        begin=area_address(frame.slug, area, "begin"),
    )


def assessment_page(
    frame: Frame,
    offer: Offer,
    offers: Sequence[Offer],
    state: AssessmentState,
    rights: Rights,
    *,
    before: AssessmentState | None,
    on: date,
    typed: Typed | None = None,
    said: Said | None = None,
) -> AssessmentPage:
    """`before` is the assessment by the older version that this one went on from."""
    area = Area(offer.area)
    names = _names(state)
    shown = beside.facts(
        offer,
        {one.text.beside for one in state.criteria},
        health=next((one.health for one in state.criteria if one.health), None),
        on=on,
    )
    newest = criteria_queries.newest_published()
    newer = (
        newest is not None and state.ended_at is None and newest.number > state.criteria_set.number
    )
    gate = gates.gate_of(offer, on)
    rows = tuple(
        row_of(
            number,
            one,
            slug=frame.slug,
            area=area,
            rights=rights,
            names=names,
            facts=shown.get(one.text.beside),
            previous=_previous(one, before),
            typed=typed if typed and typed.code == one.code else None,
            said=said if said and said.code == one.code else None,
        )
        for number, one in enumerate(state.criteria, start=1)
    )
    address = area_address(frame.slug, area)
    older = f"versjon={state.criteria_set.number}&" if state.ended_at else ""
    progress = state.progress
    return AssessmentPage(
        frame=frame,
        area=str(solution_texts.AREAS[area]),
        address=address,
        areas=tuple(_area_line(frame, one, None, current=offer.pk) for one in offers),
        head=Head.of(state.criteria_set),
        progress=progress,
        progress_words=progress_words(progress),
        rows=rows,
        unmet=tuple(
            UnmetRow(
                code=one.code,
                title=state.title(one.code),
                lacks=", ".join(str(texts.LACKS[lack]) for lack in one.lacks),
            )
            for one in state.unmet_musts
        ),
        musts=sum(one.text.weight.value == "must" for one in state.criteria),
        newer=Head.of(criteria_queries.SetHead.of(newest)) if newest and newer else None,
        move=area_address(frame.slug, area, "move") if newer and rights.answer else "",
        may_answer=rights.answer,
        may_judge=rights.judge,
        csv=f"{address}?{older}format=csv",
        xlsx=f"{address}?{older}format=xlsx",
        decided=""
        if gate is None
        else gettext("%(body)s besluttet %(day)s: %(outcome)s.")
        % {
            "body": gate.body,
            "day": formats.long_date(gate.decided_on),
            "outcome": gate_texts.GATE_OUTCOMES[gate.outcome],
        },
        decision=reverse("gates:show", args=[frame.slug, gate.pk]) if gate else "",
        older=()
        if before is None
        else (
            (
                Head.of(before.criteria_set).name,
                f"{address}?versjon={before.criteria_set.number}",
            ),
        ),
        ended=formats.long_date(state.ended_at) if state.ended_at else "",
    )


def row_of(
    number: int,
    one: CriterionState,
    *,
    slug: str,
    area: Area,
    rights: Rights,
    names: Mapping[int, str],
    facts: Beside | None = None,
    previous: Previous | None = None,
    typed: Typed | None = None,
    said: Said | None = None,
) -> Row:
    args = [slug, ADDRESSES[area], one.code]
    may_answer = rights.may_answer(one.text.assessor)
    content = typed.content if typed else one.content
    verdict = one.content.verdict
    answered = _signed(one.at, one.role, one.by, names)
    if one.text.assessor is Assessor.HEALTH_ASSESSORS and one.at:
        answered = formats.long_date(one.at)
    return Row(
        criterion=CriterionRow.of(number, one.text),
        code=one.code,
        content=content,
        verdict=str(texts.VERDICTS[verdict]) if verdict else gettext("Ikke besvart"),
        color=COLORS[verdict] if verdict else "neutral",
        choices=(
            *(
                Choice(code.value, str(words), code is content.verdict)
                for code, words in texts.VERDICTS.items()
            ),
            Choice("", gettext("Ikke besvart"), content.verdict is None),
        ),
        answered=answered,
        evidence=tuple(_evidence(each, args, names) for each in one.evidence),
        opinion=_opinion(one.opinion, one, names) if one.opinion else None,
        earlier=tuple(_opinion(each, one, names) for each in one.earlier_opinions),
        lacks=tuple(
            str(texts.LACK_TAGS[lack]) for lack in lacks_of(one.rule_line) if lack in TOLD_APART
        ),
        beside=facts,
        previous=previous,
        saving=saving_of(typed) if typed else Saving(base=one.content),
        may_answer=may_answer,
        may_judge=rights.judge and one.text.assessor is Assessor.PROGRAMME and verdict is not None,
        may_attach=may_answer,
        by_health=one.text.assessor is Assessor.HEALTH_ASSESSORS,
        health_summary=one.health.summary if one.health else "",
        answer=reverse("assessments:answer", args=args),
        attach=reverse("assessments:attach", args=args),
        judge=reverse("assessments:judge", args=args),
        said=said,
        seen=seen_words(one),
    )


# The verdict and the body's opinion have tags of their own; this is what else is to be done.
TOLD_APART: Final = frozenset({Lack.NO_EVIDENCE, Lack.REOPENED, Lack.UNCONFIRMED})


def seen_words(one: CriterionState) -> str:
    """Names the fact that is shown; the same words mean that nothing has changed since."""
    pks = "-".join(str(pk) for pk in sorted(one.fact.evidence))
    return f"{one.revision}:{pks}"


def with_saving(page: AssessmentPage, code: str, saving: Saving) -> AssessmentPage:
    """The page as htmx is answered from it: one row, and how its save went."""
    row = next(row for row in page.rows if row.code == code)
    return replace(page, saved=replace(row, saving=saving))


def saving_of(typed: Typed) -> Saving:
    return Saving(
        base=typed.base,
        error=typed.error,
        conflicts=",".join(part.value for part in typed.conflicts),
        both=tuple(
            (
                str(texts.ANSWER_PARTS[part]).capitalize(),
                part_words(typed.stored, part),
                part_words(typed.content, part),
            )
            for part in typed.conflicts
            if typed.stored is not None
        ),
        who=typed.who,
    )


def part_words(content: Content | None, part: AnswerPart) -> str:
    """What stands in one part of an answer."""
    if content is None:
        return ""
    if part is AnswerPart.VERDICT:
        return str(texts.VERDICTS[content.verdict]) if content.verdict else gettext("Ikke besvart")
    return str(getattr(content, part.value)) or gettext("(tomt)")


def _evidence(one: EvidenceState, args: list[str], names: Mapping[int, str]) -> EvidenceRow:
    if one.key is not None:
        kind = file_texts.FILE_KINDS[FileKind(one.file_kind)]
        about = f"{kind}, {size(one.file_size)}"
        address = reverse("assessments:evidence", args=[*args[:2], one.key, one.file_name])
    else:
        about = one.link.partition("://")[2].partition("/")[0]
        address = one.link
    return EvidenceRow(
        pk=one.pk,
        words=one.words,
        address=address,
        is_file=one.key is not None,
        about=about,
        added=_signed(one.at, one.role, one.by, names),
        remove=reverse("assessments:detach", args=[*args, one.pk]),
    )


def _opinion(one: OpinionState, now: CriterionState, names: Mapping[int, str]) -> OpinionRow:
    changed = ""
    if one.changed:
        parts = [str(texts.ANSWER_PARTS[part]) for part in one.changed]
        changed = gettext("Åpnet igjen: %(what)s er endret av %(who)s.") % {
            "who": _signed(now.at, now.role, now.by, names),
            "what": gettext(" og ").join(parts),
        }
    looked_at = str(texts.VERDICTS[one.verdict])
    return OpinionRow(
        words=str(texts.OPINIONS[one.opinion]),
        color=OPINION_COLORS[one.opinion],
        comment=one.comment,
        given=_signed(one.at, one.role, one.by, names),
        changed=changed,
        looked_at=f"{looked_at}: {one.line}" if one.line else looked_at,
    )


def _previous(one: CriterionState, before: AssessmentState | None) -> Previous | None:
    """Only for a criterion that asks something else now: the others took their answer along."""
    if before is None:
        return None
    was = next((old for old in before.criteria if old.code == one.code), None)
    if was is None or was.text.question == one.text.question or was.content.verdict is None:
        return None
    return Previous(
        version=gettext("versjon %(number)s") % {"number": before.criteria_set.number},
        question=was.text.question,
        verdict=str(texts.VERDICTS[was.content.verdict]),
        line=was.content.line,
        comment=was.content.comment,
    )


def _names(state: AssessmentState) -> Mapping[int, str]:
    """Those who have written or said something. One query."""
    people = {one.by for one in state.criteria}
    for one in state.criteria:
        people |= {each.by for each in one.evidence}
        people |= {each.by for each in (one.opinion, *one.earlier_opinions) if each}
    return names_of(people)


def names_of(people: set[int | None]) -> Mapping[int, str]:
    rows = Person.objects.filter(pk__in=[pk for pk in people if pk is not None])
    return dict(rows.exclude(name="").values_list("pk", "name"))


def _signed(at: datetime | None, role: str, by: int | None, names: Mapping[int, str]) -> str:
    """«Kari Nordmann (program eller prosjekt), 14. mars 2027»."""
    if at is None:
        return ""
    name = names.get(by or 0, "")
    # The example's people are called what they are.
    says_it = name.casefold().startswith(role.casefold())
    who = name or role if says_it or not name else f"{name} ({role[:1].lower()}{role[1:]})"
    day = formats.long_date(at)
    return f"{who}, {day}" if who else day


# --- as a file ---


@dataclass(frozen=True, slots=True)
class _Words:
    """What one row of the file says of an opinion."""

    opinion: str = ""
    comment: str = ""
    role: str = ""
    on: date | None = None
    changed: str = ""


@dataclass(frozen=True, slots=True)
class Exported:
    """An assessment on its way to a file."""

    frame: Frame
    area: Area
    state: AssessmentState
    on: date
    names: Mapping[int, str] = field(default_factory=dict)


def download(found: Exported) -> Download:
    """One row per criterion; people by their role, since a file travels."""
    head = found.state.criteria_set
    return Download(
        name=f"vurdering-{found.frame.slug}-{ADDRESSES[found.area]}",
        sheet=gettext("Vurdering, versjon %(number)s") % {"number": head.number},
        on=found.on,
        fields=(
            Field("nummer", gettext("Nr."), 6),
            Field("kriterium", gettext("Kriterium"), 34),
            Field("vekt", gettext("Må eller bør"), 12),
            Field("sporsmal", gettext("Spørsmål"), 60),
            Field("hvem", gettext("Hvem vurderer"), 24),
            Field("vurdering", gettext("Vurdering"), 16),
            Field("begrunnelse", gettext("Kort begrunnelse"), 60),
            Field("kommentar", gettext("Kommentar"), 60),
            Field("dokumentasjon", gettext("Dokumentasjon"), 60),
            Field("besvart", gettext("Besvart"), 12),
            Field("besvart_av", gettext("Besvart av"), 24),
            Field("organet", gettext("Organet som beslutter"), 20),
            Field("organets_kommentar", gettext("Organets kommentar"), 60),
            Field("organet_sa", gettext("Organet sa fra"), 14),
            Field("apnet_igjen", gettext("Åpnet igjen"), 14),
            Field("mangler", gettext("Mangler"), 40),
            Field("kriterieversjon", gettext("Versjon av kriteriene"), 20),
            Field("kriterienes_status", gettext("Kriterienes status"), 50),
        ),
        rows=[_line(number, one, head) for number, one in enumerate(found.state.criteria, start=1)],
    )


def _line(
    number: int, one: CriterionState, head: criteria_queries.SetHead
) -> tuple[str | int | date | None, ...]:
    criterion = CriterionRow.of(number, one.text)
    said = _Words()
    if one.opinion:
        said = _Words(
            str(texts.OPINIONS[one.opinion.opinion]),
            one.opinion.comment,
            one.opinion.role,
            timezone.localdate(one.opinion.at),
            gettext("ja") if one.opinion.changed else "",
        )
    verdict = one.content.verdict
    return (
        number,
        criterion.title,
        criterion.weight,
        criterion.question,
        criterion.assessor,
        str(texts.VERDICTS[verdict]) if verdict else "",
        one.content.line,
        one.content.comment,
        "\n".join(f"{each.words}: {each.link or each.file_name}" for each in one.evidence),
        timezone.localdate(one.at) if one.at else None,
        one.role,
        said.opinion,
        said.comment,
        said.on,
        said.changed,
        ", ".join(str(texts.LACKS[lack]) for lack in lacks_of(one.rule_line)),
        head.number,
        Head.of(head).standing,
    )
