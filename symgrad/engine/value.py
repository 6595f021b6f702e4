"""A number that remembers how it was made, so that `backward` finds derivatives: micrograd's Value.

Programs written for micrograd run unchanged, and faster. An operation on one or two Values keeps its operands and the
slopes by them as plain numbers: no closure, hence no cycle, so that memory is free again when the last name goes, and
the garbage collector finds little to look at. Everything else (a function of the table, a neuron, a rule that a program
wrote itself) is a `Record`. `backward` lays out what it reaches in the order in which it was made, and sweeps over that
tape once: nothing recurses, and sums are formed in the same order on every run.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from symgrad.engine.records import Applied, Handwritten
from symgrad.engine.scalars import lookup, number, plain, power
from symgrad.engine.tape import sweep, tape_of
from symgrad.errors import TypeMistake

if TYPE_CHECKING:
    from symgrad.ops.op import Op


class Value:
    """One number with its gradient. Functions of the table are methods: `x.tanh()`, `x.atan2(y)`.

    Attributes:
        data: the number; it may be set.
        grad: the derivative by this number of what `backward` was called on. For a number that was not computed it adds
            up over calls until it is set to 0; for a result it is that of the last call.
        label: a name for drawings.
        left, right, by_left, by_right: a result's operands (or None) and its slopes by them; where `by_left` is None,
            `left` is a Record, to which `by_right` belongs. These four and `born` are the tape's.
        born: a result's place in the order of making.
    """

    __slots__ = (
        *("__weakref__", "_op", "_vis_color", "born", "by_left", "by_right"),
        *("data", "grad", "label", "left", "right"),
    )
    __array_priority__ = -1.0  # NumPy's scalars leave an operation to us; its arrays do it for each element

    data: Any
    grad: Any
    label: str
    left: Any
    right: Value | None
    by_left: Any
    by_right: Any
    born: float
    _op: str

    def __init__(
        self,
        data: Any,
        _children: Iterable[Value] = (),
        _op: str = "",
        label: str = "",
        *,
        _prev: Iterable[Value] = (),
    ) -> None:
        self.data = data if type(data) is float else number(data)
        self.grad = 0
        self.label = label
        self._op = _op
        self.left = self.right = self.by_left = None
        children = tuple(_children) or tuple(_prev)
        if children:
            self.left, self.born = Handwritten(children), _tick()

    @staticmethod
    def result(data: Any, op: str, left: Any, by_left: Any, right: Value | None, by_right: Any) -> Value:
        """What comes out of an operation."""
        out = _new(Value)
        out.data = data
        out.grad = 0
        out._op = op  # noqa: SLF001  # its own
        out.left = left
        out.right = right
        out.by_left = by_left
        out.by_right = by_right
        out.born = _tick()
        return out

    # Arithmetic. Sum and product do without a call to `result`, because that is where programs spend their time.

    def __add__(self, other: Any) -> Value:
        if type(other) is not Value and (other := _operand(other)) is NotImplemented:
            return NotImplemented
        out = _new(Value)
        out.data = self.data + other.data
        out.grad = 0
        out._op = "+"
        out.left = self
        out.right = other
        out.by_left = out.by_right = 1
        out.born = _tick()
        return out

    def __mul__(self, other: Any) -> Value:
        if type(other) is not Value and (other := _operand(other)) is NotImplemented:
            return NotImplemented
        out = _new(Value)
        out.by_right = x = self.data
        out.by_left = y = other.data
        out.data = x * y
        out.grad = 0
        out._op = "*"
        out.left = self
        out.right = other
        out.born = _tick()
        return out

    __radd__ = __add__
    __rmul__ = __mul__

    def __pow__(self, other: Any) -> Any:
        if isinstance(other, Value):
            return Value.apply(lookup("pow"), (self, other), {})
        n = plain(other)
        if n is NotImplemented:
            return n
        y, slope = power(self.data, n)
        return Value.result(y, f"**{n}", self, slope, None, None)

    def __rpow__(self, other: Any) -> Any:
        return Value.apply(lookup("pow"), (other, self), {})

    def relu(self) -> Value:
        """max(x, 0), with slope 0 at 0."""
        x = self.data
        return Value.result(max(x, 0), "ReLU", self, x > 0, None, None)

    # These are made of the others, as micrograd's drawings show them.

    def __neg__(self) -> Value:
        return self * -1

    def __sub__(self, other: Any) -> Any:
        if isinstance(other, Value):
            return self + -other
        n = plain(other)
        return n if n is NotImplemented else self + -n

    def __rsub__(self, other: Any) -> Any:
        return -self + other

    def __truediv__(self, other: Any) -> Any:
        if isinstance(other, Value):
            return self * other**-1
        n = plain(other)
        return n if n is NotImplemented else self * power(n, -1)[0]

    def __rtruediv__(self, other: Any) -> Any:
        return self**-1 * other

    def __abs__(self) -> Any:
        return Value.apply(lookup("abs"), (self,), {})

    # Order is that of the numbers. Equality and hash are those of the objects: sets and drawings need them so.

    def __lt__(self, other: Any) -> Any:
        return self.data < (other.data if isinstance(other, Value) else other)

    def __le__(self, other: Any) -> Any:
        return self.data <= (other.data if isinstance(other, Value) else other)

    def __gt__(self, other: Any) -> Any:
        return self.data > (other.data if isinstance(other, Value) else other)

    def __ge__(self, other: Any) -> Any:
        return self.data >= (other.data if isinstance(other, Value) else other)

    @staticmethod
    def apply(op: Op, args: Sequence[Any], attrs: Mapping[str, Any]) -> Any:
        """The result of an op of the table on Values and numbers: how Values act as a carrier. A condition is a bool.

        Raises:
            TypeMistake: SG2xx, the operands do not fit the op.
        """
        from symgrad.ops.types import BOOL, REAL

        if op.arity not in (None, len(args)):
            raise TypeMistake("SG209", f"`{op.name}` takes {op.arity} arguments, found {len(args)}")
        inputs = [a if isinstance(a, Value) else Value(a) for a in args]
        made = op.result([BOOL if type(x.data) is bool else REAL for x in inputs], attrs)
        if made.shape:
            raise TypeMistake("SG202", f"`{op.name}` makes an array, and a Value is one number")
        record = Applied(op, inputs, [i for i, a in enumerate(args) if isinstance(a, Value)], attrs)
        if made == BOOL:
            return bool(record.y)
        return Value.result(record.y, op.name, record, None, None, None)

    def __getattr__(self, name: str) -> Any:
        """The functions of the table as methods; and no label is an empty one."""
        if name == "label":
            return ""
        if not name.startswith("_"):
            from symgrad.ops import find

            op = find(name)
            if op is not None and op.arity != 0:
                return partial(op, self)
        raise AttributeError(f"a Value has no `{name}`", name=name, obj=self)

    def backward(self) -> None:
        """Find the derivative of this number by every Value that it was computed from."""
        if self.left is None:
            self.grad += 1
            return
        tape = tape_of(self)
        self.grad = 1
        sweep(tape)

    # What micrograd's programs look at

    @property
    def _prev(self) -> tuple[Value, ...]:
        """The operands, in order."""
        if self.left is None:
            return ()
        if self.by_left is None:
            children: tuple[Value, ...] = self.left.children(self)
            return children
        return (self.left,) if self.right is None else (self.left, self.right)

    _children = _prev

    @property
    def _backward(self) -> Callable[[], object]:
        """One step of the sweep: add to the gradients of the operands."""
        return partial(sweep, () if self.left is None else (self,))

    @_backward.setter
    def _backward(self, rule: Callable[[], object]) -> None:
        children = self._prev
        if self.left is None:
            self.born = 0  # nothing comes before it
        self.left, self.right, self.by_left = Handwritten(children, rule), None, None

    def __repr__(self) -> str:
        return f"Value(data={self.data}, grad={self.grad})"

    def __reduce__(self) -> tuple[Any, ...]:
        """A copy is a number that was not computed."""
        return (Value, (self.data,), (None, {"grad": self.grad, "label": self.label}))


_new = Value.__new__
_tick = itertools.count(1).__next__


def _operand(x: Any) -> Any:
    """A Value as it is, a number as a Value; NotImplemented for anything else."""
    if isinstance(x, Value):
        return x
    n = plain(x)
    return n if n is NotImplemented else Value(n)
