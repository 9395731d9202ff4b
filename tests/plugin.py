"""Chooses the suite's database before anybody reads the settings: a cluster of its own, or the server of DATABASE_URL.

The suite connects as the owner, who must be a superuser: it makes roles and databases, and requests become the app
login for the time of each (`core.database.context`), so that every page test also proves the walls.
"""

import gc
import os
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import environ
import pytest

BASE = Path(__file__).resolve().parent.parent
environ.Env.read_env(BASE / ".env")
# A folder of its own: the suite never sees the data, the files or the mail of the portal that runs beside it. Each
# worker of a parallel run has one, with a cluster in it: roles, files and servers of the others are out of its reach.
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")
VAR = Path(os.environ.get("ENTENTE_TEST_VAR") or os.environ.get("ENTENTE_VAR") or BASE / "var").resolve()
os.environ["ENTENTE_TEST_VAR"] = str(VAR)  # workers inherit the environment: they must not nest their folders
os.environ["ENTENTE_VAR"] = str(VAR / "test" / WORKER)


_until_the_end = ExitStack()


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    from django.conf import settings

    database = settings.DATABASES["default"]
    database.update(settings.DATABASE_OWNER)
    database["OPTIONS"].pop("pool", None)  # a pool would keep connections open that the suite wants to drop
    # The real ones have tests of their own: a hash that takes 150 ms, and counters that outlive a test's rollback.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS]
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    settings.WHITENOISE_AUTOREFRESH = True  # every new client would look at each static file there is
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)  # where collected files would lie: whitenoise looks


def pytest_sessionstart(session: pytest.Session) -> None:
    """The catalogues as they are now, and the embedded server; the last one out stops it."""
    from django.conf import settings

    from core.management.commands.compile_catalogues import compile_stale

    if not WORKER:
        compile_stale()
    if hasattr(session.config, "workerinput") or not _has_workers(session.config):
        _start_server(settings)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """However the rest is shuffled: what starts the portal comes first, so that one worker has it to itself, and what
    shares the world of the walls comes last and together, so that each worker builds it once and both end with it."""
    items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    module = item.path.relative_to(BASE / "tests").as_posix()
    return 0 if module == "config/test_run.py" else 2 if module.startswith("walls/") else 1


def pytest_collection_finish() -> None:
    """Models, forms and templates live to the end: looking through all of them for garbage again and again costs a
    twentieth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


def _has_workers(config: pytest.Config) -> bool:
    """Whether this process only hands tests out to others."""
    return bool(getattr(config.option, "numprocesses", None)) and not WORKER


def _start_server(settings: Any) -> None:
    from core.servers.attendance import close_connections
    from core.servers.postgres import Postgres

    if settings.DATABASE_EMBEDDED:
        server = Postgres(settings.VAR_DIR / "pg", durable=False)
        _until_the_end.enter_context(server.in_use(settings.DATABASES["default"]["NAME"]))
        _until_the_end.callback(close_connections)


def pytest_unconfigure(config: pytest.Config) -> None:
    _until_the_end.close()
