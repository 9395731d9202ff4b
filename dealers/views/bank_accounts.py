"""Bank accounts of a dealer: what is in use, what is proposed, and how each was decided.

Whoever looks at full numbers or proposes an account proves again who asks: money goes where they say.
"""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from core.doors import Audience, door
from dealers import step_up
from dealers.forms.bank_accounts import BankAccountForm
from dealers.models import Approval, BankAccount, Dealer
from dealers.requests import PortalRequest
from dealers.services import bank_accounts
from dealers.views.frame import BOTH, file_page, find_dealer, fulfil, status_of


@door(Audience.PORTAL, "dealers.dealer", permission="dealers.view_bankaccount")
def account_list(request: PortalRequest, public_id: str) -> HttpResponse:
    """Numbers by their last four digits; in full for whoever has just confirmed who he is."""
    dealer = find_dealer(request, public_id)
    is_full = request.GET.get("numbers") == "full"
    if is_full and (asked := step_up.before_showing(request)):
        return asked
    may_add = request.user.has_perm("dealers.add_bankaccount") and not dealer.is_archived()
    context = {"accounts": _with_decisions(request, dealer), "may_add": may_add, "is_full": is_full}
    return file_page(request, dealer, "bank", "dealers/bank_accounts.html", **context)


def _with_decisions(request: PortalRequest, dealer: Dealer) -> list[tuple[BankAccount, Approval | None, bool]]:
    """Each account with its latest decision, and whether it waits for a correction."""
    decisions = Approval.objects.visible_to(request.user).filter(dealer=dealer, subject_type="dealers.bankaccount")
    latest = {one.subject_id: one for one in decisions.select_related("decided_by", "submitted_by").order_by("pk")}
    accounts = BankAccount.objects.visible_to(request.user).filter(dealer=dealer)
    return [(one, latest.get(one.pk), bank_accounts.is_sent_back(one, latest.get(one.pk))) for one in accounts]


@door(Audience.PORTAL, "dealers.dealer", permission="dealers.add_bankaccount", methods=BOTH)
def propose(request: PortalRequest, public_id: str) -> HttpResponse:
    dealer = find_dealer(request, public_id)
    if asked := step_up.before_showing(request):
        return asked
    form = BankAccountForm(
        request.POST or None, initial={"currency": dealer.currency, "holder": dealer.registered_name}
    )
    if _goes_through(request, form, lambda data: bank_accounts.propose(dealer, by=request.user, **data)):
        messages.success(request, _("Submitted. The account is used once somebody else has approved it."))
        return redirect(_next(request, dealer))
    context = {"form": form, "dealer": dealer, "account": None}
    return render(request, "dealers/bank_account_form.html", context, status=status_of(form))


@door(Audience.PORTAL, "dealers.bankaccount", permission="dealers.add_bankaccount", methods=BOTH)
def correct(request: PortalRequest, public_id: str) -> HttpResponse:
    account = _find(request, public_id)
    if asked := step_up.before_showing(request):
        return asked
    form = BankAccountForm(request.POST or None, instance=_find(request, public_id))
    if _goes_through(request, form, lambda data: bank_accounts.correct(account, by=request.user, **data)):
        messages.success(request, _("Submitted again."))
        return redirect(_next(request, account.dealer))
    context = {"form": form, "dealer": account.dealer, "account": account}
    return render(request, "dealers/bank_account_form.html", context, status=status_of(form))


def _goes_through(request: PortalRequest, form: BankAccountForm, verb: Callable[[dict[str, Any]], object]) -> bool:
    return form.is_valid() and step_up.holds(request, form) and fulfil(form, lambda: verb(form.cleaned_data))


def _find(request: PortalRequest, public_id: str) -> BankAccount:
    return get_object_or_404(BankAccount.objects.visible_to(request.user).select_related("dealer"), public_id=public_id)


def _next(request: PortalRequest, dealer: Dealer) -> str:
    """Whoever may propose but not read accounts goes back to the file."""
    readable = request.user.has_perm("dealers.view_bankaccount")
    return reverse("dealers:bank", args=[dealer.public_id]) if readable else dealer.get_absolute_url()
