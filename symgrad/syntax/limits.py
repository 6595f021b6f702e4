"""How much text the parser takes: limits on input from outside, not on what a program builds."""

from __future__ import annotations

from dataclasses import dataclass

from symgrad.errors import LimitReached, Span


@dataclass(frozen=True)
class Limits:
    """Generous defaults for a person at a keyboard; `UNTRUSTED` for texts from strangers.

    Attributes:
        text: characters of one text.
        words: numbers, names, operators and brackets.
        depth: brackets inside brackets.
        nodes: operations in the graph, functions written out.
        elements: numbers in one array.
        order: how often one may differentiate at once.
    """

    text: int = 2**20
    words: int = 1_000_000
    depth: int = 100_000
    nodes: int = 1_000_000
    elements: int = 10_000_000
    order: int = 100


DEFAULT = Limits()
UNTRUSTED = Limits(text=10_000, words=2_000, depth=200, nodes=10_000, elements=100_000, order=10)


def limit_reached(code: str, what: str, limit: int, field: str, span: Span | None = None) -> LimitReached:
    """The error that says which limit was met and how to raise it."""
    message = f"{what}: the limit is {limit:_}"
    return LimitReached(
        code, message, span, hint=f"if the input can be trusted, raise it: Limits({field}=...)"
    )
