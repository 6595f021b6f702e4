"""JAX: the same as NumPy under jit and vmap, in double precision."""

from __future__ import annotations

from symgrad.codeout.numpy import OTHER, SPECIAL, imports, spelled
from symgrad.codeout.python import RESERVED, assign, constants, flat, framed
from symgrad.codeout.spell import Target, Unit

LACKING = {
    "j0", "j1", "y0", "y1", "k0", "k1", "jv", "yv", "iv", "kv", "erfi", "erfcinv", "zeta", "ellipk", "ellipe",
    "sind", "cosd", "tand",
}  # fmt: skip
"""Functions of SciPy that JAX does not have."""


def module(unit: Unit) -> str:
    """The whole file."""
    compare = [
        "for point, want in CASES:",
        f"    got = jax.jit({unit.function})(*point)",
        f"    for a, b in zip({flat(unit)}, want):",
        "        assert abs(float(a) - float(b)) <= 1e-10*abs(b), (point, a, b)",
    ]
    lines = ["import jax", "import jax.numpy as jnp"]
    lines = imports(unit, lines, "from jax.scipy import special")
    lines += ["", 'jax.config.update("jax_enable_x64", True)']
    return framed(unit, lines, "For jit and vmap.", compare)


TARGET = Target(
    name="jax",
    table=spelled("jnp", OTHER, {name: theirs for name, theirs in SPECIAL.items() if name not in LACKING}),
    helpers={},
    number=constants("jnp"),
    assign=assign,
    reserved=RESERVED,
    module=module,
)
