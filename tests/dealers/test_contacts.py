"""The people we talk to at a dealer."""

import pytest

from core.errors import NotYours, Refused
from dealers.models import Contact, Dealer, Event, User
from dealers.services import contacts
from tests import factories


def test_both_sides_keep_contacts(northgate: Dealer, alice: User, carol: User) -> None:
    added = contacts.add(northgate, by=alice, name="Chen Guodong", duty="owner", signs_contracts=True)
    changed = contacts.change(added, by=carol, title="Owner", duty="owner")
    assert changed.title == "Owner"
    assert list(Event.objects.order_by("pk").values_list("kind", "actor")) == [
        ("contact.added", alice.pk),
        ("contact.changed", carol.pk),
    ]


def test_the_name_of_a_person_stands_beside_the_log_and_not_in_it(northgate: Dealer, carol: User) -> None:
    contacts.add(northgate, by=carol, name="Chen Guodong", duty="owner")
    event = Event.objects.get()
    assert "Chen" not in f"{event.subject_label}{event.data}{event.reason}"
    assert event.personal.values == {"subject": "Chen Guodong"}


def test_nothing_changed_is_no_event(northgate: Dealer, carol: User) -> None:
    contact = factories.contact(northgate)
    contacts.change(contact, by=carol, name=contact.name)
    assert not Event.objects.exists()


def test_a_contact_is_archived_once_and_never_deleted(northgate: Dealer, carol: User) -> None:
    contact = factories.contact(northgate)
    contacts.archive(contact, by=carol)
    with pytest.raises(Refused, match="already"):
        contacts.archive(contact, by=carol)
    assert Contact.objects.get().is_archived


def test_an_archived_dealer_gets_no_new_contacts(northgate: Dealer, carol: User) -> None:
    Dealer.objects.update(status="ended", archived_at="2026-01-01T00:00Z")
    with pytest.raises(Refused, match="archive"):
        contacts.add(northgate, by=carol, name="Chen", duty="owner")


def test_dealer_staff_only_read_contacts(northgate: Dealer, ann: User) -> None:
    with pytest.raises(NotYours):
        contacts.add(northgate, by=ann, name="Chen", duty="owner")
    with pytest.raises(NotYours):
        contacts.archive(factories.contact(northgate), by=ann)
