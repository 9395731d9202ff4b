"""Where money for a dealer goes. One person proposes an account, another one approves it; then it replaces the old.

Order of locks: the approval, then the dealer, then the account.
"""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core import access, reasons
from core.errors import Refused, refuse_unsound
from dealers import events
from dealers.models import Approval, BankAccount, Dealer, User
from dealers.rights import require
from dealers.services import approvals

KIND = "bank_account"
Status = BankAccount.Status


@transaction.atomic
def propose(dealer: Dealer, *, by: User, reason: str, **fields: Any) -> BankAccount:
    """Ask to have money sent to this account. Refused when nobody but the proposer could approve it."""
    require(by, "dealers.add_bankaccount")
    reason = reasons.sentence(reason)
    dealer = access.lock(dealer)
    _refuse_second_proposal(dealer, fields["currency"])
    account = BankAccount(dealer=dealer, **fields)
    refuse_unsound(account)
    account.save()
    events.record("bank_account.proposed", account, by=by, reason=reason)
    approvals.request(account, kind=KIND, dealer=dealer, by=by, reason=reason)
    return account


@transaction.atomic
def correct(account: BankAccount, *, by: User, reason: str, **fields: Any) -> BankAccount:
    """Submit a proposal again that was sent back, with its corrections."""
    require(by, "dealers.add_bankaccount")
    reason = reasons.sentence(reason)
    dealer = access.lock(account.dealer)
    account = access.lock(account)
    if account.status != Status.PROPOSED:
        raise Refused(_("This account is no longer waiting for approval: propose a new one."))
    for name, value in fields.items():
        setattr(account, name, value)
    refuse_unsound(account)
    account.save(update_fields=list(fields))
    events.record("bank_account.corrected", account, by=by, reason=reason)
    approvals.request(account, kind=KIND, dealer=dealer, by=by, reason=reason)  # refuses while one is waiting
    return account


@transaction.atomic
def put_in_use(account: BankAccount, *, by: User) -> BankAccount:
    """What follows from the approval: this account counts, the one in use for the same currency no longer does."""
    dealer = access.lock(account.dealer)
    account = access.lock(account)
    before = access.rows_of(BankAccount).filter(dealer=dealer, currency=account.currency, status=Status.IN_USE)
    before.update(status=Status.REPLACED)
    account.status = Status.IN_USE
    account.save(update_fields=["status"])
    events.record("bank_account.in_use", account, by=by)
    return account


@transaction.atomic
def turn_down(account: BankAccount, *, by: User) -> BankAccount:
    """What follows when the proposal is not approved or withdrawn; the decision has its own event."""
    account = access.lock(account)
    account.status = Status.TURNED_DOWN
    account.save(update_fields=["status"])
    return account


def is_sent_back(account: BankAccount, latest: Approval | None) -> bool:
    """Whether the proposer's correction is what the account waits for."""
    return account.status == Status.PROPOSED and latest is not None and latest.outcome == Approval.Outcome.SENT_BACK


def _refuse_second_proposal(dealer: Dealer, currency: str) -> None:
    if access.rows_of(BankAccount).filter(dealer=dealer, currency=currency, status=Status.PROPOSED).exists():
        raise Refused(
            _("Another account in %(currency)s is already proposed. Have it decided or withdrawn first.")
            % {"currency": currency}
        )
