"""Which reports a dealer owes: agreed month by month, for one dealer or for many. Order of locks: the dealer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from core import access
from core.database.context import acting
from core.database.locks import hold
from core.database.roles import Role
from core.errors import Refused, refuse_unsound
from core.periods import Length, Period, months_later
from dealers import events
from dealers.models import Dealer, User
from dealers.rights import require
from dealers.services.people import executives
from ledger.models import ReportDue, ReportDuty

Kind = ReportDuty.Kind
TRADING = (Dealer.Status.ACTIVE, Dealer.Status.SUSPENDED, Dealer.Status.PARTING)


@dataclass(frozen=True, slots=True)
class Terms:
    """A report owed from the month `first` to the month `last` (both as their first day; None: without end), each
    due on the day `due_day` of the month after it."""

    due_day: int
    first: date
    last: date | None = None

    @classmethod
    def of(cls, duty: ReportDuty) -> "Terms":
        last = duty.ends_on.replace(day=1) if duty.ends_on else None
        return cls(duty.due_days, duty.starts_on.replace(day=1), last)


@transaction.atomic
def settle(
    dealer: Dealer, wanted: Mapping[Kind, Terms | None], *, seen: Mapping[Kind, Terms | None], by: User
) -> list[ReportDuty]:
    """Make the dealer's duties what `wanted` says. The duties that were begun, changed or ended.

    `seen` is what the person had before him; where it is no longer so, nothing is changed. A report that is due
    already keeps its day; only waiving it lets it go.
    """
    require(by, "ledger.change_reportduty")
    dealer = access.lock(dealer)
    running = current(dealer)
    if any(seen[kind] != (Terms.of(running[kind]) if kind in running else None) for kind in wanted):
        raise Refused(_("Somebody else changed these duties in the meantime. Look at them as they are now first."))
    changed = [_settle_one(dealer, kind, running.get(kind), terms, by) for kind, terms in wanted.items()]
    return [duty for duty in changed if duty is not None]


def current(dealer: Dealer) -> dict[Kind, ReportDuty]:
    """The duty of each kind that runs or will; what has ended is past."""
    this_month = timezone.localdate().replace(day=1)
    found = access.rows_of(ReportDuty).filter(dealer=dealer).filter(Q(ends_on=None) | Q(ends_on__gte=this_month))
    return {Kind(duty.kind): duty for duty in found.order_by("starts_on")}


def _settle_one(
    dealer: Dealer, kind: Kind, duty: ReportDuty | None, terms: Terms | None, by: User
) -> ReportDuty | None:
    if duty is None:
        return _begin(dealer, kind, terms, by) if terms else None
    if terms is None or terms == Terms.of(duty):
        return None
    was = Terms.of(duty)
    if terms.last != was.last:
        _refuse_early_end(duty, terms.last)
    duty.due_days, duty.ends_on = terms.due_day, _end_of(terms.last)
    refuse_unsound(duty)
    duty.save(update_fields=["due_days", "ends_on"])
    if terms.last is not None and terms.last != was.last:
        _record("duty.ended", duty, by, month=_month(terms.last))
    else:
        _record("duty.changed", duty, by, day=terms.due_day)
    return duty


def _begin(dealer: Dealer, kind: Kind, terms: Terms, by: User) -> ReportDuty:
    if dealer.status not in TRADING:
        raise Refused(_("Only a dealer who trades with us owes reports."))
    _refuse_past(terms.first)
    duty = ReportDuty(
        dealer=dealer, kind=kind, due_days=terms.due_day, starts_on=terms.first, ends_on=_end_of(terms.last)
    )
    refuse_unsound(duty)
    duty.save()
    _record("duty.begun", duty, by, day=terms.due_day, month=_month(terms.first))
    return duty


@transaction.atomic
def begin_for(dealers: QuerySet[Dealer], *, kind: Kind, due_day: int, first: date, by: User) -> int:
    """Let each of these dealers owe a report who trades and does not owe it yet. How many there were.

    `dealers` is the person's own scope.
    """
    require(by, "ledger.add_reportduty")
    _refuse_past(first)
    hold(f"report duties {kind}")
    lacking = without(dealers, kind)
    with acting(Role.JOBS, user_id=by.pk):
        found = list(lacking.order_by("pk").select_for_update(no_key=True, of=("self",)))
        duties = [ReportDuty(dealer=one, kind=kind, due_days=due_day, starts_on=first) for one in found]
        for duty in duties[:1]:
            refuse_unsound(duty)
        ReportDuty.objects.bulk_create(duties, batch_size=1000)
        events.record_for_dealers(
            "duty.begun", duties, by=by, data=lambda _one: {"day": due_day, "month": _month(first)}
        )
    return len(duties)


def trading(dealers: QuerySet[Dealer]) -> QuerySet[Dealer]:
    """Those from whom reports can be asked."""
    return dealers.order_by().filter(status__in=TRADING)


def without(dealers: QuerySet[Dealer], kind: Kind) -> QuerySet[Dealer]:
    """Those from whom this report can be asked and is not."""
    this_month = timezone.localdate().replace(day=1)
    owed = access.rows_of(ReportDuty).filter(dealer=OuterRef("pk"), kind=kind)
    return trading(dealers).filter(~Exists(owed.filter(Q(ends_on=None) | Q(ends_on__gte=this_month))))


def _refuse_past(first: date) -> None:
    if first < timezone.localdate().replace(day=1):
        raise Refused(_("A duty begins with this month or later: what was not asked for cannot be late."))


def _refuse_early_end(duty: ReportDuty, last: date | None) -> None:
    """A month whose report is due already stays due."""
    if last is None:
        return
    opened = access.rows_of(ReportDue).filter(duty=duty, month__gt=last).order_by("-month").first()
    if opened is not None:
        raise Refused(
            _("The report for %(month)s is due already: waive it if need be. The duty ends with that month or later.")
            % {"month": opened.period}
        )


def _record(kind: str, duty: ReportDuty, by: User, **data: object) -> None:
    events.record(kind, duty, by=by, data=data, notify=executives(duty.dealer))


def _end_of(last: date | None) -> date | None:
    return months_later(last, 1) - timedelta(days=1) if last else None


def _month(first: date) -> str:
    return Period.of(first, Length.MONTH).key
