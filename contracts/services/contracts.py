"""A contract on its way: drafted, reviewed, offered, signed, filed, and one day over. Nothing else writes its status.

Order of locks: the approval, then the dealer, then the contract.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from contracts.models import Contract, Grant, Target
from contracts.services import amendments, certificates, grants, papers, targets
from contracts.services.drafts import NotNow, open_draft
from contracts.services.steps import held_in, write
from core import access, formatting, reasons
from core.errors import Refused, Stale, refuse_unsound
from dealers import events
from dealers.models import Dealer, User
from dealers.rights import require
from dealers.services import approvals, people

KIND = "contract"
Status = Contract.Status


class StaleContract(Stale):
    """Somebody saved the contract in between; `contract` is how it stands now."""

    def __init__(self, contract: Contract) -> None:
        super().__init__(_("Somebody else changed this contract while you were editing it."))
        self.contract = contract


# ---- drafting --------------------------------------------------------------------------------
@transaction.atomic
def draft(dealer: Dealer, *, by: User, **fields: Any) -> Contract:
    """Begin a contract. The dealer knows nothing of it before it is offered."""
    require(by, "contracts.add_contract")
    dealer = access.lock(dealer)
    if dealer.is_archived() or dealer.status == Dealer.Status.ENDED:
        raise Refused(_("%(dealer)s is no longer a dealer; take the file back first.") % {"dealer": dealer})
    contract = Contract(dealer=dealer, number=fields.pop("number", "") or next_number(dealer), **fields)
    refuse_unsound(contract)
    contract.save()
    events.record("contract.drafted", contract, by=by)
    return contract


def next_number(dealer: Dealer) -> str:
    """The dealer's code and the next number of his own: a series over all dealers would tell him how many there are."""
    rows = access.rows_of(Contract).filter(dealer=dealer).values_list("number", "amends")
    taken = {number for number, _amends in rows}
    count = sum(amends is None for _number, amends in rows) + 1
    while (number := f"{dealer.code}-{count:02}") in taken:
        count += 1
    return number


@transaction.atomic
def change(contract: Contract, *, by: User, version: int, changes: Mapping[str, Any]) -> Contract:
    """Write what changed in a draft since `version`; an outdated version raises `StaleContract`."""
    contract = open_draft(contract, by=by)
    if contract.version != version:
        raise StaleContract(contract)
    changed = [name for name, value in changes.items() if getattr(contract, name) != value]
    if not changed:
        return contract
    before = (contract.starts_on, contract.ends_on)
    for name in changed:
        setattr(contract, name, changes[name])
    _refuse_wrong_begin(contract)
    refuse_unsound(contract)
    contract.version += 1
    contract.save(update_fields=[*changed, "version"])
    grants.follow_term(contract, before)
    targets.follow_term(contract, before)
    grants.keep_within_term(contract)
    events.record("contract.changed", contract, by=by, data={"fields": sorted(changed)})
    return contract


def _refuse_wrong_begin(contract: Contract) -> None:
    if (before := amendments.text_before(contract)) is not None:
        amendments.refuse_wrong_begin(contract, before)
    elif contract.is_amendment():
        raise Refused(_("An amendment begins after the first day of the contract that it amends."))


@transaction.atomic
def submit(contract: Contract, *, by: User, reason: str) -> Contract:
    """Ask for review: the wording by legal, then the deal by the head of sales."""
    require(by, "contracts.submit_contract")
    reason = reasons.sentence(reason)
    dealer = access.lock(contract.dealer)
    contract = held_in(contract, Status.DRAFT)
    if not access.rows_of(Grant).filter(contract=contract).exists():
        raise Refused(_("A contract grants something: add a territory or terminals before it is reviewed."))
    _refuse_wrong_begin(contract)
    write(contract, status=Status.IN_REVIEW, submitted_by_id=by.pk)
    events.record("contract.submitted", contract, by=by, reason=reason)
    approvals.request(contract, kind=KIND, dealer=dealer, by=by, reason=reason)
    return contract


# ---- what follows from the review ------------------------------------------------------------
@transaction.atomic
def offer(contract: Contract, *, by: User) -> Contract:
    """What follows from the last approval: the text is kept as it is now, and the dealer may read and sign it."""
    contract = held_in(contract, Status.IN_REVIEW)
    write(contract, status=Status.OFFERED, offered_at=timezone.now())
    papers.issue(contract, by=by)
    events.record("contract.offered", contract, by=by, notify=people.executives(contract.dealer))
    return contract


@transaction.atomic
def take_back(contract: Contract, *, by: User, reason: str) -> Contract:
    """Change what was offered: it is a draft again, which the dealer does not see; the next offer is a new edition."""
    require(by, "contracts.change_contract")
    reason = reasons.sentence(reason)
    contract = held_in(contract, Status.OFFERED)
    write(contract, status=Status.DRAFT, offered_at=None)
    events.record("contract.taken_back", contract, by=by, reason=reason, notify=people.executives(contract.dealer))
    return contract


@transaction.atomic
def send_back(contract: Contract, *, by: User) -> Contract:
    """What follows when the review asks for corrections, or says no; the decision has its own event."""
    contract = held_in(contract, Status.IN_REVIEW)
    write(contract, status=Status.DRAFT)
    events.record("contract.back_to_draft", contract, by=by)
    return contract


# ---- filing ----------------------------------------------------------------------------------
@transaction.atomic
def file(contract: Contract, *, by: User, number: str, place: str) -> Contract:
    """Put the signed contract on file: from now on it is in force, with its grants, targets and its certificate."""
    require(by, "contracts.file_contract")
    if not number.strip() or not place.strip():
        raise Refused(_("Filing needs the filing number and where the signed paper lies."))
    dealer = access.lock(contract.dealer)
    contract = held_in(contract, Status.SIGNED_BY_DEALER)
    if not contract.is_signed_by_both():
        raise NotNow(_("The dealer has signed, and nobody for us yet. Have it countersigned, then file it."))
    before = amendments.hold_text_before(contract)
    with grants.refusing_in_words(contract, by=by):
        if before is not None:
            amendments.give_way(before, contract)
        write(
            contract, status=Status.ACTIVE, filing_number=number.strip(), filing_place=place.strip(),
            filed_on=timezone.localdate(),
        )  # fmt: skip
    _agree_targets(contract, by)
    if dealer.status == Dealer.Status.CANDIDATE:
        dealer.status = Dealer.Status.ACTIVE
        dealer.version += 1
        dealer.save(update_fields=["status", "version"])
    told = [*people.executives(dealer), *(one for one in [dealer.manager] if one is not None and one.pk != by.pk)]
    kind = "contract.filed" if before is None else "amendment.filed"
    data = {} if before is None else {"contract": before.number, "day": f"{contract.starts_on}"}
    events.record(kind, contract, by=by, data=data, notify=told)
    certificates.issue(contract, by=by)
    return contract


def _agree_targets(contract: Contract, by: User) -> None:
    """The targets that were signed with the contract."""
    proposed = access.rows_of(Target).filter(contract=contract, status=Target.Status.PROPOSED)
    proposed.update(status=Target.Status.AGREED, agreed_by_id=by.pk, agreed_on=contract.signed_on)


# ---- giving up and parting -------------------------------------------------------------------
@transaction.atomic
def withdraw(contract: Contract, *, by: User, reason: str) -> Contract:
    """Take back what is not in force yet."""
    require(by, "contracts.change_contract")
    reason = reasons.sentence(reason)
    contract = held_in(contract, Status.DRAFT, Status.OFFERED, Status.SIGNED_BY_DEALER)
    was_offered = contract.offered_at is not None
    write(contract, status=Status.WITHDRAWN)
    access.rows_of(Target).filter(contract=contract, status=Target.Status.PROPOSED).update(
        status=Target.Status.WITHDRAWN
    )
    kind = "contract.withdrawn" if was_offered else "contract.dropped"
    told = people.executives(contract.dealer) if was_offered else ()
    events.record(kind, contract, by=by, reason=reason, notify=told)
    return contract


@transaction.atomic
def give_notice(contract: Contract, *, by: User, side: str, on: date, ends_on: date, reason: str) -> Contract:
    """Note that one side ends the contract, on a day that keeps the notice period. Grants end with it."""
    require(by, "contracts.end_contract")
    reason = reasons.sentence(reason)
    contract = held_in(contract, Status.ACTIVE)
    if contract.amended_on is not None:
        raise NotNow(
            _("This text is amended from %(day)s. Give notice of the amendment, which holds from then on.")
            % {"day": formatting.day(contract.amended_on)}
        )
    if on > timezone.localdate():
        raise Refused(_("A notice cannot be dated in the future."))
    earliest = on + timedelta(days=contract.notice_days)
    if ends_on < earliest:
        raise Refused(
            _("The notice period is %(days)d days: the contract ends on %(day)s at the earliest.")
            % {"days": contract.notice_days, "day": formatting.day(earliest)}
        )
    if ends_on > contract.ends_on:
        raise Refused(_("The contract ends on %(day)s anyway.") % {"day": formatting.day(contract.ends_on)})
    if ends_on < contract.starts_on:
        raise Refused(
            _("The contract begins on %(day)s: it cannot end before that.")
            % {"day": formatting.day(contract.starts_on)}
        )
    write(contract, status=Status.IN_NOTICE, notice_by=side, notice_on=on, notice_reason=reason, ends_on=ends_on)
    grants.keep_within_term(contract)
    events.record("contract.notice", contract, by=by, reason=reason, notify=people.executives(contract.dealer))
    return contract


@transaction.atomic
def run_out(*, on: date, by: User) -> tuple[int, int]:
    """What is over on the day: contracts that go on by themselves get another year, the others end.

    Returns how many ended and how many went on.
    """
    over = access.rows_of(Contract).filter(status__in=[Status.ACTIVE, Status.IN_NOTICE], ends_on__lt=on)
    ended = prolonged = 0
    for contract in over.select_for_update(no_key=True, of=("self",)).order_by("dealer_id", "pk"):
        if contract.amended_on is not None:  # another text of the same agreement goes on
            write(contract, status=Status.ENDED)
            events.record("amendment.begun", contract, by=by)
            ended += 1
        elif contract.prolongs and contract.status == Status.ACTIVE and _prolong(contract, by):
            prolonged += 1
        else:
            write(contract, status=Status.ENDED)
            events.record("contract.ended", contract, by=by, notify=people.executives(contract.dealer))
            ended += 1
    return ended, prolonged


def _prolong(contract: Contract, by: User) -> bool:
    """Another year, unless a new contract or somebody else's grant stands against it."""
    before = contract.ends_on
    try:
        with transaction.atomic():
            write(contract, ends_on=_year_later(before))
            access.rows_of(Grant).filter(contract=contract, ends_on=before).update(ends_on=contract.ends_on)
    except IntegrityError:
        contract.ends_on = before
        return False
    events.record("contract.prolonged", contract, by=by, notify=people.executives(contract.dealer))
    return True


def _year_later(day: date) -> date:
    try:
        return day.replace(year=day.year + 1)
    except ValueError:  # 29 February
        return day.replace(year=day.year + 1, day=28)
