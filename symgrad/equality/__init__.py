"""Whether two expressions are equal: proved, refuted by a certified point, or undecided; and what may be wrong."""

from symgrad.equality.equal import equal
from symgrad.equality.verdict import Equality, Found

__all__ = ["Equality", "Found", "equal"]
