"""Questions to the portfolio across models, one topic per module."""
