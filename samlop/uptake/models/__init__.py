"""Tables of uptake, one topic per module."""

from samlop.uptake.models.stage import StageDefinition, StageEvent

__all__ = ["StageDefinition", "StageEvent"]
