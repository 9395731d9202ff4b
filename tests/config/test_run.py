"""`manage.py run`, as a new user has it: real processes, killed and stopped in every way."""

import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.config.portal import Portal, free_port, wait_until

pytestmark = pytest.mark.slow

WEB, WORKER, BEAT = ("config.web",), ("celery", " worker "), ("celery", " beat ")
DATABASE, BROKER = ("bin/postgres",), ("valkey-server",)


@pytest.fixture(scope="module")
def installed() -> Iterator[Portal]:
    portal = Portal()
    yield portal
    portal.clear()


@pytest.fixture
def running(installed: Portal) -> Portal:
    if not installed.is_running():
        installed.start()
    return installed


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_stop_leaves_no_process_and_no_socket(running: Portal, number: int) -> None:
    assert running.stop(number) == 0
    assert running.processes() == {}
    assert [path for path in running.folder.rglob("*") if path.is_socket()] == []


@pytest.mark.long
@pytest.mark.parametrize("signs", [WEB, WORKER, BEAT, DATABASE, BROKER], ids=["web", "worker", "beat", "pg", "valkey"])
def test_what_is_killed_is_started_again(running: Portal, signs: tuple[str, ...]) -> None:
    killed = wait_until(lambda: running.find(*signs), f"{signs} to run")
    os.kill(killed, signal.SIGKILL)
    wait_until(lambda: pid if (pid := running.find(*signs)) not in (None, killed) else None, f"{signs} to be back")
    wait_until(lambda: True if running.status() == 200 else None, "a page")


@pytest.mark.long
def test_after_everything_was_killed_the_next_start_has_all_data(running: Portal) -> None:
    running.command("shell", "-c", _WRITE)
    for pid in sorted(running.processes()):
        if psutil.pid_exists(pid):
            os.kill(pid, signal.SIGKILL)
    running.supervisor.wait()
    running.start()
    assert "kept: 1" in running.command("shell", "-c", _READ).stdout


@pytest.mark.long
def test_a_killed_supervisor_leaves_nothing_that_stops_the_next_start(running: Portal) -> None:
    os.kill(running.supervisor.pid, signal.SIGKILL)
    running.supervisor.wait()
    running.start()
    assert running.stop() == 0
    assert running.processes() == {}


def test_a_second_portal_in_the_same_folder_is_refused(running: Portal) -> None:
    second = running.command("run", "--port", "1")
    assert second.returncode == 1
    assert "is already running" in _only_line(second.stderr)
    assert running.status() == 200


def test_a_port_in_use_is_said_in_one_line(tmp_path: Path, installed: Portal) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        refused = installed.command("run", PORT=str(taken), ENTENTE_VAR=str(tmp_path))
    assert refused.returncode == 1
    assert f"Port {taken} cannot be opened" in _only_line(refused.stderr)


def test_a_server_that_does_not_answer_is_said_in_one_line(tmp_path: Path, installed: Portal) -> None:
    address = "postgres://owner:secret@127.0.0.1:1/entente"
    refused = installed.command("run", DATABASE_URL=address, PORT=str(free_port()), ENTENTE_VAR=str(tmp_path))
    assert refused.returncode == 1
    line = _only_line(refused.stderr)
    assert "The database entente at 127.0.0.1:1 does not answer" in line
    assert "secret" not in line


def test_data_of_another_major_version_is_said_in_one_line(tmp_path: Path, installed: Portal) -> None:
    (tmp_path / "pg").mkdir()
    (tmp_path / "pg" / "PG_VERSION").write_text("16\n")
    refused = installed.command("run", PORT=str(free_port()), ENTENTE_VAR=str(tmp_path))
    assert refused.returncode == 1
    assert "made by PostgreSQL 16" in _only_line(refused.stderr)


def test_a_path_too_long_for_sockets_is_said_in_one_line(tmp_path: Path, installed: Portal) -> None:
    refused = installed.command("run", PORT=str(free_port()), ENTENTE_VAR=str(tmp_path / ("x" * 100)))
    assert refused.returncode == 1
    assert "set ENTENTE_VAR to a folder with a shorter path" in _only_line(refused.stderr)


def _only_line(text: str) -> str:
    (line,) = text.strip().splitlines()
    return line


_WRITE = """
from django.db import connection
from core.database.logins import as_owner
with as_owner(), connection.cursor() as cursor:
    cursor.execute("create table kept (number int); insert into kept values (1)")
"""
_READ = """
from django.db import connection
from core.database.logins import as_owner
with as_owner(), connection.cursor() as cursor:
    cursor.execute("select number from kept")
    print("kept:", cursor.fetchone()[0])
"""
