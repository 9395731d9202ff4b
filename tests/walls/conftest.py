"""A world for these tests: built once, held in a transaction, every test in a savepoint of it."""

import copy
import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import override_settings
from django.urls import URLResolver
from pytest_django import DjangoDbBlocker

from core import worlds
from core.database import context
from dealers import sessions, step_up
from dealers.backends import ActorBackend
from tests.walls import matrix, undoing
from tests.walls.matrix import Actor, Visitor

CELLS = pytest.StashKey[str]()


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """How much was tried, after every run that tried it."""
    if told := config.stash.get(CELLS, ""):
        terminalreporter.write_line(told)


@pytest.fixture(scope="package")
def built_world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[worlds.World]:
    """Three dealers: the first and the third in the north, the second in the south."""
    world = worlds.World(seed=7, size=3, variant=1, starts=datetime.now(UTC))
    held = transaction.atomic()
    held._from_testcase = True  # type: ignore[attr-defined]  # durable blocks inside count as outermost, as in TestCase
    with django_db_blocker.unblock():
        held.__enter__()
        worlds.build(world)
        connection.check_constraints()  # or whoever asks in a savepoint has the whole world checked again, every time
    yield world
    with django_db_blocker.unblock():
        transaction.set_rollback(True)
        held.__exit__(None, None, None)


@pytest.fixture
def network(built_world: worlds.World, db: None) -> worlds.World:
    return built_world


@pytest.fixture(scope="module")
def everybody(built_world: worlds.World, django_db_blocker: DjangoDbBlocker) -> list[Actor]:
    with django_db_blocker.unblock():
        return matrix.actors(built_world)


@pytest.fixture(scope="module")
def visitor() -> Iterator[Visitor]:
    """Many requests quickly: account and session of each are read once, and thousands of refusals are not logged."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ActorBackend, "get_user", _reading_once(ActorBackend.get_user))
        patch.setattr(sessions.SessionStore, "_get_session_from_db", _reading_kept(sessions.SessionStore))
        # People sign in once for a whole module: that they proved themselves lately must not depend on the machine.
        patch.setattr(step_up.recently_confirmed, "__defaults__", (timedelta(days=1),))
        patch.setattr(sessions, "_NOTE_EVERY", timedelta(days=1))  # each would note its use again, and be undone
        patch.setattr(context, "_one", _knowing_outside(context._one))
        patch.setattr(URLResolver, "resolve", _resolving_once(URLResolver.resolve))
        logging.disable(logging.ERROR)
        with override_settings(SECOND_FACTOR_REQUIRED=True):
            yield Visitor()
        logging.disable(logging.NOTSET)


def _knowing_outside(real: Any) -> Any:
    """Who a request finds itself to be, outside its own block, is the same for all: read once."""
    outside: list[Any] = []

    def one(statement: str) -> Any:
        if len(connection.savepoint_ids) != undoing.depth() + 1:
            return real(statement)
        if not outside:
            outside.append(real(statement))
        return outside[0]

    return one


def _reading_kept(store: Any) -> Any:
    """Whatever a request does to its session is undone with it: the next finds the row as it was."""
    real, kept = store._get_session_from_db, {}

    def get(self: Any) -> Any:
        key = self.session_key
        if key not in kept:
            kept[key] = real(self)
        return kept[key] if kept[key] is not None else real(self)

    return get


def _reading_once(real: Any) -> Any:
    """Reading the account with its rights is half of a small request; in a held world it does not change."""
    seen: dict[int, Any] = {}

    def get_user(self: ActorBackend, user_id: int) -> Any:
        if user_id not in seen:
            seen[user_id] = real(self, user_id)
        return seen[user_id] and _same(seen[user_id])

    return get_user


def _same(user: Any) -> Any:
    """Another object for each request, with the same values: `copy.copy` of a model is ten times as dear."""
    other = object.__new__(type(user))
    other.__dict__.update(user.__dict__, _state=copy.copy(user._state))
    return other


def _resolving_once(real: Any) -> Any:
    """An address leads to the same view each time; thirty thousand requests ask for a few thousand addresses."""
    found: dict[tuple[int, str], Any] = {}

    def resolve(self: URLResolver, path: str) -> Any:
        key = (id(self), str(path))
        if key not in found:
            found[key] = real(self, path)
        return found[key]

    return resolve
