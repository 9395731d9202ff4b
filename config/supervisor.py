"""Keeps processes running side by side: starts them, restarts what dies, stops all of them in order."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

MARK = "ENTENTE_RUN"  # in the environment of everything a supervisor starts: whose process is it?
_GRACE = 15.0  # seconds a child has to finish what it does
_RESTARTS, _WITHIN = 5, 60.0
_HEAD_START = 20.0  # seconds at most that the others wait for the first
_PARENT_DEATH_SIGNAL, _SUBREAPER = 1, 36  # numbers from linux/prctl.h
_prctl = ctypes.CDLL(None).prctl if sys.platform == "linux" else None


class GaveUp(Exception):  # noqa: N818  (it reads as what happened)
    """A child keeps dying: restarting it once more would not help."""


@dataclass
class Supervisor:
    """`commands` by name, in the order in which they are started; they are stopped in the opposite one.

    The first one has the cores to itself until it `is_open`: whoever starts the portal waits for its first page.
    """

    commands: Mapping[str, Sequence[str]]
    mark: str
    folder: Path
    say: Callable[[str], None]
    watch: Callable[[], None] = lambda: None  # called twice a second, for servers that are not children
    is_open: Callable[[], bool] = lambda: True
    _children: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    _deaths: dict[str, deque[float]] = field(default_factory=dict)

    def run(self, stop: threading.Event) -> None:
        """Until `stop` is set. Leaves no process behind, however it ends."""
        try:
            first, *others = self.commands
            self._start(first)
            patience = time.monotonic() + _HEAD_START
            while not stop.wait(0.1 if others else 0.5):
                self.watch()
                while others and not stop.is_set() and (self.is_open() or time.monotonic() > patience):
                    self._start(others.pop(0))
                for name, child in list(self._children.items()):
                    if child.poll() is not None and not stop.is_set():
                        self._restart(name, child)
        finally:
            self._stop_all()

    def _start(self, name: str) -> None:
        # A session of its own: Ctrl-C reaches the supervisor only, and what a dead child leaves can be found.
        # Started from the main thread, because the parent-death signal looks at the thread.
        self._children[name] = subprocess.Popen(  # noqa: S603  (our own commands)
            self.commands[name],
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            env={**os.environ, MARK: self.mark},
            start_new_session=True,
            preexec_fn=_end_with_parent(os.getpid()),  # noqa: PLW1509  (there are no threads here)
        )

    def _restart(self, name: str, child: subprocess.Popen[bytes]) -> None:
        _kill_group(child.pid)  # a killed web server leaves its workers on the port
        deaths = self._deaths.setdefault(name, deque(maxlen=_RESTARTS))
        deaths.append(time.monotonic())
        if len(deaths) == _RESTARTS and deaths[-1] - deaths[0] < _WITHIN:
            raise GaveUp(f"{name} ended {_RESTARTS} times within a minute (last exit code {child.returncode}).")
        self.say(f"{name} ended (exit code {child.returncode}), starting it again")
        self._start(name)

    def _stop_all(self) -> None:
        for name in reversed(list(self._children)):
            if self._children[name].poll() is None:
                self._children[name].terminate()
        deadline = time.monotonic() + _GRACE
        for child in self._children.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(max(0.1, deadline - time.monotonic()))
            _kill_group(child.pid)
            child.wait()


def _end_with_parent(parent: int) -> Callable[[], None] | None:
    """A killed supervisor cannot stop its children: let the kernel tell them (Linux)."""
    if _prctl is None:
        return None

    def arrange() -> None:
        _prctl(_PARENT_DEATH_SIGNAL, signal.SIGTERM, 0, 0, 0)
        if os.getppid() != parent:  # it died in between
            os._exit(1)

    return arrange


def _kill_group(leader: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


# ---- what an earlier supervisor left ------------------------------------------------------------
def leftovers(mark: str) -> Iterator[psutil.Process]:
    """Living processes that a supervisor with this mark started. A process number alone would prove nothing."""
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if process.pid != os.getpid() and process.environ().get(MARK) == mark:
                yield process


def end_leftovers(mark: str) -> int:
    """End them, gently first. Returns how many there were."""
    found = list(leftovers(mark))
    for process in found:
        with contextlib.suppress(psutil.Error):
            process.terminate()
    _, stubborn = psutil.wait_procs(found, timeout=5)
    for process in stubborn:
        with contextlib.suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(stubborn, timeout=5)
    return len(found)


@contextlib.contextmanager
def adopting_orphans() -> Iterator[None]:
    """Servers that go into the background become ours (Linux), so that none stays as a zombie when it has ended."""
    if _prctl is not None:
        _prctl(_SUBREAPER, 1, 0, 0, 0)
    try:
        yield
    finally:
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
