"""One function is one complete change: lock, decide, save, record."""
