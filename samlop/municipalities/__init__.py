"""Reference data with history: municipalities, regions, vendors, room and the load ledger."""
