"""Doing what people do at the account doors, through the pages."""

import re
import time
from typing import Any
from urllib.parse import urlsplit

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.core import mail
from django.core.cache import cache
from django.test import Client

from dealers.models import User
from dealers.services import letters
from tests.factories import PASSWORD

LOGIN = "/accounts/sign-in/"


def sign_in(client: Client, name: str, password: str = PASSWORD, **extra: Any) -> Any:
    return client.post(LOGIN, {"login": name, "password": password}, **extra)


def is_signed_in(client: Client) -> bool:
    return client.get("/accounts/sessions/").status_code == 200


def give_factor(user: User) -> str:
    """Set up an authenticator app as if at some earlier time; the seed."""
    seed = generate_totp_secret()
    TOTP.activate(user, seed)
    user.refresh_from_db()
    return seed


def code(seed: str, *, steps: int = 0) -> str:
    return format_hotp_value(hotp_value(seed, int(time.time()) // 30 + steps))


def forget_used_codes() -> None:
    cache.clear()


def delivered() -> list[Any]:
    """Send what waits; the letters that went out, oldest first."""
    before = len(mail.outbox)
    letters.send_due()
    return list(mail.outbox[before:])


def link_in(message: Any) -> str:
    found = re.search(r"https?://\S+", message.body)
    assert found, message.body
    return urlsplit(found[0]).path


def factors(user: User) -> set[str]:
    return set(Authenticator.objects.filter(user=user).values_list("type", flat=True))
