"""The embedded PostgreSQL is started, adopted, found dead, and stopped by the last one out."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from core.servers.postgres import Postgres
from core.servers.processes import NotStarted


@pytest.fixture(scope="module")
def parent() -> Iterator[Path]:
    """A short path, as sockets need it, and closed to others, as a checkout under a home folder is."""
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def cluster(parent: Path) -> Iterator[Postgres]:
    server = Postgres(parent / "pg")
    yield server
    if server.answers():
        server.stop()


@pytest.fixture
def running(cluster: Postgres) -> Postgres:
    cluster.ensure("portal")
    return cluster


def connect(server: Postgres) -> psycopg.Connection[tuple[Any, ...]]:
    return psycopg.connect(host=str(server.folder), user="postgres", dbname="portal", autocommit=True)


def postmaster(server: Postgres) -> int:
    return int((server.folder / "postmaster.pid").read_text().split()[0])


def test_a_running_server_is_adopted(running: Postgres) -> None:
    before = postmaster(running)
    assert running.ensure("portal") is False
    assert postmaster(running) == before


def test_nothing_is_lost_when_the_server_is_killed(running: Postgres) -> None:
    with connect(running) as connection:
        connection.execute("create table kept as select 7 as number")
    os.kill(postmaster(running), signal.SIGKILL)
    assert running.ensure("portal") is True
    with connect(running) as connection:
        assert connection.execute("select number from kept").fetchone() == (7,)


def test_a_process_number_that_another_program_has_by_now_does_not_stop_the_start(running: Postgres) -> None:
    running.stop()
    for name in ("postmaster.pid", ".s.PGSQL.5432.lock"):
        (running.folder / name).write_text(f"{os.getppid()}\n{running.folder}\n1\n5432\n{running.folder}\n\n\nready\n")
        shutil.chown(running.folder / name, running.folder.stat().st_uid)
    assert running.ensure("portal") is True


def test_many_who_start_at_once_get_one_server(running: Postgres) -> None:
    running.stop()
    code = (
        "import sys, pathlib; from core.servers.postgres import Postgres;"
        "print(Postgres(pathlib.Path(sys.argv[1])).ensure('portal'))"
    )
    command = [sys.executable, "-c", code, str(running.folder)]
    calls = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    assert sorted(call.communicate(timeout=60)[0].strip() for call in calls) == ["False", "False", "False", "True"]


def test_the_last_one_out_stops_the_server(running: Postgres) -> None:
    with running.in_use("portal"):
        with running.in_use("portal"):
            pass
        assert running.answers()
    assert not running.answers()


def test_a_server_with_a_client_is_left_alone(running: Postgres) -> None:
    with connect(running):
        assert running.stop_if_idle() is False
    assert running.answers()


def test_data_of_another_major_version_is_refused_with_the_way_out(tmp_path: Path) -> None:
    (tmp_path / "PG_VERSION").write_text("16\n")
    with pytest.raises(NotStarted, match=r"made by PostgreSQL 16, this release brings 18: make a backup"):
        Postgres(tmp_path).ensure("portal")


def test_a_path_too_long_for_a_socket_is_refused_with_the_way_out(tmp_path: Path) -> None:
    with pytest.raises(NotStarted, match="set ENTENTE_VAR to a folder with a shorter path"):
        Postgres(tmp_path / ("x" * 100)).ensure("portal")


def test_a_start_that_fails_says_where_the_reasons_stand(parent: Path) -> None:
    server = Postgres(parent / "broken" / "pg")
    server.ensure("portal")
    server.stop()
    with (server.folder / "postgresql.conf").open("a") as file:
        file.write("\nno_such_setting = 1\n")
    with pytest.raises(NotStarted, match="its reasons stand at the end of"):
        server.ensure("portal")
