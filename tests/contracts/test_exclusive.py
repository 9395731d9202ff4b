"""Exclusive means nobody else: the database refuses, whoever writes and in whatever order."""

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from contracts.models import Contract, Grant
from dealers.models import Dealer, ProductLine, Territory
from dealers.services import trees
from tests import factories

EXCLUSIVE, SOLE, OPEN = Grant.Exclusivity.EXCLUSIVE, Grant.Exclusivity.SOLE, Grant.Exclusivity.NON_EXCLUSIVE


@pytest.fixture
def mine(northgate: Dealer) -> Contract:
    return factories.contract(northgate)


@pytest.fixture
def theirs(southport: Dealer) -> Contract:
    return factories.contract(southport)


@pytest.fixture
def city(north: Territory) -> Territory:
    return factories.territory("CITY", parent=north)


@pytest.fixture
def faucets(db: None) -> ProductLine:
    return factories.product_line("FAUCETS")


def is_refused(contract: Contract, **fields: Any) -> bool:
    try:
        with transaction.atomic():
            factories.grant(contract, **fields)
    except IntegrityError as refused:
        assert "contracts_grant_nobody_else" in str(refused)
        return True
    return False


@pytest.mark.parametrize("second", [EXCLUSIVE, SOLE, OPEN])
@pytest.mark.parametrize("first", [EXCLUSIVE, SOLE])
def test_nobody_else_gets_what_one_holds_alone(mine, theirs, north, first, second) -> None:
    factories.grant(mine, territory=north, exclusivity=first)
    assert is_refused(theirs, territory=north, exclusivity=second)


def test_nobody_gets_alone_what_another_holds(mine, theirs, north) -> None:
    factories.grant(mine, territory=north)
    assert is_refused(theirs, territory=north, exclusivity=EXCLUSIVE)


def test_two_may_share_what_nobody_holds_alone(mine, theirs, north) -> None:
    factories.grant(mine, territory=north)
    assert not is_refused(theirs, territory=north)


def test_a_place_means_everything_below_it(mine, theirs, north, city) -> None:
    factories.grant(mine, territory=north, exclusivity=EXCLUSIVE)
    assert is_refused(theirs, territory=city)


def test_and_everything_above_that_holds_it(mine, theirs, world, city) -> None:
    factories.grant(mine, territory=city, exclusivity=EXCLUSIVE)
    assert is_refused(theirs, territory=world)


def test_an_exception_leaves_room(mine, theirs, north, city) -> None:
    factories.grant(mine, territory=north, less=[city], exclusivity=EXCLUSIVE)
    assert not is_refused(theirs, territory=city, exclusivity=EXCLUSIVE)
    assert is_refused(theirs, territory=north)


def test_named_terminals_lie_in_the_territory(mine, theirs, north, city) -> None:
    factories.grant(mine, territory=north, exclusivity=EXCLUSIVE)
    assert is_refused(theirs, terminals=[factories.terminal(city)])


def test_two_terminals_of_one_place_are_two_things(mine, theirs, city) -> None:
    first, second = factories.terminal(city), factories.terminal(city)
    factories.grant(mine, terminals=[first], exclusivity=EXCLUSIVE)
    assert not is_refused(theirs, terminals=[second], exclusivity=EXCLUSIVE)
    assert is_refused(theirs, terminals=[first, second])


def test_a_terminal_can_be_left_out_of_a_territory(mine, theirs, north, city) -> None:
    shop, other = factories.terminal(city), factories.terminal(city)
    factories.grant(mine, territory=north, terminals=[shop], exclusivity=EXCLUSIVE)
    assert not is_refused(theirs, terminals=[shop], exclusivity=EXCLUSIVE)
    assert is_refused(theirs, terminals=[other])


def test_another_line_is_another_matter_but_every_line_is_not(mine, theirs, north, faucets) -> None:
    brass = factories.product_line("BRASS", parent=faucets)
    tiles = factories.product_line("TILES")
    factories.grant(mine, territory=north, line=faucets, exclusivity=EXCLUSIVE)
    assert not is_refused(theirs, territory=north, line=tiles, exclusivity=EXCLUSIVE)
    assert is_refused(theirs, territory=north, line=brass)
    assert is_refused(theirs, territory=north)


def test_the_next_year_is_free(mine, southport, north) -> None:
    factories.grant(mine, territory=north, exclusivity=EXCLUSIVE)
    following = factories.contract(southport, starts_on=date(2027, 1, 1), ends_on=date(2027, 12, 31))
    assert not is_refused(following, territory=north, exclusivity=EXCLUSIVE)


def test_a_dealer_may_hold_a_part_alone_and_the_whole_with_others(mine, theirs, north, city, faucets) -> None:
    factories.grant(mine, territory=north)
    assert not is_refused(mine, territory=city, line=faucets, exclusivity=EXCLUSIVE)
    assert not is_refused(mine, territory=north), "the same twice says nothing new, and harms nobody"
    assert is_refused(theirs, territory=city, line=faucets)


def test_drafts_may_overlap_until_one_comes_into_force(mine, southport, north) -> None:
    factories.grant(mine, territory=north, exclusivity=EXCLUSIVE)
    draft = factories.contract(southport, status=Contract.Status.DRAFT)
    factories.grant(draft, territory=north, exclusivity=EXCLUSIVE)
    filed = {name: getattr(mine, name) for name in ("signed_on", "countersigned_on", "filed_on", "filing_number")}
    with pytest.raises(IntegrityError, match="contracts_grant_nobody_else"), transaction.atomic():
        Contract.objects.filter(pk=draft.pk).update(status=Contract.Status.ACTIVE, **filed)
    Contract.objects.filter(pk=mine.pk).update(status=Contract.Status.ENDED)
    Contract.objects.filter(pk=draft.pk).update(status=Contract.Status.ACTIVE, **filed)
    assert Grant.objects.get(contract=draft).in_force


def test_grants_follow_the_tree_when_it_is_numbered_anew(mine, theirs, north, south, city) -> None:
    factories.grant(mine, territory=north, less=[city], exclusivity=EXCLUSIVE)
    factories.grant(theirs, territory=city, exclusivity=EXCLUSIVE)
    trees.renumber(Territory)
    town = factories.territory("TOWN", parent=city)
    assert is_refused(mine, territory=town)
    assert not is_refused(theirs, territory=town)


def test_a_place_that_would_move_into_anothers_ground_does_not_move(mine, theirs, north, south, dave) -> None:
    dave.get_all_permissions()
    inner = factories.territory("INNER", parent=south)
    factories.grant(mine, territory=north, exclusivity=EXCLUSIVE)
    factories.grant(theirs, territory=inner)
    inner.parent = north
    with pytest.raises(IntegrityError, match="contracts_grant_nobody_else"), transaction.atomic():
        inner.save(update_fields=["parent"])
        trees.renumber(Territory)


def test_a_terminal_takes_its_grant_along(mine, theirs, north, south) -> None:
    shop = factories.terminal(south)
    factories.grant(mine, terminals=[shop])
    factories.grant(theirs, territory=north, exclusivity=EXCLUSIVE)
    with pytest.raises(IntegrityError, match="contracts_grant_nobody_else"), transaction.atomic():
        type(shop).objects.filter(pk=shop.pk).update(territory=north)


def test_it_holds_without_any_extension(db) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select extname from pg_extension")
        assert cursor.fetchall() == [("plpgsql",)]
