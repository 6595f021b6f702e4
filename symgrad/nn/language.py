"""Models, losses and first values as parts of the language: `net = dense(2, 16, relu) >> dense(16, 1)`.

`syntax` reads the texts and knows none of this; what it needs to know is in `syntax/scope.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from symgrad.errors import TypeMistake
from symgrad.graph import Node, Type
from symgrad.nn import init, losses
from symgrad.nn.layers import dense, mlp, neuron
from symgrad.nn.model import Model, join
from symgrad.nn.samples import DATA
from symgrad.syntax.scope import Bundle, Constructor, Forms, Initial, Value


@dataclass(frozen=True)
class ModelBundle(Bundle):
    """A model as a name means it; its parameters are values beside it.

    Attributes:
        seed: from which first values are drawn; of models joined by `>>` each keeps its own.
        seeds: parameter name -> seed.
    """

    model: Model
    seeds: Mapping[str, int]
    name: str = ""

    @classmethod
    def of(cls, model: Model, seed: int = 0) -> ModelBundle:
        """A new model whose parameters all start from one seed."""
        return cls(model, {p.name: seed for p in model.parameters})

    def named(self, name: str) -> ModelBundle:
        """The model under a name, which its parameters bear."""
        new = self.model.named(name)
        names = zip(new.parameters, self.model.parameters, strict=True)
        return ModelBundle(new, {p.name: self.seeds[old.name] for p, old in names}, name)

    def names(self) -> Sequence[str]:
        """The names of the parameters."""
        return [p.name for p in self.model.parameters]

    def values(self) -> Mapping[str, Value]:
        """The parameters with the values they start from."""
        return {
            p.name: Value(_plain(p.init.draw(p.name, p.type.shape, self.seeds[p.name])), "parameter")
            for p in self.model.parameters
        }

    def part(self, name: str) -> ModelBundle | None:
        """One of the models it is composed of."""
        for i, one in enumerate(self.model.chain):
            if name == (one.name or str(i)):
                new = one if one.name else one.named(join(self.name, str(i)))
                return ModelBundle(new, {p.name: self.seeds[p.name] for p in new.parameters}, new.name)
        return None

    def call(self, args: Sequence[Node]) -> Node:
        """The expression that the model is of these inputs: of one sample, or with one more axis of many."""
        made: Node = self.model(*args)
        return made

    def then(self, after: Bundle) -> ModelBundle:
        """This model, and then another."""
        if not isinstance(after, ModelBundle):
            raise TypeMistake("SG225", "`>>` joins two models", hint="as in `dense(2, 16) >> dense(16, 1)`")
        model = self.model >> after.model
        # Parameters are renumbered by position: those of one side stand before those of the other.
        seeds = [self.seeds[p.name] for p in self.model.parameters]
        seeds += [
            after.seeds[p.name]
            for p in after.model.parameters
            if p not in self.model.parameters or not p.fixed
        ]
        return ModelBundle(model, dict(zip((p.name for p in model.parameters), seeds, strict=True)))

    def about(self) -> str:
        """From which types to which, and how many parameters."""
        s = "s" * (self.model.count != 1)
        return f"{self.model.signature}, {self.model.count} parameter{s}"


def _plain(value: Any) -> Any:
    """A number as a float; an array as it is."""
    return value if value.shape else float(value)


@dataclass(frozen=True)
class Start(Initial):
    """The first values of a parameter of any shape."""

    how: init.Init

    def of(self, type_: Type) -> Any:
        """Values drawn for a type."""
        return _plain(self.how.draw("", type_.shape))


def _model(make: Callable[..., Model], example: str, about: str) -> Constructor:
    """A constructor that takes a seed beside what `make` takes."""

    def made(*args: Any, seed: int = 0, **keywords: Any) -> ModelBundle:
        return ModelBundle.of(make(*args, **keywords), seed)

    import inspect

    signature = inspect.signature(make)
    parameters = [p for p in signature.parameters.values() if p.name != "init"]
    seed = inspect.Parameter("seed", inspect.Parameter.KEYWORD_ONLY, default=0)
    made.__signature__ = signature.replace(parameters=[*parameters, seed])  # type: ignore[attr-defined]
    return Constructor(made, example, about)


def _start(make: Callable[..., init.Init], example: str, about: str) -> Constructor:
    """A constructor of first values."""
    import inspect

    def made(*args: Any, **keywords: Any) -> Start:
        return Start(make(*args, **keywords))

    made.__signature__ = inspect.signature(make)  # type: ignore[attr-defined]
    return Constructor(made, example, about)


def _penalty(total: Callable[[Any], Node]) -> Callable[..., Node]:
    """A penalty of a model's weights or of an expression."""

    def made(what: Any) -> Node:
        return total(what.model if isinstance(what, ModelBundle) else what)

    return made


MODELS = {
    "neuron": _model(neuron, "neuron(2, tanh)", "a neuron: a weighted sum and an activation"),
    "dense": _model(dense, "dense(2, 16, relu)", "a layer of neurons, each of which sees all inputs"),
    "mlp": _model(mlp, "mlp(2, [16, 16], 1, tanh)", "layers one after the other, the last one linear"),
}
STARTS = {
    "glorot": _start(init.glorot, "glorot(seed=1)", "first values for tanh, sigmoid and linear layers"),
    "he": _start(init.he, "he(seed=1)", "first values for relu and its kin"),
    "uniform": _start(init.uniform, "uniform(0.1)", "first values between two bounds"),
    "normal": _start(init.normal, "normal(0.1)", "first values of a standard deviation"),
    "zeros": _start(init.zeros, "zeros()", "first values that are all zero"),
}
FORMS: Forms = {
    **MODELS,
    **DATA,
    **STARTS,
    **losses.LOSSES,
    "l1": _penalty(losses.l1),
    "l2": _penalty(losses.l2),
}
