"""The words people read for the codes of uptake, one topic per module."""
