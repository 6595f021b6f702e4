"""Expressions under scrutiny: whether their numbers can be trusted, and why not."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Self

from symgrad.errors import TypeMistake
from symgrad.expression.base import Bindings, Formula
from symgrad.expression.numbers import Numbers

if TYPE_CHECKING:
    from symgrad.check import Verdict
    from symgrad.engine.backprop import Result
    from symgrad.equality import Equality
    from symgrad.explain import Account, Chain, Finding, Tale
    from symgrad.graph import Node
    from symgrad.improve import Improvement


class Reasons(Numbers):
    """What can be said about the numbers of an expression."""

    def check(
        self, bindings: Bindings | None = None, /, *, budget: float = 2.0, sympy: bool = True, **named: Any
    ) -> Verdict:
        """Cross-check value and partial derivatives at one point. The verdict is true only when all is proved.

        Of an array or a condition the value is checked: it has no gradient.

        Args:
            bindings: variable name -> value; or give keywords.
            budget: seconds that the check may take.
            sympy: whether SymPy (in a child process) is asked as a witness.
            named: the values as keywords.
        """
        started = time.monotonic()
        given = self._point(bindings, named)
        if self.type.shape or self.type.kind == "bool":
            from symgrad.check import Claim, check_numbers, reproducible

            claim = Claim("", self.node, self(given))
            return reproducible(check_numbers([claim], given, budget), self.node, given)
        result = self.evaluate(given)
        left = budget - (time.monotonic() - started)
        return self.verdict(result, given, budget=left, sympy=sympy)

    def verdict(self, result: Result, point: Bindings, *, budget: float = 2.0, sympy: bool = True) -> Verdict:
        """The verdict on numbers that are known already: what `evaluate` gave at one point; see `check`.

        Raises:
            TypeMistake: SG216, these are many points.
        """
        from symgrad.check import ask_sympy, by_elements, check, reproducible, scalar_point

        started = time.monotonic()
        root, bound = scalar_point(self.node, point, self._program)
        plain = root is self.node
        wrt = [v for v in bound if v.type.kind == "real"]
        symbolic = ask_sympy(root, budget, wrt) if sympy else None
        verdict = check(
            root,
            {v.name: x for v, x in bound.items()},
            symbolic,
            budget - (time.monotonic() - started),
            result if plain else by_elements(result),
            self._program if plain else None,
        )
        return reproducible(verdict, self.node, point)

    def equals(self, other: Any, *, budget: float = 2.0, sympy: bool = True) -> Equality:
        """Whether this equals another expression (or number) wherever both are defined; true only when proved.

        Args:
            other: an expression of the same shape.
            budget: seconds for certified points and proofs, and the same again for SymPy.
            sympy: whether SymPy (in a child process) is asked where nothing else gives a proof.

        Raises:
            TypeMistake: SG201, SG203, SG213: they cannot be compared.
        """
        from symgrad.equality import equal
        from symgrad.graph import Node
        from symgrad.symbolic.sympy_client import vanishes

        node = other.node if isinstance(other, Formula) else Node.lift(other)
        return equal(
            self.node, node, budget=budget, sympy=(lambda gap: vanishes(gap, budget)) if sympy else None
        )

    def explain(self, bindings: Bindings | None = None, /, **named: Any) -> Chain:
        """How value and gradient come about at one point: operation by operation, forward and back, as data.

        Raises:
            TypeMistake: SG214, SG215: this is no number, or made of arrays.
        """
        from symgrad.explain import chain

        point = self._point(bindings, named)
        return chain(self.node, {v: point[v.name] for v in self._variables}, {})

    def rules(self, by: str | Formula) -> Tale:
        """How a derivative is taken, rule by rule, as data: what `symgrad explain` tells."""
        from symgrad.explain import tell

        return tell(self.node, self._target(by))

    def why(
        self, bindings: Bindings | None = None, /, *, of: str | None = None, budget: float = 2.0, **named: Any
    ) -> list[Finding]:
        """Why the value or a partial derivative is nan, infinite, zero or wrong at one point: the most important first.

        Args:
            bindings: variable name -> value; or give keywords.
            of: "" for the value, a variable's name for its partial derivative; default: whatever is in trouble.
            budget: seconds for certified arithmetic.
            named: the values as keywords.

        Raises:
            NameMistake: SG104, there is no such variable.
        """
        from symgrad.explain import why

        root, bound, shown = self._scalars(self._point(bindings, named))
        return why(root, bound, of, budget=budget, result=shown)

    def rounding(
        self, bindings: Bindings | None = None, /, *, budget: float = 2.0, **named: Any
    ) -> dict[str, Account]:
        """For the value ("") and each partial derivative the predicted and the true rounding error, by operations."""
        from symgrad.explain import accounts

        root, bound, shown = self._scalars(self._point(bindings, named))
        return {account.target: account for account in accounts(root, bound, budget=budget, result=shown)}

    def improve(
        self, bindings: Bindings | None = None, /, *, budget: float = 2.5, **named: Any
    ) -> Improvement[Self]:
        """A form of this that loses fewer digits, in value and partial derivatives; true if one was found.

        Args:
            bindings: variable name -> a pair (low, high), or a number, which stands for its neighbourhood; variables
                that are not named may be anything.
            budget: seconds for everything.
            named: the same as keywords: x=(1e-9, 1e-3).

        Raises:
            NameMistake: SG104, there is no such variable.
            TypeMistake: SG211, SG214: a range is none; only numbers can be improved.
        """
        from symgrad.improve import improve, ranged

        found = improve(self.node, ranged({**(bindings or {}), **named}, self.variables), budget)
        return found.of(self, self._of)

    def _scalars(self, given: dict[str, Any]) -> tuple[Node, dict[Node, float], Result | None]:
        """A graph and a point without arrays, and the numbers to explain if they come from arrays."""
        from symgrad.check import by_elements, scalar_point

        if self.type.kind != "real":
            raise TypeMistake("SG214", "a condition has no rounding error and no derivative")
        root, bound = scalar_point(self.node, given)
        point = {v: float(x) for v, x in bound.items()}  # not NumPy's, which warn
        return root, point, None if root is self.node else by_elements(self.evaluate(given))
