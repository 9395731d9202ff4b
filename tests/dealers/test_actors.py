"""The query that says who is asking: put together once, and never by two threads at a time."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from dealers.backends import actors

INNER = ("loaded_rights", "loaded_reaches", "loaded_standings", "loaded_roles", "has_second_factor")


def inner_queries() -> list[Any]:
    """The queries inside: a copy of the query around them holds the very same ones."""
    annotations = actors().query.annotations
    return [annotations[name].query for name in INNER]


def test_a_thread_puts_the_query_together_once() -> None:
    assert all(one is again for one, again in zip(inner_queries(), inner_queries(), strict=True))


def test_no_inner_query_is_shared_between_threads() -> None:
    with ThreadPoolExecutor(1) as other:
        theirs = other.submit(inner_queries).result()
    assert not {id(one) for one in inner_queries()} & {id(one) for one in theirs}
