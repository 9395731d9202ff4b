"""Invitations for calendars (RFC 5545, 5546). The uid of a meeting never changes and its sequence grows with every
change, so a later entry replaces the one before; a cancelled meeting takes it out.

Moments are written in UTC: every calendar shows them in its owner's zone, and no table of zones has to agree with ours.
"""

from datetime import UTC

from django.conf import settings
from django.utils import timezone
from icalendar import Calendar, Event, vCalAddress, vText

from communications.models import Meeting


def method_of(meeting: Meeting) -> str:
    return "CANCEL" if meeting.state == Meeting.State.CANCELLED else "REQUEST"


def invitation(meeting: Meeting) -> bytes:
    """The meeting as it is now. Proposed ones are tentative: the time is not agreed."""
    calendar = Calendar()
    calendar.add("prodid", "-//Entente//Meetings//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method_of(meeting))
    calendar.add_component(_entry(meeting))
    return bytes(calendar.to_ical())


def _entry(meeting: Meeting) -> Event:
    entry = Event()
    entry.add("uid", meeting.uid)
    entry.add("sequence", meeting.sequence)
    entry.add("dtstamp", timezone.now().astimezone(UTC).replace(microsecond=0))
    entry.add("dtstart", meeting.starts_at.astimezone(UTC))
    entry.add("dtend", meeting.ends_at.astimezone(UTC))
    entry.add("summary", meeting.title)
    entry.add("status", _status(meeting))
    if meeting.place or meeting.link:
        entry.add("location", meeting.place or meeting.link)
    entry.add("url", settings.SITE_URL + meeting.get_absolute_url())
    entry.add("description", "\n".join(_agenda(meeting)))
    if meeting.organiser is not None and meeting.organiser.email:
        entry.add("organizer", _address(meeting.organiser.email, meeting.organiser.name))
    for one in meeting.participants.select_related("person"):
        if one.person is not None and one.person.email:
            entry.add("attendee", _address(one.person.email, one.name), encode=False)
    return entry


def _status(meeting: Meeting) -> str:
    if meeting.state == Meeting.State.CANCELLED:
        return "CANCELLED"
    return "TENTATIVE" if meeting.state == Meeting.State.PROPOSED else "CONFIRMED"


def _agenda(meeting: Meeting) -> list[str]:
    numbered = [f"{number}. {title}" for number, title in enumerate(meeting.topics.values_list("title", flat=True), 1)]
    return [*([meeting.link] if meeting.link else []), *numbered]


def _address(email: str, name: str) -> vCalAddress:
    address = vCalAddress(f"mailto:{email}")
    address.params["cn"] = vText(name)
    return address
