"""Announcements: shown whom they reach before they go out, read and confirmed with dates, and nobody never saw them."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from communications.models import Announcement, AnnouncementCopy, AnnouncementReading, Reminder
from communications.services import announcements, reminders
from core.database.context import acting
from core.database.roles import Role
from core.errors import NotYours, Refused, Stale
from dealers.models import Dealer, Delivery, Territory, User
from tests import factories
from tests.dealers import files
from tests.pages import text_of
from tests.racing import at_once

WHY = "The date in it was wrong."
State = Announcement.State


@pytest.fixture
def mary(world: Territory) -> User:
    return factories.person("Mary", "marketing_director")


def draft(by: User, **fields: Any) -> Announcement:
    english = {"title": "New return policy", "text": "Returns need a number."}
    chinese = {"title_zh": "退货新规", "text_zh": "退货须先取号。"}
    return announcements.draft(by=by, **english | chinese | fields)


def out(by: User, **fields: Any) -> Announcement:
    one = draft(by, **fields)
    return announcements.publish(one, by=by, seen=announcements.circle(one, by=by))


def reached(one: Announcement, by: User) -> set[str]:
    return set(announcements.reached(one, by=by).values_list("code", flat=True))


def copy_of(one: Announcement, dealer: Dealer) -> AnnouncementCopy:
    return AnnouncementCopy.objects.get(announcement=one, dealer=dealer)


def state_of(copy: AnnouncementCopy) -> tuple[bool, bool]:
    found = AnnouncementCopy.objects.with_reading().get(pk=copy.pk)
    return found.read_at is not None, found.confirmed_at is not None  # type: ignore[attr-defined]


# ---- whom it reaches ---------------------------------------------------------------------------
def test_it_reaches_whom_its_marks_mean_and_never_beyond_the_publishers_reach(
    northgate: Dealer, southport: Dealer, north: Territory, mary: User
) -> None:
    line = factories.product_line("BATH")
    factories.grant(factories.contract(southport), line=line)
    factories.dealer("EN", status="ended", home=north)
    factories.dealer("CA", status="candidate", home=north)
    assert reached(draft(mary), mary) == {"NG", "SP"}
    assert reached(draft(mary, territory=north), mary) == {"NG"}
    assert reached(draft(mary, line=line), mary) == {"SP"}
    assert reached(draft(mary, line=line, territory=north), mary) == set()
    assert reached(draft(mary, statuses=["candidate"]), mary) == {"CA"}
    assert reached(draft(mary, picked=["CA", "SP"], territory=north), mary) == {"CA", "SP"}
    director = factories.person("Rita", "regional_director", node=north)
    assert reached(draft(director), director) == {"NG"}
    assert reached(draft(director, picked=["SP"]), director) == set()


def test_it_is_written_looked_at_and_published_on_pages(
    northgate: Dealer, southport: Dealer, alice: User, ann: User, bob: User, mary: User, signed_in: Any
) -> None:
    client = signed_in(mary)
    empty = client.post("/announcements/new/", {"title": "New return policy"})
    assert empty.status_code == 422 and "belong together" in text_of(empty)
    assert "No such code: XX" in text_of(
        client.post("/announcements/new/", {"title": "A", "text": "B", "picked": "XX"})
    )
    typed = {"title": "New return policy", "text": "Returns need a number.", "picked": "ng", "needs_confirmation": "on",
             "upload": SimpleUploadedFile("policy.pdf", files.pdf(), content_type="application/pdf")}  # fmt: skip
    page = client.post("/announcements/new/", typed, follow=True)
    one = Announcement.objects.get()
    assert "Publish to 1 dealer" in text_of(page) and "Northgate" in text_of(page) and "Southport" not in text_of(page)
    assert not AnnouncementCopy.objects.exists() and "New return" not in text_of(signed_in(alice).get("/news/"))
    here, seen = one.get_absolute_url(), page.context["seen"]
    assert "is out" in text_of(client.post(f"{here}publish/", {"seen": seen}, follow=True))
    theirs, copy = signed_in(alice), copy_of(one, northgate)
    assert "1 announcement to read" in text_of(theirs.get("/"))
    assert "New return policy" in text_of(theirs.get("/news/?reading=open"))
    assert "New return policy" not in text_of(signed_in(bob).get("/news/"))
    assert signed_in(bob).get(copy.get_absolute_url()).status_code == 404
    assert signed_in(bob).get(f"{copy.get_absolute_url()}file/").status_code == 404
    assert state_of(copy) == (False, False), "a list is no reading"
    assert "has to confirm" in text_of(signed_in(ann).get(copy.get_absolute_url()))
    assert signed_in(ann).post(f"{copy.get_absolute_url()}confirm/").status_code == 403
    assert state_of(copy) == (True, False)
    assert b"".join(theirs.get(f"{copy.get_absolute_url()}file/").streaming_content) == files.pdf()
    assert "I have read it" in text_of(theirs.get(copy.get_absolute_url()))
    theirs.post(f"{copy.get_absolute_url()}confirm/")
    assert state_of(copy) == (True, True) and "to read" not in text_of(theirs.get("/"))
    readers = text_of(client.get(f"/announcements/readers/?announcement={one.public_id}"))
    assert "Northgate" in readers and "Confirmed" in readers
    assert "NG" in client.get(f"/announcements/readers/export.csv?announcement={one.public_id}").content.decode()


def test_what_changed_since_it_was_looked_at_is_not_published(
    northgate: Dealer, north: Territory, mary: User, dave: User
) -> None:
    one = draft(mary)
    seen = announcements.circle(one, by=mary)
    factories.dealer("NEW", home=north)
    with pytest.raises(Stale, match="Look again"):
        announcements.publish(one, by=mary, seen=seen)
    seen = announcements.circle(one, by=mary)
    announcements.change(one, by=dave, version=1, changes={"text": "Something else."})
    with pytest.raises(Stale, match="Look again"):
        announcements.publish(one, by=mary, seen=seen)
    nobody = draft(mary, picked=["GONE"])
    with pytest.raises(Refused, match="reaches nobody"):
        announcements.publish(nobody, by=mary, seen=announcements.circle(nobody, by=mary))
    assert not AnnouncementCopy.objects.exists()


def test_who_may_not_is_refused_and_reads_what_reaches_his_dealers_only(
    northgate: Dealer, southport: Dealer, carol: User, alice: User, mary: User, signed_in: Any
) -> None:
    with pytest.raises(NotYours):
        draft(carol)
    with pytest.raises(NotYours):
        draft(alice)
    for north_only, code in ((True, "NG"), (False, "SP")):
        one = out(mary, picked=[code], title=f"For {code}")
        listed = text_of(signed_in(carol).get("/announcements/"))
        assert (f"For {code}" in listed) is north_only
        assert signed_in(carol).get(one.get_absolute_url()).status_code == (200 if north_only else 404)
    other = draft(mary, title="Not yet")
    assert "Not yet" not in text_of(signed_in(carol).get("/announcements/"))
    assert signed_in(carol).get(other.get_absolute_url()).status_code == 404


# ---- what stays --------------------------------------------------------------------------------
def test_published_words_and_readings_stay_whoever_writes(
    northgate: Dealer, alice: User, ann: User, mary: User
) -> None:
    one = out(mary, needs_confirmation=True)
    copy = copy_of(one, northgate)
    announcements.confirm(copy, by=alice)
    first = AnnouncementReading.objects.get()
    announcements.confirm(copy, by=alice)
    assert AnnouncementReading.objects.get().confirmed_at == first.confirmed_at
    with pytest.raises(Refused, match="can no longer be done"):
        announcements.change(one, by=mary, version=1, changes={"text": "I never said that."})
    for statement in (
        "update communications_announcement set text = 'else'",
        "delete from communications_announcement",
        "update communications_announcementcopy set at = now()",
        "delete from communications_announcementcopy",
        "update communications_announcementreading set read_at = now()",
        "update communications_announcementreading set confirmed_at = null",
        "delete from communications_announcementreading",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    with (
        pytest.raises(DatabaseError, match="reads for himself"),
        transaction.atomic(),
        acting(Role.DEALER, dealer_id=northgate.pk, user_id=ann.pk),
    ):
        AnnouncementReading.objects.create(
            dealer=northgate, copy=copy, person_id=mary.pk, read_at=timezone.now()
        )  # fmt: skip


def test_the_database_shows_a_dealer_only_what_reached_him(
    northgate: Dealer, southport: Dealer, alice: User, mary: User
) -> None:
    out(mary, picked=["NG"], title="For NG")
    out(mary, picked=["SP"], title="For SP")
    draft(mary, title="For nobody yet")
    with acting(Role.DEALER, dealer_id=northgate.pk, user_id=alice.pk):
        assert list(Announcement.objects.values_list("title", flat=True)) == ["For NG"]


def test_a_correction_takes_the_place_and_reaches_everybody_again(
    northgate: Dealer, southport: Dealer, alice: User, bob: User, mary: User, signed_in: Any
) -> None:
    one = out(mary, picked=["NG"])
    announcements.read(copy_of(one, northgate), by=alice)
    begun = signed_in(mary).post(f"{one.get_absolute_url()}correct/")
    newer = Announcement.objects.get(replaces=one)
    assert newer.public_id in begun.headers["Location"]
    assert announcements.correct(one, by=mary) == newer, "one correction at a time"
    announcements.change(newer, by=mary, version=1, changes={"title": "Return policy, corrected", "picked": ["SP"]})
    newer.refresh_from_db()
    assert reached(newer, mary) == {"NG", "SP"}
    announcements.publish(newer, by=mary, seen=announcements.circle(newer, by=mary))
    one.refresh_from_db()
    assert one.state == State.REPLACED
    page = text_of(signed_in(alice).get(copy_of(one, northgate).get_absolute_url()))
    assert "It was corrected" in page and "Return policy, corrected" in page
    assert "1 announcement to read" in text_of(signed_in(alice).get("/")), "unread again"
    assert "Return policy, corrected" in text_of(signed_in(bob).get("/news/"))


def test_what_is_withdrawn_stays_readable_with_its_reason(
    northgate: Dealer, alice: User, mary: User, signed_in: Any
) -> None:
    one = out(mary, needs_confirmation=True)
    page = f"{one.get_absolute_url()}withdraw/"
    assert signed_in(mary).post(page, {"reason": "no"}).status_code == 422
    signed_in(mary).post(page, {"reason": WHY})
    copy = copy_of(one, northgate)
    text = text_of(signed_in(alice).get(copy.get_absolute_url()))
    assert "withdrawn" in text and WHY in text and "Returns need a number" in text
    assert "to read" not in text_of(signed_in(alice).get("/"))
    with pytest.raises(Refused, match="No confirmation"):
        announcements.confirm(copy, by=alice)
    kinds = Delivery.objects.filter(recipient_id=alice.pk, channel="bell").values_list("event__kind", flat=True)
    assert set(kinds) == {"announcement.published", "announcement.withdrawn"}


# ---- the rest is reminded ----------------------------------------------------------------------
def _sweep() -> Callable[[datetime], list[tuple[int, str]]]:
    by = User.objects.get(kind=User.Kind.SYSTEM)

    def run(now: datetime) -> list[tuple[int, str]]:
        before = set(Reminder.objects.values_list("pk", flat=True))
        with acting(Role.JOBS):
            reminders.sweep(now=now)
            while reminders.tell(by=by):
                pass
        new = Reminder.objects.filter(rule="reminder.announcement").exclude(pk__in=before).order_by("pk")
        return [(one.person_id, one.occasion) for one in new]

    return run


def test_who_has_not_confirmed_is_reminded_in_stages_each_once(
    northgate: Dealer, southport: Dealer, alice: User, ann: User, bob: User, mary: User
) -> None:
    User.objects.filter(pk=alice.pk).update(time_zone="Asia/Shanghai")
    one = out(mary, needs_confirmation=True)
    with connection.cursor() as cursor:  # the hand of the clock, which no verb has: triggers are off for it
        cursor.execute("set local session_replication_role = replica")
        cursor.execute("update communications_announcement set published_at = '2026-03-02T20:00Z'")
        cursor.execute("set local session_replication_role = origin")
    announcements.read(copy_of(one, northgate), by=alice)
    announcements.confirm(copy_of(one, southport), by=bob)
    sweep = _sweep()
    # out on 3 March in Shanghai: the third morning after is that of the 6th, at 8:00 there
    assert sweep(datetime(2026, 3, 5, 23, 59, tzinfo=UTC)) == []
    assert sweep(datetime(2026, 3, 6, 0, 0, tzinfo=UTC)) == [(alice.pk, "2026-03-03 3")]
    assert sweep(datetime(2026, 3, 6, 12, tzinfo=UTC)) == []
    assert sweep(datetime(2026, 3, 10, 1, tzinfo=UTC)) == [(alice.pk, "2026-03-03 7")]
    announcements.confirm(copy_of(one, northgate), by=alice)
    assert sweep(datetime(2026, 3, 17, 1, tzinfo=UTC)) == []


def test_asked_again_each_of_the_rest_is_reminded_once(
    northgate: Dealer, southport: Dealer, alice: User, bob: User, mary: User, signed_in: Any
) -> None:
    one = out(mary)
    announcements.read(copy_of(one, southport), by=bob)
    said = signed_in(mary).post(f"{one.get_absolute_url()}remind/", follow=True)
    assert "each once" in text_of(said)
    sweep, now = _sweep(), timezone.now()
    assert [person for person, _occasion in sweep(now)] == [alice.pk]
    assert sweep(now + timedelta(minutes=15)) == []
    told = Delivery.objects.filter(event__kind="reminder.announcement").values_list("recipient_id", "channel")
    assert set(told) == {(alice.pk, "bell"), (alice.pk, "email")}


def test_publishing_costs_the_same_however_many_it_reaches(
    northgate: Dealer, north: Territory, mary: User, statements: Any
) -> None:
    def cost() -> int:
        one = draft(mary)
        seen = announcements.circle(one, by=mary)
        with statements() as asked:
            announcements.publish(one, by=mary, seen=seen)
        return len(asked)

    few = cost()
    for number in range(12):
        factories.person(f"Head {number}", "dealer_executive", dealer=factories.dealer(home=north))
    assert cost() <= few + 1, "one statement more, for there is somebody to tell"


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_published_twice_at_once_it_goes_out_once(northgate: Dealer, mary: User) -> None:
    one = draft(mary)
    seen = announcements.circle(one, by=mary)
    results = at_once(one, *[lambda: announcements.publish(one, by=mary, seen=seen)] * 2)
    assert sum(isinstance(each, Announcement) for each in results) == 1
    assert AnnouncementCopy.objects.count() == 1
