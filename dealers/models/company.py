from typing import Any, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.ids import new_public_id
from core.ownership import shared
from dealers.models.naming import Named


class CompanyQuerySet(models.QuerySet["Company"]):
    def visible_to(self, user: Any) -> Self:
        return self if user.is_authenticated and user.is_active else self.none()


@shared
class Company(Named):
    """One of our own legal entities: it signs contracts, writes invoices, and brings jurisdiction and time zone."""

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    code = models.CharField(_("code"), max_length=20, unique=True)
    country = models.CharField(_("country"), max_length=2, help_text=_("ISO 3166-1 code, two letters"))
    currency = models.CharField(_("currency"), max_length=3, help_text=_("ISO 4217 code, three letters"))
    time_zone = models.CharField(_("time zone"), max_length=40, default="UTC")
    registration_number = models.CharField(_("registration number"), max_length=40, blank=True)
    address = models.TextField(_("address"), blank=True)
    is_archived = models.BooleanField(_("archived"), default=False)

    objects = CompanyQuerySet.as_manager()

    class Meta:
        verbose_name = _("own company")
        verbose_name_plural = _("own companies")
        ordering = ["code"]
