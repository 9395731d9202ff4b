"""Who cannot work without a one-time code, and the codes that were used."""

import hashlib
from typing import Any

from django.conf import settings
from django.core.cache import cache

from dealers.roles import BY_CODE


def is_missing(user: Any) -> bool:
    """The second factor is obligatory for this person and not set up yet."""
    return settings.SECOND_FACTOR_REQUIRED and is_needed(user) and not user.has_second_factor


def is_needed(user: Any) -> bool:
    """By role; our own people always. A role that the table does not know counts as one that needs it."""
    if user.is_ours:
        return True
    return any(role not in BY_CODE or BY_CODE[role].needs_second_factor for role in user.roles)


def use(user: Any, code: str) -> bool:
    """Take a code that was found right. False: it was used before, within the span in which it would still fit."""
    span = settings.MFA_TOTP_TOLERANCE * 2 + 2
    mark = hashlib.sha256(f"{user.pk}:{code.strip()}".encode()).hexdigest()
    return bool(cache.add(f"one-time-code:{mark}", "used", timeout=span * 30))
