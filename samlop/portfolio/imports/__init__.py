"""Files from outside, read into plain values, one topic per module."""
