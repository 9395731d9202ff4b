"""Who owes which report: begun, changed and ended on a dealer's file, and asked of many at once."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import localdate as today

from core.errors import NotYours, Refused
from core.periods import months_later
from dealers.models import Dealer, Delivery, Event, User
from ledger.models import ReportDue, ReportDuty
from ledger.services import dues, duties
from ledger.services.duties import Terms
from tests import factories
from tests.pages import text_of

type SignIn = Callable[[User], Client]
Kind = ReportDuty.Kind
SALES, STOCK = Kind.SELL_THROUGH, Kind.STOCK


def this_month() -> date:
    return today().replace(day=1)


def key(month: date) -> str:
    return f"{month:%Y-%m}"


@pytest.fixture
def manager(northgate: Dealer) -> User:
    return factories.person("Mia", "account_manager")


@pytest.fixture
def owed(northgate: Dealer) -> ReportDuty:
    """Stock, since three months; the reports of the months that are over are due."""
    duty = ReportDuty.objects.create(dealer=northgate, kind=STOCK, due_days=5, starts_on=months_later(this_month(), -3))
    dues.open_dues(on=today())
    return duty


def typed(client: Client, dealer: Dealer, **said: str) -> Any:
    """What the page shows, with some of it typed over; then sent."""
    address = f"/dealers/{dealer.public_id}/reports/duties/"
    forms = client.get(address).context["forms"]
    data = {form.add_prefix(name): form[name].initial or "" for form in forms for name in form.fields}
    for name, value in said.items():
        kind, field = name.split("_", 1)
        data[f"{ {'sales': SALES, 'stock': STOCK}[kind] }-{field}"] = value
    return client.post(address, data, follow=True)


def test_a_duty_begins_with_the_month_that_was_chosen(
    northgate: Dealer, alice: User, manager: User, signed_in: SignIn
) -> None:
    first = months_later(this_month(), 1)
    answer = typed(signed_in(manager), northgate, sales_due_day="8", sales_first=key(first))
    assert "The duties are set." in text_of(answer) and "by day 8 of the following month" in text_of(answer)
    [duty] = ReportDuty.objects.all()
    assert (duty.kind, duty.due_days, duty.starts_on, duty.ends_on) == (SALES, 8, first, None)
    assert dues.open_dues(on=today()) == 0
    assert dues.open_dues(on=months_later(first, 1)) == 1
    assert ReportDue.objects.get().due_on == months_later(first, 1).replace(day=8)
    event = Event.objects.get(kind="duty.begun")
    assert Delivery.objects.filter(event=event, recipient_id=alice.pk).exists()
    assert "asks for a report" in text_of(signed_in(alice).get(f"/dealers/{northgate.public_id}/timeline/"))


def test_a_new_day_counts_from_the_next_report_on(
    owed: ReportDuty, northgate: Dealer, manager: User, signed_in: SignIn
) -> None:
    was = set(ReportDue.objects.values_list("due_on", flat=True))
    typed(signed_in(manager), northgate, stock_due_day="12")
    assert set(ReportDue.objects.values_list("due_on", flat=True)) == was
    dues.open_dues(on=months_later(this_month(), 1))
    assert ReportDue.objects.latest("month").due_on.day == 12


def test_a_duty_ends_with_its_last_month(owed: ReportDuty, northgate: Dealer, manager: User, signed_in: SignIn) -> None:
    answer = typed(signed_in(manager), northgate, stock_last=key(this_month()))
    assert "the last one is for" in text_of(answer)
    owed.refresh_from_db()
    assert owed.ends_on == months_later(this_month(), 1) - timedelta(days=1)
    assert dues.open_dues(on=months_later(this_month(), 6)) == 1
    assert Event.objects.get(kind="duty.ended").data == {"month": key(this_month())}


def test_a_month_that_is_due_already_stays_due(owed: ReportDuty, northgate: Dealer, manager: User) -> None:
    seen = {STOCK: Terms.of(owed)}
    early = Terms(5, owed.starts_on, months_later(this_month(), -2))
    with pytest.raises(Refused, match="is due already"):
        duties.settle(northgate, {STOCK: early}, seen=seen, by=manager)
    owed.refresh_from_db()
    assert owed.ends_on is None


def test_what_was_not_asked_for_cannot_be_late(northgate: Dealer, manager: User) -> None:
    wanted = {SALES: Terms(5, months_later(this_month(), -1))}
    with pytest.raises(Refused, match="begins with this month or later"):
        duties.settle(northgate, wanted, seen={SALES: None}, by=manager)


def test_a_page_that_is_out_of_date_changes_nothing(
    owed: ReportDuty, northgate: Dealer, manager: User, signed_in: SignIn
) -> None:
    client = signed_in(manager)
    address = f"/dealers/{northgate.public_id}/reports/duties/"
    old = {form.add_prefix(name): form[name].initial or "" for form in client.get(address).context["forms"]
           for name in form.fields}  # fmt: skip
    typed(client, northgate, stock_due_day="9")
    answer = client.post(address, old | {f"{STOCK}-due_day": "20"})
    assert answer.status_code == 422 and "Somebody else changed these duties" in text_of(answer)
    owed.refresh_from_db()
    assert owed.due_days == 9


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"sales_due_day": "31"}, "less than or equal to 28"),
        ({"stock_due_day": ""}, "This field is required"),
        ({"sales_due_day": "5", "sales_first": "2019-01"}, "Select a valid choice"),
    ],
)
def test_what_cannot_be_is_said_beside_the_field(
    owed: ReportDuty, northgate: Dealer, manager: User, signed_in: SignIn, said: dict[str, str], words: str
) -> None:
    answer = typed(signed_in(manager), northgate, **said)
    assert answer.status_code == 422 and words in text_of(answer)
    assert ReportDuty.objects.count() == 1


def test_the_dealer_sees_what_he_owes_and_cannot_change_it(
    owed: ReportDuty, northgate: Dealer, alice: User, signed_in: SignIn
) -> None:
    client = signed_in(alice)
    shown = text_of(client.get(f"/dealers/{northgate.public_id}/reports/"))
    assert "by day 5 of the following month" in shown and "of 3 on time" in shown
    assert client.get(f"/dealers/{northgate.public_id}/reports/duties/").status_code in {403, 404}
    with pytest.raises(NotYours):
        duties.settle(northgate, {STOCK: None}, seen={STOCK: Terms.of(owed)}, by=alice)


def test_many_are_asked_after_they_were_shown(
    owed: ReportDuty, southport: Dealer, manager: User, signed_in: SignIn
) -> None:
    factories.dealer(name="Westhaven")
    factories.dealer(name="Newcomer", status=Dealer.Status.CANDIDATE)
    trading = Dealer.objects.exclude(status=Dealer.Status.CANDIDATE).count()
    client = signed_in(manager)
    said = {"kind": STOCK, "due_day": "6", "first": key(this_month()), "territory": ""}
    page = client.get("/reports/duties/new/", said)
    assert "Westhaven" in text_of(page) and "Newcomer" not in text_of(page)
    assert "1 dealer owes it already" in text_of(page)
    agreed = page.context["shown"]["count"]
    assert agreed == trading - 1
    other = client.post("/reports/duties/new/", said | {"agreed": str(agreed + 1)})
    assert "no longer those that were shown" in text_of(other) and ReportDuty.objects.count() == 1
    done = client.post("/reports/duties/new/", said | {"agreed": str(agreed)}, follow=True)
    assert f"{agreed} dealers owe this report now." in text_of(done)
    assert ReportDuty.objects.filter(kind=STOCK, due_days=6).count() == agreed
    assert Event.objects.filter(kind="duty.begun").count() == agreed
    again = client.get("/reports/duties/new/", said)
    assert "Everybody here owes this report already" in text_of(again)


def test_the_list_shows_who_owes_nothing_too(owed: ReportDuty, northgate: Dealer, southport: Dealer, manager: User,
                                             signed_in: SignIn) -> None:  # fmt: skip
    client = signed_in(manager)
    shown = text_of(client.get("/reports/duties/"))
    assert "by day 5" in shown and "not asked for" in shown
    none = text_of(client.get("/reports/duties/?owes=none"))
    assert northgate.local_name not in none and southport.local_name in none
    assert northgate.local_name in text_of(client.get(f"/reports/duties/?owes={STOCK}"))
    with CaptureQueriesContext(connection) as asked:
        client.get("/reports/duties/")
    rows = [query for query in asked if "ledger_reportdu" in query["sql"]]
    assert len(rows) == 1
