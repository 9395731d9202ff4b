"""The rules of law that bind contracts: those in force, one version beside the one before it, and revising them."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import Prefetch
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from contracts.forms.rules import RevisionForm, RulingForm
from contracts.models import Contract, RulePack, RuleSetting, Tool
from contracts.services import rule_packs as services
from core import formatting
from core.doors import Audience, door
from dealers.requests import PortalRequest
from dealers.views.frame import BOTH, fulfil, status_of

VIEW, CHANGE = "contracts.view_rulepack", "contracts.change_rulepack"


@door(Audience.PORTAL, permission=VIEW)
def rule_packs(request: PortalRequest) -> HttpResponse:
    """What the law of each place lets one agree: the packs in force; of a dealer with contracts, those they name."""
    found = RulePack.objects.visible_to(request.user).in_force(on=timezone.localdate())
    if request.user.is_dealers:
        named = set(Contract.objects.visible_to(request.user).order_by().values_list("jurisdiction", flat=True))
        found = found.filter(jurisdiction__in=named) if named else found
    packs = list(found.prefetch_related("settings").order_by("jurisdiction"))
    return render(request, "contracts/rule_packs.html", {"packs": packs})


@door(Audience.STAFF, "contracts.rulepack", permission=VIEW)
def rule_pack(request: PortalRequest, public_id: str) -> HttpResponse:
    """One version: every tool with what it rests on, what it changed, why; and the other versions."""
    known = RulePack.objects.visible_to(request.user)
    asked = known.filter(public_id=public_id).values("jurisdiction")
    settings = Prefetch("settings", RuleSetting.objects.visible_to(request.user).select_related("named_person"))
    versions = list(known.filter(jurisdiction__in=asked).select_related("made_by").prefetch_related(settings))
    pack = next((one for one in versions if one.public_id == public_id), None)
    if pack is None:
        raise Http404
    current = next((one for one in versions if one.valid_from <= timezone.localdate()), None)
    before = next((one for one in versions if one.version < pack.version), None)
    context = {
        "pack": pack,
        "rows": _compared(pack, before),
        "before": before,
        "versions": versions,
        "in_force": pack == current,
        "may_revise": versions[0].pk == pack.pk and request.user.has_perm(CHANGE),
    }
    return render(request, "contracts/rule_pack.html", context)


@dataclass(frozen=True, slots=True)
class Compared:
    """A tool's setting, and how it was in the version before where that differs."""

    setting: RuleSetting
    was: str


def _compared(pack: RulePack, before: RulePack | None) -> list[Compared]:
    earlier = {one.tool: one for one in before.settings.all()} if before else {}
    rows = []
    for one in pack.settings.all():
        old = earlier.get(one.tool)
        rows.append(Compared(one, _worded(old) if old is not None and _worded(old) != _worded(one) else ""))
    return rows


def _worded(one: RuleSetting) -> str:
    """Everything that a setting says, in a line."""
    parts: list[Any] = [one.get_mode_display(), one.basis, one.named_person.name if one.named_person else ""]
    parts.append(_("until %(day)s") % {"day": formatting.iso_day(one.expires_on)} if one.expires_on else "")
    return " · ".join(part for part in parts if part)


@door(Audience.STAFF, "contracts.rulepack", permission=CHANGE, methods=BOTH)
def revise(request: PortalRequest, public_id: str) -> HttpResponse:
    """The next version, from the one that was read."""
    pack = _find(request, public_id)
    known = {one.tool: one for one in pack.settings.all()}
    form = RevisionForm(request.POST or None, pack=pack, today=timezone.localdate())
    tools = [
        RulingForm(request.POST or None, prefix=tool.value, user=request.user, tool=tool, setting=known.get(tool.value))
        for tool in Tool
    ]
    faulty = [one for one in (form, *tools) if not one.is_valid()]  # every form is asked: all faults show at once
    if request.method == "POST" and not faulty:
        rulings = {one.tool: one.ruling() for one in tools}
        made: list[RulePack] = []
        if fulfil(form, lambda: made.append(services.revise(pack, rulings, by=request.user, **form.cleaned_data))):
            messages.success(request, _("Version %(version)d is on record.") % {"version": made[0].version})
            return redirect("contracts:rule_pack", made[0].public_id)
    context = {"pack": pack, "form": form, "tools": tools}
    return render(request, "contracts/rule_pack_revise.html", context, status=status_of(form))


def _find(request: PortalRequest, public_id: str) -> RulePack:
    found = RulePack.objects.visible_to(request.user).select_related("made_by")
    return get_object_or_404(found.prefetch_related("settings__named_person"), public_id=public_id)
