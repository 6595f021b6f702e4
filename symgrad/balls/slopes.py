"""Ball functions that serve derivative rules: n-th derivatives, read off Taylor series."""

from __future__ import annotations

from collections.abc import Callable

from flint import arb, arb_series, ctx

from symgrad.balls.expansion import derivative
from symgrad.balls.series_special import igamma
from symgrad.balls.series_trigonometric import sinc


def nth(f: Callable[[arb_series], arb_series], x: arb, n: int) -> arb:
    """The n-th derivative of a function at a ball."""
    terms = ctx.cap
    ctx.cap = 1
    try:
        return derivative(f, x, n)[0]
    finally:
        ctx.cap = terms


BALLS: dict[str, Callable[..., arb]] = {
    "igamma_order": lambda a, x, n: nth(lambda s: igamma(s, x), a, n) if x > 0 else arb.nan(),
    "sinc_slope": lambda x, n: nth(sinc, x, n),
    "zeta_slope": lambda x, n: nth(arb_series.zeta, x, n),
}
