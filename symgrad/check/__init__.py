"""The cross-check: independent witnesses of each partial derivative, and a verdict that is a tick only when proved."""

from symgrad.check.check import check
from symgrad.check.numbers import Claim, check_numbers
from symgrad.check.point import ask_sympy, by_elements, scalar_point
from symgrad.check.reproduce import reproducible
from symgrad.check.verdict import Partial, Verdict

__all__ = [
    "Claim",
    "Partial",
    "Verdict",
    "ask_sympy",
    "by_elements",
    "check",
    "check_numbers",
    "reproducible",
    "scalar_point",
]
