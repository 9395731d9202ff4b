"""Who reaches a dealer: the scope seen from the other side. For lists of deciders and of people to tell."""

from collections.abc import Iterable

from django.db.models import Case, Value, When

from core import access
from core.database.context import acting
from core.database.roles import Role
from dealers import scope
from dealers.backends import actors, reach_of
from dealers.models import Dealer, Person, User


def staff_able_to(right: str, dealer: Dealer, *, but_not: User | None = None) -> list[Person]:
    """Our active people who hold `right` and reach `dealer`, by assignments in force.

    Asked on behalf of a dealer's people too, who may not read assignments: hence the jobs role, for this question only.
    """
    with acting(Role.JOBS, user_id=but_not.pk if but_not else None):
        able = actors().filter(kind=User.Kind.STAFF, is_active=True, loaded_rights__contains=[right])
        reaches = {
            pk: [reach_of(one) for one in loaded]
            for pk, loaded in able.values_list("pk", "loaded_reaches")
            if but_not is None or pk != but_not.pk
        }
        hits = _hits({one for many in reaches.values() for one in many}, dealer)
        found = [pk for pk, many in reaches.items() if hits.intersection(many)]
        return list(access.rows_of(Person).filter(pk__in=found))


def _hits(reaches: Iterable[scope.Reach], dealer: Dealer) -> set[scope.Reach]:
    """Those of the reaches that hold the dealer, by one query."""
    everywhere: set[scope.Reach] = set()
    marks: dict[str, scope.Reach] = {}
    for one in reaches:
        if one.is_everywhere:
            everywhere.add(one)
        else:
            marks[f"reach_{len(marks)}"] = one
    if not marks:
        return everywhere
    cases = {
        name: Case(When(scope.reached(one), then=Value(True)), default=Value(False)) for name, one in marks.items()
    }
    row = access.rows_of(Dealer).filter(pk=dealer.pk).values(**cases).first() or {}
    return everywhere | {one for name, one in marks.items() if row.get(name)}
