"""The query that says who is asking: put together once, and never by two threads at a time."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from dealers.backends import ActorBackend, actors, attach_scope_to
from dealers.models import User
from dealers.scope import dealers_reached

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


def test_no_condition_on_dealers_is_shared_between_threads(carol: User) -> None:
    attach_scope_to(carol)  # read here: the other thread has a connection of its own
    with ThreadPoolExecutor(1) as other:
        theirs = other.submit(lambda: dealers_reached(carol)).result()
    ours = dealers_reached(carol)
    wheres: list[Any] = [one.query.where for one in (theirs, ours, dealers_reached(carol))]
    inner = [one.children[0].children[-1] for one in wheres]
    assert inner[0] is not inner[1]
    assert inner[1] is inner[2]


def test_who_asks_is_read_as_the_query_says(carol: User, alice: User) -> None:
    for person in (carol, alice):
        asked = actors().get(pk=person.pk)
        read = ActorBackend().get_user(person.pk)
        assert read is not None
        assert {name: getattr(read, name) for name in INNER} == {name: getattr(asked, name) for name in INNER}
        assert {field.attname: field.value_from_object(read) for field in User._meta.concrete_fields} == {
            field.attname: field.value_from_object(asked) for field in User._meta.concrete_fields
        }
        assert asked.loaded_rights
    assert ActorBackend().get_user(-5) is None
