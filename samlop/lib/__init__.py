"""Plain Python, one topic per file: no Django, no domain."""
