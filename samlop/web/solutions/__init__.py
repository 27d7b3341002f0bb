"""Pages of the portfolio: all solutions, and the frame around everything about one."""
