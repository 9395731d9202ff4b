"""The lists of this room: contracts and targets."""

from typing import Any

from django.db.models import QuerySet
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from contracts.filters import ContractFilter, TargetFilter
from contracts.models import Contract, Target
from core import formatting
from core.listing import Column, Empty, Listing, Sort, register
from dealers.tables.cells import sum_of

Status = Contract.Status
CHIPS = {
    Status.DRAFT: "now",
    Status.IN_REVIEW: "now",
    Status.OFFERED: "now",
    Status.SIGNED_BY_DEALER: "now",
    Status.ACTIVE: "good",
    Status.IN_NOTICE: "warn",
    Status.ENDED: "",
    Status.WITHDRAWN: "",
}
TARGET_CHIPS = {Target.Status.PROPOSED: "now", Target.Status.AGREED: "good", Target.Status.WITHDRAWN: ""}


def _contracts(user: Any) -> QuerySet[Contract]:
    return Contract.objects.visible_to(user).for_list()


def _number(contract: Contract) -> SafeString:
    return format_html(
        '<a href="{}">{}</a><span class="under">{}</span>',
        contract.get_absolute_url(), contract.dealer.local_name, contract.number,
    )  # fmt: skip


def _state(contract: Contract) -> SafeString:
    css = "calm" if contract.status == Status.ACTIVE else CHIPS[Status(contract.status)]  # the usual state is silent
    return format_html('<span class="chip {}">{}</span>', css, contract.get_status_display())


CONTRACTS = register(
    Listing(
        "contracts",
        gettext_lazy("Contracts"),
        rows=_contracts,
        columns=(
            Column("dealer", gettext_lazy("Dealer"), _number, lambda one: one.dealer.code),
            Column("number", gettext_lazy("Contract number"), export=lambda one: one.number),
            Column("state", gettext_lazy("State"), _state, lambda one: one.get_status_display(), phone="bare"),
            Column(
                "starts",
                pgettext_lazy("first day", "From"),
                lambda one: formatting.iso_day(one.starts_on),
                lambda one: one.starts_on,
                Sort(("starts_on",), "contracts_contract_by_start", descending_first=True),
                is_number=True,
                phone="dropped",
            ),
            Column(
                "ends",
                gettext_lazy("Until"),
                lambda one: formatting.iso_day(one.ends_on),
                lambda one: one.ends_on,
                Sort(("ends_on",), "contracts_contract_by_end"),
                is_number=True,
            ),
            Column(
                "limit",
                gettext_lazy("Credit limit"),
                lambda one: formatting.money(one.credit_limit, one.currency) if one.credit_limit is not None else "",
                lambda one: one.credit_limit,
                is_number=True,
                phone="dropped",
            ),
            Column("currency", gettext_lazy("Currency"), export=lambda one: one.currency),
        ),
        sort="-starts",
        empty=Empty(
            "file-text",
            gettext_lazy("No contracts yet"),
            gettext_lazy("Draft one on a dealer's file, or take over those in force by an import."),
        ),
        filters=ContractFilter,
        export_right="contracts.view_contract",
        export_url="contracts:contracts_export",
    )
)


def _targets(user: Any) -> QuerySet[Target]:
    return Target.objects.visible_to(user).for_list()


def _target(target: Target) -> SafeString:
    line = target.line.local_name if target.line else _("all product lines")
    return format_html(
        '<a href="{}">{}</a><span class="under">{}</span>',
        target.get_absolute_url(), target.dealer.local_name, line,
    )  # fmt: skip


def _total(target: Target) -> SafeString:
    return sum_of(formatting.number(target.total), target.currency)


def _growth(target: Target) -> SafeString:
    if target.growth is None:
        return format_html('<span class="na">{}</span>', _("first year"))
    return format_html("{}%", formatting.signed(target.growth * 100, 0))


def _target_state(target: Target) -> SafeString:
    css = "calm" if target.status == Target.Status.AGREED else TARGET_CHIPS[Target.Status(target.status)]
    return format_html('<span class="chip {}">{}</span>', css, target.get_status_display())


TARGETS = register(
    Listing(
        "targets",
        gettext_lazy("Targets"),
        rows=_targets,
        columns=(
            Column("dealer", gettext_lazy("Dealer"), _target, lambda one: one.dealer.code),
            Column(
                "from",
                pgettext_lazy("first day", "From"),
                lambda one: formatting.iso_day(one.starts_on),
                lambda one: one.starts_on,
                Sort(("starts_on",), "contracts_target_by_start", descending_first=True),
                is_number=True,
            ),
            Column(
                "total",
                gettext_lazy("Target"),
                _total,
                lambda one: one.total,
                is_number=True,
                phone="main",
            ),
            Column(
                "currency",
                gettext_lazy("Currency"),
                lambda one: formatting.unit(one.currency),
                lambda one: one.currency,
                phone="dropped",
            ),
            Column("growth", gettext_lazy("On last year"), _growth, lambda one: one.growth, is_number=True),
            Column("state", gettext_lazy("State"), _target_state, lambda one: one.get_status_display(), phone="bare"),
        ),
        sort="-from",
        empty=Empty(
            "target",
            gettext_lazy("No targets yet"),
            gettext_lazy("A target is proposed from last year's sell-in, in a contract or for the whole network."),
        ),
        filters=TargetFilter,
        export_right="contracts.view_target",
        export_url="contracts:targets_export",
        template="contracts/targets.html",
    )
)
