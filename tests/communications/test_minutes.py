"""Minutes: ours until they are sent, an edition then, confirmed by both, locked; and no text is ever lost."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from communications.models import ActionItem, Meeting, Minutes, Resolution, TopicText
from communications.services import actions, minutes
from communications.services.meetings import NotNow
from communications.services.minutes import StaleText
from core.database.context import acting
from core.database.roles import Role
from core.errors import NotYours, Refused, Stale
from dealers.models import Dealer, Delivery, User
from tests.communications import table
from tests.racing import at_once

State = Meeting.State
WHY = "The wall was promised for the tenth of April."


def test_what_was_decided_is_frozen_and_confirmed_by_both(northgate: Dealer, carol: User, alice: User) -> None:
    meeting = table.held(northgate, carol, alice)
    topic = table.topic(meeting)
    table.say(topic, carol, "The wall was late.")
    minutes.resolve(topic, by=carol, text="The wall stands by 8 April.")
    due = table.today() + timedelta(days=9)
    item = actions.agree_on(topic, by=carol, what="Order the frames", owner=table.person(carol), due_on=due)
    assert not ActionItem.objects.visible_to(alice).exists(), "a draft until the minutes are sent"
    edition = minutes.send(meeting, by=carol)
    assert edition.version == 1 and edition.sha256 == minutes.digest(edition.content)
    [said] = [one for one in edition.content["topics"] if one["text"]]
    assert said["text"] == "The wall was late." and said["resolutions"] == ["The wall stands by 8 April."]
    assert said["actions"] == [{"what": "Order the frames", "owner": "Carol", "side": "us", "due": f"{due}"}]
    assert (edition.content["ours"], edition.content["theirs"]) == (["Carol"], ["Alice"])
    assert ActionItem.objects.visible_to(alice).get() == item
    assert Delivery.objects.filter(recipient_id=alice.pk, event__kind="minutes.sent").exists()
    with pytest.raises(NotYours):
        minutes.confirm(edition, by=carol)
    locked = minutes.confirm(edition, by=alice)
    edition.refresh_from_db()
    assert (locked.state, edition.state, edition.answered_by_id) == (State.LOCKED, "confirmed", alice.pk)
    with pytest.raises(NotNow, match="confirmed already"):
        minutes.confirm(edition, by=alice)


def test_nothing_of_locked_minutes_changes_whoever_writes(northgate: Dealer, carol: User, alice: User) -> None:
    meeting = table.held(northgate, carol, alice)
    topic = table.topic(meeting)
    table.say(topic, carol, "Said.")
    decided = minutes.resolve(topic, by=carol, text="Decided.")
    item = actions.agree_on(topic, by=carol, what="Do it", owner=table.person(alice), due_on=table.today())
    edition = minutes.send(meeting, by=carol)
    minutes.confirm(edition, by=alice)
    attempts = [
        lambda: Meeting.objects.filter(pk=meeting.pk).update(title="Another"),
        lambda: TopicText.objects.filter(topic=topic).update(text="Unsaid."),
        lambda: meeting.topics.update(title="Another"),
        lambda: meeting.participants.all().delete(),
        lambda: Resolution.objects.filter(pk=decided.pk).delete(),
        lambda: Resolution.objects.create(dealer=northgate, topic=topic, text="New", by_id=carol.pk),
        lambda: Minutes.objects.filter(pk=edition.pk).update(content={}),
        lambda: Minutes.objects.filter(pk=edition.pk).update(correction="?"),
        lambda: ActionItem.objects.filter(pk=item.pk).update(what="Something else"),
        lambda: ActionItem.objects.filter(pk=item.pk).update(first_due_on=date(2030, 1, 1)),
        lambda: ActionItem.objects.filter(pk=item.pk).delete(),
    ]
    for attempt in attempts:
        with pytest.raises(IntegrityError), transaction.atomic():
            attempt()
    with pytest.raises(NotNow):
        minutes.write(topic, by=carol, text="Unsaid.", version=2)
    actions.complete(item, by=alice)  # what was promised goes on


def test_the_second_editor_is_shown_both_versions(northgate: Dealer, carol: User, alice: User, dave: User) -> None:
    topic = table.topic(table.held(northgate, carol, alice))
    version = TopicText.objects.get(topic=topic).version
    minutes.write(topic, by=carol, text="Carol's words.", version=version)
    with pytest.raises(StaleText) as stale:
        minutes.write(topic, by=dave, text="Dave's words.", version=version)
    assert stale.value.text.text == "Carol's words."
    minutes.write(topic, by=dave, text="Both words.", version=stale.value.text.version)
    assert TopicText.objects.get(topic=topic).text == "Both words."


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_of_two_who_save_at_once_one_is_told(northgate: Dealer, carol: User, alice: User, dave: User) -> None:
    meeting = table.held(northgate, carol, alice)
    topic = table.topic(meeting)
    version = TopicText.objects.get(topic=topic).version
    results = at_once(
        meeting,
        lambda: minutes.write(topic, by=carol, text="Carol's words.", version=version),
        lambda: minutes.write(topic, by=dave, text="Dave's words.", version=version),
    )
    [saved] = [one for one in results if isinstance(one, TopicText)]
    [told] = [one for one in results if isinstance(one, StaleText)]
    assert TopicText.objects.get(topic=topic).text == saved.text == told.text.text


def test_minutes_confirmed_after_a_newer_version_say_what_to_do(northgate: Dealer, carol: User, alice: User) -> None:
    first = table.sent(northgate, carol, alice)
    meeting = minutes.take_back(first.meeting, by=carol, reason="A figure was wrong in it.")
    with pytest.raises(NotNow, match="taken back to be corrected"):
        minutes.confirm(first, by=alice)
    table.say(table.topic(meeting), carol, "The quarter was very good.")
    second = minutes.send(meeting, by=carol)
    with pytest.raises(Stale, match="Version 2 of these minutes was sent after the version 1 that you read"):
        minutes.confirm(first, by=alice)
    assert minutes.confirm(second, by=alice).state == State.LOCKED


def test_a_correction_is_asked_for_in_words(northgate: Dealer, carol: User, alice: User) -> None:
    edition = table.sent(northgate, carol, alice)
    with pytest.raises(Refused, match="Give the reason"):
        minutes.ask_correction(edition, by=alice, reason="no")
    meeting = minutes.ask_correction(edition, by=alice, reason=WHY)
    edition.refresh_from_db()
    assert (meeting.state, edition.correction) == (State.HELD, WHY)
    assert Delivery.objects.filter(recipient_id=carol.pk, event__kind="minutes.corrected").exists()
    table.say(table.topic(meeting), carol, WHY)
    assert minutes.send(meeting, by=carol).version == 2


def test_empty_minutes_are_not_sent(northgate: Dealer, carol: User, alice: User) -> None:
    meeting = table.held(northgate, carol, alice)
    TopicText.objects.update(text="")
    with pytest.raises(Refused, match="minutes are empty"):
        minutes.send(meeting, by=carol)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_confirming_while_we_take_back_has_one_winner(northgate: Dealer, carol: User, alice: User) -> None:
    edition = table.sent(northgate, carol, alice)
    at_once(
        edition.meeting,
        lambda: minutes.confirm(edition, by=alice),
        lambda: minutes.take_back(edition.meeting, by=carol, reason="A figure was wrong in it."),
    )
    state = Meeting.objects.get().state
    edition.refresh_from_db()
    assert (state, edition.state) in {(State.LOCKED, "confirmed"), (State.HELD, "taken_back")}


def test_a_dealers_session_reads_no_draft_even_in_the_database(northgate: Dealer, carol: User, alice: User) -> None:
    meeting = table.held(northgate, carol, alice)
    topic = table.topic(meeting)
    actions.agree_on(topic, by=carol, what="Draft", owner=table.person(carol), due_on=table.today())
    with acting(Role.DEALER, dealer_id=northgate.pk, user_id=alice.pk):
        assert not ActionItem.objects.exists()
    for model in (TopicText, Resolution):
        with pytest.raises(Exception, match="permission denied"), acting(
            Role.DEALER, dealer_id=northgate.pk, user_id=alice.pk
        ):  # fmt: skip
            list(model.objects.all())
