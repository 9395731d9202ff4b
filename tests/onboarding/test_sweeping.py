"""Drafts that nobody sends: told of their end, then removed with all that is in them; and links to be kept."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils.timezone import now

from core.models import Change
from onboarding.models import Application, ApplicationBrand, ApplicationFile
from onboarding.services import applicants, links, sweeping
from onboarding.services.applicants import Brand
from tests.dealers.account import delivered
from tests.onboarding.conftest import COMPANY, as_applicant
from tests.pages import text_of

type Apply = Callable[..., Application]


@pytest.fixture(autouse=True)
def media(tmp_path: Any, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def days(count: int) -> Any:
    return now() + timedelta(days=count)


def test_a_draft_is_told_of_once_and_goes_with_all_that_is_in_it(draft: Application) -> None:
    as_applicant(draft, applicants.save_business, [Brand("Keda")])
    delivered()
    assert sweeping.sweep(now=days(45)) == (0, 0)
    assert sweeping.sweep(now=days(47)) == (1, 0)
    assert sweeping.sweep(now=days(50)) == (0, 0), "told once"
    (letter,) = delivered()
    assert letter.to == [draft.email] and "not sent yet" in letter.subject and links.address_of(draft) in letter.body
    kept = Application.objects.get()
    assert kept.link_expires_at == draft.link_expires_at or kept.link_expires_at < days(61), "a letter prolongs nothing"
    assert sweeping.sweep(now=days(61)) == (0, 1)
    for model in (Application, ApplicationBrand, ApplicationFile):
        assert not model.objects.exists()


def test_nothing_of_whom_was_swept_is_left_in_the_history_and_what_was_sent_has_one(draft: Application) -> None:
    assert not Change.objects.filter(table="onboarding_application").exists()
    as_applicant(draft, applicants.submit)
    (sent,) = Change.objects.filter(table="onboarding_application")
    assert sent.before is not None and sent.before["state"] == "draft"


def test_who_goes_on_after_the_letter_keeps_it(draft: Application) -> None:
    delivered()
    sweeping.sweep(now=days(50))
    as_applicant(draft, applicants.save, motive="We go on.")
    Application.objects.update(link_expires_at=days(110))
    assert delivered() == [], "what is no longer true is not told"
    assert sweeping.sweep(now=days(61)) == (0, 0)
    assert sweeping.sweep(now=days(100)) == (1, 0), "the next end is told anew"


def test_whoever_was_not_told_in_time_gets_the_time_from_then_on(draft: Application) -> None:
    assert sweeping.sweep(now=days(90)) == (1, 0)
    assert Application.objects.get().link_expires_at > days(103)
    assert sweeping.sweep(now=days(105)) == (0, 1)


def test_a_draft_without_an_address_goes_when_its_link_does(apply: Apply) -> None:
    apply(email="", mobile="+86 138 0577 1234")
    assert sweeping.sweep(now=days(59)) == (0, 0)
    assert sweeping.sweep(now=days(61)) == (0, 1)


def test_what_was_sent_is_never_swept(application: Application) -> None:
    assert sweeping.sweep(now=days(400)) == (0, 0)
    as_applicant(application, applicants.withdraw)
    assert sweeping.sweep(now=days(400)) == (0, 0)
    assert Application.objects.exists()


def test_a_draft_that_was_withdrawn_goes_without_a_letter(draft: Application) -> None:
    as_applicant(draft, applicants.withdraw)
    delivered()
    assert sweeping.sweep(now=days(61)) == (0, 1)
    assert not delivered()


# ---- who gave only a mobile number -----------------------------------------------------------
def test_who_gave_only_a_mobile_number_is_told_to_keep_the_link_and_may_leave_an_address(
    apply: Apply, client: Client
) -> None:
    application = apply(email="", mobile="+86 138 0577 1234")
    secret = links.secret_of(application)
    for page in ("company/", ""):
        shown = client.get(f"/application/{secret}/{page}")
        assert "Keep this link" in text_of(shown) and links.address_of(application) in shown.text
    answer = client.post(f"/application/{secret}/email/", {"email": "Wu@Oubei.example"}, follow=True)
    assert "on its way" in text_of(answer) and "Keep this link" not in text_of(answer)
    (letter,) = delivered()
    assert letter.to == ["wu@oubei.example"] and links.address_of(application) in letter.body
    again = client.post(f"/application/{secret}/email/", {"email": "other@oubei.example"}, follow=True)
    assert "There is an e-mail address already" in text_of(again)
    assert not mail.outbox[1:]


def test_an_address_may_be_left_while_we_decide(apply: Apply, client: Client) -> None:
    application = apply(email="", mobile="+86 138 0577 1234")
    Application.objects.update(state="screening", submitted_at=now(), **COMPANY)
    secret = links.secret_of(application)
    wrong = client.post(f"/application/{secret}/email/", {"email": "no address"}, follow=True)
    assert "This is no e-mail address" in text_of(wrong)
    client.post(f"/application/{secret}/email/", {"email": "wu@oubei.example"})
    assert Application.objects.get().email == "wu@oubei.example"
