"""Pages of the register of vendors and products."""
