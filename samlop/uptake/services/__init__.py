"""Complete changes to uptake, one topic per module."""
