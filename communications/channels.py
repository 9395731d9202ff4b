"""How people are reached: one interface, many channels. The bell and e-mail are here; others register themselves.

A channel for text messages, say, is a class in an app of your own::

    class TextMessage(Channel):
        code, title = "sms", _("Text message")

        def reaches(self, person: Person) -> bool:
            return bool(person.mobile)

        @contextmanager
        def session(self) -> Iterator[Send]:
            with Provider(settings.SMS_TOKEN) as provider:     # Unreachable if it does not answer
                yield lambda notice: provider.send(notice.person.mobile, notice.subject, key=notice.key)

and one line in that app's `ready()`: `channels.register(TextMessage())`. From then on everybody it reaches can choose
it in the preferences, and an event kind can name it in its `channels`. WeCom and WeChat fit in the same way.
"""

import hashlib
import smtplib
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import MIMEPart
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, mailers
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dealers.events import Attachment
from dealers.models import Person

BELL = "bell"
_REFUSED_FOR_GOOD = 500  # SMTP: 4xx may work later, 5xx will not


class Unreachable(Exception):  # noqa: N818  (it reads as what happened)
    """The provider does not answer: nothing more can be handed over for now, to nobody."""


class Undeliverable(Exception):  # noqa: N818
    """The provider will never take this one: trying again does not help."""


@dataclass(frozen=True, slots=True)
class Notice:
    """What a channel hands over, in the recipient's language. `key` is the same at every try."""

    key: str
    person: Person
    subject: str
    body: str
    reason: str
    url: str
    preferences_url: str
    attachment: Attachment | None = None


type Send = Callable[[Notice], None]


class Channel(ABC):
    """`code` stands on the delivery, `title` in the preferences.

    `session` is opened once for a handful of notices and yields what sends one. It runs outside any transaction, may
    be cut off at every point, and may be asked to hand over the same key again after a crash: pass the key on, so
    that the receiver can tell. Raise `Unreachable` or `Undeliverable` where known; anything else is tried again.
    """

    code: str
    title: "str | Promise"

    @abstractmethod
    def reaches(self, person: Person) -> bool:
        """Whether the person has an address here."""

    @abstractmethod
    @contextmanager
    def session(self) -> Iterator[Send]: ...


_channels: dict[str, Channel] = {}


def register(channel: Channel) -> None:
    if channel.code in _channels or channel.code == BELL:
        raise ValueError(f"The channel {channel.code} is there already")
    _channels[channel.code] = channel


def registered() -> Mapping[str, Channel]:
    """Every channel that hands something over. The bell does not: there the delivery itself is the notice."""
    return dict(_channels)


class Email(Channel):
    code, title = "email", _("E-mail")

    def reaches(self, person: Person) -> bool:
        return bool(person.email)

    @contextmanager
    def session(self) -> Iterator[Send]:
        mailer = mailers.default
        try:
            mailer.open()
        except (OSError, smtplib.SMTPException) as error:
            raise Unreachable(str(error)) from error
        try:
            yield lambda notice: self._send(mailer, notice)
        finally:
            mailer.close()

    def _send(self, mailer: object, notice: Notice) -> None:
        try:
            mailer.send_messages([self._compose(notice)])  # type: ignore[attr-defined]  # every mailer has it
        except smtplib.SMTPRecipientsRefused as error:
            raise _judged(min(code for code, _words in error.recipients.values()), error) from error
        except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as error:
            raise _judged(error.smtp_code, error) from error
        except (OSError, smtplib.SMTPException) as error:
            raise Unreachable(str(error)) from error

    @staticmethod
    def _compose(notice: Notice) -> EmailMultiAlternatives:
        context = {"notice": notice, "brand": settings.MANUFACTURER_NAME}
        message = EmailMultiAlternatives(
            subject=notice.subject,
            body=render_to_string("communications/email/notice.txt", context),
            to=[notice.person.email or ""],
            headers={"Message-ID": message_id(notice.key), "Auto-Submitted": "auto-generated"},
        )
        message.attach_alternative(render_to_string("communications/email/notice.html", context), "text/html")
        if (file := notice.attachment) is not None:
            part = MIMEPart()
            part.set_content(
                file.content, subtype=file.subtype, params=dict(file.parameters), disposition="attachment",
                filename=file.name,
            )  # fmt: skip
            message.attach(part)
        return message


def message_id(key: str) -> str:
    """The same for every try at the same delivery, so that a mail program can drop the second one."""
    digest = hashlib.sha256(key.encode()).hexdigest()[:40]
    return f"<{digest}@{urlsplit(settings.SITE_URL).hostname or 'localhost'}>"


def _judged(code: int, error: Exception) -> Exception:
    return Undeliverable(str(error)) if code >= _REFUSED_FOR_GOOD else error


register(Email())
