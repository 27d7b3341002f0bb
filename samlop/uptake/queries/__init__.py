"""Questions to uptake across models, one topic per module."""
