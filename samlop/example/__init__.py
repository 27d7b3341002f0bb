"""The example: people in every role, vendors and answers, so that every page shows something."""
