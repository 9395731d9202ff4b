"""What was said between the meetings: calls, chats, mails and visits, noted in seconds. Ours alone."""

from datetime import date, timedelta
from typing import Any

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Case, Exists, OuterRef, Value, When
from django.db.models.functions import Coalesce, Greatest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from communications.models.action_item import ActionItem
from communications.models.meeting import Meeting
from communications.models.minutes import OursQuerySet
from contracts.models import ReviewRhythm
from contracts.models.contract import IN_FORCE
from contracts.rhythms import STEPS
from core import access
from core.ids import new_public_id
from core.ownership import staff_only
from core.periods import months_later
from core.search.grams import grams_of
from dealers.models import Contact, Dealer, Person

LOOSELY = timedelta(days=7)  # a rhythm of the working level is no timetable


class TouchpointQuerySet(OursQuerySet["Touchpoint"]):
    def for_list(self) -> "TouchpointQuerySet":
        return self.select_related("dealer", "author", "action_item").defer("grams")


@staff_only
class Touchpoint(models.Model):
    """One contact with a dealer. It is noted once and stays as it was noted; no dealer reads it.

    A next step that was agreed is a promise, which both sides see.
    """

    class Kind(models.TextChoices):
        CALL = "call", pgettext_lazy("contact", "Call")
        CHAT = "chat", pgettext_lazy("contact", "Chat")
        MAIL = "mail", pgettext_lazy("contact", "Mail")
        VISIT = "visit", pgettext_lazy("contact", "Visit")

    class About(models.TextChoices):
        PRODUCTS = "products", pgettext_lazy("contact", "Product reception")
        TECHNICAL = "technical", pgettext_lazy("contact", "Technical points")
        LOGISTICS = "logistics", pgettext_lazy("contact", "Logistics")
        AFTER_SALES = "after_sales", pgettext_lazy("contact", "After-sales")
        OTHER = "other", pgettext_lazy("contact", "Other")

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    dealer = models.ForeignKey(Dealer, models.PROTECT, related_name="+", verbose_name=_("dealer"))
    kind = models.CharField(_("kind"), max_length=6, choices=Kind)
    at = models.DateTimeField(pgettext_lazy("contact", "when"))
    about = models.CharField(pgettext_lazy("contact", "about"), max_length=12, choices=About)
    others = models.CharField(pgettext_lazy("contact", "with others"), max_length=200, blank=True)
    said = models.TextField(_("what was said"))
    action_item = models.ForeignKey(
        ActionItem, models.PROTECT, null=True, blank=True, related_name="+", db_constraint=False,
        verbose_name=_("next step"),
    )  # fmt: skip
    author = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("by"))
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    grams = grams_of("said", "others")

    objects = TouchpointQuerySet.as_manager()

    class Meta:
        verbose_name = _("contact with a dealer")
        verbose_name_plural = _("contacts with dealers")
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(name="communications_touchpoint_of_dealer", fields=["dealer", "id"]),
            models.CheckConstraint(
                name="communications_touchpoint_says_something",
                condition=~models.Q(said=""),
                violation_error_message=_("Write in a few words what was said."),
            ),
        ]
        indexes = [
            models.Index(fields=["at", "id"], name="communications_touchpoint_at"),
            models.Index(fields=["dealer", "at"], name="communications_touchpoint_last"),
            GinIndex(fields=["grams"], name="communications_touchpoint_gram"),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()

    def get_absolute_url(self) -> str:
        return reverse("communications:touchpoint", args=[self.public_id])


@staff_only
class Talked(models.Model):
    """With whom of the dealer's contacts."""

    dealer = models.ForeignKey(Dealer, models.PROTECT, related_name="+", verbose_name=_("dealer"))
    touchpoint = models.ForeignKey(Touchpoint, models.PROTECT, related_name="talked", db_constraint=False)
    contact = models.ForeignKey(
        Contact, models.PROTECT, related_name="+", db_constraint=False, verbose_name=_("contact")
    )

    objects = OursQuerySet["Talked"].as_manager()

    class Meta:
        verbose_name = _("contact person talked to")
        verbose_name_plural = _("contact persons talked to")
        default_permissions = ()
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                name="communications_talked_once", fields=["dealer", "touchpoint", "contact"],
                violation_error_message=_("Somebody is named twice."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.contact.name


# ---- who hears nothing from us ---------------------------------------------------------------
def silent(*, on: date) -> Exists:
    """Condition on a dealer: the working level is agreed to talk at a rhythm, and has been silent for longer, by a
    week at least. Meetings that were held count as contacts; a contract that is younger than its rhythm asks for none,
    and an amendment makes none younger.
    """
    since = Case(
        *(When(every=every, then=Value(_before(on, months) - LOOSELY)) for every, months in STEPS.items()),
        output_field=models.DateField(),
    )
    agreed = access.rows_of(ReviewRhythm).filter(
        dealer=OuterRef("pk"), level=ReviewRhythm.Level.WORKING, contract__status__in=IN_FORCE,
        contract__starts_on__lte=on, contract__ends_on__gte=on,
    )  # fmt: skip
    begun = Coalesce("contract__amends__starts_on", "contract__starts_on")
    overdue = agreed.annotate(since=since, begun=begun).filter(begun__lte=models.F("since"))
    return Exists(
        overdue.filter(
            ~Exists(access.rows_of(Touchpoint).filter(dealer=OuterRef("dealer"), at__gte=OuterRef("since"))),
            ~Exists(access.rows_of(Meeting).filter(dealer=OuterRef("dealer"), held_at__gte=OuterRef("since"))),
        )
    )


def last_contact() -> Any:
    """Expression on a dealer: the moment of the last contact that was noted, or meeting that was held."""
    noted = access.rows_of(Touchpoint).filter(dealer=OuterRef("pk")).order_by("-at").values("at")[:1]
    held = access.rows_of(Meeting).filter(dealer=OuterRef("pk"), held_at__isnull=False).order_by("-held_at")
    return Greatest(models.Subquery(noted), models.Subquery(held.values("held_at")[:1]))


def _before(day: date, months: int) -> date:
    """So many months earlier; the end of a shorter month where there is no such day."""
    first = months_later(day.replace(day=1), -months)
    last = months_later(first, 1) - timedelta(days=1)
    return min(first + timedelta(days=day.day - 1), last)
