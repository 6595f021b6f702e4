"""The one core of all faces: what a line of text means, the names that are defined, and results as data."""

from symgrad.session.session import Outcome, Session

__all__ = ["Outcome", "Session"]
