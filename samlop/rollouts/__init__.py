"""Joint rollouts: from an honest invitation to the municipality's own decision and its place."""
