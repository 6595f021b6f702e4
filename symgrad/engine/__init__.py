"""A graph as a computation."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from symgrad.engine.value import Value

__all__ = ["Value"]


def __getattr__(name: str) -> Any:
    """`Value`, imported when it is first asked for."""
    if name in __all__:
        from symgrad.engine.value import Value

        return Value
    raise AttributeError(f"module 'symgrad.engine' has no attribute {name!r}")
