"""Value, gradient and flags together: evaluate forward, sweep back."""

from __future__ import annotations

import functools
import math
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from symgrad.engine import compensated
from symgrad.engine.evaluate import bind, has_arrays, run
from symgrad.engine.flags import BITS, BORDERS, BROKEN, Flag, flags, placed
from symgrad.engine.pullback import live_slots, pullback
from symgrad.engine.shapes import name_of, none_finite, over, partial, point_of
from symgrad.errors import Span, TypeMistake
from symgrad.graph import Node, Program

if TYPE_CHECKING:
    from symgrad.engine.flat import Tape


@dataclass(frozen=True)
class Result:
    """What evaluation gives.

    Attributes:
        value: float (bool for a condition, array for an array or for many points).
        grad: variable name -> partial derivative, of the variable's shape (points first).
        flags: why the numbers must be read with care; of many points each flag once.
        masks: for many points an integer each, with a bit for every kind of flag (see `flags.BITS`); else None.
        proved: the variables whose partial is no convention but proved from both sides, as a flag stands there; for
            many points a dict: variable name -> an array of bools, the points at which that is so.
    """

    value: Any
    grad: dict[str, Any]
    flags: tuple[Flag, ...] = ()
    masks: Any = None
    proved: tuple[str, ...] | dict[str, Any] = ()


Bound = Mapping[Node, Any]


def value_of(
    program: Program,
    bindings: Mapping[str, Any],
    output: int = 0,
    many: Callable[[Program, Bound, int], Any] | None = None,
) -> Any:
    """The value alone; see `evaluate` for the arguments."""
    bound, points = bind(program.variables, bindings)
    slot = program.outputs[output]
    if points is None and large(program):
        from symgrad.engine.flat import tape

        return tape(program).values(bound)[slot]
    if points is not None and many is not None:
        return many(program, bound, points)
    if points is None or not has_arrays(program):
        return over(run(program, bound)[slot], points)
    return _stack([run(program, point_of(bound, i))[slot] for i in range(points)])


def evaluate(
    program: Program,
    bindings: Mapping[str, Any],
    wrt: list[Node] | None = None,
    places: Mapping[Node, Span] | None = None,
    many: Callable[[Program, Bound, list[Node], int], Result] | None = None,
) -> Result:
    """Value and gradient of the program's first output, by backprop.

    Where the value is nan the gradient is nan; where it is infinite at a pole no finite partial is given. At a kink or
    a border the partial is the rule's convention, unless both sides prove a derivative (see `settle`).

    Args:
        program: its first output is a real scalar.
        bindings: variable name -> value; arrays with one more axis than declared are many points.
        wrt: the nodes to differentiate by; default all real variables.
        places: where nodes stand in the text, for the flags.
        many: what computes many points; default one sweep over all of them.

    Raises:
        NameMistake: SG103, a variable has no value.
        TypeMistake: SG213, a shape is not the declared one; SG214, the output is an array.
    """
    root = program.nodes[program.outputs[0]]
    wrt = [v for v in program.variables if v.type.kind == "real"] if wrt is None else wrt
    if root.type.kind == "bool":
        wrt = []
    if root.type.shape and wrt:
        raise TypeMistake(
            "SG214",
            f"this is an array ({root.type}) and has a Jacobian, not a gradient",
            hint="use jacobian(...), or sum(...) to make it one number",
        )
    bound, points = bind(program.variables, bindings)
    result = at_point(program, bound, wrt) if points is None else (many or sweep)(program, bound, wrt, points)
    return replace(result, flags=placed(result.flags, places)) if places and result.flags else result


def sweep(program: Program, bound: Bound, wrt: list[Node], points: int) -> Result:
    """Value, gradient and flags at many points: all at once where there are only numbers, else one by one."""
    if has_arrays(program):
        return _one_by_one(program, bound, wrt, points)
    from symgrad.engine.many import at_points

    return at_points(program, bound, wrt, points)


def at_point(program: Program, bound: Mapping[Node, Any], wrt: list[Node]) -> Result:
    """Value, gradient and flags at one point."""
    output = program.outputs[0]
    if large(program):
        from symgrad.engine.flat import tape

        quick = tape(program)
        values = quick.values(bound)
        found = _by_tape(program, quick, values, wrt)
        if found is not None:
            return found
    else:
        values = run(program, bound)
    value = values[output]
    if isinstance(value, float):
        value = float(value)  # not NumPy's, which warns
    slots = {program.slot[v]: v for v in wrt if v in program.slot}
    live = live_slots(program, set(slots), output)
    adjoints, pairs = _adjoints(program, bound, values, slots)
    grad = {v: partial(adjoints.get(program.slot.get(v, -1)), value, v, None) for v in wrt}
    noted = flags(program, values, output, live)
    proved: dict[Node, float] = {}
    if isinstance(value, float) and math.isfinite(value):
        proved = _proved(program, bound, grad, noted)
        grad.update(proved)
        if not all(map(_finite, grad.values())):
            from symgrad.engine.steep import steep_flags

            blamed = any(BITS[flag.kind] & BROKEN for flag in noted) or not _missing(grad)
            noted += tuple(steep_flags(program, values, output, live, blamed))
    elif isinstance(value, float) and any(flag.kind == "pole" for flag in noted):
        grad = {v: none_finite(g) for v, g in grad.items()}
    noted += _imprecise(program, values, pairs, output)
    return Result(value, {name_of(v): g for v, g in grad.items()}, noted, None, tuple(map(name_of, proved)))


def large(program: Program) -> bool:
    """Whether one point is a matter for a tape of plain doubles."""
    return len(program.nodes) > compensated.MOST_NODES and not has_arrays(program)


def _by_tape(program: Program, tape: Tape, values: list[Any], wrt: list[Node]) -> Result | None:
    """Value and gradient where nothing happened that has to be looked at."""
    numbers = tape.array(values)
    if not tape.calm(numbers):
        return None
    slots = [program.slot.get(v, NOWHERE) for v in wrt]
    adjoints = None if NOWHERE in slots else tape.adjoints(numbers, slots)
    if adjoints is None:
        return None
    return Result(values[program.outputs[0]], dict(zip(map(name_of, wrt), adjoints, strict=True)))


NOWHERE = -1


def _proved(
    program: Program, bound: Mapping[Node, Any], grad: Mapping[Node, Any], found: tuple[Flag, ...]
) -> dict[Node, float]:
    """The partials that both sides prove, of those that stand at a border or are not finite."""
    borders = [flag.node for flag in found if BITS[flag.kind] & BORDERS]
    if not borders and all(map(_finite, grad.values())):
        return {}
    from symgrad.engine.settle import below, proved_partials

    doubtful = below(program, borders)
    return proved_partials(program, bound, [v for v, g in grad.items() if v in doubtful or not _finite(g)])


def _imprecise(program: Program, values: list[Any], pairs: list[Any], output: int) -> tuple[Flag, ...]:
    """A flag where twice the digits give another value, at the first node where half of the digits are gone."""
    if not pairs or not _lost(values[output], pairs[output]):
        return ()
    slot = next(s for s in range(output + 1) if _lost(values[s], pairs[s]))
    better = float(pairs[slot])
    return (
        Flag(
            "precision", program.nodes[slot], f"{values[slot]!r} in float64, {better!r} with twice the digits"
        ),
    )


def _lost(plain: Any, pair: Any) -> bool:
    """Whether a number differs from what twice the digits give by more than half of its digits."""
    if type(plain) is bool or type(pair) is bool:
        return False
    better = float(pair)
    return math.isfinite(better) and abs(plain - better) > HALF * abs(better)


HALF = 2.0**-26


def _adjoints(
    program: Program, bound: Mapping[Node, Any], values: list[Any], slots: Mapping[int, Node]
) -> tuple[dict[int, Any], list[Any]]:
    """The adjoints of some slots at one point; and the values as pairs, where those were used.

    For graphs of everyday size rounding errors are carried along: the partials of a formula that cancels are then
    right nearly to the last digit. Plain doubles have the last word on infinities and nans.
    """
    if not slots:
        return {}, []
    output = program.outputs[0]
    pairs: list[Any] = []
    if len(program.nodes) <= compensated.MOST_NODES and not has_arrays(program):
        pairs = compensated.run(program, bound)
        found = pullback(program, pairs, output, compensated.Pair.lift(1.0), slots)
        partials = {slot: float(g) for slot, g in found.items()}
        if math.isfinite(values[output]) and all(map(math.isfinite, partials.values())):
            return partials, pairs
    return quiet(lambda: pullback(program, values, output, 1.0, slots), program), pairs


def quiet(sweep: Callable[[], dict[int, Any]], program: Program) -> dict[int, Any]:
    """A sweep over arrays without NumPy's warnings: infinities and nans are results."""
    if not has_arrays(program):
        return sweep()
    import numpy as np

    with np.errstate(all="ignore"):
        return sweep()


def _finite(g: Any) -> bool:
    if type(g) is float:
        return math.isfinite(g)
    import numpy as np

    return bool(np.isfinite(g).all())


def _missing(grad: Mapping[Node, Any]) -> bool:
    """Whether a partial is nan, or an element of one."""
    import numpy as np

    return any(bool(np.isnan(g).any()) for g in grad.values())


def _one_by_one(program: Program, bound: Mapping[Node, Any], wrt: list[Node], points: int) -> Result:
    """Many points of a program with arrays: point by point."""
    rows = [at_point(program, point_of(bound, i), wrt) for i in range(points)]
    grad = {name: _stack([row.grad[name] for row in rows]) for name in (rows[0].grad if rows else ())}
    masks = [mask_of(row.flags) for row in rows]
    first = {(flag.kind, flag.node): flag for row in reversed(rows) for flag in reversed(row.flags)}
    names = dict.fromkeys(name for row in rows for name in row.proved)
    proved = {name: _stack([name in row.proved for row in rows]) for name in names}
    found = tuple(reversed(first.values()))
    return Result(_stack([row.value for row in rows]), grad, found, _stack(masks), proved)


def mask_of(found: tuple[Flag, ...]) -> int:
    """The bits of one point's flags."""
    return functools.reduce(operator.or_, (BITS[flag.kind] for flag in found), 0)


def _stack(values: list[Any]) -> Any:
    import numpy as np

    return np.array(values)
