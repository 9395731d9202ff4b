"""Amending a contract: another text of the same agreement, which takes the place of the one before on its first day.

An amendment is a contract of its own that names the first text: it is reviewed, offered, signed and filed by the same
verbs. It holds the whole text as it shall read, so nobody has to put two papers together to know what counts.
"""

from collections.abc import Iterable
from datetime import date, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from contracts import rhythms
from contracts.models import (
    Contract,
    Grant,
    GrantException,
    GrantTerminal,
    PriceLimit,
    RebateTerm,
    RebateTier,
    ReviewRhythm,
    Target,
    TargetMonth,
)
from contracts.models.contract import HELD, same_agreement
from contracts.services import grants
from contracts.services.drafts import NotNow, words_of
from contracts.services.steps import write
from core import access, formatting
from core.errors import Refused, refuse_unsound
from dealers import events
from dealers.models import User
from dealers.rights import require

Status = Contract.Status
ON_THE_WAY = (Status.DRAFT, Status.IN_REVIEW, Status.OFFERED, Status.SIGNED_BY_DEALER)
KEPT = (
    "company_id", "notice_days", "prolongs", "jurisdiction", "currency", "payment_days", "credit_limit",
    "credit_counts_orders", "minimum_purchase", "special_terms",
)  # fmt: skip


@transaction.atomic
def draft(contract: Contract, *, by: User, starts_on: date) -> Contract:
    """Begin an amendment: a copy of the text that counts, to be changed. One at a time."""
    require(by, "contracts.add_contract")
    access.lock(contract.dealer)
    before = _last_filed(contract)
    if before is None or before.status != Status.ACTIVE:
        raise NotNow(_("%(number)s is %(status)s: only a contract in force is amended.") % words_of(before or contract))
    texts = _texts(before)
    if open_one := texts.filter(status__in=ON_THE_WAY, amends__isnull=False).first():
        raise Refused(
            _("The amendment %(number)s is on its way. Finish it or withdraw it first.") % {"number": open_one}
        )
    first = texts[0]
    made = Contract(
        dealer_id=before.dealer_id, amends=first, number=_number(first), starts_on=starts_on, ends_on=before.ends_on,
        **{name: getattr(before, name) for name in KEPT},
    )  # fmt: skip
    refuse_wrong_begin(made, before)
    refuse_unsound(made)
    made.save()
    _copy_grants(before, made)
    _copy_prices(before, made)
    _copy_rebates(before, made)
    _copy_rhythms(before, made)
    events.record("amendment.drafted", made, by=by, data={"contract": first.number})
    return made


def text_before(contract: Contract, texts: Iterable[Contract] | None = None) -> Contract | None:
    """The text that an amendment takes the place of; None for a contract that amends nothing.

    `texts`: those of its agreement in their order, where they have been read already.
    """
    if contract.amends_id is None:
        return None
    filed = [
        one
        for one in (_texts(contract) if texts is None else texts)
        if one.status in HELD and one.starts_on < contract.starts_on and one.pk != contract.pk
    ]
    return filed[-1] if filed else None


def refuse_wrong_begin(contract: Contract, before: Contract) -> None:
    """An amendment begins with a month, inside the time of the text that it takes the place of."""
    if contract.starts_on.day != 1:
        raise Refused(_("An amendment counts from the first day of a month."))
    if not before.starts_on < contract.starts_on <= before.ends_on:
        raise Refused(
            _("%(number)s runs from %(start)s to %(end)s: the amendment begins after its first day and until its last.")
            % {"number": before, "start": formatting.day(before.starts_on), "end": formatting.day(before.ends_on)}
        )


def hold_text_before(contract: Contract) -> Contract | None:
    """For filing an amendment: the text before, locked and still to be amended; None where nothing is amended."""
    if contract.amends_id is None:
        return None
    last = _last_filed(contract)
    if last is None or last.status != Status.ACTIVE:
        raise NotNow(
            _("%(number)s is %(status)s by now. Withdraw this amendment: there is nothing left to amend.")
            % words_of(last or contract)
        )
    refuse_wrong_begin(contract, last)
    return last


def give_way(before: Contract, contract: Contract) -> None:
    """The text before ends the day before the amendment begins, with its grants and with the targets that change."""
    write(before, ends_on=contract.starts_on - timedelta(days=1), amended_on=contract.starts_on)
    grants.keep_within_term(before)
    new = access.rows_of(Target).filter(contract=contract, status=Target.Status.PROPOSED)
    for target in new:
        _cut_targets(target)


def _texts(contract: Contract) -> QuerySet[Contract]:
    """The texts of its agreement, in the order in which they count."""
    return access.rows_of(Contract).filter(same_agreement(contract)).order_by("starts_on", "pk")


def _last_filed(contract: Contract) -> Contract | None:
    """The last text of the agreement that both sides signed and that is on file, locked."""
    filed = _texts(contract).filter(status__in=HELD)
    last = filed.last()
    return access.lock(last) if last is not None else None


def _number(first: Contract) -> str:
    taken = set(access.rows_of(Contract).filter(amends=first).values_list("number", flat=True))
    count = len(taken) + 1
    while (number := f"{first.number}-A{count}") in taken:
        count += 1
    return number


# ---- what is copied --------------------------------------------------------------------------
def _copy_grants(before: Contract, made: Contract) -> None:
    copies = []
    running = access.rows_of(Grant).filter(contract=before, ends_on__gte=made.starts_on)
    for one in running.prefetch_related("exceptions", "terminals"):
        copy = Grant.objects.create(
            dealer_id=made.dealer_id, contract=made, territory_id=one.territory_id, line_id=one.line_id,
            exclusivity=one.exclusivity, starts_on=max(one.starts_on, made.starts_on), ends_on=one.ends_on,
        )  # fmt: skip
        GrantException.objects.bulk_create(
            GrantException(dealer_id=made.dealer_id, grant=copy, territory_id=each.territory_id)
            for each in one.exceptions.all()
        )
        GrantTerminal.objects.bulk_create(
            GrantTerminal(dealer_id=made.dealer_id, grant=copy, terminal_id=each.terminal_id)
            for each in one.terminals.all()
        )
        copies.append(copy)
    grants.place(copies)


def _copy_prices(before: Contract, made: Contract) -> None:
    for one in access.rows_of(PriceLimit).filter(contract=before):
        if one.ends_on is None or one.ends_on >= made.starts_on:
            PriceLimit.objects.create(
                dealer_id=made.dealer_id, contract=made, tool=one.tool, product_id=one.product_id, line_id=one.line_id,
                price=one.price, currency=one.currency, starts_on=max(one.starts_on, made.starts_on),
                ends_on=one.ends_on,
            )  # fmt: skip


def _copy_rebates(before: Contract, made: Contract) -> None:
    """What was bought in a period that has begun counts on, as long as the rebate stays what it was."""
    for one in access.rows_of(RebateTerm).filter(contract=before).select_related("contract").prefetch_related("tiers"):
        copy = RebateTerm.objects.create(
            dealer_id=made.dealer_id, contract=made, name=one.name, line_id=one.line_id, period=one.period,
            method=one.method, currency=one.currency, cap=one.cap, payout=one.payout, example=one.example,
            counts_from=one.first_day,
        )  # fmt: skip
        RebateTier.objects.bulk_create(
            RebateTier(dealer_id=made.dealer_id, term=copy, threshold=tier.threshold, rate=tier.rate)
            for tier in one.tiers.all()
        )


def _copy_rhythms(before: Contract, made: Contract) -> None:
    """With the month they follow from: it was that of the first day, and the amendment has another first day."""
    for one in access.rows_of(ReviewRhythm).filter(contract=before).select_related("contract"):
        ReviewRhythm.objects.create(
            dealer_id=made.dealer_id, contract=made, level=one.level, every=one.every, mode=one.mode,
            month=rhythms.first_month(one), day=one.day, weekday=one.weekday, at=one.at,
        )  # fmt: skip


def _cut_targets(target: Target) -> None:
    """What was agreed for the same measure and line until now holds up to the day before; its later months go."""
    agreed = access.rows_of(Target).filter(
        dealer_id=target.dealer_id, measure=target.measure, line=target.line_id, status=Target.Status.AGREED,
        starts_on__lte=target.ends_on, ends_on__gte=target.starts_on,
    )  # fmt: skip
    for one in agreed.select_for_update(no_key=True):
        kept = list(one.months.filter(month__lt=target.starts_on))
        total = sum(month.value for month in kept)
        if not total:
            one.status = Target.Status.WITHDRAWN
            one.save(update_fields=["status"])
            continue
        access.rows_of(TargetMonth).filter(target=one, month__gte=target.starts_on).delete()
        one.total, one.ends_on = total, target.starts_on - timedelta(days=1)
        one.save(update_fields=["total", "ends_on"])
