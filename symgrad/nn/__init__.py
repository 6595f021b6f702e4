"""Neurons that compose, and nets that learn: models as expressions with parameters."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from symgrad.nn.micrograd import MLP, Layer, Module, Neuron

__all__ = ["MLP", "Layer", "Module", "Neuron"]

_HOMES = dict.fromkeys(("MLP", "Layer", "Module", "Neuron"), "symgrad.nn.micrograd")


def __getattr__(name: str) -> Any:
    """The public names, each imported when it is first asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module 'symgrad.nn' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
