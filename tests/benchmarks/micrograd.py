"""The demo of examples/micrograd_demo.py side by side with micrograd itself (pip install micrograd).

`python -m tests.benchmarks.micrograd [rounds]`; the goal is 30 times micrograd as it is shipped, better 50.
Each round runs every contestant for a few steps in a process of its own, one after the other. The first step of a
process is left out.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).parents[2]
DEMO = (ROOT / "examples" / "micrograd_demo.py").read_text(encoding="utf-8")
NO_GC = "import gc; gc.disable()\n"
THEIR_NN = "import sys, symgrad.engine.value; sys.modules['micrograd.engine'] = symgrad.engine.value\n"
THEIRS = DEMO.replace("from symgrad", "from micrograd")
CONTESTANTS = {
    "micrograd as shipped": (THEIRS, 4),
    "micrograd, collector off": (NO_GC + THEIRS, 8),
    "symgrad": (DEMO, 25),
    "symgrad, collector off": (NO_GC + DEMO, 25),
    "micrograd.nn on symgrad's Value": (THEIR_NN + THEIRS, 8),
}


def seconds(program: str, steps: int) -> tuple[list[float], list[str]]:
    """The time of each step but the first, and the losses."""
    text = program.replace("steps = 100", f"steps = {steps}").replace("assert acc == 1\n", "")
    text = "import time\n" + text.replace('print(f"step', 'print(time.perf_counter(), f"step')
    done = subprocess.run(
        [sys.executable, "-c", text],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    rows = [line.split() for line in done.stdout.splitlines() if " step " in line]
    stamps = [float(row[0]) for row in rows]
    return [b - a for a, b in pairwise(stamps)], [row[4].rstrip(",") for row in rows]


def main() -> None:
    """Print the median step of each, and how many times faster than micrograd it is."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    taken: dict[str, list[float]] = {name: [] for name in CONTESTANTS}
    losses: dict[str, list[str]] = {}
    for _ in range(rounds):
        for name, contestant in CONTESTANTS.items():
            times, losses[name] = seconds(*contestant)
            taken[name] += times
    shipped = statistics.median(taken["micrograd as shipped"])
    print(f"{'':32} {'ms a step':>9} {'best':>7} {'times':>6}   loss at steps 0 and 2   ({rounds} rounds)")
    for name, times in taken.items():
        step = statistics.median(times)
        print(
            f"{name:32} {step * 1e3:9.1f} {min(times) * 1e3:7.1f} {shipped / step:6.1f}   "
            f"{losses[name][0]} {losses[name][2]}"
        )


if __name__ == "__main__":
    main()
