"""The rhythm in a real browser, in both languages: a meeting is proposed, held, minuted, confirmed; a promise that is
not kept is reminded of."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import translation
from django.utils.translation import gettext, pgettext

from communications.models import ActionItem, Meeting
from communications.services import reminders
from core.database.context import acting
from core.database.roles import Role
from dealers.models import Dealer, Delivery, User
from scripts.browsing import CHROMIUM
from tests.communications import table

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM, reason="no Chromium found"),
    pytest.mark.django_db(transaction=True),
]


@dataclass(frozen=True, slots=True)
class Hand:
    """Opens pages as somebody, and presses what is written in the language."""

    language: str
    browse: Any
    url: str
    signed_in: Callable[[User], Client]

    def opened(self, user: User, address: str) -> "Page":
        page: Page = self.browse(self.url, self.signed_in(user).cookies[settings.SESSION_COOKIE_NAME].value)
        page.goto(self.url + address)
        return page

    def say(self, text: str, context: str = "") -> str:
        with translation.override(self.language):
            return pgettext(context, text) if context else gettext(text)

    def press(self, page: "Page", text: str, context: str = "") -> None:
        with page.expect_navigation():
            page.locator("main").get_by_role("button", name=self.say(text, context), exact=True).first.click()

    def confirm(self, page: "Page", text: str, verb: str, context: str = "") -> None:
        page.locator("main").get_by_role("button", name=self.say(text, context), exact=True).click()
        with page.expect_navigation():
            page.get_by_role("dialog").get_by_role("button", name=self.say(verb, context), exact=True).click()


@pytest.mark.parametrize("language", ["en", pytest.param("zh-hans", marks=pytest.mark.long)])
def test_from_a_proposal_to_a_reminder(
    language: str,
    northgate: Dealer,
    alice: User,
    carol: User,
    browse: Any,
    live_server: Any,
    signed_in: Callable[[User], Client],
) -> None:
    for user in (alice, carol):
        user.language = language
        user.save(update_fields=["language"])
    Dealer.objects.filter(pk=northgate.pk).update(manager_id=carol.pk)

    hand = Hand(language, browse, live_server.url, signed_in)

    # the dealer proposes, we agree
    page = hand.opened(alice, "/meetings/new/")
    page.fill("input[name=title]", "Spring review")
    page.fill("input[name=day]", f"{table.next_week():%Y-%m-%d}")
    page.fill("input[name=at]", "10:00")
    page.fill("input[name=place]", "Showroom")
    page.fill("textarea[name=topics]", "Display wall")
    hand.press(page, "Propose")
    meeting = Meeting.objects.get()
    page = hand.opened(carol, "/")
    page.locator(f"main .rows a[href='{meeting.get_absolute_url()}']").first.click()
    hand.press(page, "Agree", "to a time")

    # it is held and minuted; what is typed on one topic is saved by going to another
    table.begin(meeting)
    page.reload()
    hand.press(page, "Open the minutes")
    page.locator(".ag button", has_text="Display wall").click()
    page.wait_for_load_state()
    page.fill("textarea[name=text]", "The wall was late. 陈列墙晚了。")
    page.fill("textarea[name=resolution]", "It stands by April.")
    page.fill("input[name=what]", "Order the frames")
    page.select_option("select[name=owner]", str(carol.pk))
    page.fill("input[name=due_on]", f"{table.today() + timedelta(days=2):%Y-%m-%d}")
    with page.expect_navigation():
        page.locator(".ag button").first.click()
    hand.confirm(page, "Send for confirmation", "Send")

    # the dealer reads and confirms
    page = hand.opened(alice, "/")
    page.locator(f"main .rows a[href='{meeting.get_absolute_url()}']").first.click()
    page.wait_for_url("**/meetings/*/")
    text = page.inner_text("main")
    for words in ("The wall was late. 陈列墙晚了。", "It stands by April.", "Order the frames"):
        assert words in text, words
    hand.confirm(page, "Confirm", "Confirm", "minutes")
    assert Meeting.objects.get().state == Meeting.State.LOCKED

    # the day passes: the owner is reminded once, and opens the promise from the bell
    later = datetime.now(UTC) + timedelta(days=4)
    for _sweep in range(2):
        with acting(Role.JOBS):
            reminders.sweep(now=later)
            reminders.tell(by=User.objects.only("pk", "kind").get(kind=User.Kind.SYSTEM))
    told = Delivery.objects.filter(recipient_id=carol.pk, event__kind="reminder.action_overdue", channel="bell")
    assert told.count() == 1
    page = hand.opened(carol, "/notices/")
    page.locator("main a", has_text="Order the frames").first.click()
    page.wait_for_url("**/promises/*/")
    page.get_by_role("link", name=hand.say("Mark as done"), exact=True).click()
    page.wait_for_url("**/done/")
    hand.press(page, "Mark as done")
    assert ActionItem.objects.get().state == ActionItem.State.DONE
