"""Where entries come from: one file, one form or one API call is one batch, reversible as a whole."""

from pathlib import Path
from typing import Any, Self

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.files import store
from core.ids import new_public_id
from core.ownership import dealer_owned
from core.search.grams import grams_of
from dealers.models import Dealer, Person
from dealers.models.dealer import dealers_seen

FILES = store.register(store.Store("imports", "ledger.ImportBatch"))


class ImportBatchQuerySet(models.QuerySet["ImportBatch"]):
    def visible_to(self, user: Any) -> Self:
        """A dealer sees what he reported; our people see reports of dealers in reach and what they brought themselves.

        Files for the whole network hold rows of every dealer: of others' only those see them who reach everybody.
        """
        if getattr(user, "is_dealers", False):
            return self.filter(dealer_id=user.dealer_id)
        if not getattr(user, "is_ours", False):
            return self.none()
        from dealers.backends import scope_of  # needs the user model, which must be loaded first

        if any(one.is_everywhere for one in scope_of(user).reaches):
            return self.all()
        brought = Q(dealer__isnull=True, created_by=user.pk)
        return self.filter(brought | Q(dealer__in=dealers_seen(user)))

    def for_list(self) -> Self:
        return self.select_related("created_by", "dealer")


@dealer_owned()
class ImportBatch(models.Model):
    """One import: the file as it came, how it was read, what became of every row."""

    class State(models.TextChoices):
        STORED = "stored", pgettext_lazy("import", "Being read")
        CHECKED = "checked", pgettext_lazy("import", "Checked")
        POSTING = "posting", pgettext_lazy("import", "Being posted")
        APPLIED = "applied", pgettext_lazy("import", "Posted")
        REFUSED = "refused", pgettext_lazy("import", "Refused")
        DISCARDED = "discarded", pgettext_lazy("import", "Discarded")
        REVERSED = "reversed", pgettext_lazy("import", "Reversed")

    class Choice(models.TextChoices):
        GOOD_ROWS = "good_rows", _("Post the good rows")
        ALL_OR_NOTHING = "all_or_nothing", _("All or nothing")

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    dealer = models.ForeignKey(
        Dealer, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("dealer")
    )
    kind = models.CharField(_("kind"), max_length=40)
    source = models.CharField(_("source"), max_length=40, default="erp")
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.STORED)
    choice = models.CharField(_("on bad rows"), max_length=14, choices=Choice, default=Choice.GOOD_ROWS)
    file_name = models.CharField(_("file"), max_length=200)
    file_size = models.PositiveBigIntegerField(_("size"), default=0)
    sha256 = models.CharField(_("checksum"), max_length=64)
    mapping = models.JSONField(_("columns"), default=dict)
    conventions = models.JSONField(_("how it was read"), default=dict)
    rows_read = models.PositiveBigIntegerField(_("rows in the file"), default=0)
    rows_stored = models.PositiveBigIntegerField(_("stored"), default=0)
    rows_rejected = models.PositiveBigIntegerField(_("rejected"), default=0)
    rows_duplicate = models.PositiveBigIntegerField(_("already in the ledger"), default=0)
    rows_ignored = models.PositiveBigIntegerField(_("left out"), default=0)
    rows_warned = models.PositiveBigIntegerField(_("stored with a warning"), default=0)
    totals = models.JSONField(_("sums by currency"), default=dict)
    problem = models.CharField(_("why it was refused"), max_length=40, blank=True)
    problem_values = models.JSONField(default=dict)
    created_at = models.DateTimeField(_("uploaded"), auto_now_add=True)
    created_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("by"))
    applied_at = models.DateTimeField(_("posted"), null=True)
    seconds = models.DecimalField(_("seconds"), max_digits=9, decimal_places=3, null=True)
    reverses = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="reversed_by", verbose_name=_("reverses")
    )
    reason = models.TextField(_("reason"), blank=True)
    grams = grams_of("file_name", "source")

    objects = ImportBatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["created_at", "id"], name="ledger_importbatch_by_time"),
            GinIndex(fields=["grams"], name="ledger_importbatch_grams"),
        ]
        permissions = [
            ("post_importbatch", _("Can post an import to the ledger")),
            ("reverse_importbatch", _("Can reverse an import")),
        ]
        constraints = [
            models.UniqueConstraint(name="ledger_importbatch_of_dealer", fields=["dealer", "id"]),
            models.UniqueConstraint(
                name="ledger_importbatch_file_once",
                fields=["kind", "source", "sha256"],
                condition=Q(state="applied", reverses__isnull=True, dealer__isnull=True),
            ),
            models.UniqueConstraint(
                name="ledger_importbatch_report_once",
                fields=["dealer", "kind", "source", "sha256"],
                condition=Q(state="applied", reverses__isnull=True, dealer__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.file_name

    def get_absolute_url(self) -> str:
        return reverse("ledger:import", args=[self.public_id])

    def path(self) -> Path:
        """The file as it came. Imports of the command line keep none."""
        return FILES.path(self.sha256)


class RejectedRowQuerySet(models.QuerySet["RejectedRow"]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(batch__in=ImportBatch.objects.visible_to(user))


@dealer_owned()
class RejectedRow(models.Model):
    """A row that was not stored: where it stands, which value, and why."""

    dealer = models.ForeignKey(Dealer, models.PROTECT, null=True, related_name="+")
    batch = models.ForeignKey(ImportBatch, models.PROTECT, related_name="rejected")
    row = models.PositiveBigIntegerField(_("row"))
    column = models.CharField(_("column"), max_length=40, blank=True)
    value = models.TextField(_("value"), blank=True)
    reason = models.CharField(_("reason"), max_length=40)
    cells = models.JSONField(_("the row"), default=list)

    objects = RejectedRowQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        verbose_name = _("rejected row")
        verbose_name_plural = _("rejected rows")
        ordering = ["row"]
        indexes = [models.Index(fields=["batch", "reason", "row"], name="ledger_rejectedrow_reason")]

    def __str__(self) -> str:
        return f"{self.row}: {self.reason}"


class ColumnMappingQuerySet(models.QuerySet["ColumnMapping"]):
    def visible_to(self, user: Any) -> Self:
        """How files for the whole network are read is everybody's knowledge among our people."""
        if getattr(user, "is_dealers", False):
            return self.filter(dealer_id=user.dealer_id)
        return self.filter(Q(dealer__isnull=True) | Q(dealer__in=dealers_seen(user)))


@dealer_owned()
class ColumnMapping(models.Model):
    """How the columns of a source were matched last time, so that the next file needs no questions."""

    dealer = models.ForeignKey(Dealer, models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=40)
    source = models.CharField(max_length=40)
    mapping = models.JSONField(default=dict)
    conventions = models.JSONField(default=dict)
    saved_at = models.DateTimeField(auto_now=True)

    objects = ColumnMappingQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                name="ledger_columnmapping_once", fields=["dealer", "kind", "source"], nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.source}"
