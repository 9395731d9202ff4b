"""The list of dealers, as our people see it."""

from datetime import date, timedelta
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse
from django.utils import timezone

from dealers.models import Dealer, Event, Territory, User
from tests import factories
from tests.pages import text_of

pytestmark = pytest.mark.django_db
LIST = "/dealers/"


def names(response: Any) -> list[str]:
    return [row.name for row in response.context["page"].shown.rows]


def links(response: Any) -> dict[str, str]:
    return {link.code: link.url for link in response.context["page"].links}


def plant(count: int, home: Territory, **fields: Any) -> list[Dealer]:
    """`count` dealers named in their order."""
    return Dealer.objects.bulk_create(
        Dealer(
            **{"code": f"P{i:04}", "name": f"Plant {i:04}", "sort_key": f"plant {i:04}", "home": home,
               "currency": "CNY", "status": "active"} | fields
        )
        for i in range(count)
    )  # fmt: skip


def test_it_shows_the_dealers_in_reach_and_no_others(signed_in, carol, northgate, southport) -> None:
    response = signed_in(carol).get(LIST)
    assert names(response) == ["Northgate"]
    page = response.content.decode()
    assert northgate.get_absolute_url() in page
    assert "Southport" not in page
    assert response.context["page"].summary == "1 to 1 of 1"


def test_it_is_no_place_for_dealers(signed_in, alice, northgate) -> None:
    assert signed_in(alice).get(LIST).status_code == 404


def test_before_the_first_dealer_it_says_what_belongs_here(signed_in, carol) -> None:
    response = signed_in(carol).get(LIST)
    assert "No dealers in your reach yet" in response.content.decode()


def test_a_chinese_reader_sees_chinese_names(signed_in, carol, northgate) -> None:
    carol.language = "zh-hans"
    carol.save(update_fields=["language"])
    assert "北门建材" in signed_in(carol).get(LIST).content.decode()


class TestPages:
    def test_next_previous_and_last_lead_through_the_whole_list(self, signed_in, dave, north) -> None:
        plant(120, north)
        client = signed_in(dave)
        first = client.get(LIST)
        second = client.get(links(first)["next"])
        third = client.get(links(second)["next"])
        assert names(first) + names(second) + names(third) == [f"Plant {i:04}" for i in range(120)]
        assert [r.context["page"].summary for r in (first, second, third)] == [
            "1 to 50 of 120", "51 to 100 of 120", "101 to 120 of 120",
        ]  # fmt: skip
        assert links(third)["next"] == links(third)["last"] == ""
        assert names(client.get(links(third)["previous"])) == names(second)
        assert names(client.get(links(third)["first"])) == names(first)

    def test_the_last_page_is_one_step_away(self, signed_in, dave, north) -> None:
        plant(120, north)
        client = signed_in(dave)
        last = client.get(links(client.get(LIST))["last"])
        assert names(last) == [f"Plant {i:04}" for i in range(70, 120)]
        assert last.context["page"].summary == "71 to 120 of 120"

    def test_a_long_list_is_not_counted_to_its_end(self, signed_in, dave, north) -> None:
        plant(1001, north)
        client = signed_in(dave)
        first = client.get(LIST)
        assert first.context["page"].summary == "1 to 50 of 1,000+"
        assert client.get(links(first)["last"]).context["page"].summary == "The last 50 of 1,000+"

    @pytest.mark.parametrize("place", ["nonsense", "0", "%00", "x" * 5000, "北门", "'; drop table", "../.."])
    @pytest.mark.parametrize("side", ["after", "before"])
    def test_a_place_that_does_not_exist_is_said_and_leads_to_the_first_page(
        self, signed_in, carol, northgate, side, place
    ) -> None:
        response = signed_in(carol).get(f"{LIST}?{side}={place}&row=99999999999999")
        assert response.status_code == 200
        assert names(response) == ["Northgate"]
        assert "This is the first page." in response.content.decode()

    def test_a_foreign_place_is_like_one_that_does_not_exist(self, signed_in, carol, northgate, southport) -> None:
        foreign = signed_in(carol).get(LIST, {"after": southport.public_id})
        missing = signed_in(carol).get(LIST, {"after": "23456789abcdef"})
        assert names(foreign) == names(missing) == ["Northgate"]
        assert foreign.context["page"].notes == missing.context["page"].notes != []

    def test_behind_the_last_row_the_first_page_is_shown(self, signed_in, carol, northgate) -> None:
        response = signed_in(carol).get(LIST, {"after": northgate.public_id})
        assert names(response) == ["Northgate"]
        assert response.context["page"].notes

    def test_no_integer_key_stands_in_an_address(self, signed_in, dave, north) -> None:
        plant(60, north)
        url = links(signed_in(dave).get(LIST))["next"]
        place = parse_qs(urlsplit(url).query)
        assert place == {"after": [Dealer.objects.get(name="Plant 0049").public_id], "row": ["51"]}


class TestOrder:
    def test_the_heads_say_how_the_list_is_sorted(self, signed_in, carol, northgate) -> None:
        page = signed_in(carol).get(LIST, {"sort": "-name"}).content.decode()
        assert '<th scope="col" aria-sort="descending"><a id="sort-name" href="/dealers/?sort=name">' in page
        assert page.count("aria-sort") == 1

    def test_the_newest_come_first_and_those_without_a_date_last(self, signed_in, dave, north) -> None:
        for name, since in [("A", None), ("B", date(2020, 1, 1)), ("C", date(2024, 1, 1))]:
            factories.dealer(name=name, home=north, since=since)
        client = signed_in(dave)
        head = next(head for head in client.get(LIST).context["page"].heads if head.code == "since")
        assert head.url == "/dealers/?sort=-since"
        assert names(client.get(head.url)) == ["C", "B", "A"]
        assert names(client.get(LIST, {"sort": "since"})) == ["B", "C", "A"]

    @pytest.mark.parametrize("sort", ["manager", "nonsense", "-", "pk", "home__low", "%00"])
    def test_an_order_that_is_not_offered_is_said_and_left_out(self, signed_in, carol, northgate, sort) -> None:
        response = signed_in(carol).get(f"{LIST}?sort={sort}")
        assert names(response) == ["Northgate"]
        assert "This list cannot be sorted like that" in response.content.decode()


class TestFilters:
    @pytest.fixture
    def dealers(self, north, south, carol) -> None:
        from dealers.models import Person

        east = factories.territory("EAST", parent=north, name="East")
        factories.dealer(
            "A1", name="Active", home=north, tier="gold", segment="retail", country="CN", tags=["key", "coast"],
            manager=Person.objects.get(pk=carol.pk),
        )  # fmt: skip
        factories.dealer("B1", name="Below", home=east, tier="silver", status="candidate", country="IT", city="Como")
        factories.dealer("S1", name="Southern", home=south, tier="silver", country="CN")
        factories.dealer("Z1", name="Zapped", home=north, status="ended", archived_at=timezone.now())

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("", ["Active", "Below", "Southern"]),
            ("status=candidate", ["Below"]),
            ("status=candidate&status=active", ["Active", "Below", "Southern"]),
            ("tier=silver", ["Below", "Southern"]),
            ("segment=retail", ["Active"]),
            ("territory=NORTH", ["Active", "Below"]),
            ("territory=EAST", ["Below"]),
            ("country=CN", ["Active", "Southern"]),
            ("tag=coast", ["Active"]),
            ("archived=with", ["Active", "Below", "Southern", "Zapped"]),
            ("archived=only", ["Zapped"]),
            ("tier=silver&country=CN", ["Southern"]),
            ("search=OUTH", ["Southern"]),
            ("search=como+b1", ["Below"]),
            ("search=z1&archived=only", ["Zapped"]),
        ],
    )
    def test_a_filter_narrows_the_list(self, signed_in, dave, dealers, query, found) -> None:
        assert names(signed_in(dave).get(f"{LIST}?{query}")) == found

    def test_the_manager_stands_in_the_address_by_a_public_name(self, signed_in, dave, carol, dealers) -> None:
        response = signed_in(dave).get(LIST, {"manager": carol.public_id})
        assert names(response) == ["Active"]
        [chip] = response.context["page"].chips
        assert (chip.label, chip.value, chip.remove_url) == ("Account manager", "Carol", LIST)

    def test_codes_and_instants_are_read_as_words(self, signed_in, dave, dealers) -> None:
        [chip] = signed_in(dave).get(LIST, {"country": "CN"}).context["page"].chips
        assert (chip.label, chip.value) == ("Country", "China")
        known = {"known": "2026-03-20T06:00:00.123456+00:00", "since": "2026-03-01"}
        chips = [one.value for one in signed_in(dave).get("/movements/", known).context["page"].chips]
        assert "1 Mar 2026" in chips and "20 Mar 2026, 06:00" in chips

    def test_each_chip_takes_away_its_own_filter(self, signed_in, dave, dealers) -> None:
        response = signed_in(dave).get(f"{LIST}?territory=NORTH&tier=gold&tier=silver&sort=-name&after=x")
        assert [(chip.label, chip.value, chip.remove_url) for chip in response.context["page"].chips] == [
            ("Tier", "Gold, Silver", "/dealers/?territory=NORTH&sort=-name"),
            ("Territory and below", "North", "/dealers/?tier=gold&tier=silver&sort=-name"),
        ]

    @pytest.mark.parametrize("query", ["status=bogus", "tier=%00", "territory=NOWHERE", "manager=1", "country=XX"])
    def test_a_value_that_is_not_known_is_said_and_empties_nothing(self, signed_in, dave, dealers, query) -> None:
        response = signed_in(dave).get(f"{LIST}?{query}")
        assert len(names(response)) == 3
        assert "is left out" in response.content.decode()

    def test_the_pane_tells_of_nothing_out_of_reach(self, signed_in, dave, dealers, south) -> None:
        nora = factories.person("Nora", "account_manager", node=south)
        pane = text_of(signed_in(nora).get(LIST, {"pane": "1"}, headers={"HX-Request": "true"}))
        assert "South" in pane and "World" in pane
        assert "North" not in pane and "East" not in pane and "Carol" not in pane and "IT" not in pane
        assert len(names(signed_in(nora).get(LIST, {"territory": "EAST"}))) == 1, "a foreign node is not known"

    def test_nothing_found_names_what_to_take_away(self, signed_in, dave, dealers) -> None:
        page = unescape(signed_in(dave).get(f"{LIST}?tier=gold&search=xyzzy").content.decode())
        assert "Nothing within these filters contains “xyzzy”." in page
        assert '<a href="/dealers/?search=xyzzy">Remove “Tier: Gold”</a>' in page
        assert "Remove the search" in page and "Clear all filters" in page


class TestFragments:
    def test_htmx_gets_the_rows_and_the_address_to_show(self, signed_in, carol, northgate) -> None:
        response = signed_in(carol).get(
            f"{LIST}?status=active&tier=&search=", headers={"HX-Request": "true", "HX-Trigger-Name": "status"}
        )
        page = response.content.decode()
        assert page.startswith('<div id="rows"') and "<html" not in page and "Northgate" in page
        assert response.headers["HX-Push-Url"] == "/dealers/?status=active"
        assert "HX-Request" in response.headers["Vary"]

    def test_typing_makes_no_history(self, signed_in, carol, northgate) -> None:
        response = signed_in(carol).get(
            f"{LIST}?search=north", headers={"HX-Request": "true", "HX-Trigger-Name": "search"}
        )
        assert response.headers["HX-Replace-Url"] == "/dealers/?search=north"
        assert "HX-Push-Url" not in response.headers

    def test_the_pane_also_opens_without_script(self, signed_in, carol, northgate) -> None:
        page = signed_in(carol).get(LIST, {"pane": "1"}).content.decode()
        assert '<details class="menu" open>' in page and 'name="territory"' in page


@pytest.mark.parametrize("rows", [3, 30, 70])
@pytest.mark.parametrize(
    ("query", "most"),
    [
        ("", 4),
        ("search=plant", 5),
        ("territory=NORTH", 5),
        ("search=plant&territory=NORTH&last=1", 6),
        ("sort=since", 5),
        ("last=1", 4),
    ],
)
def test_a_page_costs_the_same_however_long_the_list(signed_in, dave, north, rows, query, most, statements) -> None:
    for dealer in plant(rows, north):
        factories.contact(dealer)
    client = signed_in(dave)
    client.get(LIST)  # fills caches of content types and templates
    with statements() as asked:
        client.get(f"{LIST}?{query}")
    assert len(asked) <= most <= 6, "\n".join(asked)


def test_what_expires_next_and_what_happened_last_stand_in_the_row(signed_in, carol, northgate) -> None:
    from dealers import events
    from dealers.models import Document, Person

    person = Person.objects.get(pk=carol.pk)
    for days in (-3, 400):
        Document.objects.create(
            dealer=northgate, kind="licence", title="Licence", expires_on=timezone.localdate() + timedelta(days=days),
            file_name="a.pdf", content_type="application/pdf", size=1, sha256="0" * 64, uploaded_by=person,
        )  # fmt: skip
    events.record("dealer.changed", northgate, by=carol)
    page = signed_in(carol).get(LIST).content.decode()
    assert f'<span class="late">{timezone.localdate() - timedelta(days=3)}</span>' in page
    assert "0 min ago</span>" in page


def test_the_sidebar_leads_here(signed_in, carol, northgate) -> None:
    page = signed_in(carol).get(reverse("dealers:list")).content.decode()
    assert f'<a class="item" href="{LIST}" aria-current="page">' in page


class TestHandingOver:
    """Several dealers to one account manager, from the selection."""

    URL = "/dealers/hand-over/"

    @pytest.fixture
    def nora(self, north) -> User:
        return factories.person("Nora", "account_manager", node=north)

    def test_first_who_and_why_then_each_dealer_by_the_verb(self, signed_in, dave, nora, northgate, north) -> None:
        other = factories.dealer(name="Other", home=north)
        ticked = [northgate.public_id, other.public_id]
        client = signed_in(dave)
        asked = client.post(self.URL, {"selected": ticked})
        assert asked.status_code == 200 and b"Hand over 2 dealers" in asked.content
        assert not Dealer.objects.filter(manager=nora.pk).exists()

        done = client.post(self.URL, {"selected": ticked, "to": nora.pk, "reason": "Nora takes over the north."})
        assert done.url == LIST
        assert set(Dealer.objects.filter(manager=nora.pk)) == {northgate, other}
        assert Event.objects.filter(kind="dealer.transferred").count() == 2

    def test_what_is_refused_for_one_is_said_and_holds_nobody_else_up(
        self, signed_in, dave, nora, northgate, southport
    ) -> None:
        ticked = [northgate.public_id, southport.public_id]
        client = signed_in(dave)
        client.post(self.URL, {"selected": ticked, "to": nora.pk, "reason": "Nora takes over."})
        assert list(Dealer.objects.filter(manager=nora.pk)) == [northgate]
        page = client.get(LIST).content.decode()
        assert "Nora now looks after 1 more dealer." in page
        assert "Nora cannot look after Southport" in page

    def test_without_a_reason_nothing_changes(self, signed_in, dave, nora, northgate) -> None:
        response = signed_in(dave).post(self.URL, {"selected": [northgate.public_id], "to": nora.pk, "reason": "  "})
        assert response.status_code == 422
        assert not Dealer.objects.filter(manager=nora.pk).exists()

    def test_only_within_the_own_reach_and_only_by_right(self, signed_in, carol, nora, north, south, southport) -> None:
        director = factories.person("Rita", "regional_director", node=north)
        filled_in = {"selected": [southport.public_id], "to": nora.pk, "reason": "She lives there."}
        response = signed_in(director).post(self.URL, filled_in)
        assert response.url == LIST and not Dealer.objects.filter(manager=nora.pk).exists()
        assert signed_in(carol).post(self.URL, filled_in).status_code == 403
        assert b"dealers/hand-over/" not in signed_in(carol).get(LIST).content
