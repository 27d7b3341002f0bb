"""Pages of cost: the model of a solution, a municipality's own figures, and the year's budget."""
