"""What a password must be, and the token in a reset link."""

from datetime import datetime
from typing import Any

from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from dealers.models import User


class MaximumLengthValidator:
    """A password beyond any sensible length is work for the machine and nothing else."""

    def __init__(self, max_length: int = 128) -> None:
        self.max_length = max_length

    def validate(self, password: str, user: Any = None) -> None:
        if len(password) > self.max_length:
            raise ValidationError(self.get_help_text(), code="password_too_long")

    def get_help_text(self) -> str:
        return _("Your password may have up to %(count)d characters.") % {"count": self.max_length}


class ResetTokens(PasswordResetTokenGenerator):
    """Signed, for one use and one hour; void once anything about the account changed, a deactivation above all."""

    def _make_hash_value(self, user: Any, timestamp: int) -> str:
        stamp: datetime | None = user.sessions_void_before
        return f"{super()._make_hash_value(user, timestamp)}{user.is_active}{stamp}{user.mobile}"

    def check_token(self, user: Any, token: str | None) -> bool:
        return isinstance(user, User) and user.is_active and super().check_token(user, token)
