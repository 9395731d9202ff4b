"""What somebody was reminded of: one row for each rule, object, occasion and person, for ever."""

from django.db import models
from django.db.models import Q

from core.ownership import system
from dealers.models import Event


@system
class Reminder(models.Model):
    """`occasion` holds the time that the reminder is about, so that a changed time is another occasion.

    Dealer and person stand as numbers: the sweep joined both, and keys would cost it a good part of its time.
    """

    rule = models.CharField(max_length=60, db_collation="C")
    subject_id = models.BigIntegerField()
    occasion = models.CharField(max_length=60, db_collation="C")
    person_id = models.BigIntegerField()
    dealer_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    event = models.ForeignKey(Event, models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                name="communications_reminder_once", fields=["subject_id", "person_id", "rule", "occasion"]
            )
        ]
        indexes = [models.Index(fields=["id"], name="communications_reminder_untold", condition=Q(event__isnull=True))]

    def __str__(self) -> str:
        return f"{self.rule} {self.subject_id} {self.occasion}"
