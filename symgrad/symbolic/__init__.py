"""A graph as mathematics: written as text or LaTeX, simplified, compared with what SymPy says."""
