"""Data to learn from: made, shipped, read from files, or given by a formula."""

from symgrad.nn.data.dataset import Data, Standard
from symgrad.nn.data.formula import classify, sample
from symgrad.nn.data.shipped import SHIPPED, iris, penguins
from symgrad.nn.data.table import Table, read_csv, read_parquet
from symgrad.nn.data.toys import TOYS, blobs, circles, grid, moons, regression, spirals, xor

__all__ = [
    "SHIPPED",
    "TOYS",
    "Data",
    "Standard",
    "Table",
    "blobs",
    "circles",
    "classify",
    "grid",
    "iris",
    "moons",
    "penguins",
    "read_csv",
    "read_parquet",
    "regression",
    "sample",
    "spirals",
    "xor",
]
