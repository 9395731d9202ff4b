"""Whose day it is: due dates are days of the dealer's clock."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import Refused
from dealers.models import Dealer


def today_of(dealer: Dealer, *, now: datetime | None = None) -> date:
    """The day by the dealer's clock."""
    return (now or timezone.now()).astimezone(ZoneInfo(dealer.time_zone)).date()


def moment(local: datetime, zone: str) -> datetime:
    """The moment of a clock time that somebody typed. Where the clocks jump over it, there is none."""
    placed = local.replace(tzinfo=ZoneInfo(zone))
    found = placed.astimezone(UTC)
    if found.astimezone(placed.tzinfo).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise Refused(_("This time does not exist on that day: the clocks are put forward. Choose another one."))
    return found
