"""People, what they may do and where: memberships are person × role × scope × period."""
