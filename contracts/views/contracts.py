"""Contracts: the list, one with all its terms, and the steps from draft to notice."""

import copy
from datetime import date
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from contracts.differences import changes
from contracts.forms.drafts import AmendmentChangeForm, AmendmentForm, ContractChangeForm, ContractForm
from contracts.forms.steps import FilingForm, NoticeForm
from contracts.models import Contract
from contracts.models.contract import HELD, IN_FORCE
from contracts.services import amendments, contracts
from contracts.services.certificates import counting
from contracts.sheet import Sheet, running_of
from contracts.tables import CHIPS, CONTRACTS
from contracts.track import Shelf, track
from contracts.views.frame import Words, find_contract, form_page, show_form
from core.doors import Audience, door
from core.errors import Refused
from core.exports.answers import answer
from core.listing import show
from core.periods import months_later
from dealers.forms.dealers import ReasonForm
from dealers.requests import PortalRequest
from dealers.views.frame import BOTH, file_page, find_dealer, fulfil
from dealers.views.versions import both_versions

VIEW, CHANGE = "contracts.view_contract", "contracts.change_contract"
FILE, END = "contracts.file_contract", "contracts.end_contract"
Status = Contract.Status


@door(Audience.STAFF, permission=VIEW)
def contract_list(request: PortalRequest) -> HttpResponse:
    return show(request, CONTRACTS)


@door(Audience.STAFF, permission=VIEW)
def contract_export(request: PortalRequest, file_format: str) -> HttpResponse:
    return answer(request, CONTRACTS, file_format)


@door(Audience.DEALER, permission=VIEW)
def my_contract(request: PortalRequest) -> HttpResponse:
    """The dealer's contract in force, else the latest offered; where there is none, what will be here."""
    found = list(Contract.objects.visible_to(request.user).order_by("-starts_on")[:20])
    latest = running_of(found, on=timezone.localdate())
    return redirect(latest) if latest else render(request, "contracts/no_contract.html")


@door(Audience.PORTAL, "contracts.contract", permission=VIEW)
def contract(request: PortalRequest, public_id: str) -> HttpResponse:
    found, texts, others = _with_others(request, public_id)
    # What an amendment on its way changes; once it is on file its paper says it, and the text is simply the text.
    before = amendments.text_before(found, texts) if found.status in amendments.ON_THE_WAY else None
    sheet = Sheet(found, request.user, on=timezone.localdate(), before=before)
    papers = Shelf(found, request.user)
    context = {
        "contract": found,
        "chip": CHIPS[Status(found.status)],
        "sheet": sheet,
        "following": next((one for one in texts if one.starts_on == found.amended_on), None),
        "texts": texts if len(texts) > 1 else (),
        "counting": counting([one for one in texts if one.status in HELD], on=timezone.localdate()),
        "changes": changes(sheet.before, sheet) if sheet.before is not None else (),
        "others": others,
        "is_draft": found.status == Status.DRAFT,
        "has_begun": found.starts_on <= timezone.localdate(),
        "track": track(found, request.user, papers),
        "papers": papers,
    }
    return render(request, "contracts/contract.html", context | _open_to(request, found, papers))


def _with_others(request: PortalRequest, public_id: str) -> tuple[Contract, list[Contract], list[Contract]]:
    """The contract, the texts of its agreement in their order, and the dealer's other contracts, the latest first."""
    of_dealer = Contract.objects.visible_to(request.user).filter(dealer__contracts__public_id=public_id)
    rows = list(of_dealer.select_related("dealer", "company").order_by("starts_on", "pk"))
    found = next((one for one in rows if one.public_id == public_id), None)
    if found is None:
        raise Http404
    first = found.amends_id or found.pk
    texts = [one for one in rows if first in {one.pk, one.amends_id} and one.status != Status.WITHDRAWN]
    others = [one for one in reversed(rows) if one.amends_id is None and one not in texts]
    return found, texts, others[:10]


def _open_to(request: PortalRequest, found: Contract, papers: Shelf) -> dict[str, bool]:
    """What this person may do with the contract in its state."""
    user, status = request.user, found.status
    if not user.is_ours:
        return {"may_sign": status == Status.OFFERED and user.has_perm("contracts.sign_contract")}
    may_change = user.has_perm(CHANGE)
    is_half_signed = status == Status.SIGNED_BY_DEALER and found.countersigned_on is None
    return {
        "may_change": may_change and status == Status.DRAFT,
        "may_submit": status == Status.DRAFT and user.has_perm("contracts.submit_contract"),
        "may_withdraw": may_change and status in {Status.DRAFT, Status.OFFERED, Status.SIGNED_BY_DEALER},
        "may_take_back": may_change and status == Status.OFFERED,
        "may_record": status == Status.OFFERED and user.has_perm(FILE),
        "may_countersign": is_half_signed
        and user.has_perm("contracts.countersign_contract")
        and found.submitted_by_id != user.pk,
        "may_file": found.is_signed_by_both() and user.has_perm(FILE),
        "may_certify": status in IN_FORCE and user.has_perm(FILE) and papers.certificate is None,
        "may_end": status == Status.ACTIVE and found.amended_on is None and user.has_perm(END),
        "may_amend": status == Status.ACTIVE and found.amended_on is None and user.has_perm("contracts.add_contract"),
        "may_target": status in {Status.DRAFT, Status.ACTIVE} and user.has_perm("contracts.add_target"),
    }


@door(Audience.PORTAL, "dealers.dealer", permission=VIEW)
def contracts_tab(request: PortalRequest, public_id: str) -> HttpResponse:
    """The contracts of one dealer, on his file."""
    dealer = find_dealer(request, public_id)
    found = Contract.objects.visible_to(request.user).filter(dealer=dealer).order_by("-starts_on", "-pk")
    rows = [(one, CHIPS[Status(one.status)]) for one in found[:30]]
    may_add = request.user.is_ours and request.user.has_perm("contracts.add_contract")
    return file_page(request, dealer, "contract", "contracts/tab.html", rows=rows, may_add=may_add)


@door(Audience.STAFF, "dealers.dealer", permission="contracts.add_contract", methods=BOTH)
def draft(request: PortalRequest, public_id: str) -> HttpResponse:
    dealer = find_dealer(request, public_id)
    form = ContractForm(request.POST or None, user=request.user, initial={"currency": dealer.currency})
    made: list[Contract] = []
    if form.is_valid() and fulfil(
        form, lambda: made.append(contracts.draft(dealer, by=request.user, **form.cleaned_data))
    ):
        return redirect(made[0])
    words = Words(
        _("Draft a contract"), _("Save the draft"),
        text=_("The dealer sees it when it has been reviewed and offered. Grants, targets and rebates follow."),
    )  # fmt: skip
    return show_form(request, form, words, dealer=dealer)


def _next_begin(found: Contract) -> date:
    """The next first day of a month that the contract still reaches."""
    following = months_later(max(timezone.localdate(), found.starts_on).replace(day=1), 1)
    return min(following, found.ends_on.replace(day=1))


@door(Audience.STAFF, "contracts.contract", permission="contracts.add_contract", methods=BOTH)
def amend(request: PortalRequest, public_id: str) -> HttpResponse:
    """Begin an amendment: a copy of the text as it reads now, to be changed."""
    found = find_contract(request, public_id)
    form = AmendmentForm(request.POST or None, initial={"starts_on": _next_begin(found)})
    made: list[Contract] = []
    if form.is_valid() and fulfil(
        form, lambda: made.append(amendments.draft(found, by=request.user, **form.cleaned_data))
    ):
        messages.success(
            request, _("The amendment is drafted: it reads as the contract does now. Change what changes.")
        )
        return redirect(made[0])
    words = Words(
        _("Amend the contract"), _("Draft the amendment"),
        text=_("It is reviewed, offered, signed by both sides and filed like the contract, and takes its place on its "
               "first day. Grants, prices and rebates are copied; agreed targets stay unless you propose others."),
    )  # fmt: skip
    return show_form(request, form, words, dealer=found.dealer, contract=found)


@door(Audience.STAFF, "contracts.contract", permission=CHANGE, methods=BOTH)
def edit(request: PortalRequest, public_id: str) -> HttpResponse:
    """Saving on an outdated version shows both; saving again then writes what the form shows."""
    found = find_contract(request, public_id)
    form = _change_form(request, found, request.POST or None)
    context: dict[str, Any] = {}
    if form.is_valid():
        try:
            contracts.change(found, by=request.user, version=form.cleaned_data["version"], changes=form.changes())
        except contracts.StaleContract as stale:
            found = stale.contract
            form, difference = both_versions(partial(_change_form, request, found), request.POST, found)
            context = {"difference": difference, "stale": str(stale), "status": Refused.status}
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The draft is saved."))
            return redirect(found)
    words = Words(_("Edit the draft"), _("Save"))
    return show_form(request, form, words, dealer=found.dealer, contract=found, **context)


def _change_form(request: PortalRequest, found: Contract, data: Any) -> ContractChangeForm:
    """On a copy: what the form writes onto its row must not be taken for what stands."""
    kind = AmendmentChangeForm if found.is_amendment() else ContractChangeForm
    return kind(data, instance=copy.copy(found), initial={"version": found.version}, user=request.user)


@door(Audience.STAFF, "contracts.contract", permission="contracts.submit_contract", methods=BOTH)
def submit(request: PortalRequest, public_id: str) -> HttpResponse:
    form = ReasonForm(request.POST or None)
    form.fields["reason"].help_text = _("Legal and the head of sales read it.")
    words = Words(
        _("Send the contract to review"), _("Send to review"), _("The contract is in review."),
        _("Legal reviews the wording, then the head of sales decides. Terms cannot be changed meanwhile."),
    )  # fmt: skip
    return form_page(request, find_contract(request, public_id), form, words, contracts.submit)


@door(Audience.STAFF, "contracts.contract", permission=CHANGE, methods=BOTH)
def withdraw(request: PortalRequest, public_id: str) -> HttpResponse:
    words = Words(
        _("Withdraw the contract"), _("Withdraw"), _("The contract is withdrawn."),
        _("This cannot be taken back: a new draft begins a new contract."), stop=True,
    )  # fmt: skip
    form = ReasonForm(request.POST or None)
    return form_page(request, find_contract(request, public_id), form, words, contracts.withdraw)


@door(Audience.STAFF, "contracts.contract", permission=FILE, methods=BOTH)
def file(request: PortalRequest, public_id: str) -> HttpResponse:
    words = Words(
        _("File the contract"), pgettext("a contract", "File"), _("The contract is on file and in force."),
        _("From now on its grants, targets and rebates count."),
    )  # fmt: skip
    form = FilingForm(request.POST or None)
    return form_page(request, find_contract(request, public_id), form, words, contracts.file)


@door(Audience.STAFF, "contracts.contract", permission=END, methods=BOTH)
def notice(request: PortalRequest, public_id: str) -> HttpResponse:
    found, form = find_contract(request, public_id), NoticeForm(request.POST or None)
    words = Words(
        _("Record a notice"), _("Record the notice"), _("The notice is on record; the dealer has been told."),
        _("The notice period is %(days)d days. Grants end with the contract.") % {"days": found.notice_days}, stop=True,
    )  # fmt: skip
    return form_page(request, found, form, words, contracts.give_notice)
