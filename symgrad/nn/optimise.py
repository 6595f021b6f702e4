"""The optimisers by name."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from symgrad.errors import UsageMistake, did_you_mean
from symgrad.nn.lbfgs import LBFGS
from symgrad.nn.steps import Adam, AdamW, Descent, Momentum, Nesterov, Optimiser, RMSprop

OPTIMISERS: dict[str, type[Optimiser]] = {
    kind.__name__.lower(): kind for kind in (Descent, Momentum, Nesterov, RMSprop, Adam, AdamW, LBFGS)
}
"""The optimisers by name."""

SPELLINGS = {"sgd": "descent", "gd": "descent", "gradient_descent": "descent", "bfgs": "lbfgs"}


def optimiser(name: str, **settings: Any) -> Optimiser:
    """The optimiser of a name.

    Raises:
        UsageMistake: SG706, there is none, or it has no such setting.
    """
    kind = OPTIMISERS.get(SPELLINGS.get(name.lower(), name.lower()))
    if kind is None:
        near = did_you_mean(name, OPTIMISERS)
        hint = f"did you mean `{near}`?" if near else f"there are: {', '.join(OPTIMISERS)}"
        raise UsageMistake("SG706", f"there is no optimiser called `{name}`", hint=hint)
    known = [f.name for f in fields(kind)]
    for key in settings:
        if key not in known:
            hint = f"its settings: {', '.join(known)}" if known else "it has none"
            raise UsageMistake("SG706", f"`{name}` has no setting `{key}`", hint=hint)
    return kind(**settings)
