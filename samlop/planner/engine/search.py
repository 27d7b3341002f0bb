"""solve: a first plan at once, then better ones and a better bound until a limit is reached.

The calling thread directs: it hands out parts of the plan to be solved anew, takes answers in,
asks `stop`, and reports. With `work` the answers are taken in the order they were handed out, each
part handed out from the plan two answers earlier, so that the plan does not depend on which of
them was ready first or on how many there were to do it.
"""

import math
import queue
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent import futures
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from samlop.planner.engine import (
    checking,
    construct,
    diagnosis,
    dive,
    lp_client,
    prices,
    proof,
    relaxation,
)
from samlop.planner.engine.limits import Loosening
from samlop.planner.engine.neighbourhoods import Chooser, PartKind
from samlop.planner.engine.plan import Plan
from samlop.planner.engine.problem import Problem
from samlop.planner.engine.state import State
from samlop.planner.engine.subproblem import Cancel, Part, Subproblem
from samlop.planner.engine.tables import Ints, Tables, tables_of

POLL: Final = 0.1
SMALL_ENOUGH_TO_PROVE: Final = 2_500
"""Start columns up to which the whole is given to branch and bound."""
TOO_SMALL_TO_RELAX: Final = 300
"""Start columns up to which CP-SAT has proven the whole before another process has begun."""
ENOUGH_TO_DIVE: Final = 0.005
"""A hundred steps of pricing that lower the bound by less than this part are enough for a plan."""
STEPS_BEFORE_PROVING: Final = 6.0
"""Work on parts before the proof where one worker must do both: the proof looks for the best
bound first, and good plans come late in it."""
SHARE_BEFORE_PROVING: Final = 0.2
EFFORT_WHEN_SMALL: Final = 2.5
"""A part of a small problem is much of the whole: it gets the time to move a whole calendar."""
IN_FLIGHT: Final = 2
LEAST_STEPS: Final = 0.02
"""A part costs at least this, so that a budget of work always comes to an end."""
LAST_WAIT: Final = 0.3
"""Seconds to wait for a thread that has been told to end; one that is slower ends by itself."""
DIVE_SHARE: Final = 0.6
"""Of a budget of work, what the linear programme may use."""
PROOF_SHARE: Final = 0.8
"""Of what is left of it after that, what branch and bound may use."""


class Status(StrEnum):
    OPTIMAL = "optimal"
    FEASIBLE = "feasible"
    INFEASIBLE = "infeasible"


class Phase(StrEnum):
    FIRST = "first"
    IMPROVING = "improving"
    RELAXATION = "relaxation"
    PROVING = "proving"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the search has come."""

    seconds: float
    phase: Phase
    objective: int
    bound: int

    @property
    def gap(self) -> float:
        return gap_of(self.objective, self.bound)


@dataclass(frozen=True, slots=True)
class Result:
    """The best plan found and what is proven about it; no plan when the locks contradict."""

    status: Status
    plan: Plan | None
    objective: checking.Objective | None
    bound: int | None
    trace: tuple[Progress, ...]
    steps: float
    """Deterministic work spent."""
    diagnosis: tuple[Loosening, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def gap(self) -> float | None:
        if self.objective is None or self.bound is None:
            return None
        return gap_of(self.objective.total, self.bound)


def gap_of(objective: int, bound: int) -> float:
    """The part of the bound that is not proven reached."""
    if bound <= objective:
        return 0.0
    return (bound - objective) / max(1, abs(bound))


def solve(
    problem: Problem,
    *,
    seconds: float | None = None,
    work: float | None = None,
    seed: int = 0,
    workers: int = 2,
    start: Plan | None = None,
    stop: Callable[[], bool] | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    on_plan: Callable[[Callable[[], Plan | None]], None] | None = None,
) -> Result:
    """The best plan within the limits.

    `on_plan` is called when there is a better plan, with what makes it: naming and checking a
    plan takes time, so it is done for those who will use it.

    `work` counts deterministic steps, about a second of one processor each: with it alone, the same
    problem, seed and start give the same plan everywhere. At least one limit is needed.
    """
    if seconds is None and work is None:
        raise ValueError("solve needs a limit: seconds, work or both")
    if workers < 1:
        raise ValueError("solve needs at least one worker")
    return _Search(
        problem,
        seconds=seconds,
        work=work,
        seed=seed,
        workers=workers,
        start=start,
        stop=stop or construct.never,
        on_progress=on_progress,
        on_plan=on_plan,
    ).run()


@dataclass(frozen=True, slots=True)
class _Task:
    """A part handed out, and the plan it was taken from."""

    kind: PartKind
    pairs: Ints
    base: State
    seed: int
    steps: float


class _Search:
    def __init__(
        self,
        problem: Problem,
        *,
        seconds: float | None,
        work: float | None,
        seed: int,
        workers: int,
        start: Plan | None,
        stop: Callable[[], bool],
        on_progress: Callable[[Progress], None] | None,
        on_plan: Callable[[Callable[[], Plan | None]], None] | None,
    ) -> None:
        self.began = time.monotonic()
        self.problem = problem
        self.work = work
        self.seed = seed
        self.workers = workers
        self.asked_to_stop = stop
        self.on_progress = on_progress
        self.on_plan = on_plan
        self.deadline = None if seconds is None else self.began + seconds
        self.start = start
        self.steps = 0.0
        self.trace: list[Progress] = []
        self.phase = Phase.FIRST
        self.cancel = Cancel()
        self.programme: lp_client.LinearProgramme | None = None
        self.news: queue.SimpleQueue[dive.News | None] = queue.SimpleQueue()
        self.diving = False
        self.ending = threading.Event()
        self.dive_thread: threading.Thread | None = None
        self.handed_out = 0

    def run(self) -> Result:
        tables = tables_of(self.problem)
        self.tables = tables
        if tables.impossible_locks:
            return self._infeasible()
        wanted = _wanted(tables, self.start)
        self.replanning = wanted is not None
        state = construct.first_plan(tables, wanted, stop=self._should_stop)
        if not state.is_feasible():
            repaired = self._repair(state)
            if repaired is None:
                return self._infeasible()
            state = repaired
        self.best = state
        self.best_objective = state.objective
        self.bound = _first_bound(tables)
        self._tell(Phase.FIRST)
        self._offer()
        naming = time.monotonic()
        self.safe = self._verified(state)
        if self.deadline is not None:
            # What naming and checking the last plan will take is kept back.
            self.deadline -= 1.5 * (time.monotonic() - naming) + 0.02
        try:
            if not self._finished():
                self._improve()
        finally:
            self._end()
        self._tell(Phase.DONE)
        plan = self._verified(self.best) or self.safe
        objective = checking.objective(self.problem, plan) if plan is not None else None
        return Result(
            status=Status.OPTIMAL if self.best_objective >= self.bound else Status.FEASIBLE,
            plan=plan,
            objective=objective,
            bound=self.bound,
            trace=tuple(self.trace),
            steps=self.steps,
            warnings=self.problem.warnings,
        )

    def _verified(self, state: State) -> Plan | None:
        """The plan by name, with its objective; None if the checker finds anything at all."""
        plan = state.plan()
        if checking.violations(self.problem, plan):
            return None
        total = checking.objective(self.problem, plan).total
        return Plan(plan.instance, plan.cohorts, total)

    def _infeasible(self) -> Result:
        return Result(
            status=Status.INFEASIBLE,
            plan=None,
            objective=None,
            bound=None,
            trace=tuple(self.trace),
            steps=self.steps,
            diagnosis=diagnosis.diagnose(self.problem),
            warnings=self.problem.warnings,
        )

    def _repair(self, state: State) -> State | None:
        """Full cohorts around the locked starts, by search; None when there are none."""
        empty = State(self.tables)
        for pair in np.nonzero(self.tables.lock >= 0)[0].tolist():
            empty.place(pair, int(self.tables.lock[pair]))
        part = Subproblem(empty, np.nonzero(self.tables.allowed.any(axis=1))[0]).solve(
            seconds=self._seconds_left(), steps=1e9, seed=self.seed, cancel=self.cancel, first=True
        )
        if part is None:
            return None
        return State.of(self.tables, part.whole_start(empty), part.whole_cohorts(empty))

    # Limits

    def _seconds_left(self) -> float:
        return 1e9 if self.deadline is None else self.deadline - time.monotonic()

    def _work_left(self) -> float:
        return 1e9 if self.work is None else self.work - self.steps

    def _should_stop(self) -> bool:
        return self._seconds_left() <= 0 or self.asked_to_stop()

    def _finished(self) -> bool:
        return self.best_objective >= self.bound or self._work_left() <= 0 or self._should_stop()

    # News

    def _tell(self, phase: Phase) -> None:
        self.phase = phase
        progress = Progress(time.monotonic() - self.began, phase, self.best_objective, self.bound)
        self.trace.append(progress)
        if self.on_progress is not None:
            self.on_progress(progress)

    def _better(self, state: State) -> bool:
        objective = state.objective
        if objective <= self.best_objective or not state.is_feasible():
            return False
        self.best = state
        self.best_objective = objective
        self._tell(self.phase)
        self._offer()
        return True

    def _offer(self) -> None:
        if self.on_plan is not None:
            best = self.best
            self.on_plan(lambda: self._verified(best))

    def _lower(self, bound: float) -> None:
        whole = int(np.floor(bound))
        if whole < self.bound:
            # Rounding of another's arithmetic must not make us claim more than we reached.
            self.bound = max(whole, self.best_objective)
            self._tell(self.phase)

    # The search

    def _improve(self) -> None:
        columns = int(self.tables.allowed.sum())
        self.phase = Phase.IMPROVING
        small = columns <= SMALL_ENOUGH_TO_PROVE
        effort = EFFORT_WHEN_SMALL if small else 1.0
        self.chooser = Chooser(self.tables, self.seed, effort=effort)
        ordered = self.work is not None
        pricing = not small and (
            not ordered or self._work_left() * DIVE_SHARE > prices.expected_steps(self.tables)
        )
        relaxing = (
            small
            and columns > TOO_SMALL_TO_RELAX
            and (not ordered or self._dive_is_affordable(columns))
        )
        if pricing or relaxing:
            self._begin_dive(
                pricing=pricing,
                relaxing=relaxing,
            )
            if ordered or small or self.workers == 1:
                self._await_dive(Phase.RELAXATION)
        with futures.ThreadPoolExecutor(max_workers=max(self.workers, 1)) as pool:
            try:
                if relaxing and not self._finished():
                    if ordered or self.workers == 1:
                        enough = min(STEPS_BEFORE_PROVING, SHARE_BEFORE_PROVING * self._work_left())
                        self._large_neighbourhoods(pool, ordered=ordered, steps=enough)
                        if not self._finished():
                            self._begin_proof()
                            self._await_dive(Phase.PROVING)
                    else:
                        # One worker proves, the others look for plans: each helps the other.
                        self._begin_proof()
                        self._tell(Phase.PROVING)
                elif small and not self._finished():
                    self._prove_at_once()
                self._large_neighbourhoods(pool, ordered=ordered)
            finally:
                self.cancel.cancel()

    def _dive_is_affordable(self, columns: int) -> bool:
        """Judged by size alone, so that it is judged alike everywhere."""
        return self._work_left() * DIVE_SHARE > columns * 2e-3

    def _begin_dive(self, *, pricing: bool, relaxing: bool) -> None:
        known = self.best

        def dive() -> None:
            if pricing:
                self._dive_by_prices(known)
            if relaxing and self._dive_may_go_on():
                self._dive_by_relaxation()

        self._begin_beside(dive, DIVE_SHARE)

    def _begin_proof(self) -> None:
        def prove() -> None:
            if self.programme is not None:
                proof.prove(
                    self.programme,
                    best=lambda: self.best_objective,
                    tell=self._told,
                    enough=lambda: not self._dive_may_go_on(),
                )

        self._begin_beside(prove, PROOF_SHARE)

    def _begin_beside(self, run: Callable[[], None], share: float) -> None:
        """In a thread of its own: everything it finds goes through the queue."""

        def until_ended() -> None:
            try:
                run()
            except lp_client.Ended:
                pass
            finally:
                self.news.put(None)

        self.diving = True
        self.dive_steps = 0.0
        self.dive_budget = share * self._work_left()
        self.dive_thread = threading.Thread(target=until_ended, daemon=True)
        self.dive_thread.start()

    def _told(self, news: dive.News) -> None:
        self.dive_steps += news.steps
        self.news.put(news)

    def _dive_may_go_on(self) -> bool:
        return not self.ending.is_set() and self.dive_steps <= self.dive_budget

    def _empty(self) -> State:
        state = State(self.tables)
        construct.place_locks(state)
        return state

    def _dive_by_prices(self, known: State) -> None:
        def told(bound: float, steps: float) -> bool:
            self._told(dive.News(steps, bound=bound if np.isfinite(bound) else None))
            return self._dive_may_go_on()

        diver = prices.Diver(known, self._empty, told)
        if self.replanning:
            # A plan made anew is far from what has been communicated: only the bound is of use.
            diver.lower_the_bound(ENOUGH_TO_DIVE)
            return
        for enough in (ENOUGH_TO_DIVE, 0.0):
            if not diver.lower_the_bound(enough):
                return
            state = diver.plan()
            if state is None:
                return
            diver.reached = max(diver.reached, state.objective)
            self._told(dive.News(0.0, state=state))

    def _dive_by_relaxation(self) -> None:
        self.programme = lp_client.LinearProgramme(relaxation.relaxation_of(self.tables))
        if not self.ending.is_set():
            diver = dive.Dive(self.programme, self._told, lambda: not self._dive_may_go_on())
            diver.run(self._empty)

    def _await_dive(self, phase: Phase) -> None:
        self._tell(phase)
        while self.diving and not self._should_stop():
            self._hear(POLL)
        self.phase = Phase.IMPROVING

    def _hear(self, patience: float) -> None:
        """What the dive has found, waiting at most so long for the first of it."""
        try:
            news = self.news.get(timeout=patience) if patience else self.news.get_nowait()
            while True:
                if news is None:
                    self.diving = False
                else:
                    self.steps += news.steps
                    if news.bound is not None:
                        self._lower(news.bound)
                    if news.state is not None:
                        self._better(news.state)
                news = self.news.get_nowait()
        except queue.Empty:
            return

    def _prove_at_once(self) -> None:
        """The whole problem to CP-SAT; its plans and bounds are taken in as they come."""
        self._tell(Phase.PROVING)
        found: queue.SimpleQueue[tuple[Part | None, float | None]] = queue.SimpleQueue()
        ordered = self.work is not None
        pairs = np.nonzero(self.tables.allowed.any(axis=1))[0]
        base = self.best
        whole = Subproblem(base, pairs)
        ended = threading.Event()

        def search() -> None:
            try:
                part = whole.solve(
                    seconds=self._seconds_left(),
                    steps=0.8 * self._work_left(),
                    seed=self.seed,
                    cancel=self.cancel,
                    workers=1 if ordered else self.workers,
                    on_bound=lambda bound: found.put((None, bound)),
                    on_part=lambda part: found.put((part, None)),
                )
                if part is not None:
                    self.steps += part.steps
                    found.put((part, part.bound))
            finally:
                ended.set()

        thread = threading.Thread(target=search, daemon=True)
        thread.start()
        while not (ended.is_set() and found.empty()):
            self._hear(0)
            if self._should_stop() or self.best_objective >= self.bound:
                self.cancel.cancel()
            try:
                part, bound = found.get(timeout=POLL)
            except queue.Empty:
                continue
            if part is not None:
                self._better(
                    State.of(self.tables, part.whole_start(base), part.whole_cohorts(base))
                )
            if bound is not None:
                self._lower(bound)
        thread.join()
        self.phase = Phase.IMPROVING

    def _large_neighbourhoods(
        self, pool: futures.Executor, *, ordered: bool, steps: float = math.inf
    ) -> None:
        """Parts solved anew until the limit, or until so much work has been spent here."""
        pending: deque[tuple[_Task, futures.Future[Part | None]]] = deque()
        until = self.steps + steps
        while not self._finished():
            self._hear(0)
            wanted = IN_FLIGHT if ordered else max(1, self.workers - self.diving)
            if self.steps >= until:
                if not pending:
                    return
                wanted = 0
            while len(pending) < wanted:
                task = self._task()
                if task is None:
                    return
                pending.append((task, pool.submit(self._solve_part, task)))
            if ordered:
                futures.wait([pending[0][1]], timeout=POLL)
                ready = [pending.popleft()] if pending[0][1].done() else []
            else:
                futures.wait(
                    [one for _, one in pending], timeout=POLL, return_when=futures.FIRST_COMPLETED
                )
                ready = [one for one in pending if one[1].done()]
                pending = deque(one for one in pending if not one[1].done())
            for task, future in ready:
                self._take_in(task, future.result())

    def _task(self) -> _Task | None:
        kind, pairs = self.chooser.choose(self.best)
        for _ in range(20):
            if len(pairs):
                break
            kind, pairs = self.chooser.choose(self.best)
        if not len(pairs):
            return None
        self.handed_out += 1
        return _Task(kind, pairs, self.best, self.seed + self.handed_out, self.chooser.allowed)

    def _solve_part(self, task: _Task) -> Part | None:
        if self.cancel.cancelled:
            return None
        ordered = self.work is not None
        standing = task.kind is PartKind.STARTS
        return Subproblem(task.base, task.pairs, on_calendar=standing).solve(
            seconds=1e9 if ordered else min(60.0, self._seconds_left()),
            steps=task.steps,
            seed=task.seed,
            cancel=self.cancel,
        )

    def _take_in(self, task: _Task, part: Part | None) -> None:
        if part is None:
            self.steps += task.steps
            self.chooser.report(task.kind, gain=0, steps=task.steps, optimal=False)
            return
        steps = max(LEAST_STEPS, part.steps)
        self.steps += steps
        before = self.best_objective
        if part.gain > 0:
            state = self.best.copy()
            part.put_into(state)
            self._better(state)
        gain = self.best_objective - before
        self.chooser.report(task.kind, gain=gain, steps=steps, optimal=part.optimal)

    def _end(self) -> None:
        self.ending.set()
        self.cancel.cancel()
        if self.programme is not None:
            self.programme.close()
        if self.dive_thread is not None:
            self.dive_thread.join(timeout=LAST_WAIT)
            if self.programme is not None and not self.dive_thread.is_alive():
                self.programme.release()


def _wanted(tables: Tables, start: Plan | None) -> Ints | None:
    """[P] the starts to keep if we can: the given plan's, or what has been communicated."""
    problem = tables.problem
    given = (
        start.starts()
        if start is not None
        else {one.pair: one.quarter for one in problem.communicated}
    )
    if not given:
        return None
    wanted = np.full(tables.pairs, -1, dtype=np.int64)
    for number in range(tables.pairs):
        quarter = given.get(tables.pair(number), -1)
        if 0 <= quarter < tables.horizon:
            wanted[number] = quarter
    return wanted


def _first_bound(tables: Tables) -> int:
    """Every pair at its best start, as if nothing were shared."""
    worth = np.where(tables.allowed, tables.value, 0).max(axis=1, initial=0)
    return int(np.maximum(worth, 0).sum()) + tables.constant
