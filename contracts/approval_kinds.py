"""Decisions about contracts."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from contracts.differences import changes
from contracts.models import Contract
from contracts.services import amendments, contracts
from contracts.sheet import Sheet
from core import formatting
from dealers.approvals import ApprovalKind, Fact, Step, define
from dealers.history import label_of
from dealers.models import User


class ContractKind(ApprovalKind):
    """A contract before it is offered: legal reads the wording, the head of sales decides the deal."""

    code = contracts.KIND
    title = _("Contract")
    model = Contract
    steps = (
        Step(_("Legal reviews the wording"), "contracts.review_contract", working_days=3),
        Step(_("The head of sales approves"), "contracts.approve_contract", working_days=3),
    )
    icon = "file-text"

    def approved(self, subject: Any, *, by: User) -> None:
        contracts.offer(subject, by=by)

    def sent_back(self, subject: Any, *, by: User) -> None:
        contracts.send_back(subject, by=by)

    def rejected(self, subject: Any, *, by: User) -> None:
        contracts.send_back(subject, by=by)

    def withdrawn(self, subject: Any, *, by: User) -> None:
        contracts.send_back(subject, by=by)

    def facts(self, subject: Any, user: User) -> Sequence[Fact]:
        if not user.has_perm("contracts.view_contract"):
            return ()
        term = _("%(start)s to %(end)s") % {
            "start": formatting.day(subject.starts_on), "end": formatting.day(subject.ends_on)}  # fmt: skip
        before = amendments.text_before(subject)
        draft = reverse("contracts:draft_paper", args=[subject.public_id])
        return [
            (_("Contract"), format_html('<a href="{}">{}</a>', subject.get_absolute_url(), subject)),
            (
                _("As a document"),
                format_html(
                    '<a href="{}?language=en">{}</a> · <a href="{}?language=zh-hans">{}</a>',
                    draft,
                    _("English"),
                    draft,
                    _("Chinese"),
                ),
            ),
            *([(_("Amends"), format_html('<a href="{}">{}</a>', before.get_absolute_url(), before))] if before else []),
            (label_of(Contract, "company"), subject.company),
            (_("Term"), term),
            *(self._changes(before, subject, user) if before else self._terms(subject)),
        ]

    def _changes(self, before: Contract, subject: Any, user: User) -> list[Fact]:
        """Of an amendment: what it changes; the document has the rest."""
        sheet = Sheet(subject, user, on=timezone.localdate(), before=before)
        found = changes(sheet.before, sheet) if sheet.before is not None else []
        return [(one.what, _("%(before)s → %(after)s") % {"before": one.before, "after": one.after}) for one in found]

    def _terms(self, subject: Any) -> list[Fact]:
        limit = subject.credit_limit
        return [
            (label_of(Contract, "payment_days"), subject.payment_days),
            (
                label_of(Contract, "credit_limit"),
                formatting.money(limit, subject.currency) if limit is not None else _("none"),
            ),
            (_("Grants"), formatting.listed(subject.grants.select_related("territory", "line"))),
            (_("Review meetings"), formatting.listed(subject.rhythms.all()) or _("none")),
            (label_of(Contract, "special_terms"), subject.special_terms),
        ]


define(ContractKind())
