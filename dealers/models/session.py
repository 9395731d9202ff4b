from datetime import timedelta
from typing import TYPE_CHECKING, Any, Self

from django.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
from django.db import models
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from core.ownership import system
from dealers import browsers
from dealers.models.person import User

if TYPE_CHECKING:
    from dealers.sessions import SessionStore


class SessionQuerySet(models.QuerySet["Session"]):
    def visible_to(self, user: Any) -> Self:
        """One's own and nobody else's, whoever asks."""
        return self.filter(user_id=user.pk, expire_date__gt=timezone.now())


class SessionManager(BaseSessionManager["Session"].from_queryset(SessionQuerySet)):  # type: ignore[misc]
    use_in_migrations = True


@system
class Session(AbstractBaseSession):
    """A signed-in browser. The row knows whose it is, so that people see and end their own."""

    IDLE_STAFF = timedelta(minutes=30)
    IDLE_DEALERS = timedelta(minutes=60)
    ABSOLUTE = timedelta(hours=12)

    # allow cascades: a session without its person opens nothing
    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="+", verbose_name=_("person"))
    started_at = models.DateTimeField(_("signed in"), null=True)
    seen_at = models.DateTimeField(_("last seen"), null=True)
    address = models.CharField(_("network address"), max_length=45, blank=True)
    agent = models.CharField(_("browser"), max_length=200, blank=True)

    objects = SessionManager()  # type: ignore[misc]  # Django's own is declared for the class

    class Meta(AbstractBaseSession.Meta):
        default_permissions = ()
        indexes = [models.Index(fields=["user", "-seen_at"], name="dealers_session_of_user")]

    @property
    def public_id(self) -> str:
        """Its name in addresses and forms, from which the key cannot be told."""
        return salted_hmac("dealers.session", self.session_key, algorithm="sha256").hexdigest()[:16]

    @property
    def browser(self) -> str:
        return browsers.named(self.agent)

    @classmethod
    def get_session_store_class(cls) -> "type[SessionStore]":
        from dealers.sessions import SessionStore  # the store needs this model

        return SessionStore
