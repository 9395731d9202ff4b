"""Invitations, read back by a parser that did not write them: zones right, an update replaces the first."""

from datetime import UTC, datetime, timedelta

import pytest
from ical.calendar_stream import IcsCalendarStream
from ical.event import Event

from communications import calendars, outbox
from communications.models import Meeting
from communications.services import meetings
from dealers.models import Dealer, User
from tests.communications import table
from tests.communications.smtp import MailServer

WHY = "The plant is closed on that day."


def lines_of(raw: bytes) -> dict[str, str]:
    """RFC 5545 by hand: lines end with CRLF, and a line that begins with a blank goes on from the one before."""
    assert raw.endswith(b"\r\n") and max(len(line) for line in raw.split(b"\r\n")) <= 75
    unfolded = raw.decode().replace("\r\n ", "")
    pairs = [line.split(":", 1) for line in unfolded.strip().split("\r\n")]
    return {name.split(";")[0]: value for name, value in pairs}


def read(raw: bytes) -> tuple[str | None, Event]:
    """Method and entry, as another calendar program takes them."""
    calendar = IcsCalendarStream.calendar_from_ics(raw.decode())
    [entry] = calendar.events
    return calendar.method, entry


@pytest.fixture
def spring(northgate: Dealer, carol: User, alice: User) -> Meeting:
    """20 March 2099, 14:00 in Shanghai: 06:00 in UTC."""
    at = datetime(2099, 3, 20, 6, tzinfo=UTC)
    return table.proposed(
        northgate, carol, carol, alice, when=table.when(at), title="季度回顾会, first; \\ quarter", topics=["Wall"]
    )  # fmt: skip


def test_an_entry_says_when_where_who(spring: Meeting, carol: User, alice: User) -> None:
    found = lines_of(calendars.invitation(spring))
    assert (found["DTSTART"], found["DTEND"]) == ("20990320T060000Z", "20990320T073000Z")
    assert (found["METHOD"], found["STATUS"], found["SEQUENCE"]) == ("REQUEST", "TENTATIVE", "0")
    assert found["SUMMARY"] == "季度回顾会\\, first\\; \\\\ quarter"
    method, event = read(calendars.invitation(spring))
    assert (method, event.status, event.summary) == ("REQUEST", "TENTATIVE", spring.title)
    assert (event.dtstart, event.dtend) == (spring.starts_at, spring.ends_at)
    assert {str(one.uri) for one in event.attendees} == {f"mailto:{one.email}" for one in (carol, alice)}
    assert event.organizer is not None and str(event.organizer.uri) == f"mailto:{carol.email}"
    assert event.description is not None and event.description.splitlines()[-1] == "2. Wall"


@pytest.mark.parametrize(
    ("at", "zone", "written"),
    [
        (datetime(2099, 3, 29, 2, 30, tzinfo=UTC), "Europe/Berlin", "20990329T023000Z"),
        (datetime(2099, 10, 25, 0, 30, tzinfo=UTC), "Europe/Berlin", "20991025T003000Z"),
        (datetime(2099, 12, 31, 23, 0, tzinfo=UTC), "Asia/Kathmandu", "20991231T230000Z"),
        (datetime(2099, 1, 1, 10, 0, tzinfo=UTC), "Pacific/Kiritimati", "20990101T100000Z"),
    ],
)
def test_the_moment_is_the_same_everywhere(
    northgate: Dealer, carol: User, alice: User, at: datetime, zone: str, written: str
) -> None:
    meeting = table.proposed(northgate, carol, carol, alice, when=table.when(at, zone=zone))
    assert lines_of(calendars.invitation(meeting))["DTSTART"] == written
    assert read(calendars.invitation(meeting))[1].dtstart == at


def test_an_update_replaces_the_first_and_a_cancellation_takes_it_out(
    spring: Meeting, carol: User, alice: User
) -> None:
    """A calendar keeps of each uid the entry with the highest sequence, as RFC 5546 says."""
    kept: dict[str | None, tuple[str | None, Event]] = {}

    def take(raw: bytes) -> None:
        method, entry = read(raw)
        before = kept.get(entry.uid)
        if before is None or (entry.sequence or 0) >= (before[1].sequence or 0):
            kept[entry.uid] = method, entry

    take(calendars.invitation(spring))
    take(calendars.invitation(meetings.agree(spring, by=alice, sequence=0)))
    later = table.when(datetime(2099, 3, 21, 6, tzinfo=UTC))
    moved = meetings.propose_time(spring, by=carol, when=later, reason=WHY)
    agreed = meetings.agree(moved, by=alice, sequence=1)
    take(calendars.invitation(agreed))
    [(_method, entry)] = kept.values()
    assert (entry.dtstart, entry.status, entry.sequence) == (datetime(2099, 3, 21, 6, tzinfo=UTC), "CONFIRMED", 1)
    take(calendars.invitation(meetings.cancel(agreed, by=carol, reason=WHY)))
    [(method, entry)] = kept.values()
    assert (method, entry.status, entry.sequence) == ("CANCEL", "CANCELLED", 2)


def test_the_notice_brings_the_invitation(mail: MailServer, spring: Meeting, alice: User) -> None:
    meetings.agree(spring, by=alice, sequence=0)
    outbox.drain()
    agreed = [one for one in mail.taken if "is agreed" in str(one["Subject"])]
    assert len(agreed) == 2, "to both at the table"
    for message in agreed:
        [part] = [one for one in message.walk() if one.get_content_type() == "text/calendar"]
        assert part.get_param("method") == "REQUEST" and part.get_filename() == "meeting.ics"
        found = lines_of(part.get_payload(decode=True))  # type: ignore[arg-type]
        assert found["UID"] == spring.uid and found["STATUS"] == "CONFIRMED"


def test_the_uid_never_changes(spring: Meeting, carol: User) -> None:
    before = spring.uid
    later = table.when(spring.starts_at + timedelta(days=2))
    assert meetings.propose_time(spring, by=carol, when=later, reason=WHY).uid == before
