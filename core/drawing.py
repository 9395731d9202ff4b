"""Small drawings whose arithmetic the server does: the course of a figure, the way to the next tier."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from core.formatting import to_decimal

type Point = tuple[Decimal, Decimal]

_TENTH = Decimal("0.1")
_SPARK_WIDTH, _SPARK_HEIGHT, _EDGE = Decimal(64), Decimal(20), Decimal(3)
TRACK_WIDTH = Decimal(600)
LABEL_WIDTH = 96  # of "1,260,000 · 3%", with room beside it


def spark_lines(values: Sequence[Decimal | int | None]) -> list[list[Point]]:
    """The lines of a course within 64 × 20; a gap in the values is a gap between two lines."""
    known = [to_decimal(value) for value in values if value is not None]
    if not known:
        return []
    low, span = min(known), max(known) - min(known)
    step = (_SPARK_WIDTH - 2 * _EDGE) / max(len(values) - 1, 1)

    def place(index: int, value: Decimal | int) -> Point:
        share = (to_decimal(value) - low) / span if span else Decimal("0.5")
        height = share * (_SPARK_HEIGHT - 2 * _EDGE)
        return (_EDGE + index * step).quantize(_TENTH), (_SPARK_HEIGHT - _EDGE - height).quantize(_TENTH)

    runs = groupby(enumerate(values), key=lambda pair: pair[1] is not None)
    return [[place(i, v) for i, v in run if v is not None] for is_known, run in runs if is_known]


@dataclass(frozen=True, slots=True)
class Mark:
    """A tier on the way: where it stands and whether it is the next one to reach."""

    x: Decimal
    label: str
    is_next: bool
    anchor: str


@dataclass(frozen=True, slots=True)
class Track:
    """The way to the next tier, 600 wide: how far, and the tiers as marks. For `components/track.html`."""

    reached: Decimal
    label: str
    marks: tuple[Mark, ...]

    @property
    def anchor(self) -> str:
        return _anchor(self.reached)


def track(reached: Decimal, label: str, tiers: Sequence[tuple[Decimal, str]]) -> Track:
    """Lay a figure and the tiers (threshold, words) on one line that ends a little behind the last of them."""
    end = max([reached, *(threshold for threshold, _ in tiers)], default=Decimal(0)) * Decimal("1.15") or Decimal(1)

    def place(value: Decimal) -> Decimal:
        return (max(value, Decimal(0)) / end * TRACK_WIDTH).quantize(_TENTH)

    places = [place(threshold) for threshold, _words in tiers]
    following = next((i for i, (threshold, _words) in enumerate(tiers) if threshold > reached), None)
    named = _apart(places, following)
    marks = tuple(
        Mark(x, words if i in named else "", i == following, _anchor(x))
        for i, (x, (_threshold, words)) in enumerate(zip(places, tiers, strict=True))
    )
    return Track(place(reached), label, marks)


def _apart(places: Sequence[Decimal], first: int | None) -> set[int]:
    """Which marks are named so that no words lie over others: the next tier, then from the highest down."""
    named: set[int] = set()
    for i in sorted(range(len(places)), key=lambda one: (one != first, -one)):
        if all(abs(places[i] - places[other]) >= LABEL_WIDTH for other in named):
            named.add(i)
    return named


@dataclass(frozen=True, slots=True)
class Stack:
    """Parts of a whole beside each other, 100 wide: (place, where it begins, how wide). For `components/stack.html`."""

    parts: tuple[tuple[int, Decimal, Decimal], ...]


def stack(values: Sequence[Decimal]) -> Stack:
    """Lay parts side by side; what is nothing is left out, what is little is still seen."""
    whole = sum((value for value in values if value > 0), Decimal(0))
    laid: list[tuple[int, Decimal, Decimal]] = []
    begin = Decimal(0)
    for place, value in enumerate(values):
        if value <= 0:
            continue
        end = begin + value / whole * 100
        laid.append((place, begin.quantize(_TENTH), max(end - begin, Decimal("0.8")).quantize(_TENTH)))
        begin = end
    return Stack(tuple(laid))


def _anchor(x: Decimal) -> str:
    """Words near an end are written inwards, so that they are not cut off."""
    if x < TRACK_WIDTH / 8:
        return "start"
    return "end" if x > TRACK_WIDTH * 7 / 8 else "middle"
