"""Which way a training goes: by machine code where that pays, else by NumPy; decided by sizes alone, never by time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from symgrad import compiled
from symgrad.errors import UsageMistake, did_you_mean
from symgrad.graph import Node, Program, variables
from symgrad.nn.batches import Batches
from symgrad.nn.task import COMPILED, NUMPY, Recipe, Task, TrainingState

if TYPE_CHECKING:
    from symgrad.nn.compiled import Machine

MOST_PARAMETERS, MOST_ONCE = 6000, 2000
"""Numbers to be trained, and elements that no sample changes, up to which loops beat BLAS and NumPy."""

CALL, ELEMENT, BUILD, STEP = 0.8e-6, 1e-9, 0.15, 40
"""About what NumPy takes for a call and an element, what compiling takes, in seconds; and calls of a step besides."""


def chosen(task: Task, recipe: Recipe, state: TrainingState, batches: Batches) -> Machine | None:
    """The loss as machine code; None where NumPy is to be used.

    A training that goes on chooses as it did before, for the recipe has all steps in it.

    Raises:
        UsageMistake: SG705, there is no such way; SG714, llvmlite is not installed; SG715, the loss cannot be compiled.
            Only where machine code was asked for, and a training begins.
    """
    forced = recipe.way == COMPILED
    checked(recipe.way)
    if recipe.way == NUMPY or not (forced or worthwhile(task, recipe, batches)) or not sound(task, state):
        return None
    why = missing() if not compiled.available() else ""
    if not why:
        from symgrad.compiled.fields import Unwritten
        from symgrad.nn.compiled import Machine
        from symgrad.nn.separable import Inseparable

        unlimited = float("inf")
        clip = (recipe.clip_value or unlimited, recipe.clip_norm or unlimited)
        own = recipe.optimiser if recipe.optimiser.elementwise else None
        try:
            return Machine(
                task.loss, state.layout, task.data, task.fixed, own, clip if own else (unlimited, unlimited)
            )
        except (Inseparable, Unwritten) as reason:
            why = f"this loss cannot be compiled: {reason}"
    if forced and state.step == 0:
        code, hint = (
            ("SG714", "pip install 'symgrad[jit]'")
            if not compiled.available()
            else ("SG715", "use way=numpy")
        )
        raise UsageMistake(code, why, hint=hint)
    return None


def checked(way: str) -> str:
    """A way, if it is one.

    Raises:
        UsageMistake: SG705, it is not.
    """
    if way not in ("", COMPILED, NUMPY):
        near = did_you_mean(way, [COMPILED, NUMPY])
        hint = (
            f"did you mean `{near}`?"
            if near
            else "without it, the size of the net and the number of steps decide"
        )
        raise UsageMistake(
            "SG705", f"a way to train is `{COMPILED}` or `{NUMPY}`, and not `{way}`", hint=hint
        )
    return way


def missing() -> str:
    """What to say where llvmlite lacks."""
    return "machine code needs llvmlite, which is not installed"


def sound(task: Task, state: TrainingState) -> bool:
    """Whether everything has a value of its shape; what has not is told by the other way."""
    import numpy as np

    own = dict(zip(state.layout.names, state.layout.shapes, strict=True))
    shapes = {name: np.shape(value) for name, value in {**task.data, **task.fixed}.items()} | own
    used = variables(task.loss)
    fitting = all(shapes.get(v.name) == v.type.shape and v.type.kind == "real" for v in used)
    return fitting and not task.loss.type.shape and any(v.name in own for v in used)


def worthwhile(task: Task, recipe: Recipe, batches: Batches) -> bool:
    """Whether the steps save more time than compiling takes."""
    if (
        batches.layout.size > MOST_PARAMETERS
        or (once := elements_once(task)) > MOST_ONCE + 4 * batches.layout.size
    ):
        return False
    program = Program([task.loss])
    share = batches.size / max(task.samples, 1)
    elements = sum(node.type.size for node in program.nodes if node.args) * share
    saved = CALL * (3 * len(program.nodes) + STEP) + ELEMENT * 3 * (elements - once)
    return bool(recipe.steps * saved > BUILD)


def elements_once(task: Task) -> int:
    """Elements of the loss that no sample changes."""
    program = Program([task.loss])
    many: list[bool] = []
    for node, args in zip(program.nodes, program.args, strict=True):
        many.append(any(many[a] for a in args) if args else is_sample(task, node))
    return sum(n.type.size for n, each in zip(program.nodes, many, strict=True) if n.args and not each)


def is_sample(task: Task, node: Node) -> bool:
    """Whether a leaf of the loss has a value for each sample."""
    return dict(node.attrs).get("name") in task.data
