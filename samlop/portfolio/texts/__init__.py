"""The words people read for the portfolio's codes, one topic per module."""
