"""The planning engine: a problem in, a plan and a proof of how good it is out.

No Django, no database, no clock but the one that limits a search. Import what you use from its
module: `problem`, `plan`, `rollout1`, `checking`, `search`, `explain`, `diagnosis`, `whatif`,
`robustness`, `generate`. Only `search`, `explain`, `diagnosis` and `whatif` load a solver.
"""
