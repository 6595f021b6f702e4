"""Expressions as machine code."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, overload

from symgrad.errors import TypeMistake, UsageMistake
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
            NameMistake: SG104, there is no such variable.
            UsageMistake: SG714, llvmlite is not installed; SG511, options that contradict each other; SG513, a name
                twice.
            LimitReached: SG423, there are too many operations.
            TypeMistake: SG211, names or results of another kind; SG214, an array has no gradient (`results=[f]`
                compiles its value).
        """
        from symgrad import compiled
        from symgrad.compiled.forms import GradientForm, HessianForm
        from symgrad.engine.gradient import gradient
        from symgrad.graph import variables

        if flags and (hessian or results is not None):
            raise UsageMistake(
                "SG511", "flags come with value and gradient", hint="leave out `hessian` and `results`"
            )
        _check_names(names)
        if results is not None:
            if names or hessian:
                message = "`results` takes the place of value and partials"
                raise UsageMistake("SG511", message, hint="leave out the names and `hessian`")
            _check_results(results)
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


def _check_names(names: Sequence[object]) -> None:
    """Refuse what is no name, and the same name twice.

    Raises:
        TypeMistake: SG211. UsageMistake: SG513.
    """
    for name in names:
        if not isinstance(name, str):
            hint = "as in f.compile('x', 'y')"
            raise TypeMistake("SG211", "variables to compile for are given by their names", hint=hint)
        if names.count(name) > 1:
            raise UsageMistake("SG513", f"`{name}` is given twice", hint="each partial comes once")


def _check_results(results: object) -> None:
    """Refuse what is no sequence of expressions.

    Raises:
        TypeMistake: SG211.
    """
    if isinstance(results, list | tuple) and results and all(isinstance(r, Formula) for r in results):
        return
    hint = "as in results=[f, g]; symgrad.parse makes an expression of a text"
    raise TypeMistake("SG211", "`results` are expressions, one at least, in a list", hint=hint)
