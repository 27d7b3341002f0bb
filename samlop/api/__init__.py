"""REST for other systems: the same services and rules as the pages, see docs/api.md."""
