"""The child process in which SymPy works: JSON lines in, JSON lines out.

A request is {"id", "what", "rows", "wrt": [names], "seconds"}: a scalar graph as rows of a program. `what` is "diff",
and the names are variables; or it is "zero", and they are ways to simplify. Each is answered when it is found,
{"id", "name", "rows"} or {"id", "name", "refused", "why"}, between {"id", "begun"} and {"id", "done"}.

SymPy may take forever and all memory there is, so this process is made to be killed: by its parent, by its own alarm
when the parent is gone, by its limit on memory.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

from symgrad.errors import LimitReached, SymgradError

MEMORY = 2 << 30
"""Bytes of address space."""
RECURSION = 20_000
"""SymPy calls itself some ten times for each operation inside another."""
GRACE = 2.0
"""Seconds beyond its deadline after which this process ends by itself."""

# What SymPy raises on expressions it cannot cope with. Anything else ends this process, and the parent says so.
SYMPY_RAISES = (
    ArithmeticError,
    AttributeError,
    LookupError,
    MemoryError,
    RuntimeError,
    TypeError,
    ValueError,
)
FORBIDDEN = (
    "socket.",
    "subprocess.",
    "os.system",
    "os.exec",
    "os.posix_spawn",
    "os.fork",
    "os.remove",
    "os.rename",
)

# x*x: the first derivative costs SymPy fifty times as much as the next ones.
WARM_UP: tuple[list[Any], list[str]] = (
    [["var", "x", "real", []], ["mul", [0, 0], []], ["outputs", [1]]],
    ["x"],
)

Answer = dict[str, Any]


def derivatives(rows: list[Any], wrt: list[str]) -> Iterator[tuple[str, Answer]]:
    """For each name the rows of SymPy's derivative by that variable, or the reason why there are none."""
    from symgrad.graph import VAR, node_from_rows
    from symgrad.symbolic.sympy_bridge import neutral_sympy

    try:
        expr, symbols = neutral_sympy(node_from_rows(rows))
    except SymgradError as e:
        refused = _refused(e)
    except SYMPY_RAISES as e:
        refused = _failed(e)
    else:
        by_name = {node.name: symbol for symbol, node in symbols.items() if node.op is VAR}
        for name in wrt:
            yield name, _derivative(expr, symbols, by_name.get(name))
        return
    for name in wrt:
        yield name, refused


def _derivative(expr: Any, symbols: Any, symbol: Any) -> Answer:
    """SymPy's derivative as it comes: simplifying would take longer than finding it."""
    from symgrad.graph import Program, const
    from symgrad.symbolic.sympy_reader import Reader

    if symbol is None:  # the variable fell out of the expression, as x does of x - x
        return {"rows": Program([const(0)]).to_rows()}
    try:
        return {"rows": Program([Reader(symbols).read(expr.diff(symbol))]).to_rows()}
    except SymgradError as e:
        return _refused(e)
    except SYMPY_RAISES as e:
        return _failed(e)


def zeros(rows: list[Any], ways: list[str]) -> Iterator[tuple[str, Answer]]:
    """For each way to simplify the rows of 0 where it comes to that; what follows is not tried any more."""
    from symgrad.graph import Program, const, node_from_rows
    from symgrad.symbolic.sympy_bridge import neutral_sympy
    from symgrad.symbolic.sympy_zero import WAYS

    done = False
    refused: Answer = {"refused": "SymPy does not come to 0", "why": "form"}
    for name in ways:
        try:
            done = done or WAYS[name](neutral_sympy(node_from_rows(rows))[0]) == 0
        except SymgradError as e:
            yield name, _refused(e)
        except SYMPY_RAISES as e:
            yield name, _failed(e)
        else:
            yield name, {"rows": Program([const(0)]).to_rows()} if done else refused


def _refused(error: SymgradError) -> Answer:
    return {"refused": error.message, "why": "size" if isinstance(error, LimitReached) else "form"}


def _failed(error: Exception) -> Answer:
    if isinstance(error, RecursionError | MemoryError):
        return {"refused": "too large for SymPy", "why": "size"}
    return {"refused": f"SymPy failed ({type(error).__name__})", "why": "form"}


def serve(requests: TextIO, answers: TextIO) -> None:
    """Answer requests until there are no more."""

    def send(answer: Answer) -> None:
        answers.write(json.dumps(answer, separators=(",", ":")) + "\n")
        answers.flush()

    try:
        import sympy
    except ImportError as e:
        send({"missing": f"SymPy cannot be imported ({e})"})
        return
    list(derivatives(*WARM_UP))
    send({"ready": str(sympy.__version__)})
    for line in requests:
        request = json.loads(line)
        _alarm(request["seconds"] + GRACE)
        send({"id": request["id"], "begun": True})
        answered = derivatives if request["what"] == "diff" else zeros
        for name, answer in answered(request["rows"], request["wrt"]):
            send({"id": request["id"], "name": name, **answer})
        _alarm(0)
        send({"id": request["id"], "done": True})


def _alarm(seconds: float) -> None:
    """Let the system end this process after so many seconds, whatever it is doing; 0 calls that off."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, seconds)


def _confine() -> None:
    """Take from this process what SymPy never needs: much memory, other processes, the network, Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides
    if hasattr(signal, "SIGALRM"):
        signal.signal(signal.SIGALRM, signal.SIG_DFL)  # which ends the process
    sys.setrecursionlimit(RECURSION)
    sys.dont_write_bytecode = True
    with contextlib.suppress(
        ImportError, ValueError, OSError
    ):  # not on Windows; a lower limit may be set already
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, resource.getrlimit(resource.RLIMIT_AS)[1]))
    sys.addaudithook(_guard)


def _guard(event: str, args: tuple[Any, ...]) -> None:
    """Refuse events that have no place here."""
    if event.startswith(FORBIDDEN) or (event == "open" and args[1] and set(str(args[1])) & set("wax+")):
        raise PermissionError(f"{event} is not allowed here")


def main() -> None:
    """Serve standard input; what SymPy or a warning may print goes elsewhere than the answers."""
    with (
        os.fdopen(os.dup(1), "w", encoding="utf-8") as answers,
        Path(os.devnull).open("w", encoding="utf-8") as null,
    ):
        os.dup2(2, 1)
        sys.stdout = null
        sys.stdin.reconfigure(encoding="utf-8")  # type: ignore[union-attr]  # a TextIOWrapper unless someone replaced it
        _confine()
        serve(sys.stdin, answers)


if __name__ == "__main__":
    main()
