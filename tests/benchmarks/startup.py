"""Whole-process times of the one-line form beside Python's own start and the import of SymPy.

`python -m tests.benchmarks.startup [runs]` prints medians of alternating runs, so that a busy machine hurts
all alike, and the ratios to `import sympy`: at most 0.4 without the check, at most 1.8 with it.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SYMGRAD = str(Path(sys.executable).with_name("symgrad"))
LINE = ["x^2*sin(y)", "x=2", "y=3"]
COMMANDS = {
    "python -c pass": [sys.executable, "-c", "pass"],
    "python -c 'import sympy'": [sys.executable, "-c", "import sympy"],
    "symgrad ... --no-check": [SYMGRAD, *LINE, "--no-check"],
    "symgrad ...": [SYMGRAD, *LINE],
}
LIMITS = {"symgrad ... --no-check": 0.4, "symgrad ...": 1.8}


def seconds(command: list[str], folder: str) -> tuple[float, float]:
    """Wall-clock and processor time of one whole process and its children."""
    import resource

    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command, cwd=folder, check=True, stdin=subprocess.DEVNULL, capture_output=True)
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Run the commands in turn and print what they took."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in COMMANDS}
    with tempfile.TemporaryDirectory() as folder:
        for turn in range(runs + 1):
            for name, command in COMMANDS.items():
                taken = seconds(command, folder)
                if turn:  # the first turn fills the disk cache
                    times[name].append(taken)
    wall = {name: statistics.median(w for w, _ in taken) for name, taken in times.items()}
    cpu = {name: statistics.median(c for _, c in taken) for name, taken in times.items()}
    sympy = "python -c 'import sympy'"
    print(f"{'':26} {'wall ms':>8} {'cpu ms':>8} {'of sympy':>9}   (medians of {runs} alternating runs)")
    for name in COMMANDS:
        limit = f"   at most {LIMITS[name]}" if name in LIMITS else ""
        print(
            f"{name:26} {wall[name] * 1e3:8.1f} {cpu[name] * 1e3:8.1f} {wall[name] / wall[sympy]:9.2f}{limit}"
        )


if __name__ == "__main__":
    main()
