"""`symgrad map` on a large Parquet file: memory, and throughput beside the kernel's own.

`python -m tests.benchmarks.stream [rows] [--formula NAME]`; the goals for ten million rows are less than 500 MB, and
at least 60 % of the kernel's throughput. The file and the result lie in the temporary folder while it runs.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

import symgrad
from symgrad.stream.table import CHUNK
from tests.benchmarks.compiled import FORMULAS, NARROW

PIECE = 1 << 20


def make(path: Path, names: tuple[str, ...], narrow: dict[str, tuple[float, float]], rows: int) -> None:
    """A file of random numbers."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    rng = np.random.default_rng(0)
    schema = pa.schema([(name, pa.float64()) for name in names])
    with pq.ParquetWriter(path, schema, compression="none", use_dictionary=False) as writer:
        for start in range(0, rows, PIECE):
            count = min(PIECE, rows - start)
            columns = [rng.uniform(*narrow.get(name, (0.5, 1.5)), count) for name in names]
            writer.write_table(pa.table(columns, schema=schema))


def kernel_seconds(text: str, narrow: dict[str, tuple[float, float]], rows: int) -> float:
    """The time that the kernel alone takes for so many rows, in pieces of the size that `map` takes."""
    f = symgrad.parse(text)
    rng = np.random.default_rng(0)
    point = {name: rng.uniform(*narrow.get(name, (0.5, 1.5)), CHUNK) for name in f.variables}
    kernel = f.compile()
    out = kernel(point)
    best = np.inf
    for _ in range(20):
        start = time.perf_counter()
        kernel(point, out=out)
        best = min(best, time.perf_counter() - start)
    return float(best) * rows / CHUNK


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", type=int, nargs="?", default=10_000_000)
    parser.add_argument("--formula", nargs="*", default=["blackscholes", "big200"])
    options = parser.parse_args()
    for name in options.formula:
        text, narrow = FORMULAS[name], NARROW.get(name, {})
        names = symgrad.parse(text).variables
        with tempfile.TemporaryDirectory() as folder:
            data, result = Path(folder) / "data.parquet", Path(folder) / "result.parquet"
            make(data, names, narrow, options.rows)
            words = [
                sys.executable,
                "-m",
                "symgrad",
                "--json",
                "map",
                text,
                str(data),
                "-o",
                str(result),
                "--drop",
            ]
            said = subprocess.run(words, capture_output=True, text=True, check=True).stdout
            peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
            found = json.loads(said)
            alone = kernel_seconds(text, narrow, options.rows)
            size = result.stat().st_size / 1e6
        print(
            f"{name:13} {options.rows:,} rows, way {found['way']}: {found['seconds']:.1f} s "
            f"({options.rows / found['seconds'] / 1e6:.2f} million rows/s), {found['computing']:.1f} s computing; "
            f"kernel alone {alone:.1f} s; {alone / found['seconds']:.0%} of its throughput; "
            f"peak memory {peak:.0f} MB; result {size:.0f} MB"
        )


if __name__ == "__main__":
    main()
