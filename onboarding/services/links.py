"""The link to an application: a secret of 256 bits that follows from the portal's key and is stored nowhere.

The same link stands in the browser and in every letter, so none of them is void because of another. Only its hash is
kept, to find the application by. A link that has run out is replaced by the next version when somebody asks for it.
"""

import base64
from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils.crypto import salted_hmac

from dealers.services.links import hash_of
from onboarding.models import Application

LIFE = timedelta(days=60)  # from the last time that something was saved, decided, or asked for


def secret_of(application: Application) -> str:
    told = f"{application.public_id}:{application.link_version}"
    digest = salted_hmac("onboarding.link", told, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def mint(application: Application, *, now: datetime) -> None:
    """Write the link's hash and life onto the row; whoever calls saves it."""
    mint_until(application, until=now + LIFE)


def mint_until(application: Application, *, until: datetime) -> None:
    application.token_hash = hash_of(secret_of(application))
    application.link_expires_at = until


def renew(application: Application, *, now: datetime) -> None:
    """A link that still opens lives on; one that has run out stays dead, and another takes its place."""
    if not application.is_link_open(now=now):
        application.link_version += 1
    mint(application, now=now)


def address_of(application: Application) -> str:
    return str(settings.SITE_URL) + reverse("onboarding:apply_status", args=[secret_of(application)])
