"""What each source brings: who applied, who was approved, who trades. Of the openings that the reader looks after."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Max, Min, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core.periods import Length, Period
from dealers.models import Dealer, User
from onboarding.models import Application, Handling

State = Application.State
DECIDED = (State.APPROVED, State.REJECTED)
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Yield:
    """One source. `share` is of those decided on; none where nobody was decided on yet."""

    source: str
    label: str
    sent: int
    decided: int
    approved: int
    active: int

    @property
    def share(self) -> Decimal | None:
        return Decimal(self.approved) / self.decided if self.decided else None


@dataclass(frozen=True, slots=True)
class Table:
    rows: Sequence[Yield]

    @property
    def total(self) -> Yield:
        sums = {
            name: sum(getattr(one, name) for one in self.rows) for name in ("sent", "decided", "approved", "active")
        }
        return Yield("", "", **sums)

    @property
    def chart(self) -> dict[str, Any]:
        """Points of `charts.js` compare: beside each other, who applied and who of them was approved."""
        return {
            "x": [one.label for one in self.rows],
            "series": [
                {"name": pgettext("of a chart", "Applied"), "data": [one.sent for one in self.rows]},
                {"name": pgettext("of a chart", "Approved"), "data": [one.approved for one in self.rows]},
            ],
            "whole": True,
        }

    @property
    def chart_label(self) -> str:
        total = self.total
        return _("By source: %(sent)d applied, %(approved)d of them were approved") % {
            "sent": total.sent, "approved": total.approved}  # fmt: skip


def yields(user: User, *, year: Period | None = None) -> Table:
    """Of those sent in the year, or of all; who trades is counted as it is today. Sources that brought nothing are
    left out."""
    found = Application.objects.visible_to(user).order_by()
    if year:
        found = found.filter(submitted_at__gte=_morning(year.start), submitted_at__lt=_morning(year.next.start))
    counted = found.values("source").annotate(
        sent=Count("pk"), decided=Count("pk", filter=Q(state__in=DECIDED)),
        approved=Count("pk", filter=Q(state=State.APPROVED)),
    )  # fmt: skip
    taken = Handling.objects.visible_to(user).filter(application__in=found, dealer__status=Dealer.Status.ACTIVE)
    active = dict(taken.order_by().values_list(F("application__source")).annotate(count=Count("pk")))
    labels = dict(Application.Source.choices)
    rows = [
        Yield(
            one["source"], str(labels[one["source"]]), one["sent"], one["decided"], one["approved"],
            active.get(one["source"], 0),
        )
        for one in counted
    ]  # fmt: skip
    return Table(sorted(rows, key=lambda one: (-one.active, -one.approved, -one.sent, one.source)))


def years(user: User) -> list[int]:
    """The fiscal years in which something was sent, latest first."""
    sent = Application.objects.visible_to(user).aggregate(first=Min("submitted_at"), last=Max("submitted_at"))
    if sent["first"] is None:
        return []
    first, last = (Period.of(timezone.localdate(sent[name]), Length.YEAR).fiscal_year for name in ("first", "last"))
    return list(range(last, first - 1, -1))


def _morning(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
