"""Complete changes to the portfolio, one topic per module."""
