"""Where sessions are kept, and when one is over. `SESSION_ENGINE` points here.

A session ends after a while without use, after twelve hours in any case, and at once when the account's rights,
password or second factor change: the database then stamps `User.sessions_void_before` (see the migration), whichever
way the change was made, and a session that was begun under another stamp no longer counts.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from allauth.account.adapter import get_adapter
from django.contrib.auth.signals import user_logged_in
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from dealers.models import Session, User

STARTED, SEEN, STAMP = "started", "seen", "stamp"
ADDRESS, AGENT = "address", "agent"
_NOTE_EVERY = timedelta(minutes=1)  # how exactly "last seen" is kept: one write a minute, not one a request


class SessionStore(DatabaseStore):
    """Django's, with the columns that tell people about their sessions."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        row: Any = super().create_model_instance(data)
        row.user_id = int(data["_auth_user_id"]) if "_auth_user_id" in data else None
        row.started_at, row.seen_at = _moment(data.get(STARTED)), _moment(data.get(SEEN))
        row.address, row.agent = data.get(ADDRESS, ""), data.get(AGENT, "")
        session: Session = row
        return session


def is_over(session: SessionBase, user: User, *, now: datetime) -> bool:
    """Idle too long, older than allowed, or begun before something about the account changed."""
    started, seen = _moment(session.get(STARTED)), _moment(session.get(SEEN))
    if started is None or seen is None or session.get(STAMP) != stamp_of(user):
        return True
    idle = Session.IDLE_DEALERS if user.is_dealers else Session.IDLE_STAFF
    return now - seen > idle or now - started > Session.ABSOLUTE


def note_use(session: SessionBase, *, now: datetime) -> None:
    seen = _moment(session.get(SEEN))
    if seen is None or now - seen >= _NOTE_EVERY:
        session[SEEN] = now.timestamp()


def stamp_of(user: User) -> str:
    return user.sessions_void_before.isoformat() if user.sessions_void_before else ""


def keep(request: HttpRequest) -> None:
    """Who changed his own password or factor stays signed in here, under a new key; every other session ends."""
    user: Any = request.user
    user.refresh_from_db(fields=["sessions_void_before"])
    if request.session.get(STAMP) != stamp_of(user):
        request.session[STAMP] = stamp_of(user)
        request.session.cycle_key()


@receiver(user_logged_in, dispatch_uid="dealers.sessions.begin")
def begin(request: HttpRequest, user: User, **_signal: Any) -> None:
    """Fill in what the limits are measured by."""
    user.refresh_from_db(fields=["sessions_void_before"])  # the caller may have read it a while ago
    now = timezone.now().timestamp()
    request.session.update({STARTED: now, SEEN: now, STAMP: stamp_of(user)})
    if request.META.get("REMOTE_ADDR"):
        adapter = get_adapter(request)
        request.session[ADDRESS] = adapter.get_client_ip(request)
        request.session[AGENT] = adapter.get_http_user_agent(request)[:200]


def _moment(seconds: Any) -> datetime | None:
    # allow floats: seconds since the epoch
    return None if seconds is None else datetime.fromtimestamp(float(seconds), tz=UTC)
