"""Where there is no value: the limit a function has there, and the function that has it as its value."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import replace

from symgrad.check.verdict import Partial
from symgrad.check.words import brief
from symgrad.engine.flags import Flag
from symgrad.graph import Node, const, postorder
from symgrad.ops import OPS
from symgrad.symbolic.stable.rule import Table
from symgrad.symbolic.text import text

_log, _sin, _sqrt, _sinc, _xlogy, _cbrt, _hypot = (
    OPS[name] for name in ("log", "sin", "sqrt", "sinc", "xlogy", "cbrt", "hypot")
)

FILLED = Table(direct=True)
"""Forms with a hole, and functions with the limit filled in."""
FILLED.identity(lambda x: _sin(x) / x, _sinc)
FILLED.identity(lambda x, y: x * _log(y), _xlogy)

REAL_ROOTS = Table(direct=True)
"""Powers that a negative number has only as a root."""
REAL_ROOTS.identity(lambda x: x ** (const(1) / const(3)), _cbrt)

STEADY = Table(direct=True)
"""Forms whose slope breaks down before the function does."""
STEADY.identity(lambda x, y: _sqrt(x * x + y * y), _hypot)

NOWHERE = ("domain", "pole", "undefined")
MOST_TEXT = 60
MOST_NODES = 500


def of_hole(value: Partial, root: Node, flags: tuple[Flag, ...], partials: Mapping[str, Partial]) -> Partial:
    """The verdict on a value that is not there, with its limit and a way out."""
    flag = next((f for f in flags if f.kind in ("domain", "pole", "undefined")), None)
    alone = len(partials) == 1
    said = [words for p in partials.values() if (words := _approached(p, alone=alone))]
    limits = {p.limit for p in partials.values() if p.limit is not None}
    hints = [words for p in partials.values() if (words := _limit(p, alone=alone))]
    return replace(
        value,
        limit=limits.pop() if len(limits) == 1 else None,
        cause=flag.node if flag is not None else None,
        mechanism="; ".join(said),
        hint="; ".join([*hints, *_filled(root, {f.node for f in flags if f.kind in NOWHERE})]),
    )


def _approached(p: Partial, *, alone: bool) -> str:
    """What the function does near a point where it is not finite: `pole: -inf from the left, +inf from the right`."""
    if (p.limit is None and p.limits is None) or _limit(p, alone=alone):
        return ""
    return p.explanation.removeprefix("undefined: ") + ("" if alone else f", as {p.name} alone moves")


def _limit(p: Partial, *, alone: bool) -> str:
    """`it has a limit there, 1, with slope 0`; along which variable, if there are several."""
    sides = (p.limit, p.limit) if p.limit is not None else p.limits or (None, None)
    known = [(x, slope) for x, slope in zip(sides, (p.left, p.right), strict=True) if x is not None]
    if not known or any(math.isinf(x) for x, _ in known):
        return ""
    moves = "" if alone else f" as {p.name} alone moves"
    (x, slope), *rest = known
    if rest and p.limit is None:
        return ""
    one = "" if rest else " from the left" if sides[0] is not None else " from the right"
    slopes = {s for _, s in known}
    sloped = f", with slope {brief(slope)}" if slope is not None and len(slopes) == 1 else ""
    return f"it has a limit there{one}{moves}, {brief(x)}{sloped}"


def _filled(root: Node, broken: AbstractSet[Node]) -> Iterator[str]:
    """`sinc(x) is sin(x)/x with that value filled in`; sinc(1/x) is no way out, as 1/x has no value either."""
    for old, new in _rewritten(root, FILLED, broken):
        yield f"{new} is {old} with that value filled in"
        return
    for old, new in _rewritten(root, REAL_ROOTS, broken):
        yield f"{new} is the real root of a negative number, and {old} is not"
        return


def steady(root: Node) -> str:
    """A form that has a slope by convention where this one has none; "" if none is known."""
    return next((f"{new} has a number there" for _, new in _rewritten(root, STEADY)), "")


def _rewritten(
    root: Node, table: Table, broken: AbstractSet[Node] = frozenset()
) -> Iterator[tuple[str, str]]:
    """The parts that a table has another form for, each with that form, if nothing is broken inside of it."""
    nodes = postorder([root])
    for node in nodes if len(nodes) <= MOST_NODES else []:
        for rule in table.rules:
            for form in rule.change(node):
                if not broken.isdisjoint(postorder([form])):
                    continue
                old, new = text(node), text(form)
                if len(old) <= MOST_TEXT and len(new) <= MOST_TEXT:
                    yield old, new
