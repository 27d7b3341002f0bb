"""Lists of people from outside, read into plain values before anything is changed."""
