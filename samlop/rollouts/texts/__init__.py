"""The words people read for the codes of rollouts, one topic per module."""
