"""The sentences for codes of the engine, in the users' language. No sentence values anyone."""

from typing import Final

from samlop.planner.engine.explain import Explanation, Hindrance, Move
from samlop.planner.engine.limits import Limit, LimitKind, Loosening
from samlop.planner.engine.measures import Changed, PopulationClass
from samlop.planner.engine.robustness import Robustness
from samlop.planner.engine.whatif import Outcome


def hindrance(one: Hindrance) -> str:
    limit = one.limit
    where = {
        LimitKind.CAPACITY: (
            f"egen arbeidsmengde i kvartal {limit.quarter}: {one.used} av {one.there}"
        ),
        LimitKind.BLACKOUT: f"kommunen har sperret kvartal {limit.quarter}",
        LimitKind.RELEASE: f"{limit.group} leverer {limit.solution} først fra kvartal {one.there}",
        LimitKind.VENDOR_STARTS: (
            f"{limit.group} har fullt i kvartalet: {one.used} starter, plass til {one.there}"
        ),
        LimitKind.NATIONAL_STARTS: (
            f"NHN har fullt i kvartal {limit.quarter}: {one.used} starter, plass til {one.there}"
        ),
        LimitKind.LEADERS: (
            f"ingen ledig leder i {limit.group} i kvartal {limit.quarter}: "
            f"{one.used} puljer, {one.there} ledere"
        ),
        LimitKind.COHORT_MINIMUM: (
            f"puljen i kvartal {limit.quarter} blir for liten: {one.used}, minst {one.there}"
        ),
        LimitKind.COHORT_MAXIMUM: (
            f"puljen i kvartal {limit.quarter} er full: {one.used}, høyst {one.there}"
        ),
        LimitKind.PARALLEL: (
            f"høyst {one.there} puljer av {limit.solution} samtidig i {limit.group}"
        ),
        LimitKind.PREREQUISITE: f"forutsetningen {limit.solution} er ikke ferdig innført da",
        LimitKind.WAITING: f"{limit.solution} starter i kvartal {limit.quarter} og bygger på denne",
        LimitKind.HORIZON: f"innføringen blir ikke ferdig innen planens {limit.quarter} kvartaler",
        LimitKind.NOW: f"kvartalet er passert; tidligste er {limit.quarter}",
        LimitKind.INTRODUCED: "løsningen er allerede innført",
        LimitKind.DECLINED: "kommunen har sagt nei",
        LimitKind.GROUP: "kommunen hører ikke til noen gruppe som lager puljer for løsningen",
        LimitKind.LOCK: f"starten er låst til kvartal {limit.quarter}",
        LimitKind.FAIRNESS: "et annet fylke ville blitt hengende etter sin andel",
        LimitKind.WISH: "starten ville gått på tvers av andre ønsker",
        LimitKind.CHANGE: "andre måtte flyttes fra en start som er meddelt",
        LimitKind.OTHERS: "plassene når flere innbyggere tidligere hos andre",
    }
    return where[limit.kind]


def name_of(limit: Limit) -> str:
    names = {
        LimitKind.CAPACITY: f"kapasiteten til {limit.municipality} i kvartal {limit.quarter}",
        LimitKind.BLACKOUT: f"sperringen hos {limit.municipality} i kvartal {limit.quarter}",
        LimitKind.RELEASE: f"leveransen av {limit.solution} fra {limit.group}",
        LimitKind.VENDOR_STARTS: (
            f"antall starter av {limit.solution} hos {limit.group} per kvartal"
        ),
        LimitKind.NATIONAL_STARTS: f"antall starter hos NHN i kvartal {limit.quarter}",
        LimitKind.LEADERS: f"antall ledere i {limit.group} i kvartal {limit.quarter}",
        LimitKind.COHORT_MINIMUM: f"minste pulje for {limit.solution}",
        LimitKind.COHORT_MAXIMUM: f"største pulje for {limit.solution}",
        LimitKind.PARALLEL: f"antall samtidige puljer av {limit.solution}",
    }
    locked = f"låsen på {limit.municipality}/{limit.solution} i kvartal {limit.quarter}"
    return names.get(limit.kind, locked)


def loosening(one: Loosening) -> str:
    limit = one.limit
    ways = {
        LimitKind.BLACKOUT: f"Opphev {name_of(limit)}.",
        LimitKind.RELEASE: f"Framskynd {name_of(limit)} med {_units(one.units, 'kvartal')}.",
        LimitKind.COHORT_MINIMUM: f"Senk {name_of(limit)} med {one.units}.",
        LimitKind.PREREQUISITE: f"Opphev {name_of(limit)}: forutsetningen er ikke ferdig.",
        LimitKind.INTRODUCED: f"Opphev {name_of(limit)}: løsningen er allerede innført.",
        LimitKind.DECLINED: f"Opphev {name_of(limit)}: kommunen har sagt nei.",
        LimitKind.HORIZON: f"Opphev {name_of(limit)}: den går ut over planens kvartaler.",
        LimitKind.GROUP: f"Opphev {name_of(limit)}: kommunen har ingen gruppe å lage pulje med.",
    }
    return ways.get(limit.kind, f"Øk {name_of(limit)} med {one.units}.")


def explanation(one: Explanation) -> str:
    """Everything the explanation says, line by line."""
    name = f"{one.municipality}/{one.solution}"
    lines = [
        f"{name} starter i kvartal {one.start}."
        if one.start is not None
        else f"{name} er ikke planlagt."
    ]
    if one.wished is not None and one.wished != one.start:
        lines.append(f"Om start i kvartal {one.wished}:")
        lines += [f"  {number}. {hindrance(it)}" for number, it in enumerate(one.hindrances, 1)]
    elif one.hindrances:
        lines += [f"  {hindrance(it)}" for it in one.hindrances]
    if one.alternatives:
        lines.append("Andre starter:")
        for other in one.alternatives:
            moved = ", ".join(map(_move, other.moves[:8]))
            more = f" og {len(other.moves) - 8} til" if len(other.moves) > 8 else ""
            moved = f"flytter {moved}{more}" if moved else "flytter ingen andre"
            lines.append(f"  kvartal {other.quarter}: målet blir {-other.cost:+d}; {moved}")
    if one.change is not None:
        if one.change.loosening is None:
            lines.append("En like god plan har den ønskede starten; ingen grense må endres.")
        else:
            lines.append(f"Minste enkeltendring som gir starten: {loosening(one.change.loosening)}")
    elif one.wished is not None and one.wished != one.start:
        lines.append("Ingen enkelt grense ble funnet som alene gir starten uten tap for planen.")
    return "\n".join(lines)


def _move(one: Move) -> str:
    way = f"{_quarter(one.before)}→{_quarter(one.after)}"
    return f"{one.municipality}/{one.solution} {way}"


def _quarter(quarter: int | None) -> str:
    return "–" if quarter is None else str(quarter)


def _units(count: int, one: str) -> str:
    return f"{count} {one}" if count == 1 else f"{count} {one}er"


PLAIN: Final = {
    LimitKind.CAPACITY: "egen kapasitet",
    LimitKind.BLACKOUT: "sperret kvartal",
    LimitKind.RELEASE: "leverandøren er ikke klar",
    LimitKind.VENDOR_STARTS: "leverandøren har fullt",
    LimitKind.NATIONAL_STARTS: "NHN har fullt",
    LimitKind.LEADERS: "ingen ledig leder",
    LimitKind.COHORT_MINIMUM: "puljen ble for liten",
    LimitKind.COHORT_MAXIMUM: "puljen er full",
    LimitKind.PARALLEL: "for mange puljer samtidig",
    LimitKind.PREREQUISITE: "forutsetningen er ikke ferdig",
    LimitKind.WAITING: "noe annet bygger på denne",
    LimitKind.HORIZON: "går ut over planen",
    LimitKind.NOW: "kvartalet er passert",
    LimitKind.INTRODUCED: "allerede innført",
    LimitKind.DECLINED: "kommunen har sagt nei",
    LimitKind.GROUP: "ingen gruppe å lage pulje med",
    LimitKind.LOCK: "låst",
    LimitKind.FAIRNESS: "andre fylker ville hengt etter",
    LimitKind.WISH: "andres ønsker",
    LimitKind.CHANGE: "andre måtte flyttes",
    LimitKind.OTHERS: "plassene når flere innbyggere tidligere hos andre",
}


def changed(one: Changed) -> str:
    way = f"{one.before}→{_quarter(one.after)}"
    return f"{one.municipality}/{one.solution} {way}: {PLAIN[one.why]}"


def outcome(one: Outcome) -> str:
    parts, reached = one.measures.objective, one.measures.reached
    shares = " ".join(f"{100 * share:.0f}" for share in reached)
    by_group = " ".join(
        f"{group}:{100 * share:.0f}" for group, share in one.measures.by_group.items()
    )
    by_size = " ".join(
        f"{SIZES[size]}:{100 * share:.0f}" for size, share in one.measures.by_size.items()
    )
    bound = "" if one.bound is None else f", bevist grense {one.bound}"
    return "\n".join(
        [
            f"{one.name or 'Planen i dag'}: mål {parts.total}{bound}, "
            f"{parts.planned} av {parts.eligible} planlagt, {one.moved} flyttet",
            f"  nytte {parts.benefit}, ønsker −{parts.preference}, puljer −{parts.cohorts}, "
            f"etterslep −{parts.lag}, flyttede −{parts.change}",
            f"  ønsker innfridd: {one.measures.wishes_met} av {one.measures.wishes}",
            f"  nådd per kvartal (%): {shares}",
            f"  planlagt per gruppe (%): {by_group}",
            f"  planlagt etter størrelse (%): {by_size}",
        ]
    )


SIZES: Final = {
    PopulationClass.SMALL: "små",
    PopulationClass.MEDIUM: "mellomstore",
    PopulationClass.LARGE: "store",
}


def robustness(one: Robustness) -> str:
    lines = [
        "Ferdig innført når noen går ut og noe blir forsinket (åtte av ti simuleringer mellom):"
    ]
    for quarter, (planned, expected, low, high) in enumerate(
        zip(one.planned, one.expected, one.low, one.high, strict=True)
    ):
        lines.append(
            f"  kvartal {quarter}: planlagt {planned}, ventet {expected:.0f} ({low:.0f}–{high:.0f})"
        )
    if one.at_risk:
        lines.append("Puljer som kan bli for små:")
    lines += [
        f"  {risk.cohort.solution}/{risk.cohort.group} kvartal {risk.cohort.start}: "
        f"{100 * risk.probability:.0f} %"
        for risk in one.at_risk[:10]
    ]
    return "\n".join(lines)
