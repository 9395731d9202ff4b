"""Personas: alice runs Northgate, ann works there, bob runs another dealer, carol manages Northgate's region."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client, TransactionTestCase
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoDbBlocker

from dealers.models import Dealer, Territory, User
from tests import factories
from tests.emptying import Foundations


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Tests that commit leave the foundations as they found them; see `tests.emptying`."""
    with django_db_blocker.unblock():
        foundations = Foundations.as_they_are()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _case: foundations.restore())
        yield


@pytest.fixture(autouse=True)
def fresh_counters() -> None:
    """Nobody is throttled for what an earlier test tried."""
    cache.clear()


@pytest.fixture
def world(db: None) -> Territory:
    return factories.territory("WORLD", name="World", name_zh="世界")


@pytest.fixture
def north(world: Territory) -> Territory:
    return factories.territory("NORTH", parent=world, name="North", name_zh="北区")


@pytest.fixture
def south(world: Territory) -> Territory:
    return factories.territory("SOUTH", parent=world, name="South", name_zh="南区")


@pytest.fixture
def northgate(north: Territory) -> Dealer:
    return factories.dealer("NG", name="Northgate", name_zh="北门建材", home=north)


@pytest.fixture
def southport(south: Territory) -> Dealer:
    return factories.dealer("SP", name="Southport", name_zh="南港商贸", home=south)


@pytest.fixture
def alice(northgate: Dealer) -> User:
    return factories.person("Alice", "dealer_executive", dealer=northgate)


@pytest.fixture
def ann(northgate: Dealer) -> User:
    return factories.person("Ann", "dealer_staff", dealer=northgate)


@pytest.fixture
def bob(southport: Dealer) -> User:
    return factories.person("Bob", "dealer_executive", dealer=southport)


@pytest.fixture
def carol(north: Territory) -> User:
    return factories.person("Carol", "account_manager", node=north)


@pytest.fixture
def dave(world: Territory) -> User:
    """Head of sales: everywhere, every line."""
    return factories.person("Dave", "head_of_sales")


@pytest.fixture
def erin(world: Territory) -> User:
    return factories.person("Erin", "administrator")


@pytest.fixture
def signed_in() -> Callable[[User], Client]:
    """A client for one person, past the sign-in page just now; with `lately=False` longer ago than a proof holds."""

    def sign_in(user: User, *, lately: bool = True, **extra: Any) -> Client:
        client = Client(**extra)
        client.force_login(user)
        if lately:
            session = client.session
            session["account_authentication_methods_user"] = str(user.pk)
            session["account_authentication_methods"] = [
                {"method": method, "at": time.time()} for method in ("password", "mfa")
            ]
            session.save()
        return client

    return sign_in


@pytest.fixture
def statements() -> Callable[[], AbstractContextManager[list[str]]]:
    """What a block asks the database: statements about rows, without entering roles and transaction marks.

    with statements() as asked:
        client.get("/dealers/")
    assert len(asked) <= 6
    """

    @contextmanager
    def capture() -> Iterator[list[str]]:
        asked: list[str] = []
        with CaptureQueriesContext(connection) as captured:
            yield asked
        asked += [one["sql"] for one in captured.captured_queries if not one["sql"].strip().lower().startswith(_MARKS)]

    return capture


_MARKS = (
    "begin", "commit", "rollback", "savepoint", "release", "set ", "reset",
    "select set_config", "select current_setting",
)  # fmt: skip
