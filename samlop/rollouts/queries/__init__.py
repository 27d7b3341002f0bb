"""Questions across the tables of rollouts, one topic per module."""
