"""The data sets that come with symgrad. SOURCES.txt says where they are from and under which licence."""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import as_file, files

from symgrad.nn.data.dataset import Data
from symgrad.nn.data.table import Table, read_csv


def _table(name: str) -> Table:
    with as_file(files("symgrad.nn.data") / f"{name}.csv") as path:
        return read_csv(path, name)


def iris() -> Data:
    """150 flowers of three species, with the lengths and widths of their leaves (Fisher 1936)."""
    return _table("iris").data("species")


def penguins(missing: str = "drop") -> Data:
    """344 penguins of three species, with the sizes of bills, flippers and bodies; two were not measured."""
    return _table("penguins").data("species", missing=missing)


SHIPPED: dict[str, Callable[..., Data]] = {"iris": iris, "penguins": penguins}
"""The data sets that come with symgrad, by name."""
