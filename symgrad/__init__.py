"""An explorer of expressions and their derivatives."""

from typing import TYPE_CHECKING, Any

from symgrad.errors import SymgradError

if TYPE_CHECKING:
    from symgrad.check import Partial, Verdict
    from symgrad.engine.backprop import Result
    from symgrad.equality import Equality
    from symgrad.expression import Expression
    from symgrad.library import parse, var
    from symgrad.session import Session
    from symgrad.syntax.limits import Limits

__version__ = "0.1.0"

__all__ = [
    "Equality",
    "Expression",
    "Limits",
    "Partial",
    "Result",
    "Session",
    "SymgradError",
    "Verdict",
    "parse",
    "var",
]

_HOMES = {
    "Equality": "symgrad.equality",
    "Expression": "symgrad.expression",
    "Limits": "symgrad.syntax.limits",
    "Partial": "symgrad.check",
    "Result": "symgrad.engine.backprop",
    "Session": "symgrad.session",
    "Verdict": "symgrad.check",
    "parse": "symgrad.library",
    "var": "symgrad.library",
}


def __getattr__(name: str) -> Any:
    """The public names, and every op of the table (symgrad.sin ...), each imported when it is first asked for."""
    import importlib.util

    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    if importlib.util.find_spec(f"symgrad.{name}") is not None:  # `from symgrad import balls` asks here first
        return importlib.import_module(f"symgrad.{name}")
    if not name.startswith("_"):
        from symgrad.ops import find

        op = find(name)
        if op is not None:
            globals()[name] = op  # the next time it is found without this function
            return op
    raise AttributeError(f"module 'symgrad' has no attribute {name!r}")


def load_ipython_extension(shell: Any) -> None:
    """What `%load_ext symgrad` calls: the magics %symgrad and %%symgrad."""
    import importlib

    importlib.import_module("symgrad.notebook").load(shell)


def __dir__() -> list[str]:
    from symgrad.ops import OPS

    return [*__all__, "__version__", *(name for name, op in OPS.items() if not op.hidden)]
