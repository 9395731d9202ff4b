"""The dealer's file: opened, changed, handed over, archived and restored by verbs."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from core.errors import NotYours, Refused
from core.models import Change
from core.reasons import NoReason
from dealers.models import BrandCarried, Dealer, Event, InternalNote, Person, Territory, User
from dealers.services import brands, dealers, notes
from dealers.services.brands import Brand
from tests import factories
from tests.racing import at_once

REASON = "The owner retires and closes the shop."


def fields(home: Territory, **more: Any) -> dict[str, Any]:
    return {"code": "HZ-1", "name": "Ruihe", "name_zh": "瑞和", "home": home, "currency": "CNY"} | more


def test_a_new_file_knows_its_place_in_the_alphabet(north: Territory, dave: User) -> None:
    dealer = dealers.create(by=dave, **fields(north, name="瑞和", name_zh=""))
    assert dealer.sort_key.startswith("rui he")
    assert dealer.status == Dealer.Status.CANDIDATE
    assert list(dealer.events.values_list("kind", "actor")) == [("dealer.created", dave.pk)]


def test_who_may_not_open_a_file_is_refused(north: Territory, carol: User) -> None:
    with pytest.raises(NotYours):
        dealers.create(by=carol, **fields(north))


def test_a_file_is_opened_only_where_its_opener_looks_after(north: Territory, south: Territory) -> None:
    rita = factories.person("Rita", "regional_director", node=north)
    with pytest.raises(Refused, match="South"):
        dealers.create(by=rita, **fields(south))
    assert not Dealer.objects.filter(code="HZ-1").exists()


def test_a_taken_code_is_refused_in_words(northgate: Dealer, north: Territory, dave: User) -> None:
    with pytest.raises(Refused, match="already exists"):
        dealers.create(by=dave, **fields(north, code="NG"))


def test_a_change_counts_the_version_and_leaves_its_history(northgate: Dealer, carol: User) -> None:
    changed = dealers.change(northgate, by=carol, version=1, changes={"city": "Hangzhou", "name": "Northgate Ltd"})
    assert (changed.version, changed.city, changed.sort_key) == (2, "Hangzhou", "northgate ltd bei men jian cai")
    event = Event.objects.get(kind="dealer.changed")
    assert event.data == {"fields": ["city", "name"]}
    note = Change.objects.get(transaction=event.transaction, table="dealers_dealer", operation="UPDATE")
    assert note.before is not None and note.after is not None
    assert (note.before["city"], note.after["city"]) == ("", "Hangzhou")


def test_saving_without_a_change_leaves_no_trace(northgate: Dealer, carol: User) -> None:
    dealers.change(northgate, by=carol, version=1, changes={"name": "Northgate"})
    assert not Event.objects.exists()
    assert Dealer.objects.get().version == 1


def test_the_second_of_two_editors_overwrites_nothing(northgate: Dealer, carol: User, dave: User) -> None:
    dealers.change(northgate, by=carol, version=1, changes={"city": "Hangzhou"})
    with pytest.raises(dealers.StaleFile) as stale:
        dealers.change(northgate, by=dave, version=1, changes={"city": "Ningbo"})
    assert stale.value.dealer.city == "Hangzhou"
    assert Dealer.objects.get().city == "Hangzhou"


@pytest.mark.django_db(transaction=True)
def test_of_two_editors_at_once_one_is_told(northgate: Dealer, carol: User, dave: User) -> None:
    results = at_once(
        northgate,
        lambda: dealers.change(northgate, by=carol, version=1, changes={"city": "Hangzhou"}).city,
        lambda: dealers.change(northgate, by=dave, version=1, changes={"city": "Ningbo"}).city,
    )
    saved = [one for one in results if isinstance(one, str)]
    assert len(saved) == 1
    assert Dealer.objects.get().city == saved[0]


def test_capital_without_currency_is_refused_in_words(northgate: Dealer, carol: User) -> None:
    with pytest.raises(Refused, match="currency"):
        dealers.change(northgate, by=carol, version=1, changes={"capital": 1000})


def test_a_dealer_cannot_move_his_own_data(northgate: Dealer, alice: User) -> None:
    with pytest.raises(NotYours):
        dealers.change(northgate, by=alice, version=1, changes={"name": "Best"})


def test_a_home_cannot_be_moved_out_of_reach(northgate: Dealer, south: Territory, carol: User) -> None:
    with pytest.raises(Refused, match="South"):
        dealers.change(northgate, by=carol, version=1, changes={"home": south})


def test_a_handover_tells_both_managers(northgate: Dealer, carol: User, dave: User, north: Territory) -> None:
    cora = factories.person("Cora", "account_manager", node=north)
    dealers.transfer(northgate, by=dave, to=Person.objects.get(pk=carol.pk), reason=REASON)
    moved = dealers.transfer(northgate, by=dave, to=Person.objects.get(pk=cora.pk), reason=REASON)
    assert moved.manager_id == cora.pk
    event = Event.objects.filter(kind="dealer.transferred").latest("pk")
    assert {one.recipient_id for one in event.deliveries.all()} == {carol.pk, cora.pk}
    assert event.personal.values == {"from": "Carol", "to": "Cora"}
    assert "Cora" not in str(event.data) + event.subject_label


def test_a_dealer_goes_only_to_who_can_reach_him(northgate: Dealer, dave: User, south: Territory) -> None:
    sam = factories.person("Sam", "account_manager", node=south)
    with pytest.raises(Refused, match="cannot look after"):
        dealers.transfer(northgate, by=dave, to=Person.objects.get(pk=sam.pk), reason=REASON)


def test_a_handover_needs_its_right_and_a_reason(northgate: Dealer, carol: User, dave: User) -> None:
    with pytest.raises(NotYours):
        dealers.transfer(northgate, by=carol, to=Person.objects.get(pk=dave.pk), reason=REASON)
    with pytest.raises(NoReason):
        dealers.transfer(northgate, by=dave, to=Person.objects.get(pk=carol.pk), reason="ok")


@pytest.mark.parametrize("status", ["candidate", "ended"])
def test_what_is_over_is_archived_and_comes_back(northgate: Dealer, dave: User, status: str) -> None:
    Dealer.objects.update(status=status)
    archived = dealers.archive(northgate, by=dave, reason=REASON)
    assert archived.is_archived()
    with pytest.raises(Refused, match="already"):
        dealers.archive(northgate, by=dave, reason=REASON)
    assert not dealers.restore(archived, by=dave, reason=REASON).is_archived()
    assert set(Event.objects.values_list("kind", flat=True)) == {"dealer.archived", "dealer.restored"}


@pytest.mark.parametrize("status", ["active", "suspended", "parting"])
def test_a_running_cooperation_is_not_archived(northgate: Dealer, dave: User, status: str) -> None:
    Dealer.objects.update(status=status)
    with pytest.raises(Refused, match="Only a candidate"):
        dealers.archive(northgate, by=dave, reason=REASON)


def test_the_database_refuses_a_running_dealer_in_the_archive(northgate: Dealer) -> None:
    with pytest.raises(IntegrityError, match="archived_is_over"), transaction.atomic():
        Dealer.objects.update(archived_at="2026-01-01T00:00Z")


def test_archiving_needs_its_right(northgate: Dealer, carol: User) -> None:
    Dealer.objects.update(status="ended")
    with pytest.raises(NotYours):
        dealers.archive(northgate, by=carol, reason=REASON)


def test_the_list_of_brands_is_written_as_a_whole(northgate: Dealer, carol: User) -> None:
    brands.replace(northgate, [Brand("Kessel", "rival", Decimal(40)), Brand("Aqua", "complement")], by=carol)
    brands.replace(northgate, [Brand("KESSEL", "rival", Decimal(45))], by=carol)
    assert list(BrandCarried.objects.values_list("brand", "share_percent")) == [("KESSEL", Decimal(45))]
    brands.replace(northgate, [Brand("KESSEL", "rival", Decimal(45))], by=carol)
    assert Event.objects.filter(kind="brands.changed").count() == 2


def test_shares_beyond_the_whole_are_refused(northgate: Dealer, carol: User) -> None:
    with pytest.raises(Refused, match="101"):
        brands.replace(northgate, [Brand("A", "rival", Decimal(60)), Brand("B", "rival", Decimal(41))], by=carol)


def test_a_note_is_ours_and_the_event_does_not_repeat_it(northgate: Dealer, carol: User, alice: User) -> None:
    notes.write(northgate, by=carol, text=" He wants to sell. ")
    event = Event.objects.get(kind="dealer.noted")
    assert InternalNote.objects.get().text == "He wants to sell."
    assert event.visibility == Event.Visibility.INTERNAL
    assert "sell" not in f"{event.subject_label}{event.data}{event.reason}"
    assert not InternalNote.objects.visible_to(alice).exists()
    assert not Event.objects.visible_to(alice).exists()
    with pytest.raises(NotYours):
        notes.write(northgate, by=alice, text="Hello")
