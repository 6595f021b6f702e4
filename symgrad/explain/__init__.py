"""Numbers explained: why one is nan, infinite, zero or wrong, and what helps."""

from symgrad.explain.accounts import Account, Line, accounts
from symgrad.explain.findings import MECHANISMS, Finding
from symgrad.explain.why import why

__all__ = ["MECHANISMS", "Account", "Finding", "Line", "accounts", "why"]
