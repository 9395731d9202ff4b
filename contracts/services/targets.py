"""Proposing targets from last year's facts, spreading them over the months, agreeing to them.

The house rule: last year's sell-in and 30% on top, by last year's season. A dealer without sell-in in the year before
is in his first year: his target is agreed, but not assessed.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from contracts import facts
from contracts.models import Contract, Target, TargetMonth
from contracts.seasons import GROWTH, grown, months_between, spread
from contracts.services.drafts import NotNow
from core import access, reasons
from core.errors import Refused, refuse_unsound
from core.periods import Length, Period, months_later
from dealers import events
from dealers.models import ProductLine, User
from dealers.rights import require

Status, Measure = Target.Status, Target.Measure
OPEN = (Contract.Status.DRAFT, Contract.Status.ACTIVE)


@transaction.atomic
def propose(
    contract: Contract,
    *,
    by: User,
    year: Period,
    total: Decimal | None = None,
    line: ProductLine | None = None,
    growth: Decimal = GROWTH,
    note: str = "",
) -> Target:
    """Propose the target of one fiscal year, as far as the contract runs in it.

    Without a `total` it is last year's sell-in with `growth` on top. Refused where there is nothing to begin from.
    """
    require(by, "contracts.add_target")
    contract = _open(contract)
    start, end = _within(contract, year)
    before = facts.sell_in_by_month(contract, months_later(start, -12), _year_earlier(end), line=line)
    basis = sum(before.values(), Decimal(0))
    if total is None:
        if basis <= 0:
            raise Refused(_("There is no sell-in in the year before to begin from. Enter a target."))
        total = grown(basis, growth)
    target = Target(
        dealer_id=contract.dealer_id, contract=contract, line=line, starts_on=start, ends_on=end, total=total,
        currency=contract.currency, basis=basis, growth=growth if basis > 0 else None, is_assessed=basis > 0,
        note=note, proposed_by_id=by.pk,
    )  # fmt: skip
    refuse_unsound(target)
    target.save()
    _write_months(target, spread(total, months_between(start, end), before, contract.currency))
    kind = "target.proposed" if contract.offered_at else "target.proposed_in_draft"
    events.record(kind, target, by=by, data=target.told, label=contract.number)
    return target


@transaction.atomic
def propose_first_year(contract: Contract, *, by: User, total: Decimal, note: str = "") -> Target:
    """Propose the goal of a dealer's first year, over the whole term of his first contract: agreed, not assessed."""
    require(by, "contracts.add_target")
    contract = _open(contract)
    target = Target(
        dealer_id=contract.dealer_id, contract=contract, starts_on=contract.starts_on, ends_on=contract.ends_on,
        total=total, currency=contract.currency, is_assessed=False, note=note, proposed_by_id=by.pk,
    )  # fmt: skip
    refuse_unsound(target)
    target.save()
    _write_months(target, spread(total, months_between(target.starts_on, target.ends_on), {}, contract.currency))
    events.record("target.proposed_in_draft", target, by=by, data=target.told, label=contract.number)
    return target


def follow_term(contract: Contract, before: tuple[date, date]) -> None:
    """A proposal for the whole of the draft's term as it was before is one for the whole of it now, spread anew."""
    whole = access.rows_of(Target).filter(contract=contract, status=Status.PROPOSED)
    for target in whole.filter(starts_on=before[0], ends_on=before[1], basis__isnull=True):
        target.starts_on, target.ends_on = contract.starts_on, contract.ends_on
        target.save(update_fields=["starts_on", "ends_on"])
        target.months.all().delete()
        _write_months(
            target, spread(target.total, months_between(target.starts_on, target.ends_on), {}, target.currency)
        )


@transaction.atomic
def distribute(target: Target, values: Sequence[Decimal], *, seen: Sequence[Decimal], by: User) -> Target:
    """Spread a proposed target over its months by hand. The months add up to the total.

    `seen` is what stood there before; where somebody else has spread it since, nothing is written.
    """
    require(by, "contracts.change_target")
    target = _proposed(target)
    if list(target.months.order_by("month").values_list("value", flat=True)) != list(seen):
        raise Refused(_("Somebody else spread this target in the meantime. Look at its months as they are now first."))
    months = months_between(target.starts_on, target.ends_on)
    if len(values) != len(months):
        raise Refused(_("Enter a value for each of the %(count)d months.") % {"count": len(months)})
    if any(value < 0 for value in values):
        raise Refused(_("A month's target cannot be negative."))
    difference = target.total - sum(values, Decimal(0))
    if difference:
        raise Refused(
            _("The months add up to %(sum)s, the target is %(total)s: %(difference)s to go.")
            % {"sum": target.total - difference, "total": target.total, "difference": difference}
        )
    target.months.all().delete()
    _write_months(target, list(values))
    events.record("target.spread", target, by=by, data=target.told, label=target.contract.number)
    return target


@transaction.atomic
def agree(target: Target, *, by: User, reason: str = "") -> Target:
    """Agree to a target: by the dealer's executive himself, or noted by our people with the reason why they know.

    From now on it counts. A target of a draft is agreed with the contract.
    """
    dealer = access.lock(target.dealer) if not by.is_dealers else target.dealer
    target = _proposed(target)
    if by.is_dealers:
        require(by, "contracts.agree_target")
    else:
        require(by, "contracts.change_target")
        reason = reasons.sentence(reason)
    if target.contract.status not in {Contract.Status.ACTIVE, Contract.Status.IN_NOTICE}:
        raise NotNow(_("This target belongs to a contract that is not in force; it is agreed with the contract."))
    target.status, target.agreed_by_id, target.agreed_on = Status.AGREED, by.pk, timezone.localdate()
    try:
        with transaction.atomic():
            target.save(update_fields=["status", "agreed_by", "agreed_on"])
    except IntegrityError as fault:
        raise Refused(_("Another target for the same time and line is agreed already.")) from fault
    told = [target.proposed_by] if by.is_dealers else []
    events.record(
        "target.agreed", target, by=by, dealer=dealer, reason=reason, data=target.told,
        label=target.contract.number, notify=told,
    )  # fmt: skip
    return target


@transaction.atomic
def withdraw(target: Target, *, by: User, reason: str) -> Target:
    """Take back a proposal."""
    require(by, "contracts.change_target")
    reason = reasons.sentence(reason)
    target = _proposed(target)
    target.status = Status.WITHDRAWN
    target.save(update_fields=["status"])
    events.record("target.withdrawn", target, by=by, reason=reason, data=target.told, label=target.contract.number)
    return target


def _open(contract: Contract) -> Contract:
    contract = access.lock(contract)
    if contract.status not in OPEN:
        raise NotNow(_("Targets are proposed in a draft, or for a contract in force."))
    return contract


def _proposed(target: Target) -> Target:
    target = access.lock(target)
    if target.status != Status.PROPOSED:
        raise NotNow(_("This target is %(status)s already.") % {"status": target.get_status_display()})
    return target


def _within(contract: Contract, year: Period) -> tuple[date, date]:
    start, end = max(contract.starts_on, year.start), min(contract.ends_on, year.end)
    if start > end:
        raise Refused(_("The contract does not run in %(year)s.") % {"year": year})
    return start, end


def _year_earlier(end: date) -> date:
    """The last day of the same month a year before, where `end` ends its month; else the same day."""
    following = end + timedelta(days=1)
    if following.day == 1:
        return months_later(following, -12) - timedelta(days=1)
    return Period.of(end, Length.MONTH).year_before.start.replace(day=min(end.day, 28))


def _write_months(target: Target, values: Sequence[Decimal]) -> None:
    months = months_between(target.starts_on, target.ends_on)
    TargetMonth.objects.bulk_create(
        TargetMonth(dealer_id=target.dealer_id, target=target, month=month, value=value)
        for month, value in zip(months, values, strict=True)
    )
