"""Backup and restore: one archive that holds the database and the files, and proves that it is whole.

The archive is a tar file: the dump first, then the files, and last a manifest with date, version, rows per table and
the checksum of every member. Dump and row counts see one and the same moment (an exported snapshot); files are never
changed, only added before the rows that name them, so what is copied after that moment holds all of them.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import IO, Any

from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from core.database.logins import as_owner, serving_password
from core.database.roles import Role, ensure_roles, role_names
from core.servers import postgres

FORMAT = 1
_DUMP, _MANIFEST, _FILES = "database.dump", "manifest.json", "files/"
_TABLES = "select tablename from pg_tables where schemaname = 'public' order by 1"
_NEWER_SETTING = b"SET transaction_timeout = 0;\n"  # what an 18 writes and a 15 does not know; 0 is its default


class BackupError(Exception):
    """What stands in the way, in words for the person at the terminal."""


class Damaged(BackupError):  # noqa: N818  (it reads as what it is)
    """The archive is not what a backup wrote. Nothing has been touched."""


@dataclass(frozen=True, slots=True)
class Manifest:
    made_at: str
    database: str
    roles: dict[str, str]
    migrations: list[str]
    tables: dict[str, int]
    members: dict[str, str]

    @property
    def rows(self) -> int:
        return sum(self.tables.values())


# ---- backup ------------------------------------------------------------------------------------
def backup(path: Path) -> Manifest:
    """Write the archive, whole or not at all; only its owner may read it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".backup-") as folder, as_owner():
        dump = Path(folder) / _DUMP
        with _one_moment() as snapshot:
            tables = {table: _count(table) for table in _tables()}
            _run("pg_dump", "--format=custom", "--no-owner", f"--snapshot={snapshot}", f"--file={dump}")
            migrations = _applied()
        roles, name = role_names(connection), connection.settings_dict["NAME"]
        whole = Path(folder) / "whole.tar"
        members: dict[str, str] = {}
        with tarfile.open(whole, "w") as archive:
            for member, source in [(_DUMP, dump), *_stored_files()]:
                archive.add(source, arcname=member)
                members[member] = _checksum(source.open("rb"))
            manifest = Manifest(datetime.now(UTC).isoformat(), name, roles, migrations, tables, members)
            _add_manifest(archive, manifest)
        whole.chmod(0o600)
        with whole.open("rb") as written:
            os.fsync(written.fileno())
        whole.replace(path)
    return manifest


@contextmanager
def _one_moment() -> Iterator[str]:
    with connection.cursor() as cursor:
        cursor.execute("begin isolation level repeatable read read only")
        try:
            cursor.execute("select pg_export_snapshot()")
            yield cursor.fetchone()[0]
        finally:
            cursor.execute("rollback")


def _tables() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(_TABLES)
        return [row[0] for row in cursor.fetchall()]


def _count(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f'select count(*) from "{table}"')
        return int(cursor.fetchone()[0])


def _applied() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("select app || '.' || name from django_migrations order by 1")
        return [row[0] for row in cursor.fetchall()]


def _stored_files() -> Iterator[tuple[str, Path]]:
    root = Path(settings.MEDIA_ROOT)
    for path in sorted(root.rglob("*")):
        if path.is_file() and not path.is_symlink():
            yield _FILES + path.relative_to(root).as_posix(), path


def _add_manifest(archive: tarfile.TarFile, manifest: Manifest) -> None:
    values = {name: getattr(manifest, name) for name in Manifest.__dataclass_fields__}
    text = json.dumps({"format": FORMAT, **values}, indent=1).encode()
    entry = tarfile.TarInfo(_MANIFEST)
    entry.size = len(text)
    archive.addfile(entry, BytesIO(text))


# ---- looking into an archive -------------------------------------------------------------------
def verify(path: Path) -> Manifest:
    """Read the whole archive and compare it with its manifest; touches nothing."""
    try:
        with tarfile.open(path, "r:") as archive:
            manifest = _read_manifest(archive)
            found = {
                entry.name: _checksum(_opened(archive, entry))
                for entry in archive.getmembers()
                if entry.name != _MANIFEST
            }
    except (OSError, tarfile.TarError, KeyError, TypeError, ValueError) as error:
        raise Damaged(f"{path} is not a whole backup: {error}") from None
    if found != manifest.members:
        raise Damaged(f"{path} is damaged: what it holds is not what its manifest says.")
    if unknown := set(manifest.migrations) - set(_known_migrations()):
        raise Damaged(f"{path} was made by a newer release: it knows {sorted(unknown)[0]}, this one does not.")
    return manifest


def _known_migrations() -> Iterator[str]:
    """Those there are, and those that others took over since: a portal that ran them still says that it did."""
    for (app, name), migration in MigrationLoader(None).disk_migrations.items():
        yield from (f"{app}.{one}" for one in (name, *getattr(migration, "took_over", ())))


def _read_manifest(archive: tarfile.TarFile) -> Manifest:
    values = json.loads(_opened(archive, archive.getmember(_MANIFEST)).read())
    if values.pop("format") != FORMAT:
        raise ValueError("another format")
    return Manifest(**values)


def _opened(archive: tarfile.TarFile, entry: tarfile.TarInfo) -> IO[bytes]:
    content = archive.extractfile(entry) if entry.isfile() else None
    if content is None or ".." in PurePosixPath(entry.name).parts or entry.name.startswith("/"):
        raise ValueError(f"{entry.name} does not belong into a backup")
    return content


def _checksum(content: IO[bytes]) -> str:
    with content:
        return hashlib.file_digest(content, "sha256").hexdigest()  # type: ignore[arg-type]


# ---- restore -----------------------------------------------------------------------------------
def is_empty() -> bool:
    with as_owner():
        return not _tables()


def restore(path: Path, *, fence: Sequence[str]) -> Manifest:
    """Put the archive in place of what is there: all of the database in one transaction, or nothing of it.

    `fence` is SQL that runs in the same transaction, so that nobody sees the old outbox as if it were due.
    """
    manifest = verify(path)
    with (
        tempfile.TemporaryDirectory(dir=path.parent, prefix=".restore-") as folder,
        tarfile.open(path, "r:") as archive,
    ):
        dump = Path(folder) / _DUMP
        with dump.open("wb") as target:
            shutil.copyfileobj(_opened(archive, archive.getmember(_DUMP)), target)
        for name in manifest.members:
            if name.startswith(_FILES):
                _put_file(archive, name, manifest.members[name])
        with as_owner():
            ensure_roles(connection, app_password=serving_password())
            _replace_database(dump, _renamed(manifest.roles), [*_proofs(manifest), *fence])
    return manifest


def _proofs(manifest: Manifest) -> list[str]:
    """SQL that undoes the restore when a table does not have the rows that were counted."""
    return [
        f'do $proof$ begin if (select count(*) from "{table}") <> {int(rows)} then '
        f"raise exception 'table {table} does not have {int(rows)} rows'; end if; end $proof$"
        for table, rows in manifest.tables.items()
    ]


def _put_file(archive: tarfile.TarFile, name: str, checksum: str) -> None:
    target = Path(settings.MEDIA_ROOT) / name.removeprefix(_FILES)
    if target.exists() and _checksum(target.open("rb")) == checksum:
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(target.name + ".partial")
    with partial.open("wb") as written:
        shutil.copyfileobj(_opened(archive, archive.getmember(name)), written)
        os.fsync(written.fileno())
    partial.replace(target)


def _renamed(roles: dict[str, str]) -> dict[bytes, bytes]:
    """Roles carry their database's name: a backup may come from a database of another name."""
    here = role_names(connection)
    return {roles[role].encode(): here[role].encode() for role in Role if roles[role] != here[role]}


def _replace_database(dump: Path, renamed: dict[bytes, bytes], afterwards: Sequence[str]) -> None:
    command, environment = _tool("psql", "--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1")
    psql = subprocess.Popen(  # noqa: S603  (our own binary, our own words)
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    assert psql.stdin is not None  # noqa: S101  (asked for above)
    try:
        psql.stdin.write(_EMPTY_SCHEMA)
        for section in ("pre-data", "data", "post-data"):
            _write_section(dump, section, renamed if section != "data" else {}, psql.stdin)
        psql.stdin.write(b"set search_path = public;\n")  # a dump leaves it empty
        for statement in afterwards:
            psql.stdin.write(f"{statement};\n".encode())
    except BrokenPipeError:
        pass  # psql ended early and says why
    _, errors = psql.communicate()
    if psql.returncode:
        raise BackupError(f"The database was left as it was: {errors.decode(errors='replace').strip()[-500:]}")


_EMPTY_SCHEMA = b"""
set client_min_messages = warning;
drop schema public cascade;
create schema public;
alter schema public owner to pg_database_owner;
grant usage on schema public to public;
"""


def _write_section(dump: Path, section: str, renamed: dict[bytes, bytes], into: IO[bytes]) -> None:
    """One section of the dump as SQL; role names are changed in definitions, never in data."""
    command, environment = _tool("pg_restore", "--no-owner", f"--section={section}", "--file=-", str(dump), reads=True)
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) as source:  # noqa: S603
        assert source.stdout is not None  # noqa: S101  (asked for above)
        for line in source.stdout:
            if line == _NEWER_SETTING:
                continue
            into.write(_rename(line, renamed))
            if section == "data" and line.startswith(b"COPY "):
                break  # from here on it is data: through in large pieces, untouched
        shutil.copyfileobj(source.stdout, into, 1 << 20)
    if source.returncode:
        raise BackupError(f"The dump in the archive cannot be read ({section}).")


def _rename(line: bytes, renamed: dict[bytes, bytes]) -> bytes:
    for old, new in renamed.items():
        line = re.sub(rb"(?<![\w$])" + re.escape(old) + rb"(?![\w$])", new, line)
    return line


# ---- the server's own tools --------------------------------------------------------------------
def _run(program: str, *arguments: str) -> None:
    command, environment = _tool(program, *arguments)
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise BackupError(f"{program} failed: {done.stderr.strip()[-500:]}")


def _tool(program: str, *arguments: str, reads: bool = False) -> tuple[list[str], dict[str, str]]:
    """The command and its surroundings: passwords go by the environment, where other users cannot read them."""
    login: dict[str, Any] = connection.get_connection_params()
    names = {"PGHOST": "host", "PGPORT": "port", "PGUSER": "user", "PGPASSWORD": "password", "PGDATABASE": "dbname"}
    names |= {"PGSSLMODE": "sslmode", "PGSSLROOTCERT": "sslrootcert"}
    asked = {variable: str(login[key]) for variable, key in names.items() if login.get(key)}
    return [str(_program(program)), *arguments], {**os.environ, **({} if reads else asked)}


def _program(name: str) -> Path:
    """The embedded release's tools serve every server up to their own version; a newer server needs its own."""
    with connection.cursor() as cursor:
        cursor.execute("select current_setting('server_version_num')::int / 10000")
        major = cursor.fetchone()[0]
    if major <= postgres.MAJOR:
        return postgres.binaries() / name
    found = shutil.which(name)
    if found is None:
        raise BackupError(f"PostgreSQL {major} needs its own {name}: install its client package.")
    return Path(found)
