"""Letters of the account doors: posted in the transaction of what they tell, sent by a worker.

A link is minted in the moment of sending and stands in the letter alone. Sending is claimed with a lease, so that a
killed worker's letters return after a minute; a letter is never lost and at worst goes out twice, with the same
Message-ID.
"""

import logging
import zoneinfo
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import F
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from core.database.context import acting
from core.jobs import ring_after_commit
from dealers.models import Invitation, Letter, User
from dealers.services import links

logger = logging.getLogger(__name__)
_AT_ONCE = 20


def post(what: str, *, user: User | None = None, name: str = "", invitation: Invitation | None = None) -> Letter:
    """Note that a letter is to go out. `name` is a sign-in name that may belong to nobody, or a room's own word."""
    letter = Letter.objects.create(what=what, user=user, name=name, invitation=invitation, not_before=timezone.now())
    ring_after_commit()
    return letter


def is_due() -> bool:
    return Letter.objects.due(now=timezone.now()).exists()


def send_due(now: datetime | None = None) -> int:
    """Send what waits; returns how many letters were dealt with. Safe to run at any time and side by side."""
    letters = _claim(now or timezone.now())
    for letter in letters:
        if not _begin(letter):
            continue  # it took so long to come to this one that somebody else has it by now
        try:
            _send(letter)
        except Exception as error:  # a mail server fails in many ways; each means: try again later
            logger.warning("letter %s was not sent: %s", letter.pk, type(error).__name__)
            _put_back(letter, error)
        else:
            _finish(letter)
    return len(letters)


def _claim(now: datetime) -> list[Letter]:
    with acting(None):
        due = Letter.objects.due(now=now).order_by("not_before", "pk")
        found = list(due.select_for_update(skip_locked=True)[:_AT_ONCE])
        for letter in found:
            letter.lease_until, letter.fence, letter.attempts = (
                now + Letter.LEASE,
                letter.fence + 1,
                letter.attempts + 1,
            )
        Letter.objects.bulk_update(found, ["lease_until", "fence", "attempts"])
    return found


def _begin(letter: Letter) -> bool:
    """Take the whole lease anew before the hand-over: those before it may have waited for a slow mail server."""
    with acting(None):
        mine = Letter.objects.filter(pk=letter.pk, fence=letter.fence, sent_at__isnull=True)
        return bool(mine.update(lease_until=timezone.now() + Letter.LEASE))


def _send(letter: Letter) -> None:
    """Write and hand over. The link is minted and stored as hash before the letter is out, never the other way."""
    with acting(None):
        written = _writers[letter.what](letter)
    if written is None:
        return
    recipient, language, template, facts = written
    zone = facts["user"].time_zone if "user" in facts else settings.BUSINESS_TIME_ZONE
    with translation.override(language), timezone.override(zoneinfo.ZoneInfo(zone)):
        text = render_to_string(f"account/email/{template}.txt", {"brand": settings.MANUFACTURER_NAME, **facts}).strip()
    subject, _blank, body = text.partition("\n")
    message_id = f"<letter-{letter.pk}@{urlsplit(settings.SITE_URL).hostname}>"
    EmailMessage(subject.strip(), body.strip() + "\n", to=[recipient], headers={"Message-ID": message_id}).send()


def _finish(letter: Letter) -> None:
    with acting(None):
        mine = Letter.objects.filter(pk=letter.pk, fence=letter.fence)
        mine.update(sent_at=timezone.now(), lease_until=None, name="", last_error="")


def _put_back(letter: Letter, error: Exception) -> None:
    """Later, and each time later still; after some hours it is given up and can be seen as such."""
    now = timezone.now()
    with acting(None):
        mine = Letter.objects.filter(pk=letter.pk, fence=letter.fence)
        mine.update(
            lease_until=None,
            last_error=type(error).__name__,  # never its text: it may carry an address
            not_before=now + timedelta(seconds=30) * 2**letter.attempts,
            given_up_at=now if letter.attempts >= Letter.MAX_ATTEMPTS else F("given_up_at"),
        )


# ---- what each letter says: recipient, language, template, facts; None: there is nothing to send ---------------
type Written = tuple[str, str, str, dict[str, Any]]


def _reset(letter: Letter) -> Written | None:
    user = links.account_named(letter.name)
    if user is None or not user.is_active or not user.email:
        return None
    key = links.reset_tokens().make_token(user)
    path = reverse("account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(user), "key": key})
    return user.email, user.language, "password_reset_key", {"user": user, "url": settings.SITE_URL + path}


def _invitation(letter: Letter) -> Written | None:
    invitation = letter.invitation
    if invitation is None or not invitation.is_open(now=timezone.now()) or not invitation.email:
        return None
    facts = {"invitation": invitation, "sign_in_url": settings.SITE_URL + reverse("account_login")}
    if User.objects.filter(email=invitation.email).exists():
        return invitation.email, invitation.language, "invitation_known", facts
    facts["url"] = links.mint(invitation)
    return invitation.email, invitation.language, "invitation", facts


def _warning(template: str) -> Callable[[Letter], Written | None]:
    def write(letter: Letter) -> Written | None:
        user = letter.user
        if user is None or not user.email:
            return None
        facts = {"user": user, "at": letter.asked_at, "url": settings.SITE_URL + reverse("account_reset_password")}
        return user.email, user.language, template, facts

    return write


_writers: dict[str, Callable[[Letter], Written | None]] = {
    Letter.What.RESET: _reset,
    Letter.What.INVITATION: _invitation,
    Letter.What.PASSWORD_CHANGED: _warning("password_changed"),
    Letter.What.FACTOR_CHANGED: _warning("factor_changed"),
}


def writes(what: str) -> Callable[[Callable[[Letter], Written | None]], Callable[[Letter], Written | None]]:
    """Register who writes a letter of a room above; `what` is its own code, at most twenty letters."""

    def register(writer: Callable[[Letter], Written | None]) -> Callable[[Letter], Written | None]:
        if what in _writers:
            raise ValueError(f"The letter {what} is written twice")
        _writers[what] = writer
        return writer

    return register
