"""Pages: they know every domain app and are known by none."""
