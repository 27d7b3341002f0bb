"""Figures from outside, as dataclasses, one format per module."""
