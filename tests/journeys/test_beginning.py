"""From an applicant without an account to a dealer who trades, in a real browser, in both languages: he applies, is
screened, three people decide, the contract is reviewed and offered, his executive opens the account from a letter and
signs with a second factor, ours countersign and file, and anybody checks the certificate."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings as configured
from django.test import Client
from django.utils import translation
from django.utils.timezone import localdate as today
from django.utils.translation import gettext, pgettext
from pypdf import PdfReader

from contracts.models import Certificate, Contract, Grant, Signature
from core import formatting
from dealers.models import Approval, Dealer, User
from onboarding.models import Application, Opening
from scripts.browsing import CHROMIUM
from tests import factories
from tests.dealers import account, files
from tests.ledger.books import Book
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
HIM, PASSWORD = "wu@oubei.example", "a long and quite new password"


class Road:
    """A browser in one language, opened by whoever has the next step."""

    def __init__(self, language: str, browse: Any, address: str, sign_in: Callable[[User], Client]) -> None:
        self.language, self.browse, self.address, self.sign_in = language, browse, address, sign_in
        self.ours: Page | None = None
        self.page: Page = self.anybody("/apply/")

    def anybody(self, path: str) -> "Page":
        locale = "zh-CN" if self.language == "zh-hans" else "en-GB"
        self.page = self.browse(self.address, "nobody", locale=locale)
        return self.goto(path)

    def as_(self, user: User, path: str) -> "Page":
        user.language = self.language
        user.save(update_fields=["language"])
        session = self.sign_in(user).cookies[configured.SESSION_COOKIE_NAME].value
        if self.ours is None:
            self.ours = self.browse(self.address, session)
        else:
            self.ours.context.clear_cookies()
            name = configured.SESSION_COOKIE_NAME
            self.ours.context.add_cookies([{"name": name, "value": session, "url": self.address}])
        self.page = self.ours
        return self.goto(path)

    def goto(self, path: str) -> "Page":
        self.page.goto(path if path.startswith("http") else self.address + path)
        return self.page

    def say(self, text: str, context: str = "") -> str:
        with translation.override(self.language):
            return pgettext(context, text) if context else gettext(text)

    def press(self, verb: str, role: Any = "button", context: str = "") -> None:
        with self.page.expect_navigation():
            self.page.locator("main").get_by_role(role, name=self.say(verb, context), exact=True).click()

    def fill(self, **typed: str) -> None:
        for name, value in typed.items():
            field = self.page.locator(f"[name={name}]")
            if field.evaluate("one => one.tagName") == "SELECT":
                field.select_option(value)
            else:
                field.fill(value)

    def text(self) -> str:
        return self.page.inner_text("main")


@pytest.fixture(params=["en", pytest.param("zh-hans", marks=pytest.mark.long)])
def road(
    request: Any, opening: Opening, browse: Any, live_server: Any, signed_in: Callable[[User], Client],
    tmp_path: Path, settings: Any,
) -> Road:  # fmt: skip
    settings.MEDIA_ROOT = tmp_path
    return Road(request.param, browse, live_server.url, signed_in)


def test_from_an_applicant_to_a_dealer_who_trades(
    road: Road, opening: Opening, carol: User, rita: User, petra: User, dave: User, olga: User, tmp_path: Path,
    settings: Any,
) -> None:  # fmt: skip
    legal = factories.person("Leo", "legal")
    settings.SECOND_FACTOR_REQUIRED = True
    for user in (carol, rita, petra, dave, olga, legal):
        account.give_factor(user)

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

    letter = invite(road, olga, at)
    review(road, contract, carol, legal, dave)
    open_account(road, letter)
    sign(road, contract)
    assert Signature.objects.get().paper.language == road.language
    countersign(road, contract, dave)
    file(road, contract, olga)
    trades(road, contract)


# ---- the applicant, and what becomes of him ----------------------------------------------------
def apply(road: Road, opening: Opening, folder: Path) -> str:
    """Without an account, step by step; returns where his page is."""
    road.page.locator("main .rows .what a").first.click()
    road.page.wait_for_url(f"**/apply/{opening.public_id}/")
    road.press("Apply", "link")
    road.fill(contact_name="Wu Jianping", email=HIM)
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
    assert road.say("Received", "application") in road.text()
    return road.page.url


def screen(road: Road, by: User, opening: Opening, at: str) -> None:
    page = road.as_(by, at)
    road.press("I look after it")
    road.goto(f"{at}marks/")
    for one in opening.criteria.all():
        page.select_option(f"[name=c{one.position}-verdict]", "passed" if one.is_knock_out else "4")
        page.select_option(f"[name=c{one.position}-evidence]", "visit")
        page.fill(f"[name=c{one.position}-text]", OURS)
    road.press("Save the marks")
    road.goto(f"{at}submit/")
    road.fill(reason=REASON[road.language])
    road.press("Send to approval")


def decide(road: Road, person: User, at: str, verb: str) -> None:
    page = road.as_(person, "/approvals/")
    page.locator(f"main .rows .what a[href='{at}']").click()
    page.wait_for_url(f"**{at}")
    road.fill(reason=REASON[road.language], internal_note=OURS)
    road.press(verb)


def invite(road: Road, operations: User, at: str) -> str:
    """From the application's page, with what is known of him filled in; returns the link of his letter."""
    road.as_(operations, at)
    with translation.override(road.language):
        action = gettext("Invite %(person)s") % {"person": "Wu Jianping"}
    road.press(action, "link")
    assert road.page.input_value("[name=email]") == HIM
    assert road.page.input_value("[name=role]") == "dealer_executive"
    road.press("Invite")
    return next(account.link_in(one) for one in account.delivered() if "/accounts/invitation/" in one.body)


# ---- the contract ------------------------------------------------------------------------------
def review(road: Road, contract: Contract, submitter: User, *deciders: User) -> None:
    """It shall begin at once; legal reads the wording, the head of sales decides the deal."""
    road.as_(submitter, f"{contract.get_absolute_url()}edit/")
    year = today().year
    road.fill(starts_on=f"{year}-01-01", ends_on=f"{year}-12-31")
    road.press("Save")
    road.press("Send to review", "link")
    road.fill(reason=REASON[road.language])
    road.press("Send to review")
    for person in deciders:
        waiting = Approval.objects.get(outcome="waiting")
        road.as_(person, f"/approvals/{waiting.public_id}/")
        road.fill(reason=REASON[road.language])
        road.press("Approve")


def open_account(road: Road, letter: str) -> None:
    """The executive chooses a password, and sets up the second factor before he sees anything."""
    page = road.anybody(letter)
    road.fill(name="Wu Jianping", password=PASSWORD)
    road.press("Open the account")
    page.wait_for_url("**/accounts/second-factor/app/")
    seed = page.inner_text("main code")
    road.fill(code=account.code(seed))
    road.press("Set up")
    page.context.clear_cookies()  # days later, on another machine
    account.forget_used_codes()
    road.anybody("/accounts/sign-in/")
    road.fill(login=HIM, password=PASSWORD)
    road.press("Sign in")
    road.page.wait_for_url("**/accounts/second-factor/check/")
    road.fill(code=account.code(seed))
    road.press("Sign in")


def sign(road: Road, contract: Contract) -> None:
    """Found on the first page, read as a file, signed."""
    road.page.locator(f"main .rows a[href='{contract.get_absolute_url()}']").first.click()
    road.press("Read and sign", "link")
    with road.page.expect_download() as sent:
        road.page.get_by_role("link", name=road.say("Open and read")).click()
    text = "".join(one.extract_text() for one in PdfReader(io.BytesIO(sent.value.path().read_bytes())).pages)
    assert road.say("Territory and product lines") in text and contract.number in text
    road.fill(name="Wu Jianping")
    road.page.check("input[name=has_read]")
    road.press("Sign")


def countersign(road: Road, contract: Contract, person: User) -> None:
    road.as_(person, contract.get_absolute_url())
    road.press("Countersign", "link")
    assert "Wu Jianping" in road.text()
    road.page.check("input[name=has_read]")
    road.press("Sign")


def file(road: Road, contract: Contract, person: User) -> None:
    road.as_(person, contract.get_absolute_url())
    road.press("File", "link", "a contract")
    road.fill(number="HV-2026-061", place="Contract room, shelf 4")
    road.press("File", context="a contract")
    assert road.page.locator("#signatures li").count() == 6, "two read and approved, offered, two signed, filed"


def trades(road: Road, contract: Contract) -> None:
    """He is a dealer: what he buys stands on his own page, and anybody may ask whether he is authorised."""
    contract.refresh_from_db()
    dealer = Dealer.objects.get()
    assert (contract.status, dealer.status) == (Contract.Status.ACTIVE, Dealer.Status.ACTIVE)
    assert Grant.objects.in_force(on=today()).get().dealer == dealer
    Book(dealer).sold_in(today(), "12345.60")
    road.as_(User.objects.get(email=HIM), contract.get_absolute_url())
    assert "12,346" in road.text() and "3,200,000" in road.text(), "bought, of the goal that the opening named"
    assert road.page.locator("main a[href^='/certificates/']").count() >= 1
    said = check(road, str(Certificate.objects.get()).upper())
    with translation.override(road.language):
        assert road.page.locator("main .note.good").count() == 1, "in force"
        assert str(dealer) in said and formatting.day(today()) in said


def check(road: Road, number: str) -> str:
    """As anybody does: not signed in, with the number typed from the paper."""
    road.anybody("/authorisation/")
    road.fill(number=number)
    road.press("Check")
    return road.text()
