"""Pages of how far vendors have come."""
