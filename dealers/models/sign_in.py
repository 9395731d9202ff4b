from django.db import models
from django.utils.translation import gettext_lazy as _

from core import formatting
from core.ownership import system
from dealers.models.person import User


@system
class SignIn(models.Model):
    """The log of the account doors: who came in, who did not, what changed about an account. Never a password.

    What was typed as a name is kept as a keyed hash only: people type passwords into the wrong field.
    """

    class What(models.TextChoices):
        SIGNED_IN = "signed_in", _("Signed in")
        FAILED = "failed", _("Wrong name or password")
        THROTTLED = "throttled", _("Too many attempts")
        CODE_FAILED = "code_failed", _("Wrong one-time code")
        SIGNED_OUT = "signed_out", _("Signed out")
        SESSION_OVER = "session_over", _("Session ended by itself")
        SESSIONS_ENDED = "sessions_ended", _("Ended other sessions")
        RESET_ASKED = "reset_asked", _("Asked for a new password")
        RESET_DONE = "reset_done", _("Chose a new password by link")
        PASSWORD_CHANGED = "password_changed", _("Changed the password")
        FACTOR_ADDED = "factor_added", _("Set up the second factor")
        FACTOR_REMOVED = "factor_removed", _("Removed the second factor")
        CODES_RENEWED = "codes_renewed", _("Made new recovery codes")
        CONFIRMED = "confirmed", _("Confirmed the identity again")
        INVITED = "invited", _("Accepted an invitation")

    at = models.DateTimeField(_("at"), auto_now_add=True)
    what = models.CharField(_("what"), max_length=20, choices=What)
    user = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("person"))
    name_hash = models.CharField(max_length=64, blank=True)
    address = models.CharField(_("network address"), max_length=45, blank=True)
    agent = models.CharField(_("browser"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("sign-in")
        verbose_name_plural = _("sign-ins")
        default_permissions = ("view",)
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["user", "-at"], name="dealers_signin_of_user")]

    def __str__(self) -> str:
        return f"{self.get_what_display()}, {formatting.moment(self.at)}"
