"""Decisions about dealers themselves."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from dealers.approvals import ApprovalKind, Fact, Step, define
from dealers.history import label_of
from dealers.models import BankAccount, User
from dealers.services import bank_accounts

_FIELDS = ("holder", "bank", "number", "swift", "currency")


class BankAccountKind(ApprovalKind):
    """A new account for money to a dealer: whoever pays compares it with the one in use."""

    code = bank_accounts.KIND
    title = _("Bank account")
    model = BankAccount
    steps = (Step(_("Finance approves the account"), "dealers.approve_bankaccount", working_days=2),)
    icon = "building-bank"

    def approved(self, subject: Any, *, by: User) -> None:
        bank_accounts.put_in_use(subject, by=by)

    def rejected(self, subject: Any, *, by: User) -> None:
        bank_accounts.turn_down(subject, by=by)

    def withdrawn(self, subject: Any, *, by: User) -> None:
        bank_accounts.turn_down(subject, by=by)

    def asks_again(self, user: User) -> bool:
        return user.has_perm("dealers.view_bankaccount") or user.has_perm("dealers.approve_bankaccount")

    def facts(self, subject: Any, user: User) -> Sequence[Fact]:
        if not user.has_perm("dealers.view_bankaccount"):
            return ()
        in_use = BankAccount.objects.visible_to(user).filter(
            dealer=subject.dealer_id, currency=subject.currency, status=BankAccount.Status.IN_USE
        )
        before = in_use.exclude(pk=subject.pk).first()
        proposed = [(label_of(BankAccount, name), getattr(subject, name)) for name in _FIELDS]
        return [*proposed, (_("In use until now"), f"{before.bank}, {before.number}" if before else "")]


define(BankAccountKind())
