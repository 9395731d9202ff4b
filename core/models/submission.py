from django.db import models
from django.utils.translation import gettext_lazy as _

from core.ownership import system


@system
class Submission(models.Model):
    """A form that was sent and had an effect, and where it led. The key is made of the form's own id and what was
    typed: the same form with other words is another submission, the same words twice are one."""

    key = models.CharField(max_length=64, primary_key=True)
    user_id = models.BigIntegerField(_("by"), null=True)  # empty where nobody is signed in
    location = models.TextField(_("led to"), blank=True)
    at = models.DateTimeField(_("at"), auto_now_add=True)

    class Meta:
        default_permissions = ()
        verbose_name = _("submission")
        verbose_name_plural = _("submissions")
        indexes = [models.Index(fields=["at"], name="core_submission_by_time")]

    def __str__(self) -> str:
        return self.key
