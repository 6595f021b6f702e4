"""A mismatch as a command that shows it again, to be sent with a report."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from symgrad.check.verdict import Partial, Verdict
from symgrad.graph import Node
from symgrad.symbolic.text import text

MOST_TEXT = 2_000


def reproducible(verdict: Verdict, root: Node, point: Mapping[str, Any]) -> Verdict:
    """The same verdict; what contradicts itself in it has the command that shows it again."""
    if verdict.status != "mismatch":
        return verdict
    line = command(root, point)

    def with_line(found: Partial) -> Partial:
        return replace(found, reproduce=line) if found.status == "mismatch" else found

    return replace(
        verdict,
        value=with_line(verdict.value),
        partials={name: with_line(found) for name, found in verdict.partials.items()},
        elements={name: with_line(found) for name, found in verdict.elements.items()},
    )


def command(root: Node, point: Mapping[str, Any]) -> str:
    """The command line of a check, with numbers that read back as the same doubles."""
    written = text(root)
    if len(written) > MOST_TEXT:
        return ""
    values = [f"{name}={_literal(value)}" for name, value in point.items()]
    if written.startswith("-"):  # that would be an option
        written = f"({written})"
    return shlex.join(["symgrad", "check", written, *values])


def _literal(value: Any) -> str:
    """A number, condition or array as the language reads it."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return str(value).replace(" ", "")
    return repr(float(value))
