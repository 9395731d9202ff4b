"""A contract on its whole way in a real browser, in both languages: review, offer, signatures, filing, certificate."""

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
from core import formatting
from dealers.models import Approval, Dealer, Territory, User
from tests import factories
from tests.journeys.conftest import CHROMIUM
from tests.journeys.test_road import in_language

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM, reason="no Chromium found"),
    pytest.mark.django_db(transaction=True),
]
REASON = "The terms are agreed with the dealer. 条款已谈妥。"


@pytest.fixture(autouse=True)
def media(tmp_path: Any, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def draft(northgate: Dealer, carol: User, north: Territory) -> Contract:
    year = {"starts_on": today().replace(month=1, day=1), "ends_on": today().replace(month=12, day=31)}
    found = contracts.draft(northgate, by=carol, company=factories.company(), jurisdiction="CN", currency="CNY", **year)
    grants.grant(found, by=carol, territory=north, exclusivity=Grant.Exclusivity.EXCLUSIVE)
    return found


class Road:
    """The people of the story, each in a browser of his own, in one language."""

    def __init__(self, language: str, browse: Any, live_server: Any, signed_in: Callable[[User], Client]) -> None:
        self.language, self.browse, self.base, self.signed_in = language, browse, live_server.url, signed_in

    def opened(self, user: User, address: str) -> "Page":
        session = self.signed_in(in_language(user, self.language)).cookies[settings.SESSION_COOKIE_NAME].value
        page: Page = self.browse(self.base, session)
        page.goto(self.base + address)
        return page

    def say(self, text: str, context: str = "") -> str:
        with translation.override(self.language):
            return pgettext(context, text) if context else gettext(text)

    def press(self, page: "Page", verb: str, context: str = "") -> None:
        with page.expect_navigation():
            page.locator("main form").get_by_role("button", name=self.say(verb, context), exact=True).click()

    def follow(self, page: "Page", link: str, context: str = "") -> None:
        with page.expect_navigation():
            page.locator("main").get_by_role("link", name=self.say(link, context), exact=True).click()

    def review(self, draft: Contract, submitter: User, *deciders: User) -> None:
        page = self.opened(submitter, draft.get_absolute_url())
        self.follow(page, "Send to review")
        page.fill("textarea[name=reason]", REASON)
        self.press(page, "Send to review")
        for person in deciders:
            waiting = Approval.objects.get(outcome="waiting")
            page = self.opened(person, f"/approvals/{waiting.public_id}/")
            page.fill("textarea[name=reason]", REASON)
            self.press(page, "Approve")

    def sign(self, draft: Contract, head: User) -> None:
        """Found on the first page, read as a file, signed."""
        page = self.opened(head, "/")
        page.locator(f"main .rows a[href='{draft.get_absolute_url()}']").first.click()
        self.follow(page, "Read and sign")
        with page.expect_download() as sent:
            page.get_by_role("link", name=self.say("Open and read")).click()
        text = "".join(one.extract_text() for one in PdfReader(io.BytesIO(sent.value.path().read_bytes())).pages)
        assert self.say("Territory and product lines") in text and draft.number in text
        page.fill("input[name=name]", "Alice Zhou")
        page.check("input[name=has_read]")
        self.press(page, "Sign")

    def countersign(self, draft: Contract, person: User) -> None:
        page = self.opened(person, draft.get_absolute_url())
        self.follow(page, "Countersign")
        assert "Alice Zhou" in page.inner_text("main")
        page.check("input[name=has_read]")
        self.press(page, "Sign")

    def file(self, draft: Contract, person: User) -> "Page":
        page = self.opened(person, draft.get_absolute_url())
        self.follow(page, "File", "a contract")
        page.fill("input[name=number]", "HV-2026-061")
        page.fill("input[name=place]", "Contract room, shelf 4")
        self.press(page, "File")
        return page

    def check(self, page: "Page", number: str) -> str:
        """As anybody does: not signed in, with the number typed from the paper."""
        page.context.clear_cookies()
        page.context.add_cookies([{"name": settings.LANGUAGE_COOKIE_NAME, "value": self.language, "url": self.base}])
        page.goto(f"{self.base}/authorisation/")
        page.fill("input[name=number]", number)
        self.press(page, "Check")
        return page.inner_text("main")


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
    road = Road(language, browse, live_server, signed_in)
    road.review(draft, carol, legal, dave)
    road.sign(draft, alice)
    assert Signature.objects.get().paper.language == language
    road.countersign(draft, dave)
    page = road.file(draft, operations)
    draft.refresh_from_db()
    assert draft.status == Contract.Status.ACTIVE
    assert page.locator("#signatures li").count() == 6, "two read and approved, offered, two signed, filed"
    said = road.check(page, str(Certificate.objects.get()).upper())
    with translation.override(language):
        assert str(draft.dealer) in said and formatting.day(today()) in said
