"""Models: expressions with parameters, as plain data that composes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from symgrad.errors import TypeMistake
from symgrad.graph import Node, Type, const, substitute, var, variables
from symgrad.nn.batch import batched
from symgrad.nn.init import Init

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Values = Mapping[str, NDArray[np.float64]]
"""Parameter name -> read-only array."""


GLOROT = Init()


@dataclass(frozen=True)
class Parameter:
    """A variable that training moves.

    Attributes:
        name: its name, relative to the model ("0.w") until the model is named.
        type: its shape.
        init: how its initial values are drawn.
        fixed: whether the name is final: the parameter of a named model is the same one wherever it occurs.
    """

    name: str
    type: Type
    init: Init = GLOROT
    fixed: bool = False

    @property
    def node(self) -> Node:
        """Its variable in graphs."""
        return var(self.name, self.type)


@dataclass(frozen=True)
class Part:
    """A named step of a model, for printing, drawing and diagnosis."""

    name: str
    spelling: str
    output: Node


@dataclass(frozen=True, repr=False)
class Model:
    """An expression with inputs and parameters. `model(x)` is an expression, `a >> b` is another model.

    Attributes:
        inputs: the variables that calling it replaces.
        output: the expression, for one sample.
        parameters: the variables that training moves, in order.
        spelling: how it was made, in the language.
        parts: its steps; none for a single layer.
        chain: the models it is composed of by `>>`; none for a single one.
        name: what it is called; "" if it has no name yet.
    """

    inputs: tuple[Node, ...]
    output: Node
    parameters: tuple[Parameter, ...]
    spelling: str
    parts: tuple[Part, ...] = ()
    chain: tuple[Model, ...] = ()
    name: str = ""

    @property
    def steps(self) -> tuple[Part, ...]:
        """Its parts; of a single layer the layer itself."""
        return self.parts or (Part("", self.spelling, self.output),)

    @property
    def count(self) -> int:
        """How many numbers the parameters have together."""
        return sum(p.type.size for p in self.parameters)

    @property
    def nodes(self) -> tuple[Node, ...]:
        """The variables of the parameters."""
        return tuple(p.node for p in self.parameters)

    @property
    def signature(self) -> str:
        """From which types to which: real[2] -> real[1]."""
        return f"{', '.join(str(x.type) for x in self.inputs)} -> {self.output.type}"

    def __repr__(self) -> str:
        name = f"{self.name} = " if self.name else ""
        s = "s" * (self.count != 1)
        return f"{name}{self.spelling}: {self.signature}, {self.count} parameter{s}"

    def _repr_html_(self) -> str:
        from symgrad.nn.shown import model_html

        return model_html(self)

    def __call__(self, *xs: Any, parameters: Values | None = None) -> Any:
        """The model of these inputs, an expression; with values of the parameters and plain inputs, the numbers.

        An input has the declared type, or one more axis in front: then it is many samples, and so is the result.
        """
        if parameters is not None:
            return self.value(parameters, *xs)
        return self.applied([self.output], *xs)[0]

    def trace(self, *xs: Any) -> dict[str, Node]:
        """What each part gives for these inputs: part name -> expression."""
        names = [part.name for part in self.steps]
        return dict(zip(names, self.applied([p.output for p in self.steps], *xs), strict=True))

    def applied(self, outputs: Sequence[Node], *xs: Any) -> list[Node]:
        """Expressions of the inputs, with these put in their place.

        Raises:
            TypeMistake: SG209, too few or many inputs; SG203, an input of another shape.
        """
        given = [as_node(x) for x in xs]
        if len(given) != len(self.inputs):
            s = "s" * (len(self.inputs) != 1)
            raise TypeMistake(
                "SG209", f"`{self.spelling}` takes {len(self.inputs)} input{s}, found {len(given)}"
            )
        one, many = {}, {}
        for old, new in zip(self.inputs, given, strict=True):
            if new.type == old.type:
                one[old] = new
            elif new.type.shape[1:] == old.type.shape and new.type.shape and new.type.kind == old.type.kind:
                many[old] = new
            else:
                n = "".join(f", {k}" for k in old.type.shape)
                raise TypeMistake(
                    "SG203",
                    f"`{self.spelling}` takes {old.type}, or real[n{n}] for n samples, and was given {new.type}",
                )
        if len({new.type.shape[0] for new in many.values()}) > 1:
            raise TypeMistake("SG203", f"the inputs of `{self.spelling}` have different numbers of samples")
        return batched(outputs, many, one)

    def value(self, parameters: Values, *xs: Any) -> NDArray[np.float64]:
        """The numbers that the model gives for plain inputs."""
        import numpy as np

        from symgrad.engine.backprop import value_of
        from symgrad.graph import Program

        arrays = [np.asarray(x, dtype=float) for x in xs]
        inputs = [var(f" {i}", Type("real", a.shape)) for i, a in enumerate(arrays)]
        bound = {**parameters, **{v.name: a for v, a in zip(inputs, arrays, strict=True)}}
        return np.asarray(value_of(Program([self(*inputs)]), bound))

    def initial(self, seed: int = 0) -> dict[str, NDArray[np.float64]]:
        """Initial values of all parameters: the same bits for the same seed and names."""
        return {p.name: p.init.draw(p.name, p.type.shape, seed) for p in self.parameters}

    def named(self, name: str) -> Model:
        """The model under a name: its parameters are called name.0.w and are shared wherever it is used.

        Parameters that belong to a named part keep their names.
        """
        new = {p: p if p.fixed else replace(p, name=join(name, p.name), fixed=True) for p in self.parameters}
        return replace(_renamed(self, new), name=name)

    def __rshift__(self, other: Any) -> Model:
        """This model, and then the other one (or an op such as tanh)."""
        if not isinstance(other, Model) and callable(other) and hasattr(other, "pointwise"):
            x = var("x", self.output.type)
            other = Model((x,), other(x), (), other.name)
        if not isinstance(other, Model):
            return NotImplemented
        return compose([m for model in (self, other) for m in ((not model.name and model.chain) or (model,))])


def compose(models: Sequence[Model]) -> Model:
    """One model after the other. The parameters of those without a name are numbered: 0.w, 0.b, 1.w ...

    Raises:
        TypeMistake: SG203, a model does not take what the one before it gives.
    """
    output: Node | None = None
    parameters: list[Parameter] = []
    parts: list[Part] = []
    for i, model in enumerate(models):
        new = {p: p if p.fixed else replace(p, name=join(str(i), p.name)) for p in model.parameters}
        model = _renamed(model, new)  # noqa: PLW2901  # the same model under the names it has here
        steps = model.steps
        if output is not None:
            before = models[i - 1]
            if len(model.inputs) != 1 or model.inputs[0].type != output.type:
                takes = ", ".join(str(x.type) for x in model.inputs)
                raise TypeMistake(
                    "SG203",
                    f"`{before.spelling}` gives {output.type}, and `{model.spelling}` takes {takes}",
                )
            outputs = substitute([s.output for s in steps], {model.inputs[0]: output})
            steps = tuple(replace(s, output=o) for s, o in zip(steps, outputs, strict=True))
        output = steps[-1].output
        parts += [replace(s, name=join(model.name or str(i), s.name)) for s in steps]
        parameters += model.parameters
    spelling = " >> ".join(m.name or m.spelling for m in models)
    assert output is not None, "there is at least one model"
    return Model(models[0].inputs, output, distinct(parameters), spelling, tuple(parts), tuple(models))


def custom(
    output: Any, inputs: Iterable[Any], parameters: Iterable[Parameter], spelling: str = "model"
) -> Model:
    """A model from any expression: its inputs, and those of its variables that are parameters.

    Raises:
        TypeMistake: SG702, an input or parameter does not occur, or two parameters share a name.
    """
    root, ins, ps = as_node(output), tuple(map(as_node, inputs)), distinct(parameters)
    known = set(variables(root))
    absent = [v.name for v in (*ins, *(p.node for p in ps)) if v not in known]
    if absent:
        raise TypeMistake("SG702", f"the model does not use {', '.join(absent)}")
    return Model(ins, root, ps, spelling)


def distinct(parameters: Iterable[Parameter]) -> tuple[Parameter, ...]:
    """Each parameter once, in order.

    Raises:
        TypeMistake: SG702, two different ones share a name.
    """
    found: dict[str, Parameter] = {}
    for p in parameters:
        if found.setdefault(p.name, p) != p:
            raise TypeMistake("SG702", f"two different parameters are called `{p.name}`")
    return tuple(found.values())


def _renamed(model: Model, new: Mapping[Parameter, Parameter]) -> Model:
    """The model with other parameters in the place of its own."""
    changed = {p.node: q.node for p, q in new.items() if p.name != q.name}
    outputs = substitute([model.output, *(part.output for part in model.parts)], changed)
    parts = tuple(replace(part, output=o) for part, o in zip(model.parts, outputs[1:], strict=True))
    return replace(
        model, output=outputs[0], parts=parts, parameters=distinct(new[p] for p in model.parameters)
    )


def join(*names: str) -> str:
    """Names with dots between them, without the empty ones."""
    return ".".join(filter(None, names))


def as_node(x: Any) -> Node:
    """A node, an Expression, a number or an array as a node."""
    node = getattr(x, "node", x)
    return node if isinstance(node, Node) else const(node)
