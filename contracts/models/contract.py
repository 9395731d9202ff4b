"""The contract: one agreement with one dealer, from draft to parting."""

from datetime import date, timedelta
from typing import Any, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, DateRangeField, RangeOperators
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Func, Q, Value
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.ids import new_public_id
from core.ownership import dealer_owned
from core.search.grams import grams_of
from dealers.models import Company, Dealer, Person
from dealers.models.dealer import DealerOwnedQuerySet


def same_agreement(contract: "Contract") -> Q:
    first = contract.amends_id or contract.pk
    return Q(pk=first) | Q(amends=first)


class ContractQuerySet(DealerOwnedQuerySet["Contract"]):
    def visible_to(self, user: Any) -> Self:
        """A dealer sees a contract from the moment it is offered; until then it is our own business."""
        found = super().visible_to(user)
        return found.filter(offered_at__isnull=False) if getattr(user, "is_dealers", False) else found

    def in_force(self, *, on: date) -> Self:
        """Filed, begun and not over on the day."""
        return self.filter(status__in=IN_FORCE, starts_on__lte=on, ends_on__gte=on)

    def in_force_within(self, start: date, end: date) -> Self:
        """In force on one day at least of those from `start` to `end`; also when it ended since."""
        return self.filter(status__in=HELD, starts_on__lte=end, ends_on__gte=start)

    def of_agreement(self, contract: "Contract") -> Self:
        """Every text of one agreement, the first and its amendments, in the order in which they count."""
        return self.filter(same_agreement(contract)).order_by("starts_on", "pk")

    def for_list(self) -> Self:
        return self.select_related("dealer__home", "dealer__manager", "company")


@dealer_owned()
class Contract(models.Model):
    """One text of an agreement with one dealer. Its terms are the grants, targets, limits and rebates that hang on it.

    `ends_on` is the last day: of the term, the day an earlier end was agreed for, or the day before an amendment begins
    to count. Only one contract of a dealer is in force on any day. An amendment names the first text in `amends` and
    holds the whole text as it reads from `starts_on` on; `amended_on` says from when another text has taken the place
    of this one.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("contract", "Draft")
        IN_REVIEW = "in_review", pgettext_lazy("contract", "In review")
        OFFERED = "offered", pgettext_lazy("contract", "Offered")
        SIGNED_BY_DEALER = "signed_by_dealer", pgettext_lazy("contract", "Signed by the dealer")
        ACTIVE = "active", pgettext_lazy("contract", "Active")
        IN_NOTICE = "in_notice", pgettext_lazy("contract", "In notice")
        ENDED = "ended", pgettext_lazy("contract", "Ended")
        WITHDRAWN = "withdrawn", pgettext_lazy("contract", "Withdrawn")

    class Origin(models.TextChoices):
        PORTAL = "portal", _("Made here")
        TAKEN_OVER = "taken_over", _("Taken over")

    class Side(models.TextChoices):
        US = "us", _("The manufacturer")
        DEALER = "dealer", _("The dealer")

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    dealer = models.ForeignKey(Dealer, models.PROTECT, related_name="contracts", verbose_name=_("dealer"))
    company = models.ForeignKey(Company, models.PROTECT, related_name="+", verbose_name=_("own company"))
    number = models.CharField(_("contract number"), max_length=60)
    status = models.CharField(_("status"), max_length=16, choices=Status, default=Status.DRAFT)
    origin = models.CharField(_("origin"), max_length=10, choices=Origin, default=Origin.PORTAL)
    renews = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="renewed_by", db_constraint=False,
        verbose_name=_("renews"),
    )  # fmt: skip

    amends = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="amendments", db_constraint=False,
        verbose_name=_("amends"),
    )  # fmt: skip
    amended_on = models.DateField(_("amended from"), null=True, editable=False)

    starts_on = models.DateField(_("starts"))
    ends_on = models.DateField(_("ends"))
    notice_days = models.PositiveSmallIntegerField(_("notice period, days"), default=90)
    prolongs = models.BooleanField(
        _("goes on by a year unless notice is given"), default=False, help_text=_("Otherwise it ends with its term.")
    )
    jurisdiction = models.CharField(_("jurisdiction"), max_length=10)
    currency = models.CharField(_("currency"), max_length=3)
    payment_days = models.PositiveSmallIntegerField(_("payment term, days"), default=30)
    credit_limit = models.DecimalField(_("credit limit"), max_digits=20, decimal_places=4, null=True, blank=True)
    credit_counts_orders = models.BooleanField(
        _("open orders use up the credit limit"), default=True, help_text=_("Orders on hold or shipped do not count.")
    )
    minimum_purchase = models.DecimalField(
        _("minimum purchase a year"), max_digits=20, decimal_places=4, null=True, blank=True
    )
    special_terms = models.TextField(_("special terms"), blank=True)

    submitted_by = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("submitted by")
    )
    offered_at = models.DateTimeField(_("offered"), null=True, editable=False)
    signed_by = models.CharField(_("signed for the dealer by"), max_length=120, blank=True)
    signed_on = models.DateField(_("signed by the dealer on"), null=True, blank=True)
    countersigned_by = models.CharField(_("signed for us by"), max_length=120, blank=True)
    countersigned_on = models.DateField(_("signed by us on"), null=True, blank=True)
    filing_number = models.CharField(_("filing number"), max_length=60, blank=True)
    filing_place = models.CharField(_("where the signed paper lies"), max_length=200, blank=True)
    filed_on = models.DateField(_("filed"), null=True, blank=True)
    notice_by = models.CharField(_("notice by"), max_length=6, choices=Side, blank=True)
    notice_on = models.DateField(_("notice given"), null=True, blank=True)
    notice_reason = models.TextField(_("reason of the notice"), blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    grams = grams_of("number", "filing_number")

    objects = ContractQuerySet.as_manager()

    class Meta:
        verbose_name = _("contract")
        verbose_name_plural = _("contracts")
        ordering = ["-starts_on", "-pk"]
        permissions = [
            ("submit_contract", _("Can submit a contract for review")),
            ("review_contract", _("Can review a contract's wording")),
            ("approve_contract", _("Can approve a contract")),
            ("sign_contract", _("Can sign a contract for the dealer")),
            ("countersign_contract", _("Can sign a contract for us")),
            ("file_contract", _("Can file a signed contract")),
            ("end_contract", _("Can give notice of a contract")),
        ]
        constraints = [
            models.UniqueConstraint(name="contracts_contract_of_dealer", fields=["dealer", "id"]),
            models.UniqueConstraint(
                name="contracts_contract_number_per_dealer",
                fields=["dealer", "number"],
                violation_error_message=_("This dealer already has a contract with this number."),
            ),
            models.CheckConstraint(
                name="contracts_contract_ends_after_start",
                condition=Q(ends_on__gte=F("starts_on")),
                violation_error_message=_("A contract must not end before it starts."),
            ),
            models.CheckConstraint(
                name="contracts_contract_active_is_filed",
                condition=~Q(status__in=["active", "in_notice", "ended"])
                | (Q(filed_on__isnull=False) & Q(signed_on__isnull=False) & Q(countersigned_on__isnull=False)
                   & ~Q(filing_number="")),
                violation_error_message=_("A contract is active when both sides have signed it and it is filed."),
            ),
            models.CheckConstraint(
                name="contracts_contract_notice_is_given",
                condition=~Q(status="in_notice") | (Q(notice_on__isnull=False) & ~Q(notice_by="")),
                violation_error_message=_("A contract in notice says who gave it, and when."),
            ),
            models.CheckConstraint(
                name="contracts_contract_limits_are_not_negative",
                condition=(Q(credit_limit__isnull=True) | Q(credit_limit__gte=0))
                & (Q(minimum_purchase__isnull=True) | Q(minimum_purchase__gte=0)),
                violation_error_message=_("A credit limit or minimum purchase cannot be negative."),
            ),
            models.UniqueConstraint(
                name="contracts_contract_one_amendment_at_a_time",
                fields=["dealer", "amends"],
                condition=Q(amends__isnull=False, status__in=["draft", "in_review", "offered", "signed_by_dealer"]),
                violation_error_message=_("Another amendment of this contract is on its way."),
            ),
            models.CheckConstraint(
                name="contracts_contract_amendment_begins_with_a_month",
                condition=Q(amends__isnull=True) | Q(starts_on__day=1),
                violation_error_message=_("An amendment counts from the first day of a month."),
            ),
            models.CheckConstraint(
                name="contracts_contract_amended_ends_the_day_before",
                condition=Q(amended_on__isnull=True) | Q(amended_on=F("ends_on") + Value(timedelta(days=1))),
            ),
            ExclusionConstraint(
                name="contracts_contract_one_in_force",
                expressions=[
                    (
                        Func(F("dealer"), F("dealer"), Value("[]"), function="int8range",
                             output_field=BigIntegerRangeField()),
                        RangeOperators.OVERLAPS,
                    ),
                    (
                        Func(F("starts_on"), F("ends_on"), Value("[]"), function="daterange",
                             output_field=DateRangeField()),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(status__in=["active", "in_notice"]),
                violation_error_message=_("Another contract of this dealer is in force in the same time."),
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["starts_on", "id"], name="contracts_contract_by_start"),
            models.Index(fields=["ends_on", "id"], name="contracts_contract_by_end"),
            models.Index(fields=["status", "ends_on", "id"], name="contracts_contract_by_status"),
            GinIndex(fields=["grams"], name="contracts_contract_grams"),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("contracts:contract", args=[self.public_id])

    def is_in_force(self, *, on: date) -> bool:
        return self.status in IN_FORCE and self.starts_on <= on <= self.ends_on

    def is_signed_by_both(self) -> bool:
        return self.status == self.Status.SIGNED_BY_DEALER and self.countersigned_on is not None

    def is_amendment(self) -> bool:
        return self.amends_id is not None

    def is_open(self) -> bool:
        """Its terms may still be changed."""
        return self.status == self.Status.DRAFT

    def notice_deadline(self) -> date:
        """The last day on which notice ends the contract with its term."""
        return self.ends_on - timedelta(days=self.notice_days)


class TermQuerySet[M: models.Model](DealerOwnedQuerySet[M]):
    """Terms of a contract, or parts of one: who sees the contract sees them. `contract` is the way there."""

    contract = "contract"

    def visible_to(self, user: Any) -> Self:
        found = super().visible_to(user)
        if getattr(user, "is_dealers", False):
            return found.filter(**{f"{self.contract}__offered_at__isnull": False})
        return found


Status = Contract.Status
IN_FORCE = (Status.ACTIVE, Status.IN_NOTICE)
HELD = (*IN_FORCE, Status.ENDED)
