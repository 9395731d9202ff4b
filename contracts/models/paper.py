"""The papers of a contract: the text as it was offered, in each language, and the scan of a signed one."""

from pathlib import Path

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contracts.models.contract import Contract, TermQuerySet
from core.files import store
from core.ids import new_public_id
from core.ownership import dealer_owned
from dealers.models import Dealer, Person

FILES = store.register(store.Store("contracts", "contracts.Paper"))


@dealer_owned()
class Paper(models.Model):
    """A file that never changes; its checksum says which. Served only through the view that checks who asks.

    Each offer makes an edition: one paper in each language, of the same terms. What is signed is one of them.
    """

    class Kind(models.TextChoices):
        OFFER = "offer", pgettext_lazy("paper", "Contract as offered")
        SCAN = "scan", pgettext_lazy("paper", "Scan of the signed contract")

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    dealer = models.ForeignKey(Dealer, models.PROTECT, related_name="+", verbose_name=_("dealer"))
    contract = models.ForeignKey(
        Contract, models.PROTECT, related_name="papers", db_constraint=False, verbose_name=_("contract")
    )
    kind = models.CharField(_("kind"), max_length=5, choices=Kind, default=Kind.OFFER)
    edition = models.PositiveSmallIntegerField(_("edition"))
    terms_version = models.PositiveIntegerField(editable=False)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, blank=True)
    file_name = models.CharField(_("file name"), max_length=200)
    content_type = models.CharField(_("type"), max_length=100)
    size = models.PositiveBigIntegerField(_("size"))
    sha256 = models.CharField(_("checksum"), max_length=64)
    made_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("made by"))
    made_at = models.DateTimeField(_("made"))

    objects = TermQuerySet["Paper"].as_manager()

    class Meta:
        default_permissions = ()
        verbose_name = _("paper of a contract")
        verbose_name_plural = _("papers of contracts")
        ordering = ["-edition", "kind", "language", "pk"]
        constraints = [
            models.UniqueConstraint(name="contracts_paper_of_dealer", fields=["dealer", "id"]),
            models.UniqueConstraint(
                name="contracts_paper_one_per_language",
                fields=["dealer", "contract", "edition", "language"],
                condition=Q(kind="offer"),
            ),
        ]

    def __str__(self) -> str:
        return self.file_name

    def get_absolute_url(self) -> str:
        return reverse("contracts:paper", args=[self.public_id])

    def path(self) -> Path:
        return FILES.path(self.sha256)
