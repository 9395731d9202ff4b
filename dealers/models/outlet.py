"""Where goods are sold on. `Terminal` is ours, `Outlet` is the dealer's; who an outlet is stands apart."""

from typing import Any, Self

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.ids import new_public_id
from core.ownership import dealer_owned, shared
from core.search.grams import grams_of
from dealers.models.dealer import Dealer, DealerOwnedQuerySet
from dealers.models.naming import Named
from dealers.models.territory import Territory


class OutletClass(models.TextChoices):
    WHOLESALER = "wholesaler", _("Second-tier wholesaler")
    RETAILER = "retailer", _("Retailer")
    KEY_ACCOUNT = "key_account", _("Key account")
    E_SHOP = "e_shop", _("E-shop")


class TerminalQuerySet(models.QuerySet["Terminal"]):
    def visible_to(self, user: Any) -> Self:
        return self if user.is_authenticated and user.is_active else self.none()


@shared
class Terminal(Named):
    """A place in the market that we know of: the universe for distribution, and the named terminals of a grant."""

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    code = models.CharField(_("code"), max_length=40, unique=True)
    outlet_class = models.CharField(_("class"), max_length=12, choices=OutletClass)
    territory = models.ForeignKey(Territory, models.PROTECT, related_name="+", verbose_name=_("territory"))
    is_archived = models.BooleanField(_("archived"), default=False)
    grams = grams_of("code", "name", "name_zh")

    objects = TerminalQuerySet.as_manager()

    class Meta:
        verbose_name = _("terminal")
        verbose_name_plural = _("terminals")
        ordering = ["code"]
        indexes = [
            GinIndex(fields=["grams"], name="dealers_terminal_grams"),
            models.Index(fields=["name", "id"], name="dealers_terminal_by_name"),
        ]


@dealer_owned()
class Outlet(models.Model):
    """A customer of the dealer, by class and area. Its name and contact are the dealer's: see `OutletIdentity`."""

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    dealer = models.ForeignKey(Dealer, models.PROTECT, related_name="outlets", verbose_name=_("dealer"))
    code = models.CharField(_("customer code"), max_length=40)
    outlet_class = models.CharField(_("class"), max_length=12, choices=OutletClass)
    territory = models.ForeignKey(Territory, models.PROTECT, related_name="+", verbose_name=_("territory"))
    terminal = models.ForeignKey(
        Terminal, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("known to us as")
    )
    since = models.DateField(_("customer since"), null=True, blank=True)
    is_archived = models.BooleanField(_("archived"), default=False)

    objects = DealerOwnedQuerySet["Outlet"].as_manager()

    class Meta:
        verbose_name = _("downstream customer")
        verbose_name_plural = _("downstream customers")
        ordering = ["code", "pk"]
        constraints = [
            models.UniqueConstraint(name="dealers_outlet_code_per_dealer", fields=["dealer", "code"]),
            models.UniqueConstraint(name="dealers_outlet_of_dealer", fields=["dealer", "id"]),
        ]
        indexes = [models.Index(fields=["dealer", "since", "id"], name="dealers_outlet_by_since")]

    def __str__(self) -> str:
        return self.code


class OutletIdentityQuerySet(DealerOwnedQuerySet["OutletIdentity"]):
    def visible_to(self, user: Any) -> Self:
        found = super().visible_to(user)
        return found if getattr(user, "is_dealers", False) else found.filter(consented_at__isnull=False)


@dealer_owned()
class OutletIdentity(models.Model):
    """Who the outlet is. Staff see it only where the dealer has consented; the database holds this as well."""

    dealer = models.ForeignKey(Dealer, models.PROTECT, related_name="+", verbose_name=_("dealer"))
    outlet = models.OneToOneField(
        Outlet, models.PROTECT, related_name="identity", db_constraint=False, verbose_name=_("downstream customer")
    )
    name = models.CharField(_("name"), max_length=200)
    contact = models.CharField(_("contact"), max_length=120, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    address = models.CharField(_("address"), max_length=200, blank=True)
    consented_at = models.DateTimeField(_("shown to the manufacturer since"), null=True, blank=True)

    objects = OutletIdentityQuerySet.as_manager()

    class Meta:
        verbose_name = _("customer's identity")
        verbose_name_plural = _("customers' identities")
        indexes = [models.Index(fields=["dealer", "name"], name="dealers_outletidentity_by_name")]

    def __str__(self) -> str:
        return self.name
