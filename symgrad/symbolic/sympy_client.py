"""The parent's side of SymPy: questions to a warm child process, answers within a deadline, never SymPy itself."""

from __future__ import annotations

import atexit
import itertools
import os
import queue
import signal
import time
from collections import OrderedDict
from collections.abc import Iterable
from typing import Self

from symgrad.errors import LimitReached, SymgradError
from symgrad.graph import Node, Program, node_from_rows
from symgrad.graph.scalarise import element_name
from symgrad.symbolic.sympy_bridge import lowered, within_budget
from symgrad.symbolic.sympy_job import SECONDS, Found, Job, Refused
from symgrad.symbolic.sympy_process import Child, Message
from symgrad.symbolic.sympy_zero import WAYS

__all__ = ["Found", "Job", "Refused", "SympyClient", "shared"]

STARTING = 20.0
"""Seconds that a start may take before the process counts as hung. A question waits for it: its clock starts when
SymPy is there, so that the same question gets the same answer on a busy machine."""
REMEMBERED = 512
"""Answers kept."""
ALARM = -getattr(signal, "SIGALRM", 0)
"""Exit code of a process that its own alarm ended."""


class SympyClient:
    """Asks SymPy for derivatives. The process starts at `start` or with the first question, and is ended when late.

    To be used by one thread at a time.
    """

    def __init__(self) -> None:
        self._child: Child | None = None
        self._jobs: dict[int, Job] = {}
        self._missing = ""
        self._owner = os.getpid()
        self._idents = itertools.count(1)
        self._cache: OrderedDict[tuple[Node, str], tuple[Found, float]] = OrderedDict()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def start(self) -> None:
        """Start the process, if there is none, and return at once."""
        if self._owner != os.getpid():  # after a fork the process belongs to our parent
            self._child, self._owner = None, os.getpid()
        if self._child is not None or self._missing:
            return
        try:
            self._child = Child()
        except OSError as e:
            self._missing = f"SymPy's process did not start ({e})"
        else:
            atexit.register(self.close)

    def close(self) -> None:
        """End the process; a later question starts another."""
        atexit.unregister(self.close)
        self._end()

    def _end(self) -> int:
        child, self._child = self._child, None
        self._jobs.clear()
        return child.kill() if child is not None and self._owner == os.getpid() else 0

    def submit(self, root: Node, wrt: Iterable[Node], deadline_s: float = SECONDS) -> Job:
        """Ask for the derivatives of a scalar graph by some of its variables, without waiting.

        Arrays are taken apart, and the derivatives are by their elements, `v[0]`, `v[1]`, ...
        """
        keys = [(v, key) for v in wrt for key in itertools.product(*map(range, v.type.shape))]
        names = [element_name(v.name, key) for v, key in keys]
        known = {name: self._known(root, name, deadline_s) for name in names}
        job = Job(root, {name: found for name, found in known.items() if found is not None}, [], "diff")
        job.asked = [name for name in names if name not in job.found]
        if job.asked and root.type.kind != "real":
            self._refuse(job, "a condition has no derivative", "form")
        return self._submitted(job, deadline_s)

    def vanishes(self, root: Node, deadline_s: float = SECONDS) -> str:
        """By which way of simplifying SymPy turns a scalar graph into 0; "" where it does not, or not in time."""
        known = {name: self._known(root, name, deadline_s) for name in WAYS}
        job = Job(root, {name: found for name, found in known.items() if found is not None}, [], "zero")
        if not any(isinstance(found, Node) for found in job.found.values()):
            job.asked = [name for name in WAYS if name not in job.found]
        found = self.collect(self._submitted(job, deadline_s), deadline_s)
        return next((name for name, answer in found.items() if isinstance(answer, Node)), "")

    def _submitted(self, job: Job, deadline_s: float) -> Job:
        """A job with its question on the way, unless everything is known."""
        job.seconds = deadline_s
        if not job.asked:
            return job
        root = job.root
        try:
            taken = lowered(root)
            within_budget(taken)
        except SymgradError as e:
            self._refuse(job, e.message, "size" if isinstance(e, LimitReached) else "form")
            return job
        job.rows = Program([taken]).to_rows()
        self._send(job)
        return job

    def collect(self, job: Job, deadline_s: float = SECONDS) -> dict[str, Found]:
        """The answers, waiting at most so many seconds; what is late is refused, and its process ended.

        The time that the process takes to start is not counted, except for a deadline of 0: that never waits.
        """
        asked = time.monotonic()
        job.seconds = deadline_s
        if job.asked and job.child is not self._child:
            self._send(job)  # its process was ended over another question
        try:
            while job.asked:
                self._receive(job, self._end_of(job, asked))
        except BaseException:  # Ctrl-C, for one: nobody waits for this answer any more
            self._end()
            raise
        return dict(job.found)

    def derivatives(self, root: Node, wrt: Iterable[Node], deadline_s: float = SECONDS) -> dict[str, Found]:
        """SymPy's derivatives of a scalar graph by some of its variables: name -> graph, or why there is none."""
        return self.collect(self.submit(root, wrt, deadline_s), deadline_s)

    def _known(self, root: Node, name: str, deadline_s: float) -> Found | None:
        """An answer from before; one that was late counts for deadlines no longer than that."""
        known = self._cache.get((root, name))
        if known is None or (
            isinstance(known[0], Refused) and known[0].why == "time" and deadline_s > known[1]
        ):
            return None
        self._cache.move_to_end((root, name))
        return known[0]

    def _settle(self, job: Job, name: str, found: Found) -> None:
        """Note an answer, and keep it unless another try may give another one."""
        job.asked.remove(name)
        job.found[name] = found
        if not isinstance(found, Refused) or found.why != "process":
            self._cache[job.root, name] = (found, job.seconds)
            while len(self._cache) > REMEMBERED:
                self._cache.popitem(last=False)

    def _refuse(self, job: Job, reason: str, why: str) -> None:
        for name in list(job.asked):
            self._settle(job, name, Refused(reason, why))

    def _send(self, job: Job) -> None:
        self.start()
        job.child, job.ident, job.begun = self._child, next(self._idents), False
        if job.child is not None:
            self._jobs[job.ident] = job
            job.child.send(
                {
                    "id": job.ident,
                    "what": job.what,
                    "rows": job.rows,
                    "wrt": job.asked,
                    "seconds": job.seconds,
                }
            )

    def _end_of(self, job: Job, asked: float) -> float:
        """When the waiting for an answer ends."""
        child = job.child
        if child is None or not job.seconds:
            return asked
        if not child.ready:
            return child.born + STARTING
        return max(asked, child.ready_at) + job.seconds

    def _receive(self, job: Job, end: float) -> None:
        """Take in one message, or find out that there will be none."""
        child = job.child
        if child is None:
            self._refuse(job, self._missing, "process")
            return
        try:
            message = child.answers.get(timeout=max(0.0, end - time.monotonic()))
        except queue.Empty:
            self._late(job, child)
            return
        if message is None:
            self._ended(job, self._end())
        elif "ready" in message:
            child.ready, child.ready_at = True, time.monotonic()
        elif "missing" in message:
            self._missing = message["missing"]
            self._end()
            self._refuse(job, self._missing, "process")
        else:
            self._answer(message)

    def _answer(self, message: Message) -> None:
        """Give an answer to the question it belongs to."""
        job = self._jobs.get(message["id"])
        if job is None:
            return
        if "done" in message:
            del self._jobs[message["id"]]
        elif "begun" in message:
            job.begun = True
        elif message["name"] in job.asked:
            refused = Refused(message["refused"], message["why"]) if "refused" in message else None
            self._settle(job, message["name"], refused or node_from_rows(message["rows"]))

    def _late(self, job: Job, child: Child) -> None:
        """The deadline has passed: a process still starting may live, one that works on this is ended."""
        if not child.ready and time.monotonic() - child.born < STARTING:
            self._refuse(job, "SymPy is still starting", "process")
            return
        self._end()
        if not child.ready:
            self._refuse(job, f"SymPy did not start within {STARTING:g} s", "process")
        elif job.begun:
            self._refuse(job, f"SymPy took longer than {job.seconds:g} s", "time")
        else:
            self._refuse(job, "SymPy was busy with another expression", "process")

    def _ended(self, job: Job, code: int) -> None:
        """The process is gone. It worked on the first name that is not answered; the others are asked for again."""
        if not job.begun:
            self._refuse(job, "SymPy's process ended", "process")
            return
        late = code == ALARM != 0
        reason = f"SymPy took longer than {job.seconds:g} s" if late else "SymPy's process ended over this"
        self._settle(job, job.asked[0], Refused(reason, "time" if late else "process"))
        if job.asked:
            self._send(job)


_shared: list[SympyClient] = []


def shared() -> SympyClient:
    """The client of this process. The first call starts SymPy's process and does not wait for it."""
    if not _shared:
        _shared.append(SympyClient())
    _shared[0].start()
    return _shared[0]


def vanishes(root: Node, deadline_s: float = SECONDS) -> str:
    """Whether SymPy simplifies a scalar graph to 0: "SymPy", or "" where it does not, or not in time."""
    return "SymPy" if shared().vanishes(root, deadline_s) else ""
