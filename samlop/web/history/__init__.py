"""What has happened, told to people: who did what, when, why, and what it changed."""
