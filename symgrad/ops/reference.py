"""The reference of all operations, written from the table: `python -m symgrad.ops.reference > docs/ops.md`."""

from __future__ import annotations

from collections.abc import Iterator

from symgrad.ops.op import OPS, Op
from symgrad.ops.support import INTERPRETERS, Refused, gaps, support

HEAD = """\
# Operations

Written from the table by `python -m symgrad.ops.reference > docs/ops.md`; a test keeps it up to date.
Names in brackets are other spellings. Where nothing is said about the domain, all numbers are allowed.
"""

MATRIX = """\
# Interpreters

Each op in each interpreter: `x` native, `-` expanded (through its body in other ops, or element by element), `.` refused, with
the reason below. *value* is one point, *points* arrays of them, *pullback* the sweep on numbers, *gradient* the sweep on
graphs, *jets* Taylor series in float64, *ball* and *series* certified arithmetic. The ops at the end serve derivatives only: they
have no spelling and print as their body.
"""

MARKS = {"native": "x", "expanded": "-", "refused": "."}
LETTERS = "xyzuvw"


def domain_of(op: Op) -> str:
    """The domain in words; "" for all numbers."""
    parts = []
    for i, domain in enumerate(op.domain):
        words = domain.describe("x" if op.arity == 1 else f"argument {i + 1}")
        if not words.startswith("all "):
            parts.append(words)
    return ", ".join(parts)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def entry(op: Op) -> str:
    """An op as a row of its group's table."""
    others = f" ({', '.join(op.aliases)})" if op.aliases else ""
    row = (f"`{op.name}`{others}", op.doc, domain_of(op), f"`{op.example}`")
    return f"| {' | '.join(_cell(c) for c in row)} |"


def functions() -> Iterator[str]:
    """The tables of what the language knows, group by group."""
    groups: dict[str, list[Op]] = {}
    for op in OPS.values():
        if not op.hidden:
            groups.setdefault(op.group, []).append(op)
    for group, ops in groups.items():
        yield f"\n## {group}\n"
        yield "| name | what it is | domain | example |\n|---|---|---|---|"
        yield from map(entry, ops)


def matrix() -> Iterator[str]:
    """The matrix of ops and interpreters, then the reasons of what is refused."""
    yield f"| op | {' | '.join(INTERPRETERS)} |"
    yield "|---" * (len(INTERPRETERS) + 1) + "|"
    reasons = []
    for op in sorted(OPS.values(), key=lambda op: op.hidden):
        cells = {name: support(op, name) for name in INTERPRETERS}
        yield f"| `{op.name}` | {' | '.join(MARKS[str(cell)] for cell in cells.values())} |"
        reasons += [f"- `{op.name}`, {n}: {c.reason}." for n, c in cells.items() if isinstance(c, Refused)]
        reasons += [f"- `{op.name}`, derivative by argument {i + 1}: {why}." for i, why in gaps(op).items()]
    yield ""
    yield from reasons


def reference() -> str:
    """The whole document."""
    return "\n".join([HEAD.rstrip(), *functions(), "", MATRIX, *matrix()]) + "\n"


if __name__ == "__main__":
    print(reference(), end="")
