"""The second wall alone: `visible_to` is taken away, and the database itself gives a dealer nothing of another's."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, models, transaction

from core import doors
from core.database.context import acting
from core.database.roles import Role
from core.doors import Address
from core.ownership import Kind
from core.worlds import World
from dealers.models import Dealer
from tests.walls import catalogue, expectation, matrix
from tests.walls.catalogue import rows
from tests.walls.expectation import Marks
from tests.walls.matrix import SIGNED_IN, Actor, Visitor

TABLES = sorted(catalogue.tables_of(Kind.DEALER_OWNED).items())
WITH_OBJECT = [
    address
    for address in doors.addresses()
    if address.door and address.door.audience in SIGNED_IN and not address.path.startswith("/admin/")
]


@pytest.fixture
def no_first_wall() -> Iterator[list[str]]:
    """Everybody sees everything, as far as Python is concerned."""
    opened = []
    with pytest.MonkeyPatch.context() as patch:
        for queryset in _querysets_with_readers():
            patch.setattr(queryset, "visible_to", lambda self, user: self.all())
            opened.append(queryset.__name__)
        yield opened


def _querysets_with_readers() -> set[type[Any]]:
    classes = {type(model._default_manager.none()) for model in apps.get_models()}
    return {base for one in classes for base in one.__mro__ if "visible_to" in vars(base)}


@pytest.fixture
def ids(network: World) -> list[int]:
    return [Dealer.objects.get(code=code).pk for code in network.owners()]


def test_the_fixture_takes_the_first_wall_away(
    network: World, everybody: list[Actor], no_first_wall: list[str]
) -> None:
    dealers_person = next(actor for actor in everybody if actor.account.dealer)
    assert len(no_first_wall) > 5
    assert Dealer.objects.visible_to(dealers_person.user).count() == 3


@pytest.mark.parametrize("address", WITH_OBJECT, ids=lambda address: str(address.name))
def test_without_the_first_wall_a_dealer_still_gets_nothing_foreign(
    network: World,
    everybody: list[Actor],
    visitor: Visitor,
    no_first_wall: list[str],
    address: Address,
) -> None:
    marks = Marks(network)
    faults = []
    for actor, target, method in matrix.cells(address, network, [one for one in everybody if one.account.dealer]):
        if target.whose in {"own", "hidden"}:
            continue  # what is hidden from a dealer inside his own file is the first wall's business
        answer = visitor.ask(actor, target.path, method, matrix.posted(address, network, network.owners()[1]))
        where = f"{method} {target.path} ({target.whose or 'page'}) as {actor.name}"
        is_foreign = target.whose in {"foreign", "neighbour"} and actor.is_known
        if is_foreign and answer.status < 400 and not answer.location:
            faults.append(f"{where} answered {answer.status}")
        foreign = {mark for mark in marks.leaks(actor, expectation.readable(answer)) if "d001" not in mark}
        if foreign:
            faults.append(f"{where} leaks {sorted(foreign)}")
    assert not faults, "\n".join(faults[:8])


@pytest.mark.parametrize(("table", "declared"), TABLES, ids=[table for table, _declared in TABLES])
def test_a_dealers_session_reads_and_writes_its_own_rows_only(
    network: World, ids: list[int], table: str, declared: Any
) -> None:
    mine, theirs, _third = ids
    column = declared.column
    held = catalogue.rights_on_tables(Role.DEALER).get(table, set())
    assert rows(f"select count(*) > 0 from {table} where {column} = %s", theirs) == [(True,)], (
        "the world has no such row"
    )
    with acting(Role.DEALER, dealer_id=mine):
        if "select" in held:
            assert rows(f"select distinct {column} from {table} where {column} is distinct from %s", mine) == []
        if "update" in held:
            assert _touched(f"update {table} set {column} = {column} where {column} = %s", theirs) == 0
        if "delete" in held:
            assert _touched(f"delete from {table} where {column} = %s", theirs) == 0


@pytest.mark.parametrize(("table", "declared"), TABLES, ids=[table for table, _declared in TABLES])
def test_a_dealers_session_cannot_hand_rows_to_another_dealer(
    network: World, ids: list[int], table: str, declared: Any
) -> None:
    mine, theirs, _third = ids
    column = declared.column
    if "update" not in catalogue.rights_on_tables(Role.DEALER).get(table, set()):
        return
    with acting(Role.DEALER, dealer_id=mine):
        touched = _touched(f"update {table} set {column} = %s where {column} = {mine}", theirs)
    assert touched in (0, None), "the row went over the wall"


@pytest.mark.parametrize(("table", "declared"), TABLES, ids=[table for table, _declared in TABLES])
def test_a_dealers_session_cannot_write_rows_in_another_dealers_name(
    network: World, ids: list[int], table: str, declared: Any
) -> None:
    mine, theirs, _third = ids
    if "insert" not in catalogue.rights_on_tables(Role.DEALER).get(table, set()):
        return
    model = catalogue.model_of_table()[table]
    row = model._default_manager.filter(**{declared.column: theirs}).values().first()
    assert row is not None
    copied = {name: value for name, value in row.items() if name not in _generated(model)}
    refused = pytest.raises(DatabaseError, match="row-level security")
    with refused, transaction.atomic(), acting(Role.DEALER, dealer_id=mine):
        model._default_manager.bulk_create([model(**copied)])


def _generated(model: type[models.Model]) -> set[str]:
    return {one.attname for one in model._meta.concrete_fields if one.generated or one.primary_key}


def _touched(statement: str, *params: Any) -> int | None:
    """How many rows it changed; None where the database refused."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, params)
            return int(cursor.rowcount)
    except DatabaseError:
        return None


def test_staff_read_an_outlets_identity_only_where_the_dealer_consented(network: World) -> None:
    with acting(Role.STAFF):
        assert rows("select count(*) from dealers_outletidentity where consented_at is null") == [(0,)]
        assert rows("select count(*) > 0 from dealers_outletidentity") == [(True,)]


def test_a_dealer_reads_nothing_internal_of_himself(network: World, ids: list[int]) -> None:
    with acting(Role.DEALER, dealer_id=ids[0]):
        assert rows("select count(*) from dealers_document where is_internal") == [(0,)]
        for table in ("dealers_event", "dealers_eventpersonal"):
            assert rows(f"select count(*) from {table} where visibility = 'internal'") == [(0,)]
