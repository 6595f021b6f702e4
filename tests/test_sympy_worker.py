"""SymPy's child process: answers in time or none, dies when told to and when nobody is left, and is confined."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from symgrad.engine.backprop import evaluate
from symgrad.graph import Node, Program, const, real, var
from symgrad.ops import OPS
from symgrad.symbolic.sympy_client import Found, Refused, SympyClient
from symgrad.symbolic.text import text
from tests.conftest import Run

X, Y = var("x"), var("y")
F = X**2 * OPS["sin"](Y)
PATIENT = 60.0


def slow(levels: int = 12, node: Node = X) -> Node:
    """A formula whose derivative takes SymPy seconds, within the budget of size."""
    for _ in range(levels):
        node = OPS["sin"](node) * node
    return node


@pytest.fixture(scope="module")
def client() -> Iterator[SympyClient]:
    """A client with a process that is ready."""
    with SympyClient() as client:
        client.derivatives(X + 1, [X], PATIENT)
        yield client


def texts(found: dict[str, Found]) -> dict[str, str]:
    """Answers as text."""
    return {
        name: text(answer) if isinstance(answer, Node) else f"refused: {answer}"
        for name, answer in found.items()
    }


def alive(pid: int) -> bool:
    """Whether a process lives (one that only waits to be buried does not)."""
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    return not stat.exists() or stat.read_text(encoding="ascii").rsplit(")", 1)[1].split()[0] != "Z"


def gone(pid: int, seconds: float = 20) -> bool:
    """Whether a process ends before long."""
    end = time.monotonic() + seconds
    while alive(pid) and time.monotonic() < end:
        time.sleep(0.05)
    return not alive(pid)


def process(client: SympyClient) -> subprocess.Popen[bytes]:
    """The client's process."""
    assert client._child is not None
    return client._child._process


def test_derivatives_come_as_graphs(client: SympyClient) -> None:
    """The derivative by each variable, in the variables of the question."""
    assert {"x": "2*x*sin(y)", "y": "x^2*cos(y)"} == texts(client.derivatives(F, [X, Y], PATIENT))
    assert {"y": "0"} == texts(client.derivatives(X - X + 3, [Y], PATIENT))
    assert {"x": "0"} == texts(client.derivatives(Y * (X - X), [X], PATIENT))


def test_they_agree_with_backprop(client: SympyClient) -> None:
    """A formula with decimals, powers and choices: SymPy's graph has backprop's value."""
    f = OPS["where"](X > Y, OPS["exp"](-0.1 * X) * X**2.5, OPS["hypot"](X, Y)) / (1 + OPS["tanh"](X * Y) ** 2)
    found = client.derivatives(f, [X, Y], PATIENT)

    for at in ({"x": 1.7, "y": 0.3}, {"x": 0.2, "y": 2.4}):
        ours = evaluate(Program([f]), at).grad
        theirs = {
            name: evaluate(Program([g]), at, []).value for name, g in found.items() if isinstance(g, Node)
        }
        assert ours == pytest.approx(theirs, rel=1e-13)


def test_arrays_are_asked_about_by_their_elements(client: SympyClient) -> None:
    """An array variable's derivatives are by its elements."""
    v = var("v", real(2))
    f = OPS["sum"](v * v) * X

    assert {"v[0]": "2*v[0]*x", "v[1]": "2*v[1]*x", "x": "v[0]^2 + v[1]^2"} == texts(
        client.derivatives(f, [v, X], PATIENT)
    )


@pytest.mark.parametrize(
    ("node", "reason", "why"),
    [
        (OPS["floor"](X), "SymPy has no closed form (Derivative)", "form"),
        (OPS["igamma_order"](Y, X, n=1), "`igamma_order`: SymPy has no closed form for it", "form"),
        (slow(25), "too large for SymPy (67_108_862 operations)", "size"),
        (
            OPS["norm"](var("w", real(50_000))) * X,
            "the arrays take more than 10_000 operations one by one",
            "size",
        ),
    ],
)
def test_refusals_have_reasons(client: SympyClient, node: Node, reason: str, why: str) -> None:
    """What SymPy cannot or should not do is said in a few words."""
    assert {"x": Refused(reason, why)} == client.derivatives(node, [X], PATIENT)


def test_conditions_have_no_derivative(client: SympyClient) -> None:
    """A condition is refused."""
    assert {"x": Refused("a condition has no derivative")} == client.derivatives(X < Y, [X], PATIENT)


def test_what_is_late_is_ended(client: SympyClient) -> None:
    """At the deadline the process is killed; the refusal is remembered, and the next question starts another."""
    client.derivatives(X + 2, [X], PATIENT)
    first = process(client)
    start = time.monotonic()
    found = client.derivatives(slow(), [X, Y], 0.3)

    assert time.monotonic() - start < 5
    assert {"x": Refused("SymPy took longer than 0.3 s", "time")} == {"x": found["x"]}
    assert first.returncode is not None
    assert client._known(slow(), "x", 0.3) == found["x"]
    assert client._known(slow(), "x", 0.4) is None
    assert {"x": "2*x*sin(y)"} == texts(client.derivatives(F, [X], PATIENT))
    assert {"x": "3*x^2"} == texts(client.derivatives(X**3, [X], PATIENT))
    assert first.pid != process(client).pid


def test_what_is_found_before_the_deadline_counts(client: SympyClient) -> None:
    """Partials are answered one by one: those found in time are kept."""
    client.derivatives(X + 3, [X], PATIENT)
    found = client.derivatives(slow(node=Y) + X**2, [X, Y], 0.7)

    assert "2*x" == texts(found)["x"]
    assert isinstance(found["y"], Refused)


def test_a_killed_process_is_replaced(client: SympyClient) -> None:
    """A process that dies over a question costs one refusal, not the next answers."""
    client.derivatives(X + 4, [X], PATIENT)
    job = client.submit(slow() + 1, [X], PATIENT)
    while not job.begun:
        client._receive(job, time.monotonic() + PATIENT)
    process(client).kill()

    assert {"x": Refused("SymPy's process ended over this", "process")} == client.collect(job, PATIENT)
    assert {"x": "cos(x)"} == texts(client.derivatives(OPS["sin"](X), [X], PATIENT))


def test_questions_may_wait_in_line(client: SympyClient) -> None:
    """Several questions are sent before the first answer is fetched, and each gets its own."""
    jobs = [client.submit(X**n, [X]) for n in range(4, 9)]
    answers = [texts(client.collect(job, PATIENT))["x"] for job in reversed(jobs)]

    assert ["8*x^7", "7*x^6", "6*x^5", "5*x^4", "4*x^3"] == answers


def test_a_question_survives_the_end_of_another(client: SympyClient) -> None:
    """When a late question takes the process with it, those in line are asked again."""
    client.derivatives(X + 5, [X], PATIENT)
    late, other = client.submit(slow() + 2, [X]), client.submit(X**10, [X])

    assert isinstance(client.collect(late, 0.3)["x"], Refused)
    assert {"x": "10*x^9"} == texts(client.collect(other, PATIENT))


def test_answers_are_remembered(client: SympyClient) -> None:
    """The same question again is answered without the process, and the memory is bounded."""
    client.derivatives(F, [X, Y], PATIENT)
    client.close()

    assert {"x": "2*x*sin(y)"} == texts(client.derivatives(F, [X]))
    assert client._child is None
    for i in range(600):
        client._settle(client_job(i), "x", const(i))
    assert 512 == len(client._cache)


def client_job(i: int) -> object:
    """A question that was asked."""
    from symgrad.symbolic.sympy_client import Job

    return Job(X + i, {}, ["x"])


@pytest.mark.parametrize(
    "name", ['__import__("os").system("touch harm")', "x; import os", "\n", '"]]}', "\ud800"]
)
def test_names_travel_as_data(client: SympyClient, name: str) -> None:
    """Names of any kind are only names."""
    v = var(name)
    found = client.derivatives(v * v, [v], PATIENT)[name]

    assert found is 2 * v


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_ctrl_c_is_the_parent_s(client: SympyClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process ignores an interrupt; one that meets the parent while it waits ends the question."""
    client.derivatives(X + 6, [X], PATIENT)
    assert os.getpgid(process(client).pid) != os.getpgid(0)
    os.kill(process(client).pid, signal.SIGINT)
    assert {"x": "1"} == texts(client.derivatives(X + 7, [X], PATIENT))

    def interrupted(*args: object) -> None:
        raise KeyboardInterrupt

    job = client.submit(slow() + 3, [X])
    with monkeypatch.context() as patch:
        patch.setattr(client, "_receive", interrupted)
        with pytest.raises(KeyboardInterrupt):
            client.collect(job)
    assert client._child is None


def test_a_start_is_not_waited_for() -> None:
    """Starting takes milliseconds; a question whose time ends before SymPy is there leaves the process alone."""
    with SympyClient() as client:
        client.start()
        assert {"x": Refused("SymPy is still starting", "process")} == client.derivatives(F, [X], 0.0)
        assert process(client).poll() is None
        assert {"x": "2*x*sin(y)"} == texts(client.derivatives(F, [X], PATIENT))


@pytest.mark.parametrize("trouble", ["raise ImportError('none')", "None.nothing", "import os; os._exit(3)"])
def test_without_sympy(trouble: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where SymPy is missing or broken, every question says so."""
    (tmp_path / "sympy.py").write_text(trouble, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with SympyClient() as client:
        for _ in range(2):
            answer = client.derivatives(F, [X], PATIENT)["x"]
            assert isinstance(answer, Refused)
            assert "process" == answer.why
            assert answer.reason.startswith(("SymPy cannot be imported (", "SymPy's process ended"))


def test_without_an_interpreter(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no process can be started, the reason is given."""
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with SympyClient() as client:
        assert "SymPy's process did not start" in str(client.derivatives(F, [X])["x"])


def script(body: str) -> str:
    """A program that asks SymPy something."""
    return (
        "from symgrad.graph import var\nfrom symgrad.symbolic.sympy_client import shared\nx = var('x')\n"
        + textwrap.dedent(body)
    )


def test_the_parent_never_imports_sympy(run: Run, tmp_path: Path) -> None:
    """Derivatives are had without SymPy in this process; at its end the child is gone."""
    body = """
        import sys
        client = shared()
        print(client._child._process.pid, client.derivatives(x**3, [x], 60)["x"])
        assert not {"sympy", "numpy", "mpmath"} & set(sys.modules)
    """
    result = run(sys.executable, "-W", "error", "-c", script(body), cwd=tmp_path)

    assert (0, "") == (result.returncode, result.stderr)
    assert gone(int(result.stdout.split()[0]))


def test_a_hostile_folder_is_not_imported_from(run: Run, tmp_path: Path) -> None:
    """The child takes no module from the current folder."""
    for name in ("sympy", "json", "signal", "symgrad", "contextlib"):
        (tmp_path / f"{name}.py").write_text("open('harm', 'w').close()", encoding="utf-8")
    body = """
        import os, sys
        import importlib, subprocess, threading, symgrad.graph.scalarise
        os.chdir(sys.argv[1])
        sys.path.insert(0, "")
        assert "node" in repr(shared().derivatives(x**3, [x], 60))
    """
    result = run(sys.executable, "-c", script(body), tmp_path)

    assert 0 == result.returncode, result.stderr
    assert not (tmp_path / "harm").exists()


@pytest.mark.skipif(os.name != "posix", reason="kills its own parent")
@pytest.mark.parametrize("busy", [False, True])
def test_an_orphan_ends(busy: bool, run: Run, tmp_path: Path) -> None:
    """When the parent is killed, the child ends: at once when idle, at its own alarm when SymPy is busy."""
    body = f"""
        import os, time
        from symgrad.ops import OPS
        client = shared()
        client.derivatives(x + 1, [x], 60)
        print(client._child._process.pid, flush=True)
        if {busy}:
            job = client.submit(OPS["igamma"](950, x), [x], 0.2)  # written out as a polynomial, by and by
            while not job.begun:
                client._receive(job, time.monotonic() + 60)
        os.kill(os.getpid(), 9)
    """
    result = run(sys.executable, "-c", script(body), cwd=tmp_path)

    assert gone(int(result.stdout)), result.stderr


def served(run: Run, tmp_path: Path, body: str) -> str:
    """What a confined process does with some code."""
    code = f"from symgrad.symbolic import sympy_worker\nsympy_worker._confine()\n{textwrap.dedent(body)}"
    return run(sys.executable, "-c", code, cwd=tmp_path).stderr.strip().rpartition("\n")[2]


@pytest.mark.parametrize(
    "body",
    [
        "import os; os.system('true')",
        "import subprocess; subprocess.run(['true'])",
        "import socket; socket.socket().connect(('127.0.0.1', 9))",
        "open('harm', 'w')",
        "import os; os.remove('harm')",
    ],
)
def test_the_process_is_confined(body: str, run: Run, tmp_path: Path) -> None:
    """Other processes, the network and files to write are out of its reach."""
    assert served(run, tmp_path, body).startswith("PermissionError: ")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="address space is limited on Linux")
def test_memory_is_limited(run: Run, tmp_path: Path) -> None:
    """A gigantic number ends in an error, not in the machine's memory."""
    assert served(run, tmp_path, "bytearray(3 << 30)").startswith("MemoryError")


def test_the_module_can_be_run(tmp_path: Path) -> None:
    """`python -m` serves JSON lines: ready, begun, an answer for each name, done."""
    request = {"id": 7, "what": "diff", "rows": Program([F]).to_rows(), "wrt": ["x", "y"], "seconds": 30}
    result = subprocess.run(
        [sys.executable, "-m", "symgrad.symbolic.sympy_worker"],
        input=json.dumps(request) + "\n",
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=True,
        timeout=PATIENT,
    )
    lines = [json.loads(line) for line in result.stdout.splitlines()]

    assert ["ready"] == list(lines[0])
    assert {"id": 7, "begun": True} == lines[1]
    assert ["x", "y"] == [line["name"] for line in lines[2:-1]]
    assert {"id": 7, "done": True} == lines[-1]
    assert "" == result.stderr
