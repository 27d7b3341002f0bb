"""Samløp: the shared workplace for joint rollouts of e-health solutions in Norway."""
