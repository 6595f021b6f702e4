"""A graph as proven numbers."""
