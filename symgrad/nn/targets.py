"""Whether the targets of a loss mean anything to it: classes that exist, signs, probabilities."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from symgrad.errors import TypeMistake
from symgrad.graph import CONST, VAR, Node, Program, postorder, variables

CLASSES, ROWS, SIGNS, BITS = "classes", "rows", "signs", "bits"
"""What targets are: whole numbers from 0, rows of probabilities, -1 and 1, numbers from 0 to 1."""


def refuse_wrong(kind: str, target: Node, count: int = 0, values: Mapping[str, Any] | None = None) -> None:
    """Refuse targets whose values are known and mean nothing to the loss.

    Args:
        kind: what the loss takes.
        target: the expression of the targets.
        count: of how many classes.
        values: variable name -> value.

    Raises:
        TypeMistake: SG203, there is such a target.
    """
    import numpy as np

    from symgrad.engine.backprop import value_of

    known, used = values or {}, variables(target)
    if any(v.name not in known for v in used) or target.type.kind != "real":
        return
    program = Program([target])
    found = np.asarray(value_of(program, {v.name: known[v.name] for v in program.variables}), dtype=float)
    own = target.args[0] if _is(target, "reshape") else target
    name = own.name if own.op is VAR else "the target"
    if kind == ROWS:
        wrong = ~(np.isclose(found.sum(axis=-1), 1.0) & (found >= 0).all(axis=-1))
        if wrong.any():
            raise TypeMistake(
                "SG203",
                f"probabilities of {count} classes sum to 1, and {name} has a row that does not",
                hint="classes are whole numbers from 0, one for each sample; for one score a sample use"
                " `binary_cross_entropy`",
            )
        return
    if kind == CLASSES:
        right, said = np.isin(found, np.arange(count)), f"classes are 0..{count - 1} here"
    elif kind == SIGNS:
        right, said = np.isin(found, (-1.0, 1.0)), "targets are -1 or 1 here"
    else:
        right, said = (found >= 0) & (found <= 1), "targets are 0 to 1 here"
    if right.all():
        return
    signs, bits = np.isin(found, (-1.0, 1.0)).all(), np.isin(found, (0.0, 1.0)).all()
    hint = f"write ({name} + 1)/2" if signs else f"write 2*{name} - 1" if bits and kind == SIGNS else None
    raise TypeMistake(
        "SG203",
        f"{said}, and {name} has {found[~right].flat[0]:g}",
        hint=hint if own.op is VAR else None,
    )


def refuse_wrong_in(loss: Node, values: Mapping[str, Any], trained: Collection[str]) -> None:
    """Refuse a loss whose targets, as these values are, mean nothing to it.

    The losses are found by their form, so that it does not matter what was done to them since they were written.

    Args:
        loss: an expression.
        values: variable name -> value.
        trained: the names of the parameters: targets have none.

    Raises:
        TypeMistake: SG203, there is such a target.
    """
    known = {name: value for name, value in values.items() if name not in trained}
    for kind, target, count in _targets(loss):
        refuse_wrong(kind, target, count, known)


def _targets(loss: Node) -> Iterator[tuple[str, Node, int]]:
    """The targets in an expression: what they are, and of how many classes."""
    for node in postorder([loss]):
        name, args = node.op.name, node.args
        if name == "eq" and args[1].op is CONST and _is_range(args[1]) and args[0].type.shape[-1:] == (1,):
            yield CLASSES, args[0], args[1].type.shape[0]
        elif name == "mean" and _is(args[0], "relu") and _is(args[0].args[0], "sub"):
            one, product = args[0].args[0].args
            if one.op is CONST and not one.type.shape and float(one.value) == 1 and _is(product, "mul"):
                yield from ((SIGNS, factor, 0) for factor in product.args if factor.op is not CONST)
        elif name == "sub" and _is(args[0], "softplus") and _is(args[1], "mul"):
            yield from ((BITS, t, 0) for t in _beside(args[1], args[0].args[0]))
        elif name == "sub" and _is(args[0], "logsumexp") and _is(args[1], "sum"):
            z, product = args[0].args[0], args[1].args[0]
            rows = _beside(product, z) if _is(product, "mul") else []
            yield from ((ROWS, t, z.type.shape[-1]) for t in rows if t.type == z.type and not _is(t, "where"))


def _is(node: Node, name: str) -> bool:
    return bool(node.op.name == name)


def _beside(product: Node, factor: Node) -> list[Node]:
    """The other factor."""
    a, b = product.args
    return [b] if a is factor else [a] if b is factor else []


def _is_range(node: Node) -> bool:
    """Whether a constant is 0, 1, 2 ..."""
    return len(node.type.shape) == 1 and list(node.value) == list(range(node.type.shape[0]))
