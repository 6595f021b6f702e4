"""What can be found out about a number: a mechanism, the node where it works, and a way out."""

from __future__ import annotations

from dataclasses import dataclass, replace

from symgrad.graph import Node

MECHANISMS = {
    "indeterminate": "infinities and zeros meet, and nothing is left of the value: 0/0, 0*inf, inf - inf",
    "domain": "an operation stands outside of its domain",
    "pole": "an operation is infinite here",
    "overflow": "a number is too large for float64",
    "underflow": "a number is too small for float64, and became zero or lost its digits",
    "cancellation": "nearly equal numbers are subtracted, and their errors remain",
    "absorption": "a small number is lost beside a large one",
    "amplification": "an operation magnifies the error of its operand",
    "accumulation": "many small errors add up",
    "vertical": "the slope of an operation is infinite here",
    "saturation": "an operation is flat, so far out",
    "dead": "an operation lets nothing through here: relu of a negative number, max of a smaller one, clip outside",
    "branch not taken": "it counts in a branch of an `if` only that is not taken here",
    "condition": "it only decides a condition",
    "flat": "an operation is constant between its jumps",
    "zero factor": "it is multiplied by an exact zero",
    "stationary": "the slope of an operation is zero exactly here",
    "opposites": "contributions along different ways add up to zero",
    "absent": "the formula does not contain it",
    "kink": "an operation has a kink here, and the slope is a convention",
    "tie": "two sides are equal here, and the slope is a convention",
    "jump": "an operation jumps here",
    "branch": "a condition is at its border here",
    "largest": "nothing is wrong; this contributes most",
}
"""Every mechanism in one sentence."""


@dataclass(frozen=True)
class Finding:
    """One reason why a number is what it is.

    Attributes:
        mechanism: one of `MECHANISMS`.
        node: the operation where it happens.
        place: the nearest node of the expression itself, for a node of its gradient graph; else `node`.
        target: "" for the value, or the variable of a partial derivative.
        detail: a sentence with the numbers at that node.
        cure: what helps, in one sentence, or "".
        better: the node of the expression that `cure` replaces, and by what; None where it is only advice.
    """

    mechanism: str
    node: Node
    place: Node
    target: str
    detail: str
    cure: str = ""
    better: tuple[Node, Node] | None = None

    @property
    def trouble(self) -> bool:
        """Whether something is wrong at all."""
        return self.mechanism != "largest"

    def about(self, target: str) -> Finding:
        """The same about another number."""
        return replace(self, target=target)


def shown(x: float) -> str:
    """A number as one would say it."""
    return repr(x).removesuffix(".0") if x == x and abs(x) < 1e16 else repr(x).replace("e+", "e")


def short(x: float) -> str:
    """A number in a few digits."""
    return shown(x) if len(shown(x)) <= 8 else f"{x:.3g}".replace("e+", "e")


def operation(node: Node, xs: list[float] | tuple[float, ...]) -> str:
    """An operation on numbers, as it is written: `0/0`, `log(-1)`, `inf - inf`."""
    op = node.op
    texts = [("true" if x else "false") if isinstance(x, bool) else short(x) for x in xs]
    if op.infix and len(xs) == 2:
        right = f"({texts[1]})" if texts[1].startswith("-") else texts[1]
        left = f"({texts[0]})" if texts[0].startswith("-") and op.precedence > SUMS else texts[0]
        sign = op.infix.strip()
        return f"{left} {sign} {right}" if op.precedence <= SUMS else f"{left}{sign}{right}"
    if op.prefix and len(xs) == 1:
        return f"{op.prefix}{texts[0]}"
    first, last = op.brackets if any(op.brackets) else (f"{op.name}(", ")")
    return f"{first}{', '.join(texts)}{last}"


SUMS = 50
"""The precedence of sums: what binds no tighter is written with blanks."""
