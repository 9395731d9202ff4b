"""A contract on its whole way in a real browser, in both languages: legal, offer, both signatures, filing, certificate."""

import io
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import translation
from django.utils.timezone import localdate as today
from django.utils.translation import gettext, pgettext
from pypdf import PdfReader

from contracts.models import Certificate, Contract, Grant, Signature
from contracts.services import contracts, grants
from dealers.models import Approval, Dealer, Territory, User
from tests import factories
from tests.journeys import test_admin
from tests.journeys.test_admin import CHROMIUM
from tests.journeys.test_road import in_language

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM, reason="no Chromium found"),
    pytest.mark.django_db(transaction=True),
]
browse = test_admin.browse  # a fixture
REASON = "The terms are agreed with the dealer. 条款已谈妥。"


@pytest.fixture(autouse=True)
def media(tmp_path: Any, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def draft(northgate: Dealer, carol: User, north: Territory) -> Contract:
    year = {"starts_on": today().replace(month=1, day=1), "ends_on": today().replace(month=12, day=31)}
    found = contracts.draft(
        northgate, by=carol, company=factories.company(), jurisdiction="CN", currency="CNY", **year
    )
    grants.grant(found, by=carol, territory=north, exclusivity=Grant.Exclusivity.EXCLUSIVE)
    return found


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_from_a_draft_to_a_certificate_that_anybody_checks(
    language: str,
    draft: Contract,
    alice: User,
    carol: User,
    dave: User,
    browse: Any,
    live_server: Any,
    signed_in: Callable[[User], Client],
) -> None:
    legal, operations = factories.person("Leo", "legal"), factories.person("Olga", "channel_operations")
    here = draft.get_absolute_url()

    def opened(user: User, address: str) -> "Page":
        session = signed_in(in_language(user, language)).cookies[settings.SESSION_COOKIE_NAME].value
        page: Page = browse(live_server.url, session)
        page.goto(live_server.url + address)
        return page

    def say(text: str, context: str = "") -> str:
        with translation.override(language):
            return pgettext(context, text) if context else gettext(text)

    def press(page: "Page", verb: str) -> None:
        with page.expect_navigation():
            page.locator("main form").get_by_role("button", name=say(verb), exact=True).click()

    page = opened(carol, here)
    page.get_by_role("link", name=say("Send to review")).click()
    page.fill("textarea[name=reason]", REASON)
    press(page, "Send to review")
    for person in (legal, dave):
        waiting = Approval.objects.get(outcome="waiting")
        page = opened(person, f"/approvals/{waiting.public_id}/")
        page.fill("textarea[name=reason]", REASON)
        press(page, "Approve")

    page = opened(alice, "/")
    page.locator(f"main .rows a[href='{here}']").first.click()
    page.get_by_role("link", name=say("Read and sign")).click()
    with page.expect_download() as sent:
        page.get_by_role("link", name=say("Open and read")).click()
    text = "".join(one.extract_text() for one in PdfReader(io.BytesIO(sent.value.path().read_bytes())).pages)
    assert say("Territory and product lines") in text and draft.number in text
    page.fill("input[name=name]", "Alice Zhou")
    press(page, "Sign")
    assert say("Confirm that you have read the document before you sign it.") in page.inner_text("main")
    page.check("input[name=has_read]")
    press(page, "Sign")
    assert Signature.objects.get().paper.language == language

    page = opened(dave, here)
    page.get_by_role("link", name=say("Countersign"), exact=True).click()
    assert "Alice Zhou" in page.inner_text("main")
    page.check("input[name=has_read]")
    press(page, "Sign")

    page = opened(operations, here)
    page.get_by_role("link", name=say("File", "a contract"), exact=True).click()
    page.fill("input[name=number]", "HV-2026-061")
    page.fill("input[name=place]", "Contract room, shelf 4")
    press(page, "File")
    draft.refresh_from_db()
    assert draft.status == Contract.Status.ACTIVE
    assert page.locator("#signatures li").count() == 6, "submitted twice read, offered, signed by both, filed"

    page = opened(alice, here)
    page.get_by_role("link", name=say("Check it")).click()
    page.wait_for_url("**/authorisation/*/")
    page.context.clear_cookies()
    page.context.add_cookies([{"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": live_server.url}])
    page.goto(f"{live_server.url}/authorisation/")
    page.fill("input[name=number]", str(Certificate.objects.get()).upper())
    press(page, "Check")
    said = page.inner_text("main")
    assert draft.dealer.name_zh in said if language == "zh-hans" else draft.dealer.name in said
    with translation.override(language):
        from core import formatting

        assert formatting.day(today()) in said
