"""Machine code that also tells what happened at each point."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from symgrad.errors import TypeMistake, UsageMistake
from symgrad.graph import Node, Program

if TYPE_CHECKING:
    from symgrad.compiled.kernels import Kernel


class Flagged:
    """Value, gradient and masks at machine speed: `value, grad, masks = f.compile(flags=True)(x=xs)`.

    A mask has a bit for each kind of trouble, those of `evaluate(...).masks`, and `kinds` names them. The kernel
    marks points where something may have happened, and the sweep of `evaluate` computes just these again: so at kinks
    and borders the slopes are those of `evaluate` too.

    Attributes:
        kernel: the machine code; its value is nan where the sweep is asked.
        names: the variables.
    """

    def __init__(
        self, program: Program, variables: Sequence[Node], wrt: Sequence[Node], tier: str | None
    ) -> None:
        from symgrad import compiled
        from symgrad.compiled.forms import GradientForm
        from symgrad.engine.ways import formula

        found = None if program.has_arrays or not wrt else formula(program, tuple(wrt), flags=True)
        if found is None:
            raise UsageMistake(
                "SG511",
                "flags of a kernel need real variables that are numbers",
                hint="evaluate(...).masks has the flags of every formula",
            )
        self._program, self._wrt = program, list(wrt)
        self._form = GradientForm(tuple(v.name for v in wrt))
        roots = [part[0] for part in found.parts]
        self.kernel: Kernel = compiled.kernel(roots, variables, form=self._form, tier=tier)
        self.names = self.kernel.names

    def __call__(
        self,
        bindings: Mapping[str, Any] | None = None,
        /,
        *others: Any,
        out: Any = None,
        threads: int | None = None,
        **named: Any,
    ) -> tuple[Any, dict[str, Any], Any]:
        """Value, gradient and mask at a point, or at many; arguments are those of a kernel's call.

        Raises:
            NameMistake: SG103, a variable has no value; SG104, a keyword is none.
            TypeMistake: SG211, a value is no number, or has no name; SG213, shapes do not fit.
        """
        from symgrad.compiled.kernels import check_named, check_names

        if bindings is not None:
            check_named(bindings, others)
        if named:
            check_names(self.names, named)
        point = {**bindings, **named} if bindings else named
        if out is not None:
            _check(out)
            point = _apart(point, out)
        value, grad = self.kernel(point, out=None if out is None else out[:2], threads=threads)
        if isinstance(value, float):
            return (value, grad, 0) if value == value else self._one(point)
        return self._many(point, value, grad, None if out is None else out[2])

    @staticmethod
    def kinds(mask: int) -> tuple[str, ...]:
        """The names of what happened at a point, from its mask."""
        from symgrad.engine.flags import kinds_in

        return kinds_in(int(mask))

    def _one(self, point: Mapping[str, Any]) -> tuple[Any, dict[str, Any], int]:
        """One point as the sweep has it."""
        from symgrad.engine import backprop
        from symgrad.engine.flags import BITS

        found = backprop.evaluate(self._program, {n: float(point[n]) for n in self.names}, self._wrt)
        mask = 0
        for flag in found.flags:
            mask |= BITS[flag.kind]
        return found.value, dict(found.grad), mask

    def _many(
        self, point: Mapping[str, Any], value: Any, grad: dict[str, Any], masks: Any
    ) -> tuple[Any, dict[str, Any], Any]:
        """The points that the kernel has marked, as the sweep has them."""
        import numpy as np

        from symgrad.engine import backprop

        if masks is None:
            masks = np.zeros(value.shape, np.uint16)
        elif masks.shape != value.shape:
            message = f"`out` needs masks of shape {list(value.shape)}, found {list(masks.shape)}"
            raise TypeMistake("SG213", message)
        else:
            masks[...] = 0
        marked = np.isnan(value)
        if marked.any():
            few = {n: _at(np.asarray(point[n], float), value.shape, marked) for n in self.names}
            found = backprop.evaluate(self._program, few, self._wrt)
            for mine, swept in zip(
                self._form.flat((value, grad)), self._form.flat((found.value, found.grad)), strict=True
            ):
                mine[marked] = swept
            masks[marked] = found.masks
        return value, grad, masks


def _at(x: Any, shape: tuple[int, ...], marked: Any) -> Any:
    """The values of a variable at some points."""
    import numpy as np

    return np.broadcast_to(x, shape)[marked]


def _check(out: Any) -> None:
    """Refuse what a call does not return.

    Raises:
        TypeMistake: SG213.
    """
    import numpy as np

    fits = isinstance(out, tuple | list) and len(out) == 3 and isinstance(out[1], Mapping)
    masks = out[2] if fits else None
    if fits and isinstance(masks, np.ndarray) and masks.dtype == np.uint16 and masks.flags.writeable:
        return
    hint = "as in: out = k(x=xs); k(x=xs, out=out)"
    raise TypeMistake(
        "SG213", "`out` is what a call returns (value, gradient and masks of uint16)", hint=hint
    )


def _apart(point: Mapping[str, Any], out: Any) -> dict[str, Any]:
    """Inputs that share no memory with the results, as they are asked for again."""
    import numpy as np

    results = [out[0], *out[1].values()]
    return {
        n: x.copy() if isinstance(x, np.ndarray) and any(np.may_share_memory(x, r) for r in results) else x
        for n, x in point.items()
    }
