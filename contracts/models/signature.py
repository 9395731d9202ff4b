"""Who signed a contract, for which side, and exactly which paper. A signature is written once."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contracts.models.contract import Contract, TermQuerySet
from contracts.models.paper import Paper
from core.ids import new_public_id
from core.ownership import dealer_owned
from dealers.models import Dealer, Person


@dealer_owned()
class Signature(models.Model):
    """One side's signature under one paper. Electronic: by an account, after a fresh proof of who it is, from a
    network address. On paper: recorded by one of our people, with the scan of what was signed and sealed."""

    class Method(models.TextChoices):
        ELECTRONIC = "electronic", pgettext_lazy("signature", "Electronic")
        PAPER = "paper", pgettext_lazy("signature", "On paper")

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    dealer = models.ForeignKey(Dealer, models.PROTECT, related_name="+", verbose_name=_("dealer"))
    contract = models.ForeignKey(
        Contract, models.PROTECT, related_name="signatures", db_constraint=False, verbose_name=_("contract")
    )
    paper = models.ForeignKey(Paper, models.PROTECT, related_name="+", db_constraint=False, verbose_name=_("paper"))
    side = models.CharField(_("side"), max_length=6, choices=Contract.Side)
    method = models.CharField(_("how it was signed"), max_length=10, choices=Method)
    name = models.CharField(_("name of the person who signed"), max_length=120)
    signed_on = models.DateField(_("signed on"))
    sha256 = models.CharField(_("checksum"), max_length=64)
    scan = models.ForeignKey(
        Paper, models.PROTECT, null=True, related_name="+", db_constraint=False, verbose_name=_("scan")
    )
    recorded_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("recorded by"))
    recorded_at = models.DateTimeField(_("recorded"))
    address = models.CharField(_("network address"), max_length=45, blank=True)

    objects = TermQuerySet["Signature"].as_manager()

    class Meta:
        default_permissions = ()
        verbose_name = _("signature")
        verbose_name_plural = _("signatures")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                name="contracts_signature_once",
                fields=["dealer", "paper", "side"],
                violation_error_message=_("This side has signed this document already."),
            ),
            models.CheckConstraint(
                name="contracts_signature_on_paper_has_its_scan",
                condition=~Q(method="paper") | Q(scan__isnull=False),
                violation_error_message=_("A signature on paper needs the scan of the signed paper."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_electronic(self) -> bool:
        return self.method == self.Method.ELECTRONIC
