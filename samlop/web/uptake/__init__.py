"""How far municipalities have come: of a solution, and of a municipality."""
