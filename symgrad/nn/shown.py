"""Models and fits as notebooks show them: a table of the parts with their types and numbers."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from symgrad.nn.fitting import Fit
    from symgrad.nn.model import Model


def model_html(model: Model) -> str:
    """The parts of a model, from the input to the output."""
    head = "<tr><th>part</th><th>formula</th><th>gives</th><th>numbers</th></tr>"
    body = "".join(
        f"<tr><td>{escape(part.name) or '&nbsp;'}</td><td><code>{escape(part.spelling)}</code></td>"
        f"<td>{escape(str(part.output.type))}</td><td>{numbers_of(model, part.name):,}</td></tr>"
        for part in model.steps
    )
    return f"<p>{escape(repr(model))}</p><table>{head}{body}</table>"


def numbers_of(model: Model, part: str) -> int:
    """How many numbers the parameters of a part have; of the part "" all."""
    start = ".".join(filter(None, (model.name, part)))
    return sum(
        p.type.size for p in model.parameters if not part or p.name.startswith((f"{start}.", f"{part}."))
    )


def fit_html(fit: Fit) -> str:
    """What was fitted, and how well."""
    last = fit.last
    rows = [("loss", f"{fit.loss} {last.loss:.4g}"), ("steps", f"{last.step:,}, {last.way}")]
    if last.accuracy is not None:
        rows.insert(1, ("accuracy", f"{100 * last.accuracy:.4g} %"))
    if fit.classes:
        rows.append(("classes", ", ".join(fit.classes)))
    body = "".join(f"<tr><th>{escape(name)}</th><td>{escape(value)}</td></tr>" for name, value in rows)
    return f"{model_html(fit.model)}<table>{body}</table>"
