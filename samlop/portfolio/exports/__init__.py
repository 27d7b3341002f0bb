"""The portfolio as files, one topic per module."""
