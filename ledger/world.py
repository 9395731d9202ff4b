"""The ledger's part of a world: for each dealer a posted report, one still checked, and an entry of each kind."""

from datetime import date
from typing import Any

from django.utils import timezone

from core.database.context import acting
from core.database.roles import Role
from core.worlds import World
from dealers.models import Dealer, Outlet, Product, User
from ledger.models import (
    ColumnMapping,
    ExchangeRate,
    ImportBatch,
    ImportMend,
    Invoice,
    Level,
    MonthTotal,
    Movement,
    Order,
    Payment,
    RejectedRow,
    ReportDue,
    ReportDuty,
    StockCount,
    StockGap,
)
from ledger.models.batch import FILES

_DAY = date(2026, 1, 15)


def build(world: World) -> None:
    by = User.objects.get(email=_somebody_of_ours(world))
    product = Product.objects.get(code=f"W{world.seed}-P1")
    with world.making(""), acting(Role.JOBS):
        rate = ExchangeRate(day=_DAY, currency="EUR", quote="USD", rate=1, source=f"w{world.seed}")
        rate.save()
        world.keep(rate)
    for owner in world.owners():
        with world.making(owner), acting(Role.JOBS):
            dealer = Dealer.objects.get(code=owner)
            posted = _batch(world, owner, dealer, by, ImportBatch.State.APPLIED)
            _batch(world, owner, dealer, by, ImportBatch.State.CHECKED)
            _entries(world, owner, dealer, posted, product)


def _somebody_of_ours(world: World) -> str:
    """Who brings reports in for everybody; see `dealers.world`."""
    wanted = ("channel_operations", "everywhere")
    return next(account.email for account in world.accounts if (account.role, account.reach) == wanted)


def _batch(world: World, owner: str, dealer: Dealer, by: User, state: ImportBatch.State) -> ImportBatch:
    """A file that the dealer reported, as it came."""
    mark = world.mark(owner)
    content = f"order_no,dealer_code,state\n{mark},{owner},{state}\n"
    is_posted = state is ImportBatch.State.APPLIED
    given: dict[str, Any] = {
        "dealer": dealer,
        "kind": "sell-through",
        "source": "report",
        "state": state,
        "sha256": FILES.put(content.encode()),
        "totals": {"EUR": f"{world.number(owner)}.0000"},
        "problem": "",
        "applied_at": timezone.now() if is_posted else None,
        "created_by_id": by.pk,
    }
    batch = ImportBatch(**world.words(ImportBatch, owner, **given))
    batch.save()
    world.keep(batch, owner)
    world.make(RejectedRow, owner, dealer=dealer, batch=batch, reason="UNKNOWN_PRODUCT", column="product_code")
    world.make(ImportMend, owner, dealer=dealer, batch=batch, column="product_code", by_id=by.pk)
    if is_posted:
        world.make(ColumnMapping, owner, dealer=dealer, kind=batch.kind, source=mark[:40])
    return batch


def _entries(world: World, owner: str, dealer: Dealer, batch: ImportBatch, product: Product) -> None:
    outlet = Outlet.objects.filter(dealer=dealer).order_by("pk").first()
    common: dict[str, Any] = {"dealer": dealer, "batch": batch, "row": 1}
    money: Any = common | {"currency": "EUR"}
    goods: Any = {"level": Level.DEALER_TO_CUSTOMER, "occurred_on": _DAY, "product": product, "outlet": outlet}
    moved = world.make(Movement, owner, **money, **goods)
    # After the month of the report below, which then has nothing to differ from.
    world.make(StockCount, owner, **common, product=product, counted_on=_DAY.replace(month=3))
    world.make(StockGap, owner, dealer=dealer, batch=batch, product=product, counted_on=_DAY, since=_DAY)
    world.make(Invoice, owner, **money, invoiced_on=_DAY, due_on=_DAY)
    world.make(Payment, owner, **money, paid_on=_DAY)
    _order(world, owner, money)
    duty = world.make(ReportDuty, owner, dealer=dealer, kind=ReportDuty.Kind.STOCK, due_days=5, starts_on=_DAY)
    world.make(ReportDue, owner, dealer=dealer, duty=duty, kind=duty.kind, month=_DAY.replace(day=1),
        due_on=_DAY.replace(month=2, day=5),
    )  # fmt: skip
    MonthTotal(
        dealer=dealer, level=moved.level, month=_DAY.replace(day=1), currency="EUR", quantity=moved.quantity,
        amount_e4=int(moved.amount * 10_000), entries=1,
    ).save()  # fmt: skip


def _order(world: World, owner: str, money: dict[str, Any]) -> None:
    """On its way; an order comes by its source and number, not by a row."""
    given: Any = {name: value for name, value in money.items() if name != "row"}
    world.make(Order, owner, **given, state=Order.State.SHIPPED, ordered_on=_DAY, promised_on=_DAY, shipped_on=_DAY)
