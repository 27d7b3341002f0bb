"""Tables of uptake, one topic per module."""

from samlop.uptake.models.card import CarryDecision, HindranceReport, QuarterCard
from samlop.uptake.models.stage import StageDefinition, StageEvent

__all__ = ["CarryDecision", "HindranceReport", "QuarterCard", "StageDefinition", "StageEvent"]
