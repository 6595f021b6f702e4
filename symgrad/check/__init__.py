"""The cross-check: independent witnesses of each partial derivative, and a verdict that is a tick only when proved."""

from symgrad.check.check import check
from symgrad.check.verdict import Partial, Verdict

__all__ = ["Partial", "Verdict", "check"]
