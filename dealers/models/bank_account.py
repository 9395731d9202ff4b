from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.ids import new_public_id
from core.ownership import dealer_owned
from dealers.models.dealer import Dealer, DealerOwnedQuerySet


@dealer_owned()
class BankAccount(models.Model):
    """Where money for the dealer goes. A new one counts only when somebody else has approved it."""

    class Status(models.TextChoices):
        PROPOSED = "proposed", _("Waiting for approval")
        IN_USE = "in_use", _("In use")
        TURNED_DOWN = "turned_down", _("Turned down")
        REPLACED = "replaced", _("Replaced")

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    dealer = models.ForeignKey(Dealer, models.PROTECT, related_name="bank_accounts", verbose_name=_("dealer"))
    holder = models.CharField(_("account holder"), max_length=200)
    bank = models.CharField(_("bank"), max_length=200)
    number = models.CharField(_("account number or IBAN"), max_length=60)
    swift = models.CharField(_("SWIFT or CNAPS code"), max_length=20, blank=True)
    currency = models.CharField(_("currency"), max_length=3)
    status = models.CharField(_("status"), max_length=11, choices=Status, default=Status.PROPOSED)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = DealerOwnedQuerySet["BankAccount"].as_manager()

    class Meta:
        verbose_name = _("bank account")
        verbose_name_plural = _("bank accounts")
        ordering = ["-created_at", "-pk"]
        permissions = [("approve_bankaccount", _("Can approve a bank account"))]
        constraints = [
            models.UniqueConstraint(
                name="dealers_bankaccount_one_in_use",
                fields=["dealer", "currency"],
                condition=Q(status="in_use"),
                violation_error_message=_("There is already an account in use for this currency."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.bank} {masked(self.number)}"

    @property
    def masked_number(self) -> str:
        return masked(self.number)


def masked(number: str) -> str:
    """An account number as it may be shown to whoever has not just confirmed who he is."""
    return f"…{number[-4:]}"
