"""Help, local roles, private calendars, and what a region needs to follow up its municipalities."""
