"""How a Value was made, where that is more than one or two operands with their slopes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from symgrad.engine.value import Value
    from symgrad.ops.op import Op


class Record(ABC):
    """What the tape needs of a computation: its inputs, and how a gradient goes back to them."""

    __slots__ = ("inputs",)

    def __init__(self, inputs: Sequence[Value]) -> None:
        self.inputs = inputs

    @abstractmethod
    def push(self, made: Value, /) -> None:
        """Add to the gradients of the inputs what the gradient of `made`, the result, contributes."""

    def unseen(self, _made: Value, _seen: set[Any], /) -> Iterable[Value]:
        """The inputs; a record may leave out what `seen` tells it has been looked at."""
        return self.inputs

    def children(self, _made: Value, /) -> tuple[Value, ...]:
        """The operands, for whoever looks inside."""
        return tuple(self.inputs)


class Handwritten(Record):
    """A computation whose rule a program wrote itself: a function that adds to the gradients of the inputs."""

    __slots__ = ("rule",)

    def __init__(self, inputs: Sequence[Value], rule: Callable[[], object] | None = None) -> None:
        super().__init__(inputs)
        self.rule = rule

    def push(self, _made: Value, /) -> None:
        """Let the rule do it."""
        if self.rule is not None:
            self.rule()


class Applied(Record):
    """An op of the table at the numbers it was applied to; `wrt` are the arguments that were Values, not numbers."""

    __slots__ = ("attrs", "op", "wrt", "xs", "y")

    def __init__(self, op: Op, args: Sequence[Value], wrt: Sequence[int], attrs: Mapping[str, Any]) -> None:
        super().__init__(args)
        self.op, self.wrt, self.attrs = op, wrt, dict(attrs)
        self.xs = [x.data if type(x.data) is bool else float(x.data) for x in args]
        self.y: Any = op.compute(self.xs, attrs)

    def push(self, made: Value, /) -> None:
        """By the rules of the table. What a branch not taken would contribute does not exist."""
        from symgrad.engine.pullback import retry
        from symgrad.ops.op import Guarded

        g, y, xs = float(made.grad), self.y, self.xs
        for i in self.wrt:
            rule = self.op.rule(i)
            if rule is None:
                continue
            try:
                out = rule(g, y, *xs, **self.attrs)
            except (ZeroDivisionError, OverflowError):
                out = retry(rule, g, y, xs, self.attrs)
            if type(out) is not Guarded:
                self.inputs[i].grad += float(out)
            elif out.guard:
                self.inputs[i].grad += float(out.value)
