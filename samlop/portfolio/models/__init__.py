"""Tables of the portfolio, one topic per module."""

from samlop.portfolio.models.solution import Offer, PhaseEvent, Solution

__all__ = ["Offer", "PhaseEvent", "Solution"]
