"""Reading and writing versions of the criteria in the pages."""
