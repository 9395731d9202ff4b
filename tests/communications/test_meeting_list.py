"""Meetings and promises as lists people search, narrow, sort and take away; and the briefing to print."""

import io
from datetime import timedelta
from typing import Any

from django.utils import timezone
from python_calamine import CalamineWorkbook

from communications.models import ActionItem, Meeting
from communications.services import actions, meetings, minutes
from core.periods import months_later
from dealers.models import Dealer, Product, User
from tests import factories
from tests.communications import table
from tests.communications.test_papers import text_of as words_in
from tests.ledger.books import Book
from tests.pages import at_most, text_of


def two(northgate: Dealer, southport: Dealer, dave: User, alice: User, bob: User) -> tuple[Meeting, Meeting]:
    first = table.proposed(northgate, dave, dave, alice, title="Spring review")
    later = table.when(table.next_week() + timedelta(days=3), place="Showroom Bund")
    second = table.agreed(southport, dave, bob, title="Launch check", level="working", when=later)
    return first, second


def test_the_list_searches_narrows_and_sorts(
    northgate: Dealer, southport: Dealer, dave: User, alice: User, bob: User, signed_in: Any
) -> None:
    two(northgate, southport, dave, alice, bob)
    client = signed_in(dave)

    def shown(query: str) -> list[str]:
        text = text_of(client.get(f"/meetings/?{query}"))
        found = [title for title in ("Spring review", "Launch check") if title in text]
        return sorted(found, key=text.index)

    assert shown("") == shown("sort=when") == ["Spring review", "Launch check"]
    assert shown("sort=-when") == ["Launch check", "Spring review"]
    assert shown("search=Spring") == shown("search=Northgate") == shown("search=北门") == ["Spring review"]
    assert shown("search=Bund") == ["Launch check"], "by its place"
    assert shown("level=executive") == shown("state=proposed") == ["Spring review"]
    assert shown(f"since={(table.next_week() + timedelta(days=2)).date()}") == ["Launch check"]
    assert shown("series=true") == [] and len(shown("series=false")) == 2
    assert shown("sort=level") == ["Spring review", "Launch check"]
    assert shown("sort=-level") == ["Launch check", "Spring review"]
    assert shown("sort=state") == ["Launch check", "Spring review"], "agreed, proposed"
    assert shown("organiser=mine&level=working") == ["Launch check"]
    Meeting.objects.filter(title="Spring review").update(starts_at=timezone.now() - timedelta(days=1))
    assert shown("") == ["Launch check"], "what is coming"
    assert shown("sort=when") == ["Spring review", "Launch check"] and shown("when=past") == ["Spring review"]
    factories.person("Ivy", "head_of_sales")
    assert "Launch check" not in text_of(signed_in(alice).get("/meetings/?search=Launch"))


def test_both_sides_take_their_own_away(
    northgate: Dealer, southport: Dealer, dave: User, alice: User, bob: User, signed_in: Any
) -> None:
    two(northgate, southport, dave, alice, bob)
    table.promise(northgate, dave, alice, what="Clear the window")
    file = signed_in(dave).get("/meetings/export.csv").content.decode()
    assert "Spring review" in file and "Launch check" in file and "SP" in file
    theirs = signed_in(alice)
    book = CalamineWorkbook.from_filelike(io.BytesIO(theirs.get("/meetings/export.xlsx").content))
    cells = [str(cell) for row in book.get_sheet_by_index(0).to_python() for cell in row]
    assert "Spring review" in cells and "Launch check" not in cells
    promises = theirs.get("/promises/export.csv").content.decode()
    assert "Clear the window" in promises and "Open" in promises
    assert "Clear the window" not in signed_in(bob).get("/promises/export.csv").content.decode()


def test_a_list_costs_the_same_however_long(
    northgate: Dealer, southport: Dealer, dave: User, alice: User, bob: User, signed_in: Any, statements: Any
) -> None:
    two(northgate, southport, dave, alice, bob)
    client = signed_in(dave)
    client.get("/meetings/")
    with statements() as few:
        client.get("/meetings/")
    for number in range(6):
        table.proposed(northgate, dave, dave, alice, title=f"Review {number}")
    with statements() as many, at_most(12):
        client.get("/meetings/")
    assert len(many) == len(few)


def test_the_briefing_is_printed_for_either_side_as_far_as_it_may_read(
    northgate: Dealer, dave: User, alice: User, bob: User, signed_in: Any
) -> None:
    before = table.held(northgate, dave, alice, title="Winter review")
    topic = table.topic(before)
    table.say(topic, dave, "Good.")
    minutes.resolve(topic, by=dave, text="Display wall by April.")
    minutes.confirm(minutes.send(before, by=dave), by=alice)
    table.promise(northgate, dave, dave, what="Order the frames")
    one = table.agreed(northgate, dave, alice, title="Spring review", topics=["Smart toilets"])
    meetings.note(one, by=dave, text="He asks for too much.")
    page = f"{one.get_absolute_url()}briefing.pdf"
    assert page in signed_in(dave).get(one.get_absolute_url()).content.decode()
    ours, theirs = (words_in(signed_in(user).get(page).content) for user in (dave, alice))
    for said in ("Spring review", "Smart toilets", "Order the frames", "Display wall by April.", "Promises kept"):
        assert said in ours and said in theirs, said
    assert "He asks for too much." in ours and "Internal" in ours
    assert "He asks for too much." not in theirs and "Internal" not in theirs
    assert signed_in(bob).get(page).status_code == 404
    actions.complete(ActionItem.objects.get(what="Order the frames"), by=dave)
    assert "Nothing is open." in words_in(signed_in(alice).get(page).content)


def test_the_briefing_names_the_lines_to_push(
    northgate: Dealer, southport: Dealer, dave: User, alice: User, signed_in: Any
) -> None:
    first = table.today().replace(day=1)
    last_month, a_year_before = first - timedelta(days=1), months_later(first, -12) - timedelta(days=1)
    products = {}
    for code in ("TAPS", "TOILETS", "BATHS"):
        line = factories.product_line(code, name=code.title())
        products[code] = Product.objects.create(code=f"{code}-1", name=code, line=line)
    book, foreign = Book(northgate), Book(southport)
    for code, then, now in (("TAPS", "900", "400"), ("TOILETS", "100", "700"), ("BATHS", "300", "300")):
        book.sold_in(a_year_before, then, product=products[code])
        book.sold_in(last_month, now, product=products[code])
    foreign.sold_in(last_month, "999999", product=products["TAPS"])
    one = table.agreed(northgate, dave, alice)
    for user in (dave, alice):
        text = text_of(signed_in(user).get(one.get_absolute_url()))
        assert "To push: Taps" in text and "Strongest: Toilets" in text and "Baths" not in text
        assert "999" not in text
    assert "a year before 900" in words_in(signed_in(dave).get(f"{one.get_absolute_url()}briefing.pdf").content)
