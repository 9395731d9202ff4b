"""How often both sides agreed to meet, in the contracts in force; the series that follows from it is proposed."""

from django.utils import timezone

from communications.services import series
from config.demo.tables import rows
from contracts.models import Contract, ReviewRhythm
from core import access
from core.database.context import acting
from core.database.roles import Role
from dealers.models import User

Level, Every, Mode = ReviewRhythm.Level, ReviewRhythm.Every, ReviewRhythm.Mode
_AGREED = {  # by tier: the executives, then the working level
    "platinum": ((Every.QUARTER, Mode.VISIT, 2), (Every.MONTH, Mode.VIDEO, 4)),
    "gold": ((Every.HALF_YEAR, Mode.VISIT, 3), (Every.MONTH, Mode.VIDEO, None)),
    "silver": ((Every.YEAR, Mode.VIDEO, None),),
}


def build() -> None:
    tiers = {row["code"]: row["tier"] for row in rows("dealers")}
    with acting(Role.JOBS):
        running = access.rows_of(Contract).filter(status=Contract.Status.ACTIVE).select_related("dealer")
        ReviewRhythm.objects.bulk_create(
            ReviewRhythm(
                dealer_id=one.dealer_id, contract=one, level=level, every=every, mode=mode, weekday=weekday,
                day=8 if level == Level.EXECUTIVE else 18,
            )
            for one in running.order_by("pk")
            for level, (every, mode, weekday) in zip(Level, _AGREED.get(tiers[one.dealer.code], ()), strict=False)
        )  # fmt: skip
        series.propose_due(now=timezone.now(), by=User.objects.only("pk", "kind").get(kind=User.Kind.SYSTEM))
