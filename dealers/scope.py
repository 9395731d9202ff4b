"""What a member of staff may reach. One function for lists, reports, exports and API alike.

A dealer belongs by its home territory; other ways to belong (a grant in force, matched by its line) are contributed
by the rooms above through `belongs_by`. Rules only ever narrow: no assignment reaches nothing.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from threading import get_ident
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet

from core import access

if TYPE_CHECKING:
    from dealers.models import Dealer


@dataclass(frozen=True, slots=True)
class Reach:
    """One assignment in force: a territory as number range (None: everywhere) and a line likewise."""

    role: str
    node: tuple[int, int] | None
    line: tuple[int, int] | None

    @property
    def is_everywhere(self) -> bool:
        return self.node is None and self.line is None


@dataclass(frozen=True, slots=True)
class Standing:
    """Somebody whom a person stands in for now: the rights to decide that are lent, and where they hold."""

    person_id: int
    name: str
    rights: frozenset[str]
    reaches: tuple[Reach, ...]


@dataclass(frozen=True, slots=True)
class Scope:
    """A person's rights and reach, and whom he stands in for; loaded with the account in one query."""

    rights: frozenset[str] = frozenset()
    reaches: tuple[Reach, ...] = ()
    standings: tuple[Standing, ...] = ()


_contributions: list[Callable[[Reach], Q]] = []


def belongs_by(contribution: Callable[[Reach], Q]) -> Callable[[Reach], Q]:
    """Register another way in which a dealer belongs to an assignment (a condition on `Dealer`)."""
    _contributions.append(contribution)
    _dealers_within.cache_clear()
    return contribution


def reach(user: Any) -> Q:
    """The condition on `Dealer` for what this person may see."""
    from dealers.backends import scope_of  # needs the models, which need this module

    return within(scope_of(user).reaches)


def within(reaches: Iterable[Reach]) -> Q:
    """The condition on `Dealer` for what some assignments reach together."""
    condition = Q(pk__in=[])
    for one in reaches:
        if one.is_everywhere:
            return Q()
        condition |= reached(one)
    return condition


def dealers_reached(user: Any) -> "QuerySet[Dealer]":
    """The dealers within this person's reach, as a condition on what belongs to them."""
    from dealers.backends import scope_of

    return _dealers_within(scope_of(user).reaches, get_ident()).all()


@lru_cache(maxsize=1024)  # a page asks within it again and again, and putting it together costs as much as asking
def _dealers_within(reaches: tuple[Reach, ...], _thread: int) -> "QuerySet[Dealer]":
    """One for each thread: a copy holds the same inner queries, and turning them into SQL changes them for a moment."""
    from dealers.models import Dealer

    return access.rows_of(Dealer).filter(within(reaches))


def reached(one: Reach) -> Q:
    """The condition on `Dealer` for one assignment that is not everywhere."""
    condition = Q(pk__in=[])
    if one.line is None and one.node is not None:
        condition |= Q(home__low__gte=one.node[0], home__low__lte=one.node[1])
    for contribution in _contributions:
        condition |= contribution(one)
    return condition


def nodes(user: Any) -> Q:
    """The condition on `Territory` for the nodes a person of ours looks after."""
    from dealers.backends import scope_of

    condition = Q(pk__in=[])
    for one in scope_of(user).reaches:
        if one.is_everywhere:
            return Q()
        if one.node is not None and one.line is None:
            condition |= Q(low__gte=one.node[0], low__lte=one.node[1])
    return condition
