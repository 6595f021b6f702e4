"""Neurons that compose, and nets that learn: models as expressions with parameters."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from symgrad.nn.checkpoint import Checkpoint, keep, load, resume, save
    from symgrad.nn.curvature import Forecast, forecast
    from symgrad.nn.data import (
        Data,
        blobs,
        circles,
        classify,
        grid,
        iris,
        moons,
        penguins,
        read_csv,
        read_parquet,
        regression,
        sample,
        spirals,
        xor,
    )
    from symgrad.nn.diagnose import silent_units, sweep
    from symgrad.nn.export import save_onnx, to_c, to_onnx, to_python
    from symgrad.nn.fitting import Fit, fit
    from symgrad.nn.formulas import formula
    from symgrad.nn.init import Init
    from symgrad.nn.layers import dense, mlp, neuron
    from symgrad.nn.micrograd import MLP, Layer, Module, Neuron
    from symgrad.nn.minimum import Minimum, minimise
    from symgrad.nn.model import Model, Parameter, custom
    from symgrad.nn.optimise import optimiser
    from symgrad.nn.schedules import Schedule, schedule
    from symgrad.nn.task import Progress, Recipe, Task, TrainingState, task_of
    from symgrad.nn.training import train, trained

_PLACES = {
    "checkpoint": "Checkpoint keep load resume save",
    "curvature": "Forecast forecast",
    "data": "Data blobs circles classify grid iris moons penguins read_csv read_parquet regression sample spirals xor",
    "diagnose": "silent_units sweep",
    "export": "save_onnx to_c to_onnx to_python",
    "fitting": "Fit fit",
    "formulas": "formula",
    "init": "Init",
    "layers": "dense mlp neuron",
    "micrograd": "MLP Layer Module Neuron",
    "minimum": "Minimum minimise",
    "model": "Model Parameter custom",
    "optimise": "optimiser",
    "schedules": "Schedule schedule",
    "task": "Progress Recipe Task TrainingState task_of",
    "training": "train trained",
}
_HOMES = {name: f"symgrad.nn.{place}" for place, names in _PLACES.items() for name in names.split()}

__all__ = sorted(_HOMES)  # noqa: PLE0605  # the table above is the list


def __getattr__(name: str) -> Any:
    """The public names, each imported when it is first asked for."""
    from importlib import import_module

    if name not in _HOMES:
        raise AttributeError(f"module 'symgrad.nn' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return __all__
