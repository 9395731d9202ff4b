"""Measurements, apart from the suite: `make bench` prints one JSON line per figure.

A benchmark is a function in a module `bench_*.py` that yields figures. It runs in a database of its own, on the
embedded server with everything that protects data switched on; the database is empty and migrated when the module's
first benchmark begins. A figure is compared with a peer measured in the same run, or with a limit; never with a
number from another machine.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Figure:
    """`value` over `against` is the ratio; it holds up to the goal, or from the goal on when more is better."""

    name: str
    value: float
    unit: str
    goal: float
    peer: float | None = None  # the same thing done by somebody else, in the same run
    limit: float | None = None
    more_is_better: bool = False

    def __post_init__(self) -> None:
        if (self.peer is None) == (self.limit is None):
            raise ValueError(f"{self.name}: a figure has either a peer or a limit")

    @property
    def ratio(self) -> float:
        against = self.peer if self.peer is not None else self.limit
        assert against  # one of both is there, and comparing with nothing says nothing
        return self.value / against

    @property
    def holds(self) -> bool:
        return self.ratio >= self.goal if self.more_is_better else self.ratio <= self.goal

    def as_line(self) -> dict[str, Any]:
        against = {"peer": self.peer} if self.peer is not None else {"limit": self.limit}
        return {
            "name": self.name,
            "value": _rounded(self.value),
            "unit": self.unit,
            **{kind: _rounded(number) for kind, number in against.items() if number is not None},
            "ratio": _rounded(self.ratio),
            "goal": self.goal,
            "holds": self.holds,
        }


type Benchmark = Callable[[], Iterator[Figure]]
_benchmarks: list[tuple[str, Benchmark]] = []


def benchmark(function: Benchmark) -> Benchmark:
    """Register a benchmark under its module's and its own name."""
    _benchmarks.append((f"{function.__module__.rpartition('.bench_')[2]}.{function.__name__}", function))
    return function


def known() -> list[tuple[str, Benchmark]]:
    return list(_benchmarks)


def _rounded(number: float) -> float:
    return float(f"{number:.4g}")
