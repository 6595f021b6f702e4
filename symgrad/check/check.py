"""Ask every witness about value and partial derivatives at a point, and judge."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from symgrad.certified.interpret import has_series, moving, prepared
from symgrad.certified.prove import NOWHERE, Budget, Proof, explained_by_rounding, prove, prove_by_taylor
from symgrad.check import causes
from symgrad.check.judge import Doubts, judge
from symgrad.check.quotients import quotients
from symgrad.check.sides import Place, at_border, of_signed_zero
from symgrad.check.verdict import Partial, Verdict, Witness, worst
from symgrad.engine.backprop import Result, evaluate
from symgrad.engine.evaluate import bind
from symgrad.engine.flags import Flag
from symgrad.engine.gradient import gradient
from symgrad.graph import Node, Program

SymbolicWitness = Callable[[], Mapping[str, Any]]
"""Called once, late: for each variable SymPy's derivative as a node, or the reason (a str) why there is none."""

CONVENTIONS = ("kink", "tie", "jump", "branch")
BORDERS = (*CONVENTIONS, "vertical", "pole", "domain", "undefined")
TAYLOR, RULES, SYMPY, PROOF = (
    "Taylor arithmetic",
    "the certified gradient graph",
    "SymPy",
    "certified arithmetic",
)
FEW_BITS = 192
"""Where a flag says that both sides have to be looked at, Taylor arithmetic does not try for long."""
STOPPED = "no series at a border that is flagged"
MOST_STEPS = 5_000_000
MOST_RULES = 30_000
"""Operations: of larger graphs the gradient is no witness, as building its graph takes longer than a proof may."""
LEAST_SECONDS = 0.2
"""What SymPy's derivatives get for their proof, however late they come."""


@dataclass(frozen=True)
class Question:
    """What is checked: a scalar graph of scalar variables, a point, the numbers shown, and what the answer may cost."""

    root: Node
    bound: Mapping[Node, float]
    wrt: list[Node]
    result: Result
    limits: Budget
    program: Program
    flags: Mapping[str, Flag] = field(default_factory=dict)


def check(
    root: Node,
    bindings: Mapping[str, float],
    symbolic: SymbolicWitness | None = None,
    budget: float = 2.0,
    shown: Result | None = None,
    program: Program | None = None,
) -> Verdict:
    """Cross-check the value and all partial derivatives of a scalar expression at one point.

    Witnesses of each partial: float64 backprop, certified Taylor arithmetic on the expression itself (which uses no
    derivative rule of the table), certified arithmetic on the gradient graph, and SymPy's derivative. Where Taylor
    arithmetic proves nothing, certified series on both sides of the point, and difference quotients.

    Args:
        root: a real scalar graph of scalar variables.
        bindings: variable name -> value.
        symbolic: SymPy's derivatives, asked for last because SymPy is slow; None leaves this witness out.
        budget: seconds for certified arithmetic.
        shown: the numbers to judge, if they are known or come from another graph (arrays).
        program: the graph's, if it is known.

    Raises:
        NameMistake: SG103, a variable has no value.
    """
    limits = Budget(seconds=budget)
    program = program or Program([root])
    wrt = [v for v in program.variables if v.type.kind == "real"]
    result = shown or evaluate(program, bindings, wrt)
    bound, _ = bind(program.variables, bindings)
    asked = Question(root, bound, wrt, result, limits, program, _flagged(program, wrt, result.flags))
    value, proof = _value(asked)
    if value.status == "undefined":
        return _undefined(asked, value)
    taylor = _by_taylor(asked)
    rules, by_rules = _by_rules(asked)
    by_sympy = _sympy(symbolic, asked)
    partials = {}
    for i, v in enumerate(wrt):
        ruled = Witness(RULES, by_rules.enclosures[i], by_rules.reason)
        reason = STOPPED if taylor[i].reason and v.name in asked.flags else taylor[i].reason
        pushed = Witness(TAYLOR, taylor[i].enclosures[1], reason)
        partials[v.name] = _partial(
            asked, v, proof, (pushed, ruled, by_sympy[i]), rules[i] if rules else None
        )
    return _whole(asked, *_with_hints(asked, value, partials))


def _with_hints(
    asked: Question, value: Partial, partials: dict[str, Partial]
) -> tuple[Partial, dict[str, Partial]]:
    """The same verdicts with a better form of the expression, where digits were lost."""
    parts = (value, *partials.values())
    if asked.limits.spent() or all(p.status != "rounding" for p in parts):
        return value, partials
    from symgrad.check.hints import better, with_hint  # the rules of accuracy take a while to import

    hint = better(asked.root, {v.name: x for v, x in asked.bound.items()}, value, partials)
    return with_hint(value, hint), {name: with_hint(p, hint) for name, p in partials.items()}


def _value(asked: Question) -> tuple[Partial, Proof]:
    """The verdict on the value itself, and its proof."""
    proof = prove([asked.root], asked.bound, asked.limits, asked.program)
    enclosure = proof.enclosures[0]
    number = float(asked.result.value)
    kinds = {f.kind for f in asked.result.flags}
    broken = kinds & {"domain", "pole", "undefined"} and proof.reason == NOWHERE
    nowhere = enclosure is None and (broken or not math.isfinite(number))
    born_nan = number != number and enclosure is not None and not enclosure.tight
    if nowhere or (born_nan and kinds & {"domain", "undefined"} and "overflow" not in kinds):
        return Partial("", number, "undefined", explanation=_why_undefined(asked.result)), proof
    witness = Witness(PROOF, enclosure, proof.reason)
    found = judge("", number, (witness,), Doubts(partial(explained_by_rounding, asked.root, asked.bound)))
    if found.status in ("rounding", "mismatch"):
        found = of_signed_zero(found, asked.root, asked.bound, asked.limits)
    if len(asked.program.nodes) > causes.MOST_NODES:
        return found, proof
    return causes.of_value(found, asked.root, asked.bound), proof


def _why_undefined(result: Result) -> str:
    on_the_way = " on the way" if math.isfinite(result.value) else ""
    for flag in result.flags:
        if flag.kind in ("domain", "pole", "undefined"):
            return f"undefined: {flag.detail}{on_the_way}"
    return "undefined: the value is not a number" if result.value != result.value else "the value is infinite"


def _by_taylor(asked: Question) -> list[Proof]:
    """Taylor arithmetic by each variable; not for long where a flag says that both sides have to be looked at."""
    root, bound, limits, program = asked.root, asked.bound, asked.limits, asked.program
    known = prepared([root], has_series, program)
    if not asked.flags:
        return prove_by_taylor(root, bound, asked.wrt, limits, known=known)
    short = replace(limits, bits=FEW_BITS)
    return [
        prove_by_taylor(root, bound, [v], limits if asked.flags.get(v.name) is None else short, known=known)[
            0
        ]
        for v in asked.wrt
    ]


def _by_rules(asked: Question) -> tuple[list[Node], Proof]:
    """The gradient graph, and its proof."""
    size = len(asked.program.nodes)
    nothing: list[Any] = [None] * len(asked.wrt)
    if size > MOST_RULES:
        return [], Proof(nothing, f"too large: {size} operations")
    if asked.limits.spent():
        return [], Proof(nothing, "out of time")
    rules = gradient(asked.root, asked.wrt)
    return rules, prove(rules, asked.bound, asked.limits)


def _partial(
    asked: Question, v: Node, value: Proof, witnesses: tuple[Witness, ...], rule: Node | None
) -> Partial:
    """The verdict on one partial derivative."""
    number = float(asked.result.grad[v.name])
    taylor = witnesses[0]
    flag = asked.flags.get(v.name)
    convention = flag is not None and flag.kind in CONVENTIONS
    if convention or (not taylor.speaks and (flag is not None or taylor.reason == NOWHERE)):
        place = Place(asked.root, asked.bound, value.enclosures[0], asked.limits)
        found = at_border(place, v, v.name, number, flag)
        return replace(found, witnesses=(*found.witnesses, *witnesses))
    doubts = Doubts(
        partial(_explained, rule, asked.bound), partial(quotients, asked.root, asked.bound, v, asked.limits)
    )
    found = judge(v.name, number, witnesses, doubts)
    if found.status == "rounding" and rule is not None:
        found = causes.of_partial(found, asked.root, v, rule, asked.bound)
    return replace(found, witnesses=(*found.witnesses, *(w for w in witnesses if w not in found.witnesses)))


def _explained(rule: Node | None, bound: Mapping[Node, float], number: float) -> bool:
    return rule is None or explained_by_rounding(rule, bound, number)


def _flagged(program: Program, wrt: list[Node], flags: tuple[Flag, ...]) -> dict[str, Flag]:
    """For each variable the first flag that has to do with the slope by it."""
    borders = {
        program.slot[f.node]: f for f in reversed(flags) if f.kind in BORDERS and f.node in program.slot
    }
    if not borders:
        return {}
    if len(wrt) * len(program.nodes) > MOST_STEPS:
        first = next(f for f in flags if f.kind in BORDERS)
        return {v.name: first for v in wrt}
    found = {}
    for v, moves in zip(wrt, moving(program, wrt), strict=True):
        slot = next((slot for slot in moves if slot in borders), None)
        if slot is not None:
            found[v.name] = borders[slot]
    return found


def _undefined(asked: Question, value: Partial) -> Verdict:
    """The verdict where there is no value; what the function comes to there is told."""
    place = Place(asked.root, asked.bound, None, asked.limits)
    partials = {}
    for v in asked.wrt:
        found = at_border(place, v, v.name, math.nan, asked.flags.get(v.name))
        if found.status != "undefined":
            found = replace(found, status="undefined", explanation=value.explanation)
        partials[v.name] = found
    from symgrad.check.holes import of_hole

    value = of_hole(value, asked.root, asked.result.flags, partials)
    return Verdict("undefined", value.explanation, value, partials, asked.result.flags)


def _sympy(symbolic: SymbolicWitness | None, asked: Question) -> list[Witness]:
    """SymPy's derivatives, evaluated in certified arithmetic."""
    if symbolic is None:
        return [Witness(SYMPY, None, "SymPy was not asked") for _ in asked.wrt]
    found = symbolic()
    later = Budget(seconds=max(asked.limits.left(), LEAST_SECONDS))
    witnesses = []
    for v in asked.wrt:
        derivative = found.get(v.name, "no answer")
        if not isinstance(derivative, Node):
            witnesses.append(Witness(SYMPY, None, str(derivative)))
            continue
        proof = prove([derivative], asked.bound, later)
        witnesses.append(Witness(SYMPY, proof.enclosures[0], proof.reason))
    return witnesses


def _whole(asked: Question, value: Partial, partials: dict[str, Partial]) -> Verdict:
    """The verdict on everything: the worst of its parts."""
    found = worst([value, *partials.values()])
    flags = asked.result.flags
    if found.status != "verified":
        where = f"∂/∂{found.name}: " if found.name else ""
        return Verdict(found.status, where + found.explanation, value, partials, flags)
    return Verdict("verified", _agreement(list(partials.values())), value, partials, flags)


def _agreement(partials: list[Partial]) -> str:
    """Who agrees, where everything is verified."""
    if not partials:
        return "certified arithmetic proves the value"
    if any(p.left is not None for p in partials):
        return "certified arithmetic proves that the slopes of both sides agree"
    asked = all(any(w.name == SYMPY and w.speaks for w in p.witnesses) for p in partials)
    return f"backprop{', SymPy' if asked else ''} and certified arithmetic agree"
