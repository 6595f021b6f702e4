"""How quickly a session is there, and how quickly a key is on the screen, in a pseudo-terminal.

`python -m tests.benchmarks.repl [runs]` prints the time from the start of the process to its prompt beside that of
`python -c "import sympy"` (at most 0.7 of it), and from a key to the screen with a definition of 1,000 operations in
scope (at most 50 ms).
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.terminal import Terminal

SYMGRAD = str(Path(sys.executable).with_name("symgrad"))
DEFINITION = "big = " + " + ".join(f"sin({i}*x)" for i in range(1, 334))
KEYS = "big*x+12345"


def to_the_prompt(folder: str) -> float:
    """Seconds from the start of a session to its prompt."""
    begun = time.perf_counter()
    terminal = Terminal(SYMGRAD, XDG_STATE_HOME=folder, XDG_CONFIG_HOME=folder)
    while "∂" not in terminal.text:
        terminal.read(0.001)
    taken = time.perf_counter() - begun
    terminal.close()
    return taken


def of_sympy(folder: str) -> float:
    """Seconds for Python to import SymPy."""
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import sympy"], cwd=folder, check=True)
    return time.perf_counter() - begun


def of_keys(folder: str, runs: int) -> list[float]:
    """Seconds from each of some keys to the screen."""
    settings = Path(folder) / "symgrad"
    settings.mkdir(exist_ok=True)
    (settings / "init.sg").write_text(f"x = 0.5\n{DEFINITION}\n", encoding="utf-8")
    terminal = Terminal(SYMGRAD, XDG_STATE_HOME=folder, XDG_CONFIG_HOME=folder)
    terminal.wait("Tab completes")
    taken = []
    for _ in range(runs):
        for i, key in enumerate(KEYS, 1):
            begun = time.perf_counter()
            terminal.type(key)
            while f"∂ {KEYS[:i]}" not in terminal.text:
                terminal.read(0.001)
            taken.append(time.perf_counter() - begun)
            terminal.read(0.02)
        terminal.type("\x15")
        terminal.wait(r"^∂$")
    terminal.close()
    return taken


def main() -> None:
    """Measure in turns, and print medians."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 11
    prompt, sympy = [], []
    with tempfile.TemporaryDirectory() as folder:
        for turn in range(runs + 1):
            pair = to_the_prompt(folder), of_sympy(folder)
            if turn:  # the first turn fills the disk cache
                prompt.append(pair[0])
                sympy.append(pair[1])
        keys = sorted(of_keys(folder, max(runs // 3, 1)))
    a, b = statistics.median(prompt), statistics.median(sympy)
    print(
        f"to the prompt {a * 1e3:7.0f} ms   import sympy {b * 1e3:7.0f} ms   ratio {a / b:.2f}   at most 0.7"
    )
    p95 = keys[int(len(keys) * 0.95)]
    print(f"key to screen {statistics.median(keys) * 1e3:7.1f} ms   95 % {p95 * 1e3:7.1f} ms   at most 50")


if __name__ == "__main__":
    main()
