"""Checkpoints: model, parameters and the state of training in one file, from which training goes on bit for bit."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from symgrad.errors import SymgradError, UsageMistake
from symgrad.graph import Node, Program, Type, roots_from_rows
from symgrad.nn import safetensors
from symgrad.nn.init import Init
from symgrad.nn.model import Model, Parameter, Part
from symgrad.nn.objective import Layout
from symgrad.nn.optimise import optimiser
from symgrad.nn.schedules import Schedule, schedule
from symgrad.nn.task import Progress, Recipe, Task, TrainingState

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

VERSION = 1
"""Of what the metadata say; a file of a later version is refused."""


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """What a file holds.

    Attributes:
        parameters: name -> read-only array.
        model: the model they belong to, if it was saved.
        state: where training stood.
        recipe: how it was trained.
        fingerprint: of the task it was trained on.
        notes: what else was said.
    """

    parameters: dict[str, Array]
    model: Model | None = None
    state: TrainingState | None = None
    recipe: Recipe | None = None
    fingerprint: str = ""
    notes: Mapping[str, str] = field(default_factory=dict)


def save(
    path: str | Path,
    parameters: Mapping[str, Any],
    model: Model | None = None,
    state: TrainingState | None = None,
    recipe: Recipe | None = None,
    task: Task | None = None,
    notes: Mapping[str, str] | None = None,
) -> None:
    """Write a checkpoint, atomically; what is not given is not in it.

    Raises:
        UsageMistake: SG522, the file cannot be written.
    """
    tensors = dict(parameters)
    about: dict[str, Any] = {
        "format": "symgrad",
        "version": str(VERSION),
    }
    if notes:
        about["notes"] = json.dumps(dict(notes))
    if model is not None:
        about["model"] = json.dumps(model_data(model))
        about["graph"] = _text(model)
    if recipe is not None:
        about["recipe"] = json.dumps(recipe_data(recipe))
    if task is not None:
        about["task"] = fingerprint(task)
    if state is not None:
        arrays = {f"optimiser/{k}": v for k, v in state.optimiser.items() if not isinstance(v, int)}
        numbers = {k: v for k, v in state.optimiser.items() if isinstance(v, int)}
        tensors |= arrays
        first = None if state.first is None else float(state.first).hex()
        names = list(state.layout.names)
        about["state"] = json.dumps(
            {"step": state.step, "first": first, "names": names, "optimiser": numbers}
        )
    safetensors.write(path, tensors, about)


def load(path: str | Path) -> Checkpoint:
    """Read a checkpoint, or the bare parameters of another program's safetensors file.

    Raises:
        UsageMistake: SG518, it cannot be read; SG710, it is damaged; SG711, it is of a later version.
    """
    tensors, about = safetensors.read(path)
    version = about.get("version", "") if about.get("format") == "symgrad" else ""
    if version.isdigit() and int(version) > VERSION:
        raise UsageMistake("SG711", f"{path} was written by a later version of symgrad")
    parameters = {k: v for k, v in tensors.items() if not k.startswith("optimiser/")}
    try:
        model = made_model(json.loads(about["model"])) if "model" in about else None
        recipe = made_recipe(json.loads(about["recipe"])) if "recipe" in about else None
        state = _state(json.loads(about["state"]), tensors) if "state" in about else None
        notes = json.loads(about.get("notes", "{}"))
    except (KeyError, TypeError, ValueError, SymgradError) as error:
        raise UsageMistake("SG710", f"{path} is damaged: its metadata are not understood ({error})") from None
    return Checkpoint(parameters, model, state, recipe, about.get("task", ""), notes)


def resume(path: str | Path, task: Task) -> TrainingState:
    """Where a training of this task stood.

    Raises:
        UsageMistake: SG711, the file is of another task, or holds no training.
    """
    found = load(path)
    if found.state is None:
        raise UsageMistake("SG711", f"{path} holds parameters, and no training to go on with")
    if found.fingerprint and found.fingerprint != fingerprint(task):
        raise UsageMistake("SG711", f"{path} is from a training with another loss or other data")
    return found.state


def keep(
    reports: Iterator[Progress],
    path: str | Path,
    task: Task,
    recipe: Recipe,
    model: Model | None = None,
    every: int = 100,
) -> Iterator[Progress]:
    """Pass the reports of a training on, and save it every so many steps and at its end."""
    for report in reports:
        if report.ended or report.step % every == 0:
            save(path, report.state.parameters, model, report.state, recipe, task)
        yield report


def fingerprint(task: Task) -> str:
    """A checksum of a loss and its data, which tells whether a training can go on."""
    import numpy as np

    digest = hashlib.sha256(json.dumps(Program([task.loss]).to_rows()).encode())
    for name, values in sorted({**task.data, **task.fixed}.items()):
        digest.update(name.encode() + b"\0" + np.ascontiguousarray(values, dtype="<f8").tobytes())
    return digest.hexdigest()


def _state(data: Mapping[str, Any], tensors: Mapping[str, Any]) -> TrainingState:
    layout = Layout.of({name: tensors[name] for name in data["names"]})
    kept = {k.removeprefix("optimiser/"): v for k, v in tensors.items() if k.startswith("optimiser/")}
    first = None if data["first"] is None else float.fromhex(data["first"])
    return TrainingState(layout, layout.pack(tensors), {**kept, **data["optimiser"]}, data["step"], first)


def recipe_data(recipe: Recipe) -> dict[str, Any]:
    """A recipe as plain data."""
    plain = {f.name: getattr(recipe, f.name) for f in fields(recipe)}
    rate = recipe.rate.settings() if isinstance(recipe.rate, Schedule) else recipe.rate
    return {**plain, "optimiser": recipe.optimiser.settings(), "rate": rate}


def made_recipe(data: Mapping[str, Any]) -> Recipe:
    """The recipe of `recipe_data`."""
    rate = schedule(**data["rate"]) if isinstance(data["rate"], dict) else data["rate"]
    return Recipe(**{**data, "optimiser": optimiser(**data["optimiser"]), "rate": rate})


def model_data(model: Model) -> dict[str, Any]:
    """A model as plain data: its graph in linear form, and what its variables are."""
    roots = [*model.inputs, model.output, *(part.output for part in model.parts)]
    return {
        "rows": Program(roots).to_rows(),
        "inputs": len(model.inputs),
        "parts": [[part.name, part.spelling] for part in model.parts],
        "parameters": [
            [p.name, list(p.type.shape), [p.init.kind, p.init.scale, p.init.seed], p.fixed]
            for p in model.parameters
        ],
        "spelling": model.spelling,
        "name": model.name,
    }


def made_model(data: Mapping[str, Any]) -> Model:
    """The model of `model_data`."""
    roots: list[Node] = roots_from_rows(data["rows"])
    n = data["inputs"]
    parts = [
        Part(name, spelling, root)
        for (name, spelling), root in zip(data["parts"], roots[n + 1 :], strict=True)
    ]
    parameters = [
        Parameter(name, Type("real", tuple(shape)), Init(*init), fixed)
        for name, shape, init, fixed in data["parameters"]
    ]
    return Model(
        tuple(roots[:n]), roots[n], tuple(parameters), data["spelling"], tuple(parts), name=data["name"]
    )


def _text(model: Model) -> str:
    """The model in the language, for people who look into the file."""
    from symgrad.symbolic.text import text

    return text(model.output)
