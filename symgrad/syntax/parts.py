"""The parts of a rule, as its builder gets them: a word's value is its place, a repetition's a list; else a tree."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

Builder: TypeAlias = Callable[[list[Any], str], Any]
"""(the values of a rule's symbols, the text) -> the value of what the rule makes."""


def nodes(values: list[Any]) -> Iterator[Any]:
    """The trees among the values: words dropped, repetitions spliced in."""
    for value in values:
        if type(value) is list:
            yield from value
        elif type(value) is not tuple:
            yield value


def outer(values: list[Any]) -> tuple[int, int]:
    """From the start of the first value to the end of the last."""
    first, last = values[0], values[-1]
    return first[0] if type(first) is tuple else first.start, last[1] if type(last) is tuple else last.end
