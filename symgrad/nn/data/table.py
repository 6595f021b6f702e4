"""Tables with named columns, from CSV and Parquet files. What is missing is counted and never dropped silently."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from symgrad.errors import UsageMistake, did_you_mean
from symgrad.nn.data.dataset import Data, frozen

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Column = NDArray[Any]

MISSING = {"", "na", "n/a", "nan", "null", "none", "?"}
"""What stands in a cell that has no value, in any case of letters."""

MANY = 100
"""A column of words with more different ones than this is no classification."""


@dataclass(frozen=True, eq=False, repr=False)
class Table:
    """Columns of equal length: numbers (nan where missing) or words ("" where missing)."""

    name: str
    columns: dict[str, Column]

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()), ()))

    @property
    def missing(self) -> dict[str, int]:
        """How many values each column lacks, for those that lack any."""
        counts = {name: int(absent(column).sum()) for name, column in self.columns.items()}
        return {name: k for name, k in counts.items() if k}

    def __repr__(self) -> str:
        kinds = ", ".join(
            f"{name} ({'numbers' if is_number(c) else 'words'})" for name, c in self.columns.items()
        )
        lacking = "".join(f"; {k} missing in {name}" for name, k in self.missing.items())
        return f"{self.name}: {len(self)} rows of {kinds}{lacking}"

    def data(self, target: str, inputs: Sequence[str] = (), missing: str = "refuse") -> Data:
        """A data set from some columns.

        Args:
            target: the column to be found: numbers, or words as classes.
            inputs: the columns to find it from; default all other columns of numbers. Words become a column of 0 and 1
                for each word.
            missing: what happens where a value is missing: "refuse", "drop" the row, or "mean" (of the column). Either
                way it is counted, and the data's notes say so.

        Raises:
            UsageMistake: SG708, there is no such column, or an infinite entry, or no input; SG709, values are missing.
        """
        import numpy as np

        names = list(inputs) or [n for n, c in self.columns.items() if is_number(c) and n != target]
        chosen = {name: self._column(name) for name in [*names, target]}
        if not names:
            raise UsageMistake(
                "SG708",
                f"{self.name} has no column of numbers beside `{target}` to find it from",
                hint=f"its columns: {', '.join(self.columns)}",
            )
        for name, cells in chosen.items():
            if is_number(cells) and np.isinf(cells).any():
                raise UsageMistake("SG708", f"{int(np.isinf(cells).sum())} entries of `{name}` are infinite")
        holes = np.stack([absent(c) for c in chosen.values()], axis=1)
        notes, keep = self._settled(list(chosen), holes, missing)
        parts = [_numbers(name, chosen[name][keep], missing) for name in names]
        x = np.concatenate([values for _, values in parts], axis=1)
        y, classes = _targets(chosen[target][keep])
        return Data(
            self.name,
            frozen(x),
            frozen(y),
            tuple(c for header, _ in parts for c in header),
            target,
            classes,
            notes,
        )

    def _column(self, name: str) -> Column:
        found = self.columns.get(name)
        if found is None:
            near = did_you_mean(name, self.columns)
            hint = f"did you mean `{near}`?" if near else f"there are: {', '.join(self.columns)}"
            raise UsageMistake("SG708", f"{self.name} has no column `{name}`", hint=hint)
        return found

    def _settled(self, names: list[str], holes: Any, missing: str) -> tuple[tuple[str, ...], Any]:
        """What is said about missing values, and which rows are kept."""
        counts = ", ".join(f"{k} in {n}" for n, k in zip(names, holes.sum(axis=0).tolist(), strict=True) if k)
        if missing not in ("refuse", "drop", "mean"):
            raise UsageMistake(
                "SG709", f"`{missing}` says nothing about missing values", hint="refuse, drop or mean"
            )
        if not counts:
            return (), slice(None)
        rows = holes.any(axis=1)
        if missing == "refuse":
            raise UsageMistake(
                "SG709",
                f"{rows.sum()} of {len(self)} rows of {self.name} lack values ({counts})",
                hint="leave these rows out with missing=drop, or put the column's mean there with missing=mean",
            )
        lost = rows if missing == "drop" else holes[:, -1]
        notes = []
        if lost.any():
            notes.append(f"{lost.sum()} of {len(self)} rows were left out: values are missing ({counts})")
        if missing == "mean" and holes[~lost].any():
            notes.append(f"{int(holes[~lost].sum())} missing values became their column's mean ({counts})")
        return tuple(notes), ~lost


def is_number(column: Column) -> bool:
    """Whether a column holds numbers."""
    return column.dtype.kind == "f"


def absent(column: Column) -> Any:
    """Where a column has no value."""
    import numpy as np

    return np.isnan(column) if is_number(column) else column == ""


def _numbers(name: str, column: Column, missing: str) -> tuple[tuple[str, ...], Any]:
    """A column of inputs as one or more columns of numbers, with their names."""
    import numpy as np

    if is_number(column):
        filled = np.where(np.isnan(column), np.nanmean(column), column) if missing == "mean" else column
        return (name,), filled[:, None]
    words = _words(name, column)
    return tuple(f"{name}={w}" for w in words), np.stack([column == w for w in words], axis=1).astype(float)


def _targets(column: Column) -> tuple[Any, tuple[str, ...]]:
    """A column as targets, with the names of its classes."""
    import numpy as np

    if is_number(column):
        return column, ()
    classes = _words("the target", column)
    numbers = np.searchsorted(np.array(classes), column).astype(float)
    return (2 * numbers - 1 if len(classes) == 2 else numbers), classes


def _words(name: str, column: Column) -> tuple[str, ...]:
    """The different words of a column, in the order of the alphabet."""
    words = tuple(sorted(set(column.tolist()) - {""}))
    if not 0 < len(words) <= MANY:
        raise UsageMistake("SG708", f"{name} has {len(words)} different words: these are no classes")
    return words


def read_csv(path: str | Path, name: str = "") -> Table:
    """A CSV file whose first row names the columns.

    Raises:
        UsageMistake: SG518, it cannot be read; SG708, a row has too few or too many cells, or a name occurs twice.
    """
    import csv
    import io

    file = Path(path)
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            text = lines.read()
        rows = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text)) if row]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UsageMistake(
            "SG518", f"{file} cannot be read: {getattr(error, 'strerror', None) or error}"
        ) from None
    if len(rows) < 2:
        raise UsageMistake("SG708", f"{file} has no rows")
    header = [cell.strip() for cell in rows[0]]
    if len(set(header)) < len(header):
        raise UsageMistake("SG708", f"two columns of {file} have the same name")
    for number, row in enumerate(rows, 1):
        if len(row) != len(header):
            raise UsageMistake(
                "SG708", f"row {number} of {file} has {len(row)} cells, and the first has {len(header)}"
            )
    return Table(
        name or file.stem,
        {h: column(cells) for h, cells in zip(header, zip(*rows[1:], strict=True), strict=True)},
    )


def _separator(text: str) -> str:
    """What stands between the names in the first line: a comma, else a semicolon or a tab."""
    import csv

    first = next((line for line in text.splitlines() if line.strip()), "")
    return max(",;\t", key=lambda mark: len(next(csv.reader([first], delimiter=mark), [])))


def column(cells: Iterable[str]) -> Column:
    """Cells as numbers if all are (or are missing), else as words."""
    import numpy as np

    words = ["" if (w := cell.strip()).lower() in MISSING else w for cell in cells]
    try:
        return np.array([float(w) if w else np.nan for w in words])
    except ValueError:
        return np.array(words)


def read_parquet(path: str | Path, name: str = "") -> Table:
    """A Parquet file, read with pyarrow.

    Raises:
        UsageMistake: SG714, pyarrow is not installed; SG518, the file cannot be read.
    """
    import numpy as np

    try:
        from pyarrow import ArrowInvalid
        from pyarrow.parquet import read_table
    except ImportError:
        raise UsageMistake("SG714", "Parquet needs pyarrow", hint="pip install 'symgrad[data]'") from None
    try:
        table = read_table(path)
    except (OSError, ArrowInvalid) as error:
        raise UsageMistake("SG518", f"{path} cannot be read: {error}") from None
    columns: dict[str, Any] = {}
    for header, values in zip(table.column_names, table.columns, strict=True):
        found = values.to_pylist()
        if all(v is None or isinstance(v, int | float) for v in found):
            columns[header] = np.array([np.nan if v is None else float(v) for v in found])
        else:
            columns[header] = np.array(["" if v is None else str(v) for v in found])
    return Table(name or Path(path).stem, columns)
