"""Why a number is nan, infinite, zero or wrong: the node to blame, what happened there, and what helps."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from symgrad.certified.prove import Budget, prove
from symgrad.engine.backprop import Result, evaluate
from symgrad.engine.evaluate import run
from symgrad.engine.flags import Flag
from symgrad.engine.gradient import gradient, real_variables
from symgrad.engine.rounding import Attribution, attribute, attribute_partials
from symgrad.errors import NameMistake, did_you_mean
from symgrad.explain import backward, forward
from symgrad.explain.cures import cured
from symgrad.explain.findings import Finding, operation, short
from symgrad.explain.loss import lost_digits, name, place_of
from symgrad.graph import Node, Program, postorder

WRONG = 1e-10
"""A relative error that is worth a word: of sixteen digits more than six are gone."""

TINY = 1e-8
"""A partial below this, beside a value of ordinary size, may be one that a saturated operation has stopped."""

MOST_LOST = 2000
"""In larger graphs no digits are counted: certified arithmetic would take too long."""

BORDERS = {
    "kink": "has a kink here",
    "tie": "is at a tie",
    "jump": "jumps here",
    "branch": "is at the border between true and false",
}
FEW = 3


def why(
    root: Node,
    bound: Mapping[Node, float],
    of: str | None = None,
    *,
    budget: float = 2.0,
    result: Result | None = None,
) -> list[Finding]:
    """What there is to say about the value of a scalar expression at a point, and about its partial derivatives.

    Args:
        root: a real scalar graph of scalar variables.
        bound: the value of each variable.
        of: "" for the value, the name of a variable for its partial derivative; None for whatever is in trouble.
        budget: seconds for certified arithmetic.
        result: the numbers asked about, where they come from another graph (arrays).

    Returns:
        Findings, the most important first. If nothing is wrong, what contributes most to the number.

    Raises:
        NameMistake: SG104, there is no such variable.
    """
    if of not in (None, "") and of not in {v.name for v in bound}:
        near = did_you_mean(of, [v.name for v in bound])
        hint = f"did you mean `{near}`?" if near else "the variables are: " + ", ".join(v.name for v in bound)
        raise NameMistake("SG104", f"there is no variable `{of}` here", hint=hint)
    case = Case(root, bound, budget, result)
    if of is not None:
        return case.of_value() if of == "" else case.of_partial(of)
    found = [f for f in case.of_value() if f.trouble]
    if case.value != case.value:
        return found
    for v in case.variables:
        found += [f for f in case.of_partial(v.name) if f.trouble]
    return found or [*case.of_value(), *(case.of_partial(v.name)[0] for v in case.variables)]


class Case:
    """One expression at one point, and what was computed there."""

    def __init__(self, root: Node, bound: Mapping[Node, float], budget: float, result: Result | None) -> None:
        self.root = root
        self.bound = dict(bound)
        self.budget = budget
        self.program = Program([root])
        self.plain = result is not None
        self.result = result or evaluate(self.program, {v.name: x for v, x in bound.items()})
        self.variables = real_variables(root)
        self.values = run(self.program, self.bound)
        self.output = self.program.outputs[0]
        self.inside = set(self.program.nodes)

    @property
    def value(self) -> float:
        """The number that is shown."""
        return float(self.result.value)

    def of_value(self) -> list[Finding]:
        """The findings on the value."""
        if not math.isfinite(self.value):
            return self._finished(forward.nonfinite(self.program, self.values, self.output, self.bound))
        found = self._lost(self.root, self.value, lambda: attribute(self.root, self.bound), "")
        found = found or self._borders(None, ("jump",))
        return self._finished(found or self._parts())

    def of_partial(self, target: str) -> list[Finding]:
        """The findings on one partial derivative."""
        if self.value != self.value:
            return [f.about(target) for f in self.of_value()]
        along = next((v for v in self.variables if v.name == target), None)
        number = float(self.result.grad[target]) if along is not None else 0.0
        if along is None:
            return [
                Finding("absent", self.root, self.root, target, f"{target} does not occur in the formula")
            ]
        sweep = backward.Sweep(self.program, self.values, self.output, self.program.slot[along])
        borders = self._borders(along, BORDERS)
        found = []
        if not math.isfinite(number):
            found = backward.nonfinite(sweep, self.bound, target)
        else:
            found = self._lost_partial(along, number)
            known = {f.place for f in (*found, *borders)}
            if number == 0:
                found += [f for f in backward.vanishing(sweep, self.bound, target) if f.node not in known]
            elif abs(number) < TINY:
                found += [f for f in backward.saturated(sweep, target) if f.node not in known]
        found += borders
        return self._finished(found or self._steep(sweep, target, number))

    def _lost_partial(self, along: Node, number: float) -> list[Finding]:
        if len(self.program.nodes) > MOST_LOST:
            return []
        rule = gradient(self.root, [along])[0]
        found = self._lost(
            rule,
            number,
            lambda: attribute_partials(self.root, self.bound, [along], plain=self.plain)[0],
            along.name,
        )
        return [replace(f, place=place_of(f.node, self.inside)) for f in found]

    def _lost(
        self, node: Node, number: float, attributed: Callable[[], Attribution], target: str
    ) -> list[Finding]:
        """The findings on lost digits, if the number lost many."""
        if len(self.program.nodes) > MOST_LOST:
            return []
        (truth,) = prove([node], self.bound, Budget(seconds=self.budget)).enclosures
        if truth is None or not truth.tight or truth.nearest == number or truth.error_of(number)[1] <= WRONG:
            return []
        return lost_digits(node, self.bound, attributed(), target, self.inside)

    def _borders(self, along: Node | None, kinds: Iterable[str]) -> list[Finding]:
        """The kinks, ties, jumps and borders of conditions that the point lies on."""
        target = "" if along is None else along.name
        return [
            self._of_flag(flag, target)
            for flag in self.result.flags
            if flag.kind in kinds and (along is None or along in postorder([flag.node]))
        ]

    def _parts(self) -> list[Finding]:
        """Of a value that is fine, the operands of the last operation."""
        args = self.program.args[self.output]
        xs = [self.values[a] for a in args]
        if not args:
            return [Finding("largest", self.root, self.root, "", f"the value is {short(self.value)}")]
        said = f"{operation(self.root, xs)} = {short(self.value)}"
        return [Finding("largest", self.root, self.root, "", said)]

    def _steep(self, sweep: backward.Sweep, target: str, number: float) -> list[Finding]:
        """Of a partial that is fine, the operations on its way with the largest slopes."""
        slopes = []
        for edge in sweep.edges():
            live, slope = sweep.slope(edge.slot, edge.argument)
            if live and edge.g and slope:
                slopes.append((abs(slope), edge, slope))
        slopes.sort(key=lambda entry: -entry[0])
        found = []
        for _, edge, slope in slopes[:FEW]:
            node, operand = self.program.nodes[edge.slot], self.program.nodes[edge.operand]
            said = f"{operation(node, sweep.operands(edge.slot))} has the slope {short(slope)} by {name(operand)}"
            found.append(Finding("largest", node, node, target, said))
        if not found:
            found = [Finding("largest", self.root, self.root, target, f"the partial is {short(number)}")]
        return found

    def _of_flag(self, flag: Flag, target: str) -> Finding:
        """A flag as a finding."""
        node = flag.node
        written = operation(node, [self.values[self.program.slot[a]] for a in node.args])
        said = f"{written} {BORDERS[flag.kind]}"
        if flag.slopes is not None:
            said += f": its slopes are {short(flag.slopes[0])} and {short(flag.slopes[1])}"
        return Finding(flag.kind, node, node, target, said)

    def _finished(self, found: list[Finding]) -> list[Finding]:
        return cured(found, self.root, self.bound)
