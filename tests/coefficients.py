"""Where the polynomials of the vector mathematics come from: minimax approximations, computed with sixty digits.

`python -m tests.coefficients` writes symgrad/compiled/polynomials.py anew; a test keeps both in step.

Each polynomial minimises max |w(x)*(p(x) - f(x))| over an interval, where w makes that the error of the function in
relative terms. Remez' exchange runs on a fixed grid, so that f is computed once per point. The forms are such that the
coefficients may be rounded to doubles: what leads is exact, and they are its correction.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import mpmath
from mpmath import mp, mpf

FILE = Path(__file__).parents[1] / "symgrad" / "compiled" / "polynomials.py"
DIGITS = 60


class Fit(NamedTuple):
    """One polynomial to find.

    Attributes:
        says: what it approximates, for the comment.
        f: the function.
        w: the weight of an error.
        low, high: the interval.
        count: how many coefficients.
    """

    says: str
    f: Callable[[Any], Any]
    w: Callable[[Any], Any]
    low: str
    high: str
    count: int


def grid(low: Any, high: Any, count: int) -> list[Any]:
    """Chebyshev points, many more than coefficients; none of them is 0."""
    n = 24 * count + 7
    middle, half = (low + high) / 2, (high - low) / 2
    return [middle + half * mpmath.cos(mp.pi * (2 * i + 1) / (2 * n)) for i in range(n)][::-1]


def horner(coefficients: Sequence[Any], x: Any) -> Any:
    """The polynomial's value."""
    total = mpf(0)
    for c in reversed(coefficients):
        total = total * x + c
    return total


def exchange(xs: Sequence[Any], fs: Sequence[Any], ws: Sequence[Any], count: int) -> list[Any]:
    """The coefficients of the polynomial nearest to f on the grid (Remez)."""
    m = count + 1
    chosen = [round((len(xs) - 1) * (1 - mpmath.cos(mp.pi * i / (m - 1))) / 2) for i in range(m)]
    solution: list[Any] = []
    for _ in range(40):
        a = mpmath.matrix(m, m)
        b = mpmath.matrix(m, 1)
        for row, i in enumerate(chosen):
            for column in range(count):
                a[row, column] = ws[i] * xs[i] ** column
            a[row, m - 1] = (-1) ** row
            b[row] = ws[i] * fs[i]
        solution = list(mpmath.lu_solve(a, b))
        level = abs(solution.pop())
        errors = [w * (horner(solution, x) - f) for x, f, w in zip(xs, fs, ws, strict=True)]
        worst = max(map(abs, errors))
        if worst <= level * mpf("1.001"):
            break
        chosen = alternating(errors, m) or chosen
    return solution


def alternating(errors: Sequence[Any], m: int) -> list[int]:
    """The places of m errors of alternating sign, as large as can be; empty if there are not so many."""
    peaks: list[int] = []
    for i, e in enumerate(errors):
        if not peaks or (e > 0) != (errors[peaks[-1]] > 0):
            peaks.append(i)
        elif abs(e) > abs(errors[peaks[-1]]):
            peaks[-1] = i
    while len(peaks) > m:
        if len(peaks) == m + 1:
            peaks.pop(0 if abs(errors[peaks[0]]) < abs(errors[peaks[-1]]) else -1)
        else:
            k = min(
                range(len(peaks) - 1), key=lambda j: max(abs(errors[peaks[j]]), abs(errors[peaks[j + 1]]))
            )
            del peaks[k : k + 2]
    return peaks if len(peaks) == m else []


def fitted(fit: Fit) -> tuple[list[float], float]:
    """The coefficients as doubles, and the weighted error."""
    with mp.workdps(DIGITS):
        low, high = mp.mpf(mpmath.mpmathify(fit.low)), mp.mpf(mpmath.mpmathify(fit.high))
        xs = grid(low, high, fit.count)
        fs, ws = [fit.f(x) for x in xs], [fit.w(x) for x in xs]
        found = [float(c) for c in exchange(xs, fs, ws, fit.count)]
        off = [w * (horner(found, x) - f) for x, f, w in zip(xs, fs, ws, strict=True)]
        return found, float(max(map(abs, off)))


def tail(f: Callable[[Any], Any], *leading: Any) -> Callable[[Any], Any]:
    """(f(x) - the leading terms of its power series)/x^(their number)."""

    def value(x: Any) -> Any:
        with mp.workdps(2 * DIGITS):
            total = f(x) - mpmath.polyval([*map(mpf, leading)][::-1], x)
            return total / x ** len(leading)

    return value


def odd(f: Callable[[Any], Any], *leading: Any) -> Callable[[Any], Any]:
    """f(x)/x as a function of z = x^2, without its leading terms."""
    return tail(lambda z: f(mpmath.sqrt(z)) / mpmath.sqrt(z), *leading)


def erfcx_at(t: Any) -> Any:
    """(1 + 2x)*e^(x^2)*erfc(x) where t = (x - 3)/(x + 3)."""
    x = 3 * (1 + t) / (1 - t)
    return (1 + 2 * x) * mpmath.exp(x * x) * mpmath.erfc(x)


def relative(f: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The weight of an error relative to f."""
    return lambda x: 1 / abs(f(x))


def cosine(z: Any) -> Any:
    """cos(sqrt(z))."""
    return mpmath.cos(mpmath.sqrt(z))


def digamma_near(t: Any) -> Any:
    """digamma(1 + d) divided by the distance from its root, where d = t + 1/2."""
    d = t + mpf(1) / 2
    return mpmath.digamma(1 + d) / (1 + d - root_of_digamma())


@cache
def root_of_digamma() -> Any:
    """Where digamma is 0."""
    with mp.workdps(DIGITS):
        return mpmath.findroot(mpmath.digamma, mpf("1.4616"))


def digamma_far(v: Any) -> Any:
    """(log(x) - 1/(2x) - digamma(x))*x^2 with v = 1/x^2."""
    u = mpmath.sqrt(v)
    return (-mpmath.log(u) - u / 2 - mpmath.digamma(1 / u)) / v


def lgamma_near(t: Any) -> Any:
    """lgamma(1 + d) divided by the distances from its roots, where d = t + 1/2."""
    d = t + mpf(1) / 2
    return mpmath.loggamma(1 + d) / (d * (d - 1))


def stirling(v: Any) -> Any:
    """The rest of Stirling's formula for log(gamma(x)), times x, with v = 1/x^2."""
    x = 1 / mpmath.sqrt(v)
    half = mpf(1) / 2
    return (mpmath.loggamma(x) - (x - half) * mpmath.log(x) + x - mpmath.log(2 * mp.pi) / 2) * x


def in_digamma(v: Any) -> Any:
    """The weight of `digamma_far` in digamma."""
    return v / mpmath.digamma(1 / mpmath.sqrt(v))


THIRD = mpf(1) / 3
TINY = "1e-30"

FITS: dict[str, Fit] = {
    "EXP": Fit("(e^x - 1 - x)/x^2 for |x| <= log(2)/2", tail(mpmath.exp, 1, 1), abs, "-0.3466", "0.3470", 11),
    "EXP2": Fit(
        "(2^x - 1 - log(2)*x)/x^2 for |x| <= 1/2",
        lambda x: (mpf(2) ** x - 1 - mpmath.log(2) * x) / x**2, abs, "-0.5", "0.50001", 11,
    ),
    "EXP10": Fit(
        "(10^x - 1 - log(10)*x)/x^2 for |x| <= log10(2)/2",
        lambda x: (mpf(10) ** x - 1 - mpmath.log(10) * x) / x**2, abs, "-0.15053", "0.15055", 11,
    ),
    "LOG": Fit(
        "log((1 + s)/(1 - s))/s = 2 + z*p(z) with z = s^2, for |s| <= (sqrt(2) - 1)/(sqrt(2) + 1)",
        odd(lambda s: 2 * mpmath.atanh(s), 2), abs, TINY, "0.02945", 7,
    ),
    "LOG_TAIL": Fit(
        "atanh(s)/s = 1 + z/3 + z^2*p(z) with z = s^2, for s as above",
        odd(mpmath.atanh, 1, THIRD), lambda z: z * z, TINY, "0.02945", 7,
    ),
    "SIN": Fit(
        "sin(x) = x - x^3*p(x^2) for |x| <= pi/4",
        lambda z: -odd(mpmath.sin, 1)(z), abs, TINY, "0.6169", 6,
    ),
    "COS": Fit(
        "cos(x) = 1 - x^2/2 + x^4*p(x^2) for |x| <= pi/4",
        tail(cosine, 1, -0.5), lambda z: z * z, TINY, "0.6169", 6,
    ),
    "SINH": Fit("sinh(x) = x + x^3*p(x^2) for |x| <= log(2)/2", odd(mpmath.sinh, 1), abs, TINY, "0.1204", 5),
    "COSH": Fit(
        "cosh(x) = 1 + x^2*p(x^2) for |x| <= log(2)/2",
        tail(lambda z: mpmath.cosh(mpmath.sqrt(z)), 1), abs, TINY, "0.1204", 5,
    ),
    "ATAN": Fit("atan(x) = x + x^3*p(x^2) for |x| <= 1", odd(mpmath.atan, 1), abs, TINY, "1", 19),
    "ASIN": Fit("asin(x) = x + x^3*p(x^2) for |x| <= 1/2", odd(mpmath.asin, 1), abs, TINY, "0.25", 12),
    "ERF": Fit(
        "erf(x) = x + x*p(x^2) for |x| <= 0.9",
        lambda z: odd(mpmath.erf)(z) - 1, lambda z: 1, TINY, "0.8101", 12,
    ),
    "ERFCX": Fit(
        "(1 + 2x)*e^(x^2)*erfc(x) - 5/4 with t = (x - 3)/(x + 3), for 0.9 <= x <= 27.3",
        lambda t: erfcx_at(t) - 1.25, relative(erfcx_at), "-0.5385", "0.802", 21,
    ),
    "DIGAMMA_NEAR": Fit(
        "digamma(1 + d)/(d - root) with t = d - 1/2, for 0 <= d <= 1",
        digamma_near, relative(digamma_near), "-0.5", "0.5", 22,
    ),
    "DIGAMMA_FAR": Fit(
        "(log(x) - 1/(2x) - digamma(x))*x^2 with v = 1/x^2, for x >= 2",
        digamma_far, in_digamma, "1e-12", "0.25", 14,
    ),
    "LGAMMA_NEAR": Fit(
        "lgamma(1 + d)/(d*(d - 1)) with t = d - 1/2, for 0 <= d <= 1",
        lgamma_near, relative(lgamma_near), "-0.5", "0.5", 21,
    ),
    "LGAMMA_FAR": Fit(
        "x*(lgamma(x) - (x - 1/2)*log(x) + x - log(2*pi)/2) with v = 1/x^2, for x >= 3",
        stirling, mpmath.sqrt, "1e-12", "0.11112", 10,
    ),
    "GAMMA_FAR": Fit("the same for x >= 8", stirling, mpmath.sqrt, "1e-12", "0.015626", 6),
}  # fmt: skip


HEAD = '''"""Minimax polynomials of the vector mathematics, lowest coefficient first.

Written by `python -m tests.coefficients`, which knows how.
"""

'''


def entry(name: str) -> str:
    """The lines of one polynomial."""
    coefficients, error = fitted(FITS[name])
    numbers = "".join(f"    {c!r},\n" for c in coefficients)
    return f"# {FITS[name].says}; error 2^{math.log2(error):.1f}\n{name} = (\n{numbers})\n"


def main() -> None:
    """Write the file, or print one polynomial."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", nargs="?", help="print this one and its error only")
    name = parser.parse_args().name
    if name:
        coefficients, error = fitted(FITS[name])
        print(*coefficients, sep="\n")
        print("error 2^", float(mpmath.log(error, 2)))
    else:
        FILE.write_text(HEAD + "".join(map(entry, FITS)), encoding="utf-8")


if __name__ == "__main__":
    main()
