"""Functions as curves and maps: sampled where it matters, broken where they are not continuous."""

from symgrad.plot.figure import Figure, figure
from symgrad.plot.surface import Surface, surface

__all__ = ["Figure", "Surface", "figure", "surface"]
