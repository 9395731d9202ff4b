"""The whole road in a real browser, in both languages: a file comes in, a quarter is assessed, the dealer agrees."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import translation
from django.utils.translation import gettext

from contracts.models import Target, TargetMonth
from core import runs
from core.models import Job
from dealers.models import Dealer, Product, User
from performance.models import Scorecard
from scripts.browsing import CHROMIUM
from tests import factories
from tests.ledger.books import Book

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM, reason="no Chromium found"),
    pytest.mark.django_db(transaction=True),
]
QUARTER = "2026-Q1"


@pytest.fixture
def agreed(northgate: Dealer) -> Dealer:
    """A contract with a target for February, last year's purchases, and a product to buy."""
    contract = factories.contract(northgate)
    Product.objects.create(code="T-1", name="Tap", name_zh="龙头", line=factories.product_line("TAPS", name="Taps"))
    system = User.objects.get(kind=User.Kind.SYSTEM)
    target = Target.objects.create(
        dealer=northgate, contract=contract, starts_on=contract.starts_on, ends_on=contract.ends_on, total=1000,
        currency="CNY", status="agreed", proposed_by_id=system.pk, agreed_by_id=system.pk, agreed_on=contract.starts_on,
    )  # fmt: skip
    TargetMonth.objects.create(dealer=northgate, target=target, month=date(2026, 2, 1), value=1000)
    Book(northgate).sold_in(date(2025, 2, 10), "800")
    return northgate


def work() -> None:
    """What a worker would do now: every job that waits."""
    for job in Job.objects.filter(state=Job.State.WAITING).order_by("pk"):
        runs.run(job.pk)


def in_language(user: User, language: str) -> User:
    user.language = language
    user.save(update_fields=["language"])
    return user


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_from_a_file_to_an_acknowledged_score(
    language: str,
    agreed: Dealer,
    alice: User,
    dave: User,
    browse: Any,
    live_server: Any,
    signed_in: Callable[[User], Client],
    tmp_path: Path,
) -> None:
    operations = in_language(factories.person("Olga", "channel_operations"), language)

    def opened(user: User, address: str) -> "Page":
        session = signed_in(in_language(user, language)).cookies[settings.SESSION_COOKIE_NAME].value
        page: Page = browse(live_server.url, session)
        page.goto(live_server.url + address)
        return page

    def say(text: str) -> str:
        with translation.override(language):
            return gettext(text)

    def confirm(page: "Page", verb: str) -> None:
        page.locator("main").get_by_role("button", name=say(verb), exact=True).click()
        with page.expect_navigation():
            page.get_by_role("dialog").get_by_role("button", name=say(verb), exact=True).click()

    path = tmp_path / "sell-in.csv"
    path.write_text(
        "order_no,line_no,order_date,dealer_code,product_code,qty,amount,currency\n"
        "A-1,1,2026-02-10,NG,T-1,9,900.00,CNY\nA-2,1,2026-02-11,XX,T-1,1,10.00,CNY\n"
    )
    page = opened(operations, "/imports/new/")
    page.select_option("select[name=kind]", "sell-in")
    page.set_input_files("input[type=file]", path)
    page.get_by_role("button", name=say("Upload and check")).click()
    page.wait_for_url("**/jobs/**")
    work()
    page.goto(f"{live_server.url}/imports/")
    page.locator("#rows a", has_text="sell-in.csv").first.click()
    page.wait_for_url("**/imports/*/")
    assert page.locator('main input[value="XX"]').count() == 1, "the row that was turned away is shown, to be mended"
    page.locator("button[form=posting]").click()
    page.wait_for_url("**/jobs/**")
    work()

    page = opened(dave, "/assessments/new/")
    page.fill("input[name=period]", QUARTER)
    page.locator("main form").get_by_role("button", name=say("Assess"), exact=True).click()
    page.wait_for_url("**/jobs/**")
    work()
    card = Scorecard.objects.get()
    page.goto(live_server.url + card.assessment.get_absolute_url())
    confirm(page, "Publish")
    card.refresh_from_db()
    assert card.published_at is not None and card.score is not None

    page = opened(alice, "/")
    page.locator("main .rows a[href*='/scorecards/']").first.click()
    page.wait_for_url("**/scorecards/*/")
    text = page.inner_text("main")
    assert "900.00 ÷ 1,000.00" in text and "90.0%" in text
    page.locator("button[data-twist]").nth(1).click()
    assert "(900.00 − 800.00) ÷ 800.00" in page.inner_text("main")
    confirm(page, "Acknowledge")
    card.refresh_from_db()
    assert (card.status, card.acknowledged_by_id) == (Scorecard.Status.ACKNOWLEDGED, alice.pk)
    assert Decimal(page.inner_text(".scorehead .fig-xl")) == card.score
