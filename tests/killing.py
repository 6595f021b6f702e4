"""Training that is killed at random moments and goes on: `python -m tests.killing [kills] [compiled|numpy]`.

Each child trains a net and saves it after every few steps; it is killed with SIGKILL at a random moment, also in the
midst of saving, and another one goes on from the file. The last one's parameters must have the bits of a training that
was never killed.
"""

from __future__ import annotations

import hashlib
import os
import random
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from tests.conftest import ROOT

STEPS = 200


def train(path: Path, pause: float, way: str) -> str:
    """Train to the end, from the file if there is one; the checksum of the final parameters."""
    from symgrad.graph import real, var
    from symgrad.nn import losses
    from symgrad.nn.checkpoint import keep, resume
    from symgrad.nn.data import moons
    from symgrad.nn.layers import mlp
    from symgrad.nn.optimise import optimiser
    from symgrad.nn.schedules import schedule
    from symgrad.nn.task import Recipe, task_of
    from symgrad.nn.training import train

    data, net = moons(60), mlp(2, [8], 1).named("net")
    x, y = var("x", real(60, 2)), var("y", real(60))
    task = task_of(losses.hinge(net(x), y), x=data.x, y=data.y)
    recipe = Recipe(steps=STEPS, optimiser=optimiser("adam"), batch=16, rate=schedule("cosine", 0.05), seed=5)
    recipe = replace(recipe, way=way)
    start = resume(path, task) if path.exists() else net.initial(3)
    print("ready", flush=True)
    for report in keep(train(task, recipe, start), path, task, recipe, net, every=5):
        time.sleep(pause)
        last = report
    return hashlib.sha256(last.state.vector.tobytes()).hexdigest()


def child(path: Path, pause: float, way: str) -> subprocess.Popen[str]:
    """A process that trains."""
    words = [sys.executable, "-m", "tests.killing", "--child", str(path), str(pause), way]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(words, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=env)


def killed(path: Path, kills: int, seed: int, pause: float = 0.002, way: str = "") -> tuple[str, int]:
    """Train with some kills; the checksum at the end, and how many kills there were before it was reached."""
    chance = random.Random(seed)
    for k in range(kills):
        process = child(path, pause, way)
        assert process.stdout is not None
        process.stdout.readline()
        try:
            process.wait(timeout=chance.uniform(0, 2.5 * STEPS * pause / kills))
        except subprocess.TimeoutExpired:
            process.kill()
        out, _ = process.communicate()
        if process.returncode == 0:
            return out.split()[-1], k
    out, _ = child(path, 0.0, way).communicate()
    return out.split()[-1], kills


def main() -> None:
    """Kill as often as asked, and tell whether the bits are the same."""
    if sys.argv[1:2] == ["--child"]:
        print(train(Path(sys.argv[2]), float(sys.argv[3]), sys.argv[4]))
        return
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    way = sys.argv[2] if len(sys.argv) > 2 else ""
    with tempfile.TemporaryDirectory() as folder:
        expected, _ = killed(Path(folder, "whole.safetensors"), 0, 0, way=way)
        done = wrong = runs = 0
        while done < kills:
            found, times = killed(Path(folder, f"{runs}.safetensors"), min(10, kills - done), runs, way=way)
            done, runs, wrong = done + times, runs + 1, wrong + (found != expected)
        left = [p.name for p in Path(folder).glob(".*.tmp")]
        print(
            f"{done} kills in {runs} trainings of {STEPS} steps: {runs - wrong} ended in the same bits, {wrong} did not"
        )
        print(f"files left half written: {len(left)}")


if __name__ == "__main__":
    main()
