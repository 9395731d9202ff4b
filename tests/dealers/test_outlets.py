"""A dealer's customers: kept by him, seen by our people without their identity unless he shows it."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from core.database.context import acting
from core.database.roles import Role
from dealers.models import Dealer, Event, Outlet, OutletIdentity, Territory, User
from tests import factories
from tests.dealers.costs import cost
from tests.pages import text_of

SignIn = Callable[..., Client]
LIST = "dealers:my_outlets"


def outlet(dealer: Dealer, code: str = "K1", *, shown: bool = False, **who: Any) -> Outlet:
    made = Outlet.objects.create(dealer=dealer, code=code, outlet_class="retailer", territory=dealer.home)
    defaults = {"name": f"Secret shop {code}", "contact": f"Mr Hidden {code}", "phone": "13800000000"}
    consented = "2026-01-01T00:00Z" if shown else None
    OutletIdentity.objects.create(dealer=dealer, outlet=made, consented_at=consented, **defaults | who)
    return made


def typed(**more: Any) -> dict[str, Any]:
    return {"name": "Wang's hardware", "outlet_class": "retailer", "territory": "North (NORTH)"} | more


def test_a_dealer_adds_a_customer_that_stays_his(signed_in: SignIn, alice: User, northgate: Dealer) -> None:
    response = signed_in(alice).post(reverse("dealers:outlet_add"), typed(phone="139", since="2025-05-01"))
    assert response.status_code == 302, response.context["form"].errors
    made = Outlet.objects.get()
    assert (made.dealer, made.code, made.since) == (northgate, "0001", date(2025, 5, 1))
    assert (made.identity.name, made.identity.consented_at) == ("Wang's hardware", None)
    event = Event.objects.get(kind="outlet.added")
    assert "Wang" not in f"{event.subject_label}{event.data}", "the log does not tell what is hidden"


def test_codes_are_counted_per_dealer_and_never_given_twice(
    signed_in: SignIn, alice: User, bob: User, northgate: Dealer, southport: Dealer
) -> None:
    outlet(southport, "0001")
    outlet(northgate, "0002")
    client = signed_in(alice)
    for _time in range(2):
        client.post(reverse("dealers:outlet_add"), typed())
    assert set(Outlet.objects.filter(dealer=northgate).values_list("code", flat=True)) == {"0002", "0003", "0004"}


def test_a_taken_code_is_named_and_the_rest_stays_typed(signed_in: SignIn, alice: User, northgate: Dealer) -> None:
    outlet(northgate, "K1")
    page = signed_in(alice).post(reverse("dealers:outlet_add"), typed(code="K1")).text
    assert "Another customer has the code K1" in page and "Wang&#x27;s hardware" in page


@pytest.mark.parametrize("words", ["North (NORTH)", "north", "NORTH", "北区"])
def test_an_area_is_typed_by_name_or_code(words: str, signed_in: SignIn, alice: User, northgate: Dealer) -> None:
    signed_in(alice).post(reverse("dealers:outlet_add"), typed(territory=words))
    assert Outlet.objects.get().territory.code == "NORTH"


def test_an_unclear_area_is_asked_again(signed_in: SignIn, alice: User, north: Territory) -> None:
    for number in range(2):
        factories.territory(f"TWIN{number}", parent=north, name="Twin")
    client = signed_in(alice)
    for words, fault in (("Nowhere", "no such place"), ("Twin", "Several places")):
        assert fault in client.post(reverse("dealers:outlet_add"), typed(territory=words)).text
    assert not Outlet.objects.exists()


def test_a_customer_is_changed_archived_and_taken_back(signed_in: SignIn, ann: User, northgate: Dealer) -> None:
    row = outlet(northgate)
    client = signed_in(ann)
    edit = reverse("dealers:outlet_edit", args=[row.public_id])
    assert "Secret shop K1" in client.get(edit).text
    assert client.post(edit, typed(name="New name", code="K9")).status_code == 302
    row.refresh_from_db()
    assert (row.code, row.identity.name) == ("K9", "New name")
    client.post(reverse("dealers:outlet_archive", args=[row.public_id]))
    assert "New name" not in client.get(reverse(LIST)).text
    assert "New name" in client.get(reverse(LIST), {"archived": "only"}).text
    client.post(reverse("dealers:outlet_restore", args=[row.public_id]))
    assert "New name" in client.get(reverse(LIST)).text
    assert set(Event.objects.values_list("kind", flat=True)) == {"outlet.changed", "outlet.archived", "outlet.restored"}


def test_our_people_see_class_and_area_but_not_who(signed_in: SignIn, carol: User, northgate: Dealer) -> None:
    outlet(northgate, "K1")
    page = signed_in(carol).get(reverse("dealers:outlets", args=[northgate.public_id]))
    assert "K1" in page.text and "Retailer" in page.text and "North" in page.text
    assert "Secret shop" not in page.text and "Hidden" not in page.text and "1380" not in text_of(page)
    assert not Event.objects.exists(), "nothing was shown, so nobody has seen anything"


def test_searching_for_a_hidden_name_finds_nothing(signed_in: SignIn, carol: User, northgate: Dealer) -> None:
    outlet(northgate, "K1")
    outlet(northgate, "K2", shown=True)
    page = text_of(signed_in(carol).get(reverse("dealers:outlets", args=[northgate.public_id]), {"search": "Secret"}))
    assert "Secret shop K2" in page and "K1" not in page


def test_our_people_sort_by_nothing_that_is_hidden(signed_in: SignIn, carol: User, northgate: Dealer) -> None:
    outlet(northgate, "K1", name="Zebra")
    outlet(northgate, "K2", name="Ant")
    page = signed_in(carol).get(reverse("dealers:outlets", args=[northgate.public_id]), {"sort": "name"})
    assert "cannot be sorted like that" in page.text
    assert [row.code for row in page.context["page"].shown.rows] == ["K1", "K2"]


def test_a_dealer_finds_his_customers_by_any_part_of_who_they_are(
    signed_in: SignIn, alice: User, northgate: Dealer, southport: Dealer
) -> None:
    outlet(northgate, "K1", name="Zebra paints", phone="13911112222")
    outlet(northgate, "K2", name="Ant hardware")
    outlet(southport, "K3", name="Zebra colours")
    client = signed_in(alice)

    def found(**query: str) -> list[str]:
        return [row.code for row in client.get(reverse(LIST), query).context["page"].shown.rows]

    assert found(search="ebra") == found(search="1111") == found(search="k1") == ["K1"]
    assert found(search="ebra hardware") == []
    assert found(sort="name") == ["K2", "K1"] and found(sort="-name") == ["K1", "K2"]
    assert found(outlet_class="wholesaler") == [] and found(territory="NORTH") == ["K1", "K2"]


def test_a_dealer_takes_his_customers_away_and_our_people_do_not(
    signed_in: SignIn, alice: User, carol: User, northgate: Dealer, southport: Dealer
) -> None:
    outlet(northgate, "K1", name="Zebra paints")
    outlet(southport, "K2", name="Ant hardware")
    export = reverse("dealers:outlets_export", args=["csv"])
    taken = signed_in(alice).get(export).content.decode("utf-8-sig")
    assert "Zebra paints" in taken and "13800000000" in taken and "Ant" not in taken
    client = signed_in(carol)
    assert client.get(export).status_code == 404
    assert "export" not in client.get(reverse("dealers:outlets", args=[northgate.public_id])).text


def test_the_buttons_of_the_rows_belong_to_a_form_of_the_page(
    signed_in: SignIn, alice: User, ann: User, northgate: Dealer
) -> None:
    row = outlet(northgate)
    page = signed_in(alice).get(reverse(LIST)).text
    show = reverse("dealers:outlet_show", args=[row.public_id])
    assert 'id="row-verbs"' in page and f'form="row-verbs" formaction="{show}"' in page
    assert 'aria-label="Show Secret shop K1"' in page


def test_long_lists_are_paged_in_every_order(signed_in: SignIn, alice: User, northgate: Dealer) -> None:
    for number in range(60):
        outlet(northgate, f"K{number:02}", name=f"Shop {99 - number}")
    client = signed_in(alice)
    for order in ("code", "name", "-since"):
        first = client.get(reverse(LIST), {"sort": order}).context["page"]
        following = client.get(next(link.url for link in first.links if link.code == "next")).context["page"]
        seen = [row.code for row in (*first.shown.rows, *following.shown.rows)]
        assert len(seen) == len(set(seen)) == 60


def test_the_database_alone_keeps_identities_from_our_people(carol: User, northgate: Dealer) -> None:
    outlet(northgate, "K1")
    outlet(northgate, "K2", shown=True)
    for role in (Role.STAFF, Role.ADMIN):
        with acting(role, user_id=carol.pk):
            assert [found.name for found in OutletIdentity.objects.all()] == ["Secret shop K2"]


def test_a_dealer_shows_and_hides_one_customer(signed_in: SignIn, alice: User, carol: User, northgate: Dealer) -> None:
    row = outlet(northgate)
    hers, theirs = signed_in(alice), signed_in(carol)
    staff_page = reverse("dealers:outlets", args=[northgate.public_id])
    hers.post(reverse("dealers:outlet_show", args=[row.public_id]))
    assert "Secret shop K1" in theirs.get(staff_page).text
    hers.post(reverse("dealers:outlet_hide", args=[row.public_id]))
    assert "Secret shop K1" not in theirs.get(staff_page).text
    assert set(Event.objects.values_list("kind", flat=True)) == {
        "outlet.shown", "outlet.hidden", "outlet_identity.seen",
    }  # fmt: skip


def test_showing_all_is_one_event_and_nobody_elses_customers(
    signed_in: SignIn, alice: User, northgate: Dealer, southport: Dealer
) -> None:
    for number in range(3):
        outlet(northgate, f"K{number}")
    foreign = outlet(southport)
    client = signed_in(alice)
    client.post(reverse("dealers:outlets_show_all"))
    assert Event.objects.get(kind="outlet.all_shown").data == {"count": 3}
    foreign.identity.refresh_from_db()
    assert foreign.identity.consented_at is None
    client.post(reverse("dealers:outlets_hide_all"))
    assert not OutletIdentity.objects.filter(consented_at__isnull=False).exists()


def test_the_dealer_reads_who_looked_once_a_day(signed_in: SignIn, alice: User, carol: User, northgate: Dealer) -> None:
    outlet(northgate, shown=True)
    client = signed_in(carol)
    for _time in range(3):
        client.get(reverse("dealers:outlets", args=[northgate.public_id]))
    assert Event.objects.filter(kind="outlet_identity.seen").count() == 1
    page = signed_in(alice).get(reverse("dealers:who_saw")).text
    assert "Carol" in page and "looked at the customers" in page


def test_who_saw_tells_a_dealer_nothing_about_another(
    signed_in: SignIn, bob: User, carol: User, northgate: Dealer
) -> None:
    outlet(northgate, shown=True)
    signed_in(carol).get(reverse("dealers:outlets", args=[northgate.public_id]))
    assert "Carol" not in signed_in(bob).get(reverse("dealers:who_saw")).text


POSTS = ["outlet_edit", "outlet_archive", "outlet_restore", "outlet_show", "outlet_hide"]


@pytest.mark.parametrize("page", POSTS)
def test_a_foreign_customer_answers_like_a_missing_one(
    page: str, signed_in: SignIn, bob: User, northgate: Dealer
) -> None:
    row = outlet(northgate)
    client = signed_in(bob)
    foreign = client.post(reverse(f"dealers:{page}", args=[row.public_id]), typed())
    missing = client.post(reverse(f"dealers:{page}", args=["abcdefghjkmnpq"]), typed())
    assert foreign.status_code == missing.status_code == 404
    assert foreign.content == missing.content
    row.refresh_from_db()
    assert not row.is_archived and row.identity.name == "Secret shop K1"


@pytest.mark.parametrize("page", POSTS)
def test_our_people_cannot_touch_a_dealers_customer(
    page: str, signed_in: SignIn, dave: User, northgate: Dealer
) -> None:
    row = outlet(northgate)
    assert signed_in(dave).post(reverse(f"dealers:{page}", args=[row.public_id]), typed()).status_code == 404


def test_staff_of_another_region_find_no_list(signed_in: SignIn, south: Territory, northgate: Dealer) -> None:
    eve = factories.person("Eve", "account_manager", node=south)
    assert signed_in(eve).get(reverse("dealers:outlets", args=[northgate.public_id])).status_code == 404


@pytest.mark.parametrize("side", ["theirs", "ours"])
def test_the_list_costs_the_same_however_long(
    side: str, signed_in: SignIn, alice: User, carol: User, northgate: Dealer
) -> None:
    client = signed_in(alice if side == "theirs" else carol)
    address = reverse(LIST) if side == "theirs" else reverse("dealers:outlets", args=[northgate.public_id])
    outlet(northgate, "K", shown=True)
    client.get(address)  # our people's first look leaves an event
    one = cost(client, address)
    for number in range(20):
        outlet(northgate, f"K{number}", shown=True)
    assert cost(client, address) == one
