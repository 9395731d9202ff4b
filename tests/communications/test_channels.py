"""Channels: what is said, in whose language, to whom; and how another channel comes in."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from pytest_django import Settings

from communications import channels, outbox
from communications.channels import Channel, Notice, Send
from communications.services import notices
from dealers.models import Delivery, Event, Person, User
from tests.communications.smtp import MailServer

type Tell = Callable[..., Event]


class TextMessage(Channel):
    """A channel as an installation would add it."""

    code, title = "sms", "Text message"

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []

    def reaches(self, person: Person) -> bool:
        return bool(person.mobile)

    @contextmanager
    def session(self) -> Iterator[Send]:
        yield self._send

    def _send(self, notice: Notice) -> None:
        self.sent.append((notice.person.mobile or "", notice.subject))


@pytest.fixture
def sms(monkeypatch: pytest.MonkeyPatch) -> TextMessage:
    monkeypatch.setattr(channels, "_channels", dict(channels.registered()))
    channel = TextMessage()
    channels.register(channel)
    return channel


def test_a_mail_says_who_did_what_why_and_where_to_look(
    mail: MailServer, tell: Tell, carol: User, settings: Settings
) -> None:
    settings.SITE_URL = "https://portal.example.com"
    tell(carol, reason="The licence is <complete>.")
    outbox.drain()
    (message,) = mail.taken
    notice = Delivery.objects.get(channel="email")
    assert message["To"] == carol.email
    assert message["Subject"] == "Dave decided on Northgate"
    assert str(message["Message-ID"]).endswith("@portal.example.com>")
    text, html = (message.get_body((kind,)).get_content() for kind in ("plain", "html"))  # type: ignore[union-attr]
    for part in (text, html):
        assert f"https://portal.example.com/notices/{notice.public_id}/" in part
    assert "Reason: The licence is <complete>." in text
    assert "Reason: The licence is &lt;complete&gt;." in html


def test_a_mail_is_written_in_its_readers_language(mail: MailServer, tell: Tell, carol: User) -> None:
    carol.language = "zh-hans"
    carol.save()
    tell(carol)
    outbox.drain()
    assert '<html lang="zh-Hans">' in mail.taken[0].get_body(("html",)).get_content()  # type: ignore[union-attr]


def test_a_name_with_a_line_break_cannot_add_a_header(mail: MailServer, tell: Tell, carol: User, dave: User) -> None:
    dave.name = "Dave\r\nBcc: everybody@example.com"
    dave.save()
    tell(carol)
    outbox.drain()
    assert mail.taken[0]["Bcc"] is None
    assert mail.taken[0]["Subject"] == "Dave Bcc: everybody@example.com decided on Northgate"


def test_a_kind_is_not_mailed_to_who_does_not_want_it(mail: MailServer, tell: Tell, carol: User) -> None:
    notices.choose([("suite.told", "bell")], by=carol)
    tell(carol)
    outbox.drain()
    assert mail.taken == []
    assert Delivery.objects.get(channel="bell").state == Delivery.State.SENT


def test_a_kind_is_mailed_to_who_asked_for_it_though_others_only_see_it_in_the_bell(
    mail: MailServer, tell: Tell, carol: User, dave: User
) -> None:
    notices.choose([("suite.rung", "bell"), ("suite.rung", "email")], by=carol)
    tell(carol, dave, kind="suite.rung")
    outbox.drain()
    outbox.drain()
    assert [message["To"] for message in mail.taken] == [carol.email]


def test_a_person_without_an_address_is_not_mailed(mail: MailServer, tell: Tell, carol: User) -> None:
    User.objects.filter(pk=carol.pk).update(email=None, mobile="+8613800000001")
    tell(carol)
    outbox.drain()
    assert mail.taken == []
    assert Delivery.objects.get(channel="email").state == Delivery.State.SKIPPED


def test_another_channel_needs_a_class_and_one_line(
    sms: TextMessage, mail: MailServer, tell: Tell, carol: User
) -> None:
    User.objects.filter(pk=carol.pk).update(mobile="+8613800000001")
    notices.choose([("suite.rung", "bell"), ("suite.rung", "sms")], by=carol)
    tell(carol, kind="suite.rung")
    outbox.drain()
    assert sms.sent == [("+8613800000001", "Dave looked at Northgate")]


def test_a_channel_is_registered_once() -> None:
    with pytest.raises(ValueError, match="there already"):
        channels.register(channels.Email())
