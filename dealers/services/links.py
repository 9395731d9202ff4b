"""Links that open something for whoever holds them: minted when they are handed over, kept as a hash at most."""

import hashlib
import secrets

from allauth.account.app_settings import PASSWORD_RESET_TOKEN_GENERATOR
from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.urls import reverse

from dealers.models import Invitation, User


def account_named(name: str) -> User | None:
    """The account with this sign-in name, if there is one."""
    try:
        return User.objects.get_by_natural_key(name)
    except User.DoesNotExist:
        return None


def reset_tokens() -> PasswordResetTokenGenerator:
    made: PasswordResetTokenGenerator = PASSWORD_RESET_TOKEN_GENERATOR()
    return made


def mint(invitation: Invitation) -> str:
    """A fresh link for an invitation; the one before it no longer opens anything. 256 bits, only their hash stays."""
    token = secrets.token_urlsafe(32)
    invitation.token_hash = hash_of(token)
    invitation.save(update_fields=["token_hash"])
    return str(settings.SITE_URL) + reverse("account_invitation", args=[token])


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
