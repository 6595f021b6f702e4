"""What helps: for a few forms a better function, from one table; else advice on the mechanism."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from symgrad.engine.backprop import evaluate
from symgrad.explain.findings import Finding
from symgrad.graph import Node, Program, const, postorder, variables
from symgrad.ops import OPS
from symgrad.symbolic.stable import suggest
from symgrad.symbolic.stable.rule import Table
from symgrad.symbolic.text import text

FORMS = Table(direct=True)
"""Forms that fail at a point where another one, equal elsewhere, is defined or keeps its digits."""

exp, log, sin, sqrt, sigmoid, softplus, logaddexp, sinc, hypot, cbrt, xlogy, absolute = (
    OPS[name]
    for name in (
        "exp", "log", "sin", "sqrt", "sigmoid", "softplus", "logaddexp", "sinc", "hypot", "cbrt", "xlogy", "abs",
    )
)  # fmt: skip

FORMS.identity(lambda a: 1 / (1 + exp(-a)), sigmoid)
FORMS.identity(lambda a: exp(a) / (1 + exp(a)), sigmoid)
FORMS.identity(lambda a: log(1 + exp(a)), softplus)
FORMS.identity(lambda a, b: log(exp(a) + exp(b)), logaddexp)
FORMS.identity(lambda a: sin(a) / a, sinc)
FORMS.identity(lambda a, b: sqrt(a**2 + b**2), hypot)
FORMS.identity(lambda a: sqrt(a**2), absolute)
FORMS.identity(lambda a: a ** (const(1) / 3), cbrt)
FORMS.identity(lambda a, b: a * log(b), xlogy)

SINGULAR = ("indeterminate", "domain", "pole", "overflow", "vertical", "underflow")
ROUNDED = ("cancellation", "absorption", "amplification", "accumulation", "underflow", "pole", "overflow")

ADVICE = {
    "domain": "choose a point inside the domain, or guard it: if(condition, formula, value)",
    "pole": "choose another point, or guard it: if(condition, formula, value)",
    "overflow": "scale the operands down, or work with logarithms",
    "underflow": "scale the operands up, or work with logarithms",
    "vertical": "choose a point beside this one",
    "saturation": "smaller operands: other initial values, or inputs of a common scale",
    "dead": "another point; a function that lets something through everywhere, such as leaky_relu or softplus",
    "condition": "a condition has no slope; a smooth switch such as sigmoid has one",
    "flat": "leave the rounding out where one differentiates",
    "zero factor": "start from another value than zero",
}
"""What helps against a mechanism where no better form is known."""

NEAR = 3
"""So many operations above a guilty node are looked at for a form that is known."""


def cured(findings: list[Finding], root: Node, bound: Mapping[Node, float]) -> list[Finding]:
    """The findings with what helps: a better form of the node or of what stands around it, or advice."""
    above: dict[Node, list[Node]] = {}
    for node in postorder([root]):
        for a in dict.fromkeys(node.args):
            above.setdefault(a, []).append(node)
    return [_cured(finding, above, bound) for finding in findings]


def _cured(finding: Finding, above: dict[Node, list[Node]], bound: Mapping[Node, float]) -> Finding:
    better = next((b for b in _better(finding, above) if _has_value(b[1], bound)), None)
    if better is not None:
        old, new = better
        return replace(finding, cure=f"{text(new)} instead of {text(old)}", better=better)
    return replace(finding, cure=finding.cure or ADVICE.get(finding.mechanism, ""))


def _has_value(form: Node, bound: Mapping[Node, float]) -> bool:
    """Whether a form has a value at the point: sinc(1/x) is no way out at 0."""
    found = evaluate(Program([form]), {v.name: bound[v] for v in variables(form)}, [])
    nowhere = any(flag.kind in ("domain", "pole", "undefined") for flag in found.flags)
    return bool(found.value == found.value) and not nowhere


def _better(finding: Finding, above: dict[Node, list[Node]]) -> Iterator[tuple[Node, Node]]:
    """Better forms of the node where it happened, and of those above it."""
    level = [finding.place]
    for _ in range(NEAR):
        for node in level:
            if finding.mechanism in SINGULAR:
                for rule in FORMS.rules:
                    yield from ((node, new) for new in rule.change(node))
            if finding.mechanism in ROUNDED:
                yield from ((node, found.node) for found in suggest(node))
        level = [up for node in level for up in above.get(node, ())][:MOST_ABOVE]


MOST_ABOVE = 8
