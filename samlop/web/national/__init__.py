"""How far the whole country has come with every solution, and what has changed between two days."""
