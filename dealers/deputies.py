"""Who may decide what for whom: by his own right, as somebody's deputy, or because it has waited too long.

A deputy decides what the person he stands in for could decide, and nothing that either of the two submitted as far as
it is decided for the other. Who holds the right above takes over what was not decided in time.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date

from django.conf import settings
from django.db.models import BigIntegerField, Case, Q, Value, When
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import gettext as _

from core import access
from core.database.context import acting
from core.database.roles import Role
from core.working_days import working_days_after
from dealers import scope
from dealers.backends import scope_of
from dealers.models import Dealer, Deputy, Person, User
from dealers.roles import ABOVE
from dealers.scope import Reach

type Covers = Callable[[Sequence[Reach]], Q]


def decidable(user: User, covers: Covers) -> Q:
    """The condition on rows with `permission`, `submitted_by` and `escalates_on` for what this person could decide.
    `covers` is the condition for what assignments reach."""
    found = Q(permission__in=user.get_all_permissions())
    for one in scope_of(user).standings:
        found |= Q(permission__in=one.rights) & covers(one.reaches) & ~Q(submitted_by=one.person_id)
    if below := rights_below(user):
        found |= Q(permission__in=below, escalates_on__lte=timezone.localdate())
    return found


def rights_below(user: User) -> list[str]:
    """The rights that stand under one which the person holds."""
    own = user.get_all_permissions()
    return [right for right, above in ABOVE.items() if above in own and right not in own]


def escalation_day() -> date:
    """When a decision that is asked for today has waited too long."""
    return working_days_after(timezone.localdate(), settings.ESCALATION_WORKING_DAYS)


def stands_for(user: User, covers: Covers, *, free: Callable[[int], Q] = lambda _person_id: Q()) -> Case | Cast:
    """The account for which the person decides a row: whom he stands in for, and who could decide it himself. `free`
    narrows to rows that somebody has no other part in."""
    cases = [
        When(Q(permission__in=one.rights) & covers(one.reaches) & ~Q(submitted_by=one.person_id) & free(one.person_id),
             then=Value(one.person_id, output_field=BigIntegerField()))
        for one in scope_of(user).standings
    ]  # fmt: skip
    nobody = Cast(Value(None), BigIntegerField())
    return Case(*cases, default=nobody) if cases else nobody


def person_for(user: User, person_id: int | None) -> str:
    """The name of somebody whom the person stands in for; empty for nobody."""
    return next((one.name for one in scope_of(user).standings if one.person_id == person_id), "")


def represented(user: User, right: str, dealer: Dealer | None = None, *, but_not: int | None) -> Person | None:
    """Whom the person stands in for where both hold the right: a signature of ours, or what concerns every dealer."""
    for one in scope_of(user).standings:
        if right not in one.rights or one.person_id == but_not:
            continue
        if dealer is None or access.rows_of(Dealer).filter(scope.within(one.reaches), pk=dealer.pk).exists():
            return access.rows_of(Person).get(pk=one.person_id)
    return None


def standing_in(people: Iterable[Person], *, but_not: Collection[int]) -> list[Person]:
    """The deputies of these people, of today. Asked on behalf of dealers' people too, who may not read deputies: hence
    the jobs role, for this question only."""
    of = [one.pk for one in people]
    with acting(Role.JOBS):
        found = Deputy.objects.in_force().filter(person__in=of)
        return [one.deputy for one in found.exclude(deputy__in=[*but_not, *of]).select_related("deputy")]


def signed_by(person: Person | None, represented: Person | None) -> str:
    """Whose signature it is, in the reader's words."""
    if person is None or represented is None:
        return person.name if person else ""
    return _("%(deputy)s for %(person)s") % {"deputy": person, "person": represented}


def reaches_as_far(wide: Iterable[Reach], narrow: Iterable[Reach]) -> bool:
    """Whether everything that some assignments reach is reached by others too, each by one of them."""
    wide = list(wide)
    return all(any(_holds(one, other) for one in wide) for other in narrow)


def _holds(wide: Reach, narrow: Reach) -> bool:
    return all(
        outer is None or (inner is not None and outer[0] <= inner[0] and inner[1] <= outer[1])
        for outer, inner in ((wide.node, narrow.node), (wide.line, narrow.line))
    )


def covers_dealers(reaches: Sequence[Reach]) -> Q:
    """For rows that belong to a dealer."""
    return Q(dealer__in=access.rows_of(Dealer).filter(scope.within(reaches)))
