"""Solutions: what is offered, how ready it is, what it costs and what helps to introduce it."""
