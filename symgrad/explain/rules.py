"""The rules of differentiation as a teacher writes them, made from the table: (u*v)' = u'*v + v'*u.

Each operation's derivative rules are applied to letters: u, v, ... for what depends on the variable, c for what does
not, and u', v', ... for the derivatives of the letters. Nothing here knows an operation by name.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import count

from symgrad.engine.gradient import gradient
from symgrad.graph import Node, Type, apply, const, postorder, var
from symgrad.graph.node import Attrs
from symgrad.ops import Op
from symgrad.ops.types import selection
from symgrad.symbolic.notation import visible
from symgrad.symbolic.simplify import simplify
from symgrad.symbolic.text import text

VARYING = "uvwpqrst"
FIXED = "cabdkn"


@dataclass(frozen=True)
class Law:
    """How an operation is differentiated when some of its operands vary.

    Attributes:
        name: "product rule".
        letters: for each operand the letter that stands for it.
        primes: for each operand the letter of its derivative; None where it does not vary, or has no say.
        left: the operation on letters.
        right: its derivative.
        linear: whether the derivative is the same everywhere: sums, constant factors.
        additive: whether the derivatives of the operands are only added and subtracted.
    """

    name: str
    letters: tuple[Node, ...]
    primes: tuple[Node | None, ...]
    left: Node
    right: Node
    linear: bool
    additive: bool

    @property
    def text(self) -> str:
        """The rule as one writes it."""
        left = text(self.left)
        bracketed = left if self.left.op.arity == 1 and left.endswith(")") else f"({left})"
        return f"{bracketed}' = {text(self.right)}"


def law_of(node: Node, varies: tuple[bool, ...], taken: frozenset[str] = frozenset()) -> Law:
    """The law for a node of which these operands vary; its letters are none of those taken by variables."""
    taken = taken & {*VARYING, *FIXED}
    return _law(node.op, node.attrs, tuple([a.type for a in node.args]), varies, _same(node.args), taken)


def _same(args: tuple[Node, ...]) -> tuple[int, ...]:
    """For each operand the first place at which the same one stands: x*x is u*u."""
    return tuple([args.index(a) for a in args])


@cache
def _law(
    op: Op,
    attrs: Attrs,
    types: tuple[Type, ...],
    varies: tuple[bool, ...],
    same: tuple[int, ...],
    taken: frozenset[str],
) -> Law:
    moving, still = (_free(letters, taken) for letters in (VARYING, FIXED))
    letters: list[Node] = []
    for i, type_ in enumerate(types):
        fresh = same[i] == i
        letters.append(var(next(moving if varies[i] else still), type_) if fresh else letters[same[i]])
    left = apply(op, tuple(letters), dict(attrs))
    wanted = [i for i, on in enumerate(varies) if on and same[i] == i and types[i].kind == "real"]
    primes = {i: var(f"{letters[i].name}'") for i in wanted}
    slopes = simplify(gradient(left, [letters[i] for i in wanted])) if wanted else []
    linear = {letters[i] for i in wanted}.isdisjoint(postorder(slopes))
    return Law(
        _name(op, varies),
        tuple(letters),
        tuple(primes.get(same[i]) for i in range(len(types))),
        left,
        _right(left, slopes, primes, linear=linear),
        linear=linear,
        additive=all(slope in (const(1), const(-1)) for slope in slopes) and len(types) > 1,
    )


def _free(letters: str, taken: frozenset[str]) -> Iterator[str]:
    """The letters that no variable has, then u1, u2, ..."""
    yield from (letter for letter in letters if letter not in taken)
    yield from (f"{letters[0]}_{i}" for i in count(1))


def _right(left: Node, slopes: list[Node], primes: dict[int, Node], *, linear: bool) -> Node:
    """The derivative of an operation on letters: one slope times u', or a sum of such products, put in order."""
    if left.op.result is selection:  # what is chosen has the derivative of what is chosen
        parts = [primes.get(i, const(0) if a.type.kind == "real" else a) for i, a in enumerate(left.args)]
        return apply(left.op, tuple(parts), dict(left.attrs))
    total: Node = const(0)
    for slope, prime in zip(slopes, primes.values(), strict=True):
        total = total + slope * prime
    tidy = simplify([total])[0]
    if len(slopes) == 1 and not linear:
        plain: Node = visible(slopes)[0] * next(iter(primes.values()))
        return plain if len(text(plain)) <= len(text(tidy)) else tidy
    return tidy


def _name(op: Op, varies: tuple[bool, ...]) -> str:
    """What the table calls the rule; the words of the last entry serve for whatever the table leaves open."""
    if not op.told:
        return f"derivative of {op.name}"
    if all(varies) or len(op.told) == 1:
        return op.told[0]
    return op.told[1 + varies.index(True)]


def shortly(op: Op) -> str:
    """The rule in one word or two: product, sum, sin."""
    return op.told[0].removesuffix(" rule") if op.told else op.name
