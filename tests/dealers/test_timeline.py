"""The timeline: sentences, filters, page by page, and what exactly a change wrote."""

from collections.abc import Callable

import pytest
from django.test import Client

from dealers import events
from dealers.models import Approval, Dealer, Event, Person, Territory, User
from dealers.services import approvals, bank_accounts, contacts, dealers, notes
from tests import factories

type SignIn = Callable[[User], Client]
REASON = "The bank letter of 3 March confirms it."
ACCOUNT = {"holder": "Northgate", "bank": "Bank of Test", "number": "6222020200112233", "currency": "CNY"}


def sentences(page: object) -> list[str]:
    return [str(entry.text) for entry in page.context["page"].entries]  # type: ignore[attr-defined]


def test_what_happened_is_told_in_sentences(northgate: Dealer, carol: User, signed_in: SignIn) -> None:
    contacts.add(northgate, by=carol, name="Chen <b>Guodong", duty="owner")
    page = signed_in(carol).get(f"/dealers/{northgate.public_id}/timeline/")
    assert sentences(page) == ["<b>Carol</b> added the contact Chen &lt;b&gt;Guodong"]


def test_an_erased_name_leaves_the_sentence(northgate: Dealer, carol: User, signed_in: SignIn) -> None:
    contacts.add(northgate, by=carol, name="Chen", duty="owner")
    event = Event.objects.get()
    event.personal.delete()
    page = signed_in(carol).get(f"/dealers/{northgate.public_id}/timeline/")
    assert "added the contact" in sentences(page)[0]
    assert "Chen" not in sentences(page)[0]


def test_a_kind_whose_room_is_gone_still_stands_in_the_log(northgate: Dealer, carol: User, signed_in: SignIn) -> None:
    contacts.add(northgate, by=carol, name="Chen", duty="owner")
    first = Event.objects.values().get()
    Event.objects.create(**first | {"id": None, "kind": "moon.landed", "actor_id": carol.pk})
    assert sentences(signed_in(carol).get(f"/dealers/{northgate.public_id}/timeline/"))[0] == "moon.landed"


def test_topics_filter_and_a_dealer_finds_only_his(
    northgate: Dealer, carol: User, alice: User, north: Territory, signed_in: SignIn
) -> None:
    factories.person("Fay", "finance", node=north)
    notes.write(northgate, by=carol, text="He wants to sell.")
    bank_accounts.propose(northgate, by=alice, reason=REASON, **ACCOUNT)
    address = f"/dealers/{northgate.public_id}/timeline/"
    ours, theirs = signed_in(carol), signed_in(alice)
    assert list(ours.get(address).context["topics"]) == ["", "talks", "money", "decisions"]
    assert list(theirs.get(address).context["topics"]) == ["", "talks", "money", "decisions"]
    assert len(sentences(ours.get(address))) == 3
    assert len(sentences(theirs.get(address))) == 2
    assert [s.split("</b> ")[1][:8] for s in sentences(ours.get(address + "?topic=money"))] == ["proposed"]
    assert len(sentences(ours.get(address + "?topic=talks"))) == 1
    assert sentences(theirs.get(address + "?topic=talks")) == []  # the note among ours is none of his


@pytest.mark.parametrize("apart", [True, False], ids=["apart", "in the same moment"])
def test_show_earlier_skips_and_repeats_nothing(northgate: Dealer, carol: User, signed_in: SignIn, apart: bool) -> None:
    for number in range(45):
        events.record("dealer.changed", northgate, by=carol, data={"fields": [str(number)]})
    rows = list(Event.objects.values())
    if not apart:  # the log cannot be changed: write the same events again for one moment
        northgate = factories.dealer("TWIN", home=northgate.home)
        moment = rows[0]["at"]
        Event.objects.bulk_create(Event(**row | {"id": None, "at": moment, "dealer_id": northgate.pk}) for row in rows)
    client, seen, query = signed_in(carol), [], ""
    for _page in range(3):
        page = client.get(
            f"/dealers/{northgate.public_id}/timeline/", query_params={"before": query} if query else None
        )
        seen.append(len(sentences(page)))
        query = str(page.context["page"].earlier or "")
    assert seen == [20, 20, 5]
    assert query == ""


@pytest.mark.parametrize(
    "before", ["x", "2026-01-01", "2026-01-01T00:00:00+00:00~-1", "9999999~1", "2026-13-01T00:00Z~0"]
)
def test_a_broken_cursor_shows_the_latest(northgate: Dealer, carol: User, signed_in: SignIn, before: str) -> None:
    contacts.add(northgate, by=carol, name="Chen", duty="owner")
    page = signed_in(carol).get(f"/dealers/{northgate.public_id}/timeline/", query_params={"before": before})
    assert len(sentences(page)) == 1


@pytest.mark.django_db(transaction=True)  # the log tells changes apart by their transaction
def test_our_people_see_what_a_change_wrote(
    northgate: Dealer, carol: User, dave: User, alice: User, signed_in: SignIn
) -> None:
    changed = dealers.change(northgate, by=dave, version=1, changes={"city": "Hangzhou", "tier": "gold"})
    dealers.transfer(changed, by=dave, to=Person.objects.get(pk=carol.pk), reason=REASON)
    address = f"/dealers/{northgate.public_id}/timeline/"
    entries = signed_in(carol).get(address).context["page"].entries
    shown = [{str(one.label): (one.before, one.after) for one in entry.changes} for entry in entries]
    assert shown == [
        {"account manager": ("", "Carol")},
        {"city": ("", "Hangzhou"), "tier": ("", "Gold")},
    ]
    assert all(not entry.changes for entry in signed_in(alice).get(address).context["page"].entries)


def test_the_history_of_bank_accounts_needs_their_right(
    northgate: Dealer, alice: User, north: Territory, signed_in: SignIn
) -> None:
    fay = factories.person("Fay", "finance", node=north)
    legal = factories.person("Lena", "legal", node=north)
    account = bank_accounts.propose(northgate, by=alice, reason=REASON, **ACCOUNT)
    approvals.send_back(Approval.objects.get(), by=fay, reason=REASON)
    bank_accounts.correct(account, by=alice, reason=REASON, number="6222020200119999")
    address = f"/dealers/{northgate.public_id}/timeline/"

    def changed(reader: User) -> set[tuple[str, str]]:
        entries = signed_in(reader).get(address).context["page"].entries
        return {(one.before, one.after) for entry in entries for one in entry.changes if "number" in str(one.label)}

    assert changed(fay) == {("…2233", "…9999")}  # in full only where somebody is asked first who he is
    assert changed(legal) == set()


def test_our_people_open_a_decision_from_its_event(
    northgate: Dealer, carol: User, alice: User, north: Territory, signed_in: SignIn
) -> None:
    factories.person("Fay", "finance", node=north)
    bank_accounts.propose(northgate, by=alice, reason=REASON, **ACCOUNT)
    link, address = (
        f'href="/approvals/{Approval.objects.get().public_id}/"',
        f"/dealers/{northgate.public_id}/timeline/",
    )
    assert link in signed_in(carol).get(address).text
    assert link not in signed_in(alice).get(address).text
