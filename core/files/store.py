"""Files under their checksum. The file is complete on disk before the row that names it is written; what no row names
is swept away. One advisory lock keeps the sweep and a running upload of the same content apart."""

import hashlib
import os
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import connection, transaction

from core import access

_LOCK = 7_301_968_515  # any fixed number: uploads share it, the sweep takes it alone
_HALF_WRITTEN_AFTER = 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class Store:
    """One folder of files; `model` and its column `sha256` say which of them are wanted."""

    area: str
    model: str

    def put(self, data: bytes) -> str:
        """Keep the bytes; the checksum is their name. Call it before the row is written, in one transaction with it."""
        _lock("pg_advisory_xact_lock_shared")
        digest = hashlib.sha256(data).hexdigest()
        target = self.path(digest)
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            _write(target, data)
        return digest

    def path(self, digest: str) -> Path:
        return self._folder() / digest[:2] / digest

    def sweep(self) -> int:
        """Remove what no row names (an upload that was rolled back) and what was never finished; says how many."""
        with transaction.atomic():
            _lock("pg_advisory_xact_lock")
            model = apps.get_model(self.model)
            wanted = set(access.rows_of(model).values_list("sha256", flat=True))
            gone = [path for path in self._files() if path.name not in wanted and _is_finished(path)]
            for path in gone:
                path.unlink()
        return len(gone)

    def _folder(self) -> Path:
        return Path(settings.MEDIA_ROOT) / self.area

    def _files(self) -> Iterator[Path]:
        return (path for path in self._folder().glob("??/*") if path.is_file())


_stores: list[Store] = []


def register(store: Store) -> Store:
    """Make the store known to `manage.py sweep_files`."""
    _stores.append(store)
    return store


def stores() -> tuple[Store, ...]:
    return tuple(_stores)


def _write(target: Path, data: bytes) -> None:
    """All or nothing: a temporary name, flushed to disk, then renamed. A full disk leaves nothing behind."""
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".part-")
    half = Path(name)
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        half.replace(target)
    except BaseException:
        half.unlink(missing_ok=True)
        raise
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)  # the name itself must survive a power cut as well
    finally:
        os.close(folder)


def _is_finished(path: Path) -> bool:
    """A half-written file of a running upload is left alone; one of yesterday has nobody writing it."""
    return not path.name.startswith(".part-") or time.time() - path.stat().st_mtime > _HALF_WRITTEN_AFTER


def _lock(function: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"select {function}(%s)", [_LOCK])
