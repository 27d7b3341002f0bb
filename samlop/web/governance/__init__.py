"""Pages of bodies, cases and decisions."""
