"""What a loss asks of a session: which of its variables are trained, which are data, and what counts as right."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from symgrad.errors import NameMistake, SymgradError, UsageMistake
from symgrad.graph import VAR, Node, variables
from symgrad.session.session import Session
from symgrad.syntax.ast import Ast, Call, Name, children
from symgrad.syntax.bundles import find
from symgrad.syntax.parse import parse
from symgrad.syntax.scope import Collection, Definition, FunctionDefinition, Value

if TYPE_CHECKING:
    from symgrad.nn.language import ModelBundle
    from symgrad.nn.task import Task


@dataclass(frozen=True, eq=False)
class Goal:
    """A loss that can be trained.

    Attributes:
        text: the loss as it was written.
        task: what is learned.
        parameters: what is trained, with the values from which it starts.
        model: the model in the loss, if it is applied to data, and the name of these.
    """

    text: str
    task: Task
    parameters: dict[str, Any]
    model: tuple[ModelBundle, str] | None = None


def goal(session: Session, text: str, by: Sequence[str] = ()) -> Goal:
    """A loss as something to learn.

    Raises:
        UsageMistake: SG713, it depends on no parameter.
        NameMistake: SG103, a variable has no value; SG110, a name in `by` does not occur.
        TypeMistake: SG214, it is no single number.
    """
    import numpy as np

    from symgrad.nn.task import Task

    refuse_what_is_no_loss(session, text)
    expression = session.expression(text)
    used = {v.name: session.scope.get(v.name) for v in variables(expression.node)}
    wanted = list(by) or [n for n, m in used.items() if isinstance(m, Value) and m.role == "parameter"]
    for name in by:
        if name not in used:
            raise NameMistake(
                "SG110",
                f"the expression has no variable `{name}`",
                hint=f"its variables are: {', '.join(used)}",
            )
        if name in session.data:
            hint = "parameters are trained, and numbers that you gave a name"
            raise NameMistake("SG109", f"`{name}` is data, which do not change", hint=hint)
    if not wanted:
        free = [n for n, m in used.items() if not (isinstance(m, Value) and m.role == "data")]
        names, first = ", ".join(free[:4]) or "a, b", (free or ["a"])[0]
        by = f"say which variables: `:train {text} by {names}`"
        hint = f"{by}; or make them parameters: `param {first}: real = 1`"
        raise UsageMistake("SG713", "the loss depends on no parameter", hint=hint)
    missing = session.read(text).missing(session.values)
    if missing is not None:
        raise missing
    data = {n: session.values[n] for n, m in used.items() if isinstance(m, Value) and m.role == "data"}
    data = {n: v for n, v in data.items() if n not in wanted}
    if len({len(v) for v in data.values()}) > 1:
        data = {}
    fixed = {n: session.values[n] for n in used if n not in wanted and n not in data}
    task = Task(expression.node, data, fixed, accuracy(session, text))
    parameters = {n: np.asarray(session.values[n], dtype=float) for n in wanted}
    return Goal(text, task, parameters, _model(session, text))


def refuse_what_is_no_loss(session: Session, text: str) -> None:
    """Say what lacks where a text is a single name that is no expression.

    Raises:
        UsageMistake: SG713, it is a net or a data set. NameMistake: SG103, it means nothing yet.
    """
    example = "as in: loss = mse(net(data.x), data.y)"
    bundle = find(text, session.scope)
    if bundle is not None:
        names = [
            n for n, m in session.scope.items() if isinstance(m, Collection) and m.bundle.kind == "data set"
        ]
        data = names[-1] if names else "data"
        raise UsageMistake(
            "SG713",
            f"`{text}` is a {bundle.kind}, and no loss that could become small",
            hint=f"as in: :train mse({text}({data}.x), {data}.y)" if bundle.kind != "data set" else example,
        )
    if text.isidentifier() and text not in session.scope:
        raise NameMistake("SG103", f"`{text}` means nothing yet", hint=f"define the loss first, {example}")


def calls(session: Session, text: str) -> Iterator[Call]:
    """The calls in a text, and in the definitions that it builds on, from left to right."""
    todo: list[Ast] = [parse(text, session.limits)]
    seen: set[str] = set()
    while todo:
        tree = todo.pop()
        if type(tree) is Call:
            yield tree
        name = tree.id if type(tree) is Name else ""
        meaning = session.scope.get(name)
        if isinstance(meaning, Definition) and name not in seen:
            seen.add(name)
            todo.append(meaning.value)
        todo.extend(reversed(children(tree)))


def accuracy(session: Session, text: str) -> Node | None:
    """What part is classified right, where the loss is one that classifies."""
    from symgrad.nn.losses import ACCURACIES

    for call in calls(session, text):
        if call.name in ACCURACIES and not isinstance(session.scope.get(call.name), FunctionDefinition):
            try:
                nodes = [session.understand(arg, text).root for arg in call.args[:2]]
                if all(isinstance(node, Node) for node in nodes):
                    return ACCURACIES[call.name](*nodes)
            except SymgradError:  # a loss inside a function: its arguments mean nothing outside
                continue
    return None


def _model(session: Session, text: str) -> tuple[ModelBundle, str] | None:
    """The first model of one input that is applied to data, and their name."""
    from symgrad.nn.language import ModelBundle

    for call in calls(session, text):
        bundle = find(call.name, session.scope)
        if isinstance(bundle, ModelBundle) and len(call.args) == 1 and not call.primes:
            try:
                root = session.understand(call.args[0], text).root
            except SymgradError:
                continue
            if isinstance(root, Node) and root.op is VAR and root.name in session.data:
                return bundle, root.name
    return None


def held_out(
    session: Session, wanted: Goal
) -> Callable[[Mapping[str, Any]], tuple[float, float | None]] | None:
    """Loss and accuracy of parameters on `data.test`, where all data of the loss are of `data.train`; else None."""
    from symgrad.engine.plan import Plan
    from symgrad.nn.batch import resized
    from symgrad.nn.batches import shorter

    task = wanted.task
    other = {name: name.replace(".train.", ".test.") for name in task.data}
    if not other or any(new == name or new not in session.values for name, new in other.items()):
        return None
    data = {name: session.values[new] for name, new in other.items()}
    count = len(next(iter(data.values())))
    roots = [task.loss, *([] if task.accuracy is None else [task.accuracy])]
    used = {v: shorter(v, count) for v in variables(*roots) if v.name in data}
    try:
        plan = Plan(resized(roots, used), {**task.fixed, **data})
    except SymgradError:  # a loss that is not a mean over samples
        return None

    def measured(parameters: Mapping[str, Any]) -> tuple[float, float | None]:
        loss, *accuracy = (float(v) for v in plan(parameters))
        return loss, accuracy[0] if accuracy else None

    return measured
