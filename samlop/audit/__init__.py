"""What happened, when, by whom and why; append-only."""
