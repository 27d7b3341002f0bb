"""Uptake as papers, one topic per module."""
