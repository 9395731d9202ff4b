"""A portal under test: the real command, in a folder and on a port of its own."""

import contextlib
import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil

BASE = Path(__file__).resolve().parents[2]


def environment(**changes: str) -> dict[str, str]:
    """A new user's environment: nothing of the suite's own is inherited."""
    ours = ("DATABASE_", "REDIS_URL", "DJANGO_", "ENTENTE_", "SECRET_KEY", "ALLOWED_HOSTS", "DEBUG", "PORT", "SITE_URL")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return {**kept, **changes}


def free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


def wait_until[T](found: Callable[[], T | None], what: str, seconds: float = 60) -> T:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if (value := found()) is not None:
            return value
        time.sleep(0.1)
    raise AssertionError(f"{what}: not within {seconds} seconds")


class Portal:
    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="run-", dir="/tmp"))
        self.port = free_port()
        self.log = self.folder / "output.txt"

    def command(self, *words: str, **changes: str) -> subprocess.CompletedProcess[str]:
        """One command in this portal's surroundings, to its end."""
        return subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=BASE,
            env=environment(**{"ENTENTE_VAR": str(self.folder), "PORT": str(self.port), **changes}),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def start(self) -> None:
        with self.log.open("w") as output:
            self.supervisor = subprocess.Popen(
                [sys.executable, "manage.py", "run"],
                cwd=BASE,
                env=environment(ENTENTE_VAR=str(self.folder), PORT=str(self.port)),
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        wait_until(self._ready, "the first page")

    def is_running(self) -> bool:
        return hasattr(self, "supervisor") and self.supervisor.poll() is None

    def _ready(self) -> bool | None:
        assert self.supervisor.poll() is None, self.log.read_text()
        return True if self.status() == 200 and "ready at" in self.log.read_text() else None

    def status(self, path: str = "/readyz") -> int | None:
        asked = http.client.HTTPConnection("127.0.0.1", self.port, timeout=15)
        with contextlib.closing(asked), contextlib.suppress(OSError, http.client.HTTPException):
            asked.request("GET", path)
            return asked.getresponse().status
        return None

    def stop(self, number: int = signal.SIGTERM) -> int:
        self.supervisor.send_signal(number)
        return self.supervisor.wait(timeout=60)

    def processes(self) -> dict[int, str]:
        """Everything that lives for this portal, by process id: what it was started with."""
        return {process.pid: " ".join(words) for process, words in self._living()}

    def _living(self) -> Iterator[tuple[psutil.Process, list[str]]]:
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error, OSError):
                words = process.cmdline()
                ours = process.environ().get("ENTENTE_VAR") == str(self.folder)
                if process.status() != psutil.STATUS_ZOMBIE and (ours or str(self.folder) in " ".join(words)):
                    yield process, words

    def find(self, *signs: str) -> int | None:
        """The oldest process whose command line holds all the signs."""
        matching = [pid for pid, line in self.processes().items() if all(sign in line for sign in signs)]
        return min(matching, key=lambda pid: psutil.Process(pid).create_time(), default=None)

    def clear(self) -> None:
        """End whatever is left, whatever the test did."""
        for pid in self.processes():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        wait_until(lambda: True if not self.processes() else None, "the end of all processes")
        shutil.rmtree(self.folder)
