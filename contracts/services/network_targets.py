"""Targets for the whole network at once: proposed and agreed set-wise, however many dealers there are."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from contracts.models import Contract, Target, TargetMonth
from contracts.models.contract import HELD
from contracts.seasons import GROWTH, grown, months_between, spread
from core import access, reasons
from core.database.context import acting
from core.database.locks import hold
from core.database.roles import Role
from core.periods import Period
from dealers import events
from dealers.models import User
from dealers.rights import require
from ledger.models import Level, MonthTotal
from ledger.receivables import E4

Status = Target.Status


@transaction.atomic
def propose_for_all(*, year: Period, by: User, growth: Decimal = GROWTH) -> int:
    """Propose the year's target, in money and for every line, to each dealer in reach with a contract and none yet.

    Also where the contract has ended since: a network that is taken over brings its past.

    A dealer without sell-in in the year before gets no proposal: there is nothing to begin from. How many there are.
    """
    require(by, "contracts.add_target")
    hold(f"targets {year.key}")
    with acting(Role.JOBS, user_id=by.pk):
        made: list[Target] = []
        months: list[TargetMonth] = []
        contracts = list(_without_target(year, by))
        before = _year_before(year, contracts)
        for contract in contracts:
            target = _proposal(contract, year, before.get(contract.dealer_id, {}), growth, by)
            if target is not None:
                made.append(target)
        Target.objects.bulk_create(made, batch_size=1000)
        for target in made:
            months += _months(target, before[target.dealer_id])
        TargetMonth.objects.bulk_create(months, batch_size=5000)
        _tell("target.proposed", made, by)
    return len(made)


@transaction.atomic
def agree_for_all(*, year: Period, by: User, reason: str) -> int:
    """Note that the proposals of a year are agreed, with the reason why we know. How many there were."""
    require(by, "contracts.change_target")
    reason = reasons.sentence(reason)
    hold(f"targets {year.key}")
    with acting(Role.JOBS, user_id=by.pk):
        proposed = access.rows_of(Target).filter(
            status=Status.PROPOSED, starts_on__lte=year.end, ends_on__gte=year.start,
            contract__in=_in_reach(by).filter(status__in=HELD),
        )  # fmt: skip
        targets = list(proposed.select_for_update(no_key=True, of=("self",)).select_related("contract"))
        proposed.update(status=Status.AGREED, agreed_by_id=by.pk, agreed_on=timezone.localdate())
        _tell("target.agreed", targets, by)
    return len(targets)


def _in_reach(by: User) -> QuerySet[Contract]:
    """Contracts with the dealers whom the person looks after; the system looks after all."""
    return access.rows_of(Contract) if by.kind == User.Kind.SYSTEM else Contract.objects.visible_to(by)


def _without_target(year: Period, by: User) -> Iterable[Contract]:
    there = access.rows_of(Target).filter(
        dealer=OuterRef("dealer"), line=None, starts_on__lte=year.end, ends_on__gte=year.start
    )
    running = _in_reach(by).filter(status__in=HELD, starts_on__lte=year.end, ends_on__gte=year.start)
    running = running.filter(amended_on__isnull=True).select_related("amends")  # of an agreement, its last text
    return running.filter(~Exists(there.exclude(status=Status.WITHDRAWN))).order_by("dealer_id", "-starts_on")


def _year_before(year: Period, contracts: list[Contract]) -> dict[int, dict[date, Decimal]]:
    """Sell-in of the months of the year before, by dealer, in the currency of his contract."""
    currencies = {contract.dealer_id: contract.currency for contract in contracts}
    before = year.year_before
    totals = access.rows_of(MonthTotal).filter(
        dealer__in=list(currencies), level=Level.MAKER_TO_DEALER, month__range=(before.start, before.end)
    )
    found: dict[int, dict[date, Decimal]] = {}
    for dealer, month, currency, e4 in totals.values_list("dealer_id", "month", "currency", "amount_e4"):
        if currency == currencies[dealer]:
            found.setdefault(dealer, {})[month] = Decimal(e4) / E4
    return found


def _proposal(
    contract: Contract, year: Period, before: dict[date, Decimal], growth: Decimal, by: User
) -> Target | None:
    agreed_from = (contract.amends or contract).starts_on
    start, end = max(agreed_from, year.start), min(contract.ends_on, year.end)
    basis = sum(before.values(), Decimal(0))
    if grown(basis, growth) <= 0:
        return None
    return Target(
        dealer_id=contract.dealer_id, contract=contract, starts_on=start, ends_on=end, total=grown(basis, growth),
        currency=contract.currency, basis=basis, growth=growth, proposed_by_id=by.pk,
    )  # fmt: skip


def _months(target: Target, before: dict[date, Decimal]) -> Iterable[TargetMonth]:
    months = months_between(target.starts_on, target.ends_on)
    shares = spread(target.total, months, before, target.currency)
    for month, value in zip(months, shares, strict=True):
        yield TargetMonth(dealer_id=target.dealer_id, target=target, month=month, value=value)


def _tell(kind: str, targets: Iterable[Target], by: User) -> None:
    events.record_for_dealers(kind, targets, by=by, data=lambda one: one.told, label=lambda one: one.contract.number)
