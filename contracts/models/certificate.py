"""The certificate of authorisation: a number by which anybody can ask whether a dealer is authorised today."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from contracts.models.contract import Contract, TermQuerySet
from core.ids import new_public_id
from core.ownership import dealer_owned
from dealers.models import Dealer, Person


def new_number() -> str:
    """As hard to guess as a public id, since whoever has it may ask; said in groups, see `said`."""
    return new_public_id()


@dealer_owned()
class Certificate(models.Model):
    """Follows from filing. What it certifies stands in the contract: grants, lines, first and last day."""

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    dealer = models.ForeignKey(Dealer, models.PROTECT, related_name="+", verbose_name=_("dealer"))
    contract = models.ForeignKey(
        Contract, models.PROTECT, related_name="certificates", db_constraint=False, verbose_name=_("contract")
    )
    number = models.CharField(_("certificate number"), max_length=16, unique=True, default=new_number, editable=False)
    issued_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("issued by"))
    issued_at = models.DateTimeField(_("issued"))

    objects = TermQuerySet["Certificate"].as_manager()

    class Meta:
        default_permissions = ()
        verbose_name = _("certificate of authorisation")
        verbose_name_plural = _("certificates of authorisation")
        ordering = ["-issued_at", "-pk"]
        constraints = [
            models.UniqueConstraint(name="contracts_certificate_one_per_contract", fields=["dealer", "contract"])
        ]

    def __str__(self) -> str:
        return said(self.number)

    def get_absolute_url(self) -> str:
        return reverse("contracts:certificate", args=[self.public_id])

    @property
    def check_url(self) -> str:
        """Where anybody may check it; without the site's address."""
        return reverse("contracts:authorisation", args=[self.number])


def said(number: str) -> str:
    """As people read it: 7k2m9-xqr4t-pw3h."""
    return "-".join(number[start : start + 5] for start in range(0, len(number), 5))


def typed(text: str) -> str:
    """What stands in the register, from what somebody typed or scanned."""
    return "".join(letter for letter in text.lower() if letter.isalnum())
