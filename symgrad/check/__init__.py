"""The cross-check: independent witnesses of each partial derivative, and a verdict that is a tick only when proved."""

from symgrad.check.check import check
from symgrad.check.point import ask_sympy, scalar_point
from symgrad.check.verdict import Partial, Verdict

__all__ = ["Partial", "Verdict", "ask_sympy", "check", "scalar_point"]
