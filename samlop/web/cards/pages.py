"""What the card shows: the suggestion, the choice, the answers, and those left out."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from samlop.db.text_keys import nb_sort_key
from samlop.portfolio.queries import cards as queries
from samlop.portfolio.queries.cards import Answered, CardState, Chosen, LeftOut
from samlop.portfolio.rules import cards as rules
from samlop.portfolio.rules.cards import (
    Blocker,
    BlockerOwner,
    Question,
    RolloutType,
    SharedKey,
    Suggestion,
    Why,
)
from samlop.portfolio.texts import cards as texts
from samlop.portfolio.texts.readiness import READINESS
from samlop.web import formats
from samlop.web.addresses import changed
from samlop.web.cards.forms import AnswerForm
from samlop.web.cards.offers import Here
from samlop.web.downloads import Download, Field
from samlop.web.solutions.frame import Frame
from samlop.web.sorting import SortColumn, Sorting
from samlop.web.tables import SortLink

LETTERS: Final = {one: str(texts.TYPE_LETTERS[one]) for one in RolloutType}


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeWords:
    letter: str
    name: str
    means: str

    @classmethod
    def of(cls, type_: RolloutType) -> "TypeWords":
        return cls(
            letter=str(texts.TYPE_LETTERS[type_]),
            name=str(texts.TYPES[type_]),
            means=str(texts.TYPE_MEANS[type_]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggested:
    type: TypeWords
    close: bool
    reasons: tuple[str, ...]
    also: tuple[str, ...]
    cautions: tuple[str, ...]
    changes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceShown:
    type: TypeWords
    day: date
    reason: str
    who: str
    key: str
    move_at: str
    # What the answers pointed to when it was made.
    then: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionShown:
    name: str
    words: str
    score: int | None
    lowest: str
    middle: str
    highest: str
    argument: str
    source: str
    day: date | None
    who: str
    decides: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupShown:
    name: str
    vendor: str
    state: str
    count: int
    ready: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageShown:
    ready: int
    of: int
    words: str
    out: int
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    words: str
    against: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CardPage:
    frame: Frame
    area: str
    areas: tuple[tuple[str, str, bool], ...]
    has_offer: bool
    suggested: Suggested | None
    missing: tuple[str, ...]
    choice: ChoiceShown | None
    differs: bool
    proposal: Proposal | None
    questions: tuple[QuestionShown, ...]
    coverage: CoverageShown | None
    groups: tuple[GroupShown, ...]
    groups_by: str
    groups_note: str
    earlier_choices: tuple[ChoiceShown, ...]
    earlier_answers: tuple[QuestionShown, ...]
    answer_address: str
    choose_address: str


def card_page(
    frame: Frame, here: Here, query: QueryDict, *, on: date, may_answer: bool, may_choose: bool
) -> CardPage:
    """Thirteen queries, whatever stands on the card; two fewer when no group is shown."""
    if here.offer is None:
        return _empty(frame)
    card = queries.card(here.offer, on)
    suggestion = card.suggestion
    answers, choices = queries.history_of([here.offer.pk], on=on)
    past = choices.get(here.offer.pk, ())
    address = reverse("cards:show", args=[here.solution.slug])
    key = card.choice.key if card.choice else None
    groups = queries.groups(here.offer, key, on, card.coverage) if key else ()
    deciding = {why.question for why in suggestion.reasons} if suggestion else set()
    return CardPage(
        frame=frame,
        area=here.area_words,
        areas=here.tabs(query),
        has_offer=True,
        suggested=_suggested(suggestion, card.scores) if suggestion else None,
        missing=tuple(str(texts.QUESTION_NAMES[one]) for one in rules.missing(card.scores)),
        choice=_choice(card.choice) if card.choice else None,
        differs=bool(card.choice and suggestion and card.choice.type is not suggestion.type),
        proposal=_proposal(card),
        questions=tuple(
            _question(question, card.answers.get(question), decides=question in deciding)
            for question in Question
        ),
        coverage=_coverage(card, f"{address}star-utenfor/{here.suffix}"),
        groups=tuple(
            GroupShown(
                name=one.name,
                vendor="" if one.vendor in one.name or one.name in one.vendor else one.vendor,
                state=str(READINESS[one.state.state]) if one.state else "",
                count=len(one.municipalities),
                ready=one.ready,
            )
            for one in groups
        ),
        groups_by=str(texts.KEYS[key]) if key else "",
        groups_note=gettext(
            "Felles anskaffelser er ikke registrert her ennå. Kommunene i et IKT-samarbeid vises "
            "samlet i stedet."
        )
        if key is SharedKey.JOINT_PROCUREMENT
        else "",
        earlier_choices=tuple(_choice(one) for one in past[1:]),
        earlier_answers=tuple(
            _question(one.question, one, decides=False)
            for one in answers.get(here.offer.pk, ())
            if card.answers[one.question].number != one.number
        ),
        answer_address=f"{address}svar/{here.suffix}" if may_answer else "",
        choose_address=f"{address}valg/{here.suffix}" if may_choose else "",
    )


def _empty(frame: Frame) -> CardPage:
    return CardPage(
        frame=frame,
        area="",
        areas=(),
        has_offer=False,
        suggested=None,
        missing=(),
        choice=None,
        differs=False,
        proposal=None,
        questions=(),
        coverage=None,
        groups=(),
        groups_by="",
        groups_note="",
        earlier_choices=(),
        earlier_answers=(),
        answer_address="",
        choose_address="",
    )


def _suggested(found: Suggestion, scores: Mapping[Question, int]) -> Suggested:
    return Suggested(
        type=TypeWords.of(found.type),
        close=found.is_close,
        reasons=tuple(_reason(why) for why in found.reasons),
        also=tuple(_reason(why) for why in found.also),
        cautions=tuple(str(texts.CAUTIONS[one]) for one in found.cautions),
        changes=tuple(texts.change_words(one, scores) for one in found.would_change),
    )


def _reason(why: Why) -> str:
    return str(texts.REASONS[why.reason])


def _choice(one: Chosen) -> ChoiceShown:
    then = ""
    if one.suggested is not None and one.suggested is not one.type:
        then = gettext("Svarene pekte da mot %(type)s.") % {"type": LETTERS[one.suggested]}
    elif one.suggested is not None:
        then = gettext("Svarene pekte da mot det samme.")
    move_at = ""
    if one.move_at is not None:
        move_at = gettext("A foreslås når leverandørene er klare i %(share)s av kommunene.") % {
            "share": formats.percent(one.move_at / 100)
        }
    return ChoiceShown(
        type=TypeWords.of(one.type),
        day=one.chosen_on,
        reason=one.reason,
        who=one.chosen_as,
        key=str(texts.KEYS[one.key]) if one.key else "",
        move_at=move_at,
        then=then,
    )


def _question(question: Question, one: Answered | None, *, decides: bool) -> QuestionShown:
    return QuestionShown(
        name=str(texts.QUESTION_NAMES[question]),
        words=str(texts.QUESTIONS[question]),
        score=one.score if one else None,
        lowest=str(texts.LOWEST_MEANS[question]),
        middle=str(texts.MIDDLE_MEANS[question]),
        highest=str(texts.HIGHEST_MEANS[question]),
        argument=one.argument if one else "",
        source=one.source if one else "",
        day=one.answered_on if one else None,
        who=one.answered_as if one else "",
        decides=decides,
    )


def _proposal(card: CardState) -> Proposal | None:
    found = card.proposal
    if found is None:
        return None
    words = gettext(
        "Leverandørene er klare i %(share)s av kommunene (%(ready)s av %(of)s). Grensen gruppa "
        "satte, er %(limit)s. Det foreslås å gå fra C til A."
    ) % {
        "share": formats.percent(found.share.percent / 100),
        "ready": found.share.ready,
        "of": found.share.of,
        "limit": formats.percent(found.move_at / 100),
    }
    return Proposal(words=words, against=tuple(_reason(why) for why in found.against))


def _coverage(card: CardState, address: str) -> CoverageShown | None:
    if not card.has_vendors:
        return None
    share = card.share
    return CoverageShown(
        ready=share.ready,
        of=share.of,
        words=gettext("%(ready)s av %(of)s kommuner (%(share)s)")
        % {
            "ready": share.ready,
            "of": share.of,
            "share": formats.percent(share.percent / 100),
        },
        out=share.of - share.ready,
        address=address,
    )


# --- answering ---


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerField:
    """One question with its form fields; `now` is what somebody else has stored meanwhile."""

    question: QuestionShown
    score: str
    argument: str
    source: str
    seen: str
    now: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerPage:
    frame: Frame
    area: str
    form: AnswerForm
    fields: tuple[AnswerField, ...]
    cancel: str


def answer_page(
    frame: Frame,
    here: Here,
    form: AnswerForm,
    stored: Mapping[Question, Answered],
    *,
    stale: Collection[Question],
    cancel: str,
) -> AnswerPage:
    return AnswerPage(
        frame=frame,
        area=here.area_words if len(here.offers) > 1 else "",
        form=form,
        fields=tuple(
            AnswerField(
                question=_question(question, stored.get(question), decides=False),
                score=f"svar-{question}",
                argument=f"hvorfor-{question}",
                source=f"kilde-{question}",
                seen=f"sett-{question}",
                now=f"{stored[question].score} – {stored[question].argument}"
                if question in stale
                else "",
            )
            for question in Question
        ),
        cancel=cancel,
    )


# --- those left out ---


@dataclass(frozen=True, slots=True, kw_only=True)
class OutRow:
    number: str
    name: str
    county: str
    product: str
    blocker: str
    owner: str
    expected: date | None
    overdue: bool

    @property
    def address(self) -> str:
        return reverse("municipalities:show", args=[self.number])


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOutPage:
    frame: Frame
    area: str
    areas: tuple[tuple[str, str, bool], ...]
    kept: tuple[tuple[str, str], ...]
    prefix: str
    text: str
    selects: tuple[tuple[str, str, tuple[tuple[str, str], ...], str], ...]
    count_words: str
    total: int
    headers: tuple[SortLink, ...]
    rows: tuple[OutRow, ...]
    reset: str
    card: str
    csv: str
    xlsx: str
    json: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    text: str
    county: str
    blocker: Blocker | None
    vendor: str

    @classmethod
    def of(cls, query: QueryDict) -> "Filters":
        return cls(
            text=" ".join(query.get("q", "").replace("\0", "").split())[:100],
            county=query.get("fylke", ""),
            blocker={one.value: one for one in Blocker}.get(query.get("hindring", "")),
            vendor=query.get("leverandor", ""),
        )

    def keep(self, row: LeftOut) -> bool:
        wanted = nb_sort_key(self.text)
        return (
            (not wanted or wanted in nb_sort_key(row.name) or row.number.startswith(self.text))
            and (not self.county or row.county == self.county)
            and (self.blocker is None or row.blocked.blocker is self.blocker)
            and (
                not self.vendor
                or (row.product is not None and row.product.vendor_slug == self.vendor)
            )
        )


@dataclass(frozen=True, slots=True)
class OutTable:
    """Those left out that are asked for, in the order asked for; the page and the files alike."""

    on: date
    everybody: tuple[LeftOut, ...]
    filters: Filters
    sorting: Sorting[OutRow]
    rows: tuple[OutRow, ...]

    @classmethod
    def of(cls, here: Here, query: QueryDict, *, on: date) -> "OutTable":
        everybody = queries.left_out(here.required, on)
        filters = Filters.of(query)
        sorting: Sorting[OutRow] = Sorting.of(_columns(), query, "kommune")
        rows = sorting.rows(_out_row(one) for one in everybody if filters.keep(one))
        return cls(on, everybody, filters, sorting, tuple(rows))


def _columns() -> list[SortColumn[OutRow]]:
    return [
        SortColumn("kommune", gettext("Kommune"), lambda row: nb_sort_key(row.name)),
        SortColumn("fylke", gettext("Fylke"), lambda row: nb_sort_key(row.county) or None),
        SortColumn("hindring", gettext("Hva stopper"), lambda row: nb_sort_key(row.blocker)),
        SortColumn("system", gettext("System"), lambda row: nb_sort_key(row.product) or None),
        SortColumn("venter-pa", gettext("Venter på"), lambda row: nb_sort_key(row.owner)),
        SortColumn("forventet", gettext("Forventet"), lambda row: row.expected),
    ]


def _out_row(one: LeftOut) -> OutRow:
    owner = str(texts.OWNERS[one.blocked.owner])
    if one.blocked.owner is BlockerOwner.VENDOR and one.product is not None:
        owner = one.product.vendor_name
    return OutRow(
        number=one.number,
        name=one.name,
        county=one.county,
        product=one.product.name if one.product else "",
        blocker=str(texts.BLOCKERS[one.blocked.blocker]),
        owner=owner,
        expected=one.blocked.expected_on,
        overdue=one.blocked.is_overdue,
    )


def left_out_page(frame: Frame, here: Here, table: OutTable, query: QueryDict) -> LeftOutPage:
    everybody, filters = table.everybody, table.filters
    vendors = {one.product.vendor_slug: one.product.vendor_name for one in everybody if one.product}
    counties = {one.county for one in everybody if one.county}
    found = {one.blocked.blocker for one in everybody}
    any_: list[tuple[str, str]] = [("", gettext("Alle"))]
    address = reverse("cards:show", args=[here.solution.slug])
    count = len(table.rows)
    words = ngettext(
        "%(num)s kommune står utenfor", "%(num)s kommuner står utenfor", len(everybody)
    ) % {"num": len(everybody)}
    if count != len(everybody):
        words = gettext("%(count)s av %(total)s kommuner") % {
            "count": count,
            "total": len(everybody),
        }
    return LeftOutPage(
        frame=frame,
        area=here.area_words,
        areas=here.tabs(query),
        kept=tuple(
            (name, str(query[name])) for name in ("omrade", "sorter", "dato") if query.get(name)
        ),
        prefix=f"{address}star-utenfor/",
        text=filters.text,
        selects=(
            (
                "hindring",
                gettext("Hva stopper"),
                (
                    *any_,
                    *((one.value, str(texts.BLOCKERS[one])) for one in Blocker if one in found),
                ),
                filters.blocker.value if filters.blocker else "",
            ),
            (
                "leverandor",
                gettext("Leverandør"),
                (*any_, *sorted(vendors.items(), key=lambda pair: nb_sort_key(pair[1]))),
                filters.vendor,
            ),
            (
                "fylke",
                gettext("Fylke"),
                (*any_, *((one, one) for one in sorted(counties, key=nb_sort_key))),
                filters.county,
            ),
        ),
        count_words=words,
        total=len(everybody),
        headers=table.sorting.links(query),
        rows=table.rows,
        reset=f"{address}star-utenfor/{here.suffix}",
        card=f"{address}{here.suffix}",
        csv=changed(query, format="csv"),
        xlsx=changed(query, format="xlsx"),
        json=changed(query, format="json"),
    )


def left_out_download(here: Here, rows: Sequence[OutRow], *, on: date) -> Download:
    return Download(
        name="star-utenfor",
        sheet=gettext("Står utenfor"),
        on=on,
        fields=[
            Field("losning", gettext("Løsning"), 28),
            Field("tjenesteomrade", gettext("Tjenesteområde"), 24),
            Field("kommune", gettext("Kommune"), 24),
            Field("nummer", gettext("Nummer"), 9),
            Field("fylke", gettext("Fylke"), 18),
            Field("hindring", gettext("Hva stopper"), 32),
            Field("system", gettext("System"), 28),
            Field("venter_pa", gettext("Venter på"), 24),
            Field("forventet", gettext("Forventet"), 12),
            Field("passert", gettext("Datoen er passert"), 12),
        ],
        rows=[
            (
                here.solution.name,
                here.area_words,
                row.name,
                row.number,
                row.county,
                row.blocker,
                row.product,
                row.owner,
                row.expected,
                gettext("ja") if row.overdue else "",
            )
            for row in rows
        ],
    )
