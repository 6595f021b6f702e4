"""A graph as machine code."""
