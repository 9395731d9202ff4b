"""Contacts between the meetings: noted in seconds, ours alone, and silence that is longer than agreed is seen."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from communications.models import ActionItem, Talked, Touchpoint
from communications.models.touchpoint import silent
from communications.services import touchpoints
from contracts.models import Contract, ReviewRhythm
from core.errors import NotYours, Refused
from dealers.models import Dealer, Event, User
from tests import factories
from tests.communications import table
from tests.pages import text_of

SAID = "Pallet of WC-200 arrived with broken lids; sends photos."


def typed(**more: Any) -> dict[str, Any]:
    return {"kind": "call", "about": "logistics", "said": SAID, "day": f"{timezone.localdate()}"} | more


def noted(dealer: Dealer, by: User, *, days: float = 0, **more: Any) -> Touchpoint:
    given: dict[str, Any] = {"kind": "call", "about": "products", "said": SAID}
    return touchpoints.note(dealer, by=by, at=timezone.now() - timedelta(days=days), **given | more)


def talks(dealer: Dealer, *, every: str = "month", since: int = 300, level: str = "working", **term: Any) -> None:
    today = timezone.localdate()
    span = {"starts_on": today - timedelta(days=since), "ends_on": today + timedelta(days=60)}
    held = factories.contract(dealer, **span | term)
    ReviewRhythm.objects.create(dealer=dealer, contract=held, level=level, every=every)


def are_silent() -> set[str]:
    return set(Dealer.objects.filter(silent(on=timezone.localdate())).values_list("code", flat=True))


# ---- noting ------------------------------------------------------------------------------------
def test_a_contact_is_noted_on_the_dealers_file_with_people_and_a_next_step(
    northgate: Dealer, carol: User, alice: User, signed_in: Any
) -> None:
    chen, li = (factories.contact(northgate, name=name) for name in ("Chen", "Li"))
    client, today = signed_in(carol), timezone.localdate()
    page = f"/dealers/{northgate.public_id}/touchpoints/new/"
    assert page in client.get(northgate.get_absolute_url()).content.decode()
    half = client.post(page, typed(what="Send lids"))
    assert half.status_code == 422 and "what, who and until when" in text_of(half) and SAID in text_of(half)
    step = {"what": "Send lids", "owner": carol.pk, "due_on": f"{today + timedelta(days=3)}"}
    said = client.post(page, typed(contacts=[chen.public_id, li.public_id], **step), follow=True)
    assert "The contact is noted" in text_of(said) and SAID in text_of(said)
    one = Touchpoint.objects.get()
    assert (one.kind, one.about, one.author_id) == ("call", "logistics", carol.pk)
    assert set(Talked.objects.values_list("contact__name", flat=True)) == {"Chen", "Li"}
    assert one.action_item == ActionItem.objects.get(what="Send lids", owner=carol.pk)
    assert "Chen, Li" in text_of(client.get(one.get_absolute_url()))
    theirs = signed_in(alice)
    assert "Send lids" in text_of(theirs.get("/promises/"))
    assert theirs.get(one.get_absolute_url()).status_code in {403, 404}
    assert theirs.get(page).status_code in {403, 404}
    assert "Pallet" not in text_of(theirs.get(f"/dealers/{northgate.public_id}/meetings/"))
    assert not Event.objects.visible_to(alice).filter(kind="touchpoint.noted").exists()
    event = Event.objects.get(kind="touchpoint.noted")
    assert SAID not in f"{event.data} {event.reason} {event.subject_label}", "the log tells that, never what"


def test_from_my_day_the_dealer_is_named_by_code_or_by_part_of_the_name(
    northgate: Dealer, southport: Dealer, carol: User, signed_in: Any, north: Any
) -> None:
    factories.dealer("NX", name="Northfield", home=north)
    client = signed_in(carol)
    assert "/touchpoints/new/" in client.get("/").content.decode()
    assert "Several dealers contain" in text_of(client.post("/touchpoints/new/", typed(whose="North")))
    for foreign in ("SP", "Southport", "Nobody"):
        assert "No dealer of yours" in text_of(client.post("/touchpoints/new/", typed(whose=foreign)))
    for name in ("ng", "gate", "北门"):
        assert client.post("/touchpoints/new/", typed(whose=name, said=f"{SAID} {name}")).status_code == 302
    assert list(Touchpoint.objects.values_list("dealer__code", flat=True)) == ["NG"] * 3


def test_what_is_still_to_come_or_says_nothing_is_refused(northgate: Dealer, carol: User, signed_in: Any) -> None:
    with pytest.raises(Refused, match="has not happened yet"):
        noted(northgate, carol, days=-1)
    with pytest.raises(Refused, match="in a few words"):
        noted(northgate, carol, said="  ")
    page = f"/dealers/{northgate.public_id}/touchpoints/new/"
    tomorrow = timezone.localdate() + timedelta(days=1)
    assert "still to come" in text_of(signed_in(carol).post(page, typed(day=f"{tomorrow}")))
    yesterday = timezone.localdate() - timedelta(days=1)
    assert signed_in(carol).post(page, typed(day=f"{yesterday}")).status_code == 302
    assert timezone.localtime(Touchpoint.objects.get().at).date() == yesterday


def test_who_may_not_is_refused(northgate: Dealer, alice: User, world: Any) -> None:
    for user in (alice, factories.person("Lina", "product_line_manager")):
        with pytest.raises(NotYours):
            noted(northgate, user)
    service = factories.person("Sam", "service")
    assert noted(northgate, service).author_id == service.pk
    with pytest.raises(NotYours):  # a next step is a promise of the house: not everybody's to give
        noted(northgate, service, step=touchpoints.NextStep("Call", table.person(service), date(2100, 1, 1)))
    assert Touchpoint.objects.count() == 1, "nothing is noted by half"


def test_the_list_searches_filters_and_is_taken_away(
    northgate: Dealer, southport: Dealer, carol: User, dave: User, signed_in: Any
) -> None:
    noted(northgate, carol, said="Lids broken")
    noted(southport, dave, kind="visit", said="Showroom refitted")
    ours, all_of_them = signed_in(carol), signed_in(dave)
    assert "Lids broken" in text_of(ours.get("/touchpoints/")) and "Showroom" not in text_of(ours.get("/touchpoints/"))
    assert "Showroom" in text_of(all_of_them.get("/touchpoints/?search=refit"))
    assert "Lids" not in text_of(all_of_them.get("/touchpoints/?search=refit"))
    assert "Lids" in text_of(all_of_them.get("/touchpoints/?search=Northgate"))
    assert "Lids" not in text_of(all_of_them.get("/touchpoints/?kind=visit"))
    assert "Lids" not in text_of(all_of_them.get("/touchpoints/?by=mine"))
    file = all_of_them.get("/touchpoints/export.csv?kind=call").content.decode()
    assert "Lids broken" in file and "Showroom" not in file


# ---- silence -----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("every", "days", "is_silent"),
    [("month", 35, False), ("month", 39, True), ("quarter", 95, False), ("quarter", 101, True), ("year", 300, False)],
)
def test_silence_is_measured_by_the_rhythm_and_loosely(
    northgate: Dealer, carol: User, every: str, days: int, is_silent: bool
) -> None:
    talks(northgate, every=every, since=800)
    noted(northgate, carol, days=days)
    assert are_silent() == ({"NG"} if is_silent else set())
    noted(northgate, carol, days=1)
    assert are_silent() == set()


def test_silence_is_nobodys_where_nothing_is_agreed_or_the_contract_is_young(
    northgate: Dealer, southport: Dealer, carol: User, alice: User, world: Any
) -> None:
    factories.contract(northgate)
    talks(southport, since=20)
    talks(factories.dealer("EX"), level="executive")
    talks(factories.dealer("OV"), status="ended")
    assert are_silent() == set()
    loud, still = factories.dealer("LO"), factories.dealer("ST")
    talks(loud)
    talks(still)
    table_of = table.held(loud, factories.person("Mia", "head_of_sales"), factories.person("Leo", "dealer_executive",
                                                                                       dealer=loud))  # fmt: skip
    assert table_of.held_at is not None
    assert are_silent() == {"ST"}, "a meeting that was held is a contact"


def test_an_amendment_makes_no_silent_dealer_young(northgate: Dealer, southport: Dealer) -> None:
    talks(northgate)
    first, today = Contract.objects.get(), timezone.localdate()
    changed = (today - timedelta(days=5)).replace(day=1)
    Contract.objects.update(ends_on=changed - timedelta(days=1), amended_on=changed)
    talks(northgate, starts_on=changed, amends=first)
    assert are_silent() == {"NG"}


def test_my_day_and_the_list_of_dealers_show_who_is_silent(
    northgate: Dealer, southport: Dealer, carol: User, dave: User, signed_in: Any
) -> None:
    talks(northgate)
    talks(southport)
    noted(southport, dave)
    day = signed_in(carol).get("/")
    assert "No contact with Northgate for longer than agreed" in text_of(day) and "None was noted yet" in text_of(day)
    noted(northgate, carol, days=60)
    assert f"Last contact on {_day(timezone.now() - timedelta(days=60))}" in text_of(signed_in(carol).get("/"))
    listed = text_of(signed_in(dave).get("/dealers/?contact=silent"))
    assert "Northgate" in listed and "Southport" not in listed
    noted(northgate, carol)
    assert "No contact with" not in text_of(signed_in(carol).get("/"))


def _day(at: datetime) -> str:
    from core import formatting

    return formatting.day(at)
