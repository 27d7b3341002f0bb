"""Complete changes to rollouts, one topic per module."""
