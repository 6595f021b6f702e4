"""A graph as a computation."""
