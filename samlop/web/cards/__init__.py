"""Pages of the A/B/C card: what is suggested, what was chosen, and who is left out under C."""
