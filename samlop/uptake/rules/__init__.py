"""Decisions of uptake on plain values, one topic per module."""
