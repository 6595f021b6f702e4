"""What an operation is: one entry, one registry, one dispatch."""

from __future__ import annotations

import importlib
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from symgrad.domain import Domain, reals
from symgrad.errors import TypeMistake
from symgrad.ops.numeric import looped, nearest, of_carriers, over_carriers, quiet, silent
from symgrad.ops.types import POINTWISE, Type, TypeRule, elementwise

Rule = Callable[..., Any]
"""(adjoint g, output y, *inputs, **attrs) -> contribution to one input's adjoint."""


class Guarded(NamedTuple):
    """A contribution that exists only where `guard` holds: the branch not taken gets nothing, not zero times something."""

    guard: Any
    value: Any


@dataclass(eq=False)
class Op:
    r"""Everything the program knows about one operation.

    Attributes:
        name: its key in `OPS`, and the function's name in the language.
        doc: one sentence.
        example: a checkable equation such as "log(e^2) = 2".
        rules: one VJP rule per argument (None: no gradient flows), or a function argument index -> rule for a
            variadic op. Rules are written with operators and ops, so they serve numbers, arrays and nodes alike.
        scalar: the value at one point: a name in `math`, a function on floats, or "ball": correctly rounded by
            certified arithmetic. Default: `math.<name>` where that exists, else "ball".
        array: the value on arrays: "numpy.sin", "scipy.special.erf", or a function. Default: a loop over `scalar`.
        result: the type rule.
        domain: where each argument may lie; `valid` says more where the arguments depend on each other.
        kinks: points of a one-argument op where the derivative is a convention, or a predicate on the arguments (this
            and `valid` are written with operators and ops, for numbers and arrays alike).
        jump: whether the kinks are jumps of the value.
        tie: whether the kinks are ties between arguments.
        bend: the smallest and the largest slope at a kink, where they are always the same.
        saturates: whether it becomes flat far out, so that no gradient passes.
        fades: whether its value is zero only because it underflows, unless an argument is zero.
        ball, series: names in `symgrad.balls` (default: the op's own), "" for none.
        sympy: name in SymPy, or a function (sympy module, *arguments) -> expression; "" for none.
        infix, prefix, postfix, precedence, right: how it is written between its operands.
        brackets: what stands around its operands where that is not `name(` and `)`.
        latex: a template with {0}, {1}, or a command such as r"\sin".
        aliases: other spellings the language accepts.
        pair: the value on pairs of doubles (see `symgrad.ops.pairs`), or a function that returns None where it has
            nothing better than the default: the value at the high parts, corrected to first order by the rules.
        expand: its body in other ops; every interpreter that finds its own field empty uses it.
        hidden: it serves derivative rules only: it has no spelling and prints as its body.
        attrs: names of the static keyword arguments it takes.
        refused: interpreter -> reason it cannot serve this op.
        told: what a teacher calls its derivative rule: when all operands vary, when the first does, when the second does
            (one name serves for all).
        group: heading in the docs.
    """

    name: str
    doc: str
    example: str
    rules: Sequence[Rule | None] | Callable[[int], Rule]
    scalar: str | Callable[..., Any] | None = None
    array: str | Callable[..., Any] | None = None
    result: TypeRule = elementwise
    domain: tuple[Domain, ...] = ()
    valid: Callable[..., bool] | None = None
    kinks: tuple[float, ...] | Callable[..., bool] = ()
    jump: bool = False
    tie: bool = False
    bend: tuple[float, float] | None = None
    fades: bool = False
    saturates: bool = False
    ball: str | None = None
    series: str | None = None
    sympy: str | Callable[..., Any] | None = None
    infix: str = ""
    prefix: str = ""
    postfix: str = ""
    brackets: tuple[str, str] = ("", "")
    precedence: int = 100
    right: bool = False
    latex: str = ""
    aliases: tuple[str, ...] = ()
    pair: Callable[..., Any] | None = None
    expand: Callable[..., Any] | None = None
    hidden: bool = False
    attrs: tuple[str, ...] = ()
    refused: Mapping[str, str] = field(default_factory=dict)
    told: tuple[str, ...] = ()
    group: str = ""

    def __repr__(self) -> str:
        return f"<op {self.name}>"

    def __reduce__(self) -> tuple[Any, ...]:
        return (lookup, (self.name,))

    @property
    def arity(self) -> int | None:
        """The number of arguments; None for any number of at least one."""
        return None if callable(self.rules) else len(self.rules)

    def rule(self, i: int) -> Rule | None:
        """The VJP rule for argument `i`."""
        return self.rules(i) if callable(self.rules) else self.rules[i]

    def domain_of(self, i: int) -> Domain:
        """Where argument `i` may lie."""
        return self.domain[i] if i < len(self.domain) else reals

    def __call__(self, *args: Any, **attrs: Any) -> Any:
        """Let a carrier among the arguments act; on plain numbers and arrays, compute."""
        for a in args:
            act = getattr(type(a), "apply", None)
            if act is not None:
                return act(self, args, attrs)
        return self.compute(args, attrs)

    def compute(self, args: Sequence[Any], attrs: Mapping[str, Any]) -> Any:
        """The value on numbers (a float or bool comes back) or on arrays (an array comes back)."""
        for a in args:
            if not isinstance(a, float | int):
                if self.pointwise and any(of_carriers(x) for x in args):
                    return over_carriers(self, args, attrs)
                return self.array_fn(*args, **attrs)
        return self.scalar_fn(*args, **attrs)

    @cached_property
    def pointwise(self) -> bool:
        """Whether it acts element by element, with broadcasting."""
        return self.result in POINTWISE

    @cached_property
    def scalar_fn(self) -> Callable[..., Any]:
        """The function on Python floats: IEEE results, never one of Python's arithmetic exceptions."""
        spec = self.scalar
        if spec is None:
            if self.expand is not None and not hasattr(math, self.name) and self.ball is None:
                return self.expand
            spec = self.name if hasattr(math, self.name) else "ball"
        if callable(spec):
            return spec
        if spec == "ball":
            return nearest(self)
        return quiet(getattr(math, spec), self)

    @cached_property
    def array_fn(self) -> Callable[..., Any]:
        """The function on NumPy arrays, broadcasting, silent at its edges."""
        spec = self.array
        if spec is None:
            expand = self.expand
            if expand is not None and self.scalar is None and self.ball is None:
                return silent(expand)
            return looped(self.scalar_fn)
        if callable(spec):
            return silent(spec)
        module, _, attribute = spec.rpartition(".")
        return silent(getattr(importlib.import_module(module), attribute))


OPS: dict[str, Op] = {}
"""The table: every op by name, in the order of the docs."""

ALIASES: dict[str, str] = {}
"""Other spelling -> op name."""

SYMBOLS: dict[str, str] = {}
"""Operator as written -> op name."""

_group = [""]


def section(title: str) -> None:
    """Start a group of entries; the title is its heading in the docs."""
    _group[0] = title


def op(name: str, doc: str, example: str, *rules: Rule | None, **fields: Any) -> Op:
    """Enter an operation into the table and return it. See `Op` for the fields.

    Raises:
        ValueError: the name or an alias is taken already.
    """
    if "each" in fields:
        rules = fields.pop("each")
    entry = Op(name, doc, example, rules, group=_group[0], **fields)
    spellings = [name, *entry.aliases]
    for spelling in spellings:
        if spellings.count(spelling) > 1 or spelling in OPS or spelling in ALIASES:
            raise ValueError(f"{spelling} is in the table already")
    OPS[name] = entry
    ALIASES.update((a, name) for a in entry.aliases if a.isidentifier())
    for symbol in (entry.infix, entry.prefix, entry.postfix, *entry.aliases):
        if symbol and not symbol.isidentifier():
            SYMBOLS.setdefault(symbol.strip(), name)
    return entry


def remove(name: str) -> None:
    """Take an op out of the table, with its aliases and symbols."""
    del OPS[name]
    for table in (ALIASES, SYMBOLS):
        for spelling in [s for s, target in table.items() if target == name]:
            del table[spelling]


def find(name: str) -> Op | None:
    """The op that the language knows by this name, alias or operator; None also for hidden ops."""
    entry = OPS.get(name) or OPS.get(ALIASES.get(name, "")) or OPS.get(SYMBOLS.get(name, ""))
    return None if entry is None or entry.hidden else entry


def lookup(name: str) -> Op:
    """The op of this name, hidden or not.

    Raises:
        KeyError: there is none.
    """
    return OPS[name]


NO_RULES: set[Rule] = set()
"""Rules that only say that there is no derivative; the reason is their docstring."""

UNSPOKEN: dict[str, str] = dict.fromkeys(
    ("text", "latex"), "it has no closed form in the language, and is shown under its internal name"
)
"""What a hidden op without a body says where it is printed."""


def no_rule(why: str, hint: str) -> Rule:
    """The rule of an argument by which no derivative is available: it raises SG210."""

    def refuse(g: Any, y: Any, *xs: Any, **attrs: Any) -> Any:
        raise TypeMistake("SG210", why, hint=hint)

    refuse.__doc__ = why  # the support table tells it
    NO_RULES.add(refuse)
    return refuse


def shape_of(x: Any) -> tuple[int, ...]:
    """The shape of a number, array or carrier."""
    return getattr(x, "shape", ())


def type_of_attrs(attrs: Mapping[str, Any]) -> tuple[tuple[str, Any], ...]:
    """Attributes as a hashable, ordered tuple."""
    return tuple(sorted(attrs.items()))


__all__ = [
    "ALIASES",
    "OPS",
    "SYMBOLS",
    "UNSPOKEN",
    "Guarded",
    "Op",
    "Rule",
    "Type",
    "find",
    "lookup",
    "no_rule",
    "op",
    "remove",
    "section",
    "shape_of",
    "type_of_attrs",
]
