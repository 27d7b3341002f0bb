"""People and roles: who holds what in a place, inviting, ending, loading a list, erasing."""
