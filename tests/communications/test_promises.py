"""The promise ledger: kept and broken follow from dates, the first date counts, and nobody lets himself off."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from communications.clock import today_of
from communications.models import ActionItem
from communications.services import actions
from core.errors import NotYours, Refused
from dealers.models import Dealer, Delivery, User
from tests.communications import table

Outcome = ActionItem.Outcome
WHY = "The supplier of the frames failed us."


@pytest.mark.parametrize(
    ("due", "closed", "state", "outcome"),
    [
        (3, None, "open", Outcome.OPEN),
        (0, None, "open", Outcome.OPEN),  # its day is not over
        (-1, None, "open", Outcome.BROKEN),
        (3, 2, "done", Outcome.KEPT),
        (3, 3, "done", Outcome.KEPT),
        (3, 4, "done", Outcome.BROKEN),
        (3, 3, "dropped", Outcome.RELEASED),
        (3, 4, "dropped", Outcome.BROKEN),
    ],
)
def test_the_outcome_follows_from_the_dates_for_one_and_for_many(
    northgate: Dealer, carol: User, due: int, closed: int | None, state: str, outcome: Outcome
) -> None:
    today = table.today()
    first = today + timedelta(days=due)
    closing = {
        "closed_on": today + timedelta(days=closed), "closed_at": table.next_week(), "closed_by_id": carol.pk
    } if closed is not None else {}  # fmt: skip
    item = ActionItem.objects.create(
        dealer=northgate, what="x", owner_id=carol.pk, side="us", first_due_on=first, due_on=first, state=state,
        made_by_id=carol.pk, published_at=table.next_week(), **closing,
    )  # fmt: skip
    assert item.outcome(on=today) == outcome
    tally = ActionItem.objects.tally(on=today)
    assert tally == {
        "us_kept": int(outcome == Outcome.KEPT), "us_broken": int(outcome == Outcome.BROKEN),
        "dealer_kept": 0, "dealer_broken": 0,
    }  # fmt: skip


def test_a_moved_date_keeps_the_old_one_in_sight_and_counts_as_broken(northgate: Dealer, carol: User) -> None:
    item = table.promise(northgate, carol, carol, days=1)
    first = item.first_due_on
    with pytest.raises(Refused, match="Give the reason"):
        actions.move(item, by=carol, due_on=first + timedelta(days=7), reason="late")
    moved = actions.move(item, by=carol, due_on=first + timedelta(days=7), reason=WHY)
    assert (moved.first_due_on, moved.moved_reason) == (first, WHY)
    assert moved.outcome(on=first + timedelta(days=1)) == Outcome.BROKEN
    with pytest.raises(IntegrityError, match="is promised"), transaction.atomic():
        ActionItem.objects.filter(pk=item.pk).update(first_due_on=moved.due_on)
    with pytest.raises(Refused, match="has passed"):
        actions.move(moved, by=carol, due_on=table.today() - timedelta(days=1), reason=WHY)


def test_the_owner_marks_it_as_done_and_strangers_do_not(
    northgate: Dealer, carol: User, alice: User, ann: User, bob: User
) -> None:
    theirs = table.promise(northgate, carol, ann)
    with pytest.raises(NotYours):
        actions.complete(theirs, by=carol)
    done = actions.complete(theirs, by=ann, note="Sent by mail.")
    assert (done.outcome(on=table.today()), done.closing_note) == (Outcome.KEPT, "Sent by mail.")
    with pytest.raises(Refused, match="closed already"):
        actions.complete(theirs, by=alice)
    assert actions.complete(table.promise(northgate, carol, ann), by=alice).state == "done"  # her executive may
    assert not ActionItem.objects.visible_to(bob).exists()
    ours = table.promise(northgate, carol, carol)
    with pytest.raises(NotYours):
        actions.complete(ours, by=ann)


def test_a_promise_is_released_by_whom_it_was_made_to(northgate: Dealer, carol: User, alice: User, ann: User) -> None:
    ours, theirs = table.promise(northgate, carol, carol), table.promise(northgate, carol, ann)
    for item, by in ((ours, carol), (theirs, alice), (ours, ann)):
        with pytest.raises(NotYours, match="released by the side"):
            actions.release(item, by=by, reason=WHY)
    assert actions.release(ours, by=alice, reason=WHY).outcome(on=table.today()) == Outcome.RELEASED
    assert actions.release(theirs, by=carol, reason=WHY).state == "dropped"


def test_a_promise_beside_a_meeting_is_told_to_its_owner_and_the_dealer(
    northgate: Dealer, carol: User, dave: User, alice: User
) -> None:
    table.promise(northgate, carol, dave)
    assert set(Delivery.objects.filter(channel="email").values_list("recipient_id", flat=True)) == {dave.pk, alice.pk}


def test_nobody_of_another_dealer_owns_a_promise(northgate: Dealer, carol: User, bob: User) -> None:
    with pytest.raises(Refused, match="one of the manufacturer's people or of this dealer's"):
        table.promise(northgate, carol, bob)
    with pytest.raises(Refused, match="has passed"):
        table.promise(northgate, carol, carol, days=-1)


def test_the_day_is_the_dealers(northgate: Dealer) -> None:
    from datetime import UTC, datetime

    now = datetime(2026, 3, 5, 16, 30, tzinfo=UTC)
    days = {}
    for zone in ("Asia/Shanghai", "Europe/Berlin", "America/New_York", "Pacific/Kiritimati"):
        northgate.time_zone = zone
        days[zone] = today_of(northgate, now=now).day
    assert days == {"Asia/Shanghai": 6, "Europe/Berlin": 5, "America/New_York": 5, "Pacific/Kiritimati": 6}
