"""Meetings: proposed by either side, agreed by the other, with people, at a time that exists."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from communications.clock import moment
from communications.models import Meeting, MeetingNote, Topic, TopicText
from communications.services import meetings
from communications.services.meetings import NotNow
from core.errors import NotYours, Refused, Stale
from dealers.models import Dealer, Delivery, Event, User
from tests import factories
from tests.communications import table
from tests.racing import at_once

State = Meeting.State
WHY = "The plant is closed on that day."


def told() -> set[tuple[int, str]]:
    return set(Delivery.objects.filter(channel="bell").values_list("recipient_id", "event__kind"))


def test_either_side_proposes_and_the_other_agrees(northgate: Dealer, carol: User, alice: User) -> None:
    ours = table.proposed(northgate, carol, carol, alice)
    assert ours.state == State.PROPOSED and ours.organiser_id == carol.pk
    assert (alice.pk, "meeting.proposed") in told()
    with pytest.raises(NotYours, match="other side has to agree"):
        meetings.agree(ours, by=carol, sequence=0)
    assert meetings.agree(ours, by=alice, sequence=0).state == State.AGREED
    theirs = table.proposed(northgate, alice, carol, alice)
    assert (carol.pk, "meeting.proposed") in told()
    assert meetings.agree(theirs, by=carol, sequence=0).state == State.AGREED
    assert {pk for pk, kind in told() if kind == "meeting.agreed"} == {alice.pk, carol.pk}


def test_a_meeting_without_people_of_both_sides_is_none(northgate: Dealer, carol: User, alice: User) -> None:
    for people in ([], [carol], [alice]):
        with pytest.raises(Refused, match="people of both sides"):
            table.proposed(northgate, carol, *people)
    assert not Meeting.objects.exists()
    with_guest = table.proposed(northgate, carol, carol, guests=["Mr Chen senior"])
    assert list(with_guest.participants.values_list("name", "side")) == [
        ("Mr Chen senior", "dealer"), ("Carol", "us")
    ]  # fmt: skip
    with_guest.participants.all().delete()
    with pytest.raises(Refused, match="people of both sides"):
        meetings.agree(with_guest, by=alice, sequence=0)


def test_the_past_and_hours_that_do_not_exist_are_refused(northgate: Dealer, carol: User, alice: User) -> None:
    with pytest.raises(Refused, match="has passed"):
        table.proposed(northgate, carol, carol, alice, when=table.when(timezone.now() - timedelta(hours=1)))
    with pytest.raises(Refused, match="clocks are put forward"):
        moment(datetime(2027, 3, 28, 2, 30), "Europe/Berlin")  # noqa: DTZ001  (what a person types has no zone)
    assert moment(datetime(2027, 3, 28, 3, 30), "Europe/Berlin") == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)  # noqa: DTZ001
    assert moment(datetime(2027, 3, 20, 14), "Asia/Shanghai") == datetime(2027, 3, 20, 6, tzinfo=UTC)  # noqa: DTZ001


def test_another_time_needs_the_other_sides_yes_again(northgate: Dealer, carol: User, alice: User) -> None:
    meeting = table.agreed(northgate, carol, alice)
    later = table.when(table.next_week() + timedelta(days=1))
    with pytest.raises(Refused, match="Give the reason"):
        meetings.propose_time(meeting, by=alice, when=later, reason="no")
    moved = meetings.propose_time(meeting, by=alice, when=later, reason=WHY)
    assert (moved.state, moved.sequence) == (State.PROPOSED, 1)
    with pytest.raises(NotYours):
        meetings.agree(moved, by=alice, sequence=1)
    with pytest.raises(Stale, match="Another time was proposed"):
        meetings.agree(moved, by=carol, sequence=0)
    assert meetings.agree(moved, by=carol, sequence=1).starts_at == later.starts_at
    with pytest.raises(Refused, match="stands already"):
        meetings.propose_time(moved, by=carol, when=later, reason=WHY)


def test_a_cancelled_meeting_is_closed_for_every_writer(northgate: Dealer, carol: User, alice: User) -> None:
    meeting = meetings.cancel(table.agreed(northgate, carol, alice), by=alice, reason=WHY)
    assert (meeting.state, meeting.sequence) == (State.CANCELLED, 1)
    with pytest.raises(NotNow, match="Cancelled"):
        meetings.agree(meeting, by=carol, sequence=1)
    with pytest.raises(IntegrityError, match="is closed"), transaction.atomic():
        Meeting.objects.filter(pk=meeting.pk).update(title="Another")


def test_both_sides_put_topics_on_the_agenda_and_what_is_open_comes_first(
    northgate: Dealer, carol: User, alice: User
) -> None:
    table.promise(northgate, carol, carol)
    meeting = table.proposed(northgate, carol, carol, alice, topics=["Smart toilets"])
    meetings.add_topic(meeting, by=alice, title="Display wall", minutes=20)
    assert list(meeting.topics.values_list("source", "minutes")) == [
        ("carried", 10), ("data", 20), ("us", 15), ("dealer", 20)
    ]  # fmt: skip
    assert Event.objects.filter(kind="meeting.topic_added").count() == 1


def test_minutes_begin_half_written(northgate: Dealer, carol: User, alice: User) -> None:
    table.promise(northgate, carol, carol, what="Order the frames")
    meeting = table.agreed(northgate, carol, alice)
    with pytest.raises(NotNow, match="has not begun"):
        meetings.hold(meeting, by=carol)
    table.begin(meeting)
    meeting = meetings.hold(meeting, by=carol)
    texts = {one.topic.source: one.text for one in TopicText.objects.select_related("topic")}
    assert "Order the frames (Carol, due on" in texts["carried"]
    assert "Promises kept" in texts["data"]
    with pytest.raises(NotNow):
        meetings.add_topic(meeting, by=alice, title="Too late", minutes=5)
    late = meetings.add_topic(meeting, by=carol, title="Any other business", minutes=5)
    assert TopicText.objects.filter(topic=late).exists()


def test_notes_of_ours_are_no_dealers_business(northgate: Dealer, carol: User, alice: User) -> None:
    meeting = table.agreed(northgate, carol, alice)
    meetings.note(meeting, by=carol, text="He asks for too much.")
    assert MeetingNote.objects.visible_to(carol).count() == 1
    assert not MeetingNote.objects.visible_to(alice).exists()
    assert not Event.objects.visible_to(alice).filter(kind="meeting.noted").exists()
    with pytest.raises(NotYours):
        meetings.note(meeting, by=alice, text="Mine")


def test_who_may_not_is_refused(northgate: Dealer, carol: User, alice: User, ann: User, bob: User) -> None:
    with pytest.raises(NotYours):
        table.proposed(northgate, ann, carol, ann)
    with pytest.raises(NotYours):
        table.proposed(northgate, factories.person("Ray", "finance"), carol, alice)
    meeting = table.agreed(northgate, carol, alice)
    assert not Meeting.objects.visible_to(bob).exists()
    assert not Topic.objects.visible_to(bob).exists()
    assert Meeting.objects.visible_to(ann).get() == meeting
    with pytest.raises(NotYours):
        meetings.hold(meeting, by=alice)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_agreeing_to_a_time_while_it_moves_has_one_winner(northgate: Dealer, carol: User, alice: User) -> None:
    meeting = table.proposed(northgate, carol, carol, alice)
    later = table.when(table.next_week() + timedelta(days=1))
    results = at_once(
        meeting,
        lambda: meetings.agree(meeting, by=alice, sequence=0),
        lambda: meetings.propose_time(meeting, by=carol, when=later, reason=WHY),
    )
    now = Meeting.objects.get()
    assert now.state == State.PROPOSED and now.starts_at == later.starts_at, "the later word of ours stands"
    assert sum(isinstance(one, Meeting) for one in results) in {1, 2}
