"""How long a person waits for the first page after `make run`, from the second start on."""

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
from collections.abc import Iterator
from pathlib import Path

from benchmarks import Figure, benchmark

BASE = Path(__file__).resolve().parent.parent


@benchmark
def second_start() -> Iterator[Figure]:
    folder = Path(tempfile.mkdtemp(prefix="start-", dir="/tmp"))  # sockets need a short path
    try:
        _seconds_to_first_page(folder)
        value = min(_seconds_to_first_page(folder) for _ in range(3))
    finally:
        shutil.rmtree(folder)
    yield Figure("start.second_start", value, "s", goal=1.0, limit=8.0)


def _seconds_to_first_page(folder: Path) -> float:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        port = int(asked.getsockname()[1])
    environment = {**os.environ, "ENTENTE_VAR": str(folder), "PORT": str(port)}
    begin = time.monotonic()
    portal = subprocess.Popen(
        [sys.executable, "manage.py", "run"],
        cwd=BASE,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while not _answers(port):
            if portal.poll() is not None or time.monotonic() - begin > 120:
                raise RuntimeError("the portal did not start")
            time.sleep(0.02)
        return time.monotonic() - begin
    finally:
        portal.send_signal(signal.SIGTERM)
        portal.wait(60)


def _answers(port: int) -> bool:
    asked = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    with contextlib.closing(asked), contextlib.suppress(OSError, http.client.HTTPException):
        asked.request("GET", "/accounts/sign-in/")
        if (status := asked.getresponse().status) != 200:
            raise RuntimeError(f"the first page is an error: {status}")
        return True
    return False
