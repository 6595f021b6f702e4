"""Ask every witness about value and partial derivatives at a point, and judge."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from symgrad.certified.prove import Budget, explained_by_rounding, prove, prove_by_taylor
from symgrad.check.verdict import STATUSES, Partial, Verdict, Witness, judge
from symgrad.engine.backprop import Result, evaluate
from symgrad.engine.evaluate import bind
from symgrad.engine.flags import Flag
from symgrad.engine.gradient import gradient, real_variables
from symgrad.graph import Node, Program

SymbolicWitness = Callable[[], Mapping[str, Any]]
"""Called once, late: for each variable SymPy's derivative as a node, or the reason (a str) why there is none."""

BORDERS = ("kink", "tie", "jump", "branch")
TAYLOR, RULES, SYMPY = "Taylor arithmetic", "the certified gradient graph", "SymPy"


def check(
    root: Node,
    bindings: Mapping[str, float],
    symbolic: SymbolicWitness | None = None,
    budget: float = 2.0,
    shown: Result | None = None,
) -> Verdict:
    """Cross-check the value and all partial derivatives of a scalar expression at one point.

    Witnesses of each partial: float64 backprop, certified Taylor arithmetic on the expression itself (which uses no
    derivative rule of the table), certified arithmetic on the gradient graph, and SymPy's derivative.

    Args:
        root: a real scalar graph of scalar variables.
        bindings: variable name -> value.
        symbolic: SymPy's derivatives, asked for last because SymPy is slow; None leaves this witness out.
        budget: seconds for certified arithmetic.
        shown: the numbers to judge, where they come from another graph (arrays); default: this one's, by backprop.

    Raises:
        NameMistake: SG103, a variable has no value.
    """
    program = Program([root])
    wrt = real_variables(root)
    result = shown or evaluate(program, bindings, wrt)
    bound, _ = bind(program.variables, bindings)
    limits = Budget(seconds=budget)
    value = _value(root, result, bound, limits)
    if value.status == "undefined":
        partials = {v.name: _undefined(v.name, value) for v in wrt}
        return Verdict("undefined", value.explanation, value, partials, result.flags)
    rules = gradient(root, wrt)
    by_rules = prove(rules, bound, limits)
    by_taylor = prove_by_taylor(root, bound, wrt, limits)
    by_sympy = _sympy(symbolic, wrt, bound, limits)
    border = _border(result.flags)
    partials = {}
    for v, rule, ruled, pushed, sym in zip(wrt, rules, by_rules.enclosures, by_taylor, by_sympy, strict=True):
        witnesses = (
            Witness(TAYLOR, pushed.enclosures[1], pushed.reason),
            Witness(RULES, ruled, by_rules.reason),
            sym,
        )
        number = float(result.grad[v.name])
        partials[v.name] = judge(v.name, number, witnesses, border, _explained(rule, bound))
    return _whole(value, partials, result.flags, by_sympy)


def _value(root: Node, result: Result, bound: Mapping[Node, float], limits: Budget) -> Partial:
    """The verdict on the value itself."""
    proof = prove([root], bound, limits)
    enclosure = proof.enclosures[0]
    number = float(result.value)
    if enclosure is None and not math.isfinite(number):
        return Partial("", number, "undefined", explanation=_why_undefined(result))
    if (
        number != number
        and enclosure is not None
        and any(f.kind in ("domain", "undefined") for f in result.flags)
    ):
        overflowed = any(f.kind == "overflow" for f in result.flags)
        if not overflowed and not enclosure.tight:
            return Partial("", number, "undefined", explanation=_why_undefined(result))
    witness = Witness("certified arithmetic", enclosure, proof.reason)
    return judge("", number, (witness,), "", _explained(root, bound))


def _why_undefined(result: Result) -> str:
    for flag in result.flags:
        if flag.kind in ("domain", "pole", "undefined"):
            return f"undefined: {flag.detail}"
    return "undefined: the value is not a number" if result.value != result.value else "the value is infinite"


def _undefined(name: str, value: Partial) -> Partial:
    return Partial(name, math.nan, "undefined", explanation=value.explanation)


def _explained(root: Node, bound: Mapping[Node, float]) -> Callable[[float], bool]:
    return lambda number: explained_by_rounding(root, bound, number)


def _border(flags: tuple[Flag, ...]) -> str:
    """Why this point is a border case, in words; "" if it is none."""
    for flag in flags:
        if flag.kind in BORDERS:
            return f"{flag.kind}: {flag.detail}; the slope shown is a convention"
    return ""


def _sympy(
    symbolic: SymbolicWitness | None, wrt: list[Node], bound: Mapping[Node, float], limits: Budget
) -> list[Witness]:
    """SymPy's derivatives, evaluated in certified arithmetic."""
    if symbolic is None:
        return [Witness(SYMPY, None, "SymPy was not asked") for _ in wrt]
    found = symbolic()
    witnesses = []
    later = Budget(seconds=limits.seconds)  # waiting for SymPy is not certified arithmetic's time
    for v in wrt:
        derivative = found.get(v.name, "no answer")
        if not isinstance(derivative, Node):
            witnesses.append(Witness(SYMPY, None, str(derivative)))
            continue
        proof = prove([derivative], bound, later)
        witnesses.append(Witness(SYMPY, proof.enclosures[0], proof.reason))
    return witnesses


def _whole(
    value: Partial, partials: dict[str, Partial], flags: tuple[Flag, ...], sympy: list[Witness]
) -> Verdict:
    """The verdict on everything: the worst of its parts."""
    parts = [value, *partials.values()]
    worst = max(parts, key=lambda p: STATUSES.index(p.status))
    if worst.status != "verified":
        where = f"∂/∂{worst.name}: " if worst.name else ""
        return Verdict(worst.status, where + worst.explanation, value, partials, flags)
    names = (
        ["backprop"] + ["SymPy"] * (bool(sympy) and all(w.speaks for w in sympy)) + ["certified arithmetic"]
    )
    said = (
        f"{', '.join(names[:-1])} and {names[-1]} agree"
        if partials
        else "certified arithmetic proves the value"
    )
    return Verdict("verified", said, value, partials, flags)
