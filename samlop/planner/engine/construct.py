"""The first plan: quarter by quarter, the cohort that gives most for its leader, then fill up.

Every choice looks only at what is left, so the plan is feasible at every step.
"""

import heapq
from collections.abc import Callable

import numpy as np

from samlop.planner.engine.state import UNPLANNED, State
from samlop.planner.engine.tables import Ints, Tables

Stop = Callable[[], bool]


def never() -> bool:
    return False


def greedy(state: State, *, stop: Stop = never, thrift: float = 1.0) -> None:
    """Open cohorts forwards in time. `thrift` is how strongly long runs count as dear."""
    tables = state.tables
    length = tables.duration[tables.line_solution].astype(float) if tables.lines else np.zeros(0)
    for quarter in range(tables.problem.now, tables.horizon):
        if stop():
            return
        heap = []
        for line in range(tables.lines):
            members, gain = best_cohort(state, line, quarter)
            if gain > 0:
                heap.append((-gain / length[line] ** thrift, line, len(members)))
        heapq.heapify(heap)
        while heap:
            _, line, _ = heapq.heappop(heap)
            # Earlier choices this quarter can only have taken from this one: look again, and
            # take it if it still leads.
            members, gain = best_cohort(state, line, quarter)
            if gain <= 0:
                continue
            score = -gain / length[line] ** thrift
            if heap and score > heap[0][0]:
                heapq.heappush(heap, (score, line, len(members)))
                continue
            state.open(line, quarter)
            for pair in members:
                state.place(pair, quarter)
            heapq.heappush(heap, (score, line, 0))
            if stop():
                return


def best_cohort(state: State, line: int, quarter: int) -> tuple[list[int], int]:
    """The members a new cohort would get, and what it would add; no members when it cannot be."""
    tables = state.tables
    none: tuple[list[int], int] = ([], 0)
    solution = tables.line_solution[line]
    duration = int(tables.duration[solution])
    pool = tables.line_pool[line]
    if pool < 0 or quarter + duration > tables.horizon:
        return none
    if state.cohorts[line, quarter] >= tables.parallel[line]:
        return none
    busy = state.leaders[pool, quarter : quarter + duration]
    if (busy >= tables.leaders[pool, quarter : quarter + duration]).any():
        return none
    room = min(int(tables.start_limit[quarter] - state.starts[quarter]), int(tables.largest[line]))
    smallest = int(tables.smallest[line])
    if room < smallest:
        return none
    found = _candidates(state, tables.members[line], quarter)
    if len(found) < smallest:
        return none
    value = tables.value[found, quarter]
    order = np.argsort(-value, kind="stable")
    chosen: list[int] = []
    total = 0
    used: dict[int, int] = {}
    for at in order.tolist():
        worth = int(value[at])
        if worth <= 0 and len(chosen) >= smallest:
            break
        pair = int(found[at])
        vendor = int(tables.vendor[pair])
        if vendor >= 0:
            taken = used.get(vendor, 0)
            if state.vendor[vendor, quarter] + taken >= tables.vendor_limit[vendor]:
                continue
            used[vendor] = taken + 1
        chosen.append(pair)
        total += worth
        if len(chosen) == room:
            break
    if len(chosen) < smallest:
        return none
    return chosen, total - int(tables.cost[line])


def _candidates(state: State, pairs: Ints, quarter: int) -> Ints:
    """Unplanned pairs that could start in the quarter, seen one at a time."""
    tables = state.tables
    found: Ints = pairs[(state.start[pairs] == UNPLANNED) & tables.allowed[pairs, quarter]]
    if not len(found):
        return found
    solution = int(tables.solution[found[0]])
    who = tables.municipality[found]
    keep = np.ones(len(found), dtype=bool)
    for offset in range(int(tables.duration[solution])):
        left = tables.capacity[who, quarter + offset] - state.load[who, quarter + offset]
        keep &= left >= tables.load[solution, offset]
    found = found[keep]
    if tables.problem.solutions[solution].requires:
        ready = [state.earliest(pair) <= quarter for pair in found.tolist()]
        found = found[np.array(ready, dtype=bool)] if len(found) else found
    return found


def fill(state: State, *, stop: Stop = never, rounds: int = 3) -> None:
    """Move each pair to the open cohort that suits it best, while any pair gains by it."""
    tables = state.tables
    movable = np.nonzero((tables.lock < 0) & tables.allowed.any(axis=1))[0]
    order = movable[np.argsort(-tables.value[movable].max(axis=1), kind="stable")].tolist()
    for _ in range(rounds):
        gained = False
        for number, pair in enumerate(order):
            if number % 256 == 0 and stop():
                return
            if move_to_best(state, pair):
                gained = True
        if not gained:
            return


def move_to_best(state: State, pair: int) -> bool:
    """Into a cohort with room, out of one that can spare it; True when the plan gained."""
    tables = state.tables
    line = int(tables.line[pair])
    now = int(state.start[pair])
    if now >= 0 and (state.members[line, now] <= state.cohorts[line, now] * tables.smallest[line]):
        return False
    value = tables.value[pair]
    better = tables.allowed[pair] & (
        state.members[line] < state.cohorts[line] * tables.largest[line]
    )
    better &= value > (value[now] if now >= 0 else 0)
    better &= state.starts < tables.start_limit
    vendor = int(tables.vendor[pair])
    if vendor >= 0:
        better &= state.vendor[vendor] < tables.vendor_limit[vendor]
    if not better.any():
        return False
    first, last = state.earliest(pair), state.latest(pair)
    better[:first] = False
    better[max(0, last + 1) :] = False
    quarters = np.nonzero(better)[0]
    if not len(quarters):
        return False
    if now >= 0:
        state.remove(pair)
    solution = tables.solution[pair]
    duration = int(tables.duration[solution])
    who = tables.municipality[pair]
    left = tables.capacity[who] - state.load[who]
    for quarter in quarters[np.argsort(-value[quarters], kind="stable")].tolist():
        if (left[quarter : quarter + duration] >= tables.load[solution, :duration]).all():
            state.place(pair, quarter)
            return True
    if now >= 0:
        state.place(pair, now)
    return False


def can_start(state: State, pair: int, quarter: int) -> bool:
    """Whether an unplanned pair fits an open cohort in the quarter, and every limit."""
    tables = state.tables
    line = tables.line[pair]
    if (
        not tables.allowed[pair, quarter]
        or state.members[line, quarter] >= state.cohorts[line, quarter] * tables.largest[line]
        or not _fits(state, pair, quarter)
    ):
        return False
    return state.earliest(pair) <= quarter <= state.latest(pair)


def could_start(state: State, pair: int, quarter: int) -> bool:
    """As can_start, when prerequisites that are not placed yet may still be."""
    tables = state.tables
    line = tables.line[pair]
    if (
        not tables.allowed[pair, quarter]
        or state.members[line, quarter] >= state.cohorts[line, quarter] * tables.largest[line]
        or not _fits(state, pair, quarter)
        or quarter > state.latest(pair)
    ):
        return False
    return all(
        state.start[required] == UNPLANNED
        or state.start[required] + tables.duration[tables.solution[required]] <= quarter
        for required in tables.before[pair]
    )


def _fits(state: State, pair: int, quarter: int) -> bool:
    """Whether the starts and the load leave room, whatever the cohorts are."""
    tables = state.tables
    vendor = tables.vendor[pair]
    if state.starts[quarter] >= tables.start_limit[quarter]:
        return False
    if vendor >= 0 and state.vendor[vendor, quarter] >= tables.vendor_limit[vendor]:
        return False
    solution = tables.solution[pair]
    end = quarter + int(tables.duration[solution])
    who = tables.municipality[pair]
    left = tables.capacity[who, quarter:end] - state.load[who, quarter:end]
    return bool((left >= tables.load[solution, : end - quarter]).all())


def leaders_left(state: State, line: int, quarter: int) -> int:
    """How many more cohorts of the line the leaders and the parallel limit allow."""
    tables = state.tables
    pool = tables.line_pool[line]
    end = quarter + int(tables.duration[tables.line_solution[line]])
    if pool < 0 or end > tables.horizon:
        return 0
    left = tables.leaders[pool, quarter:end] - state.leaders[pool, quarter:end]
    return int(min(left.min(), tables.parallel[line] - state.cohorts[line, quarter]))


def open_if_possible(state: State, line: int, quarter: int, count: int) -> None:
    if (more := min(count, leaders_left(state, line, quarter))) > 0:
        state.open(line, quarter, more)


def depths(tables: Tables) -> Ints:
    """[P] the length of the longest chain of prerequisites before the pair; rings count as 0."""
    depth = np.zeros(tables.pairs, dtype=np.int64)
    for _ in range(len(tables.duration)):
        for pair, required in enumerate(tables.before):
            if required:
                depth[pair] = min(len(tables.duration), 1 + max(int(depth[r]) for r in required))
    return depth


def remove_with_waiting(state: State, pair: int) -> None:
    """Out of the plan, and with it every run that waits for it."""
    gone = [pair]
    while gone:
        one = gone.pop()
        if state.start[one] >= 0:
            state.remove(one)
            gone.extend(state.tables.after[one])


def close_small_cohorts(state: State) -> None:
    """Every cohort gets its minimum, from those who could come, or is dissolved."""
    tables = state.tables
    while True:
        small = np.argwhere(state.members < state.cohorts * tables.smallest[:, None])
        if not len(small):
            return
        line, quarter = map(int, small[0])
        smallest = int(tables.smallest[line])
        while state.members[line, quarter] < state.cohorts[line, quarter] * smallest:
            members = int(state.members[line, quarter])
            fewest = -(-members // int(tables.largest[line]))
            if state.cohorts[line, quarter] > max(1, fewest):
                state.open(line, quarter, -1)
                continue
            if not _draw(state, line, quarter, smallest - members):
                locked = tables.members[line]
                locked = locked[(tables.lock[locked] == quarter)]
                if len(locked):
                    return  # a lock cannot be dissolved: this is no feasible plan
                for pair in tables.members[line][state.start[tables.members[line]] == quarter]:
                    remove_with_waiting(state, int(pair))
                state.open(line, quarter, -int(state.cohorts[line, quarter]))


def _draw(state: State, line: int, quarter: int, wanted: int) -> bool:
    """Bring this many more members into a cohort, unplanned first; all or none."""
    drawn = 0
    found = _candidates(state, state.tables.members[line], quarter)
    for pair in found[np.argsort(-state.tables.value[found, quarter], kind="stable")].tolist():
        if drawn == wanted:
            break
        if _fits(state, pair, quarter) and state.earliest(pair) <= quarter <= state.latest(pair):
            state.place(pair, quarter)
            drawn += 1
    return drawn == wanted


def place_locks(state: State, *, but: int = -1) -> None:
    """Locked starts, but one perhaps, with as few cohorts as hold them."""
    tables = state.tables
    for pair in np.nonzero(tables.lock >= 0)[0].tolist():
        if pair != but:
            state.place(pair, int(tables.lock[pair]))
    for line, quarter in zip(*np.nonzero(state.members), strict=True):
        members = int(state.members[line, quarter])
        state.open(int(line), int(quarter), -(-members // int(tables.largest[line])))
    close_small_cohorts(state)


def carry_over(state: State, wanted: Ints) -> None:
    """As many of the wanted starts as the limits still allow; [P], -1 for none."""
    tables = state.tables
    depth = depths(tables)
    counts = np.zeros_like(state.members)
    for line in range(tables.lines):
        at = wanted[tables.members[line]]
        counts[line] = np.bincount(at[at >= 0], minlength=tables.horizon)
    need = -(-counts // np.maximum(1, tables.largest)[:, None])
    for line, quarter in np.argwhere(need > state.cohorts).tolist():
        open_if_possible(
            state, line, quarter, int(need[line, quarter] - state.cohorts[line, quarter])
        )
    pairs = np.nonzero((wanted >= 0) & (state.start == UNPLANNED))[0]
    worth = tables.value[pairs, wanted[pairs]]
    for pair in pairs[np.lexsort((-worth, depth[pairs]))].tolist():
        if can_start(state, pair, int(wanted[pair])):
            state.place(pair, int(wanted[pair]))
    close_small_cohorts(state)


def complete(state: State, *, stop: Stop = never) -> None:
    """Fill what is open, open what gives something, and fill again."""
    fill(state, stop=stop)
    greedy(state, stop=stop)
    fill(state, stop=stop)


def first_plan(tables: Tables, wanted: Ints | None = None, *, stop: Stop = never) -> State:
    """The better of a plan made anew and one that keeps the wanted starts.

    Feasible unless the locked starts make cohorts that nobody fills (see search).
    """
    state = State(tables)
    place_locks(state)
    fresh = state.copy()
    if wanted is not None:
        carry_over(state, wanted)
        complete(state, stop=stop)
        if stop():
            return state
    greedy(fresh, stop=stop)
    fill(fresh, stop=stop)
    if wanted is None or fresh.objective > state.objective:
        return fresh
    return state
