"""A graph as source code in other languages: value and gradient, and a test of them with certified numbers."""

from symgrad.codeout.write import TARGETS, code, refuse_ending

__all__ = ["TARGETS", "code", "refuse_ending"]
