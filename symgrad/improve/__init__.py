"""Improvement of an expression's accuracy: measured, searched for, and verified."""

from symgrad.improve.improve import Applied, Bits, Improvement, Quantity, improve
from symgrad.improve.sample import Range, ranged

__all__ = ["Applied", "Bits", "Improvement", "Quantity", "Range", "improve", "ranged"]
