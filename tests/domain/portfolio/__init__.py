"""Tests of the portfolio: its tables, changes and questions."""
