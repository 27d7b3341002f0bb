"""Bodies, their members, the cases they treat and what they decide."""
