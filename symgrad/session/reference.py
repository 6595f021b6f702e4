"""Reference as help: the operations of the table (all, or one with its domain and derivative), and the error codes."""

from __future__ import annotations

from collections.abc import Iterator

from symgrad.errors import CODES, NameMistake, SymgradError, UsageMistake, did_you_mean
from symgrad.graph import Node, var
from symgrad.ops import OPS, Op, find
from symgrad.session.results import Listing, Text

LETTERS = ("x", "y", "z", "u", "v", "w")


def parameters(op: Op) -> tuple[str, ...]:
    """The names of an operation's operands: those of its derivative rule."""
    if op.arity is None:
        return ("x", "y", "...")
    for i in range(op.arity):
        code = getattr(op.rule(i), "__code__", None)
        if code is not None and code.co_argcount == op.arity + 2:
            names = tuple(code.co_varnames[2 : code.co_argcount])
            if names != ("x", "_") and not any(name.startswith("_") for name in names):
                return names
    return LETTERS[: op.arity]


def signature(op: Op) -> str:
    """How an operation is written: `a + b`, `sin(x)`, `sum(x, axis=)`."""
    names = parameters(op)
    if op.infix and len(names) == 2:
        return f"{names[0]}{op.infix}{names[1]}"
    if (op.prefix or op.postfix) and len(names) == 1:
        return f"{op.prefix}{names[0]}{op.postfix}"
    if not names:
        return op.name
    return f"{op.name}({', '.join([*names, *(f'{a}=' for a in op.attrs)])})"


def operations() -> Iterator[Listing]:
    """All operations of the language in the order of the table, a listing for each group."""
    groups: dict[str, list[Op]] = {}
    for op in OPS.values():
        if not op.hidden:
            groups.setdefault(op.group, []).append(op)
    for title, ops in groups.items():
        yield Listing(title, tuple((signature(op), op.doc) for op in ops))


def operation(name: str) -> Text:
    """One operation.

    Raises:
        NameMistake: SG519, there is none of this name.
    """
    op = find(name)
    if op is None:
        near = did_you_mean(name, [n for n, o in OPS.items() if not o.hidden])
        hint = f"did you mean `{near}`?" if near else "`symgrad ops` lists all of them"
        raise NameMistake("SG519", f"there is no operation `{name}`", hint=hint)
    names = parameters(op)
    facts: dict[str, str] = {}
    domains = [op.domain_of(i).describe() for i in range(op.arity or 0)]
    if op.domain and any(domains):
        facts["domain"] = "; ".join(
            f"{n}: {d}" if len(names) > 1 else d for n, d in zip(names, domains, strict=True)
        )
    facts |= _derivatives(op, names)
    if op.kinks and not callable(op.kinks):
        facts["jumps at" if op.jump else "kink at"] = ", ".join(f"{k:g}" for k in op.kinks)
    facts["example"] = op.example
    if op.aliases:
        facts["also"] = ", ".join(op.aliases)
    size = max(map(len, facts))
    lines = [
        f"{signature(op)}   {op.doc}",
        *(f"  {key.ljust(size)}   {value}" for key, value in facts.items()),
    ]
    data = {"name": op.name, "signature": signature(op), "doc": op.doc, "group": op.group, **facts}
    return Text("\n".join(lines), data)


def code(name: str) -> Text:
    """What an error code means; `14` and `sg014` are SG014.

    Raises:
        UsageMistake: SG515, there is no such code.
    """
    wanted = f"SG{name.upper().removeprefix('SG').zfill(3)}"
    if wanted not in CODES:
        raise UsageMistake(
            "SG515", f"there is no error code `{name}`", hint="`symgrad explain` lists all of them"
        )
    return Text(f"{wanted}: {CODES[wanted]}", {"code": wanted, "explanation": CODES[wanted]}, prose=True)


def codes() -> Listing:
    """All error codes."""
    return Listing("", tuple(CODES.items()))


def _derivatives(op: Op, names: tuple[str, ...]) -> dict[str, str]:
    """The derivatives by each operand, where the operation takes and gives numbers."""
    if not op.arity or op.attrs or len(set(names)) != op.arity:
        return {}
    from symgrad import calculus
    from symgrad.symbolic.text import text

    found = {}
    operands = [var(name) for name in names]
    for operand in operands:
        try:
            root = op(*operands)
            if not isinstance(root, Node) or root.type.kind != "real" or root.type.shape:
                return {}
            found[f"∂/∂{operand.name}"] = text(calculus.diff(root, operand))
        except SymgradError:
            return {}  # it takes conditions or arrays
    return found
