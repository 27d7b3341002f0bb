"""The A/B/C card on a day: answers, suggestion, choice, and who is left out under C."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from samlop.db.periods import valid_on
from samlop.db.text_keys import nb_sort_key
from samlop.municipalities.models import RegionMembership, VendorProfile
from samlop.municipalities.queries import register
from samlop.municipalities.rules.kinds import ProductKind, RegionKind
from samlop.portfolio.models import CardAnswer, Offer, TypeChoice
from samlop.portfolio.queries import readiness
from samlop.portfolio.queries.readiness import ProductNames, ProductState
from samlop.portfolio.rules import cards as rules
from samlop.portfolio.rules.cards import (
    Blocked,
    MoveProposal,
    Question,
    RolloutType,
    Share,
    SharedKey,
    Suggestion,
)
from samlop.portfolio.rules.readiness import Coverage
from samlop.portfolio.rules.solutions import Area, covered


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """One answer as it stood, by role and never by name."""

    question: Question
    number: int
    score: int
    argument: str
    source: str
    answered_on: date
    answered_as: str
    recorded_at: datetime

    @classmethod
    def of(cls, row: CardAnswer) -> "Answered":
        return cls(
            question=Question(row.question),
            number=row.number,
            score=row.score,
            argument=row.argument,
            source=row.source,
            answered_on=row.answered_on,
            answered_as=row.answered_as,
            recorded_at=row.recorded_at,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """A choice, with what the answers pointed to and the vendors covered when it was made."""

    number: int
    type: RolloutType
    chosen_on: date
    reason: str
    key: SharedKey | None
    move_at: int | None
    suggested: RolloutType | None
    scores: Mapping[Question, int]
    share: Share
    chosen_as: str
    recorded_at: datetime

    @classmethod
    def of(cls, row: TypeChoice) -> "Chosen":
        return cls(
            number=row.number,
            type=RolloutType(row.type),
            chosen_on=row.chosen_on,
            reason=row.reason,
            key=SharedKey(row.key) if row.key else None,
            move_at=row.move_at,
            suggested=RolloutType(row.suggested) if row.suggested else None,
            scores={Question(code): score for code, score in row.scores.items()},
            share=Share(row.ready, row.concerned),
            chosen_as=row.chosen_as,
            recorded_at=row.recorded_at,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CardState:
    """Everything on the card of one offer, as of a day."""

    offer: int
    area: Area
    answers: Mapping[Question, Answered] = field(default_factory=dict)
    choice: Chosen | None = None
    coverage: Coverage = field(default_factory=Coverage)

    @property
    def scores(self) -> dict[Question, int]:
        return {question: one.score for question, one in self.answers.items()}

    @property
    def suggestion(self) -> Suggestion | None:
        return rules.suggest(self.scores)

    @property
    def share(self) -> Share:
        return Share(len(self.coverage.covered), self.coverage.count)

    @property
    def has_vendors(self) -> bool:
        """Not for a joint process, nor for what is no municipality's own service."""
        return self.coverage.count > 0

    @property
    def proposal(self) -> MoveProposal | None:
        chosen = self.choice
        return rules.move_proposal(
            chosen.type if chosen else None,
            chosen.move_at if chosen else None,
            self.share,
            self.scores,
        )


def card(offer: Offer, day: date) -> CardState:
    """The card of one offer. Five queries, and the solution's if it is not read."""
    return cards_of([offer], day)[offer.pk]


def cards_of(offers: Collection[Offer], day: date) -> Mapping[int, CardState]:
    """The cards of several offers, by offer. Five queries, and the solutions' if not read."""
    wanted = [offer.pk for offer in offers]
    answers: dict[int, dict[Question, Answered]] = {}
    for row in CardAnswer.objects.filter(offer__in=wanted, answered_on__lte=day).newest():
        answers.setdefault(row.offer_id, {})[Question(row.question)] = Answered.of(row)
    choices = choices_on(day, offers=wanted)
    coverage = readiness.coverage_of(offers, day)
    return {
        offer.pk: CardState(
            offer=offer.pk,
            area=Area(offer.area),
            answers={q: found[q] for q in Question if q in found},
            choice=choices.get(offer.pk),
            coverage=coverage[offer.pk],
        )
        for offer in offers
        for found in (answers.get(offer.pk, {}),)
    }


def choices_on(day: date, *, offers: Collection[int] | None = None) -> Mapping[int, Chosen]:
    """The choice that holds that day, by offer. One query."""
    rows = TypeChoice.objects.filter(chosen_on__lte=day)
    if offers is not None:
        rows = rows.filter(offer__in=offers)
    return {row.offer_id: Chosen.of(row) for row in rows.newest()}


def history_of(
    offers: Collection[int], *, on: date
) -> tuple[Mapping[int, tuple[Answered, ...]], Mapping[int, tuple[Chosen, ...]]]:
    """Every answer and every choice up to the day, newest first, by offer. Two queries."""
    answers: dict[int, list[Answered]] = {}
    for answer in CardAnswer.objects.filter(offer__in=offers, answered_on__lte=on).order_by(
        "-recorded_at", "-pk"
    ):
        answers.setdefault(answer.offer_id, []).append(Answered.of(answer))
    choices: dict[int, list[Chosen]] = {}
    for choice in TypeChoice.objects.filter(offer__in=offers, chosen_on__lte=on).order_by(
        "-number"
    ):
        choices.setdefault(choice.offer_id, []).append(Chosen.of(choice))
    return (
        {offer: tuple(rows) for offer, rows in answers.items()},
        {offer: tuple(rows) for offer, rows in choices.items()},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """An offer whose group is asked to go from C to A."""

    offer: Offer
    proposal: MoveProposal


def proposals(day: date) -> tuple[Proposed, ...]:
    """Those that are open. One query when nothing is C, else six."""
    waiting = [
        offer
        for offer, chosen in choices_on(day).items()
        if chosen.type is RolloutType.PARTLY and chosen.move_at is not None
    ]
    if not waiting:
        return ()
    offers = list(
        Offer.objects.filter(pk__in=waiting).select_related("solution").order_by("solution__name")
    )
    cards = cards_of(offers, day)
    return tuple(
        Proposed(offer=offer, proposal=proposal)
        for offer in offers
        if (proposal := cards[offer.pk].proposal) is not None
    )


# --- those left out ---


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A municipality that cannot join on the day: why, whose move it is, and when."""

    municipality: int
    number: str
    name: str
    county: str
    group: str
    blocked: Blocked
    product: ProductNames | None


def left_out(offer: Offer, day: date) -> tuple[LeftOut, ...]:
    """Everybody the vendors do not cover, in Norwegian order. Six queries at most."""
    coverage = readiness.coverage(offer, day)
    said = readiness.on(offer, day)
    claims = {pk: state.claim for pk, state in said.items()}
    names = _names(coverage, said)
    out = coverage.waiting | coverage.unknown
    rows = [row for row in register.rows(on=day) if row.pk in out]
    rows.sort(key=lambda row: (nb_sort_key(row.name), row.number))
    found = []
    for row in rows:
        blocked = rules.blocked(coverage.blockers.get(row.pk, ()), claims, on=day)
        found.append(
            LeftOut(
                municipality=row.pk,
                number=row.number,
                name=row.name,
                county=row.county or "",
                group=row.group or "",
                blocked=blocked,
                product=names[blocked.product] if blocked.product is not None else None,
            )
        )
    return tuple(found)


def _names(coverage: Coverage, said: Mapping[int, ProductState]) -> Mapping[int, ProductNames]:
    known = {pk: state.product for pk, state in said.items()}
    wanted = {pk for products in coverage.blockers.values() for pk in products} - set(known)
    return {**known, **(readiness.names(wanted) if wanted else {})}


# --- what the municipalities of a cohort may have in common ---


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Municipalities with something in common: a product, or an IKT-samarbeid."""

    name: str
    vendor: str = ""
    state: ProductState | None = None
    municipalities: frozenset[int]
    # Of these, those whose vendor has released what is needed.
    ready: int


KINDS = {
    SharedKey.RECORD_SYSTEM: ProductKind.RECORD_SYSTEM,
    SharedKey.WELFARE_TECHNOLOGY: ProductKind.WELFARE_TECHNOLOGY,
    SharedKey.RESPONSE_CENTRE: ProductKind.RESPONSE_CENTRE,
}


def groups(offer: Offer, key: SharedKey, day: date, coverage: Coverage) -> tuple[Group, ...]:
    """The groups that a key makes of the municipalities, the largest first. Two queries at most."""
    concerned = coverage.covered | coverage.waiting | coverage.unknown
    made: list[Group] = []
    if key is SharedKey.JOINT_PROCUREMENT:
        members: dict[str, set[int]] = {}
        for name, municipality in (
            RegionMembership.objects.valid_on(day)
            .filter(kind=RegionKind.IKT_COOPERATION.value)
            .values_list("region__name", "municipality_id")
        ):
            members.setdefault(name, set()).add(municipality)
        made = [_group(name, pks & concerned, coverage) for name, pks in members.items()]
    else:
        said = readiness.on(offer, day)
        used: dict[tuple[int, str, str], set[int]] = {}
        for product, name, vendor, municipality in VendorProfile.objects.filter(
            valid_on(day),
            kind=KINDS[key].value,
            service_area__in=[area.value for area in covered(Area(offer.area))],
        ).values_list("product_id", "product__name", "product__vendor__name", "municipality_id"):
            used.setdefault((product, name, vendor), set()).add(municipality)
        made = [
            _group(name, pks & concerned, coverage, vendor=vendor, state=said.get(product))
            for (product, name, vendor), pks in used.items()
        ]
    return tuple(
        sorted(
            (one for one in made if one.municipalities),
            key=lambda one: (-len(one.municipalities), nb_sort_key(one.name)),
        )
    )


def _group(
    name: str,
    municipalities: set[int] | frozenset[int],
    coverage: Coverage,
    *,
    vendor: str = "",
    state: ProductState | None = None,
) -> Group:
    return Group(
        name=name,
        vendor=vendor,
        state=state,
        municipalities=frozenset(municipalities),
        ready=len(municipalities & coverage.covered),
    )
