"""Why there is no plan: the fewest limits that must give for the locked starts to fit together.

Without locked starts the empty plan keeps every rule, so only they can contradict. Every limit
gets a named slack; CP-SAT looks for the fewest limits, then the fewest units, such that the locked
runs fit. A lock that no number can save (the run is declined, or ends after the horizon) is given
up and named instead. Infeasibility cores are not used: they do not explain sums.
"""

from collections import defaultdict
from typing import Final

from ortools.sat.python import cp_model

from samlop.planner.engine.limits import Limit, LimitKind, Loosening
from samlop.planner.engine.problem import Pair, Problem, Start

GIVE_UP: Final = 100_000
PER_LIMIT: Final = 100
SECONDS: Final = 20.0

Term = tuple[cp_model.IntVar, int]


def diagnose(problem: Problem) -> tuple[Loosening, ...]:
    """The smallest set found; empty when the locked starts do not contradict anything."""
    return _Elastic(problem).solved()


class _Elastic:
    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.model = cp_model.CpModel()
        self.slack: dict[Limit, cp_model.IntVar] = {}
        self.run: dict[tuple[Pair, int], cp_model.IntVar] = {}
        self.given_up: dict[Start, tuple[cp_model.IntVar, LimitKind]] = {}
        self.spots: set[tuple[str, str, int]] = set()
        self._locked_runs()
        self._company()
        self._prerequisites()
        self._own_limits()
        self._sums()
        self._cohorts()

    def solved(self) -> tuple[Loosening, ...]:
        cost: list[cp_model.LinearExprT] = []
        for slack in self.slack.values():
            used = self.model.new_bool_var("")
            self.model.add(slack == 0).only_enforce_if(~used)
            cost += [PER_LIMIT * used, slack]
        cost += [GIVE_UP * lost for lost, _ in self.given_up.values()]
        self.model.minimize(sum(cost))
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.max_time_in_seconds = SECONDS
        if solver.solve(self.model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return ()
        found = [
            Loosening(limit, solver.value(slack))
            for limit, slack in self.slack.items()
            if solver.value(slack)
        ]
        found += [
            Loosening(
                Limit(
                    kind,
                    municipality=lock.municipality,
                    solution=lock.solution,
                    quarter=lock.quarter,
                ),
                1,
            )
            for lock, (lost, kind) in self.given_up.items()
            if solver.value(lost)
        ]
        return tuple(found)

    def _give(self, limit: Limit, most: int) -> cp_model.IntVar:
        if limit not in self.slack:
            self.slack[limit] = self.model.new_int_var(0, max(0, most), "")
        return self.slack[limit]

    def _spot(self, pair: Pair, quarter: int) -> tuple[str, str, int]:
        return pair[1], self.problem.group(pair[1], pair[0]) or "", quarter

    def _locked_runs(self) -> None:
        problem = self.problem
        for lock in problem.locked:
            kept = self.model.new_bool_var("")
            lost = self.model.new_bool_var("")
            self.model.add(kept + lost == 1)
            self.run[lock.pair, lock.quarter] = kept
            solution = problem.solution[lock.solution]
            kind = LimitKind.PREREQUISITE
            hopeless = True
            if lock.pair in problem.introduced_pairs:
                kind = LimitKind.INTRODUCED
            elif lock.pair in problem.declined_pairs:
                kind = LimitKind.DECLINED
            elif lock.quarter + solution.duration > problem.horizon:
                kind = LimitKind.HORIZON
            elif problem.group(lock.solution, lock.municipality) is None:
                kind = LimitKind.GROUP
            else:
                hopeless = False
                self.spots.add(self._spot(lock.pair, lock.quarter))
            if hopeless:
                self.model.add(kept == 0)
            self.given_up[lock] = (lost, kind)

    def _company(self) -> None:
        """Those who could fill the cohorts of locked runs, and the prerequisites of these."""
        problem = self.problem
        wanted = set(self.spots)
        for lock in problem.locked:
            for required in problem.solution[lock.solution].requires:
                pair = (lock.municipality, required)
                last = lock.quarter - problem.solution[required].duration
                if pair not in problem.introduced_pairs and pair not in problem.lock:
                    group = problem.group(required, lock.municipality) or ""
                    wanted |= {(required, group, at) for at in range(problem.now, last + 1)}
        at_line: dict[tuple[str, str], list[int]] = defaultdict(list)
        for solution, group, quarter in wanted:
            if quarter >= problem.now:
                at_line[solution, group].append(quarter)
        self.spots = wanted
        for pair in problem.eligible():
            home = problem.group(pair[1], pair[0])
            if home is None or pair in problem.lock:
                continue
            own = [
                self.run.setdefault((pair, quarter), self.model.new_bool_var(""))
                for quarter in at_line.get((pair[1], home), ())
                if self._could_join(pair, quarter)
            ]
            if len(own) > 1:
                self.model.add_at_most_one(own)

    def _could_join(self, pair: Pair, quarter: int) -> bool:
        problem = self.problem
        municipality, solution = problem.municipality[pair[0]], problem.solution[pair[1]]
        if quarter + solution.duration > problem.horizon:
            return False
        if any(quarter + at in municipality.blackout for at in range(solution.duration)):
            return False
        if solution.vendor_grouping is not None:
            vendor = problem.groupings[solution.vendor_grouping].get(pair[0], "")
            if solution.release.get(vendor, problem.horizon) > quarter:
                return False
        for required in solution.requires:
            before = (pair[0], required)
            if before in problem.introduced_pairs:
                continue
            at = problem.lock.get(before)
            if at is None or at + problem.solution[required].duration > quarter:
                return False
        return True

    def _prerequisites(self) -> None:
        problem = self.problem
        for lock in problem.locked:
            kept = self.run[lock.pair, lock.quarter]
            for required in problem.solution[lock.solution].requires:
                pair = (lock.municipality, required)
                if pair in problem.introduced_pairs:
                    continue
                last = lock.quarter - problem.solution[required].duration
                done = [
                    run
                    for (one, quarter), run in self.run.items()
                    if one == pair and quarter <= last
                ]
                self.model.add(kept <= sum(done))

    def _own_limits(self) -> None:
        """Blackout and release of locked runs."""
        problem = self.problem
        for lock in problem.locked:
            kept = self.run[lock.pair, lock.quarter]
            solution = problem.solution[lock.solution]
            for quarter in range(lock.quarter, lock.quarter + solution.duration):
                if quarter in problem.municipality[lock.municipality].blackout:
                    limit = Limit(
                        LimitKind.BLACKOUT, municipality=lock.municipality, quarter=quarter
                    )
                    self.model.add(self._give(limit, 1) >= kept)
            if solution.vendor_grouping is not None:
                vendor = problem.groupings[solution.vendor_grouping].get(lock.municipality, "")
                late = solution.release.get(vendor, problem.horizon) - lock.quarter
                if late > 0:
                    limit = Limit(
                        LimitKind.RELEASE,
                        solution=solution.id,
                        grouping=solution.vendor_grouping,
                        group=vendor,
                    )
                    self.model.add(self._give(limit, problem.horizon) >= late * kept)

    def _sums(self) -> None:
        """Load, national starts and vendor starts, over locked runs and their company."""
        problem = self.problem
        load: dict[Limit, list[Term]] = defaultdict(list)
        for ((municipality, solution_id), start), run in self.run.items():
            solution = problem.solution[solution_id]
            if start + solution.duration > problem.horizon:
                continue
            for quarter, work in enumerate(solution.load, start):
                limit = Limit(LimitKind.CAPACITY, municipality=municipality, quarter=quarter)
                load[limit].append((run, work))
            load[Limit(LimitKind.NATIONAL_STARTS, quarter=start)].append((run, 1))
            if solution.vendor_grouping is not None:
                vendor = problem.groupings[solution.vendor_grouping].get(municipality)
                if vendor is not None and vendor in solution.vendor_starts:
                    limit = Limit(
                        LimitKind.VENDOR_STARTS,
                        solution=solution_id,
                        grouping=solution.vendor_grouping,
                        group=vendor,
                    )
                    # One number for every quarter, so one slack, but a row for each quarter.
                    row = Limit(limit.kind, "", limit.solution, limit.grouping, limit.group, start)
                    load[row].append((run, 1))
        for limit, terms in load.items():
            there = self._there(limit)
            total = sum(weight for _, weight in terms)
            if total > there:
                name = limit
                if limit.kind is LimitKind.VENDOR_STARTS:
                    name = Limit(limit.kind, "", limit.solution, limit.grouping, limit.group)
                used = sum(weight * run for run, weight in terms)
                self.model.add(used <= there + self._give(name, total))

    def _there(self, limit: Limit) -> int:
        problem = self.problem
        if limit.kind is LimitKind.CAPACITY:
            return problem.municipality[limit.municipality].capacity[limit.quarter]
        if limit.kind is LimitKind.NATIONAL_STARTS:
            return problem.start_limit[limit.quarter]
        return problem.solution[limit.solution].vendor_starts[limit.group]

    def _cohorts(self) -> None:
        problem = self.problem
        members: dict[tuple[str, str, int], list[cp_model.IntVar]] = defaultdict(list)
        for (pair, quarter), run in self.run.items():
            members[self._spot(pair, quarter)].append(run)
        leaders: dict[tuple[str, str, int], list[cp_model.IntVar]] = defaultdict(list)
        for spot in sorted(self.spots):
            solution_id, group, start = spot
            solution = problem.solution[solution_id]
            runs = members[spot]
            if not runs or start + solution.duration > problem.horizon:
                continue
            smallest = problem.smallest_cohort(solution_id, group)
            most = len(runs)
            fewer = self._give(
                Limit(LimitKind.COHORT_MINIMUM, solution=solution_id), solution.smallest
            )
            more = self._give(Limit(LimitKind.COHORT_MAXIMUM, solution=solution_id), most)
            size = sum(runs)
            counts = []
            for count in range(most + 1):
                is_count = self.model.new_bool_var("")
                self.model.add(size >= count * (smallest - fewer)).only_enforce_if(is_count)
                self.model.add(size >= count).only_enforce_if(is_count)
                self.model.add(size <= count * (solution.largest + more)).only_enforce_if(is_count)
                counts.append(is_count)
            self.model.add_exactly_one(counts)
            cohorts = sum(count * one for count, one in enumerate(counts))
            extra = self._give(Limit(LimitKind.PARALLEL, solution=solution_id), most)
            self.model.add(cohorts <= solution.parallel + extra)
            number = self.model.new_int_var(0, most, "")
            self.model.add(number == cohorts)
            lender = problem.leader_group.get((solution_id, group), "")
            for quarter in range(start, start + solution.duration):
                leaders[solution.leader_grouping, lender, quarter].append(number)
        for (grouping, group, quarter), numbers in leaders.items():
            pool = problem.leaders.get((grouping, group))
            there = pool[quarter] if pool is not None else 0
            limit = Limit(LimitKind.LEADERS, grouping=grouping, group=group, quarter=quarter)
            self.model.add(sum(numbers) <= there + self._give(limit, len(problem.locked) + 1))
