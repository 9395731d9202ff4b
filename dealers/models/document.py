from datetime import date, timedelta
from pathlib import Path
from typing import Any, Self

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.files import store
from core.ids import new_public_id
from core.ownership import dealer_owned
from core.search.grams import grams_of
from dealers.models.dealer import Dealer, DealerOwnedQuerySet
from dealers.models.person import Person

FILES = store.register(store.Store("documents", "dealers.Document"))
EXPIRES_SOON = timedelta(days=60)


class DocumentQuerySet(DealerOwnedQuerySet["Document"]):
    def visible_to(self, user: Any) -> Self:
        found = super().visible_to(user)
        return found.exclude(is_internal=True) if getattr(user, "is_dealers", False) else found

    def current(self) -> Self:
        return self.filter(archived_at__isnull=True)

    def expired(self, *, on: date) -> Self:
        return self.current().filter(expires_on__lt=on)

    def expiring(self, *, on: date, within: timedelta = EXPIRES_SOON) -> Self:
        """Still valid on that day, but not for long."""
        return self.current().filter(Q(expires_on__gte=on), Q(expires_on__lte=on + within))

    def for_list(self) -> Self:
        return self.select_related("uploaded_by")


@dealer_owned()
class Document(models.Model):
    """A licence, certificate or agreement on file. Served only through the view that checks who asks."""

    class Kind(models.TextChoices):
        LICENCE = "licence", _("Business licence")
        TAX = "tax", _("Tax certificate")
        INSURANCE = "insurance", _("Insurance")
        BANK = "bank", _("Bank certificate")
        AUTHORISATION = "authorisation", pgettext_lazy("kind of document", "Authorisation")
        REPORT = "report", pgettext_lazy("kind of document", "Report")
        OTHER = "other", _("Other document")

    class State(models.TextChoices):
        VALID = "valid", pgettext_lazy("document", "Valid")
        EXPIRING = "expiring", pgettext_lazy("document", "Expires soon")
        EXPIRED = "expired", pgettext_lazy("document", "Expired")
        ARCHIVED = "archived", pgettext_lazy("document", "Archived")

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    dealer = models.ForeignKey(Dealer, models.PROTECT, related_name="documents", verbose_name=_("dealer"))
    kind = models.CharField(_("kind"), max_length=14, choices=Kind)
    title = models.CharField(_("title"), max_length=200)
    number = models.CharField(_("number"), max_length=60, blank=True)
    issued_on = models.DateField(_("issued"), null=True, blank=True)
    expires_on = models.DateField(_("expires"), null=True, blank=True)
    is_internal = models.BooleanField(_("for our people only"), default=False)
    file_name = models.CharField(_("file name"), max_length=200)
    content_type = models.CharField(_("type"), max_length=100)
    size = models.PositiveBigIntegerField(_("size"))
    sha256 = models.CharField(_("checksum"), max_length=64)
    uploaded_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("by"))
    uploaded_at = models.DateTimeField(_("uploaded"), auto_now_add=True)
    archived_at = models.DateTimeField(_("archived"), null=True, editable=False)
    grams = grams_of("title", "number", "file_name")

    objects = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering = ["-uploaded_at", "-pk"]
        indexes = [
            GinIndex(fields=["grams"], name="dealers_document_grams"),
            models.Index(
                fields=["expires_on"],
                name="dealers_document_expiring",
                condition=models.Q(archived_at__isnull=True, expires_on__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("dealers:document_download", args=[self.public_id])

    def path(self) -> Path:
        return FILES.path(self.sha256)

    def state(self, *, on: date) -> State:
        if self.archived_at is not None:
            return self.State.ARCHIVED
        left = self.days_left(on=on)
        if left is None or left > EXPIRES_SOON.days:
            return self.State.VALID
        return self.State.EXPIRED if left < 0 else self.State.EXPIRING

    @property
    def state_today(self) -> State:
        return self.state(on=timezone.localdate())

    def days_left(self, *, on: date) -> int | None:
        return (self.expires_on - on).days if self.expires_on else None
