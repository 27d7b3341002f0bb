"""The sentences for codes of the engine, in the users' language. No sentence values anyone."""

from typing import Final

from samlop.planner.engine.explain import Explanation, Hindrance, Move
from samlop.planner.engine.limits import Kind, Limit, Loosening
from samlop.planner.engine.measures import Changed, SizeClass
from samlop.planner.engine.robustness import Robustness
from samlop.planner.engine.whatif import Outcome


def hindrance(one: Hindrance) -> str:
    limit = one.limit
    where = {
        Kind.CAPACITY: f"egen arbeidsmengde i kvartal {limit.quarter}: {one.used} av {one.there}",
        Kind.BLACKOUT: f"kommunen har sperret kvartal {limit.quarter}",
        Kind.RELEASE: f"{limit.group} leverer {limit.solution} først fra kvartal {one.there}",
        Kind.VENDOR_STARTS: (
            f"{limit.group} har fullt i kvartalet: {one.used} starter, plass til {one.there}"
        ),
        Kind.NATIONAL_STARTS: (
            f"NHN har fullt i kvartal {limit.quarter}: {one.used} starter, plass til {one.there}"
        ),
        Kind.LEADERS: (
            f"ingen ledig leder i {limit.group} i kvartal {limit.quarter}: "
            f"{one.used} puljer, {one.there} ledere"
        ),
        Kind.COHORT_MINIMUM: (
            f"puljen i kvartal {limit.quarter} blir for liten: {one.used}, minst {one.there}"
        ),
        Kind.COHORT_MAXIMUM: (
            f"puljen i kvartal {limit.quarter} er full: {one.used}, høyst {one.there}"
        ),
        Kind.PARALLEL: f"høyst {one.there} puljer av {limit.solution} samtidig i {limit.group}",
        Kind.PREREQUISITE: f"forutsetningen {limit.solution} er ikke ferdig innført da",
        Kind.WAITING: f"{limit.solution} starter i kvartal {limit.quarter} og bygger på denne",
        Kind.HORIZON: f"innføringen blir ikke ferdig innen planens {limit.quarter} kvartaler",
        Kind.NOW: f"kvartalet er passert; tidligste er {limit.quarter}",
        Kind.INTRODUCED: "løsningen er allerede innført",
        Kind.DECLINED: "kommunen har sagt nei",
        Kind.GROUP: "kommunen hører ikke til noen gruppe som lager puljer for løsningen",
        Kind.LOCK: f"starten er låst til kvartal {limit.quarter}",
        Kind.FAIRNESS: "et annet fylke ville blitt hengende etter sin andel",
        Kind.WISH: "starten ville gått på tvers av andre ønsker",
        Kind.CHANGE: "andre måtte flyttes fra en start som er meddelt",
        Kind.OTHERS: "plassene når flere innbyggere tidligere hos andre",
    }
    return where[limit.kind]


def name_of(limit: Limit) -> str:
    names = {
        Kind.CAPACITY: f"kapasiteten til {limit.municipality} i kvartal {limit.quarter}",
        Kind.BLACKOUT: f"sperringen hos {limit.municipality} i kvartal {limit.quarter}",
        Kind.RELEASE: f"leveransen av {limit.solution} fra {limit.group}",
        Kind.VENDOR_STARTS: f"antall starter av {limit.solution} hos {limit.group} per kvartal",
        Kind.NATIONAL_STARTS: f"antall starter hos NHN i kvartal {limit.quarter}",
        Kind.LEADERS: f"antall ledere i {limit.group} i kvartal {limit.quarter}",
        Kind.COHORT_MINIMUM: f"minste pulje for {limit.solution}",
        Kind.COHORT_MAXIMUM: f"største pulje for {limit.solution}",
        Kind.PARALLEL: f"antall samtidige puljer av {limit.solution}",
    }
    locked = f"låsen på {limit.municipality}/{limit.solution} i kvartal {limit.quarter}"
    return names.get(limit.kind, locked)


def loosening(one: Loosening) -> str:
    limit = one.limit
    ways = {
        Kind.BLACKOUT: f"Opphev {name_of(limit)}.",
        Kind.RELEASE: f"Framskynd {name_of(limit)} med {_units(one.units, 'kvartal')}.",
        Kind.COHORT_MINIMUM: f"Senk {name_of(limit)} med {one.units}.",
        Kind.PREREQUISITE: f"Opphev {name_of(limit)}: forutsetningen er ikke ferdig.",
        Kind.INTRODUCED: f"Opphev {name_of(limit)}: løsningen er allerede innført.",
        Kind.DECLINED: f"Opphev {name_of(limit)}: kommunen har sagt nei.",
        Kind.HORIZON: f"Opphev {name_of(limit)}: den går ut over planens kvartaler.",
        Kind.GROUP: f"Opphev {name_of(limit)}: kommunen har ingen gruppe å lage pulje med.",
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
    Kind.CAPACITY: "egen kapasitet",
    Kind.BLACKOUT: "sperret kvartal",
    Kind.RELEASE: "leverandøren er ikke klar",
    Kind.VENDOR_STARTS: "leverandøren har fullt",
    Kind.NATIONAL_STARTS: "NHN har fullt",
    Kind.LEADERS: "ingen ledig leder",
    Kind.COHORT_MINIMUM: "puljen ble for liten",
    Kind.COHORT_MAXIMUM: "puljen er full",
    Kind.PARALLEL: "for mange puljer samtidig",
    Kind.PREREQUISITE: "forutsetningen er ikke ferdig",
    Kind.WAITING: "noe annet bygger på denne",
    Kind.HORIZON: "går ut over planen",
    Kind.NOW: "kvartalet er passert",
    Kind.INTRODUCED: "allerede innført",
    Kind.DECLINED: "kommunen har sagt nei",
    Kind.GROUP: "ingen gruppe å lage pulje med",
    Kind.LOCK: "låst",
    Kind.FAIRNESS: "andre fylker ville hengt etter",
    Kind.WISH: "andres ønsker",
    Kind.CHANGE: "andre måtte flyttes",
    Kind.OTHERS: "plassene når flere innbyggere tidligere hos andre",
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
    SizeClass.SMALL: "små",
    SizeClass.MEDIUM: "mellomstore",
    SizeClass.LARGE: "store",
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
