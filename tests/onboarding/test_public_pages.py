"""The applicant's road through the pages, without an account, in both languages."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils.timezone import localdate

from dealers.models import User
from dealers.services import letters
from onboarding.models import Application, Opening, Step
from onboarding.services import decisions, links, openings
from tests.onboarding.conftest import COMPANY, REASON, expire, pdf
from tests.pages import text_of

State = Application.State
CONTACT = {"contact_name": "Wu Jianping", "email": "wu@oubei.example", "source": "fair"}
BRANDS = {"brands-TOTAL_FORMS": "0", "brands-INITIAL_FORMS": "0"}


def begun(client: Client, opening: Opening, **more: Any) -> str:
    """Where the next step is."""
    answer = client.post(f"/apply/{opening.public_id}/begin/", CONTACT | more)
    assert answer.status_code == 302, answer.content.decode()[:3000]
    return str(answer["Location"]).removesuffix("company/")


def test_everybody_reads_what_is_open(client: Client, opening: Opening, olga: User) -> None:
    assert "Faucets in the north" in text_of(client.get("/apply/"))
    page = text_of(client.get(f"/apply/{opening.public_id}/", headers={"accept-language": "zh-hans"}))
    assert "北区龙头" in page and "3,200,000" in page
    openings.close(opening, by=olga)
    assert "Faucets" not in text_of(client.get("/apply/"))
    assert client.get(f"/apply/{opening.public_id}/").status_code == 404
    assert client.post(f"/apply/{opening.public_id}/begin/", CONTACT).status_code == 404


def test_somebody_applies_step_by_step_and_sends(client: Client, opening: Opening) -> None:
    at = begun(client, opening)
    founded = {"founded_on": "2015-04-20"}
    asked = "legal_name registration_code legal_representative capital capital_currency country city"
    company = {name: COMPANY[name] for name in asked.split()}
    assert client.post(f"{at}company/", company | founded)["Location"] == f"{at}business/"
    business = {name: COMPANY[name] for name in ("staff_count", "experience_years", "motive")}
    brands = {
        "brands-TOTAL_FORMS": "1", "brands-INITIAL_FORMS": "0", "brands-0-brand": "Baiyun",
        "brands-0-products": "Tiles", "brands-0-relation": "complement", "brands-0-share_percent": "45",
    }  # fmt: skip
    assert client.post(f"{at}business/", business | brands)["Location"] == f"{at}documents/"
    assert "business licence" in text_of(client.get(f"{at}check/")).lower()
    assert client.post(f"{at}documents/", {"kind": "licence", "file": pdf()}).status_code == 302
    answer = client.post(f"{at}check/", follow=True)
    assert "Your application is sent" in text_of(answer)
    [application] = Application.objects.all()
    assert (application.state, application.source) == (State.SUBMITTED, "fair")
    assert [one.brand for one in application.brands.all()] == ["Baiyun"]
    letters.send_due()
    assert [one.to for one in mail.outbox] == [["wu@oubei.example"]] * 2


def test_what_is_wrong_is_said_beside_it_and_nothing_typed_is_lost(client: Client, opening: Opening) -> None:
    at = begun(client, opening)
    typed = {"country": "CN", "registration_code": "91330302MA2A6XK4", "legal_name": "Oubei"}
    answer = client.post(f"{at}company/", typed)
    assert answer.status_code == 422
    assert "18 characters are needed, these are 16." in text_of(answer)
    assert 'value="Oubei"' in answer.content.decode()
    assert "At least CNY 500,000 for this opening" in text_of(answer)


def test_a_step_is_kept_for_later_and_gone_on_with_by_the_link(client: Client, opening: Opening) -> None:
    at = begun(client, opening)
    client.post(f"{at}company/", {"legal_name": "Oubei Sanitary", "later": "1"})
    letters.send_due()
    address = next(line for line in mail.outbox[0].body.splitlines() if line.startswith("http"))
    later = Client().get("/" + address.split("/", 3)[3])
    assert "Oubei Sanitary" in text_of(later)
    assert later["Cache-Control"] == "no-store"


def test_a_form_sent_twice_begins_one_application(client: Client, opening: Opening) -> None:
    typed = CONTACT | {"submission": "the-same-form"}
    answers = [client.post(f"/apply/{opening.public_id}/begin/", typed) for _ in range(2)]
    assert answers[0]["Location"] == answers[1]["Location"]
    assert Application.objects.count() == 1


def test_papers_are_refused_in_words_and_can_be_removed(client: Client, draft: Application) -> None:
    at = f"/application/{links.secret_of(draft)}/"
    answer = client.post(f"{at}documents/", {"kind": "accounts", "file": pdf("accounts.exe", b"x")})
    assert answer.status_code == 422 and "The name ends in .exe" in text_of(answer)
    [paper] = draft.files.all()
    client.post(f"{at}documents/", {"remove": paper.public_id})
    assert not draft.files.exists()


def test_another_applicants_paper_cannot_be_removed(client: Client, draft: Application, apply: Any) -> None:
    [paper] = draft.files.all()
    other = apply(email="other@example.com")
    client.post(f"/application/{links.secret_of(other)}/documents/", {"remove": paper.public_id})
    assert draft.files.exists()


def test_what_is_sent_is_read_and_withdrawn_but_not_changed(client: Client, application: Application) -> None:
    at = f"/application/{links.secret_of(application)}/"
    page = text_of(client.get(at))
    assert "Received" in page and application.number in page
    answer = client.post(f"{at}company/", {"legal_name": "Another"}, follow=True)
    assert "cannot be changed now" in text_of(answer)
    assert "Your application is withdrawn" in text_of(client.post(f"{at}withdraw/", follow=True))
    assert Application.objects.get().state == State.WITHDRAWN
    assert "already" in text_of(client.post(f"{at}withdraw/", follow=True))


def test_the_applicant_reads_reasons_but_nothing_that_we_think(client: Client, waiting: Step, rita: User) -> None:
    decisions.send_back(waiting, by=rita, reason=REASON, internal_note="His brother works for a rival.")
    page = text_of(client.get(f"/application/{links.secret_of(waiting.application)}/"))
    assert REASON in page and "Regional director" in page and "Add to it" in page
    for hidden in ("Rita", "Carol", "brother", "Seen on the spot", "Willingness"):
        assert hidden not in page
    assert client.get(f"/application/{links.secret_of(waiting.application)}/company/").status_code == 200


# ---- links -----------------------------------------------------------------------------------
@pytest.mark.parametrize("page", ["", "contact/", "company/", "business/", "documents/", "check/"])
def test_a_link_that_opens_nothing_says_what_to_do(client: Client, draft: Application, page: str) -> None:
    for secret in ("x" * 43, links.secret_of(draft)):
        expire(draft)
        answer = client.get(f"/application/{secret}/{page}")
        assert answer.status_code == 404
        assert "Send me the link again" in text_of(answer) and "Oubei" not in text_of(answer)


def test_a_link_is_asked_for_again_and_the_answer_tells_nobody_who_applied(client: Client, draft: Application) -> None:
    known = client.post("/apply/link/", {"email": "wu@oubei.example"}, follow=True)
    unknown = client.post("/apply/link/", {"email": "nobody@example.com"}, follow=True)
    assert text_of(known) == text_of(unknown)
    letters.send_due()
    assert "wu@oubei.example" in {one.to[0] for one in mail.outbox}
    assert not [one for one in mail.outbox if one.to == ["nobody@example.com"]]


def test_letters_with_links_are_not_sent_without_end(client: Client, draft: Application) -> None:
    answers = [client.post("/apply/link/", {"email": "wu@oubei.example"}).status_code for _ in range(4)]
    assert answers == [302, 302, 302, 429]


def test_applications_are_not_begun_without_end(client: Client, opening: Opening) -> None:
    answers = [
        client.post(f"/apply/{opening.public_id}/begin/", CONTACT | {"contact_title": str(n)}).status_code
        for n in range(21)
    ]
    assert answers == [302] * 20 + [429]


def test_a_closed_opening_takes_no_draft_any_more(client: Client, draft: Application, opening: Opening) -> None:
    Opening.objects.filter(pk=opening.pk).update(closes_on=localdate() - timedelta(days=1))
    answer = client.post(f"/application/{links.secret_of(draft)}/check/")
    assert answer.status_code == 409 and "takes no applications any more" in text_of(answer)
