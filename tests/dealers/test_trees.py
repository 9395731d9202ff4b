"""Trees: a node means itself and everything below, whatever is added, moved or numbered anew."""

import random
from itertools import pairwise
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from core.errors import Refused
from dealers.backends import attach_scope_to
from dealers.models import Dealer, Event, ProductLine, Territory, User
from dealers.services import trees
from tests import factories

pytestmark = pytest.mark.django_db


def grow(seed: int, size: int) -> None:
    """A random tree, bare as an import leaves it: parents set, nothing numbered."""
    chance = random.Random(seed)  # noqa: S311  (a reproducible shape, no secret)
    made: list[Territory] = []
    for number in range(size):
        parent = chance.choice(made) if made and chance.random() > 0.05 else None
        made.append(Territory.objects.create(code=f"N{number}", name=f"N{number}", parent=parent))


def check() -> None:
    """Parents contain children, siblings do not touch, `within` is the same as walking down."""
    nodes = list(Territory.objects.all())
    children: dict[int | None, list[Territory]] = {}
    for node in nodes:
        children.setdefault(node.parent_id, []).append(node)

    def below(node: Territory) -> set[int]:
        return {node.pk}.union(*(below(child) for child in children.get(node.pk, [])))

    for node in nodes:
        for child in children.get(node.pk, []):
            assert node.low < child.low <= child.high <= node.high
            assert child.depth == node.depth + 1
        assert {found.pk for found in Territory.objects.within(node)} == below(node)
    for siblings in children.values():
        ordered = sorted(siblings, key=lambda node: node.low)
        assert all(one.high < other.low for one, other in pairwise(ordered))


@pytest.mark.parametrize("seed", range(6))
def test_numbering_keeps_every_tree_nested(seed: int) -> None:
    grow(seed, size=1 + seed * 40)
    trees.renumber(Territory)
    check()
    assert not Territory.objects.filter(depth=0, parent__isnull=False).exists()


def test_a_chain_of_twenty_levels_and_a_level_of_three_thousand_can_be_numbered() -> None:
    parent = None
    for depth in range(20):
        parent = Territory.objects.create(code=f"D{depth}", name="deep", parent=parent)
    Territory.objects.bulk_create(Territory(code=f"W{n}", name="wide", parent=parent) for n in range(3000))
    trees.renumber(Territory)
    deepest = Territory.objects.get(code="D19")
    assert Territory.objects.within(deepest).count() == 3001
    assert Territory.objects.above(Territory.objects.get(code="W2999")).count() == 21


def test_numbering_twice_changes_nothing_the_second_time() -> None:
    grow(7, size=60)
    trees.renumber(Territory)
    before = list(Territory.objects.values_list("pk", "low", "high", "depth"))
    trees.renumber(Territory)
    assert list(Territory.objects.values_list("pk", "low", "high", "depth")) == before


def test_a_full_level_makes_room_by_itself() -> None:
    root = factories.territory("ROOT")
    for _number in range(600):  # more than a level's slices
        root.refresh_from_db()
        factories.territory(parent=root)
    check()


def test_depth_makes_room_by_itself() -> None:
    node = None
    for _level in range(12):
        node = factories.territory(parent=node)
    check()


@pytest.fixture
def sea(world: Territory) -> dict[str, Territory]:
    asia = factories.territory("ASIA", parent=world)
    china = factories.territory("CN", parent=asia)
    return {
        "world": world,
        "asia": asia,
        "china": china,
        "zhejiang": factories.territory("CN-ZJ", parent=china),
        "europe": factories.territory("EU", parent=world),
    }


def test_a_subtree_moves_with_everything_below(sea: dict[str, Territory], erin: User) -> None:
    dealer = factories.dealer("HZ", home=sea["zhejiang"])
    trees.move(sea["china"], sea["europe"], by=erin)
    check()
    europe, asia = Territory.objects.get(code="EU"), Territory.objects.get(code="ASIA")
    assert Territory.objects.within(europe).filter(code="CN-ZJ").exists()
    assert Territory.objects.within(asia).count() == 1
    assert Dealer.objects.filter(home__in=Territory.objects.within(europe)).get() == dealer
    assert Event.objects.get(kind="tree.moved").data == {"to": "EU"}


def test_a_persons_reach_follows_the_move(sea: dict[str, Territory], erin: User) -> None:
    factories.dealer("HZ", home=sea["zhejiang"])
    eve = factories.person("Eve", "account_manager", node=sea["europe"])
    assert not Dealer.objects.visible_to(attach_scope_to(eve)).exists()
    trees.move(sea["china"], sea["europe"], by=erin)
    assert Dealer.objects.visible_to(attach_scope_to(eve)).count() == 1


@pytest.mark.parametrize("target", ["china", "zhejiang"])
def test_nothing_becomes_a_part_of_itself(target: str, sea: dict[str, Territory], erin: User) -> None:
    with pytest.raises(Refused):
        trees.move(sea["china"], sea[target], by=erin)


def test_a_territory_in_use_is_not_archived(sea: dict[str, Territory], erin: User) -> None:
    factories.dealer("HZ", home=sea["zhejiang"])
    for code in ("zhejiang", "china"):
        with pytest.raises(Refused, match="still in use"):
            trees.archive(sea[code], by=erin, reason="Merged")
    assert trees.archive(sea["europe"], by=erin, reason="Merged").is_archived
    assert not trees.restore(sea["europe"], by=erin).is_archived


def test_a_new_name_is_on_record(sea: dict[str, Territory], erin: User) -> None:
    trees.change(sea["china"], by=erin, name="China", name_zh="中国")
    event = Event.objects.get(kind="tree.changed")
    assert event.data == {"fields": ["name", "name_zh"], "was": "CN"}


def test_the_command_numbers_both_trees(capsys: Any) -> None:
    grow(3, size=30)
    line = ProductLine.objects.create(code="TAPS", name="Taps")
    ProductLine.objects.create(code="BASIN", name="Basin", parent=line)
    call_command("renumber_trees")
    check()
    assert ProductLine.objects.within(ProductLine.objects.get(code="TAPS")).count() == 2
    assert "territories: 30" in capsys.readouterr().out


@pytest.mark.django_db(transaction=True)
def test_two_people_add_at_once_and_get_different_slices() -> None:
    from threading import Barrier, Thread

    root = factories.territory("ROOT")
    start = Barrier(2)

    def add(code: str) -> None:
        start.wait()
        factories.territory(code, parent=root)
        connection.close()

    threads = [Thread(target=add, args=[code]) for code in ("A", "B")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    check()
    assert Territory.objects.filter(parent=root).count() == 2
