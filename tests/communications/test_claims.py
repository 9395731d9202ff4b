"""The dealer notes what he was promised; we accept or contest it; and an open item can change its owner."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from communications.models import ActionItem
from communications.services import actions, prefill
from core.database.context import acting
from core.database.roles import Role
from core.errors import NotYours, Refused
from dealers.models import Dealer, Delivery, User
from tests import factories
from tests.communications import table
from tests.pages import text_of
from tests.racing import at_once

Outcome = ActionItem.Outcome
WHY = "We spoke of a rebate, not of a second display."


def claimed(dealer: Dealer, by: User, owner: User, *, days: int = 5, what: str = "A second display") -> ActionItem:
    return actions.claim(
        dealer, by=by, what=what, owner=table.person(owner), due_on=table.today() + timedelta(days=days),
        said_where="On the phone, 3 March",
    )  # fmt: skip


def told(item: ActionItem, kind: str) -> set[int]:
    found = Delivery.objects.filter(event__kind=kind, event__subject_id=item.pk, channel="bell")
    return set(found.values_list("recipient_id", flat=True))


def test_the_list_names_the_sides_as_its_reader_would(
    northgate: Dealer, carol: User, alice: User, signed_in: Any
) -> None:
    table.promise(northgate, carol, carol)
    table.promise(northgate, carol, alice)
    for reader, theirs, beneath in ((carol, "The dealer", True), (alice, "You", False)):
        body = signed_in(reader).get("/promises/").content.decode()
        assert re.findall(r'<td class="drop-phone">(Halvard|You|The dealer)</td>', body).count(theirs) == 1, body
        assert ('<span class="under">Northgate</span>' in body) is beneath


def test_the_dealer_notes_a_promise_and_both_ledgers_show_it(
    northgate: Dealer, carol: User, dave: User, alice: User, ann: User, bob: User, signed_in: Any
) -> None:
    Dealer.objects.filter(pk=northgate.pk).update(manager_id=carol.pk)
    theirs = signed_in(ann)
    assert "Note what was promised to you" in text_of(theirs.get("/promises/"))
    typed = {"what": "A second display", "owner": dave.pk, "due_on": f"{table.today() + timedelta(days=5)}",
             "said_where": "On the phone, 3 March"}  # fmt: skip
    assert theirs.post("/promises/new/", typed | {"owner": alice.pk}).status_code == 422, "nobody owes himself"
    assert theirs.post("/promises/new/", typed | {"said_where": ""}).status_code == 422
    page = text_of(theirs.post("/promises/new/", typed, follow=True))
    assert "On the phone, 3 March" in page and "has not answered yet" in page
    item = ActionItem.objects.get()
    assert (item.side, item.owner_id, item.made_by_id, item.claim) == ("us", dave.pk, ann.pk, "waiting")
    assert told(item, "action.claimed") == {dave.pk, carol.pk}
    assert "A second display" in text_of(signed_in(carol).get("/promises/?outcome=waiting"))
    assert "A second display" not in text_of(signed_in(bob).get("/promises/"))
    day = signed_in(carol).get("/")
    assert "The dealer notes a promise of ours: A second display" in text_of(day)
    assert signed_in(carol).get("/promises/new/").status_code in {403, 404}


def test_accepted_it_is_owed_and_contested_it_is_owed_by_nobody(
    northgate: Dealer, carol: User, alice: User, ann: User, signed_in: Any
) -> None:
    kept, lost = claimed(northgate, ann, carol, days=0), claimed(northgate, ann, carol, days=0, what="Free samples")
    tomorrow = table.today() + timedelta(days=1)
    assert kept.outcome(on=tomorrow) == Outcome.WAITING
    assert ActionItem.objects.tally(on=tomorrow)["us_broken"] == 0 and prefill.open_items(northgate) == []
    for verb in (
        lambda: actions.complete(kept, by=carol),
        lambda: actions.move(kept, by=carol, due_on=tomorrow, reason=WHY),
    ):
        with pytest.raises(Refused, match="has not accepted it"):
            verb()
    with pytest.raises(NotYours):
        actions.accept(kept, by=alice)
    ours = signed_in(carol)
    assert "owed from now on" in text_of(ours.post(f"{kept.get_absolute_url()}accept/", follow=True))
    assert ours.post(f"{lost.get_absolute_url()}contest/", {"reason": "no"}).status_code == 422
    ours.post(f"{lost.get_absolute_url()}contest/", {"reason": WHY})
    kept.refresh_from_db()
    lost.refresh_from_db()
    assert (kept.outcome(on=tomorrow), lost.outcome(on=tomorrow)) == (Outcome.BROKEN, Outcome.CONTESTED)
    assert ActionItem.objects.tally(on=tomorrow)["us_broken"] == 1
    assert [one.pk for one in prefill.open_items(northgate)] == [kept.pk]
    page = text_of(signed_in(alice).get(lost.get_absolute_url()))
    assert WHY in page and "Contested by Carol" in page
    assert told(lost, "action.contested") == {alice.pk, ann.pk} and told(kept, "action.accepted") == {alice.pk, ann.pk}
    with pytest.raises(Refused, match="answered already"):
        actions.accept(lost, by=carol)
    assert actions.complete(kept, by=carol).outcome(on=tomorrow) == Outcome.KEPT


def test_the_database_lets_a_dealer_note_a_claim_and_nothing_more(
    northgate: Dealer, carol: User, alice: User, ann: User
) -> None:
    item = claimed(northgate, alice, carol)
    given: dict[str, Any] = {
        "dealer": northgate, "what": "x", "owner_id": carol.pk, "side": "us", "first_due_on": table.today(),
        "due_on": table.today(), "made_by_id": alice.pk, "published_at": timezone.now(), "claim": "waiting",
    }  # fmt: skip
    forged: list[dict[str, Any]] = [{"claim": ""}, {"made_by_id": ann.pk}, {"owner_id": ann.pk}, {"side": "dealer"}]
    for more in forged:
        with (
            pytest.raises(DatabaseError, match="in his own name"),
            transaction.atomic(),
            acting(Role.DEALER, dealer_id=northgate.pk, user_id=alice.pk),
        ):
            ActionItem.objects.create(**given | more)
    for change in ({"claim": "accepted"}, {"owner_id": ann.pk}):
        with (
            pytest.raises(DatabaseError),
            transaction.atomic(),
            acting(Role.DEALER, dealer_id=northgate.pk, user_id=alice.pk),
        ):
            ActionItem.objects.filter(pk=item.pk).update(**change)


def test_an_open_item_is_handed_to_somebody_of_the_same_side_and_both_are_told(
    northgate: Dealer, carol: User, dave: User, alice: User, ann: User, signed_in: Any
) -> None:
    ours, theirs = table.promise(northgate, carol, carol), table.promise(northgate, carol, ann)
    page = f"{ours.get_absolute_url()}hand-over/"
    assert signed_in(carol).post(page, {"owner": dave.pk, "reason": "no"}).status_code == 422
    assert signed_in(carol).post(page, {"owner": alice.pk, "reason": WHY}).status_code == 422, "another side"
    said = signed_in(carol).post(page, {"owner": dave.pk, "reason": WHY}, follow=True)
    assert "both are told" in text_of(said) and WHY in text_of(said)
    ours.refresh_from_db()
    assert ours.owner_id == dave.pk and told(ours, "action.handed_over") == {dave.pk, alice.pk}
    with pytest.raises(NotYours):
        actions.hand_over(ours, by=ann, owner=table.person(carol), reason=WHY)
    with pytest.raises(Refused, match="same side only"):
        actions.hand_over(theirs, by=alice, owner=table.person(carol), reason=WHY)
    handed = signed_in(alice).post(f"{theirs.get_absolute_url()}hand-over/", {"owner": alice.pk, "reason": WHY})
    theirs.refresh_from_db()
    assert handed.status_code == 302 and theirs.owner_id == alice.pk
    assert ann.pk in told(theirs, "action.handed_over")
    with pytest.raises(Refused, match="has it already"):
        actions.hand_over(theirs, by=alice, owner=table.person(alice), reason=WHY)
    actions.complete(theirs, by=alice)
    with pytest.raises(Refused, match="closed already"):
        actions.hand_over(theirs, by=alice, owner=table.person(ann), reason=WHY)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_accepting_and_contesting_at_once_has_one_answer(northgate: Dealer, carol: User, ann: User) -> None:
    boss = factories.person("Bea", "head_of_sales")
    item = claimed(northgate, ann, carol)
    results = at_once(
        item, lambda: actions.accept(item, by=carol), lambda: actions.contest(item, by=boss, reason=WHY)
    )  # fmt: skip
    assert sum(isinstance(one, ActionItem) for one in results) == 1
    item.refresh_from_db()
    assert item.claim in {"accepted", "contested"} and (item.contested_reason != "") == (item.claim == "contested")
