"""The pages of a dealer's file: who gets in, what they show, what they cost."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from dealers.models import Contact, Dealer, Event, Territory, User
from dealers.services import brands, contacts, dealers, notes
from dealers.services.brands import Brand
from tests import factories
from tests.pages import at_most, count_of, text_of

type SignIn = Callable[[User], Client]
REASON = "The owner retires and closes the shop."
FORM = {
    "code": "HZ-1",
    "name": "Ruihe",
    "name_zh": "瑞和",
    "currency": "cny",
    "time_zone": "Asia/Shanghai",
    "status": "candidate",
}
# Address, and who of north may open it: m(anager), d(ave, head of sales), e(xecutive), s(taff of the dealer).
PAGES = {
    "": "mdes",
    "edit/": "md",
    "hand-over/": "d",
    "archive/": "d",
    "restore/": "d",
    "timeline/": "mdes",
    "contacts/": "mdes",
    "contacts/add/": "mde",
    "brands/": "md",
    "notes/": "md",
    "bank/": "mde",
    "bank/propose/": "mde",
}


def edit_form(dealer: Dealer, **more: object) -> dict[str, object]:
    return {
        "code": dealer.code,
        "name": dealer.name,
        "name_zh": dealer.name_zh,
        "home": dealer.home_id,
        "currency": "CNY",
        "time_zone": "UTC",
        "version": dealer.version,
    } | more


@pytest.mark.parametrize("address", PAGES)
def test_who_opens_which_page(
    northgate: Dealer, carol: User, dave: User, alice: User, ann: User, signed_in: SignIn, address: str
) -> None:
    for letter, user in zip("mdes", (carol, dave, alice, ann), strict=True):
        status = signed_in(user).get(f"/dealers/{northgate.public_id}/{address}").status_code
        if letter in PAGES[address]:
            assert status == 200, user
        else:
            assert status in (403, 404), user


@pytest.mark.parametrize("address", PAGES)
def test_a_foreign_file_does_not_exist(
    northgate: Dealer, bob: User, south: Territory, signed_in: SignIn, address: str
) -> None:
    sam = factories.person("Sam", "head_of_sales", node=south)
    for user in (bob, sam):
        client = signed_in(user)
        foreign = client.get(f"/dealers/{northgate.public_id}/{address}")
        missing = client.get(f"/dealers/{'z' * 14}/{address}")
        assert foreign.status_code == missing.status_code
        assert foreign.status_code in (403, 404)
        assert b"Northgate" not in foreign.content
    assert signed_in(sam).get(f"/dealers/{northgate.public_id}/{address}").status_code == 404


def test_a_missing_right_is_said(northgate: Dealer, carol: User, signed_in: SignIn) -> None:
    assert signed_in(carol).get(f"/dealers/{northgate.public_id}/archive/").status_code == 403


def test_the_dealer_finds_his_file_without_a_number(northgate: Dealer, alice: User, signed_in: SignIn) -> None:
    page = signed_in(alice).get("/company/")
    assert page.status_code == 200
    assert "Northgate" in page.text


def test_a_file_is_opened_on_a_page(north: Territory, dave: User, signed_in: SignIn) -> None:
    answer = signed_in(dave).post("/dealers/new/", FORM | {"home": north.pk})
    made = Dealer.objects.get(code="HZ-1")
    assert answer.headers["Location"] == made.get_absolute_url()
    assert (made.currency, made.time_zone, made.home_id) == ("CNY", "Asia/Shanghai", north.pk)


def test_a_home_out_of_reach_answers_as_an_unknown_one(north: Territory, south: Territory, signed_in: SignIn) -> None:
    client = signed_in(factories.person("Rita", "regional_director", node=north))
    foreign = client.post("/dealers/new/", FORM | {"home": south.pk})
    unknown = client.post("/dealers/new/", FORM | {"home": 999_999})
    assert foreign.context["form"].errors["home"] == unknown.context["form"].errors["home"]
    assert not Dealer.objects.filter(code="HZ-1").exists()


def test_a_bad_currency_is_said_beside_its_field(north: Territory, dave: User, signed_in: SignIn) -> None:
    answer = signed_in(dave).post("/dealers/new/", FORM | {"home": north.pk, "currency": "yen!"})
    assert answer.status_code == 422
    assert "currency" in answer.context["form"].errors


def test_a_change_is_saved_from_the_page(northgate: Dealer, carol: User, signed_in: SignIn) -> None:
    answer = signed_in(carol).post(
        f"/dealers/{northgate.public_id}/edit/", edit_form(northgate, city="Hangzhou", tags="key, project")
    )
    assert answer.status_code == 302
    northgate.refresh_from_db()
    assert (northgate.city, northgate.tags, northgate.version) == ("Hangzhou", ["key", "project"], 2)


def test_tags_are_apart_by_the_comma_of_any_keyboard(northgate: Dealer, carol: User, signed_in: SignIn) -> None:
    signed_in(carol).post(f"/dealers/{northgate.public_id}/edit/", edit_form(northgate, tags="重点，浴室、批发, key"))
    northgate.refresh_from_db()
    assert northgate.tags == ["重点", "浴室", "批发", "key"]


def test_the_second_editor_sees_both_versions_and_loses_nothing(
    northgate: Dealer, carol: User, dave: User, signed_in: SignIn
) -> None:
    dealers.change(northgate, by=dave, version=1, changes={"city": "Ningbo"})
    client, address = signed_in(carol), f"/dealers/{northgate.public_id}/edit/"
    stale = client.post(address, edit_form(northgate, city="Hangzhou"))
    assert stale.status_code == 409
    for words in ("Dave changed this file", "Ningbo", "Hangzhou"):
        assert words in stale.text
    northgate.refresh_from_db()
    assert northgate.city == "Ningbo"
    again = client.post(
        address, edit_form(northgate, city="Hangzhou", version=stale.context["form"]["version"].value())
    )
    assert again.status_code == 302
    northgate.refresh_from_db()
    assert northgate.city == "Hangzhou"


def test_archive_and_back_by_page_with_a_reason(northgate: Dealer, dave: User, signed_in: SignIn) -> None:
    client, address = signed_in(dave), f"/dealers/{northgate.public_id}/archive/"
    refused = client.post(address, {"reason": REASON})
    assert refused.status_code == 422
    assert "Only a candidate" in refused.text
    Dealer.objects.update(status="ended")
    assert client.post(address, {"reason": "no"}).status_code == 422
    assert client.post(address, {"reason": REASON}).status_code == 302
    assert Dealer.objects.get().is_archived()
    assert client.post(f"/dealers/{northgate.public_id}/restore/", {"reason": REASON}).status_code == 302
    assert not Dealer.objects.get().is_archived()


def test_a_handover_offers_only_who_reaches_the_dealer(
    northgate: Dealer, carol: User, dave: User, south: Territory, signed_in: SignIn
) -> None:
    sam = factories.person("Sam", "account_manager", node=south)
    client, address = signed_in(dave), f"/dealers/{northgate.public_id}/hand-over/"
    page = text_of(client.get(address))
    assert "Carol" in page
    assert "Sam" not in page
    assert client.post(address, {"to": sam.pk, "reason": REASON}).status_code == 422
    assert client.post(address, {"to": carol.pk, "reason": REASON}).status_code == 302
    assert Dealer.objects.get().manager_id == carol.pk


def test_the_page_says_what_is_missing_in_the_file(northgate: Dealer, carol: User, signed_in: SignIn) -> None:
    address = f"/dealers/{northgate.public_id}/"
    before = signed_in(carol).get(address).text
    assert "No contact person" in before
    assert "No bank account" in before
    factories.contact(northgate)
    assert "No contact person" not in signed_in(carol).get(address).text


def test_a_dealer_is_asked_only_for_what_he_can_give(northgate: Dealer, alice: User, signed_in: SignIn) -> None:
    page = signed_in(alice).get(f"/dealers/{northgate.public_id}/").text
    assert "No contact person" in page
    assert "Nobody looks after this dealer" not in page


def test_contacts_are_kept_on_pages_of_both_sides(
    northgate: Dealer, alice: User, carol: User, bob: User, signed_in: SignIn
) -> None:
    form = {"name": "Chen Guodong", "duty": "owner", "phone": "0571"}
    assert signed_in(alice).post(f"/dealers/{northgate.public_id}/contacts/add/", form).status_code == 302
    contact = Contact.objects.get()
    edit, archive = f"/contacts/{contact.public_id}/edit/", f"/contacts/{contact.public_id}/archive/"
    assert signed_in(bob).post(edit, form | {"name": "Mallory"}).status_code == 404
    assert signed_in(bob).post(archive).status_code == 404
    assert signed_in(carol).post(edit, form | {"title": "Owner"}).status_code == 302
    assert signed_in(carol).post(archive).status_code == 302
    contact.refresh_from_db()
    assert (contact.name, contact.title, contact.is_archived) == ("Chen Guodong", "Owner", True)


def test_brands_are_written_from_the_page(northgate: Dealer, carol: User, signed_in: SignIn) -> None:
    brands.replace(northgate, [Brand("Kessel", "rival")], by=carol)
    form = {
        "brands-TOTAL_FORMS": 3, "brands-INITIAL_FORMS": 1,
        "brands-0-brand": "Kessel", "brands-0-relation": "rival", "brands-0-DELETE": "on",
        "brands-1-brand": "Aqua", "brands-1-relation": "complement", "brands-1-share_percent": "12.5",
        "brands-2-brand": "", "brands-2-relation": "",
    }  # fmt: skip
    client, address = signed_in(carol), f"/dealers/{northgate.public_id}/brands/"
    assert client.post(address, form).status_code == 302
    assert list(northgate.brands.values_list("brand", flat=True)) == ["Aqua"]
    twice = form | {"brands-0-DELETE": "", "brands-1-brand": "KESSEL"}
    assert client.post(address, twice).status_code == 422


def test_what_is_ours_never_reaches_a_dealers_page(
    northgate: Dealer, carol: User, alice: User, ann: User, signed_in: SignIn
) -> None:
    notes.write(northgate, by=carol, text="canaryinternalnote")
    contacts.add(northgate, by=carol, name="Chen", duty="owner")
    assert "canaryinternalnote" in signed_in(carol).get(f"/dealers/{northgate.public_id}/").text
    for user in (alice, ann):
        client = signed_in(user)
        for address in ("/", "/company/", *(f"/dealers/{northgate.public_id}/{one}" for one in PAGES)):
            page = client.get(address).text
            assert "canaryinternalnote" not in page
            assert "internal note" not in page
            assert "What changed" not in page


@pytest.mark.parametrize("who", ["carol", "alice"])
def test_pages_of_a_file_cost_at_most_10_questions_however_full(
    request: pytest.FixtureRequest, northgate: Dealer, carol: User, alice: User, signed_in: SignIn, who: str
) -> None:
    client = signed_in(request.getfixturevalue(who))
    addresses = [f"/dealers/{northgate.public_id}/{one}" for one in ("", "timeline/", "contacts/", "bank/")]
    cost: list[list[int]] = []
    for more in (3, 27):
        fill(northgate, carol, more)
        cost.append([])
        for address in addresses:
            with CaptureQueriesContext(connection) as captured, at_most(10):
                assert client.get(address).status_code == 200
            cost[-1].append(count_of(captured))
    assert cost[0] == cost[1]


def fill(dealer: Dealer, by: User, more: int) -> None:
    for number in range(more):
        contacts.change(contacts.add(dealer, by=by, name=f"Chen {number}", duty="owner"), by=by, title="Owner")
        notes.write(dealer, by=by, text=f"Note {number}")
        factories.person(f"Clerk {number}", "dealer_staff", dealer=dealer)


def test_one_page_of_the_log_is_written_by_each_change(northgate: Dealer, carol: User, signed_in: SignIn) -> None:
    signed_in(carol).post(f"/dealers/{northgate.public_id}/edit/", edit_form(northgate, city="Hangzhou"))
    assert Event.objects.get().data == {"fields": ["city"]}
