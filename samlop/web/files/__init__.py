"""Files on their way in and out, and the documents of a region."""
