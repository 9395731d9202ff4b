"""What a dealer may sell where: the grant of a territory or of named terminals, for a product line, for a time.

The columns that hold areas as ranges are the database's own (see the migration `grants_as_ranges`): it fills them
from the trees and refuses a grant in force that crosses another dealer's exclusive one.
"""

from datetime import date
from typing import Self

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from contracts.models.contract import Contract, TermQuerySet
from core.ids import new_public_id
from core.ownership import dealer_owned
from dealers.models import Dealer, ProductLine, Terminal, Territory
from dealers.models.naming import Names, local_of, names_of


class GrantQuerySet(TermQuerySet["Grant"]):
    def in_force(self, *, on: date) -> Self:
        return self.filter(in_force=True, starts_on__lte=on, ends_on__gte=on)

    def for_page(self) -> Self:
        """With the names of their parts beside them, by the same statement; see `spared` and `named`."""
        exceptions = GrantException.objects.filter(grant=OuterRef("pk")).order_by("pk")
        terminals = GrantTerminal.objects.filter(grant=OuterRef("pk")).order_by("pk")
        return self.select_related("territory", "line").annotate(
            loaded_exceptions=ArraySubquery(exceptions.values(names=names_of("territory"))),
            loaded_terminals=ArraySubquery(terminals.values(names=names_of("terminal"))),
        )


@dealer_owned()
class Grant(models.Model):
    """A piece of the market for one dealer. Without a territory it names terminals; without a line it means all.

    `in_force` follows the contract's status, by the database.
    """

    class Exclusivity(models.TextChoices):
        EXCLUSIVE = "exclusive", _("Exclusive: nobody else, not even us")
        SOLE = "sole", _("Sole: no other dealer, but we may sell")
        NON_EXCLUSIVE = "non_exclusive", _("Non-exclusive")

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    dealer = models.ForeignKey(Dealer, models.PROTECT, related_name="grants", verbose_name=_("dealer"))
    contract = models.ForeignKey(
        Contract, models.PROTECT, related_name="grants", db_constraint=False, verbose_name=_("contract")
    )
    territory = models.ForeignKey(
        Territory, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("territory"),
        help_text=_("Empty where single terminals are named."),
    )  # fmt: skip
    line = models.ForeignKey(
        ProductLine, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("product line"),
        help_text=_("Empty means every line."),
    )  # fmt: skip
    exclusivity = models.CharField(
        _("exclusivity"), max_length=13, choices=Exclusivity, default=Exclusivity.NON_EXCLUSIVE
    )
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"))
    in_force = models.BooleanField(default=False, editable=False)

    loaded_exceptions: list[Names]  # by `for_page`
    loaded_terminals: list[Names]

    objects = GrantQuerySet.as_manager()

    class Meta:
        verbose_name = _("grant")
        verbose_name_plural = _("grants")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(name="contracts_grant_of_dealer", fields=["dealer", "id"]),
            models.CheckConstraint(
                name="contracts_grant_ends_after_start",
                condition=Q(ends_on__gte=F("starts_on")),
                violation_error_message=_("A grant must not end before it starts."),
            ),
        ]
        indexes = [models.Index(fields=["territory", "line"], name="contracts_grant_of_area")]

    def __str__(self) -> str:
        return f"{self.territory or self.contract} {self.line or ''}".strip()

    @property
    def spared(self) -> list[str]:
        """The parts of the territory that are left out, by name."""
        return [local_of(**one) for one in self.loaded_exceptions]

    @property
    def named(self) -> list[str]:
        """The terminals it names; with a territory they are left out of it."""
        return [local_of(**one) for one in self.loaded_terminals]

    @property
    def shuts_out(self) -> bool:
        """Whether no other dealer may sell here."""
        return self.exclusivity != self.Exclusivity.NON_EXCLUSIVE


class PartQuerySet[M: models.Model](TermQuerySet[M]):
    contract = "grant__contract"


@dealer_owned()
class GrantException(models.Model):
    """A part of the territory that is not granted, with everything below it."""

    dealer = models.ForeignKey(Dealer, models.PROTECT, related_name="+")
    grant = models.ForeignKey(Grant, models.PROTECT, related_name="exceptions", db_constraint=False)
    territory = models.ForeignKey(Territory, models.PROTECT, related_name="+", verbose_name=_("territory"))

    objects = PartQuerySet["GrantException"].as_manager()

    class Meta:
        default_permissions = ()
        verbose_name = _("exception of a grant")
        verbose_name_plural = _("exceptions of grants")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(name="contracts_grantexception_once", fields=["dealer", "grant", "territory"])
        ]

    def __str__(self) -> str:
        return str(self.territory)


@dealer_owned()
class GrantTerminal(models.Model):
    """A terminal that the grant names: granted by itself, or (with a territory) left out of it."""

    dealer = models.ForeignKey(Dealer, models.PROTECT, related_name="+")
    grant = models.ForeignKey(Grant, models.PROTECT, related_name="terminals", db_constraint=False)
    terminal = models.ForeignKey(Terminal, models.PROTECT, related_name="+", verbose_name=_("terminal"))

    objects = PartQuerySet["GrantTerminal"].as_manager()

    class Meta:
        default_permissions = ()
        verbose_name = _("terminal of a grant")
        verbose_name_plural = _("terminals of grants")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(name="contracts_grantterminal_once", fields=["dealer", "grant", "terminal"])
        ]

    def __str__(self) -> str:
        return str(self.terminal)
