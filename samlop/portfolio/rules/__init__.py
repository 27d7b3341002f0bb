"""Decisions of the portfolio on plain values, one topic per module."""
