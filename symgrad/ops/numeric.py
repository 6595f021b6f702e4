"""How an op computes on numbers: IEEE results from functions that raise, warn, or know single numbers only."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from symgrad.ops.op import Op


def nearest(op: Op) -> Callable[..., float]:
    """The correctly rounded value from certified arithmetic."""

    def value(*xs: float, **attrs: Any) -> float:
        from symgrad.ops.enclose import rounded

        return rounded(op, xs, attrs)

    return value


def quiet(function: Callable[..., float], op: Op) -> Callable[..., float]:
    """A `math` function with IEEE results where Python raises: then NumPy's is asked, which follows IEEE."""

    def value(*xs: float) -> float:
        try:
            return function(*xs)
        except (ValueError, OverflowError):
            import numpy as np

            return float(op.array_fn(*map(np.float64, xs)))

    value.__dict__["__wrapped__"] = function  # for those who catch what it raises themselves
    return value


def silent(function: Callable[..., Any]) -> Callable[..., Any]:
    """An array function whose infinities and nans are results, not warnings."""

    def values(*xs: Any, **attrs: Any) -> Any:
        import numpy as np

        with np.errstate(all="ignore"):
            return function(*xs, **attrs)

    return values


def looped(function: Callable[..., Any]) -> Callable[..., Any]:
    """A scalar function over arrays, element by element."""

    def values(*xs: Any, **attrs: Any) -> Any:
        import numpy as np

        arrays = np.broadcast_arrays(*xs)
        flat = zip(*(a.ravel().tolist() for a in arrays), strict=True)
        return np.array([function(*v, **attrs) for v in flat]).reshape(arrays[0].shape)

    return values


def of_carriers(x: Any) -> bool:
    """Whether an argument is an array of carriers."""
    return getattr(getattr(x, "dtype", None), "kind", "") == "O"


def over_carriers(op: Op, xs: Sequence[Any], attrs: Mapping[str, Any]) -> Any:
    """An op over arrays of carriers (nodes, balls), element by element."""
    import numpy as np

    return np.frompyfunc(lambda *v: op(*v, **attrs), len(xs), 1)(*xs)


def numpy_of(formula: Callable[..., Any]) -> Callable[..., Any]:
    """An array function given as (NumPy, *arrays) -> array: NumPy is imported at the first call."""

    def values(*xs: Any) -> Any:
        import numpy as np

        return formula(np, *xs)

    return values


def patched(
    fast: Callable[..., Any], slow: Callable[..., float], trusted: Callable[..., Any]
) -> Callable[..., Any]:
    """`fast` on arrays, and `slow` at each point where `trusted(result, *arguments)` is false."""

    def values(*xs: Any, **attrs: Any) -> Any:
        import numpy as np

        arrays = np.broadcast_arrays(*(np.asarray(x, float) for x in xs))
        out = np.array(fast(*arrays, **attrs), float)
        bad = ~trusted(out, *arrays)
        if bad.any():
            out[bad] = [slow(*v, **attrs) for v in zip(*(a[bad].tolist() for a in arrays), strict=True)]
        return out

    return values
