"""Expressions as machine code."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, overload

from symgrad.errors import UsageMistake
from symgrad.expression.base import Formula

if TYPE_CHECKING:
    from symgrad.compiled.kernels import Kernel
    from symgrad.expression.flagged import Flagged


class Machine(Formula):
    """What an expression compiles to."""

    @overload
    def compile(
        self,
        *names: str,
        hessian: bool = ...,
        results: Sequence[Formula] | None = ...,
        tier: str | None = ...,
        flags: Literal[False] = ...,
    ) -> Kernel: ...

    @overload
    def compile(self, *names: str, tier: str | None = ..., flags: Literal[True]) -> Flagged: ...

    def compile(
        self,
        *names: str,
        hessian: bool = False,
        results: Sequence[Formula] | None = None,
        tier: str | None = None,
        flags: bool = False,
    ) -> Kernel | Flagged:
        """A kernel: value and partials over many points at once, at machine speed.

        `k = f.compile(); k(x=xs, y=ys)` gives what `value_and_grad` does, for arrays of points or single numbers;
        slopes at kinks and borders are backprop's convention, and a nan in the value is a nan in every partial.

        Args:
            names: the variables to differentiate by; default all.
            hessian: whether the second partials follow: a call then gives (value, gradient, {(name, name): ...}).
            results: instead of value and partials these expressions, as a tuple.
            tier: "quick" or "full": how thoroughly it is compiled; default by the work of each call.
            flags: whether a call gives masks too, (value, gradient, masks): a bit for each kind of flag, as
                `evaluate` has them, with its slopes at kinks and borders.

        Raises:
            UsageMistake: SG714, llvmlite is not installed; SG511, flags of what has none.
            LimitReached: SG423, there are too many operations.
            TypeMistake: SG214, an array has no gradient (`results=[f]` compiles its value).
        """
        from symgrad import compiled
        from symgrad.compiled.forms import GradientForm, HessianForm
        from symgrad.engine.gradient import gradient
        from symgrad.graph import variables

        if flags and (hessian or results is not None):
            raise UsageMistake(
                "SG511", "flags come with value and gradient", hint="leave out `hessian` and `results`"
            )
        if results is not None:
            nodes = [r.node for r in results]
            order = dict.fromkeys((*self._variables, *variables(*nodes)))
            return compiled.kernel(nodes, list(order), tier=tier)
        wrt = self._targets(names) if self.node.type.kind == "real" else []
        compiled.check_size(self._program)
        if flags:
            from symgrad.expression.flagged import Flagged

            return Flagged(self._program, self._variables, wrt, tier)
        first = gradient(self.node, wrt) if wrt else []
        by = [v.name for v in wrt]
        if not hessian:
            return compiled.kernel(
                [self.node, *first], self._variables, form=GradientForm(tuple(by)), follow=True, tier=tier
            )
        second = [entry for i, row in enumerate(first) for entry in gradient(row, wrt[i:])]
        roots = [self.node, *first, *second]
        form = HessianForm(names=tuple(by))
        return compiled.kernel(roots, self._variables, form=form, follow=True, tier=tier)
