"""Best-first search over rewrites: the form with the fewest wrong bits so far is rewritten next."""

from __future__ import annotations

import heapq
import itertools
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from symgrad.graph import Node, postorder
from symgrad.improve.measure import Errors, Measure, score
from symgrad.symbolic.simplify import simplify
from symgrad.symbolic.stable import Rule, Suggestion, replaced, suggest

GOOD = 3.0
"""Where no number has more wrong bits than this, nothing is left to improve."""

LARGEST = 3.0
"""A form may have so many times the operations of the first (and some more)."""

SIZE_COST = 0.02
STEP_COST = 0.15


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
    def priority(self) -> float:
        """What is expanded first: few wrong bits, few operations, few steps."""
        return self.score + SIZE_COST * self.size + STEP_COST * len(self.steps)

    @property
    def good(self) -> bool:
        """Whether hardly a bit is wrong anywhere."""
        return bool(self.errors.max(initial=0.0) <= GOOD)


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
        self.count = itertools.count()
        self.queue: list[tuple[float, int, Form]] = []
        self.suggested: dict[Node, list[Suggestion]] = {}
        for form in self.forms:
            self._enqueue(form)

    def _form(self, root: Node, steps: tuple[Step, ...]) -> Form:
        errors = self.measure.plain(root)
        return Form(root, errors, score(errors), sum(1 for n in postorder([root]) if n.args), steps)

    def _enqueue(self, form: Form) -> None:
        heapq.heappush(self.queue, (form.priority, next(self.count), form))

    def run(self, until: float) -> list[Form]:
        """All forms that were looked at, the best first, when one is good or the time is up."""
        while self.queue and time.monotonic() < until:
            _, _, form = heapq.heappop(self.queue)
            if any(self._expand(form, until)):
                break
        return sorted(self.forms, key=lambda form: form.priority)

    def _expand(self, form: Form, until: float) -> Iterator[bool]:
        """Look at all forms one rewrite away; whether each is good."""
        found = []
        for place, rule, new in self._rewrites(form.root):
            if time.monotonic() > until:
                break
            root = simplify([replaced(form.root, place, new)])[0]
            if root in self.seen:
                continue
            self.seen.add(root)
            other = self._form(root, (*form.steps, Step(rule.name, rule.where, place, new)))
            if other.size > self.most:
                continue
            self.forms.append(other)
            self._enqueue(other)
            found.append(other.good)
        yield from found

    def _rewrites(self, root: Node) -> Iterator[tuple[Node, Rule, Node]]:
        for place in reversed(postorder([root])):
            if place not in self.suggested:
                self.suggested[place] = suggest(place, moves=True)
                if self.more_forms is not None:
                    self.suggested[place] += self.more_forms(place)
            for rule, new in self.suggested[place]:
                yield place, rule, new
