"""Pages of meetings and promises: the four steps, each for who may; nothing typed is lost, nothing of ours is shown."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from communications.models import ActionItem, Meeting, Minutes, TopicText
from communications.services import actions, meetings, minutes
from core.periods import months_later
from dealers.models import Dealer, User
from ledger.models import ReportDue, ReportDuty
from tests import factories
from tests.communications import table
from tests.pages import at_most, text_of

type SignIn = Callable[[User], Client]
type Asked = Callable[[], AbstractContextManager[list[str]]]
WHY = "The plant is closed on that day."


def typed(*ours: User, theirs: User, **more: Any) -> dict[str, Any]:
    start = table.next_week()
    return {
        "title": "Quarterly review", "level": "executive", "day": f"{start:%Y-%m-%d}", "at": "14:00",
        "zone": "Asia/Shanghai", "length": "90", "place": "Showroom", "link": "",
        "ours": [one.public_id for one in ours], "theirs": [theirs.public_id], "guests": "王磊、Li Na",
        "topics": "Wall\n",
    } | more  # fmt: skip


def test_from_proposal_to_locked_minutes(northgate: Dealer, carol: User, alice: User, signed_in: SignIn) -> None:
    ours, theirs = signed_in(carol), signed_in(alice)
    page = f"/dealers/{northgate.public_id}/meetings/new/"
    assert "Propose a meeting" in text_of(ours.get(page))
    wrong = ours.post(page, typed(carol, theirs=alice, place="", topics="Kept words"))
    assert wrong.status_code == 422 and "Name a place or a video link" in text_of(wrong)
    assert "Kept words" in wrong.content.decode()
    nobody = ours.post(page, typed(theirs=alice) | {"theirs": [], "guests": ""})
    assert nobody.status_code == 422 and "people of both sides" in text_of(nobody)
    ours.post(page, typed(carol, theirs=alice))
    meeting = Meeting.objects.get()
    here = meeting.get_absolute_url()
    assert list(meeting.participants.values_list("name", flat=True)) == ["Alice", "王磊", "Li Na", "Carol"]
    text = text_of(theirs.get(here))
    assert "This time needs your yes" in text and "Wall" in text
    assert "Notes of our people" not in text
    theirs.post(f"{here}topics/add/", {"title": "Display wall", "minutes": "20"})
    assert "Another time was proposed" in text_of(theirs.post(f"{here}agree/", {"sequence": "7"}, follow=True))
    assert "The meeting is agreed" in text_of(theirs.post(f"{here}agree/", {"sequence": "0"}, follow=True))
    assert "has not begun" in text_of(ours.post(f"{here}hold/", follow=True))
    table.begin(meeting)
    held = ours.post(f"{here}hold/", follow=True)
    assert "only we see this until it is sent" in text_of(held)
    topic = meeting.topics.get(title="Display wall")
    editor = f"/topics/{topic.public_id}/"
    version = TopicText.objects.get(topic=topic).version
    said = {"text": "The wall was late.", "version": version, "resolution": "It stands by 8 April."}
    half = ours.post(editor, said | {"what": "Order the frames"})
    assert half.status_code == 422 and "what, who and until when" in text_of(half)
    assert "The wall was late." in half.content.decode()
    assert TopicText.objects.get(topic=topic).text == "", "all of the form or nothing"
    due = f"{table.today() + timedelta(days=5):%Y-%m-%d}"
    saved = ours.post(editor, said | {"what": "Order the frames", "owner": carol.pk, "due_on": due}, follow=True)
    assert "Saved" in text_of(saved) and "It stands by 8 April." in text_of(saved)
    assert "are being written" in text_of(theirs.get(here))
    assert "The wall was late" not in text_of(theirs.get(here))
    assert theirs.get(editor).status_code == 404
    version = TopicText.objects.get(topic=topic).version
    sent = ours.post(editor, {"text": "The wall was late.", "version": version, "then": "send"}, follow=True)
    assert "The minutes are sent" in text_of(sent)
    edition = Minutes.objects.get()
    text = text_of(theirs.get(here))
    for words in ("The wall was late.", "It stands by 8 April.", "Order the frames", "Not confirmed yet"):
        assert words in text, words
    assert "confirmed the minutes" in text_of(theirs.post(f"/minutes/{edition.public_id}/confirm/", follow=True))
    assert "for Northgate, " in text_of(ours.get(here))
    assert Meeting.objects.get().state == Meeting.State.LOCKED


def test_another_topic_is_opened_after_saving_this_one(
    northgate: Dealer, carol: User, alice: User, signed_in: SignIn
) -> None:
    meeting = table.held(northgate, carol, alice, topics=["Wall"])
    here, there = meeting.topics.get(title="Wall"), table.topic(meeting)
    version = TopicText.objects.get(topic=here).version
    moved = signed_in(carol).post(
        f"/topics/{here.public_id}/", {"text": "Late.", "version": version, "then": there.public_id}
    )
    assert moved.headers["Location"] == f"/topics/{there.public_id}/"
    assert TopicText.objects.get(topic=here).text == "Late."


def test_who_saves_on_an_outdated_text_is_shown_both_and_loses_nothing(
    northgate: Dealer, carol: User, alice: User, dave: User, signed_in: SignIn
) -> None:
    topic = table.topic(table.held(northgate, carol, alice))
    version = TopicText.objects.get(topic=topic).version
    table.say(topic, dave, "Dave's words.")
    client, editor = signed_in(carol), f"/topics/{topic.public_id}/"
    late = client.post(editor, {"text": "Carol's words.", "version": version, "resolution": "Decided."})
    body = text_of(late)
    assert late.status_code == 409
    for words in ("Somebody else wrote on this topic", "Dave's words.", "Carol's words.", "Decided."):
        assert words in body, words
    again = {"text": "Dave's and Carol's words.", "version": late.context["form"]["version"].value()}
    assert client.post(editor, again | {"resolution": "Decided."}).status_code == 302
    assert TopicText.objects.get(topic=topic).text == "Dave's and Carol's words."


def test_minutes_read_in_an_old_tab_are_not_confirmed(
    northgate: Dealer, carol: User, alice: User, signed_in: SignIn
) -> None:
    first = table.sent(northgate, carol, alice)
    meeting = minutes.take_back(first.meeting, by=carol, reason="A figure was wrong in it.")
    table.say(table.topic(meeting), carol, "Better.")
    minutes.send(meeting, by=carol)
    told = text_of(signed_in(alice).post(f"/minutes/{first.public_id}/confirm/", follow=True))
    assert "Version 2 of these minutes was sent after the version 1" in told and "Better." in told


def test_the_dealer_asks_for_a_correction_and_the_writer_reads_it(
    northgate: Dealer, carol: User, alice: User, signed_in: SignIn
) -> None:
    edition = table.sent(northgate, carol, alice)
    page = f"/minutes/{edition.public_id}/correct/"
    short = signed_in(alice).post(page, {"reason": "no"})
    assert short.status_code == 422 and "Give the reason" in text_of(short)
    signed_in(alice).post(page, {"reason": "The wall was promised for April."})
    shown = text_of(signed_in(carol).get(edition.meeting.get_absolute_url(), follow=True))
    assert "The wall was promised for April." in shown


def test_a_dealer_proposes_and_we_propose_another_time(
    northgate: Dealer, carol: User, alice: User, signed_in: SignIn
) -> None:
    Dealer.objects.filter(pk=northgate.pk).update(manager_id=carol.pk)
    signed_in(alice).post("/meetings/new/", typed(carol, theirs=alice))
    meeting = Meeting.objects.get()
    here, client = meeting.get_absolute_url(), signed_in(carol)
    assert "Alice proposes a meeting" in text_of(client.get("/"))
    start = table.next_week() + timedelta(days=2)
    other = {"day": f"{start:%Y-%m-%d}", "at": "09:30", "zone": "Asia/Shanghai", "length": "60", "place": "Video"}
    assert client.post(f"{here}time/", other | {"reason": "x"}).status_code == 422
    client.post(f"{here}time/", other | {"reason": WHY})
    assert f"{meeting.title}" in text_of(signed_in(alice).get("/"))
    signed_in(alice).post(f"{here}agree/", {"sequence": "1"})
    meeting.refresh_from_db()
    assert (meeting.state, f"{meeting.local_start:%H:%M}") == (Meeting.State.AGREED, "09:30")


def test_promises_are_noted_moved_done_and_released_on_pages(
    northgate: Dealer, carol: User, alice: User, ann: User, signed_in: SignIn
) -> None:
    ours = signed_in(carol)
    due = f"{table.today() + timedelta(days=5):%Y-%m-%d}"
    page = f"/dealers/{northgate.public_id}/promises/new/"
    ours.post(page, {"what": "Send the plan", "owner": ann.pk, "due_on": due})
    item = ActionItem.objects.get()
    here = item.get_absolute_url()
    later = f"{table.today() + timedelta(days=9):%Y-%m-%d}"
    assert ours.post(f"{here}move/", {"due_on": later, "reason": ""}).status_code == 422
    ours.post(f"{here}move/", {"due_on": later, "reason": WHY})
    shown = text_of(signed_in(ann).get(here))
    assert "It is judged by the date that was promised first." in shown and WHY in shown
    assert ours.post(f"{here}done/").status_code == 403
    signed_in(ann).post(f"{here}done/", {"note": "Sent."})
    item.refresh_from_db()
    assert item.state == "done"
    released = table.promise(northgate, carol, carol)
    signed_in(alice).post(f"{released.get_absolute_url()}release/", {"reason": WHY})
    released.refresh_from_db()
    assert released.state == "dropped"


def test_strangers_meet_nobody(
    northgate: Dealer, carol: User, alice: User, bob: User, south: Any, signed_in: SignIn
) -> None:
    edition = table.sent(northgate, carol, alice)
    item = table.promise(northgate, carol, carol)
    here = edition.meeting.get_absolute_url()
    for stranger in (bob, factories.person("Sue", "account_manager", node=south)):
        client = signed_in(stranger)
        for page in (here, f"{here}invitation.ics", item.get_absolute_url()):
            assert client.get(page).status_code == 404, page
        assert "Quarterly review" not in text_of(client.get("/meetings/"))
        assert "Send the floor plan" not in text_of(client.get("/promises/"))
    assert signed_in(bob).post(f"/minutes/{edition.public_id}/confirm/").status_code == 404


def test_clerks_look_and_do_their_own(
    northgate: Dealer, carol: User, alice: User, ann: User, signed_in: SignIn
) -> None:
    edition = table.sent(northgate, carol, alice)
    client = signed_in(ann)
    assert "The quarter was good." in text_of(client.get(edition.meeting.get_absolute_url()))
    assert client.post(f"/minutes/{edition.public_id}/confirm/").status_code == 403
    assert client.get("/meetings/new/").status_code == 403


@pytest.mark.parametrize("rows", [1, 12])
def test_the_lists_cost_the_same_however_long(
    northgate: Dealer, carol: User, alice: User, signed_in: SignIn, rows: int
) -> None:
    for _number in range(rows):
        table.agreed(northgate, carol, alice)
        table.promise(northgate, carol, alice)
    client = signed_in(carol)
    for page in ("/meetings/", "/promises/"):
        client.get(page)
        with at_most(12):
            assert client.get(page).status_code == 200
    assert "0 of 0" in text_of(client.get("/promises/"))


def test_my_day_file_and_home_tell_of_meetings_and_promises(
    northgate: Dealer, carol: User, alice: User, signed_in: SignIn
) -> None:
    Dealer.objects.filter(pk=northgate.pk).update(manager_id=carol.pk)
    table.agreed(northgate, carol, alice)
    table.promise(northgate, carol, carol, days=1)
    table.sent(northgate, carol, alice, title="Spring review")
    held = table.held(northgate, carol, alice, title="Summer review")
    day = text_of(signed_in(carol).get("/"))
    for words in ("Coming meetings", "Send the floor plan", f"Minutes to write: {held.title}"):
        assert words in day, words
    home = text_of(signed_in(alice).get("/"))
    for words in ("Minutes to confirm: Spring review", "Coming meetings"):
        assert words in home, words
    file = text_of(signed_in(carol).get(f"/dealers/{northgate.public_id}/meetings/"))
    assert "Summer review" in file and "Propose a meeting" in file


def test_a_meeting_that_passed_is_no_longer_coming(northgate: Dealer, carol: User, alice: User) -> None:
    meeting = table.agreed(northgate, carol, alice)
    assert Meeting.objects.coming(now=timezone.now()).get() == meeting
    later = meeting.starts_at + timedelta(hours=3)
    assert not Meeting.objects.coming(now=later).exists()
    assert Meeting.objects.without_minutes(now=later).get() == meeting
    meetings.cancel(meeting, by=carol, reason=WHY)
    assert not Meeting.objects.without_minutes(now=later).exists()


def test_the_briefing_brings_figures_of_every_room(
    northgate: Dealer, carol: User, alice: User, signed_in: SignIn
) -> None:
    duty = ReportDuty.objects.create(dealer=northgate, kind="stock-counts", starts_on=table.today())
    for number, filed in enumerate((3, 12, None), start=1):
        due_on = months_later(table.today().replace(day=1), -number)
        ReportDue.objects.create(
            dealer=northgate, duty=duty, kind=duty.kind, month=due_on, due_on=due_on,
            filed_on=None if filed is None else due_on - timedelta(days=5) + timedelta(days=filed),
        )  # fmt: skip
    item = table.promise(northgate, carol, carol)
    actions.complete(item, by=carol)
    meeting = table.agreed(northgate, carol, alice)
    for reader in (carol, alice):
        text = text_of(signed_in(reader).get(meeting.get_absolute_url()))
        assert "Reports in time, twelve months 1 of 3" in text
        assert "Promises kept: Halvard 1 of 1" in text and "Promises kept: Northgate" in text


def test_the_briefing_counts_the_reports_on_twelve_months(
    northgate: Dealer, carol: User, alice: User, signed_in: SignIn
) -> None:
    """On the last day of a month too: reports on the thirteenth month back are no longer of the year."""
    duty = ReportDuty.objects.create(dealer=northgate, kind="stock-counts", starts_on=table.today())
    this_month = table.today().replace(day=1)
    for number in range(1, 16):
        month, due_on = months_later(this_month, -number), months_later(this_month, 1 - number)
        ReportDue.objects.create(
            dealer=northgate, duty=duty, kind=duty.kind, month=month, due_on=due_on.replace(day=28), filed_on=due_on
        )
    meeting = table.agreed(northgate, carol, alice)
    text = text_of(signed_in(alice).get(meeting.get_absolute_url()))
    assert "Reports in time, twelve months 12 of 12" in text
    assert "12 of 12 on time" in text_of(signed_in(alice).get(f"/dealers/{northgate.public_id}/reports/"))


@pytest.mark.parametrize("paper", ["", "briefing.pdf"])
def test_a_meeting_costs_the_same_however_much_belongs_to_it(
    paper: str, northgate: Dealer, carol: User, alice: User, signed_in: SignIn, statements: Asked
) -> None:
    meeting = table.agreed(northgate, carol, alice, topics=["First"])
    client, here = signed_in(carol), meeting.get_absolute_url() + paper

    def fill(most: int) -> None:
        for number in range(most):
            meetings.add_topic(meeting, by=carol, title=f"Topic {number} of {most}", minutes=5)
            meetings.note(meeting, by=carol, text=f"Note {number} of {most}")
            table.promise(northgate, carol, alice, what=f"Promise {number} of {most}")

    fill(3)
    client.get(here)
    with statements() as few:
        client.get(here)
    fill(27)
    with statements() as many:
        shown = client.get(here)
    assert shown.status_code == 200 and len(many) == len(few) <= 15
    assert paper or "Topic 26 of 27" in text_of(shown)
