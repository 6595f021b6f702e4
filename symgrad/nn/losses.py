"""Losses and accuracies: ordinary expressions of what a model gives and what it should give.

Each takes one sample or many (a leading axis) and is the mean over the samples. They are composed of ops of the table,
so everything that works on a formula works on them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

from symgrad.errors import TypeMistake
from symgrad.graph import Node, const
from symgrad.nn.model import Model, as_node
from symgrad.nn.targets import BITS, CLASSES, ROWS, SIGNS, refuse_wrong
from symgrad.ops import OPS


def _op(name: str, *args: Any, **attrs: Any) -> Node:
    made: Node = OPS[name](*args, **attrs)
    return made


def mean(x: Node) -> Node:
    """The mean of all elements; a number is its own mean."""
    return _op("mean", x) if x.type.shape else x


def pair(given: Any, target: Any) -> tuple[Node, Node]:
    """What a model gives, and its target, in one shape: n numbers may come as a column of one.

    Raises:
        TypeMistake: SG203, the shapes differ; spreading one over the other would compare every sample with all others.
    """
    y, t = as_node(given), as_node(target)
    if y.type.shape == (*t.type.shape, 1):
        y = _op("reshape", y, shape=t.type.shape)
    elif t.type.shape == (*y.type.shape, 1):
        t = _op("reshape", t, shape=y.type.shape)
    if y.type.shape != t.type.shape and t.type.shape:
        raise TypeMistake("SG203", f"the model gives {y.type}, and the target is {t.type}")
    return y, t


def mse(given: Any, target: Any) -> Node:
    """The mean of the squared errors."""
    y, t = pair(given, target)
    return mean(_op("square", y - t))


def mae(given: Any, target: Any) -> Node:
    """The mean of the absolute errors."""
    y, t = pair(given, target)
    return mean(abs(y - t))


def huber(given: Any, target: Any, delta: float = 1.0) -> Node:
    """Squared errors up to `delta`, straight on beyond it, so that outliers pull no harder than `delta`."""
    y, t = pair(given, target)
    size = abs(y - t)
    near = _op("min", size, delta)
    return mean(near * (size - near / 2))


def hinge(score: Any, sign: Any) -> Node:
    """How far each score is from the right side of a margin of 1; targets are -1 and 1."""
    s, t = pair(score, sign)
    refuse_wrong(SIGNS, t)
    return mean(_op("relu", 1 - t * s))


def margin(scores: Any, classes: Any) -> Node:
    """The support vector loss of several classes (Weston and Watkins): how far others reach into a margin of 1."""
    s = as_node(scores)
    _several(s, "hinge")
    hot = one_hot(classes, s)
    right = _op("sum", s * hot, axis=-1)
    others = _op("relu", s - _column(right) + 1) * (1 - hot)
    return mean(_op("sum", others, axis=-1))


def binary_cross_entropy(logit: Any, probability: Any) -> Node:
    """-log of the probability given to the target, 0 or 1 (or between); from logits, so that nothing overflows."""
    z, t = pair(logit, probability)
    refuse_wrong(BITS, t)
    return mean(_op("softplus", z) - t * z)


def cross_entropy(logits: Any, classes: Any) -> Node:
    """-log of the probability given to the right class; classes are whole numbers from 0, or rows of probabilities."""
    z = as_node(logits)
    _several(z, "binary_cross_entropy")
    return mean(_op("logsumexp", z, axis=-1) - _op("sum", z * one_hot(classes, z), axis=-1))


def _several(scores: Node, instead: str) -> None:
    """Refuse scores of a single class: it would always be right."""
    if scores.type.shape[-1:] == (1,):
        raise TypeMistake(
            "SG203", f"there is one score, and classes need one each: {scores.type}", hint=f"use `{instead}`"
        )


def one_hot(classes: Any, scores: Node) -> Node:
    """Classes as rows with a one in the place of the class; rows stay as they are.

    Raises:
        TypeMistake: SG203, there is not one class for each row of scores.
    """
    c, shape = as_node(classes), scores.type.shape
    if c.type.shape == shape and shape:
        refuse_wrong(ROWS, c, shape[-1])
        return c
    if c.type.shape == (*shape[:-1], 1):
        c = _op("reshape", c, shape=shape[:-1])
    if not shape or c.type.shape != shape[:-1]:
        raise TypeMistake("SG203", f"the scores are {scores.type}, and the classes {c.type}")
    refuse_wrong(CLASSES, c, shape[-1])
    numbers = const([float(k) for k in range(shape[-1])])
    return _op("where", _op("eq", _column(c), numbers), 1.0, 0.0)


def _column(x: Node) -> Node:
    """A number for each sample as a row of one, beside a row of scores."""
    return _op("reshape", x, shape=(*x.type.shape, 1))


def l1(parameters: Any) -> Node:
    """The sum of the sizes of all parameters of a model (or of these expressions)."""
    return _total(parameters, abs)


def l2(parameters: Any) -> Node:
    """The sum of the squares of all parameters of a model (or of these expressions)."""
    return _total(parameters, lambda p: _op("square", p))


def _total(parameters: Any, size: Callable[[Node], Node]) -> Node:
    nodes: Iterable[Any]
    if isinstance(parameters, Model):
        nodes = parameters.nodes
    else:
        nodes = parameters if isinstance(parameters, list | tuple) else [parameters]
    total: Node | None = None
    for node in map(as_node, nodes):
        part = size(node)
        part = _op("sum", part) if part.type.shape else part
        total = part if total is None else total + part
    return const(0.0) if total is None else total


def same_sign(score: Any, sign: Any) -> Node:
    """The part of the samples whose score has the sign of the target, -1 or 1."""
    s, t = pair(score, sign)
    return mean(_op("where", s * t > 0, 1.0, 0.0))


def same_side(logit: Any, probability: Any) -> Node:
    """The part of the samples whose logit is on the side of the target, 0 or 1."""
    z, t = pair(logit, probability)
    return same_sign(z, 2 * t - 1)


def same_class(scores: Any, classes: Any) -> Node:
    """The part of the samples whose right class has a greater score than every other."""
    s = as_node(scores)
    right = _op("gt", one_hot(classes, s), 0.5)
    best = _op("amax", _op("where", right, -math.inf, s), axis=-1)
    own = _op("amax", _op("where", right, s, -math.inf), axis=-1)
    return mean(_op("where", own > best, 1.0, 0.0))


LOSSES: dict[str, Callable[..., Node]] = {
    "mse": mse,
    "mae": mae,
    "huber": huber,
    "hinge": hinge,
    "margin": margin,
    "binary_cross_entropy": binary_cross_entropy,
    "cross_entropy": cross_entropy,
}
"""The losses by name."""

ACCURACIES: dict[str, Callable[..., Node]] = {
    "hinge": same_sign,
    "margin": same_class,
    "binary_cross_entropy": same_side,
    "cross_entropy": same_class,
}
"""What counts as right beside each loss that classifies."""
