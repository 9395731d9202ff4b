"""From values to scores, by straight lines that never pass 100."""

from dataclasses import dataclass
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from performance import scoring


@dataclass
class Scale:
    full_at: Decimal
    zero_at: Decimal = Decimal(0)
    full_until: Decimal | None = None
    zero_again_at: Decimal | None = None
    floor: Decimal | None = None


def of(value: str, **scale: str) -> Decimal:
    return scoring.score(Decimal(value), Scale(**{name: Decimal(at) for name, at in scale.items()}))


@pytest.mark.parametrize(
    ("value", "score"), [("0.91", "91.0"), ("1.0", "100.0"), ("1.4", "100.0"), ("0.5999", "0.0"), ("0.6", "60.0")]
)
def test_attainment_counts_from_the_floor_and_to_a_hundred(value: str, score: str) -> None:
    assert of(value, full_at="1", floor="0.6") == Decimal(score)


def test_growth_and_collection_of_the_worked_card() -> None:
    assert of("0.096", full_at="0.15") == 64
    assert of("0.9", full_at="0.98") == Decimal("91.8")
    assert of("-0.2", full_at="0.15") == 0


def test_less_is_better_where_no_points_lie_above() -> None:
    assert of("0.05", zero_at="0.20", full_at="0.00") == 75
    assert of("0.25", zero_at="0.20", full_at="0.00") == 0
    assert of("0.16", zero_at="0.20", full_at="0.00", floor="0.15") == 0


@pytest.mark.parametrize(
    ("days", "score"), [("0", 0), ("15", 50), ("30", 100), ("41", 100), ("60", 100), ("90", 50), ("120", 0), ("999", 0)]
)
def test_a_range_loses_points_on_both_sides(days: str, score: int) -> None:
    assert of(days, full_at="30", full_until="60", zero_again_at="120") == score


def test_the_worked_card_adds_up() -> None:
    """Points 27.3, 6.4, 13.8, 10.0, 5.7, 4.8 and 4.0 of 90 with data are 72.0, brought to 100: 80.0."""
    rows = [
        ("91.0", "30"),
        ("64.0", "10"),
        ("91.8", "15"),
        ("100.0", "10"),
        ("56.6", "10"),
        ("48.0", "10"),
        ("80.0", "5"),
    ]
    earned = [scoring.points(Decimal(score), Decimal(weight)) for score, weight in rows]
    assert [str(one) for one in earned] == ["27.3", "6.4", "13.8", "10.0", "5.7", "4.8", "4.0"]
    assert scoring.total(earned, Decimal(90)) == 80


def test_no_data_is_neither_nothing_nor_everything() -> None:
    assert scoring.total([], Decimal(0)) is None


def test_a_grade_begins_at_its_mark() -> None:
    @dataclass
    class Mark:
        letter: str
        from_score: Decimal

    marks = [Mark("C", Decimal(60)), Mark("A", Decimal(85)), Mark("B", Decimal(75))]
    told = [scoring.grade(Decimal(value), marks) for value in ("85.0", "84.9", "75.0", "60.0", "59.9")]
    assert told == ["A", "B", "B", "C", ""]


numbers = st.decimals(-(10**6), 10**6, places=4)


@settings(deadline=None)  # what it shows does not depend on the machine
@given(numbers, numbers, numbers)
def test_a_score_never_leaves_its_bounds(value: Decimal, zero_at: Decimal, full_at: Decimal) -> None:
    if zero_at != full_at:
        assert 0 <= scoring.score(value, Scale(zero_at=zero_at, full_at=full_at)) <= 100


@settings(deadline=None)  # what it shows does not depend on the machine
@given(st.lists(st.tuples(st.integers(0, 1000), st.integers(1, 100)), min_size=1, max_size=20))
def test_a_total_is_the_weighted_mean_but_for_the_roundings(rows: list[tuple[int, int]]) -> None:
    earned = [scoring.points(Decimal(score) / 10, Decimal(weight)) for score, weight in rows]
    weights = sum(weight for _score, weight in rows)
    mean = Decimal(sum(score * weight for score, weight in rows)) / 10 / weights
    told = scoring.total(earned, Decimal(weights))
    assert told is not None and abs(told - mean) <= Decimal("0.05") + Decimal(5 * len(rows)) / weights
