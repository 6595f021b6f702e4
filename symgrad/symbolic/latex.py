"""A graph as LaTeX, from the templates of the table."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from functools import cache
from typing import Any

from symgrad.graph import CONST, VAR, Node, postorder
from symgrad.ops import Op
from symgrad.symbolic import text
from symgrad.symbolic.notation import CLOSED, LIMIT, fresh_names, pieces, precedence, shared, visible

LETTERS = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta", "η": "eta", "θ": "theta",
    "ι": "iota", "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu", "ξ": "xi", "π": "pi", "ρ": "rho", "σ": "sigma",
    "τ": "tau", "υ": "upsilon", "φ": "phi", "χ": "chi", "ψ": "psi", "ω": "omega", "Γ": "Gamma", "Δ": "Delta",
    "Θ": "Theta", "Λ": "Lambda", "Ξ": "Xi", "Π": "Pi", "Σ": "Sigma", "Υ": "Upsilon", "Φ": "Phi", "Ψ": "Psi",
    "Ω": "Omega",
}  # fmt: skip
GREEK = frozenset(LETTERS.values())
SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉ₐₑₒₓₕₖₗₘₙₚₛₜᵢᵣᵤᵥⱼ", "0123456789aeoxhklmnpstiruvj")
SPECIAL = str.maketrans({
    "\\": r"\backslash{}", "_": r"\_", "{": r"\{", "}": r"\}", "$": r"\$", "%": r"\%", "#": r"\#", "&": r"\&",
    "^": r"\hat{}", "~": r"\sim{}",
})  # fmt: skip
OPENING = re.compile(r"\\left|[{(\[]|\\begin")
PRODUCT_BINDS, SUPERSCRIPT_BINDS = 60, 70
BREAK = r" \\ "
ASSOCIATIVE = ("+", "*")
"""Signs of operations whose grouping does not matter to a reader."""
LEFT, RIGHT = r"\left(", r"\right)"


class Slot(int):
    """The place of an operand in a template; `closed` if what stands around it serves as brackets."""

    closed: bool


def latex(root: Node, limit: int = LIMIT) -> str:
    """The expression as LaTeX; beyond `limit` nodes as a tree, as aligned definitions of its shared parts."""
    (root,) = visible([root])
    named = shared([root], limit)
    spelled = fresh_names(postorder([root]), len(named), "t")
    names = dict(zip(named, map(variable, spelled), strict=True))
    lines = [(name, "".join(_pieces(node, names, node))) for node, name in names.items()]
    body = names.get(root) or "".join(_pieces(root, names))
    if not lines:
        return body
    rows = [rf"{name} &= {value} \\" for name, value in lines]
    return "\n".join([r"\begin{aligned}", *rows, f"&{body}", r"\end{aligned}"])


def _pieces(root: Node, names: dict[Node, str], defined: Node | None = None) -> list[str]:
    return pieces(root, names, lambda node: _spelled(node, names)[::-1], variable, constant, defined)


def _spelled(node: Node, names: dict[Node, str]) -> list[Node | str]:
    """The parts of an operation's spelling."""
    op, args = node.op, node.args
    if not args:
        return [op.latex or word(op.name)]
    if "{0}" not in op.latex or node.attrs:
        return _called(node)
    parts: list[Node | str] = []
    for piece in template(op.latex):
        if isinstance(piece, str):
            parts.append(piece)
            continue
        operand = args[piece]
        if piece.closed or not _needs_brackets(op, piece, operand, names):
            parts.append(operand)
        else:
            parts += [LEFT, operand, RIGHT]
    if op.infix == "*" and _reads_without_dot(node, names):
        parts[1:-1] = [
            piece if not isinstance(piece, str) or piece in (LEFT, RIGHT) else r"\," for piece in parts[1:-1]
        ]
    return parts


def _called(node: Node) -> list[Node | str]:
    """Functions, choices of elements and lists."""
    op, args = node.op, node.args
    if op.precedence < CLOSED and "key" in dict(node.attrs):
        index = text.indices(dict(node.attrs)["key"])[1:-1]
        return [args[0], f"_{{{index}}}"] if args[0].op is VAR else [LEFT, args[0], RIGHT, f"_{{{index}}}"]
    if op.brackets[0] == "[":
        before, after, between = r"\begin{pmatrix} ", r" \end{pmatrix}", BREAK
    else:
        command = template(op.latex)[0] if op.latex and "{0}" not in op.latex else word(op.name)
        before, after, between = f"{command}{LEFT}", RIGHT, ", "
    parts: list[Node | str] = [before]
    for i, a in enumerate(args):
        parts += [between, a] if i else [a]
    for attribute in reversed(text.attributes(node)):
        name, _, value = attribute.partition("=")
        parts.append(rf",\ {word(name)} = {value}")
    return [*parts, after]


@cache
def template(source: str) -> tuple[str | Slot, ...]:
    """A template cut into pieces and places of operands."""
    pieces: list[str | Slot] = []
    depth = 0
    for i, part in enumerate(re.split(r"\{(\d)\}", source)):
        if i % 2:
            slot = Slot(int(part))
            slot.closed = depth > 0
            pieces.append(slot)
        elif part:
            plain = part.replace("{{", "{").replace("}}", "}")
            opened = len(OPENING.findall(plain))
            closed = len(re.findall(r"\\right|[})\]]|\\end", plain))
            depth += opened - closed
            pieces.append(plain)
    return tuple(pieces)


@cache
def binds(op: Op) -> int:
    """How tightly the LaTeX of an operation binds: what ends high up, like e^x, is no base of a power."""
    if "{0}" not in op.latex or op.precedence < SUPERSCRIPT_BINDS:
        return op.precedence
    pieces = template(op.latex)
    raised = any("^" in piece for piece in pieces if isinstance(piece, str))
    ends_open = isinstance(pieces[-1], Slot) or not pieces[-1].strip()
    return SUPERSCRIPT_BINDS if raised or ends_open else op.precedence


def _tightness(node: Node, names: dict[Node, str]) -> int:
    if node in names:
        return CLOSED
    if node.op is CONST and "^" in constant(node.value):  # 1.5 * 10^-3
        return min(PRODUCT_BINDS, precedence(node))
    return binds(node.op) if node.op not in (VAR, CONST) and node.args else precedence(node)


def _needs_brackets(op: Op, slot: Slot, operand: Node, names: dict[Node, str]) -> bool:
    """Whether an operand that stands free in its template needs brackets."""
    own = binds(op)
    inner = _tightness(operand, names)
    if not op.infix:
        return inner < own or (bool(op.prefix) and inner <= own) or (own == CLOSED and inner < CLOSED)
    if slot == 0:
        return inner < own or (inner == own and own >= SUPERSCRIPT_BINDS)
    if inner <= own:
        same = operand.op is op and op.infix in ASSOCIATIVE
        fraction = operand.op not in (CONST, VAR) and all(
            isinstance(p, str) or p.closed for p in template(operand.op.latex)
        )
        return not same and not (fraction and inner == own)
    return begins_with_minus(operand, names)


def begins_with_minus(node: Node, names: dict[Node, str]) -> bool:
    """Whether a minus would stand beside an operator."""
    while node not in names and node.op is not VAR:
        if node.op is CONST:
            return isinstance(node.value, int | float) and math.copysign(1.0, node.value) < 0
        pieces = template(node.op.latex) if "{0}" in node.op.latex else ()
        if not pieces:
            return False
        if isinstance(pieces[0], str):
            return pieces[0].startswith("-")
        node = node.args[pieces[0]]
    return False


def _reads_without_dot(node: Node, names: dict[Node, str]) -> bool:
    """Whether a product of numbers reads well without a sign: not before a digit, nor where a call could be meant."""
    a, b = node.args
    if a.shape or b.shape:
        return False
    first, _, second = template(node.op.latex)
    if isinstance(second, Slot) and _needs_brackets(node.op, second, b, names):
        return a.op is CONST or (isinstance(first, Slot) and _needs_brackets(node.op, first, a, names))
    while (
        b not in names
        and b.op not in (VAR, CONST)
        and b.args
        and isinstance((template(b.op.latex) or ("",))[0], Slot)
    ):
        b = b.args[0]
    if b in names or b.op is VAR:
        return True
    return b.op is not CONST


def variable(name: str) -> str:
    """A name: Greek letters, subscripts, upright words."""
    stem, _, index = name.partition("_")
    tail = re.search(r"[₀-₉ₐ-ₜᵢ-ᵪⱼ]+$", stem)
    if tail is not None and not index:
        stem, index = stem[: tail.start()], tail.group().translate(SUBSCRIPTS)
    numbered = re.fullmatch(r"([A-Za-z]+?)(\d+)", stem)
    if numbered is not None and not index:
        stem, index = numbered.groups()
    symbol = _symbol(stem)
    if not index:
        return symbol
    return f"{symbol}_{{{_symbol(index) if not index.isdigit() else index}}}"


def _symbol(stem: str) -> str:
    stem = LETTERS.get(stem, stem)
    if stem in GREEK:
        return "\\" + stem
    return stem if len(stem) == 1 and stem.isalpha() else word(stem)


def word(name: str) -> str:
    """An upright word."""
    return rf"\mathrm{{{name.translate(SPECIAL)}}}"


def constant(value: Any) -> str:
    """A number, condition or matrix."""
    if isinstance(value, bool):
        return rf"\mathrm{{{str(value).lower()}}}"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        if not math.isfinite(value):
            return r"\mathrm{nan}" if value != value else r"\infty" if value > 0 else r"-\infty"
        mantissa, e, exponent = text.constant(value).partition("e")
        return rf"{mantissa} \cdot 10^{{{exponent}}}" if e else mantissa
    rows: Sequence[Any] = value if value.ndim > 1 else [[x] for x in value]
    cells = [" & ".join(constant(x.item()) if not x.shape else constant(x) for x in row) for row in rows]
    return rf"\begin{{pmatrix}} {BREAK.join(cells)} \end{{pmatrix}}"
