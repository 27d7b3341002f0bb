"""Pages of regions: the list, one region with its members, and what its people may change."""
