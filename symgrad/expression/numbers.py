"""Expressions as numbers: the value at a point, the gradient by backprop, a proven enclosure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from symgrad.engine import backprop
from symgrad.errors import UsageMistake
from symgrad.expression.base import Bindings, Formula

if TYPE_CHECKING:
    from symgrad.certified.prove import Enclosure

SINGLE = frozenset((float, int, bool))


class Numbers(Formula):
    """What an expression is worth at a point, or at many."""

    def __call__(
        self, bindings: Bindings | None = None, /, *others: Any, way: Any = None, **named: Any
    ) -> Any:
        """The value at a point (a float), or at many (an array).

        Args:
            bindings: variable name -> value; or give keywords.
            others: none; values without names are refused.
            way: how many points are computed: "engine" (a sweep), "blocked" (NumPy, block by block) or "compiled"
                (machine code); default what suits them. All agree within rounding. A variable called `way` comes first.
            named: the values as keywords.

        One point is always swept, whatever the way, so it needs no library; many points with `way="compiled"` need
        llvmlite.

        Raises:
            NameMistake: SG103, a variable has no value; SG104, a keyword is no variable of the text.
            TypeMistake: SG211, a value is no number; SG213, it has the wrong shape.
            UsageMistake: SG511, values without names, or no such way; SG714, llvmlite is not installed.
        """
        point, way = self._asked(bindings, others, named, way)
        if SINGLE.issuperset(map(type, point.values())):
            return backprop.value_of(self._program, point)
        from symgrad.engine import ways

        return ways.value_of(self._program, point, way)

    def evaluate(
        self, bindings: Bindings | None = None, /, *others: Any, way: Any = None, **named: Any
    ) -> backprop.Result:
        """Value, gradient (by backprop) and flags at a point or at many; arguments are those of `__call__`."""
        return self._evaluated(*self._asked(bindings, others, named, way), flags=True)

    def value_and_grad(
        self, bindings: Bindings | None = None, /, *others: Any, way: Any = None, **named: Any
    ) -> tuple[Any, dict[str, Any]]:
        """The value and the gradient as a pair; see `evaluate`, which is slower: it looks for flags.

        One point is always swept, whatever the way; many points with `way="compiled"` need llvmlite.
        """
        result = self._evaluated(*self._asked(bindings, others, named, way), flags=False)
        return result.value, result.grad

    def _evaluated(self, point: dict[str, Any], way: str | None, *, flags: bool) -> backprop.Result:
        if SINGLE.issuperset(map(type, point.values())):
            return backprop.evaluate(self._program, point, places=self.origins)
        from symgrad.engine import ways

        return ways.evaluate(self._program, point, places=self.origins, way=way, flags=flags)

    def _asked(
        self, bindings: Bindings | None, others: tuple[Any, ...], named: dict[str, Any], way: Any
    ) -> tuple[dict[str, Any], str | None]:
        """The point, and the way to compute it: `way` may be a variable."""
        if others:
            raise self._call_misread()
        if way is not None and "way" in self.variables:
            named["way"], way = way, None
        if way is not None and way not in ("engine", "blocked", "compiled"):
            raise UsageMistake("SG511", f"a way of computing is engine, blocked or compiled, found {way!r}")
        return self._point(bindings, named), way

    def certify(
        self, bindings: Bindings | None = None, /, *, budget: float = 2.0, **named: Any
    ) -> Enclosure | None:
        """A proven enclosure of the value at one point, tight to 17 digits where the budget (seconds) allows it."""
        from symgrad.certified.prove import Budget, prove
        from symgrad.check import scalar_point

        root, bound = scalar_point(self.node, self._point(bindings, named))
        return prove([root], bound, Budget(seconds=budget)).enclosures[0]
