"""The pieces of the page that are made of text: formulas, controls, tables. Whatever a user named is escaped here."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from symgrad.graph import Node
from symgrad.page.ranges import Range
from symgrad.page.sweep import Sweep
from symgrad.page.words import escaped, safe_markup
from symgrad.symbolic.latex import variable
from symgrad.symbolic.mathml import mathml
from symgrad.symbolic.notation import tree_size, visible
from symgrad.symbolic.text import text

if TYPE_CHECKING:
    from symgrad.page.document import View

MOST_TYPESET, MOST_WRITTEN = 40, 400
"""Operations of a formula that is typeset, and of one that is written as text, which browsers can break into lines."""


def full(value: float | bool) -> str:
    """A number with all its digits, as JavaScript writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    if not math.isfinite(value):
        return "nan" if value != value else "inf" if value > 0 else "-inf"
    written = repr(float(value)).removesuffix(".0")
    mantissa, e, exponent = written.partition("e")
    return f"{mantissa}e{int(exponent):+d}" if e else written


def shortened(source: str, most: int) -> str:
    """A text on one line that is not too long."""
    line = " ".join(source.split())
    return line if len(line) <= most else line[: most - 1] + "…"


def number(seen: View) -> float | bool:
    """The value of the output."""
    return seen.data[seen.sweep.place]


def _typeset(root: Node, before: str) -> str | None:
    """A formula as MathML; None where it is too large to be read."""
    return safe_markup(mathml(root, before=before)) if tree_size(visible([root])[0]) <= MOST_TYPESET else None


def _plain(root: Node) -> str:
    """A formula as text."""
    if tree_size(visible([root])[0]) > MOST_WRITTEN:
        return "(too long to be read)"
    return f"<code>{escaped(text(root))}</code>"


def formula(root: Node, output: str, source: str) -> str:
    """The headline."""
    name = variable(output)
    return _typeset(root, f"{name} = ") or f"<code>{escaped(f'{output} = {shortened(source, 400)}')}</code>"


def controls(
    sweep: Sweep,
    values: Sequence[float],
    grad: Sequence[float],
    ranges: Sequence[Range],
    parameters: Sequence[int],
) -> str:
    """A slider and a field for each variable; for parameters also the steps of gradient descent."""
    if not values:
        return '<p class="note">There are no variables.</p>'
    output = escaped(sweep.names[sweep.place])
    rows = [_control(i, sweep.names[i], output, values[i], grad[i], ranges[i]) for i in range(len(values))]
    marked = set(parameters)
    inputs = "".join(row for i, row in enumerate(rows) if i not in marked)
    weights = "".join(row for i, row in enumerate(rows) if i in marked)
    parts = [f'<div class="rows">{inputs}</div>'] if inputs else []
    if weights:
        parts.append(
            f'<fieldset><legend>Parameters</legend><div class="rows">{weights}</div></fieldset>{TRAINING}'
        )
    parts.append('<div class="bar"><button type="button" id="reset">Reset</button></div>')
    return "\n".join(parts)


TRAINING = """
<fieldset class="screen">
<legend>Gradient descent on the parameters</legend>
<div class="bar">
<label for="rate">rate</label> <input type="number" id="rate" value="0.1" min="0" step="any">
<button type="button" id="train">One step</button>
<button type="button" id="train10">10 steps</button>
</div>
<p class="note">after <span id="trained" role="status">0 steps</span> the value is <output id="loss"></output></p>
</fieldset>
"""


def _control(i: int, name: str, output: str, value: float, slope: float, reach: Range) -> str:
    word = escaped(name)
    # A field cannot hold nan and infinity: they stand where a hint would.
    start = f'value="{full(value)}"' if math.isfinite(value) else f'placeholder="{full(value)}"'
    slider = start if math.isfinite(value) else ""
    return (
        f'<div class="row"><label for="n{i}">{word}</label>'
        f'<input type="range" id="s{i}" min="{full(reach.low)}" max="{full(reach.high)}" step="{full(reach.step)}" '
        f'{slider} aria-label="{word}, slider">'
        f'<input type="number" id="n{i}" step="any" {start}>'
        f'<span class="slope">∂{output}/∂{word} = <output data-partial="{i}">{full(slope)}</output></span></div>'
    )


def plot(sweep: Sweep, variables: int) -> str:
    """The place of the plot, and the choice of its variable."""
    if not variables:
        return ""
    options = "".join(f'<option value="{i}">{escaped(sweep.names[i])}</option>' for i in range(variables))
    return f"""<section id="curves" aria-labelledby="h-curves">
<h2 id="h-curves">Plot</h2>
<div class="bar">
<label for="along">along</label> <select id="along">{options}</select>
<label for="from">from</label> <input type="number" id="from" step="any">
<label for="to">to</label> <input type="number" id="to" step="any">
</div>
<svg id="plot" role="img" aria-label="plot"></svg>
<p class="legend"><span class="swatch curve"></span> value, with its tangent here <span class="swatch rate"></span>
derivative. The other variables stay where their sliders are.</p>
</section>"""


def derivatives(sweep: Sweep, grad: Sequence[float], formulas: Mapping[str, Node]) -> str:
    """The partial derivatives as formulas, each with its number."""
    output = sweep.names[sweep.place]
    rows = []
    for i, name in enumerate(sweep.names):
        if name not in formulas or sweep.nodes[i].args:
            continue
        typeset = _typeset(
            formulas[name], rf"\frac{{\partial {variable(output)}}}{{\partial {variable(name)}}} = "
        )
        shown_as = typeset or f"<code>∂{escaped(output)}/∂{escaped(name)} =</code> {_plain(formulas[name])}"
        rows.append(
            f'<tr><td>{shown_as}</td><td class="number">= <output data-partial="{i}">{full(grad[i])}</output></td></tr>'
        )
    if not rows:
        return ""
    return f"""<section id="derivatives" aria-labelledby="h-derivatives">
<h2 id="h-derivatives">Derivatives</h2>
<div class="scroll" tabindex="0" role="region" aria-label="Derivatives as formulas">
<table><tbody>{"".join(rows)}</tbody></table>
</div>
</section>"""


def rows(sweep: Sweep, data: Sequence[float | bool], grad: Sequence[float]) -> str:
    """The table of all numbers."""
    from symgrad.page.picture import titles

    made = []
    for i, title in enumerate(titles(sweep)):
        slope = full(grad[i]) if sweep.nodes[i].type.kind == "real" else ""
        made.append(
            f'<tr data-row="{i}"><th scope="row">{escaped(title)}</th>'
            f'<td class="number">{full(data[i])}</td><td class="number">{slope}</td></tr>'
        )
    return "".join(made)
