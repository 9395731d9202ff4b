from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.ids import new_public_id
from core.ownership import dealer_owned
from core.search.grams import grams_of
from dealers.models.dealer import Dealer, DealerOwnedQuerySet


@dealer_owned()
class Contact(models.Model):
    """A person at the dealer whom we talk to; may or may not have a sign-in."""

    class Duty(models.TextChoices):
        OWNER = "owner", _("Owner")
        EXECUTIVE = "executive", _("Executive")
        PURCHASING = "purchasing", _("Purchasing")
        FINANCE = "finance", _("Finance")
        SALES = "sales", _("Sales")
        WAREHOUSE = "warehouse", _("Warehouse")
        SERVICE = "service", pgettext_lazy("duty", "Service")

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    dealer = models.ForeignKey(Dealer, models.PROTECT, related_name="contacts", verbose_name=_("dealer"))
    name = models.CharField(pgettext_lazy("of a person", "name"), max_length=120)
    duty = models.CharField(_("duty"), max_length=12, choices=Duty)
    title = models.CharField(_("position"), max_length=120, blank=True)
    email = models.EmailField(_("e-mail address"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    signs_contracts = models.BooleanField(_("signs contracts"), default=False)
    is_archived = models.BooleanField(_("archived"), default=False)
    grams = grams_of("name", "email", "phone")

    objects = DealerOwnedQuerySet["Contact"].as_manager()

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        ordering = ["name", "pk"]
        indexes = [GinIndex(fields=["grams"], name="dealers_contact_grams")]
        constraints = [models.UniqueConstraint(name="dealers_contact_of_dealer", fields=["dealer", "id"])]

    def __str__(self) -> str:
        return self.name
