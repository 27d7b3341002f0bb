"""Pages of how far each vendor has come with each solution."""
