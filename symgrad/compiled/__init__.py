"""A graph as machine code."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from symgrad.compiled.forms import Form
    from symgrad.compiled.kernels import Kernel
    from symgrad.graph import Node, Program


def available() -> bool:
    """Whether kernels can be compiled here: whether llvmlite is installed."""
    from symgrad.compiled import machine

    return machine.available()


def kernel(
    roots: Sequence[Node],
    variables: Sequence[Node],
    *,
    form: Form | None = None,
    follow: bool = False,
    tier: str | None = None,
) -> Kernel:
    """Machine code for some expressions together; see `cache.kernel`."""
    from symgrad.compiled import cache

    return cache.kernel(roots, variables, form=form, follow=follow, tier=tier)


def check_size(program: Program) -> None:
    """Refuse what is too large to compile, before it is differentiated.

    Raises:
        LimitReached: SG423.
    """
    from symgrad.compiled import cache

    if len(program.nodes) > cache.MOST_OPS:
        raise cache.too_large(len(program.nodes))


__all__: list[Any] = ["available", "check_size", "kernel"]
