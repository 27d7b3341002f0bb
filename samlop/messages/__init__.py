"""What Samløp tells people by mail: queued with the change that causes it, sent, never lost."""
