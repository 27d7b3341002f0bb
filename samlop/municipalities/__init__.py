"""Reference data with history: municipalities, regions, vendors, room for more, and the load ledger."""
