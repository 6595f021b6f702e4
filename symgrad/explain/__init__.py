"""Numbers explained: how a derivative comes about, why a number is nan, infinite, zero or wrong, and what helps."""

from symgrad.explain.accounts import Account, Line, accounts
from symgrad.explain.certify import certified
from symgrad.explain.chain import Chain, Link, Made, Passed, chain
from symgrad.explain.findings import MECHANISMS, Finding
from symgrad.explain.paths import Path, Paths, paths
from symgrad.explain.telling import Step, Tale, tell
from symgrad.explain.why import why

__all__ = [
    "MECHANISMS",
    "Account",
    "Chain",
    "Finding",
    "Line",
    "Link",
    "Made",
    "Passed",
    "Path",
    "Paths",
    "Step",
    "Tale",
    "accounts",
    "certified",
    "chain",
    "paths",
    "tell",
    "why",
]
