"""micrograd's programs run on symgrad's Value and nn: same numbers, same texts, its mistakes cured."""

from __future__ import annotations

import copy
import gc
import math
import pickle
import random
import sys
import weakref
from collections.abc import Iterator
from typing import Any

import graphviz
import numpy as np
import pytest

import symgrad
from symgrad.engine import Value
from symgrad.engine.pullback import pullback
from symgrad.errors import SymgradError
from symgrad.graph import Program, apply, var
from symgrad.nn import MLP, Layer, Module, Neuron
from symgrad.ops.op import Op
from tests.conftest import ROOT, Run
from tests.measure import COSTLIEST, COSTLY, attrs_of, differentiable, sampled, scalar_ops


def sanity(value: Any) -> tuple[Any, Any]:
    """The formula of micrograd's first test."""
    x = value(-4.0)
    z = 2 * x + 2 + x
    q = z.relu() + z * x
    h = (z * z).relu()
    return x, h + q + q * x


def more(a: Any, b: Any) -> Any:
    """The formula of micrograd's second test and of its README."""
    c = a + b
    d = a * b + b**3
    c += c + 1
    c += 1 + c + (-a)
    d += d * 2 + (b + a).relu()
    d += 3 * d + (b - a).relu()
    e = c - d
    f = e**2
    g = f / 2.0
    g += 10.0 / f
    return g


def test_sanity() -> None:
    """micrograd's first test, with the numbers it finds by PyTorch."""
    x, y = sanity(Value)
    y.backward()

    assert (-20.0, 46.0) == (y.data, x.grad)


def test_more_ops() -> None:
    """micrograd's second test likewise."""
    a, b = Value(-4.0), Value(2.0)
    g = more(a, b)
    g.backward()

    assert (24.70408163265306, 138.83381924198252, 645.5772594752186) == (g.data, a.grad, b.grad)


def test_beside_torch() -> None:
    """Both again, beside PyTorch where it is installed."""
    torch = pytest.importorskip("torch")
    a, b = Value(-4.0), Value(2.0)
    s, t = (torch.tensor([x], dtype=torch.float64, requires_grad=True) for x in (-4.0, 2.0))
    ours, theirs = more(a, b), more(s, t)
    ours.backward()
    theirs.backward()

    assert [theirs.item(), s.grad.item(), t.grad.item()] == pytest.approx([ours.data, a.grad, b.grad])


def test_texts() -> None:
    """Everything prints as in micrograd."""
    n, layer = Neuron(2), Layer(3, 2)
    assert "Value(data=1.0, grad=0)" == repr(Value(1.0))
    assert ("ReLUNeuron(2)", "LinearNeuron(3)") == (repr(n), repr(Neuron(3, nonlin=False)))
    assert "Layer of [ReLUNeuron(3), ReLUNeuron(3)]" == repr(layer)
    assert "MLP of [Layer of [ReLUNeuron(2), ReLUNeuron(2)], Layer of [LinearNeuron(2)]]" == repr(
        MLP(2, [2, 1])
    )
    assert ["+", "*", "**-1", "ReLU", "tanh"] == [
        v._op for v in (n.b + 1, n.b * 2, Value(2) ** -1, n.b.relu(), n.b.tanh())
    ]
    assert ("Value(data=6, grad=0)", "Value(data=0, grad=0)") == (
        repr(Value(2) * 3),
        repr(Value(-1.5).relu()),
    )
    assert [] == Module().parameters()


def test_draws() -> None:
    """The same seed gives the same weights, and what comes out of them has the same bits."""
    random.seed(1337)
    n = Neuron(2)

    assert [0.23550571390294128, 0.06653114721000164, 0] == [p.data for p in n.parameters()]
    assert 0.102443419482938 == pytest.approx(n([1, -2]).data, rel=1e-14)
    assert 337 == len(MLP(2, [16, 16, 1]).parameters())


def demo(steps: int) -> list[float]:
    """The losses of the first steps of the example, micrograd's demo."""
    text = (ROOT / "examples" / "micrograd_demo.py").read_text(encoding="utf-8")
    text = text.replace("steps = 100", f"steps = {steps}").replace("assert acc == 1", "")
    losses: list[float] = []
    scope = {
        "print": lambda *words: losses.extend(float(w.split()[3][:-1]) for w in words if "loss" in str(w))
    }
    exec(compile(text, "demo", "exec"), scope)  # the example is a script
    return losses


def test_demo() -> None:
    """The demo has the losses that micrograd has; the example itself asserts that it ends with 100 %."""
    losses = demo(3)

    assert [0.8958441028683222, 1.72359053369720, 0.7429006313851] == pytest.approx(losses, abs=1e-12)


def plain_neuron(n: Neuron, x: list[Value]) -> Value:
    """A neuron as micrograd writes it."""
    act = sum((wi * xi for wi, xi in zip(n.w, x, strict=False)), n.b)
    return act.relu() if n.nonlin else act


def graph(root: Value) -> list[tuple[str, float, float]]:
    """All that hangs below a Value, depth first: ops, data, gradients."""
    found, open_, seen = [], [root], set()
    while open_:
        v = open_.pop()
        if v not in seen:
            seen.add(v)
            found.append((v._op, v.data, v.grad))
            open_.extend(v._prev)
    return found


@pytest.mark.parametrize("nonlin", [True, False])
@pytest.mark.parametrize("size", [1, 5])
@pytest.mark.parametrize("look", ["never", "before", "after"])
def test_a_neuron_is_its_sum(nonlin: bool, size: int, look: str) -> None:
    """A neuron has the bits of micrograd's products and sums, and shows them to whoever looks inside."""
    rng = random.Random(size)
    for _ in range(10):
        n, x = Neuron(size, nonlin=nonlin), [Value(rng.gauss(0, 1)) for _ in range(size)]
        n.b.data = rng.gauss(0, 1)
        made = []
        for neuron in (n, copy.deepcopy(n)):
            values = copy.deepcopy(x)
            y = neuron(values) if neuron is n else plain_neuron(neuron, values)
            z = y * y + 3 * y + values[0]
            if look == "before":
                graph(z)
            z.backward()
            found = [z.data, *(p.grad for p in (*neuron.parameters(), *values))]
            made.append((found, graph(z) if look != "never" else None))
        assert made[0] == made[1]


def test_looking_inside_changes_nothing() -> None:
    """A net whose Values have been looked at, and used, still has its gradients."""
    net = MLP(2, [3, 2])
    found = []
    for inside in (False, True):
        net.zero_grad()
        out = net([0.5, -1.0])
        total = out[0] * out[1]
        if inside:
            hidden = out[0]._prev[1]
            assert hidden is out[0]._prev[1]
            total = total + 0 * hidden
        total.backward()
        found.append([p.grad for p in net.parameters()])

    assert found[0] == pytest.approx(found[1])


def test_layers_ask_their_neurons() -> None:
    """A neuron of one's own is asked, whatever it does."""

    class Half(Neuron):
        def __call__(self, x: Any) -> Value:
            return super().__call__(x) * 0.5

    layer = Layer(2, 2)
    plain = [v.data for v in layer([1.0, 2.0])]
    for n in layer.neurons:
        n.__class__ = Half
    assert [x * 0.5 for x in plain] == [v.data for v in layer([1.0, 2.0])]


def trace(root: Value) -> tuple[set[Value], set[tuple[Value, Value]]]:
    """micrograd's notebook, as it is."""
    nodes, edges = set(), set()

    def build(v: Value) -> None:
        if v not in nodes:
            nodes.add(v)
            for child in v._prev:
                edges.add((child, v))
                build(child)

    build(root)
    return nodes, edges


def test_drawing() -> None:
    """The notebook's picture: the second example of the lecture, with labels, data and gradients."""
    x1, x2, w1, w2 = (
        Value(x, label=name) for x, name in ((2.0, "x1"), (0.0, "x2"), (-3.0, "w1"), (1.0, "w2"))
    )
    b = Value(6.8813735870195432, label="b")
    x1w1, x2w2 = x1 * w1, x2 * w2
    x1w1.label = "x1*w1"
    n = x1w1 + x2w2 + b
    o = n.tanh()
    o.backward()
    nodes, edges = trace(o)
    dot = graphviz.Digraph(format="svg", graph_attr={"rankdir": "LR"})
    for v in nodes:
        dot.node(str(id(v)), f"{{ {v.label} | data {v.data:.4f} | grad {v.grad:.4f} }}", shape="record")
        if v._op:
            dot.node(str(id(v)) + v._op, v._op)
            dot.edge(str(id(v)) + v._op, str(id(v)))
    for child, v in edges:
        dot.edge(str(id(child)), str(id(v)) + v._op)

    assert [0.7071067811865476, 1.0, -1.5, 0.0, 0.5] == pytest.approx(
        [o.data, w1.grad, x1.grad, w2.grad, x2.grad]
    )
    assert (10, 9) == (len(nodes), len(edges))
    assert "{ x1*w1 | data -6.0000 | grad 0.5000 }" in dot.source
    nodes, edges = trace(Neuron(2)([1.0, -2.0]))
    assert (10, 9) == (len(nodes), len(edges))
    assert ["*", "*", "+", "+", "ReLU"] == sorted(v._op for v in nodes if v._op)


def test_children_are_ordered() -> None:
    """Operands come in order, and twice if used twice."""
    a, b = Value(1.0), Value(2.0)
    assert ((a, b), (b, a), (a, a), (a,), ()) == tuple(v._prev for v in (a + b, b * a, a * a, a.relu(), a))
    assert (a, b) == a.atan2(b)._children


def test_backward_twice() -> None:
    """A second call adds to what was not computed, and finds inner gradients afresh."""
    a = Value(3.0)
    inner = a * a
    y = inner * 2
    y.backward()
    y.backward()

    assert (24.0, 2, 1) == (a.grad, inner.grad, y.grad)
    leaf = Value(1.0)
    leaf.backward()
    assert 1 == leaf.grad


def test_gradients_are_those_of_the_moment() -> None:
    """Setting data after the computation changes no slope of it, and setting gradients to zero starts anew."""
    a, b = Value(2.0), Value(5.0)
    y = a * b + Neuron(1)([a]) * 0
    a.data += 10
    b.data -= 1
    y.backward()
    assert (5.0, 2.0) == (a.grad, b.grad)
    a.grad = b.grad = 0.0
    (a * b).backward()
    assert (4.0, 12.0) == (a.grad, b.grad)


def test_long_chains() -> None:
    """Nothing recurses: neither the computation, the sweep, nor the end of a long chain."""
    limit = sys.getrecursionlimit()
    x = y = Value(1.0)
    sys.setrecursionlimit(200)
    try:
        for _ in range(30_000):
            y = (y * 0.99 + x).relu()
        y.backward()
        copy.deepcopy(y)
        found = x.grad
        del y
    finally:
        sys.setrecursionlimit(limit)

    assert 100.0 == pytest.approx(found)


def test_memory_is_freed() -> None:
    """A loop of training leaves nothing behind, without the help of the garbage collector."""
    net = MLP(2, [4, 1])
    alive: list[weakref.ref[Value]] = []
    gc.collect()
    gc.disable()
    try:
        for _ in range(5):
            net.zero_grad()
            loss = (net([1.0, 2.0]) - 1) ** 2 + net([0.5, 1.0]).tanh()
            loss.backward()
            alive.append(weakref.ref(loss))
            for p in net.parameters():
                p.data -= 0.1 * p.grad
        assert [None] * 4 == [r() for r in alive[:-1]]
        del loss
        assert 0 == sum(type(v) is Value and v.left is not None for v in gc.get_objects())
    finally:
        gc.enable()


def numeric(x: Any) -> Iterator[tuple[Any, Value]]:
    """Each operator on plain numbers beside the op of the table that says the same on Values."""
    ops = symgrad
    for y in (Value(-1.5), Value(2), 3, 0.25, np.float64(2.5), np.int64(3)):
        yield x + y, ops.add(x, y)
        yield y + x, ops.add(x, y)
        yield x * y, ops.mul(x, y)
        yield y * x, ops.mul(x, y)
        yield x - y, ops.sub(x, y)
        yield y - x, ops.sub(y, x)
        yield x / y, ops.div(x, y)
        yield y / x, ops.div(y, x)
        yield x**y, ops.pow(x, y)
        yield y**x, ops.pow(y, x)
    yield -x, ops.neg(x)
    yield abs(x), ops.abs(x)
    yield x.relu(), ops.relu(x)


@pytest.mark.parametrize("at", [2.0, -2.0, 0.0, 3])
def test_shortcuts_follow_the_table(at: float) -> None:
    """The slopes that are kept for speed are those of the table's rules, at zero too."""
    x = Value(at)
    for fast, slow in numeric(x):
        found = []
        for made in (fast, slow):
            x.grad = 0
            made.backward()
            found.append((made.data, x.grad))
        assert found[0] == pytest.approx(found[1], rel=1e-14, nan_ok=True), (fast._op, fast._prev)


@pytest.mark.parametrize(
    "entry", [op for op in scalar_ops() if op.name not in COSTLY | COSTLIEST], ids=lambda op: op.name
)
def test_every_op(entry: Op) -> None:
    """Each op of numbers serves Values, and its gradient is the sweep's on a graph."""
    names = [var(f"x{i}") for i in range(entry.arity or 0)]
    program = Program([apply(entry, tuple(names), attrs_of(entry))])
    wrt = [i for i in range(len(names)) if differentiable(entry, i)]
    for row in sampled(entry)[:4]:
        args = [Value(x) if i in wrt else x for i, x in enumerate(row)]
        y = entry(*args, **attrs_of(entry))
        if isinstance(y, Value):
            y.backward()
            slots = {i: program.slot[names[i]] for i in wrt}
            values: list[Any] = [0.0] * len(program.nodes)
            for i, name in enumerate(names):
                values[program.slot[name]] = row[i]
            values[program.outputs[0]] = entry(*row, **attrs_of(entry))
            grads = pullback(program, values, program.outputs[0], 1.0, slots.values())
            expected = [float(grads.get(slot, 0.0)) for slot in slots.values()]
            assert expected == pytest.approx([float(args[i].grad) for i in wrt], rel=0, abs=0, nan_ok=True)


def test_functions_are_methods() -> None:
    """The functions of the table are methods of a Value, also under other names, and functions of symgrad."""
    x = Value(0.5)
    for op in scalar_ops():
        if op.arity == 1 and not op.hidden:
            assert [op(0.5)] == pytest.approx([getattr(x, op.name)().data], rel=0, abs=0, nan_ok=True)
    assert math.log(0.5) == x.ln().data == symgrad.log(x).data
    assert [math.exp(0.5)] * 2 == [v.data for v in np.exp(np.array([x, x]))]
    assert symgrad.where(x < 1, x, 2).data == 0.5
    assert (True, False) == (symgrad.lt(x, 1), symgrad.ge(x, 1))


def test_a_constant_argument_needs_no_derivative() -> None:
    """The order of a Bessel function has no derivative, and as a plain number it needs none."""
    x = Value(1.5)
    y = symgrad.jv(2, x)
    y.backward()
    assert symgrad.parse("jv(2, x)").value_and_grad(x=1.5)[1]["x"] == pytest.approx(x.grad)


def test_comparisons() -> None:
    """Order is by number; equality is identity, so that sets, lists and drawings can tell two Values apart."""
    a, b, c = Value(1.0), Value(2.0), Value(1.0)
    assert (a < b, a <= c, b > 1, 2.0 >= b, a == c, a == a) == (True, True, True, True, False, True)
    assert (b, 2, [a, c, b]) == (max(a, b), len({a, b, a}), sorted([b, a, c]))


def test_numbers_of_numpy() -> None:
    """NumPy's scalars become Python's, on either side; its arrays act element by element."""
    a = Value(np.float64(2.0))
    for v in (a, np.float32(0.5) * a, a * np.int64(3), np.float64(1) - a, a / np.uint8(2), a - np.uint8(3)):
        assert type(v.data) is float
        assert "np." not in repr(v)
    row = np.array([1.0, 2.0])
    for made in (row * a, a * row, a - row, row / a, a**row, row + a):
        assert made.dtype == object
        assert all(isinstance(v, Value) for v in made)
    assert [0.5, 1.0] == [v.data for v in row / a]
    assert 3.0 == np.sum(row * Value(1.0)).data


def test_own_rules() -> None:
    """An op that a program adds in micrograd's way, and a backward pass by hand, work as before."""

    def tanh(x: Value) -> Value:
        t = (math.exp(2 * x.data) - 1) / (math.exp(2 * x.data) + 1)
        out = Value(t, (x,), "tanh")

        def _backward() -> None:
            x.grad += (1 - t**2) * out.grad

        out._backward = _backward
        return out

    a, b = Value(0.3), Value(-0.8)
    y = tanh(a * b + a) * b
    y.backward()
    grads = (a.grad, b.grad)
    a.grad = b.grad = 0
    nodes, _ = trace(y)
    for v in nodes:
        v.grad = 0
    y.grad = 1
    order = [y, *y._prev, *y._prev[0]._prev, *y._prev[0]._prev[0]._prev]
    for v in dict.fromkeys(order):
        v._backward()

    assert grads == pytest.approx((a.grad, b.grad))
    assert (a * b + a).tanh().data == pytest.approx(tanh(a * b + a).data)
    assert ((a,), (a, b)) == (Value(1.0, _prev=(a,), _op="f")._prev, Value(1.0, (a, b))._prev)
    called: list[int] = []
    a._backward = lambda: called.append(1)
    (a + 1).backward()
    assert [1] == called


def test_copies() -> None:
    """A copied net is a net of its own, and a copied result is a number."""
    net = MLP(2, [2, 1])
    net([1.0, 1.0]).backward()
    for twin in (copy.deepcopy(net), pickle.loads(pickle.dumps(net))):
        assert [(p.data, p.grad) for p in net.parameters()] == [(p.data, p.grad) for p in twin.parameters()]
        twin.parameters()[0].data += 1
        assert twin.parameters()[0].data != net.parameters()[0].data
    result = copy.copy(net([1.0, 1.0]) * 2)
    assert ((), "") == (result._prev, result._op)


def test_mistakes() -> None:
    """What is no number, and what no Value can be, is refused in words."""
    for make, code in (
        (lambda: Value([1.0]), "SG211"),
        (lambda: Value(np.ones(2)), "SG211"),
        (lambda: Neuron(2)(["a", "b"]), "SG211"),
        (lambda: symgrad.sin(Value(1.0), 2), "SG209"),
        (lambda: symgrad.stack(Value(1.0), Value(2.0)), "SG202"),
        (lambda: symgrad.where(Value(1.0), 1, 2), "SG201"),
    ):
        with pytest.raises(SymgradError) as found:
            make()
        assert code == found.value.code
    with pytest.raises(AttributeError, match="a Value has no `sinn`"):
        Value(1.0).sinn()
    for other in ("a", [1], None):
        with pytest.raises(TypeError):
            Value(1.0) + other


def test_micrograd_starts_without_libraries(run: Run) -> None:
    """A program of Values loads neither NumPy nor the table of operations."""
    text = (
        "import sys; from symgrad.engine import Value; from symgrad.nn import MLP\n"
        "MLP(2, [2, 1])([1.0, 2.0]).backward()\n"
        "print({'numpy', 'sympy', 'flint', 'symgrad.ops', 'symgrad.graph'} & set(sys.modules))"
    )
    result = run(sys.executable, "-c", text)

    assert "set()" == result.stdout.strip(), result.stderr


def swept(root: Value) -> None:
    """micrograd's own backward pass: depth first, then each step by hand."""
    order: list[Value] = []
    seen = set()

    def build(v: Value) -> None:
        if v not in seen:
            seen.add(v)
            for child in v._prev:
                build(child)
            order.append(v)

    build(root)
    root.grad = 1
    for v in reversed(order):
        v._backward()


def test_order_of_making() -> None:
    """A Value is swept after all that were made of it: random graphs, beside micrograd's pass."""
    rng = random.Random(7)
    for _ in range(30):
        leaves = [Value(rng.uniform(0.5, 1.5)) for _ in range(4)]
        pool = list(leaves)
        for _ in range(40):
            a, b = rng.choice(pool), rng.choice(pool)
            neuron = Neuron(2)
            neuron.w = [a, b]
            pool.append(rng.choice([a * 0.5, a + b, a.tanh(), a - b, neuron([b, a]), 0.1 * a * b]))
        root = sum(pool[-5:])
        swept(root)
        expected = [x.grad for x in leaves]
        for x in leaves:
            x.grad = 0
        root.backward()
        assert expected == pytest.approx([x.grad for x in leaves], rel=1e-12)
