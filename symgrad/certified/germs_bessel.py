"""Bessel functions on germs: near 0, where those of the second kind have poles and logarithms."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import factorial

from symgrad.balls import exact
from symgrad.certified.germs import Germ, add, mul, scaled, sub, vanishes, whole
from symgrad.certified.germs_powers import divide, log, power, reciprocal, signed
from symgrad.certified.germs_regular import regular
from symgrad.certified.germs_special import MOST_STEPS, rational_series, symbol


def bessel_near_zero(v: Fraction | int, sign: int, g: Germ) -> Germ:
    """J (sign -1) or I (sign 1) of order v > -1: (g/2)^v/gamma(v + 1) sum (sign g^2/4)^k/(k! (v+1)_k)."""

    def coefficient(k: int) -> Fraction:
        c = Fraction(1)
        for i in range(1, k + 1):
            c = c * sign / (4 * i * (v + i))
        return c

    head = power(scaled(g, exact.number(0.5)), v)
    scale = exact.value("gamma", [exact.of_fraction(v + 1)], {})
    return mul(scaled(head, exact.power(scale, -1)), rational_series(coefficient, power(g, 2)))


def first_kind(name: str, sign: int) -> Callable[[Germ, Germ], Germ]:
    """J or I of any order."""

    def function(v: Germ, g: Germ) -> Germ:
        order = None if v.constant is None else exact.exactly(v.constant)
        if order is None or order < 0 or not vanishes(g):
            return regular(name, v, g)
        return bessel_near_zero(order, sign, g)

    return function


def harmonic(k: int) -> Fraction:
    """1 + 1/2 + ... + 1/k."""
    return sum((Fraction(1, i) for i in range(1, k + 1)), Fraction(0))


def order_zero(sign: int, g: Germ) -> Germ:
    """-(log(g/2) + euler) B0 + sum H_k (sign g^2/4)^k/k!^2: K0 for sign 1, -pi/2 Y0 for sign -1."""
    logarithm = add(log(scaled(g, exact.number(0.5))), symbol("euler"))
    rest = rational_series(lambda k: harmonic(k) * Fraction(sign**k, 4**k * factorial(k) ** 2), power(g, 2))
    return sub(rest, mul(logarithm, bessel_near_zero(0, sign, g)))


def order_one(sign: int, g: Germ) -> Germ:
    """1/g + sign (log(g/2) + euler) B1 - ...: K1 for sign 1, -pi/2 Y1 for sign -1."""

    def coefficient(k: int) -> Fraction:  # psi(k + 1) + psi(k + 2) = H_k + H_(k+1) - 2 euler
        total = harmonic(k) + harmonic(k + 1)
        return total * Fraction(sign**k, 4 * 4**k * factorial(k) * factorial(k + 1))

    logarithm = add(log(scaled(g, exact.number(0.5))), symbol("euler"))
    body = sub(
        mul(logarithm, bessel_near_zero(1, sign, g)), mul(g, rational_series(coefficient, power(g, 2)))
    )
    return add(reciprocal(g), signed(body, sign))


def second_kind(name: str, sign: int) -> Callable[[Germ, Germ], Germ]:
    """K (sign 1) or Y (sign -1) of any order; near 0 for integer orders, climbing from 0 and 1."""

    def function(v: Germ, g: Germ) -> Germ:
        order = None if v.constant is None else exact.exactly(v.constant)
        if not isinstance(order, int) or abs(order) > MOST_STEPS or not vanishes(g):
            return regular(name, v, g)
        low, high = order_zero(sign, g), order_one(sign, g)
        for n in range(1, abs(order)):
            climbed = mul(divide(whole(2 * n), g), high)
            low, high = high, add(climbed, signed(low, sign))
        y = low if order == 0 else high
        y = y if sign > 0 else divide(scaled(y, exact.number(-2)), symbol("pi"))
        return signed(y, -1 if sign < 0 and order < 0 and order % 2 else 1)

    return function


def of_order(function: Callable[[Germ, Germ], Germ], v: int) -> Callable[[Germ], Germ]:
    """A Bessel function of fixed order."""
    return lambda g: function(whole(v), g)


jv, iv = first_kind("jv", -1), first_kind("iv", 1)
yv, kv = second_kind("yv", -1), second_kind("kv", 1)

BESSEL: dict[str, Callable[..., Germ]] = {
    "jv": jv,
    "iv": iv,
    "yv": yv,
    "kv": kv,
    "j0": of_order(jv, 0),
    "j1": of_order(jv, 1),
    "i0": of_order(iv, 0),
    "i1": of_order(iv, 1),
    "y0": of_order(yv, 0),
    "y1": of_order(yv, 1),
    "k0": of_order(kv, 0),
    "k1": of_order(kv, 1),
}
