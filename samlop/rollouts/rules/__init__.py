"""Decisions of rollouts on plain values, one topic per module."""
