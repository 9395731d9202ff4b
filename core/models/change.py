from django.db import models
from django.utils.translation import gettext_lazy as _

from core.ownership import staff_only


@staff_only
class Change(models.Model):
    """What a row looked like before and after; written by a trigger, so no path around the forms escapes it.

    Events tell the meaning; a change carries the same `transaction` id and tells the letter.
    """

    class Operation(models.TextChoices):
        INSERT = "INSERT", _("Created")
        UPDATE = "UPDATE", _("Changed")
        DELETE = "DELETE", _("Deleted")

    at = models.DateTimeField(_("at"))
    transaction = models.BigIntegerField(_("transaction"), db_index=True)
    table = models.CharField(_("table"), max_length=63)
    row_id = models.BigIntegerField(_("row"))
    operation = models.CharField(_("operation"), max_length=6, choices=Operation)
    before = models.JSONField(_("before"), null=True)
    after = models.JSONField(_("after"), null=True)
    user_id = models.BigIntegerField(_("by"), null=True)

    class Meta:
        verbose_name = _("change")
        verbose_name_plural = _("changes")
        indexes = [models.Index(fields=["table", "row_id", "-id"], name="core_change_of_row")]

    def __str__(self) -> str:
        return f"{self.operation} {self.table} {self.row_id}"
