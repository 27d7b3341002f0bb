"""Our own data files, read into plain values."""
