"""The verdict on numbers that are no gradients: elements of arrays, and values of derivatives that were asked for."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from symgrad.certified.prove import (
    NOWHERE,
    Budget,
    Proof,
    explained_by_rounding,
    prove,
    prove_by_taylor,
    prove_mixed,
)
from symgrad.check import causes
from symgrad.check.higher import at_border_of_higher
from symgrad.check.judge import Doubts, judge
from symgrad.check.sides import Place, at_border
from symgrad.check.verdict import Partial, Verdict, Witness, worst
from symgrad.engine.backprop import evaluate
from symgrad.engine.evaluate import bind
from symgrad.errors import LimitReached
from symgrad.graph import Node, Program, variables
from symgrad.graph.scalarise import element_name, scalarise, scalarise_point
from symgrad.graph.walk import postorder
from symgrad.ops import OPS

MOST = 400
"""Numbers that are looked at; of more a sample is."""
SAMPLE = 64
MOST_ORDER = 30
TAYLOR, PROOF, ORIGINAL = "Taylor arithmetic", "certified arithmetic", "the expression as it was"


@dataclass(frozen=True)
class Claim:
    """Numbers that are shown: the value of a graph.

    Attributes:
        name: what they are called; "" for a value that stands alone.
        node: the graph, a number or an array.
        number: what float64 made of it, of the same shape.
        root: the graph that it is a derivative of, or another form of; None if it is neither.
        by: the variables that `root` was differentiated by, one for each order.
    """

    name: str
    node: Node
    number: Any
    root: Node | None = None
    by: tuple[Node, ...] = ()


def check_numbers(claims: Sequence[Claim], bindings: Mapping[str, Any], budget: float = 2.0) -> Verdict:
    """Certify each number, and where it is a derivative compare it with Taylor arithmetic on the original."""
    try:
        single = [one for claim in claims for one in _elements(claim)]
        count = sum(_size(claim) for claim in claims)
        graphs = [g for claim in claims for g in (claim.node, claim.root) if g is not None]
        inputs = list(dict.fromkeys(v for g in graphs for v in variables(g)))
        bound = scalarise_point(bind(inputs, bindings)[0])
    except LimitReached as error:
        return _unchecked(error.message)
    limits = Budget(seconds=budget)
    proof = prove([_as_number(one.node) for one in single], bound, limits)
    found: dict[str, Partial] = {}
    for one, enclosure in zip(single, proof.enclosures, strict=True):
        found[one.name] = _judged(one, Witness(PROOF, enclosure, proof.reason), bound, limits)
    return _whole(found, count, derivatives=all(claim.by for claim in claims))


def _size(claim: Claim) -> int:
    return claim.node.type.size


def _unchecked(reason: str) -> Verdict:
    said = f"not checked: {reason}"
    return Verdict("unchecked", said, Partial("", math.nan, "unchecked", explanation=said))


def _elements(claim: Claim) -> Iterator[Claim]:
    """A claim about an array as claims about its elements; of a large one, about some of them."""
    import numpy as np

    graphs = [claim.node, *([claim.root] if claim.root is not None else [])]
    if not any(node.type.shape for node in postorder(graphs)):
        yield claim
        return
    nodes, *roots = scalarise(graphs)
    numbers = np.asarray(claim.number)
    keys = list(np.ndindex(numbers.shape))
    step = 1 if len(keys) <= MOST else len(keys) // SAMPLE
    for key in keys[::step]:
        by = tuple(_element(v, key) for v in claim.by)
        root = roots[0].item() if roots and roots[0].shape == () else roots[0][key] if roots else None
        yield Claim(element_name(claim.name, key), nodes[key], numbers[key].item(), root, by)


def _element(v: Node, key: tuple[int, ...]) -> Node:
    """The element of a variable that an element of a derivative belongs to."""
    if not v.type.shape:
        return v
    found: Node = scalarise([v])[0][key]
    return found


def _as_number(node: Node) -> Node:
    """A condition as 1 or 0, which can be enclosed."""
    if node.type.kind != "bool":
        return node
    found: Node = OPS["where"](node, 1, 0)
    return found


def _judged(one: Claim, proved: Witness, bound: Mapping[Node, float], limits: Budget) -> Partial:
    """The verdict on one number."""
    number = float(one.number)
    node = _as_number(one.node)
    witnesses = (*_original(one, bound, limits), proved)
    first = witnesses[0]
    if not first.speaks and one.by and first.reason == NOWHERE:
        found = _at_border(one, number, bound, limits)
        return replace(found, witnesses=(*found.witnesses, *witnesses))
    if not first.speaks and not math.isfinite(number):
        said = f"undefined: {_why_undefined(node, bound, number)}"
        return Partial(one.name, number, "undefined", explanation=said, witnesses=witnesses)
    found = judge(one.name, number, witnesses, Doubts(partial(explained_by_rounding, node, bound)))
    if one.node.type.kind == "bool" and found.status == "rounding":
        said = f"rounding: float64 says {str(bool(number)).lower()}, the truth is {str(not number).lower()}"
        return replace(found, explanation=said, truth=str(not number).lower())
    return causes.of_value(found, node, bound)


def _at_border(one: Claim, number: float, bound: Mapping[Node, float], limits: Budget) -> Partial:
    """The verdict on a derivative where Taylor arithmetic finds none."""
    assert one.root is not None
    value = prove([one.root], bound, limits)
    if value.enclosures[0] is None and value.reason != NOWHERE:
        return Partial(one.name, number, "unchecked", explanation=f"not checked: {value.reason}")
    place = Place(one.root, bound, value.enclosures[0], limits)
    if len(one.by) == 1:
        return at_border(place, one.by[0], one.name, number, None)
    return at_border_of_higher(place, one.by, one.name, number)


def _why_undefined(node: Node, bound: Mapping[Node, float], number: float) -> str:
    """What went wrong on the way to a number that is none."""
    result = evaluate(Program([node]), {v.name: x for v, x in bound.items()}, [])
    flag = next((f for f in result.flags if f.kind in ("domain", "pole", "undefined")), None)
    if flag is not None:
        return flag.detail
    return "the value is not a number" if number != number else "the value is infinite"


def _original(one: Claim, bound: Mapping[Node, float], limits: Budget) -> Iterator[Witness]:
    """What is found without the graph whose value is shown."""
    if one.root is None:
        return
    if not one.by:
        proof = prove([one.root], bound, limits)
        yield Witness(ORIGINAL, proof.enclosures[0], proof.reason)
        return
    order = len(one.by)
    if order > MOST_ORDER:
        yield Witness(TAYLOR, None, f"derivatives of order {order} are not checked")
    elif len(set(one.by)) == 1:
        pushed = prove_by_taylor(one.root, bound, one.by[:1], limits, order)[0]
        yield Witness(TAYLOR, pushed.enclosures[order], pushed.reason)
    elif order == 2:
        mixed: Proof = prove_mixed(one.root, bound, one.by[0], one.by[1], limits)
        yield Witness(TAYLOR, mixed.enclosures[0], mixed.reason)
    else:
        yield Witness(TAYLOR, None, "mixed derivatives of this order are not checked")


def _whole(found: dict[str, Partial], count: int, *, derivatives: bool) -> Verdict:
    """The verdict on all numbers: that on the worst, and no tick where only a sample was looked at."""
    if not found:
        value = Partial("", math.nan, "verified", explanation="there are no numbers")
        return Verdict("verified", value.explanation, value)
    bad = worst(found.values())
    alone = len(found) == 1 and bad.name == ""
    value = bad
    if not alone:
        said = f"{bad.explanation} ({bad.name})"
        value = replace(
            bad,
            name="",
            certified=None,
            certified_float=None,
            truth=None,
            explanation=said,
            mechanism=bad.mechanism or f"{bad.name}: {bad.explanation.removeprefix('undefined: ')}",
        )
    elements = {} if alone else found
    if bad.status != "verified":
        return Verdict(bad.status, value.explanation, value, elements=elements)
    if len(found) < count:
        said = f"not checked as a whole: of {count} numbers a sample of {len(found)} is right"
        return Verdict(
            "unchecked", said, replace(value, status="unchecked", explanation=said), elements=elements
        )
    what = "the derivative" if derivatives else "the value"
    numbers = what if len(found) == 1 else f"{'both' if count == 2 else f'all {count}'} numbers"
    said = f"certified arithmetic proves {numbers}"
    return Verdict("verified", said, value, elements=elements)
