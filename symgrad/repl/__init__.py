"""The interactive session: a loop that reads, does and shows, and thin adapters to the terminal."""

from symgrad.repl.start import start

__all__ = ["start"]
