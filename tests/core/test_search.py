"""Finding things by any part of their names: what is found, by whom, and on which index."""

import json
from typing import Any

import pytest
from django.db import connection

from core.database.context import acting
from core.database.roles import Role
from core.search.grams import LONGEST_WORD, MOST_WORDS, matching, pairs_of, words_of
from dealers.models import Dealer, Document, Person, Product
from tests import factories

pytestmark = pytest.mark.django_db


def found(query: str) -> list[str]:
    return [dealer.name for dealer in matching(Dealer.objects.order_by("name"), query)]


class TestMatching:
    @pytest.fixture(autouse=True)
    def _dealers(self, north) -> None:
        factories.dealer("NG-17", name="Northgate Kitchen", name_zh="北门建材", home=north, tax_number="91330100MA2")
        factories.dealer("RH-2", name="Ruihe", name_zh="杭州瑞和商贸", home=north, city="Hangzhou")
        factories.dealer("AB-1", name="Abacab", home=north)

    @pytest.mark.parametrize(
        ("query", "names"),
        [
            ("north", ["Northgate Kitchen"]),
            ("THGA", ["Northgate Kitchen"]),
            ("瑞和", ["Ruihe"]),
            ("和商", ["Ruihe"]),
            ("和", ["Ruihe"]),
            ("门", ["Northgate Kitchen"]),
            ("商 瑞", ["Ruihe"]),
            ("瑞商", []),
            ("ng-1", ["Northgate Kitchen"]),
            ("0100ma", ["Northgate Kitchen"]),
            ("kit north", ["Northgate Kitchen"]),
            ("kit ruihe", []),
            ("hangzhou", ["Ruihe"]),
            ("bac", ["Abacab"]),
            ("bab", []),  # every pair is there, the word is not
            ("acabab", []),
            ("k", ["Northgate Kitchen"]),
            ("ü", []),
            ("%", []),
            ("_", []),
            ("g k", ["Northgate Kitchen"]),
            ("", ["Abacab", "Northgate Kitchen", "Ruihe"]),
            ("   ", ["Abacab", "Northgate Kitchen", "Ruihe"]),
            ("\x00", ["Abacab", "Northgate Kitchen", "Ruihe"]),
            ("'; drop table dealers_dealer; --", []),
        ],
    )
    def test_every_word_occurs_somewhere(self, query: str, names: list[str]) -> None:
        assert found(query) == names

    def test_a_changed_name_is_found_at_once(self) -> None:
        Dealer.objects.filter(code="AB-1").update(name="Zeppelin")
        assert found("eppel") == ["Zeppelin"]
        assert found("abacab") == []


def test_a_query_of_any_length_stays_a_small_question() -> None:
    assert len(words_of("word " * 1000)) == MOST_WORDS
    assert len(words_of("x" * 1000)[0]) == LONGEST_WORD
    assert pairs_of("北") == ["北"] and pairs_of("abab") == ["ab", "ba"]


class TestPlans:
    """A condition that is not leakproof leaves the index under row policies, unless the policy is plainly true."""

    @pytest.fixture
    def many(self, north, northgate) -> None:
        with connection.cursor() as cursor:
            cursor.execute("set local session_replication_role = replica")
            cursor.execute(
                "insert into dealers_dealer (public_id, code, name, name_zh, status, tier, segment, home_id, currency, "
                "time_zone, registered_name, registration_number, tax_number, legal_representative, capital_currency, "
                "network, street, city, postal_code, country, phone, website, tags, sort_key, created_at, version) "
                "select substr(md5(i::text), 1, 14), 'M' || i, "
                "'Make ' || md5(i::text) || case when i %% 8 = 0 then ' Trade' else '' end, '', 'active', '', '', %s, "
                "'CNY', 'UTC', '', '', '', '', '', '', '', '', '', 'CN', '', '', '{}', md5(i::text), now(), 1 "
                "from generate_series(1, 20000) as i",
                [north.pk],
            )
            cursor.execute("set local session_replication_role = origin")
            # What lies in the index's list of late entries is read one by one: without this the plan would depend on
            # whether the server has cleaned up by itself in between.
            cursor.execute("select gin_clean_pending_list('dealers_dealer_grams')")
            cursor.execute("analyze dealers_dealer")

    def test_no_search_leaves_the_index(self, many, dave, alice, northgate, signed_in, statements) -> None:
        """One test, since twenty thousand dealers take longer to make than to search."""
        self.staff_search_on_the_index(dave)
        self.a_dealer_searches_among_his_own_rows(alice, northgate)
        self.no_page_scans_the_table(signed_in(dave), statements)

    def staff_search_on_the_index(self, dave) -> None:
        for query in ("northgate", "thga", "北门", "北", "zq"):
            plan = explain(matching(Dealer.objects.visible_to(dave).order_by("sort_key", "pk"), query)[:51], Role.STAFF)
            assert "dealers_dealer_grams" in plan and "Seq Scan" not in plan, (query, plan)

    def a_dealer_searches_among_his_own_rows(self, alice, northgate) -> None:
        for query in ("northgate", "thga", "北门", "北"):
            found = matching(Dealer.objects.visible_to(alice), query)
            plan = explain(found, Role.DEALER, dealer_id=northgate.pk)
            assert "Seq Scan" not in plan, (query, plan)

    def no_page_scans_the_table(self, client, statements) -> None:
        for url in ("/dealers/?search=thga", "/dealers/?search=trade&last=1", "/search/?q=northgate"):
            with statements() as asked:
                assert client.get(url).status_code == 200
            searching = [statement for statement in asked if '"grams" @>' in statement]
            assert searching, url
            for statement in searching:
                plan = explain(statement, Role.STAFF)
                assert "Seq Scan on dealers_dealer" not in plan, (url, plan)


def explain(question: Any, role: Role, **who: int) -> str:
    """The plan as the role gets it, one node a line."""
    if not isinstance(question, str):
        sql, params = question.query.sql_with_params()
    else:
        sql, params = question, None
    with acting(role, dealer_id=who.get("dealer_id")), connection.cursor() as cursor:
        cursor.execute(f"explain (format json) {sql}", params)
        [(plan,)] = cursor.fetchall()
    lines: list[str] = []
    nodes = [(json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"]]
    while nodes:
        node = nodes.pop()
        names = [node["Node Type"], "on", node.get("Relation Name", ""), node.get("Index Name", "")]
        lines.append(" ".join(names))
        nodes += node.get("Plans", [])
    return "\n".join(lines)


class TestPage:
    URL = "/search/"

    @pytest.fixture
    def things(self, northgate, southport, carol) -> None:
        for dealer in (northgate, southport):
            factories.contact(dealer, name=f"Zoe of {dealer.name}", email=f"zoe@{dealer.code.lower()}.example")
            for internal in (False, True):
                Document.objects.create(
                    dealer=dealer, is_internal=internal, kind="licence",
                    title=f"Zoning {'internal' if internal else 'licence'} {dealer.name}",
                    file_name="z.pdf", content_type="application/pdf", size=1, sha256="0" * 64,
                    uploaded_by=Person.objects.get(pk=carol.pk),
                )  # fmt: skip
        Product.objects.create(code="ZK-1", name="Zinc kettle", name_zh="锌壶")
        Product.objects.create(code="ZK-2", name="Zinc prototype", is_sold_to_dealers=False)

    @staticmethod
    def hits(response: Any) -> dict[str, list[str]]:
        return {group.source.code: [hit.label for hit in group.hits] for group in response.context["groups"]}

    def test_staff_find_what_is_in_their_reach(self, signed_in, carol, things) -> None:
        assert self.hits(signed_in(carol).get(self.URL, {"q": "zo"})) == {
            "contacts": ["Zoe of Northgate"],
            "documents": ["Zoning internal Northgate", "Zoning licence Northgate"],
        }
        assert self.hits(signed_in(carol).get(self.URL, {"q": "port"})) == {}
        assert self.hits(signed_in(carol).get(self.URL, {"q": "北门"})) == {"dealers": ["Northgate"]}

    def test_a_dealer_finds_his_own_and_the_catalogue(self, signed_in, alice, things) -> None:
        response = signed_in(alice).get(self.URL, {"q": "z"})
        assert self.hits(response) == {
            "contacts": ["Zoe of Northgate"],
            "documents": ["Zoning licence Northgate"],
            "products": ["Zinc kettle"],
        }
        page = response.content.decode()
        assert "Southport" not in page and "internal" not in page and "prototype" not in page

    def test_a_chinese_reader_finds_chinese_names(self, signed_in, carol, things) -> None:
        carol.language = "zh-hans"
        carol.save(update_fields=["language"])
        assert self.hits(signed_in(carol).get(self.URL, {"q": "壶"})) == {"products": ["锌壶"]}

    def test_whoever_may_not_see_a_kind_does_not_find_it(self, signed_in, ann, things) -> None:
        from django.contrib.auth.models import Group, Permission

        Group.objects.get(name="dealer_staff").permissions.remove(Permission.objects.get(codename="view_contact"))
        response = signed_in(ann).get(self.URL, {"q": "zoe"})
        assert self.hits(response) == {} and '<span class="tag">Contacts</span>' not in response.content.decode()

    def test_what_begins_with_the_word_comes_first_and_the_rest_is_in_the_list(self, signed_in, dave, north) -> None:
        for number in range(8):
            factories.dealer(f"X{number}", name=f"House of Kay {number}", home=north)
        factories.dealer("KAY", name="Somebody", home=north)
        response = signed_in(dave).get(self.URL, {"q": "kay"})
        [group] = response.context["groups"]
        assert group.hits[0].label == "Somebody" and len(group.hits) == 6
        assert group.all_url == "/dealers/?search=kay"

    def test_it_says_what_was_searched_when_nothing_is_found(self, signed_in, carol) -> None:
        page = signed_in(carol).get(self.URL, {"q": "xyzzy<b>"}).content.decode()
        assert "Nothing you may see contains “xyzzy&lt;b&gt;”." in page
        for kind in ("Dealers", "Contacts", "Documents", "Products"):
            assert f'<span class="tag">{kind}</span>' in page

    @pytest.mark.parametrize("query", ["", "   ", "%00"])
    def test_without_a_word_it_asks_for_one(self, signed_in, carol, query) -> None:
        assert "What are you looking for?" in signed_in(carol).get(f"{self.URL}?q={query}").content.decode()

    def test_typing_swaps_the_results_only(self, signed_in, carol, things) -> None:
        page = signed_in(carol).get(self.URL, {"q": "zoe"}, headers={"HX-Request": "true"}).content.decode()
        assert "<html" not in page and 'id="results"' in page and "Zoe" in page

    def test_it_costs_the_same_however_much_is_found(self, signed_in, dave, things, north, statements) -> None:
        client = signed_in(dave)
        client.get(self.URL, {"q": "z"})
        with statements() as few:
            client.get(self.URL, {"q": "z"})
        for number in range(30):
            factories.contact(factories.dealer(name=f"Z{number}", home=north), name=f"Zed {number}")
        with statements() as many:
            client.get(self.URL, {"q": "z"})
        assert len(few) == len(many) <= 8, "\n".join(many)
