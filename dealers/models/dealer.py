"""The dealer's file (档案): identity, registration, size, and what he carries."""

from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.ids import new_public_id
from core.ownership import dealer_owned, staff_only
from core.search.grams import grams_of
from dealers import scope
from dealers.models.naming import Named
from dealers.models.person import Person
from dealers.models.territory import Territory


def is_at_work(user: Any) -> bool:
    """Whether somebody is one of ours with an account in use: how far he sees is then a matter of his reach."""
    return bool(getattr(user, "is_active", False) and user.is_ours)


class DealerQuerySet(models.QuerySet["Dealer"]):
    def visible_to(self, user: Any) -> Self:
        """A dealer sees himself; staff what their assignments reach; anybody else nothing."""
        if is_at_work(user):
            return self.filter(scope.reach(user))
        if getattr(user, "is_active", False) and user.is_dealers:
            return self.filter(pk=user.dealer_id)
        return self.none()

    def for_list(self) -> Self:
        return self.select_related("home", "manager")


@dealer_owned("id")
class Dealer(Named):
    """A company that buys from us for its own account. Exists from the last approval as candidate."""

    class Status(models.TextChoices):
        CANDIDATE = "candidate", pgettext_lazy("dealer status", "Candidate")
        ACTIVE = "active", pgettext_lazy("dealer status", "Active")
        SUSPENDED = "suspended", pgettext_lazy("dealer status", "Suspended")
        PARTING = "parting", pgettext_lazy("dealer status", "Parting")
        ENDED = "ended", pgettext_lazy("dealer status", "Ended")

    class Tier(models.TextChoices):
        PLATINUM = "platinum", pgettext_lazy("dealer tier", "Platinum")
        GOLD = "gold", pgettext_lazy("dealer tier", "Gold")
        SILVER = "silver", pgettext_lazy("dealer tier", "Silver")
        BRONZE = "bronze", pgettext_lazy("dealer tier", "Bronze")

    class Segment(models.TextChoices):
        WHOLESALE = "wholesale", _("Wholesale")
        RETAIL = "retail", _("Retail")
        PROJECT = "project", _("Projects")
        ONLINE = "online", _("Online")
        SERVICE = "service", pgettext_lazy("dealer segment", "Service")

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    code = models.CharField(_("dealer code"), max_length=40, unique=True)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.CANDIDATE)
    tier = models.CharField(_("tier"), max_length=10, choices=Tier, blank=True)
    segment = models.CharField(_("segment"), max_length=10, choices=Segment, blank=True)
    home = models.ForeignKey(Territory, models.PROTECT, related_name="dealers", verbose_name=_("home territory"))
    manager = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("account manager")
    )
    currency = models.CharField(_("currency"), max_length=3, help_text=_("ISO 4217 code, three letters"))
    time_zone = models.CharField(_("time zone"), max_length=40, default="UTC")
    since = models.DateField(_("dealer since"), null=True, blank=True)

    registered_name = models.CharField(_("registered name"), max_length=200, blank=True)
    registration_number = models.CharField(_("registration number"), max_length=60, blank=True)
    tax_number = models.CharField(_("tax number"), max_length=60, blank=True)
    legal_representative = models.CharField(_("legal representative"), max_length=120, blank=True)
    founded_on = models.DateField(_("founded"), null=True, blank=True)
    capital = models.DecimalField(_("registered capital"), max_digits=20, decimal_places=4, null=True, blank=True)
    capital_currency = models.CharField(_("currency of the capital"), max_length=3, blank=True)
    staff_count = models.PositiveIntegerField(_("employees"), null=True, blank=True)
    sales_staff_count = models.PositiveIntegerField(_("sales staff"), null=True, blank=True)
    premises_sqm = models.PositiveIntegerField(_("premises, m²"), null=True, blank=True)
    warehouse_sqm = models.PositiveIntegerField(_("warehouse, m²"), null=True, blank=True)
    network = models.TextField(_("sales network"), blank=True)

    street = models.CharField(_("street"), max_length=200, blank=True)
    city = models.CharField(_("city"), max_length=100, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=20, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True, help_text=_("ISO 3166-1 code, two letters"))
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    website = models.URLField(_("website"), blank=True)

    tags = ArrayField(models.CharField(max_length=40), verbose_name=_("tags"), default=list, blank=True)
    sort_key = models.CharField(max_length=240, editable=False, default="")
    grams = grams_of("code", "name", "name_zh", "tax_number", "city")
    archived_at = models.DateTimeField(_("archived"), null=True, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = DealerQuerySet.as_manager()

    class Meta:
        verbose_name = _("dealer")
        verbose_name_plural = _("dealers")
        ordering = ["sort_key", "pk"]
        permissions = [
            ("archive_dealer", _("Can archive a dealer")),
            ("transfer_dealer", _("Can change a dealer's account manager")),
            ("export_dealers", _("Can export lists of dealers")),
        ]
        constraints = [
            models.CheckConstraint(
                name="dealers_dealer_archived_is_over",
                condition=Q(archived_at__isnull=True) | Q(status__in=["candidate", "ended"]),
                violation_error_message=_("Only a candidate or a dealer whose cooperation ended can be archived."),
            ),
            models.CheckConstraint(
                name="dealers_dealer_capital_has_currency",
                condition=Q(capital__isnull=True) | ~Q(capital_currency=""),
                violation_error_message=_("Registered capital needs its currency."),
            ),
        ]
        indexes = [
            models.Index(fields=["sort_key", "id"], name="dealers_dealer_by_name"),
            models.Index(fields=["code", "id"], name="dealers_dealer_by_code"),
            models.Index(fields=["status", "sort_key", "id"], name="dealers_dealer_by_status"),
            models.Index(fields=["since", "id"], name="dealers_dealer_by_since"),
            models.Index(fields=["manager", "sort_key", "id"], name="dealers_dealer_by_manager"),
            GinIndex(fields=["grams"], name="dealers_dealer_grams"),
        ]

    def get_absolute_url(self) -> str:
        return reverse("dealers:detail", args=[self.public_id])

    def is_archived(self) -> bool:
        return self.archived_at is not None


def dealers_seen(user: Any) -> "QuerySet[Dealer]":
    """Those visible to somebody, as a condition on what belongs to them; for our people put together once."""
    return scope.dealers_reached(user) if is_at_work(user) else Dealer.objects.visible_to(user)


class DealerOwnedQuerySet[M: models.Model](models.QuerySet[M]):
    """Rows that belong to a dealer are visible to whoever sees the dealer."""

    def visible_to(self, user: Any) -> Self:
        if getattr(user, "is_dealers", False):
            return self.filter(dealer_id=user.dealer_id) if user.is_active else self.none()
        return self.filter(dealer__in=dealers_seen(user))


@dealer_owned()
class BrandCarried(models.Model):
    """A brand the dealer sells beside ours: a rival or a complement."""

    class Relation(models.TextChoices):
        RIVAL = "rival", _("Competing")
        COMPLEMENT = "complement", _("Complementary")

    dealer = models.ForeignKey(Dealer, models.PROTECT, related_name="brands", verbose_name=_("dealer"))
    brand = models.CharField(_("brand"), max_length=100)
    relation = models.CharField(_("relation"), max_length=10, choices=Relation)
    share_percent = models.DecimalField(
        _("share of the dealer's sales, %"), max_digits=5, decimal_places=2, null=True, blank=True
    )

    objects = DealerOwnedQuerySet["BrandCarried"].as_manager()

    class Meta:
        verbose_name = _("brand carried")
        verbose_name_plural = _("brands carried")
        ordering = ["brand"]
        constraints = [models.UniqueConstraint(name="dealers_brandcarried_once", fields=["dealer", "brand"])]

    def __str__(self) -> str:
        return self.brand


class InternalNoteQuerySet(models.QuerySet["InternalNote"]):
    def visible_to(self, user: Any) -> Self:
        if not getattr(user, "is_ours", False):
            return self.none()
        return self.filter(dealer__in=dealers_seen(user))


@staff_only
class InternalNote(models.Model):
    """What our people write about a dealer for each other. A dealer's session has no right on this table at all."""

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    dealer = models.ForeignKey(Dealer, models.PROTECT, related_name="internal_notes", verbose_name=_("dealer"))
    author = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), auto_now_add=True)
    text = models.TextField(_("note"))

    objects = InternalNoteQuerySet.as_manager()

    class Meta:
        verbose_name = _("internal note")
        verbose_name_plural = _("internal notes")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return self.text[:60]
