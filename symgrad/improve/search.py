"""Best-first search over rewrites: the form with the fewest wrong bits so far is rewritten next."""

from __future__ import annotations

import heapq
import itertools
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from symgrad.graph import Node, postorder
from symgrad.improve.measure import Errors, Measure, score
from symgrad.ops import OPS
from symgrad.symbolic.simplify import simplify
from symgrad.symbolic.stable import MOVES, REMEDIES, Rule, Suggestion, forms, replaced

GOOD = 3.0
"""Where no number has more wrong bits than this, nothing is left to improve."""

LARGEST = 3.0
"""A form may have so many times the operations of the first (and some more)."""

SERIES = "a series near the point, the formula elsewhere"
CHOICE_COST = 2.0
SIZE_COST = 0.02
STEP_COST = 0.15
PATIENCE = 0.05
"""Each rewrite of a form that was tried makes it less urgent than others."""

AFTERWARDS = 20
"""So many forms are looked at after the first good one: a shorter one may be near."""

NOISE = 2.0
SHORT = 0.06


@dataclass(frozen=True)
class Step:
    """One rewrite: what stood there, what stands there now, and by which rule."""

    rule: str
    where: str
    before: Node
    after: Node


@dataclass(frozen=True, eq=False)
class Form:
    """A form of the expression, how it was reached, and how wrong it is."""

    root: Node
    errors: Errors
    score: float
    size: int
    steps: tuple[Step, ...] = ()

    @property
    def choices(self) -> int:
        """How many series it chooses between and a formula: the last resort."""
        return sum(step.rule == SERIES for step in self.steps)

    @property
    def priority(self) -> float:
        """What is expanded first: few wrong bits, few operations, few steps."""
        return self.score + SIZE_COST * self.size + STEP_COST * len(self.steps) + CHOICE_COST * self.choices

    @property
    def rank(self) -> float:
        """What is reported first: below a bit or two, what is short is better than what is exact."""
        return (
            max(self.score, NOISE)
            + SHORT * self.size
            + STEP_COST * len(self.steps)
            + CHOICE_COST * self.choices
        )

    @property
    def good(self) -> bool:
        """Whether hardly a bit is wrong anywhere."""
        return bool(self.errors.max(initial=0.0) <= GOOD)


WHERE = OPS["where"]
Source = Callable[[Node], list[Suggestion]]


class Search:
    """The state of one search.

    Args:
        root: the expression, as it was given.
        measure: how forms are judged.
        more: further forms of a node, beside those of the table.
    """

    def __init__(self, root: Node, measure: Measure, more: Source | None = None) -> None:
        self.measure = measure
        self.more_forms = more
        self.first = self._form(root, ())
        tidy = simplify([root])[0]
        start = self._form(tidy, ()) if tidy is not root else self.first
        self.most = LARGEST * max(start.size, 10) + 20
        self.seen = {root, tidy}
        self.forms = [self.first] if tidy is root else [self.first, start]
        self.until = 0.0
        self.count = itertools.count()
        self.queue: list[tuple[float, int, Form, Iterator[Form]]] = []
        self.choices = {node for node in postorder([root, tidy]) if node.op is WHERE}
        self.suggested: dict[tuple[Node, bool], list[Suggestion]] = {}
        for form in self.forms:
            self._enqueue(form)

    def _form(self, root: Node, steps: tuple[Step, ...]) -> Form:
        errors = self.measure.plain(root)
        return Form(root, errors, score(errors), size(root), steps)

    def _enqueue(self, form: Form) -> None:
        heapq.heappush(self.queue, (form.priority, next(self.count), form, self._rewrites(form)))

    def run(self, until: float) -> list[Form]:
        """All forms that were looked at, the best first, soon after one is good or when the time is up.

        The best form is rewritten at one place at a time: as soon as that gives a better one, that one is the best.
        """
        self.until = until
        end: int | None = None
        while self.queue and time.monotonic() < until:
            priority, count, form, rewrites = self.queue[0]
            found = next(rewrites, None)
            if found is None:
                heapq.heappop(self.queue)
                continue
            heapq.heapreplace(self.queue, (priority + PATIENCE, count, form, rewrites))
            self.forms.append(found)
            self._enqueue(found)
            if found.good and end is None:
                end = len(self.forms) + AFTERWARDS
            if len(self.forms) == end:
                break
        return sorted(self.forms, key=lambda form: form.rank)

    def _rewrites(self, form: Form) -> Iterator[Form]:
        """The forms one rewrite away: remedies first, then what only prepares them."""
        order = self._places(form.root)
        for direct in (True, False):
            for place in order:
                if time.monotonic() > self.until:
                    return
                for rule, new in self._suggestions(place, direct=direct):
                    other = self._rewritten(form, place, rule, new)
                    if other is not None:
                        yield other

    def _places(self, root: Node) -> list[Node]:
        """The nodes of a form, the last first; what a series stands in is left as it is."""
        found: dict[Node, None] = {}
        todo = [root]
        while todo:
            node = todo.pop()
            if node not in found:
                found[node] = None
                if node.op is not WHERE or node in self.choices:
                    todo += node.args
        return [node for node in postorder([root])[::-1] if node in found]

    def _rewritten(self, form: Form, place: Node, rule: Rule, new: Node) -> Form | None:
        """The form with one rewrite more; None if it was seen before, or is too large."""
        root = simplify([replaced(form.root, place, new)])[0]
        if root in self.seen:
            return None
        self.seen.add(root)
        if size(root) > self.most:
            return None
        return self._form(root, (*form.steps, Step(rule.name, rule.where, place, new)))

    def _suggestions(self, place: Node, *, direct: bool) -> list[Suggestion]:
        """What the rules make of a node: the remedies, or the moves and whatever else there is."""
        key = place, direct
        if key not in self.suggested:
            found = list(forms(place, REMEDIES if direct else MOVES))
            if self.more_forms is not None and not direct:
                found += self.more_forms(place)
            self.suggested[key] = found
        return self.suggested[key]


def size(root: Node) -> int:
    """The operations of a graph."""
    return sum(1 for n in postorder([root]) if n.args)
