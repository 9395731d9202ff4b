"""The cache that outlives rollbacks: on real connections of its own."""

import threading
from collections.abc import Iterator

import pytest
from django.db import transaction

from core.cache import PostgresCache
from dealers.hashers import TunedArgon2Hasher

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def kept() -> Iterator[PostgresCache]:
    cache = PostgresCache("", {})
    yield cache
    cache.clear()
    cache.disconnect()


def test_what_was_counted_stands_although_the_request_is_undone(kept: PostgresCache) -> None:
    with transaction.atomic():
        kept.set("tries", [1.5, 2.5])
        transaction.set_rollback(True)
    assert kept.get("tries") == [1.5, 2.5]


def test_a_value_is_gone_when_its_time_is_over(kept: PostgresCache) -> None:
    kept.set("brief", "here", timeout=0)
    assert kept.get("brief", "gone") == "gone"
    assert kept.touch("brief") is False
    assert kept.add("brief", "again", timeout=60) is True
    assert kept.get("brief") == "again"
    assert kept.touch("brief", timeout=0) is True
    assert kept.get("brief") is None


def test_a_value_without_an_end_stays_until_it_is_deleted(kept: PostgresCache) -> None:
    kept.set("always", True, timeout=None)
    assert kept.get("always") is True
    assert kept.add("always", False) is False
    assert (kept.delete("always"), kept.delete("always")) == (True, False)


def test_of_many_who_add_at_once_one_succeeds(kept: PostgresCache) -> None:
    start = threading.Barrier(6)
    won: list[bool] = []

    def add(number: int) -> None:
        start.wait(timeout=10)
        won.append(kept.add("one-time-code", number, timeout=60))

    threads = [threading.Thread(target=add, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    assert sorted(won) == [False] * 5 + [True]


def test_passwords_are_hashed_by_argon2id_with_64_megabytes() -> None:
    hasher = TunedArgon2Hasher()
    encoded = hasher.encode("correct horse battery staple", hasher.salt())
    assert "argon2id$v=19$m=65536,t=3,p=1$" in encoded
    assert hasher.verify("correct horse battery staple", encoded)
    assert not hasher.verify("another", encoded)
