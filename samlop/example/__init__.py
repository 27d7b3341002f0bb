"""The example: people in every role, vendors and answers, so that every page has something to show."""
