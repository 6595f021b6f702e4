"""Values that names can have, and what is said of things that are no numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from symgrad.errors import DomainMistake
from symgrad.session.evaluation import expression_of
from symgrad.session.results import Text
from symgrad.syntax.ast import Ast, span
from symgrad.syntax.elaborate import Elaborated
from symgrad.syntax.scope import Bundle, Initial


def value_of(meaning: Elaborated, tree: Ast, values: Mapping[str, Any]) -> Any:
    """A number, condition or array for a name to have.

    Raises:
        TypeMistake: SG224, it is a record or tuple.
        DomainMistake: SG301, it is no finite number.
    """
    value = expression_of(meaning)(values)
    if not _finite(value):
        hint = "a name can only have a finite value"
        what = "undefined" if isinstance(value, float) and value != value else "not finite"
        raise DomainMistake("SG301", f"this value is {what}", span(tree), hint=hint, text=meaning.text)
    return value


def described(root: Bundle | Initial) -> Text:
    """What something is that is no number."""
    said = root.about() if isinstance(root, Bundle) else "first values; as in `param w: real[3] = ...`"
    return Text(said, {"about": said})


def _finite(value: Any) -> bool:
    if isinstance(value, float | int):
        return value - value == 0
    import numpy as np

    return bool(np.all(np.isfinite(value)))
