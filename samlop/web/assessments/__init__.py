"""Measuring a solution by the criteria: answers, what they show, and what the body thinks."""
