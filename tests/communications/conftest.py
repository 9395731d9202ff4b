"""Notices to people, and a mail server to send them through."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pytest_django import Settings

from dealers import events
from dealers.events import EventKind
from dealers.models import Dealer, Event, User
from tests.communications.smtp import MailServer, mail_server

KINDS = (
    EventKind(
        "suite.told", "%(actor)s decided on %(subject)s", channels=("bell", "email"), title="Something was decided"
    ),
    EventKind("suite.rung", "%(actor)s looked at %(subject)s", title="Something was looked at"),
)


@pytest.fixture(autouse=True)
def _kinds_of_the_suite(monkeypatch: pytest.MonkeyPatch) -> None:
    """For these tests only: the preferences page shows every kind there is, also to tests that read pages."""
    for kind in KINDS:
        monkeypatch.setitem(events._kinds, kind.code, kind)


@pytest.fixture
def mail(settings: Settings) -> Iterator[MailServer]:
    with mail_server() as server:
        options = {"host": "127.0.0.1", "port": server.port, "timeout": 2}
        settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": options}}
        yield server


@pytest.fixture
def tell(northgate: Dealer, dave: User) -> Callable[..., Event]:
    """Something happens to Northgate, and people are told of it."""

    def happen(*people: User, kind: str = "suite.told", **facts: Any) -> Event:
        return events.record(kind, northgate, by=dave, notify=people, **facts)

    return happen
