"""The programme's benefits, and what municipalities choose, aim at and measure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256

from samlop.audit.services import Recorder, change
from samlop.db import locks
from samlop.lib.actors import Actor
from samlop.lib.errors import Refused
from samlop.municipalities.models import Municipality
from samlop.portfolio.models import Solution
from samlop.uptake.models import (
    Benefit,
    BenefitFigure,
    BenefitLink,
    BenefitNode,
    BenefitOverlap,
    BenefitPlan,
    ChosenBenefit,
)
from samlop.uptake.rules import benefits as rules
from samlop.uptake.rules.benefit_map import MapColumn
from samlop.uptake.rules.benefits import (
    MAX_CHOSEN,
    Beneficiary,
    BenefitKind,
    BenefitRefusal,
    Better,
    Facts,
    Figure,
    FigureKind,
    Measure,
)
from samlop.uptake.texts import benefits as texts


class CannotChangeBenefit(Refused):
    """A rule says no to something about benefits; nothing was saved."""

    def __init__(self, refusal: BenefitRefusal) -> None:
        super().__init__(str(texts.REFUSALS[refusal]))
        self.refusal = refusal


# --- the programme's ---


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A benefit as the programme writes it."""

    name: str
    beneficiary: Beneficiary
    kind: BenefitKind
    measure: Measure
    better: Better = Better.LESS
    description: str = ""
    unit: str = ""
    people: bool = False
    indicator: str = ""
    # Its number among the three that are proposed.
    proposed: int | None = None
    national_baseline: Decimal | None = None
    national_baseline_on: date | None = None
    national_baseline_source: str = ""
    source: str = ""


def write(
    *,
    solution: Solution,
    written: Written,
    by: Actor,
    at: datetime,
    benefit: Benefit | None = None,
    seen: int = 0,
) -> Benefit:
    """A new benefit, or a change of one at the version `seen`. Raises CannotChangeBenefit.

    What municipalities have measured keeps its meaning: once chosen by somebody, a benefit
    keeps its kind, measure, direction, unit and whether it counts people.
    """
    _refuse(
        rules.refusal_of_benefit(
            Facts(
                pk=0,
                kind=written.kind,
                measure=written.measure,
                better=written.better,
                people=written.people,
            ),
            name=written.name,
            unit=written.unit,
            national_baseline=written.national_baseline,
            baseline_source=written.national_baseline_source,
        )
    )
    if (written.national_baseline is None) != (written.national_baseline_on is None):
        raise CannotChangeBenefit(BenefitRefusal.BASELINE_WITHOUT_SOURCE)
    with change("uptake.benefit.written", by=by, at=at) as record:
        # The solution is the queue: three proposals at most, each number once.
        Solution.objects.select_for_update(no_key=True).get(pk=solution.pk)
        row = Benefit(solution=solution, version=0)
        if benefit is not None:
            row = Benefit.objects.select_for_update().get(pk=benefit.pk)
            if row.version != seen:
                raise CannotChangeBenefit(BenefitRefusal.CHANGED_MEANWHILE)
            if row.retired_at is not None:
                raise CannotChangeBenefit(BenefitRefusal.RETIRED)
            if row.solution_id != solution.pk:
                raise CannotChangeBenefit(BenefitRefusal.OTHER_SOLUTION)
            if _meaning(row) != _written_meaning(written) and row.chosen.exists():
                raise CannotChangeBenefit(BenefitRefusal.MEASURED_ALREADY)
        _refuse(_refusal_to_propose(solution, row, written.proposed))
        row.name = written.name.strip()
        row.description = written.description.strip()
        row.beneficiary = written.beneficiary.value
        row.kind = written.kind.value
        row.measure = written.measure.value
        row.better = written.better.value
        row.unit = written.unit.strip()
        row.people = written.people
        row.indicator = written.indicator.strip()
        row.proposed = written.proposed
        row.national_baseline = written.national_baseline
        row.national_baseline_on = written.national_baseline_on
        row.national_baseline_source = written.national_baseline_source.strip()
        row.source = written.source.strip()
        row.version += 1
        row.save()
        record(solution, details={"words": row.name, "benefit": row.pk})
    return row


def _meaning(row: Benefit) -> tuple[str, str, str, str, bool]:
    return (row.kind, row.measure, row.better, row.unit, row.people)


def _written_meaning(written: Written) -> tuple[str, str, str, str, bool]:
    return (
        written.kind.value,
        written.measure.value,
        written.better.value,
        written.unit.strip(),
        written.people,
    )


def _refusal_to_propose(
    solution: Solution, row: Benefit, proposed: int | None
) -> BenefitRefusal | None:
    if proposed is None:
        return None
    taken = Benefit.objects.filter(solution=solution, proposed=proposed).exclude(pk=row.pk)
    if not 1 <= proposed <= MAX_CHOSEN or taken.exists():
        return BenefitRefusal.TOO_MANY_PROPOSED
    return None


def retire(*, benefit: Benefit, by: Actor, at: datetime) -> None:
    """No more municipalities may choose it; those that follow it go on.

    Raises CannotChangeBenefit.
    """
    with change("uptake.benefit.retired", by=by, at=at) as record:
        row = Benefit.objects.select_for_update(of=("self",)).get(pk=benefit.pk)
        if row.retired_at is not None:
            raise CannotChangeBenefit(BenefitRefusal.RETIRED)
        row.retired_at, row.proposed, row.version = at, None, row.version + 1
        row.save(update_fields=["retired_at", "proposed", "version"])
        record(row.solution, details={"words": row.name, "benefit": row.pk})


def say_overlap(*, first: Benefit, second: Benefit, by: Actor, at: datetime) -> None:
    """The two count some of the same; saying it twice is nothing new.

    Raises CannotChangeBenefit.
    """
    if first.pk == second.pk:
        raise CannotChangeBenefit(BenefitRefusal.SAME_BENEFIT)
    if first.solution_id != second.solution_id:
        raise CannotChangeBenefit(BenefitRefusal.OTHER_SOLUTION)
    low, high = sorted((first, second), key=lambda one: one.pk)
    with change("uptake.benefit.overlap_said", by=by, at=at) as record:
        _, is_new = BenefitOverlap.objects.get_or_create(first=low, second=high)
        if not is_new:
            record.nothing_changed()
            return
        record(first.solution, details={"first": low.pk, "second": high.pk})


def unsay_overlap(*, overlap: BenefitOverlap, by: Actor, at: datetime) -> None:
    """The two count nothing of the same after all; unsaying it twice is nothing new."""
    with change("uptake.benefit.overlap_unsaid", by=by, at=at) as record:
        gone, _ = BenefitOverlap.objects.filter(pk=overlap.pk).delete()
        if not gone:
            record.nothing_changed()
            return
        solution = Solution.objects.get(benefits=overlap.first_id)
        record(solution, details={"first": overlap.first_id, "second": overlap.second_id})


@dataclass(frozen=True, slots=True)
class Around:
    """A precondition or a goal, and the benefits it belongs to."""

    column: MapColumn
    words: str
    benefits: tuple[int, ...]


def drawn(solution: Solution) -> tuple[Around, ...]:
    """Preconditions first, then goals, as they stand. Two queries."""
    columns = [column.value for column in MapColumn]
    nodes = BenefitNode.objects.filter(solution=solution).prefetch_related("links")
    return tuple(
        Around(
            MapColumn(node.column),
            node.words,
            tuple(sorted(link.benefit_id for link in node.links.all())),
        )
        for node in sorted(nodes, key=lambda one: (columns.index(one.column), one.place))
    )


def fingerprint(around: Sequence[Around]) -> str:
    """Says whether a map has changed since it was shown."""
    return sha256(
        repr([(one.column.value, one.words, one.benefits) for one in around]).encode()
    ).hexdigest()


def draw(
    *,
    solution: Solution,
    around: Sequence[Around],
    by: Actor,
    at: datetime,
    seen: str | None = None,
) -> None:
    """Preconditions and goals of the benefit map, in place of those before.

    `seen` is the fingerprint of the map that this one replaces; without it, whatever is there.
    Raises CannotChangeBenefit when one names another solution's benefit.
    """
    own = set(Benefit.objects.filter(solution=solution).values_list("pk", flat=True))
    if any(set(one.benefits) - own for one in around):
        raise CannotChangeBenefit(BenefitRefusal.OTHER_SOLUTION)
    if any(not one.words.strip() for one in around):
        raise CannotChangeBenefit(BenefitRefusal.NO_NAME)
    with change("uptake.benefit.map_drawn", by=by, at=at) as record:
        Solution.objects.select_for_update(no_key=True).get(pk=solution.pk)
        if seen is not None and seen != fingerprint(drawn(solution)):
            raise CannotChangeBenefit(BenefitRefusal.CHANGED_MEANWHILE)
        BenefitNode.objects.filter(solution=solution).delete()
        for place, one in enumerate(around, start=1):
            node = BenefitNode.objects.create(
                solution=solution, column=one.column.value, words=one.words.strip(), place=place
            )
            BenefitLink.objects.bulk_create(
                BenefitLink(node=node, benefit_id=pk) for pk in sorted(set(one.benefits))
            )
        record(solution)


# --- the municipality's ---


def choose(
    *, municipality: Municipality, benefits: Collection[Benefit], by: Actor, at: datetime
) -> BenefitPlan:
    """Follow these of one solution from now on, besides what is followed; at most three in all.

    One that was dropped is taken up again with its figures. Raises CannotChangeBenefit.
    """
    wanted = sorted(benefits, key=lambda one: (one.proposed or MAX_CHOSEN + 1, one.pk))
    if not wanted:
        raise CannotChangeBenefit(BenefitRefusal.NO_NAME)
    solution = wanted[0].solution
    with change("uptake.benefit.chosen", by=by, at=at) as record:
        plan = _own_plan(municipality, solution, by=by, at=at)
        standing = {
            row.benefit_id: row.place for row in ChosenBenefit.objects.standing().filter(plan=plan)
        }
        for benefit in wanted:
            _refuse(
                rules.refusal_to_choose(
                    benefit.pk,
                    chosen=standing.keys(),
                    same_solution=benefit.solution_id == solution.pk,
                    retired=benefit.retired_at is not None,
                )
            )
            place = next(one for one in range(1, MAX_CHOSEN + 1) if one not in standing.values())
            ChosenBenefit.objects.update_or_create(
                plan=plan,
                benefit=benefit,
                defaults={"place": place, "dropped_at": None},
                create_defaults={"place": place, "chosen_by_id": by.pk, "chosen_at": at},
            )
            standing[benefit.pk] = place
        _told(record, plan)
    return plan


def _own_plan(
    municipality: Municipality, solution: Solution, *, by: Actor, at: datetime
) -> BenefitPlan:
    """The municipality's plan, locked; made when there is none."""
    locks.hold(f"uptake.benefits.{solution.pk}.{municipality.pk}")
    plan, _ = BenefitPlan.objects.get_or_create(
        municipality=municipality,
        solution=solution,
        defaults={"created_by_id": by.pk, "created_at": at},
    )
    return plan


def drop(*, chosen: ChosenBenefit, by: Actor, at: datetime) -> None:
    """Follow it no longer; its figures are kept. Raises CannotChangeBenefit."""
    with change("uptake.benefit.dropped", by=by, at=at) as record:
        row = _standing(chosen)
        row.dropped_at = at
        row.save(update_fields=["dropped_at"])
        _told(record, row.plan)


def aimed(chosen: ChosenBenefit) -> str:
    """Says whether target, owner or comment has changed since they were shown."""
    told = (chosen.target, chosen.target_on, chosen.owner_role, chosen.comment)
    return sha256(repr(told).encode()).hexdigest()


def aim(
    *,
    chosen: ChosenBenefit,
    target: Decimal | None,
    target_on: date | None,
    owner_role: str,
    comment: str,
    by: Actor,
    at: datetime,
    seen: str | None = None,
) -> None:
    """Target, owner in the line and comment, in place of those `seen`.

    Raises CannotChangeBenefit.
    """
    with change("uptake.benefit.aimed", by=by, at=at) as record:
        row = _standing(chosen)
        if seen is not None and seen != aimed(row):
            raise CannotChangeBenefit(BenefitRefusal.CHANGED_MEANWHILE)
        if target is not None:
            if row.benefit.facts.measure is Measure.DESCRIBED:
                raise CannotChangeBenefit(BenefitRefusal.NOT_COUNTED)
            if not 0 <= target < rules.MAX_VALUE:
                raise CannotChangeBenefit(BenefitRefusal.BAD_VALUE)
        row.target, row.target_on = target, target_on
        row.owner_role, row.comment = owner_role.strip(), comment.strip()
        row.save(update_fields=["target", "target_on", "owner_role", "comment"])
        _told(record, row.plan)


def say_money(
    *, chosen: ChosenBenefit, kroner_per_hour: Decimal | None, by: Actor, at: datetime
) -> None:
    """The municipality says that its freed hours are money, at its own price; None takes it back.

    Raises CannotChangeBenefit.
    """
    with change("uptake.benefit.money_said", by=by, at=at) as record:
        row = _standing(chosen)
        if kroner_per_hour is not None:
            _refuse(rules.refusal_of_money(row.benefit.facts, kroner_per_hour))
        row.kroner_per_hour = kroner_per_hour
        row.save(update_fields=["kroner_per_hour"])
        _told(record, row.plan)


def measure(
    *,
    chosen: ChosenBenefit,
    kind: FigureKind,
    figure: Figure,
    on: date,
    by: Actor,
    at: datetime,
) -> BenefitFigure:
    """A baseline or a measurement. A count of people below five is stored without its number.

    Raises CannotChangeBenefit.
    """
    with change("uptake.benefit.measured", by=by, at=at) as record:
        row = _standing(chosen)
        facts = row.benefit.facts
        _refuse(rules.refusal_of_figure(facts, figure, on=on))
        found = _stored(row, kind, rules.as_stored(facts, figure), by=by, at=at)
        _told(record, row.plan)
    return found


def take_national_baseline(*, chosen: ChosenBenefit, by: Actor, at: datetime) -> BenefitFigure:
    """The project's national baseline, as it is now, is the municipality's too.

    Raises CannotChangeBenefit.
    """
    with change("uptake.benefit.national_baseline_taken", by=by, at=at) as record:
        row = _standing(chosen)
        benefit = row.benefit
        if benefit.national_baseline is None or benefit.national_baseline_on is None:
            raise CannotChangeBenefit(BenefitRefusal.NO_NATIONAL_BASELINE)
        figure = Figure(
            day=benefit.national_baseline_on, value=benefit.national_baseline, national=True
        )
        found = _stored(row, FigureKind.BASELINE, figure, by=by, at=at)
        _told(record, row.plan)
    return found


def withdraw(*, figure: BenefitFigure, reason: str, by: Actor, at: datetime) -> None:
    """The figure was wrong, and counts no more. Raises CannotChangeBenefit."""
    if not reason.strip():
        raise CannotChangeBenefit(BenefitRefusal.NO_REASON)
    with change("uptake.benefit.figure_withdrawn", by=by, at=at, reason=reason.strip()) as record:
        row = BenefitFigure.objects.select_for_update(of=("self",)).get(pk=figure.pk)
        if row.withdrawn_at is not None:
            raise CannotChangeBenefit(BenefitRefusal.ALREADY_WITHDRAWN)
        row.withdrawn_at = at
        row.save(update_fields=["withdrawn_at"])
        _told(record, row.chosen.plan)


def share(*, plan: BenefitPlan, shared: bool, by: Actor, at: datetime) -> None:
    """Open the plan to everybody, or close it again; what already is so stays so."""
    with change("uptake.benefit.shared", by=by, at=at) as record:
        row = BenefitPlan.objects.select_for_update(of=("self",)).get(pk=plan.pk)
        if (row.shared_at is not None) == shared:
            record.nothing_changed()
            return
        row.shared_at = at if shared else None
        row.save(update_fields=["shared_at"])
        _told(record, row, shared=shared)


def _standing(chosen: ChosenBenefit) -> ChosenBenefit:
    """The chosen benefit, locked. Raises CannotChangeBenefit when it is followed no longer."""
    row = (
        ChosenBenefit.objects.select_for_update(of=("self",))
        .select_related("benefit", "plan__solution")
        .get(pk=chosen.pk)
    )
    if row.dropped_at is not None:
        raise CannotChangeBenefit(BenefitRefusal.NOT_CHOSEN)
    return row


def _stored(
    row: ChosenBenefit, kind: FigureKind, figure: Figure, *, by: Actor, at: datetime
) -> BenefitFigure:
    return BenefitFigure.objects.create(
        chosen=row,
        kind=kind.value,
        day=figure.day,
        value=figure.value,
        margin=figure.margin,
        few=figure.few,
        experience=figure.experience.value if figure.experience else "",
        words=figure.words.strip(),
        national=figure.national,
        recorded_by_id=by.pk,
        recorded_at=at,
    )


def _refuse(refusal: BenefitRefusal | None) -> None:
    if refusal is not None:
        raise CannotChangeBenefit(refusal)


def _told(record: Recorder, plan: BenefitPlan, *, shared: bool | None = None) -> None:
    """What happened in the municipality's plan; never a figure."""
    details: dict[str, object] = {"name": plan.solution.name}
    if shared is not None:
        details["shared"] = shared
    record(plan, municipality_id=plan.municipality_id, details=details)
