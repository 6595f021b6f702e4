"""`symgrad map` on a large Parquet file: memory, and throughput beside the kernel's own and a bare loop's.

`python -m tests.benchmarks.stream [rows] [--formula NAME ...] [--carry] [--stored plain|usual]`. The bare loop is what
one would write with pyarrow and the kernel: it reads, computes and writes the same columns one after the other, checks
nothing and reports nothing. Files lie in the temporary folder while it runs; sides take turns, the best of each counts.
"""

from __future__ import annotations

import argparse
import json
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
STORED = {"plain": {"compression": "none", "use_dictionary": False}, "usual": {}}
PEAK = "import resource; print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)"


def make(
    path: Path,
    names: tuple[str, ...],
    narrow: dict[str, tuple[float, float]],
    rows: int,
    stored: str = "plain",
) -> None:
    """A file of random numbers."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    rng = np.random.default_rng(0)
    schema = pa.schema([(name, pa.float64()) for name in names])
    with pq.ParquetWriter(path, schema, **STORED[stored]) as writer:
        for start in range(0, rows, PIECE):
            count = min(PIECE, rows - start)
            columns = [rng.uniform(*narrow.get(name, (0.5, 1.5)), count) for name in names]
            writer.write_table(pa.table(columns, schema=schema))


def kernel_seconds(text: str, narrow: dict[str, tuple[float, float]], rows: int, threads: int) -> float:
    """The time that the kernel alone takes for so many rows, in pieces that stay in the cache."""
    f = symgrad.parse(text)
    rng = np.random.default_rng(0)
    point = {name: rng.uniform(*narrow.get(name, (0.5, 1.5)), CHUNK) for name in f.variables}
    kernel = f.compile()
    out = kernel(point)
    best = np.inf
    for _ in range(20):
        start = time.perf_counter()
        kernel(point, out=out, threads=threads)
        best = min(best, time.perf_counter() - start)
    return float(best) * rows / CHUNK


def bare_seconds(text: str, data: Path, result: Path, *, carry: bool) -> float:
    """The time of a loop that reads, computes and writes."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    start = time.perf_counter()
    f = symgrad.parse(text)
    kernel = f.compile()
    file = pq.ParquetFile(data)
    names = ["value", *(f"d_{name}" for name in f.variables)]
    kept = list(file.schema_arrow) if carry else []
    schema = pa.schema([*kept, *(pa.field(name, pa.float64(), nullable=False) for name in names)])
    with pq.ParquetWriter(
        result, schema, compression="none", use_dictionary=False, write_statistics=False
    ) as writer:
        for batch in file.iter_batches(CHUNK):
            value, grad = kernel({name: batch.column(name).to_numpy() for name in f.variables})
            columns = [batch.column(field.name) for field in kept]
            columns += [pa.array(x) for x in (value, *grad.values())]
            writer.write_batch(pa.record_batch(columns, schema=schema))
    return time.perf_counter() - start


def mapped(words: list[str]) -> tuple[dict[str, float], float]:
    """What `map` says, and the most memory of its process."""
    program = f"import subprocess, sys; subprocess.run(sys.argv[1:], check=True); {PEAK}"
    said = subprocess.run(
        [sys.executable, "-c", program, *words], capture_output=True, text=True, check=True
    ).stdout
    report, peak = said.splitlines()
    return json.loads(report), float(peak)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", type=int, nargs="?", default=10_000_000)
    parser.add_argument("--formula", nargs="*", default=["blackscholes", "big200"])
    parser.add_argument("--carry", action="store_true", help="write the table's own columns too")
    parser.add_argument("--stored", choices=STORED, default="plain", help="how the table is written")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    for name in options.formula:
        text, narrow = FORMULAS[name], NARROW.get(name, {})
        with tempfile.TemporaryDirectory() as folder:
            data, result = Path(folder) / "data.parquet", Path(folder) / "result.parquet"
            make(data, symgrad.parse(text).variables, narrow, options.rows, options.stored)
            words = [sys.executable, "-m", "symgrad", "--json", "map", text, str(data), "-o", str(result)]
            best, peak, bare, one, two = np.inf, 0.0, np.inf, np.inf, np.inf
            for _ in range(options.rounds):
                report, memory = mapped(words + ["--drop"] * (not options.carry))
                best, peak = min(best, report["seconds"]), max(peak, memory)
                size = result.stat().st_size
                result.unlink()
                bare = min(bare, bare_seconds(text, data, result, carry=options.carry))
                result.unlink()
                one = min(one, kernel_seconds(text, narrow, options.rows, 1))
                two = min(two, kernel_seconds(text, narrow, options.rows, 2))
        print(
            f"{name:13} {options.rows:,} rows: {best:.2f} s ({options.rows / best / 1e6:.2f} million rows/s, "
            f"{size / best / 1e6:.0f} MB/s written); {one / best:.0%} of the kernel alone on one thread ({one:.2f} s), "
            f"{two / best:.0%} on two ({two:.2f} s); {bare / best:.0%} of the bare loop ({bare:.2f} s); "
            f"peak memory {peak:.0f} MB",
            flush=True,
        )


if __name__ == "__main__":
    main()
