"""Small problems for tests: one by hand whose answer can be seen, and any number by lot."""

import random
from typing import Any

from samlop.planner.engine import rollout1
from samlop.planner.engine.problem import Problem

QUARTERS = 4


def two_municipalities(**changes: Any) -> dict[str, Any]:
    """Two municipalities in one county, one solution of two quarters, room for everyone.

    Each is worth 5 x 10 per quarter in use; started in quarter 0, in use from 2 to 4 + 1 = 5.
    """
    problem: dict[str, Any] = {
        "format": "rollout-1",
        "name": "two",
        "seed": 0,
        "horizon": QUARTERS,
        "tail": 1,
        "now": 0,
        "weights": {"dev": 1, "out": 3, "lag": 0, "fair_pct": 90, "stab": 7},
        "checkpoints": [4],
        "national_leaders": [1] * QUARTERS,
        "nhn_starts": [2] * QUARTERS,
        "counties": [{"id": "c", "leaders": [1] * QUARTERS}],
        "municipalities": [
            {
                "id": one,
                "county": "c",
                "population": 5000,
                "weight": 10,
                "epj": "e",
                "vft": "v",
                "capacity": [2] * QUARTERS,
                "blackout": [],
            }
            for one in ("m1", "m2")
        ],
        "solutions": [
            {
                "id": "s",
                "track": "A",
                "key": "country",
                "duration": 2,
                "load": [2, 1],
                "benefit": 5,
                "requires": [],
                "vendor": None,
                "release": {},
                "vendor_starts": {},
                "min": 2,
                "max": 2,
                "parallel": 1,
                "cost": 20,
            }
        ],
        "introduced": [],
        "declined": [],
        "wishes": [],
        "locked": [],
        "communicated": [],
    }
    problem.update(changes)
    return problem


def by_lot(seed: int, *, municipalities: int = 10, horizon: int = 6) -> dict[str, Any]:
    """A problem where every kind of limit is there, and many bind."""
    draw = random.Random(seed)
    counties = ["c1", "c2"][: draw.choice([1, 2, 2])]
    ids = [f"m{number}" for number in range(draw.randint(2, municipalities))]
    kinds = ["A", "B", "C", "B", "A"]
    solutions: list[dict[str, Any]] = []
    for number, track in enumerate(kinds[: draw.randint(1, len(kinds))]):
        duration = draw.randint(1, 3)
        smallest = draw.randint(0, 3)
        vendor = draw.choice(["epj", "vft", None]) if track != "B" else draw.choice(["epj", None])
        solutions.append(
            {
                "id": f"s{number}",
                "track": track,
                "key": {
                    "A": "country",
                    "B": "county",
                    "C": draw.choice(["epj", "vft", "county"]),
                }[track],
                "duration": duration,
                "load": [draw.randint(0, 2) for _ in range(duration)],
                "benefit": draw.randint(0, 9),
                "requires": [f"s{other}" for other in range(number) if draw.random() < 0.3],
                "vendor": vendor,
                "release": {v: draw.randint(0, 2) for v in ("v1", "v2") if draw.random() < 0.85},
                "vendor_starts": {
                    v: draw.randint(0, 3) for v in ("v1", "v2") if draw.random() < 0.5
                },
                "min": smallest,
                "max": smallest + draw.randint(1, 4),
                "parallel": draw.randint(0, 2) if draw.random() < 0.2 else draw.randint(1, 2),
                "cost": draw.randint(0, 30),
            }
        )
    pairs = [(m, s["id"]) for m in ids for s in solutions]
    settled = {pair: draw.random() for pair in pairs}
    duration_of = {s["id"]: s["duration"] for s in solutions}
    wishes = []
    for m, s in pairs:
        if draw.random() < 0.4:
            first = draw.randrange(horizon)
            wishes.append(
                {
                    "m": m,
                    "s": s,
                    "quarter": draw.randrange(horizon),
                    "from": first,
                    "to": draw.randint(first, horizon),
                }
            )
    return {
        "format": "rollout-1",
        "name": f"lot-{seed}",
        "seed": seed,
        "horizon": horizon,
        "tail": draw.randint(0, 4),
        "now": draw.choice([0, 0, 1]),
        "weights": {
            "dev": draw.randint(0, 3),
            "out": draw.randint(0, 5),
            "lag": draw.choice([0, 10, 40]),
            "fair_pct": draw.choice([50, 90, 100]),
            "stab": draw.choice([0, 15]),
        },
        "checkpoints": sorted(draw.sample(range(1, horizon + 1), 2)),
        "national_leaders": [draw.randint(0, 3) for _ in range(horizon)],
        "nhn_starts": [draw.randint(1, 6) for _ in range(horizon)],
        "counties": [
            {"id": c, "leaders": [draw.randint(0, 2) for _ in range(horizon)]} for c in counties
        ],
        "municipalities": [
            {
                "id": m,
                "county": draw.choice(counties),
                "population": draw.randint(200, 50_000),
                "weight": draw.randint(1, 12),
                "epj": draw.choice(["v1", "v2"]),
                "vft": draw.choice(["v1", "v2"]),
                "capacity": [draw.randint(0, 4) for _ in range(horizon)],
                "blackout": sorted(draw.sample(range(horizon), draw.choice([0, 0, 0, 1, 2]))),
            }
            for m in ids
        ],
        "solutions": solutions,
        "introduced": [list(pair) for pair in pairs if settled[pair] < 0.12],
        "declined": [list(pair) for pair in pairs if settled[pair] > 0.95],
        "wishes": wishes,
        "locked": [],
        "communicated": [
            [m, s, draw.randrange(max(1, horizon - duration_of[s]))]
            for m, s in pairs
            if draw.random() < 0.1
        ],
    }


def problem(**changes: Any) -> Problem:
    return rollout1.problem_of(two_municipalities(**changes))


def problem_by_lot(seed: int, *, municipalities: int = 10, horizon: int = 6) -> Problem:
    return rollout1.problem_of(by_lot(seed, municipalities=municipalities, horizon=horizon))
