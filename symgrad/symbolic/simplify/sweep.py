"""One walk over a graph that simplifies every node once, from the leaves up, in linear time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import cache

from symgrad.graph import CONST, REAL, Node, const
from symgrad.graph.walk import same
from symgrad.ops import Op
from symgrad.symbolic.simplify import arrays, choices, functions
from symgrad.symbolic.simplify.forms import PRODUCT_FORMS, SUM_FORMS, Parts, Workshop
from symgrad.symbolic.simplify.numbers import EXACT, is_number
from symgrad.symbolic.simplify.order import ADD, INDEX, MUL, NEG, POW, PRODUCTS, SUMS
from symgrad.symbolic.simplify.products import whole
from symgrad.symbolic.simplify.rule import Rule, Rules, Step

TABLE = Rules(functions.RULES, choices.RULES, arrays.RULES).table
ENOUGH = 50
"""Rules in a row at one node; more would be a rule that undoes another."""


@cache
def weight(op: Op) -> int:
    """How many operations a reader sees: those of its body for one that has no spelling."""
    return 1 if not op.hidden or op.expand is None else 3 if op.pointwise else 12


def elements(node: Node) -> int:
    """How often an operation is done: for each element of an array, where it works by elements."""
    return min(node.type.size, arrays.LONGEST) if node.type is not REAL and node.op.pointwise else 1


def size(order: Iterable[Node]) -> int:
    """The operations of a graph; constants and variables are free."""
    return sum([weight(node.op) * elements(node) for node in order if node.args])


class Sweep:
    """The state of one walk.

    Chains of one kind, products or sums, are simplified as a whole at their top; the links are nodes used only there.
    """

    def __init__(self, workshop: Workshop, trace: list[Step] | None, *, deep: bool) -> None:
        self.workshop = workshop
        self.products = workshop.products
        self.trace = trace
        self.deep = deep
        self.made: dict[Node, Node] = {}
        self.kept: set[Node] = set()
        self.uses: dict[Node, int] = {}
        self.apart = False
        """Whether the node at hand is an element of an array of which only elements are used."""

    def run(self, roots: list[Node], order: list[Node]) -> list[Node]:
        """The roots, simplified."""
        uses = use_counts(roots, order)
        links = _links(order, uses)
        whole_ones = _whole(roots, order) if self.deep else set(order)
        made, kept = self.made, self.kept
        for node in order:
            if node in links:
                continue
            op = node.op
            if not node.args:
                result = _tidy(node) if op is CONST else node
                kept.add(result)
            else:
                if op in PRODUCTS or op in SUMS or (op is POW and whole(node.args[1]) is not None):
                    result = self._chain(node, links)
                else:
                    result = same(node, tuple([made[a] for a in node.args]))
                if result.op in TABLE or result.type.shape:
                    self.apart = op is INDEX and node.args[0] not in whole_ones
                    result = self._by_rules(result)
                if result not in kept:
                    kept.update(self._new(result) if uses[node] > 1 else self._below(result))
            made[node] = result
            self.uses[result] = self.uses.get(result, 0) + uses[node]
        return [made[root] for root in roots]

    def _by_rules(self, node: Node) -> Node:
        """Apply the rules of the table until none fits."""
        for _ in range(ENOUGH):
            rules = TABLE.get(node.op, ())
            if node.type.shape and node.args and node.op.pointwise:
                rules = (*rules, arrays.POINTWISE_RULE)
            for rule in rules:
                after = self._applied(rule, node)
                if after is not None:
                    node = after
                    break
            else:
                break
        return node

    def _applied(self, rule: Rule, node: Node) -> Node | None:
        after = rule.change(node, self.products)
        if after is None or after is node or after.type != node.type:
            return None
        if self._cost(after) > self._cost(node) and not (self.apart and node.op is INDEX):
            return None
        if self.trace is not None:
            self.trace.append(Step(rule.name, node, after))
        return after

    def _chain(self, top: Node, links: set[Node]) -> Node:
        """The top of a chain: its simplified form, or the chain as it was on simplified operands."""
        parts, count = self._parts(top, links)
        if top.type is not REAL:
            parts = arrays.narrowed(parts, top.type)
        key = tuple(parts)
        built = self.workshop.built
        for form in SUM_FORMS if top.op in SUMS else PRODUCT_FORMS:
            if self.deep or not form.deep:
                if (form, key) not in built:
                    built[form, key] = form.build(self.workshop, parts)
                found = built[form, key]
                if found is not None and (result := self._accepted(found[0], top, parts, count)) is not None:
                    self._note(found[1] or [form.order], top, result)
                    return result
        return self._as_it_was(top, links)

    def _parts(self, top: Node, links: set[Node]) -> tuple[Parts, int]:
        """The operands of a chain with their exponents or signs, and how many operations it has."""
        made, op = self.made, top.op
        if len(top.args) == 2 and op is not POW and links.isdisjoint(top.args):
            a, b = top.args
            return [(made[a], 1), (made[b], 1 if op is MUL or op is ADD else -1)], 1
        parts: Parts = []
        todo = [(top, 1)]
        count = 0
        while todo:
            node, e = todo.pop()
            if node is not top and node not in links:
                parts.append((made[node], e))
                continue
            count += 1
            op = node.op
            if op is NEG:
                parts.append((const(-1), 1))
                todo.append((node.args[0], e))
            elif op is POW:
                parts.append((same(node, tuple([made[a] for a in node.args])), e))
            else:
                todo.append((node.args[1], e if op is MUL or op is ADD else -e))
                todo.append((node.args[0], e))
        return parts, count

    def _as_it_was(self, top: Node, links: set[Node]) -> Node:
        made: dict[Node, Node] = {}
        todo = [top]
        while todo:
            node = todo[-1]
            inner = [a for a in node.args if a in links and a not in made]
            if inner:
                todo += inner
                continue
            todo.pop()
            made[node] = same(node, tuple([made[a] if a in links else self.made[a] for a in node.args]))
        return made[top]

    def _accepted(self, result: Node, top: Node, parts: Parts, count: int) -> Node | None:
        """A new form of a chain if it has the right type and brings no more operations than the chain had."""
        if result is top:
            return top
        result = arrays.fitted(result, top.type)
        if result.type != top.type:
            return None
        cost, count = self._cost(result), count * elements(top)
        return result if cost <= count or cost <= count + self._freed(parts) else None

    def _freed(self, parts: Parts) -> int:
        """How many operations may go with the operands of a chain, because they are used only there."""
        freed = 0
        for node, n in Counter([node for node, _ in parts]).items():
            if node not in self.kept:
                freed += self._cost(node)
            elif self.uses.get(node) == n and (kind := _kind(node)):
                freed += 1 + sum([a.op in kind for a in node.args])
        return freed

    def _note(self, names: list[str], before: Node, after: Node) -> None:
        if self.trace is not None and before is not after:
            self.trace += [Step(name, before, after) for name in dict.fromkeys(names)]

    def _cost(self, root: Node) -> int:
        """How many operations this adds to what is kept already."""
        return 0 if root in self.kept else size(self._new(root))

    def _new(self, root: Node, *others: Node) -> set[Node]:
        """The nodes of a graph that are not kept yet."""
        kept, found, todo = self.kept, set(), [root, *others]
        while todo:
            node = todo.pop()
            if node not in kept and node not in found:
                found.add(node)
                todo += node.args
        return found

    def _below(self, top: Node) -> set[Node]:
        """What stays when a rule takes a node apart: all below its operands, or those of the chain that it tops."""
        kind = _kind(top)
        kept, seen, todo = self.kept, {top}, [top]
        ends: list[Node] = []
        while todo:
            for a in todo.pop().args:
                if a not in kept and a not in seen:
                    seen.add(a)
                    (todo if a.op in kind else ends).append(a)
        return self._new(*ends) if ends else set()


def _tidy(node: Node) -> Node:
    """1.0 as 1: whole numbers are exact either way."""
    if is_number(node) and type(node.value) is float and node.value.is_integer() and abs(node.value) < EXACT:
        return node if node.value == 0 and str(node.value)[0] == "-" else const(int(node.value))
    return node


def _kind(top: Node) -> frozenset[Op]:
    """The operations of the chain that a node tops."""
    return PRODUCTS if top.op in PRODUCTS else SUMS if top.op in SUMS else frozenset()


def use_counts(roots: list[Node], order: list[Node]) -> dict[Node, int]:
    """How often each node is used, as an operand or a root."""
    uses = dict.fromkeys(order, 0)
    for root in roots:
        uses[root] += 1
    for node in order:
        for a in node.args:
            uses[a] += 1
    return uses


def _whole(roots: list[Node], order: list[Node]) -> set[Node]:
    """The arrays that are used otherwise than by their elements."""
    whole_ones = {root for root in roots if root.type is not REAL}
    for node in order:
        if node.op is not INDEX:
            whole_ones.update([a for a in node.args if a.type is not REAL])
    return whole_ones


def _links(order: list[Node], uses: dict[Node, int]) -> set[Node]:
    """The nodes that belong to the chain of their only user: factors of a product, first operands of a sum."""
    links = set()
    for node in order:
        if node.op in PRODUCTS:
            links.update([a for a in node.args if a.op in PRODUCTS and uses[a] == 1])
        elif node.op in SUMS and node.args[0].op in SUMS and uses[node.args[0]] == 1:
            links.add(node.args[0])
    return links
