"""Meetings as tests need them: proposed, agreed, held, by the verbs; a time that is past by a moved row."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.utils import timezone

from communications.models import ActionItem, Meeting, Minutes, Topic, TopicText
from communications.services import actions, meetings, minutes
from communications.services.meetings import When
from dealers.models import Dealer, Person, User

NEXT_WEEK = timedelta(days=7)


def person(user: User) -> Person:
    return Person.objects.get(pk=user.pk)


def when(starts_at: datetime | None = None, **more: Any) -> When:
    given: dict[str, Any] = {
        "starts_at": starts_at or next_week(),
        "zone": "Asia/Shanghai",
        "length": 90,
        "place": "Showroom",
    }
    return When(**given | more)


def next_week() -> datetime:
    return (timezone.now() + NEXT_WEEK).replace(minute=0, second=0, microsecond=0)


def proposed(dealer: Dealer, by: User, *people: User, **more: Any) -> Meeting:
    given: dict[str, Any] = {"when": when(), "title": "Quarterly review", "level": "executive"}
    return meetings.propose(dealer, by=by, attendees=[person(one) for one in people], **given | more)


def agreed(dealer: Dealer, ours: User, theirs: User, **more: Any) -> Meeting:
    meeting = proposed(dealer, ours, ours, theirs, **more)
    return meetings.agree(meeting, by=theirs, sequence=meeting.sequence)


def held(dealer: Dealer, ours: User, theirs: User, **more: Any) -> Meeting:
    meeting = agreed(dealer, ours, theirs, **more)
    begin(meeting)
    return meetings.hold(meeting, by=ours)


def begin(meeting: Meeting) -> None:
    """Its time has come: by the hand of the clock, which no verb has."""
    Meeting.objects.filter(pk=meeting.pk).update(starts_at=timezone.now() - timedelta(minutes=5))
    meeting.refresh_from_db()


def topic(meeting: Meeting, source: str = "data") -> Topic:
    return meeting.topics.get(source=source)


def say(topic: Topic, by: User, text: str) -> TopicText:
    version = TopicText.objects.get(topic=topic).version
    return minutes.write(topic, by=by, text=text, version=version)


def sent(dealer: Dealer, ours: User, theirs: User, **more: Any) -> Minutes:
    meeting = held(dealer, ours, theirs, **more)
    say(topic(meeting), ours, "The quarter was good.")
    return minutes.send(meeting, by=ours)


def promise(dealer: Dealer, by: User, owner: User, *, days: int = 7, what: str = "Send the floor plan") -> ActionItem:
    return actions.promise(dealer, by=by, what=what, owner=person(owner), due_on=today() + timedelta(days=days))


def today() -> date:
    """The factories' dealers keep UTC."""
    return datetime.now(UTC).date()
