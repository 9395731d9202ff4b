"""Targets: the list, one with its months, proposing, spreading over the months, agreeing."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contracts import facts, seasons
from contracts.forms.targets import MonthsForm, TargetForm, YearForm
from contracts.models import Target
from contracts.services import network_targets, targets
from contracts.sheet import Progress
from contracts.tables import TARGET_CHIPS, TARGETS
from contracts.views.frame import Words, find_contract, form_page
from core import formatting
from core.doors import Audience, door
from core.errors import Refused
from core.exports.answers import answer
from core.listing import show
from core.periods import Length, Period, months_later
from dealers.forms.dealers import ReasonForm
from dealers.requests import PortalRequest
from dealers.views.frame import BOTH, fulfil, status_of

VIEW, ADD = "contracts.view_target", "contracts.add_target"


@door(Audience.STAFF, permission=VIEW)
def target_list(request: PortalRequest) -> HttpResponse:
    return show(request, TARGETS, may_add=request.user.has_perm(ADD))


@door(Audience.STAFF, permission=VIEW)
def target_export(request: PortalRequest, file_format: str) -> HttpResponse:
    return answer(request, TARGETS, file_format)


@door(Audience.PORTAL, "contracts.target", permission=VIEW)
def target(request: PortalRequest, public_id: str) -> HttpResponse:
    """One target by month: what was agreed, what was bought, the lines behind."""
    found = _find(request, public_id)
    user = request.user
    is_open = found.status == Target.Status.PROPOSED
    context = {
        "target": found,
        "chip": TARGET_CHIPS[Target.Status(found.status)],
        "progress": Progress(found, on=timezone.localdate()),
        "may_agree": is_open and not user.is_ours and user.has_perm("contracts.agree_target"),
        "may_note": is_open and user.is_ours and user.has_perm("contracts.change_target"),
    }
    return render(request, "contracts/target.html", context)


@door(Audience.STAFF, "contracts.contract", permission=ADD, methods=BOTH)
def propose(request: PortalRequest, public_id: str) -> HttpResponse:
    contract = find_contract(request, public_id)
    year = Period.of(max(contract.starts_on, timezone.localdate()), Length.YEAR)
    form = TargetForm(request.POST or None, user=request.user, initial={"year": year.fiscal_year})
    words = Words(
        _("Propose a target"), _("Propose"), _("The target is proposed."),
        _("It counts once the dealer has agreed. In a draft it is agreed with the contract."),
    )  # fmt: skip
    return form_page(request, contract, form, words, targets.propose)


@door(Audience.STAFF, permission=ADD, methods=BOTH)
def propose_for_all(request: PortalRequest) -> HttpResponse:
    """A year's targets for everybody with a contract and none yet."""
    year = Period.of(timezone.localdate(), Length.YEAR)
    form = YearForm(request.POST or None, initial={"year": year.fiscal_year})
    made: list[int] = []
    if form.is_valid() and fulfil(
        form, lambda: made.append(network_targets.propose_for_all(by=request.user, **form.cleaned_data))
    ):
        text = ngettext("%(count)s target is proposed.", "%(count)s targets are proposed.", made[0])
        messages.success(request, text % {"count": formatting.number(made[0])})
        return redirect("contracts:targets")
    return render(request, "contracts/targets_new.html", {"form": form}, status=status_of(form))


@door(Audience.DEALER, "contracts.target", permission="contracts.agree_target", methods=("POST",))
def agree(request: PortalRequest, public_id: str) -> HttpResponse:
    found = _find(request, public_id)
    try:
        targets.agree(found, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The target is agreed. It counts from now on."))
    return redirect(found)


@door(Audience.STAFF, "contracts.target", permission="contracts.change_target", methods=BOTH)
def note_agreement(request: PortalRequest, public_id: str) -> HttpResponse:
    found, form = _find(request, public_id), ReasonForm(request.POST or None)
    form.fields["reason"].help_text = _("How do we know that the dealer agreed? He reads it.")
    words = Words(
        _("Note that the dealer agreed"), _("Note the agreement"), _("The target is agreed. It counts from now on.")
    )
    return form_page(request, found, form, words, targets.agree)


@door(Audience.STAFF, "contracts.target", permission="contracts.change_target", methods=BOTH)
def withdraw(request: PortalRequest, public_id: str) -> HttpResponse:
    found, form = _find(request, public_id), ReasonForm(request.POST or None)
    words = Words(_("Withdraw the target"), _("Withdraw"), _("The target is withdrawn."), stop=True)
    return form_page(request, found, form, words, targets.withdraw)


@door(Audience.STAFF, "contracts.target", permission="contracts.change_target", methods=BOTH)
def spread(request: PortalRequest, public_id: str) -> HttpResponse:
    """The months by hand, beside what the same months brought a year before."""
    found = _find(request, public_id)
    months = found.loaded_months
    before = facts.sell_in_by_month(
        found.contract, months_later(months[0], -12), months[-1], line=found.line
    )  # fmt: skip
    season = {"season": before, "even": {}}.get(request.GET.get("by", ""))
    proposed = seasons.spread(found.total, months, season, found.currency) if season is not None else ()
    form = MonthsForm(request.POST or None, target=found, proposed=proposed)
    if form.is_valid() and fulfil(
        form, lambda: targets.distribute(found, form.values(), seen=form.seen_values(), by=request.user)
    ):
        messages.success(request, _("The months are set."))
        return redirect(found)
    rows = [(one, field, before.get(months_later(one.month, -12))) for one, field in form.lines()]
    context = {
        "target": found,
        "form": form,
        "rows": rows,
        "has_before": any(amount is not None for _month, _field, amount in rows),
        "is_open": found.status == Target.Status.PROPOSED,
    }
    return render(request, "contracts/target_months.html", context, status=status_of(form))


def _find(request: PortalRequest, public_id: str) -> Target:
    found = Target.objects.visible_to(request.user).with_months()
    return get_object_or_404(
        found.select_related("contract", "dealer", "line", "proposed_by", "agreed_by"), public_id=public_id
    )
