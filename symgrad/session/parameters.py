"""The parameters of a session: as a table, in files, and as programs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from symgrad.errors import NameMistake, SymgradError, UsageMistake
from symgrad.session.results import Listing, Text
from symgrad.session.session import Session
from symgrad.syntax.bundles import find
from symgrad.syntax.parse import parse
from symgrad.syntax.scope import Collection, Meaning, Value

if TYPE_CHECKING:
    from symgrad.nn.checkpoint import Checkpoint
    from symgrad.nn.language import ModelBundle

SUFFIX = ".safetensors"


def parameters(session: Session) -> dict[str, Any]:
    """All parameters by name."""
    return {n: m.value for n, m in session.scope.items() if isinstance(m, Value) and m.role == "parameter"}


def listing(session: Session, text: str) -> Iterator[Listing | Text]:
    """A row for each parameter of a model, of a loss, or of the session."""
    import numpy as np

    found, grad = parameters(session), {}
    bundle = find(text, session.scope) if text else None
    if bundle is not None:
        found = {name: session.values[name] for name in bundle.names()}
    elif text:
        result = session.evaluate(text)
        grad = dict(getattr(result, "grad", {}))
        found = {name: session.values[name] for name in grad}
    rows = [("name", "shape", "numbers", "length", *(["gradient"] if grad else []))]
    total = 0
    for name, value in found.items():
        array = np.asarray(value)
        total += array.size
        shape = f"[{', '.join(map(str, array.shape))}]" if array.shape else ""
        row = (name, f"real{shape}", f"{array.size:,}", f"{np.linalg.norm(array):.4g}")
        rows.append((*row, f"{np.linalg.norm(grad[name]):.4g}") if grad else row)
    if not found:
        yield Text("there are no parameters; try  net = dense(2, 1)")
        return
    yield Listing("", tuple(rows))
    yield Text(f"{total:,} number{'s' * (total != 1)} in {len(found)} parameter{'s' * (len(found) != 1)}")


def model(session: Session, name: str) -> ModelBundle:
    """The model of a name.

    Raises:
        NameMistake: SG106, it is no model.
    """
    from symgrad.nn.language import ModelBundle

    found = find(name, session.scope)
    if not isinstance(found, ModelBundle):
        raise NameMistake(
            "SG106", f"`{name}` is no model", hint="as in: net = dense(2, 16, relu) >> dense(16, 1)"
        )
    return found


def save(session: Session, path: str) -> Text:
    """Write all parameters, the model they belong to if there is one, and where the last training stands."""
    from symgrad.nn import checkpoint
    from symgrad.nn.language import ModelBundle
    from symgrad.session.tasks import goal

    found = parameters(session)
    if not found:
        raise UsageMistake(
            "SG713", "there are no parameters to save", hint="definitions are saved in a script: FILE.sg"
        )
    bundles = [m.bundle for m in session.scope.values() if isinstance(m, Collection)]
    models = list({b.name: b.model for b in bundles if isinstance(b, ModelBundle)}.values())
    one = models[0] if len(models) == 1 else None
    old = session.training
    place = Path(path).expanduser()
    if old is None or set(old.state.layout.names) - set(found):
        checkpoint.save(place, found, one)
        kept = ""
    else:
        wanted = goal(session, old.loss, old.by)
        state = replace(old.state, vector=old.state.layout.pack(wanted.parameters))
        notes = {"loss": old.loss, "by": ", ".join(old.by)}
        checkpoint.save(place, found, one, state, old.recipe, wanted.task, notes)
        kept = f", and the training of `{old.loss}` at step {state.step} of {old.recipe.steps}"
    count = len(found)
    said = f"saved: {count} parameter{'s' * (count != 1)}{kept}"
    return Text(said, {"saved": str(place), "parameters": list(found)})


def load(session: Session, path: str) -> tuple[Session, Text]:
    """Take over parameters; a model that is not there is defined, and a training can go on.

    Raises:
        UsageMistake: SG711, a parameter is not here or has another shape.
    """
    from symgrad.nn.checkpoint import load as read

    found = read(Path(path).expanduser())
    before = session
    if found.model is not None and found.model.name and found.model.name not in session.scope:
        session = session.run(f"{found.model.name} = {found.model.spelling}").session
    new = _fitting(session, path, found.parameters)
    session = session.extended(new)
    said = f"loaded: {', '.join(new)}"
    if before is not session and found.model is not None and found.model.name not in before.scope:
        said += f"; {found.model.name} = {found.model.spelling}"
    session, about = _going_on(session, found)
    return session, Text(said + about, {"loaded": list(new)}, prose=True)


def _fitting(session: Session, path: str, values: Mapping[str, Any]) -> dict[str, Meaning]:
    """The parameters of a file as those of a session."""
    new: dict[str, Meaning] = {}
    for name, value in values.items():
        here = session.scope.get(name)
        if not isinstance(here, Value) and ("." in name or here is not None):
            raise UsageMistake(
                "SG711",
                f"{path} has a parameter `{name}`, and there is none here",
                hint="define the model first",
            )
        plain = value if value.shape else float(value)
        if isinstance(here, Value) and here.type != Value(plain).type:
            raise UsageMistake("SG711", f"`{name}` is {here.type} here, and {Value(plain).type} in {path}")
        new[name] = Value(plain, "parameter")
    return new


def _going_on(session: Session, found: Checkpoint) -> tuple[Session, str]:
    """The session in which `:train` goes on where the file says, if its loss means the same here."""
    from symgrad.nn.checkpoint import fingerprint
    from symgrad.session.learning import Training
    from symgrad.session.tasks import goal

    loss = found.notes.get("loss", "")
    if found.state is None or found.recipe is None or not loss:
        return session, ""
    by = tuple(filter(None, found.notes.get("by", "").split(", ")))
    try:
        same = fingerprint(goal(session, loss, by).task) == found.fingerprint
    except SymgradError:
        same = False
    if not same:
        return (
            session,
            f"; its training of `{loss}` cannot go on: here that is another loss, or it has other data",
        )
    training = Training(loss, by, found.recipe, found.state)
    where = f"; `:train` goes on at step {found.state.step} of {found.recipe.steps}"
    return replace(session, training=training), where if training.paused else ""


def export(session: Session, name: str, path: str) -> Text:
    """Write a model for other programs; the suffix says for which.

    Raises:
        UsageMistake: SG515, the suffix says nothing.
    """
    from symgrad.nn.export import save_onnx, to_c, to_python
    from symgrad.session import files

    bundle = model(session, name)
    values = {p.name: session.values[p.name] for p in bundle.model.parameters}
    suffix = Path(path).suffix.lower()
    called = name.replace(".", "_")
    if suffix == ".onnx":
        save_onnx(Path(path).expanduser(), bundle.model, values)
    elif suffix in (".c", ".py"):
        files.write(path, (to_c if suffix == ".c" else to_python)(bundle.model, values, called))
    else:
        raise UsageMistake("SG515", "export: .onnx, .c or .py?", hint=f"as in: :export {name} {name}.onnx")
    return Text(f"written: {path}", {"written": path})


def formula(session: Session, name: str) -> Text:
    """A model with its values as formulas of its inputs."""
    from symgrad.nn.formulas import formula as written

    bundle = model(session, name)
    said = written(bundle.model, {p.name: session.values[p.name] for p in bundle.model.parameters})
    return Text(said, {"formula": said})


def data(session: Session, name: str, path: str, target: str, missing: str) -> tuple[Session, Text]:
    """A table from a file as a data set.

    Raises:
        UsageMistake: SG515, there is no target, and the file has several columns.
    """
    from symgrad.nn.data import read_csv, read_parquet
    from symgrad.nn.samples import DataBundle
    from symgrad.session.naming import check_name

    check_name(name, (0, len(name)))
    place = Path(path).expanduser()
    table = (read_parquet if place.suffix.lower() in (".parquet", ".pq") else read_csv)(place)
    wanted = target or list(table.columns)[-1]
    bundle = DataBundle(table.data(wanted, missing=missing)).named(name)
    line = f":data {name} {path} target {wanted}" + (f" missing={missing}" if missing != "refuse" else "")
    meaning = Collection(bundle, parse("0"), line)
    new = session.extended({name: meaning}).extended(bundle.values())
    return new, Text(f"{name}: {bundle.about()}; to be found: {wanted}", {"name": name}, prose=True)
