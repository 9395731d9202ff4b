"""A target spread over its months by hand: beside last year's season, to the last cent, nobody's work overwritten."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils.timezone import localdate as today

from contracts.models import Contract, Target
from dealers.models import Dealer, User
from tests import factories
from tests.ledger.books import Book
from tests.pages import text_of

type SignIn = Callable[[User], Client]


@pytest.fixture
def target(northgate: Dealer, carol: User, signed_in: SignIn) -> Target:
    """Of this year, proposed on a page from two months' sell-in of the year before."""
    year = today().year
    contract = factories.contract(northgate, starts_on=date(year, 1, 1), ends_on=date(year, 12, 31))
    book = Book(northgate)
    book.sold_in(date(year - 1, 3, 5), "900")
    book.sold_in(date(year - 1, 9, 5), "100")
    signed_in(carol).post(f"/contracts/{contract.public_id}/targets/add/", {"year": year, "growth": "20"})
    return Target.objects.get()


def address(target: Target) -> str:
    return f"/targets/{target.public_id}/months/"


def months(target: Target) -> list[Decimal]:
    return list(target.months.order_by("month").values_list("value", flat=True))


def typed(page: Any) -> dict[str, str]:
    form = page.context["form"]
    return {name: str(form[name].initial) for name in form.fields}


def test_the_months_are_set_by_hand(target: Target, carol: User, signed_in: SignIn) -> None:
    client = signed_in(carol)
    page = client.get(address(target))
    assert "900" in text_of(page), "the same month a year before stands beside it"
    said = typed(page)
    march, may = f"m{today().year}03", f"m{today().year}05"
    said[may], said[march] = "80.50", f"{Decimal(said[march]) - Decimal('80.50')}"
    answer = client.post(address(target), said, follow=True)
    assert "The months are set." in text_of(answer)
    assert months(target)[4] == Decimal("80.50") and sum(months(target)) == target.total == 1200


def test_what_does_not_add_up_is_said_with_the_difference(target: Target, carol: User, signed_in: SignIn) -> None:
    client, before = signed_in(carol), months(target)
    said = typed(client.get(address(target)))
    said[f"m{today().year}01"] = "10.00"
    answer = client.post(address(target), said)
    assert answer.status_code == 422 and "The months add up to" in text_of(answer)
    assert 'value="10.00"' in answer.content.decode(), "what was typed is still there"
    assert months(target) == before


def test_evenly_and_by_season_are_proposed_not_saved(target: Target, carol: User, signed_in: SignIn) -> None:
    client, before = signed_in(carol), months(target)
    even = typed(client.get(address(target) + "?by=even"))
    assert {value for name, value in even.items() if name.startswith("m")} == {"100.00"}
    assert months(target) == before
    client.post(address(target), even)
    assert months(target) == [Decimal(100)] * 12
    season = typed(client.get(address(target) + "?by=season"))
    assert season[f"m{today().year}03"] == "1080.00"


def test_the_second_of_two_does_not_overwrite_the_first(target: Target, carol: User, signed_in: SignIn) -> None:
    client = signed_in(carol)
    old = typed(client.get(address(target)))
    client.post(address(target), typed(client.get(address(target) + "?by=even")))
    answer = client.post(address(target), old)
    assert answer.status_code == 422 and "Somebody else spread this target" in text_of(answer)
    assert months(target) == [Decimal(100)] * 12


@pytest.mark.parametrize("bad", ["-1", "abc", "", "1.234"])
def test_a_bad_number_is_said_beside_its_month(target: Target, carol: User, signed_in: SignIn, bad: str) -> None:
    client = signed_in(carol)
    said = typed(client.get(address(target)))
    name = f"m{today().year}06"
    answer = client.post(address(target), said | {name: bad})
    assert answer.status_code == 422 and name in answer.context["form"].errors


def test_a_decided_target_is_not_spread_anew(target: Target, carol: User, alice: User, signed_in: SignIn) -> None:
    said = typed(signed_in(carol).get(address(target)))
    Contract.objects.filter(pk=target.contract_id).update(offered_at="2026-01-01T00:00Z")
    signed_in(alice).post(f"/targets/{target.public_id}/agree/")
    target.refresh_from_db()
    assert target.status == Target.Status.AGREED
    answer = signed_in(carol).post(address(target), said)
    assert "Only a proposed target is spread anew" in text_of(answer)
    assert signed_in(alice).get(address(target)).status_code in {403, 404}
