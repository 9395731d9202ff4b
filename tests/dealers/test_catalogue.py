"""The pages of trees, products, terminals and own companies: who may look, who may change, what is counted."""

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from dealers.models import Dealer, Event, Product, ProductLine, Terminal, Territory, User
from dealers.services import trees
from tests import factories
from tests.dealers.costs import cost
from tests.pages import text_of

SignIn = Callable[..., Client]


@pytest.fixture
def olga(world: Territory) -> User:
    return factories.person("Olga", "channel_operations")


@pytest.fixture
def taps(db: None) -> ProductLine:
    return factories.product_line("TAPS", name="Taps", name_zh="龙头")


@pytest.fixture
def tap(taps: ProductLine) -> Product:
    return Product.objects.create(code="T-1", name="Basin tap", name_zh="面盆龙头", line=taps, description="Brass.")


def test_the_tree_counts_the_dealers_one_may_see(
    signed_in: SignIn, dave: User, carol: User, northgate: Dealer, southport: Dealer
) -> None:
    def counts(user: User) -> dict[str, int]:
        rows = signed_in(user).get(reverse("dealers:territories")).context["page"].shown.rows
        return {str(node): node.inside for node in rows}

    assert counts(dave) == {"World": 2, "North": 1, "South": 1}
    assert counts(carol) == {"World": 1, "North": 1, "South": 0}


def test_a_territory_shows_its_parts_its_dealers_and_the_way_up(
    signed_in: SignIn, carol: User, north: Territory, northgate: Dealer, southport: Dealer
) -> None:
    factories.territory("NE", parent=north, name="Northeast")
    page = signed_in(carol).get(reverse("dealers:territory", args=[north.pk])).text
    assert "Northeast" in page and "Northgate" in page and "World" in page
    world = signed_in(carol).get(reverse("dealers:territory", args=[north.parent_id])).text
    assert "Southport" not in world, "the dealer of another region"


def test_a_place_is_found_by_name_in_both_languages_and_by_code(
    signed_in: SignIn, carol: User, north: Territory, south: Territory
) -> None:
    client = signed_in(carol)
    for words in ("nor", "北", "NORTH"):
        found = client.get(reverse("dealers:territories"), {"search": words})
        assert found.context["page"].shown.rows == [north] and "in World" in text_of(found)
    assert "Nothing here contains" in text_of(client.get(reverse("dealers:territories"), {"search": "nowhere"}))


def test_a_tree_is_paged_in_its_order_and_a_page_says_where_it_begins(
    signed_in: SignIn, carol: User, north: Territory, south: Territory
) -> None:
    Territory.objects.bulk_create(Territory(code=f"N{n:02}", name=f"N{n:02}", parent=north) for n in range(55))
    trees.renumber(Territory)
    south.refresh_from_db()
    client, home = signed_in(carol), reverse("dealers:territories")
    first = client.get(home)
    rows = first.context["page"].shown.rows
    assert [one.code for one in rows[:3]] == ["WORLD", "NORTH", "N00"] and len(rows) == 50
    assert 'class="set-in level-2"' in first.text and "1 to 50 of 58" in text_of(first)
    last = client.get(home, {"last": "1"})
    [begins, *_more, ends] = last.context["page"].shown.rows
    assert begins.where == "World › North" and ends == south
    assert 'class="set-in level-0"' in client.get(home, {"sort": "code"}).text, "any other order is no tree"

    def codes(**query: Any) -> list[str]:
        return [one.code for one in client.get(home, query).context["page"].shown.rows]

    assert codes(levels="2") == ["WORLD", "NORTH", "SOUTH"]
    assert codes(within="SOUTH") == ["SOUTH"] and len(codes(within="NORTH")) == 50
    trees.archive(south, by=factories.person("Olga", "channel_operations"), reason="Merged")
    assert codes(levels="2") == ["WORLD", "NORTH"] and codes(archived="only") == ["SOUTH"]


def test_white_spots_are_found_within_ones_reach(
    signed_in: SignIn, dave: User, carol: User, north: Territory, south: Territory, northgate: Dealer
) -> None:
    factories.territory("NE", parent=north, name="Northeast")

    def vacant(user: User) -> list[str]:
        found = signed_in(user).get(reverse("dealers:territories"), {"dealers": "none"})
        return [one.code for one in found.context["page"].shown.rows]

    assert vacant(dave) == ["NE", "SOUTH"]
    assert vacant(carol) == ["NE"], "what happens in the south she does not know"


def test_a_tree_is_taken_away_as_a_file_with_what_each_node_is_part_of(
    signed_in: SignIn, carol: User, alice: User, north: Territory, south: Territory
) -> None:
    answer: Any = signed_in(carol).get(reverse("dealers:territories_export", args=["csv"]), {"within": "NORTH"})
    head, *rows = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert head == ["Name", "Chinese name", "Code", "Part of", "Level", "Time zone"]
    assert rows == [["North", "北区", "NORTH", "WORLD", "", ""]]
    sheet = signed_in(carol).get(reverse("dealers:product_lines_export", args=["xlsx"]))
    assert sheet.status_code == 200 and sheet.content[:2] == b"PK"
    assert signed_in(alice).get(reverse("dealers:territories_export", args=["csv"])).status_code == 404


def test_channel_operations_add_change_move_and_archive(
    signed_in: SignIn, olga: User, north: Territory, south: Territory
) -> None:
    client = signed_in(olga)
    client.post(reverse("dealers:territory_add"), {"parent": "North (NORTH)", "name": "Northeast", "code": "NE"})
    made = Territory.objects.get(code="NE")
    assert made in Territory.objects.within(north)
    client.post(reverse("dealers:territory_edit", args=[made.pk]), {"name": "Far north", "code": "NE"})
    client.post(reverse("dealers:territory_move", args=[made.pk]), {"parent": "SOUTH"})
    south.refresh_from_db()
    assert Territory.objects.within(south).get(code="NE").name == "Far north"
    archive = reverse("dealers:territory_archive", args=[made.pk])
    assert "Say why" in client.post(archive).text
    client.post(archive, {"reason": "Merged"})
    assert Territory.objects.get(code="NE").is_archived
    client.post(reverse("dealers:territory_restore", args=[made.pk]))
    assert not Territory.objects.get(code="NE").is_archived
    kinds = list(Event.objects.order_by("pk").values_list("kind", flat=True))
    assert kinds == ["tree.planted", "tree.changed", "tree.moved", "tree.archived", "tree.restored"]


def test_moving_into_itself_is_refused_with_a_sentence(signed_in: SignIn, olga: User, north: Territory) -> None:
    page = signed_in(olga).post(reverse("dealers:territory_move", args=[north.pk]), {"parent": "NORTH"}).text
    assert "part of itself" in page


def test_a_taken_code_is_refused_beside_the_field(signed_in: SignIn, olga: User, north: Territory) -> None:
    page = signed_in(olga).post(reverse("dealers:territory_add"), {"name": "Other", "code": "NORTH"})
    assert page.context["form"].errors["code"]


def test_an_account_manager_looks_but_does_not_change(
    signed_in: SignIn, carol: User, north: Territory, tap: Product
) -> None:
    client = signed_in(carol)
    for page in ("territory_edit", "territory_move", "territory_archive", "territory_restore"):
        assert client.post(reverse(f"dealers:{page}", args=[north.pk]), {"name": "Mine"}).status_code == 403
    assert client.post(reverse("dealers:territory_add"), {"name": "Mine", "code": "M"}).status_code == 403
    assert client.post(reverse("dealers:product_edit", args=[tap.public_id]), {"name": "Mine"}).status_code == 403
    assert "Change" not in client.get(reverse("dealers:territory", args=[north.pk])).text


STAFF_PAGES = ["territories", "product_lines", "terminals", "companies", "territory_add", "terminal_add", "product_add"]


@pytest.mark.parametrize("page", STAFF_PAGES)
def test_dealers_do_not_find_our_pages(page: str, signed_in: SignIn, alice: User) -> None:
    assert signed_in(alice).get(reverse(f"dealers:{page}")).status_code == 404


@pytest.mark.parametrize("page", ["territories", "product_lines", "products", "terminals", "companies"])
def test_staff_open_every_list(page: str, signed_in: SignIn, carol: User, tap: Product) -> None:
    factories.company(name="Halvard China")
    assert signed_in(carol).get(reverse(f"dealers:{page}")).status_code == 200


def test_the_catalogue_is_searched_and_filtered_by_line(
    signed_in: SignIn, alice: User, tap: Product, taps: ProductLine
) -> None:
    sinks = factories.product_line("SINKS", name="Sinks")
    Product.objects.create(code="S-1", name="Steel sink", line=sinks)
    client = signed_in(alice)

    def codes(**query: Any) -> list[str]:
        return [one.code for one in client.get(reverse("dealers:products"), query).context["page"].shown.rows]

    assert codes() == ["S-1", "T-1"]
    assert codes(search="面盆") == codes(search="basin") == codes(line=taps.code) == ["T-1"]
    assert codes(search="nothing like it") == []
    assert codes(sort="name") == ["T-1", "S-1"]
    told = client.get(reverse("dealers:products_export", args=["csv"]), {"line": "TAPS"}).content.decode("utf-8-sig")
    assert "T-1" in told and "S-1" not in told


def test_what_is_not_sold_to_dealers_is_not_in_their_catalogue(
    signed_in: SignIn, alice: User, carol: User, taps: ProductLine
) -> None:
    inner = Product.objects.create(code="X-1", name="Spare part", line=taps, is_sold_to_dealers=False)
    client = signed_in(alice)
    assert "Spare part" not in client.get(reverse("dealers:products")).text
    assert "X-1" not in client.get(reverse("dealers:products_export", args=["csv"])).content.decode()
    assert client.get(reverse("dealers:product", args=[inner.public_id])).status_code == 404
    assert "Spare part" in signed_in(carol).get(reverse("dealers:product", args=[inner.public_id])).text


def test_a_product_is_added_changed_and_taken_off(signed_in: SignIn, olga: User, tap: Product) -> None:
    client = signed_in(olga)
    typed = {"name": "Shower", "code": "T-2", "line": "Taps (TAPS)", "is_sold_to_dealers": "on"}
    assert client.post(reverse("dealers:product_add"), typed).status_code == 302
    made = Product.objects.get(code="T-2")
    client.post(reverse("dealers:product_edit", args=[made.public_id]), typed | {"is_archived": "on"})
    assert "Shower" not in client.get(reverse("dealers:products")).text
    assert "Shower" in client.get(reverse("dealers:products"), {"archived": "only"}).text
    kinds = list(Event.objects.order_by("pk").values_list("kind", "data"))
    assert kinds == [("catalogue.added", {}), ("catalogue.changed", {"fields": ["is_archived"]})]


def test_a_terminal_is_added_and_changed(signed_in: SignIn, olga: User, north: Territory) -> None:
    client = signed_in(olga)
    typed = {"name": "Market", "code": "M-1", "outlet_class": "retailer", "territory": "NORTH"}
    assert client.post(reverse("dealers:terminal_add"), typed).status_code == 302
    made = Terminal.objects.get()
    client.post(reverse("dealers:terminal_edit", args=[made.public_id]), typed | {"name": "Night market"})
    assert "Night market" in client.get(reverse("dealers:terminals"), {"outlet_class": "retailer"}).text
    assert "Night market" in client.get(reverse("dealers:terminals"), {"search": "ight ma"}).text
    assert "Night market" not in client.get(reverse("dealers:terminals"), {"outlet_class": "e_shop"}).text
    reader = factories.person("Rita", "service")
    seen = signed_in(reader).get(reverse("dealers:terminals")).text
    assert "Night market" in seen and f"/terminals/{made.public_id}/" not in seen


def test_a_level_costs_the_same_however_wide(signed_in: SignIn, carol: User, world: Territory) -> None:
    client, path = signed_in(carol), reverse("dealers:territory", args=[world.pk])
    factories.dealer(home=factories.territory("N", parent=world))
    one = cost(client, path)
    for number in range(30):
        factories.dealer(home=factories.territory(f"N{number}", parent=world))
    assert cost(client, path) == one
