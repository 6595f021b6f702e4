"""The library's face: an expression that can be evaluated, differentiated, checked, printed and drawn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from symgrad import graph
from symgrad.engine import backprop
from symgrad.engine.gradient import real_variables
from symgrad.errors import NameMistake, Span, did_you_mean
from symgrad.graph import Node, Program, Type
from symgrad.ops.carrier import Arithmetic
from symgrad.ops.op import Op

if TYPE_CHECKING:
    from symgrad.certified.prove import Enclosure
    from symgrad.check import Verdict

Bindings = Mapping[str, Any]
MOST_SHOWN = 2000
"""Operations of an expression whose text a prompt still shows."""


class Expression(Arithmetic):
    """A formula: a node of the graph, the text it came from, and where in the text each node stands.

    Immutable. `==` compares structure. Built by `symgrad.parse`, `symgrad.var` and operators and ops on expressions.
    Points are given as keywords or as one mapping; arrays of numbers are many points.

    Attributes:
        node: the graph.
        source: the text it was parsed from, or None.
        origins: node -> span in `source`.
        uses: variable name -> span of its first use in `source`, in that order.
    """

    def __init__(
        self,
        node: Node,
        source: str | None = None,
        origins: Mapping[Node, Span] | None = None,
        uses: Mapping[str, Span] | None = None,
    ) -> None:
        self.node = node
        self.source = source
        self.origins: Mapping[Node, Span] = origins or {}
        self.uses: Mapping[str, Span] = uses or {}

    @staticmethod
    def apply(op: Op, args: Sequence[Any], attrs: Mapping[str, Any]) -> Expression:
        """Build the expression of an op on expressions and numbers: how expressions act as a carrier."""
        return Expression(op(*(a.node if isinstance(a, Expression) else Node.lift(a) for a in args), **attrs))

    @staticmethod
    def lift(value: Any) -> Expression:
        """A number as an expression."""
        return Expression(graph.const(value))

    # What it is

    @property
    def text(self) -> str:
        """The expression in the language: as it was typed, or printed."""
        return str(self) if self.source is None else self.source

    @property
    def type(self) -> Type:
        """Kind and shape."""
        return self.node.type

    @cached_property
    def variables(self) -> tuple[str, ...]:
        """The names of the variables, in order of first appearance."""
        return tuple(v.name for v in self._variables)

    @cached_property
    def _variables(self) -> list[Node]:
        order = {name: i for i, name in enumerate(self.uses)}
        found = graph.variables(self.node)
        return sorted(found, key=lambda v: order.get(v.name, len(order)))

    @cached_property
    def _program(self) -> Program:
        return Program([self.node])

    def __str__(self) -> str:
        from symgrad.symbolic.text import text

        return text(self.node)

    def __repr__(self) -> str:
        size = len(self._program.nodes)
        if size > MOST_SHOWN:
            return f"<{size} operations on {len(self._variables)} variables: {self.type}>"
        shown = str(self)
        return f"<{shown if len(shown) <= 200 else shown[:197] + '...'}>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Expression) and other.node is self.node

    def __hash__(self) -> int:
        return hash(self.node)

    def __getitem__(self, key: Any) -> Expression:
        from symgrad.ops import OPS

        keys = key if isinstance(key, tuple) else (key,)
        sizes = (*self.type.shape, *[0] * len(keys))  # too many keys are the op's to refuse
        chosen = tuple(_key(k, n) for k, n in zip(keys, sizes, strict=False))
        return Expression.apply(OPS["index"], [self], {"key": chosen})

    def __iter__(self) -> Iterator[Expression]:
        if not self.type.shape:
            raise TypeError("a single number cannot be iterated over")
        return (self[i] for i in range(self.type.shape[0]))

    def __reduce__(self) -> tuple[Any, ...]:
        return (Expression, (self.node, self.source))

    # Numbers

    def __call__(self, bindings: Bindings | None = None, /, **named: Any) -> Any:
        """The value at a point (a float), or at many (an array).

        Raises:
            NameMistake: SG103, a variable has no value. TypeMistake: SG213, a value has the wrong shape.
        """
        return backprop.value_of(self._program, self._point(bindings, named))

    def evaluate(self, bindings: Bindings | None = None, /, **named: Any) -> backprop.Result:
        """Value, gradient (by backprop) and flags at a point or at many; raises as `__call__` does."""
        return backprop.evaluate(self._program, self._point(bindings, named))

    def value_and_grad(self, bindings: Bindings | None = None, /, **named: Any) -> tuple[Any, dict[str, Any]]:
        """The value and the gradient as a pair; see `evaluate`."""
        result = self.evaluate(bindings, **named)
        return result.value, result.grad

    def certify(
        self, bindings: Bindings | None = None, /, *, budget: float = 2.0, **named: Any
    ) -> Enclosure | None:
        """A proven enclosure of the value at one point, tight to 17 digits where the budget (seconds) allows it."""
        from symgrad.certified.prove import Budget, prove
        from symgrad.check import scalar_point

        root, bound = scalar_point(self.node, self._point(bindings, named))
        return prove([root], bound, Budget(seconds=budget)).enclosures[0]

    def check(
        self, bindings: Bindings | None = None, /, *, budget: float = 2.0, sympy: bool = True, **named: Any
    ) -> Verdict:
        """Cross-check value and partial derivatives at one point. The verdict is true only when all is proved.

        Args:
            bindings: variable name -> value; or give keywords.
            budget: seconds for certified arithmetic, and the same again for SymPy.
            sympy: whether SymPy (in a child process) is asked as a witness.
            named: the values as keywords.
        """
        from symgrad.check import ask_sympy, by_elements, check, scalar_point

        given = self._point(bindings, named)
        root, bound = scalar_point(self.node, given)
        point = {v.name: x for v, x in bound.items()}
        shown = None if root is self.node else by_elements(self.evaluate(given))
        return check(root, point, ask_sympy(root, budget) if sympy else None, budget, shown)

    def _point(self, bindings: Bindings | None, named: Bindings) -> dict[str, Any]:
        """Mapping and keywords as one dictionary that has every variable."""
        point = {**(bindings or {}), **named}
        lacking = {name: self.uses.get(name) for name in self.variables if name not in point}
        if lacking:
            from symgrad.syntax.names import unbound

            raise unbound(lacking, set(point)).at(None, self.source)
        return point

    # Derivatives

    def diff(self, by: str | Expression, order: int = 1) -> Expression:
        """The derivative by a variable or any subexpression, as an expression.

        Raises:
            NameMistake: SG104, there is no such variable.
            TypeMistake: SG214, this is no real scalar.
        """
        from symgrad import calculus

        return Expression(calculus.diff(self.node, self._target(by), order))

    def grad(self, *names: str) -> dict[str, Expression]:
        """The partial derivatives by these variables (default: all), as expressions that share subexpressions."""
        from symgrad import calculus

        wrt = self._targets(names)
        return {v.name: Expression(g) for v, g in zip(wrt, calculus.grad(self.node, wrt), strict=True)}

    def hessian(self, *names: str) -> tuple[tuple[Expression, ...], ...]:
        """The matrix of second derivatives by these variables (default: all), rows and columns in their order."""
        from symgrad import calculus

        rows = calculus.hessian(self.node, self._targets(names))
        return tuple(tuple(map(Expression, row)) for row in rows)

    def jacobian(self, *names: str) -> tuple[tuple[Expression, ...], ...]:
        """For each element of a vector (row-major) its derivatives by these variables (default: all)."""
        from symgrad import calculus

        rows = calculus.jacobian(self.node, self._targets(names))
        return tuple(tuple(map(Expression, row)) for row in rows)

    def jvp(self, direction: Mapping[str, Any]) -> Expression:
        """The derivative along a direction (variable -> number, array or expression); other variables stay fixed."""
        from symgrad import calculus

        wrt = self._targets(tuple(direction))
        return Expression(calculus.jvp(self.node, wrt, [_as_node(v) for v in direction.values()]))

    def hvp(self, direction: Mapping[str, Any]) -> dict[str, Expression]:
        """The Hessian times a direction: variable -> component."""
        from symgrad import calculus

        wrt = self._targets(tuple(direction))
        products = calculus.hvp(self.node, wrt, [_as_node(v) for v in direction.values()])
        return {v.name: Expression(p) for v, p in zip(wrt, products, strict=True)}

    def taylor(self, by: str, around: Any = 0, order: int = 3) -> Expression:
        """The Taylor polynomial in one variable around a point (a number or an expression)."""
        from symgrad import calculus

        return Expression(calculus.taylor(self.node, self._target(by), _as_node(around), order))

    def simplify(self) -> Expression:
        """An equal expression that is no larger and no less accurate."""
        from symgrad.symbolic.simplify import simplify

        return Expression(simplify([self.node])[0])

    def _targets(self, names: tuple[str, ...]) -> list[Node]:
        return [self._target(name) for name in names] if names else real_variables(self.node)

    def _target(self, by: str | Expression) -> Node:
        if isinstance(by, Expression):
            return by.node
        for v in self._variables:
            if v.name == by:
                return v
        near = did_you_mean(by, self.variables)
        hint = (
            f"did you mean `{near}`?" if near else f"the variables are: {', '.join(self.variables) or 'none'}"
        )
        raise NameMistake("SG104", f"there is no variable `{by}` here", hint=hint)

    # Other forms

    def to_sympy(self) -> Any:
        """The expression in SymPy, with real symbols of the same names.

        Raises:
            SymgradError: SG601, something in it has no counterpart in SymPy.
        """
        from symgrad.symbolic.sympy_bridge import to_sympy

        return to_sympy(self.node)[0]

    def to_latex(self) -> str:
        """The expression in LaTeX."""
        from symgrad.symbolic.latex import latex

        return latex(self.node)

    def to_dot(self) -> str:
        """The graph in Graphviz's DOT language, left to right, shared nodes once."""
        from symgrad.draw.dot import dot

        return dot(self.node)

    def _repr_mimebundle_(self, **_only: Any) -> dict[str, str]:
        """What a notebook shows: LaTeX and, where a Graphviz renderer is installed, the graph."""
        from symgrad.draw.render import svg

        bundle = {"text/plain": repr(self), "text/latex": f"$\\displaystyle {self.to_latex()}$"}
        picture = svg(self.to_dot())
        if picture is not None:
            bundle["image/svg+xml"] = picture
        return bundle


def _as_node(value: Any) -> Node:
    return value.node if isinstance(value, Expression) else Node.lift(value)


def _key(k: Any, n: int) -> Any:
    return k.indices(n) if isinstance(k, slice) else int(k)
