"""From an applicant without an account to a candidate dealer with a draft contract, in a real browser, in both
languages: he applies, is screened, three people decide, and each reads what is for his eyes."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import translation
from django.utils.translation import gettext, pgettext

from contracts.models import Contract
from dealers.models import Dealer, User
from onboarding.models import Application, Opening
from tests.dealers import files
from tests.journeys.conftest import CHROMIUM
from tests.onboarding import conftest as recruiting

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM, reason="no Chromium found"),
    pytest.mark.django_db(transaction=True),
]
taps, olga, rita, petra, opening = (  # and these
    recruiting.taps, recruiting.olga, recruiting.rita, recruiting.petra, recruiting.opening,
)  # fmt: skip
REASON = {"en": "We have seen it and it is sound.", "zh-hans": "我们实地看过，情况属实，建议合作。"}
COMPANY = {
    "legal_name": "Wenzhou Oubei Sanitary Ware", "registration_code": "91330302MA2A6XK4XX", "country": "CN",
    "legal_representative": "Wu Jianping", "capital": "2000000", "capital_currency": "CNY", "city": "Wenzhou",
}  # fmt: skip
OURS = "Only for our people"
BUSINESS = {"staff_count": "23", "experience_years": "11", "motive": "We want to grow with a strong brand."}


class Road:
    """A browser in one language, opened by whoever has the next step."""

    def __init__(self, language: str, browse: Any, address: str, sign_in: Callable[[User], Client]) -> None:
        self.language, self.browse, self.address, self.sign_in = language, browse, address, sign_in
        self.page: Page = self.anybody("/apply/")

    def anybody(self, path: str) -> "Page":
        locale = "zh-CN" if self.language == "zh-hans" else "en-GB"
        self.page = self.browse(self.address, "nobody", locale=locale)
        self.page.goto(path if path.startswith("http") else self.address + path)
        return self.page

    def as_(self, user: User, path: str) -> "Page":
        user.language = self.language
        user.save(update_fields=["language"])
        self.page = self.browse(self.address, self.sign_in(user).cookies[settings.SESSION_COOKIE_NAME].value)
        self.page.goto(self.address + path)
        return self.page

    def say(self, text: str, context: str = "") -> str:
        with translation.override(self.language):
            return pgettext(context, text) if context else gettext(text)

    def press(self, verb: str, role: Any = "button", context: str = "") -> None:
        with self.page.expect_navigation():
            self.page.locator("main").get_by_role(role, name=self.say(verb, context), exact=True).click()

    def fill(self, **typed: str) -> None:
        for name, value in typed.items():
            self.page.fill(f"[name={name}]", value)


@pytest.fixture(params=["en", "zh-hans"])
def road(request: Any, opening: Opening, browse: Any, live_server: Any, signed_in: Callable[[User], Client]) -> Road:
    return Road(request.param, browse, live_server.url, signed_in)


def test_from_an_applicant_to_a_candidate_dealer(
    road: Road, opening: Opening, carol: User, rita: User, petra: User, dave: User, tmp_path: Path
) -> None:
    his_page = apply(road, opening, tmp_path)
    application = Application.objects.get()
    assert application.language == road.language
    at = application.get_absolute_url()
    screen(road, carol, opening, at)
    for person, verb in ((rita, "Approve and pass on"), (petra, "Approve and pass on"), (dave, "Approve and take on")):
        decide(road, person, at, verb)
    contract = Contract.objects.get()
    assert road.page.locator(f"main a[href='{contract.get_absolute_url()}']").count() == 1
    assert Dealer.objects.get().status == Dealer.Status.CANDIDATE

    text = road.anybody(his_page).inner_text("main")
    assert text.count(REASON[road.language]) == 3
    assert road.say("Head of sales") in text
    assert OURS not in text and "Dave" not in text


def apply(road: Road, opening: Opening, folder: Path) -> str:
    """Without an account, step by step; returns where his page is."""
    road.page.locator("main .rows .what a").first.click()
    road.page.wait_for_url(f"**/apply/{opening.public_id}/")
    road.press("Apply", "link")
    road.fill(contact_name="Wu Jianping", email="wu@oubei.example")
    road.press("Save and go on")
    road.fill(**COMPANY)
    road.press("Save and go on")
    road.fill(**BUSINESS)
    road.press("Save and go on")
    paper = folder / "licence.pdf"
    paper.write_bytes(files.pdf())
    road.page.set_input_files("input[type=file]", paper)
    road.press("Add it", context="a document")
    road.press("Go on: check and send", "link")
    road.press("Send the application")
    assert road.say("Received", "application") in road.page.inner_text("main")
    return road.page.url


def screen(road: Road, by: User, opening: Opening, at: str) -> None:
    page = road.as_(by, at)
    road.press("I look after it")
    page.goto(f"{road.address}{at}marks/")
    for one in opening.criteria.all():
        page.select_option(f"[name=c{one.position}-verdict]", "passed" if one.is_knock_out else "4")
        page.select_option(f"[name=c{one.position}-evidence]", "visit")
        page.fill(f"[name=c{one.position}-text]", OURS)
    road.press("Save the marks")
    page.goto(f"{road.address}{at}submit/")
    road.fill(reason=REASON[road.language])
    road.press("Send to approval")


def decide(road: Road, person: User, at: str, verb: str) -> None:
    page = road.as_(person, "/approvals/")
    page.locator(f"main .rows .what a[href='{at}']").click()
    page.wait_for_url(f"**{at}")
    road.fill(reason=REASON[road.language], internal_note=OURS)
    road.press(verb)
