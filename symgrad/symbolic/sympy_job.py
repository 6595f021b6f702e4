"""A question to SymPy, and its answers: graphs, or reasons why there is none."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from symgrad.graph import Node
from symgrad.symbolic.sympy_process import Child

SECONDS = 2.0
"""The default deadline."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Why there is no SymPy form.

    Attributes:
        reason: a few words for the user.
        why: "form" (SymPy has none), "size", "time", or "process" (SymPy is missing, busy or broken: ask again).
    """

    reason: str
    why: str = "form"

    def __str__(self) -> str:
        return self.reason


Found = Node | Refused


@dataclass(eq=False)
class Job:
    """A question on its way.

    Attributes:
        root: the graph that was asked about.
        found: variable name -> what is known already.
        asked: the names not answered yet, in the order in which they are worked on.
        what: "diff" (the names are variables), or "zero" (they are ways to simplify).
    """

    root: Node
    found: dict[str, Found]
    asked: list[str]
    what: str = "diff"
    rows: list[Any] = field(default_factory=list)
    seconds: float = SECONDS
    child: Child | None = None
    ident: int = 0
    begun: bool = False
