"""Law as configuration: what each jurisdiction allows to be done with prices and territories.

A pack is versioned data that counsel edits; the product gives no legal verdict. Enforcing a price tool needs a named
person, a recorded basis in law and an end date: without a living basis it falls back to observing.
"""

from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.formatting import is_chinese
from core.ids import new_public_id
from core.ownership import shared
from dealers.models import Person
from dealers.models.naming import Named


class Tool(models.TextChoices):
    """What a manufacturer may want to do about its dealers' prices and territories."""

    RETAIL_FLOOR = "retail_floor", _("Minimum retail price")
    WHOLESALE_FLOOR = "wholesale_floor", _("Minimum wholesale price")
    BID_FLOOR = "bid_floor", _("Minimum bid price")
    ADVERTISED_FLOOR = "advertised_floor", _("Minimum advertised price")
    PRICE_CEILING = "price_ceiling", _("Maximum resale price")
    RECOMMENDED_PRICE = "recommended_price", _("Recommended price")
    ACTIVE_SALES = "active_sales", _("Active sales outside the territory")
    PASSIVE_SALES = "passive_sales", _("Unsolicited sales outside the territory")


PRICE_TOOLS = frozenset(Tool) - {Tool.ACTIVE_SALES, Tool.PASSIVE_SALES}
PRICE_CHOICES = [(tool.value, tool.label) for tool in Tool if tool in PRICE_TOOLS]


class Mode(models.TextChoices):
    OFF = "off", pgettext_lazy("rule", "Off")
    OBSERVE = "observe", pgettext_lazy("rule", "Observe only")
    RECOMMEND = "recommend", pgettext_lazy("rule", "Recommend")
    ENFORCE = "enforce", pgettext_lazy("rule", "Enforce")


class RulePackQuerySet(models.QuerySet["RulePack"]):
    def visible_to(self, user: Any) -> Self:
        """Everybody may know the rules he is bound by."""
        return self if user.is_authenticated and user.is_active else self.none()

    def in_force(self, *, on: date) -> Self:
        """The latest version of each jurisdiction that has begun."""
        begun = self.filter(valid_from__lte=on).order_by("jurisdiction", "-version")
        return self.filter(pk__in=begun.distinct("jurisdiction").values("pk"))


@shared
class RulePack(Named):
    """One version of the rules of one jurisdiction ("EU", "CN"). A change makes the next version."""

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    jurisdiction = models.CharField(_("jurisdiction"), max_length=10)
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    valid_from = models.DateField(_("valid from"))
    note = models.TextField(_("note"), blank=True)
    note_zh = models.TextField(_("note in Chinese"), blank=True)
    reason = models.TextField(_("reason of the change"), blank=True)
    made_by = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("made by")
    )
    made_at = models.DateTimeField(_("made"), auto_now_add=True)

    objects = RulePackQuerySet.as_manager()

    class Meta:
        verbose_name = _("rule pack")
        verbose_name_plural = _("rule packs")
        ordering = ["jurisdiction", "-version"]
        constraints = [
            models.UniqueConstraint(name="contracts_rulepack_version_once", fields=["jurisdiction", "version"])
        ]

    @property
    def local_note(self) -> str:
        """What counsel says of it, in the reader's language where there is one."""
        return self.note_zh if self.note_zh and is_chinese() else self.note


class RuleSettingQuerySet(models.QuerySet["RuleSetting"]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(pack__in=RulePack.objects.visible_to(user))


@shared
class RuleSetting(models.Model):
    """How far one tool may go under a pack. `basis` and the rest are what enforcing a price tool rests on."""

    pack = models.ForeignKey(RulePack, models.PROTECT, related_name="settings", verbose_name=_("rule pack"))
    tool = models.CharField(_("tool"), max_length=20, choices=Tool)
    mode = models.CharField(_("mode"), max_length=10, choices=Mode)
    basis = models.TextField(_("basis in law"), blank=True)
    named_person = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("person who answers for it")
    )
    expires_on = models.DateField(_("expires"), null=True, blank=True)

    objects = RuleSettingQuerySet.as_manager()

    class Meta:
        verbose_name = _("rule")
        verbose_name_plural = _("rules")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(name="contracts_rulesetting_once", fields=["pack", "tool"]),
            models.CheckConstraint(
                name="contracts_rulesetting_enforcing_is_founded",
                condition=~Q(mode="enforce")
                | Q(tool__in=["active_sales", "passive_sales"])
                | (~Q(basis="") & Q(named_person__isnull=False) & Q(expires_on__isnull=False)),
                violation_error_message=_(
                    "Enforcing a price needs its basis in law, a person who answers for it, and an end date."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_tool_display()}: {self.get_mode_display()}"

    def mode_on(self, on: date) -> Mode:
        """The mode that counts on a day: enforcing ends with its basis and becomes observing."""
        if self.mode == Mode.ENFORCE and self.expires_on is not None and self.expires_on < on:
            return Mode.OBSERVE
        return Mode(self.mode)
