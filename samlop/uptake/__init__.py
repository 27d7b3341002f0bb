"""How far each municipality has come with each solution, by evidence; and what it gave."""
