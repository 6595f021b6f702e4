"""What depends on what: which names a definition uses, and in which order definitions can be written down."""

from __future__ import annotations

from collections.abc import Mapping

from symgrad.session.display import display_safe, shorten
from symgrad.session.naming import ANSWERS
from symgrad.session.numbers import number
from symgrad.session.results import Listing
from symgrad.syntax.ast import Ast, Call, Name, children
from symgrad.syntax.names import constant
from symgrad.syntax.scope import Collection, Declared, Definition, FunctionDefinition, Meaning, Scope, Value

LONGEST = 48


def names_in(tree: Ast) -> dict[str, bool]:
    """The names in a tree in the order of the text, each with whether it is called."""
    found: dict[str, bool] = {}
    todo = [tree]
    while todo:
        node = todo.pop()
        if type(node) is Name:
            found.setdefault(node.id, False)
        elif type(node) is Call:
            found.setdefault(node.name, True)
        todo.extend(reversed(children(node)))
    return found


def uses(meaning: Meaning) -> tuple[str, ...]:
    """The names that a meaning needs; a function's parameters are its own."""
    match meaning:
        case Definition(value=tree) | Collection(tree=tree):
            return tuple(names_in(tree))
        case FunctionDefinition(body=tree, parameters=own):
            return tuple(name for name in names_in(tree) if name not in own)
        case _:
            return ()


def ordered(scope: Scope) -> list[str]:
    """The names of a scope, each after those it needs."""
    needs = {name: [n for n in uses(meaning) if n in scope] for name, meaning in scope.items()}
    for name, needed in needs.items():
        if "." in name:  # a part stands after its whole
            needed.append(name.split(".", 1)[0])
    order: dict[str, None] = {}
    for name in scope:
        todo = [name]
        while todo:
            top = todo[-1]
            while needs[top] and needs[top][-1] in order:
                needs[top].pop()
            if needs[top]:
                todo.append(needs[top].pop())
            else:
                order[todo.pop()] = None
    return list(order)


def listing(scope: Scope) -> Listing:
    """Every defined name: what it is, and what it needs or is needed by."""
    mine = {name: m for name, m in scope.items() if name not in ANSWERS and "." not in name}
    users: dict[str, list[str]] = {name: [] for name in mine}
    built = {n: dict.fromkeys(used.split(".", 1)[0] for used in uses(m)) for n, m in mine.items()}
    for name, wholes in built.items():
        for whole in wholes:
            if whole in users:
                users[whole].append(name)
    rows = []
    for name, meaning in mine.items():
        needs = [n for n in built[name] if n in mine]
        unknown = _open_names(meaning, scope)
        ties = [f"from {', '.join(needs)}"] * bool(needs)
        ties += [f"without a value: {', '.join(unknown)}"] * bool(unknown)
        ties += [f"used by {_few(users[name])}"] * bool(users[name])
        rows.append((written(name, meaning), "; ".join(ties)))
    return Listing("" if rows else "nothing is defined yet; try  x = 2", tuple(rows))


def _open_names(meaning: Meaning, scope: Mapping[str, Meaning]) -> list[str]:
    """The variables of a definition that mean nothing yet."""
    if not isinstance(meaning, Definition):
        return []
    found = names_in(meaning.value)
    return [n for n, called in found.items() if not called and n not in scope and constant(n) is None]


def _few(names: list[str]) -> str:
    return ", ".join(names) if len(names) <= 6 else f"{', '.join(names[:5])} and {len(names) - 5} more"


def written(name: str, meaning: Meaning) -> str:
    """A definition as one would type it, shortened."""
    match meaning:
        case Value(value=value):
            text = f"{name} = {number(value)}"
        case Declared(type=type_):
            text = f"{name}: {type_}"
        case Collection(text=source):
            text = f"{name} = {source}"
        case FunctionDefinition(parameters=own, text=source):
            text = f"{name}({', '.join(own)}) = {source}"
        case Definition(text=source):
            text = f"{name} = {source}"
    return shorten(display_safe(" ".join(text.split())), LONGEST)
