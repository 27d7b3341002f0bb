"""Files of figures in: read, seen, taken in, and undone."""
