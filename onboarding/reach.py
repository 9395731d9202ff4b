"""Which openings a member of staff looks after, and who looks after an opening: by territory, and by line."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db.models import Q

from core import access
from core.database.context import acting
from core.database.roles import Role
from dealers.backends import actors, reach_of, scope_of
from dealers.models import Person, User
from dealers.scope import Reach

if TYPE_CHECKING:
    from onboarding.models import Opening


def openings(user: User) -> Q:
    """The condition on `Opening` for what this person may see. No assignment reaches nothing."""
    return within(scope_of(user).reaches)


def within(reaches: Iterable[Reach]) -> Q:
    """The condition on `Opening` for what some assignments reach together."""
    condition = Q(pk__in=[])
    for one in reaches:
        if one.is_everywhere:
            return Q()
        condition |= _reached(one)
    return condition


def _reached(one: Reach) -> Q:
    """A line manager sees the openings that touch his line; an opening without lines touches every one."""
    condition = Q()
    if one.node is not None:
        condition &= Q(territory__low__gte=one.node[0], territory__low__lte=one.node[1])
    if one.line is not None:
        low, high = one.line
        from onboarding.models import OpeningLine  # which are declared with this module's help

        every = access.rows_of(OpeningLine).order_by()
        touching = every.filter(line__low__lte=high, line__high__gte=low)
        condition &= Q(pk__in=touching.values("opening_id")) | ~Q(pk__in=every.values("opening_id"))
    return condition


def able_to(right: str, opening: "Opening", *, but_not: int | None = None) -> list[Person]:
    """Our active people who hold the right and look after this opening; asked on behalf of applicants too."""
    with acting(Role.JOBS):
        able = actors().filter(kind=User.Kind.STAFF, is_active=True, loaded_rights__contains=[right])
        lines = [(one.line.low, one.line.high) for one in opening.lines.select_related("line")]
        found = [
            pk
            for pk, loaded in able.values_list("pk", "loaded_reaches")
            if pk != but_not and any(_holds(reach_of(one), opening, lines) for one in loaded)
        ]
        return list(access.rows_of(Person).filter(pk__in=found))


def _holds(one: Reach, opening: "Opening", lines: list[tuple[int, int]]) -> bool:
    if one.node is not None and not one.node[0] <= opening.territory.low <= one.node[1]:
        return False
    if one.line is None or not lines:
        return True
    return any(low <= one.line[1] and high >= one.line[0] for low, high in lines)
