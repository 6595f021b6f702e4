"""How long a program is, where it is cut, and which functions it calls instead of writing them out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from symgrad.compiled.calls import LANES, VECTOR
from symgrad.compiled.emit import FLOAT, TRUTH, Emitter, Lane
from symgrad.compiled.plan import FUNCTIONS, Plan

LEAVES = ("constant", "truth", "input")

FIXED = ("constant", "truth")

MOST_LINES = 800
"""Instructions of one function: beyond that LLVM's time grows faster than the text."""

Calls = Mapping[int, tuple[int, ...]]
"""Rows that are functions called rather than written out -> the rows of the same arguments, which one call computes."""

WORTH_CALLING = 12


def together(plan: Plan, rows: Sequence[int]) -> Calls:
    """The rows that call functions, with those of the same arguments: they share work."""
    groups: dict[tuple[int, ...], list[int]] = {}
    for i in rows:
        name, args, _ = plan.rows[i]
        if cost(name, len(args)) >= WORTH_CALLING:
            groups.setdefault(args, []).append(i)
    ordered = [tuple(sorted(group, key=lambda i: plan.rows[i].name)) for group in groups.values()]
    return {i: group for group in ordered for i in group}


def call(e: Emitter, names: tuple[str, ...], given: Sequence[Lane]) -> list[Lane]:
    """Functions of the same arguments, by a call of code that all kernels share."""
    symbol = f"symgrad_{'_'.join(names).replace(' ', '_')}_{LANES}"
    back = VECTOR if len(names) == 1 else "{ " + ", ".join([VECTOR] * len(names)) + " }"
    types = ", ".join([VECTOR] * len(given))
    e.declared[f"declare {back} @{symbol}({types})"] = None
    if symbol not in CALLED:
        CALLED[symbol] = _function(symbol, names, len(given), back)
    e.helpers.update(CALLED[symbol])
    passed = ", ".join(f"{VECTOR} {x.name}" for x in given)
    result = e.emit(f"call {back} @{symbol}({passed})", FLOAT)
    if len(names) == 1:
        return [result]
    return [e.emit(f"extractvalue {back} {result.name}, {i}", FLOAT) for i in range(len(names))]


CALLED: dict[str, dict[str, str]] = {}
"""Symbol -> the helpers it needs, itself the last."""


def _function(symbol: str, names: tuple[str, ...], arity: int, back: str) -> dict[str, str]:
    """The module of functions of the same arguments."""
    e = Emitter(LANES)
    given = [Lane(e, f"%x{i}", FLOAT) for i in range(arity)]
    results = [FUNCTIONS[name](e, *given) for name in names]
    whole = results[0].name
    if len(names) > 1:
        whole = "poison"
        for i, y in enumerate(results):
            whole = e.emit(f"insertvalue {back} {whole}, {VECTOR} {y.name}, {i}", FLOAT).name
    head = f"define {back} @{symbol}({', '.join(f'{VECTOR} %x{i}' for i in range(arity))}) {{"
    text = "\n".join([*e.declared, head, "entry:", *e.lines, f"  ret {back} {whole}", "}"])
    return {**e.helpers, symbol: text}


_COST: dict[str, int] = {}


OPERANDS = {"and": (TRUTH, TRUTH), "or": (TRUTH, TRUTH), "not": (TRUTH,), "where": (TRUTH, FLOAT, FLOAT)}
"""What functions take that do not take numbers only."""


def cost(name: str, arity: int) -> int:
    """The number of instructions of a function."""
    found = _COST.get(name)
    if found is None:
        function = FUNCTIONS.get(name)
        if function is None:
            found = 3
        else:
            e = Emitter(LANES)
            kinds = OPERANDS.get(name, (FLOAT,) * arity)
            args = [Lane(e, f"%x{i}", kind) for i, kind in enumerate(kinds)]
            function(e, *args)
            found = len(e.lines)
        _COST[name] = found
    return found


def size(plan: Plan) -> int:
    """About how many instructions a plan takes."""
    return sum(
        cost(row.name, len(row.args)) for row in plan.rows if row.name not in LEAVES and row.name != "numpy"
    )


def weight(name: str, arity: int, written: bool) -> int:
    """How many instructions a row takes in its function."""
    found = cost(name, arity)
    return found if written or found < WORTH_CALLING else 4


def cut(plan: Plan, written: bool) -> list[list[int]]:
    """The rows to compute, function by function."""
    total = sum(weight(r.name, len(r.args), written) for r in plan.rows if r.name not in LEAVES)
    count = -(-total // MOST_LINES)
    most = total / max(count, 1)
    parts: list[list[int]] = [[]]
    lines = 0.0
    for i, row in enumerate(plan.rows):
        if row.name in LEAVES:
            continue
        if lines >= most:
            parts.append([])
            lines = 0
        parts[-1].append(i)
        lines += weight(row.name, len(row.args), written)
    return parts


NARROW, REGISTERS = 4, 12
"""Points at a time where more values than this are needed at once: processors with 16 registers of four doubles run out
of them at eight points."""


def pressure(plan: Plan, rows: Sequence[int]) -> int:
    """How many values are waiting to be used, at most; constants, which may be read from memory, count half."""
    last: dict[int, int] = {}
    for i in rows:
        for a in plan.rows[i].args:
            last[a] = i
    for o in plan.outputs:
        last[o] = len(plan.rows)
    ends: dict[int, int] = {}
    for a, i in last.items():
        if plan.rows[a].name not in FIXED:
            ends[i] = ends.get(i, 0) + 1
    alive = most = 0
    started: set[int] = set()
    for i in rows:
        fresh = {a for a in (*plan.rows[i].args, i) if a in last and plan.rows[a].name not in FIXED} - started
        started |= fresh
        alive += len(fresh)
        most = max(most, alive)
        alive -= ends.get(i, 0)
    return most + len({a for i in rows for a in plan.rows[i].args if plan.rows[a].name in FIXED}) // 2
