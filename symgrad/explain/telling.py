"""The derivative told with symbols: rule by rule from the outside in, put together, and simplified step by step."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from symgrad.engine.gradient import gradient
from symgrad.errors import LimitReached
from symgrad.explain.rules import Law, law_of
from symgrad.graph import VAR, Node, const, postorder, substitute, var
from symgrad.symbolic.simplify import Step as Simplification
from symgrad.symbolic.simplify import simplify
from symgrad.symbolic.text import text

MOST = 200
"""Steps: a longer story is not read."""


@dataclass(frozen=True)
class Step:
    """One rule applied.

    Attributes:
        rule: "product rule".
        law: the rule on letters, (u*v)' = u'*v + u*v'; "" where there is none to show.
        where: what the letters stand for; after the chain rule also what du/dx is, if that is known at once.
        by: what the variable is called.
        of: what is differentiated.
        result: its derivative, in which d/dx(...) stands for what the next steps find.
        value: its derivative when all of them are known.
    """

    rule: str
    law: str
    where: tuple[tuple[str, str], ...]
    by: str
    of: Node
    result: Node
    value: Node


@dataclass(frozen=True)
class Tale:
    """The derivative of an expression by a variable.

    Attributes:
        root, by: what is differentiated, and by which variable or part.
        name: what that is called.
        steps: the rules, from the outside in.
        together: the derivative with all parts in their places.
        expanded: whether products were multiplied out before that was simplified.
        rules: the rules that simplified it.
        result: the derivative as it is printed everywhere.
    """

    root: Node
    by: Node
    name: str
    steps: tuple[Step, ...]
    together: Node
    expanded: bool
    rules: tuple[str, ...]
    result: Node


def tell(root: Node, by: Node, name: str = "", taken: Iterable[str] = ()) -> Tale:
    """Tell the derivative of a real scalar by a scalar variable, or by a part that is called `name`.

    Names that are `taken` are no letters of rules, nor are those of variables.

    Raises:
        LimitReached: SG407, it takes too many steps.
        TypeMistake: SG210, an operation has no derivative by one of its operands.
    """
    order = postorder([root])
    if sum(1 for node in order if node.args) > MOST:
        hint = "explain a part of it, or `:diff` for the result alone"
        raise LimitReached("SG407", f"this takes more than {MOST} steps", hint=hint)
    teller = Teller(root, by, order, name or by.name, taken)
    steps = tuple(teller.steps())
    together = teller.together()
    swept: list[Simplification] = []
    result = simplify(gradient(root, [by]), swept)[0]
    direct: list[Simplification] = []
    expanded = simplify([together], direct)[0] is not result
    rules = tuple(dict.fromkeys(step.rule for step in (swept if expanded else direct)))
    return Tale(root, by, teller.name, steps, together, expanded, rules, result)


class Teller:
    """What depends on the variable, and the derivatives of all of it."""

    def __init__(self, root: Node, by: Node, order: Sequence[Node], name: str, names: Iterable[str]) -> None:
        self.root = root
        self.by = by
        self.name = name
        self.varies = {by}
        for node in order:
            if not self.varies.isdisjoint(node.args):
                self.varies.add(node)
        self.laws: dict[Node, Law] = {}
        taken = frozenset([*names, *(node.name for node in order if node.op is VAR)])
        self.known: dict[Node, Node] = {by: const(1)}
        for node in order:
            if node in self.varies and node is not by and node.type.kind == "real":
                varies = tuple(a in self.varies and a.type.kind == "real" for a in node.args)
                law = law_of(node, varies, taken)
                self.laws[node] = law
                self.known[node] = simplify([_filled(law, node, self.known)])[0]

    def steps(self) -> list[Step]:
        """One step for each operation that depends on the variable; equal ones are told once."""
        found: list[Step] = []
        told: set[Node] = set()
        todo = [self.root]
        while todo:
            node = todo.pop()
            if node in told or node not in self.laws:
                continue
            told.add(node)
            step, parts = self._step(node)
            found.append(step)
            todo += [part for part in reversed(parts) if part not in told]
        return found

    def together(self) -> Node:
        """The derivative as the rules give it, the outermost parts not yet put in order."""
        if self.root not in self.laws:
            return self.known.get(self.root, const(0))
        parts = self._terms(self.root) if self.laws[self.root].additive else []
        done = {part: self.known[part] for part in parts}
        return self._sum(self.root, done) if parts else _filled(self.laws[self.root], self.root, self.known)

    def _step(self, node: Node) -> tuple[Step, list[Node]]:
        """The step of a node, and the parts whose derivatives it leaves open."""
        law = self.laws[node]
        operands = self._terms(node) if law.additive else list(dict.fromkeys(node.args))
        parts = [a for a in operands if not self._obvious(a)]
        inside = {a: self._open(a) for a in operands if a in self.varies and a.type.kind == "real"}
        result = self._sum(node, inside) if law.additive else _filled(law, node, inside)
        if law.additive or len(parts) < len(inside):
            result = simplify([result])[0]
        said, where = ("each term by itself", ()) if law.additive else (law.text, self._where(node, law))
        return Step(self._rule(node, law), said, where, self.name, node, result, self.known[node]), parts

    def _rule(self, node: Node, law: Law) -> str:
        inner = [a for a in node.args if a in self.varies and a.type.kind == "real"]
        if law.linear or len(set(inner)) != 1 or inner[0] is self.by:
            return law.name
        return f"chain rule, {law.name}"

    def _where(self, node: Node, law: Law) -> tuple[tuple[str, str], ...]:
        """What the letters stand for, and the derivatives that are seen at once."""
        letters = dict(zip(law.letters, node.args, strict=True))
        said = [(letter.name, text(part)) for letter, part in letters.items()]
        for prime, part in dict(zip(law.primes, node.args, strict=True)).items():
            if prime is not None and self._obvious(part) and part is not self.by:
                said.append((prime.name, text(self.known[part])))
        return tuple(said)

    def _obvious(self, node: Node) -> bool:
        """Whether a part's derivative needs no step of its own: 3*x + 1."""
        if node is self.by or node not in self.laws:
            return True
        todo, seen = [node], {node}
        while todo:
            part = todo.pop()
            if part not in self.laws:
                continue
            if not self.laws[part].linear:
                return False
            todo += [a for a in part.args if a not in seen]
            seen.update(part.args)
        return True

    def _open(self, node: Node) -> Node:
        """The derivative of a part: known if that is obvious, else written d/dx(part)."""
        if self._obvious(node):
            return self.known.get(node, const(0))
        return var(f"d/d{self.name}({text(node)})")

    def _terms(self, node: Node) -> list[Node]:
        """The terms of a sum of sums."""
        terms: list[Node] = []
        todo = [node]
        while todo:
            part = todo.pop()
            if part in self.laws and self.laws[part].additive:
                todo += reversed(part.args)
            elif part in self.varies:
                terms.append(part)
        return list(dict.fromkeys(terms))

    def _sum(self, node: Node, terms: dict[Node, Node]) -> Node:
        """The derivative of a sum of sums from those of its terms."""
        found = dict(terms)
        inner = [part for part in postorder([node]) if part in self.laws and self.laws[part].additive]
        for part in inner:
            if part not in found and all(a in found or a not in self.varies for a in part.args):
                found[part] = _filled(self.laws[part], part, found)
        return found[node]


def _filled(law: Law, node: Node, known: dict[Node, Node]) -> Node:
    """A law with the operands and their derivatives in the place of its letters."""
    put = dict(zip(law.letters, node.args, strict=True))
    for prime, part in zip(law.primes, node.args, strict=True):
        if prime is not None:
            put[prime] = known[part]
    return substitute([law.right], put)[0]
