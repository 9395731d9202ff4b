"""Walking a list page by page gives every row exactly once, whatever it is sorted by."""

from datetime import date, timedelta
from itertools import chain

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from core.listing.keyset import Order, window
from dealers.models import Dealer, Territory
from tests import factories

ORDERS = [
    Order(("sort_key",)),
    Order(("sort_key",), descending=True),
    Order(("status", "sort_key")),
    Order(("status", "sort_key"), descending=True),
    Order(("since",), nullable=True),
    Order(("since",), descending=True, nullable=True),
]
ROWS = st.lists(
    st.tuples(
        st.sampled_from(["", "a", "b", "bei men", "北"]),  # few values, so that there are ties
        st.sampled_from(["active", "candidate", "ended"]),
        st.one_of(st.none(), st.integers(0, 3)),
    ),
    max_size=14,
)


def _plant(rows):
    home = Territory.objects.first() or factories.territory("WORLD")
    Dealer.objects.bulk_create(
        Dealer(
            code=f"D{number}",
            name=f"Dealer {number}",
            sort_key=key,
            status=status,
            since=None if days is None else date(2020, 1, 1) + timedelta(days=days),
            home=home,
            currency="CNY",
        )
        for number, (key, status, days) in enumerate(rows)
    )


def _key(order, row):
    return tuple(getattr(row, name) for name in order.key_fields)


def _forwards(queryset, order, size, wide=None):
    pages, page = [], window(queryset, order, size, wide=wide)
    while page.rows:
        pages.append([row.pk for row in page.rows])
        if not page.has_next:
            break
        page = window(queryset, order, size, after=_key(order, page.rows[-1]), wide=wide)
    return pages


def _backwards(queryset, order, size, wide=None):
    pages: list[list[int]] = []
    page = window(queryset, order, size, from_end=True, wide=wide)
    while page.rows:
        pages.insert(0, [row.pk for row in page.rows])
        if not page.has_previous:
            break
        page = window(queryset, order, size, before=_key(order, page.rows[0]), wide=wide)
    return pages


class TestWalking(TestCase):
    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(rows=ROWS, order=st.sampled_from(ORDERS), size=st.integers(1, 5), is_wide=st.booleans())
    def test_every_row_comes_once_in_both_directions(self, rows, order, size, is_wide) -> None:
        _plant(rows)
        everything = [row.pk for row in order.applied_to(Dealer.objects.all())]

        wide = Dealer.objects.select_related("home") if is_wide else None
        forwards = _forwards(Dealer.objects.all(), order, size, wide)
        backwards = _backwards(Dealer.objects.all(), order, size, wide)

        assert list(chain(*forwards)) == everything
        assert list(chain(*backwards)) == everything
        assert len(everything) == len(rows)
        assert all(len(page) == size for page in forwards[:-1])


@pytest.mark.parametrize("descending", [False, True])
def test_missing_values_come_last_whichever_way_a_column_is_sorted(world, descending) -> None:
    _plant([("a", "active", None), ("b", "active", 1), ("c", "active", 2)])
    order = Order(("since",), descending=descending, nullable=True)
    assert window(Dealer.objects.all(), order, 5).rows[-1].since is None


def test_a_place_between_the_known_and_the_missing_is_found_again(world) -> None:
    _plant([("a", "active", 1), ("a", "active", None), ("a", "active", None)])
    order = Order(("since",), nullable=True)
    first = window(Dealer.objects.all(), order, 2)
    second = window(Dealer.objects.all(), order, 2, after=_key(order, first.rows[-1]))
    back = window(Dealer.objects.all(), order, 2, before=_key(order, second.rows[0]))
    assert [row.pk for row in back.rows] == [row.pk for row in first.rows]
    assert not second.has_next and not back.has_previous
