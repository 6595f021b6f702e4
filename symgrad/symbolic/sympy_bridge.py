"""From graphs to SymPy: expressions built node by node, so that no text ever reaches SymPy's parser.

SymPy works on trees and recurses, so what is too large or too deep for it is refused before it is touched.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from symgrad.errors import LimitReached, UsageMistake
from symgrad.graph import CONST, VAR, Node, expand, postorder
from symgrad.ops import OPS, Op
from symgrad.symbolic.exact import exact

Expr = Any
"""A SymPy object: SymPy's own annotations are partial, and following them would cost the type checker a minute."""

OPERATIONS = 10_000
"""Operations in the tree: beyond this, SymPy's derivatives take longer than anyone waits."""
MANY = 10**15
"""Where counting stops: the tree of a small graph can have 2^1000000 operations."""
DEPTH = 150
"""Operations inside operations: SymPy calls itself several times at each."""
PLAIN = 1000
"""Numbers up to this size may become exponents and arguments: SymPy multiplies out 2^1000, but not 2^(10^9)."""
FLOATING = 10**6
"""Decimals up to this size may: SymPy calculates with them in rounded arithmetic, but never gives up."""

# Long sums and products are handed over whole: added one by one they cost SymPy the square of their length.
_SIGNS = {OPS["add"]: (1, 1), OPS["sub"]: (1, -1), OPS["neg"]: (-1,)}
_PRODUCT = OPS["mul"]


def no_form(reason: str) -> UsageMistake:
    """The error that says why there is no SymPy form."""
    return UsageMistake("SG601", reason)


def _bodied(op: Op) -> bool:
    return not op.sympy


def lowered(root: Node) -> Node:
    """The graph in ops that SymPy has, arrays taken apart.

    Raises:
        UsageMistake: SG601, SymPy has no counterpart of some op.
        LimitReached: SG420 or SG421, there are too many nodes or elements of arrays.
    """
    from symgrad.graph.scalarise import scalarise

    if _has_more_nodes(root, 2 * OPERATIONS):  # found out before anything is made of them
        raise LimitReached("SG420", f"too large for SymPy (over {OPERATIONS:,} operations)".replace(",", "_"))
    if any(node.type.shape for node in postorder([root])):
        if root.type.shape:
            raise no_form(f"an array ({root.type}) has no SymPy form: take one of its elements")
        root = scalarise([root], limit=OPERATIONS)[0].item()
    (root,) = expand([root], _bodied)
    for node in postorder([root]):
        if node.op is not CONST and node.op is not VAR and not node.op.sympy:
            why = node.op.refused.get("sympy", "SymPy has no counterpart")
            raise no_form(f"`{node.op.name}`: {why}")
    return root


def _has_more_nodes(root: Node, limit: int) -> bool:
    """Whether a graph is larger than that, without walking through all of it."""
    seen = {root}
    stack = [root]
    while stack and len(seen) <= limit:
        fresh = {a for a in stack.pop().args if a not in seen}
        seen |= fresh
        stack += fresh
    return len(seen) > limit


def measure(root: Node) -> tuple[int, int]:
    """The operations and the depth of the graph written out as a tree; sums and products count as one level."""
    size: dict[Node, int] = {}
    depth: dict[Node, int] = {}
    for node in postorder([root]):
        if not node.args:
            size[node], depth[node] = 0, 0
            continue
        size[node] = min(1 + sum([size[a] for a in node.args]), MANY)
        kind = _kind(node)
        depth[node] = max(depth[a] + (kind is None or _kind(a) != kind) for a in node.args)
    return size[root], depth[root]


def _kind(node: Node) -> str | None:
    """Whether a node is a link of a longer sum or product."""
    return "terms" if node.op in _SIGNS else "factors" if node.op is _PRODUCT else None


def within_budget(root: Node) -> None:
    """Refuse what SymPy would choke on.

    Raises:
        LimitReached: SG420, the tree is too large or too deep.
    """
    size, depth = measure(root)
    if size > OPERATIONS:
        shown = f"{size:,}".replace(",", "_") if size < MANY else "over 10^15"
        raise LimitReached("SG420", f"too large for SymPy ({shown} operations)")
    if depth > DEPTH:
        raise LimitReached("SG420", f"too deep for SymPy ({depth} operations inside one another)")


class Writer:
    """Builds SymPy expressions of nodes.

    Attributes:
        symbols: SymPy symbol -> the node it stands for.
    """

    def __init__(self, *, neutral: bool) -> None:
        import sympy

        self.sp: Any = sympy
        self.neutral = neutral
        self.symbols: dict[Expr, Node] = {}
        self._made: dict[Node, Expr] = {}
        self._folded: set[Node] = set()

    def write(self, root: Node) -> Expr:
        """The expression of a graph that is `lowered` and `within_budget`."""
        order = postorder([root])
        self._folded = _inner_links(order)
        for node in order:
            if node not in self._made and node not in self._folded:
                self._made[node] = self._leaf(node) if not node.args else self._operation(node)
        return self._made[root]

    def _leaf(self, node: Node) -> Expr:
        if node.op is CONST:
            return self._constant(node.value)
        if node.op is VAR:
            return self._symbol(node)
        return self._call(node.op, ())

    def _symbol(self, node: Node, **assumptions: bool) -> Expr:
        """A symbol for a node: of neutral name where the text is nobody's business, else of the user's name."""
        name = f"v{len(self.symbols)}" if self.neutral else node.name
        if node.type.kind == "real":
            assumptions["real"] = True
        symbol = self.sp.Symbol(name, **assumptions)
        self.symbols[symbol] = node
        return symbol

    def _constant(self, value: Any) -> Expr:
        sp = self.sp
        if isinstance(value, bool):
            return sp.true if value else sp.false
        if isinstance(value, int):
            return sp.Integer(value)
        if value != value or value in (float("inf"), float("-inf")):
            raise no_form(f"the constant {value} has no SymPy form")
        return sp.Rational(*value.as_integer_ratio()) if self.neutral else sp.Float(value)

    def _operation(self, node: Node) -> Expr:
        sp = self.sp
        if node.op in _SIGNS:
            return sp.Add(*[t if sign > 0 else -t for sign, t in self._terms(node)])
        if node.op is _PRODUCT:
            return sp.Mul(*[t for _, t in self._terms(node)])
        args = [self._made[a] for a in node.args]
        if not (node.op.infix and node.op.precedence < OPS["pow"].precedence):
            args = [self._tame(a) for a in args]
        return self._call(node.op, args, **dict(node.attrs))

    def _terms(self, node: Node) -> Iterable[tuple[int, Expr]]:
        """The signed terms of a sum, or the factors of a product, through its inner links."""
        stack = [(1, node)]
        found = []
        while stack:
            sign, part = stack.pop()
            if part is node or part in self._folded:
                signs = _SIGNS.get(part.op, (1,) * len(part.args))
                stack += [(sign * s, a) for s, a in zip(reversed(signs), reversed(part.args), strict=True)]
            else:
                found.append((sign, self._made[part]))
        return found

    def _tame(self, arg: Expr) -> Expr:
        """An argument that SymPy may calculate with at once: a huge number stands back behind a symbol."""
        if not self.neutral:
            if (arg.is_Float and abs(arg) > FLOATING) or (arg.is_Rational and abs(arg.p) > FLOATING * arg.q):
                raise no_form("SymPy would calculate for too long with a number as large as it has")
            return self.sp.Float(arg) if arg.is_Rational and abs(arg.p) > PLAIN * arg.q else arg
        if not arg.is_Rational or (abs(arg.p) <= PLAIN * arg.q and arg.q < 2**64):
            return arg
        node = exact(int(arg.p), int(arg.q))
        return self._symbol(
            node, integer=bool(arg.is_Integer), positive=bool(arg > 0), negative=bool(arg < 0)
        )

    def _call(self, op: Op, args: Iterable[Expr], **attrs: Any) -> Expr:
        """The op's entry for SymPy: a name there, or a function of the module and the arguments."""
        entry = op.sympy
        made = entry(self.sp, *args, **attrs) if callable(entry) else getattr(self.sp, str(entry))(*args)
        if not isinstance(made, self.sp.Basic):
            raise no_form(f"`{op.name}`: SymPy gives a {type(made).__name__} for it")
        return made


def _inner_links(order: list[Node]) -> set[Node]:
    """The nodes inside longer sums and products: used once, by a node of their own kind."""
    uses = Counter(a for node in order for a in node.args)
    return {
        a
        for node in order
        if _kind(node) is not None
        for a in node.args
        if uses[a] == 1 and _kind(a) == _kind(node)
    }


def to_sympy(node: Node) -> tuple[Expr, dict[Expr, str]]:
    """A scalar graph as a SymPy expression over real symbols of the user's names, and those names.

    Decimals become Floats of the same double, integers stay exact; arrays are taken apart into symbols `v[0]`, ...

    Raises:
        UsageMistake: SG601, something has no counterpart in SymPy.
        LimitReached: SG420, the graph is too large or too deep for SymPy.
    """
    root = lowered(node)
    within_budget(root)
    writer = Writer(neutral=False)
    expr = writer.write(root)
    return expr, {symbol: var.name for symbol, var in writer.symbols.items()}


def neutral_sympy(node: Node) -> tuple[Expr, dict[Expr, Node]]:
    """The same with exact rationals for all numbers and symbols v0, v1, ..., and what these stand for.

    Raises:
        UsageMistake: SG601, something has no counterpart in SymPy.
        LimitReached: SG420, the graph is too large or too deep for SymPy.
    """
    root = lowered(node)
    within_budget(root)
    writer = Writer(neutral=True)
    return writer.write(root), writer.symbols
