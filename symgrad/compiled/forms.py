"""How a caller sees the results of a kernel: as a tuple, as value and gradient, with the Hessian too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement
from typing import Any


@dataclass(frozen=True)
class Form:
    """A tuple of all results.

    Attributes:
        keys: if a call returns the first result and the others in a dictionary, their keys.
    """

    keys: tuple[str, ...] | None = None

    def pack(self, results: Sequence[Any]) -> Any:
        """List of results -> what a call returns."""
        return tuple(results)

    def flat(self, out: Any) -> list[Any]:
        """What a call returned -> list of results."""
        return list(out)

    def __str__(self) -> str:
        return "a tuple"


@dataclass(frozen=True)
class GradientForm(Form):
    """Value and partials, as a pair of a number and a dictionary."""

    keys: tuple[str, ...] = ()

    def pack(self, results: Sequence[Any]) -> tuple[Any, dict[str, Any]]:
        """List of results -> (value, {name: partial})."""
        return results[0], dict(zip(self.keys, results[1:]))  # noqa: B905  # counted when it was made

    def flat(self, out: Any) -> list[Any]:
        """(value, {name: partial}) -> list of results."""
        return [out[0], *map(out[1].__getitem__, self.keys)]

    def __str__(self) -> str:
        return "value and gradient"


@dataclass(frozen=True)
class HessianForm(Form):
    """Value, partials, and second partials by pairs of names; those of (b, a) are those of (a, b)."""

    names: tuple[str, ...] = ()

    def pack(self, results: Sequence[Any]) -> tuple[Any, dict[str, Any], dict[tuple[str, str], Any]]:
        """List of results -> (value, {name: partial}, {(name, name): second partial})."""
        n = len(self.names)
        both = dict(zip(self._pairs(), results[n + 1 :], strict=True))
        both |= {(b, a): second for (a, b), second in both.items()}
        return results[0], dict(zip(self.names, results[1 : n + 1], strict=True)), both

    def flat(self, out: Any) -> list[Any]:
        """(value, {name: partial}, {(name, name): second partial}) -> list of results."""
        return [out[0], *(out[1][name] for name in self.names), *(out[2][pair] for pair in self._pairs())]

    def _pairs(self) -> list[tuple[str, str]]:
        return list(combinations_with_replacement(self.names, 2))

    def __str__(self) -> str:
        return "value, gradient and Hessian"
