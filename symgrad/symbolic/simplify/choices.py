"""Rules for conditions and choices. Comparisons are false where nan takes part, so `not x < y` is not `x >= y`."""

from __future__ import annotations

from symgrad.graph import CONST, Node, apply, const
from symgrad.ops import OPS, Op
from symgrad.symbolic.simplify.numbers import is_number
from symgrad.symbolic.simplify.order import ADD, NEG
from symgrad.symbolic.simplify.rule import Rules

RULES = Rules()
WHERE, NOT, AND, OR, EQ, NE = (OPS[name] for name in ("where", "not", "and", "or", "eq", "ne"))
OPPOSITE = {EQ: NE, NE: EQ}


def truth(node: Node) -> bool | None:
    """Whether a constant condition holds; None for anything else."""
    return node.value if node.op is CONST and type(node.value) is bool else None


@RULES.on("numbers compare", "lt", "le", "gt", "ge", "eq", "ne")
def of_numbers(node: Node) -> Node | None:
    """2 < 3 is true."""
    a, b = node.args
    return const(bool(node.op.scalar_fn(a.value, b.value))) if is_number(a) and is_number(b) else None


@RULES.on("if(true, a, b) = a", "where")
def decided(node: Node) -> Node | None:
    """A choice whose condition is known."""
    c, a, b = node.args
    known = truth(c)
    return None if known is None else a if known else b


@RULES.on("if(c, a, a) = a", "where")
def same_branches(node: Node) -> Node | None:
    """A choice between equal things."""
    return node.args[1] if node.args[1] is node.args[2] else None


@RULES.on("if(c, a, c) = c and a", "where")
def condition_as_branch(node: Node) -> Node | None:
    """A choice between conditions, one of which is the deciding one."""
    c, a, b = node.args
    if b is c:
        return apply(AND, (c, a))
    return apply(OR, (c, b)) if a is c else None


@RULES.on("if(not c, a, b) = if(c, b, a)", "where")
def swapped(node: Node) -> Node | None:
    """Exact, since a condition is true or false."""
    c, a, b = node.args
    return apply(WHERE, (c.args[0], b, a)) if c.op is NOT else None


@RULES.on("if(c, if(c, a, b), d) = if(c, a, d)", "where")
def nested(node: Node) -> Node | None:
    """Inside a branch its condition is known."""
    c, a, b = node.args
    inner_a = a.args[1] if a.op is WHERE and a.args[0] is c else a
    inner_b = b.args[2] if b.op is WHERE and b.args[0] is c else b
    return None if inner_a is a and inner_b is b else apply(WHERE, (c, inner_a, inner_b))


@RULES.on("if(c, a, b) + if(c, p, q) = if(c, a + p, b + q)", "add", "sub")
def same_condition(node: Node) -> Node | None:
    """Two choices by one condition, also where the first stands at the end of a sum."""
    a, b = node.args
    first = a.args[1] if a.op is ADD else a
    if first.op is not WHERE or b.op is not WHERE or first.args[0] is not b.args[0]:
        return None
    joined = apply(WHERE, (b.args[0], *map(combined, (node.op,) * 2, first.args[1:], b.args[1:])))
    return joined if first is a else apply(ADD, (a.args[0], joined))


def combined(op: Op, p: Node, q: Node) -> Node:
    """p + q or p - q, a zero left out."""
    if is_number(q) and q.value == 0:
        return p
    if is_number(p) and p.value == 0:
        return q if op is ADD else apply(NEG, (q,))
    return apply(op, (p, q))


@RULES.on("not not c = c", "not")
def double(node: Node) -> Node | None:
    """Also `not x == y` is `x != y`, in IEEE arithmetic too; the other comparisons have no such opposite."""
    c = node.args[0]
    known = truth(c)
    if known is not None:
        return const(not known)
    if c.op is NOT:
        return c.args[0]
    return apply(OPPOSITE[c.op], c.args) if c.op in OPPOSITE else None


@RULES.on("c and true = c", "and", "or")
def trivial(node: Node) -> Node | None:
    """One operand is known, or both are the same."""
    a, b = node.args
    if a is b:
        return a
    for one, other in ((a, b), (b, a)):
        known = truth(one)
        if known is not None:
            neutral = node.op is AND
            return other if known is neutral else one
    return None
