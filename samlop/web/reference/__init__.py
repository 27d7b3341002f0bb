"""Pages where administrators see and renew the reference data."""
