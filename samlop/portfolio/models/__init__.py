"""Tables of the portfolio, one topic per module."""

from samlop.portfolio.models.readiness import ReadinessEvent, ReadinessLink
from samlop.portfolio.models.solution import Offer, PhaseEvent, Solution

__all__ = ["Offer", "PhaseEvent", "ReadinessEvent", "ReadinessLink", "Solution"]
