"""Minutes as PDF: what both sides confirmed, word for word, in both languages, the same bytes every time."""

import io
from collections.abc import Callable

from django.test import Client
from pypdf import PdfReader

from communications.models import Minutes
from communications.services import actions, minutes
from communications.wording import minutes_pdf
from dealers.models import Dealer, User
from tests.communications import table

type SignIn = Callable[[User], Client]


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def locked(northgate: Dealer, carol: User, alice: User) -> Minutes:
    meeting = table.held(northgate, carol, alice)
    topic = table.topic(meeting)
    table.say(topic, carol, "陈列墙按时完成。\nThe wall was late; #panic(1) *bold*.")
    minutes.resolve(topic, by=carol, text="The wall stands by 8 April.")
    actions.agree_on(topic, by=carol, what="Order the frames", owner=table.person(carol), due_on=table.today())
    edition = minutes.send(meeting, by=carol)
    minutes.confirm(edition, by=alice)
    return Minutes.objects.select_related("meeting__dealer", "sent_by", "answered_by").get(pk=edition.pk)


def test_the_paper_says_what_was_confirmed(northgate: Dealer, carol: User, alice: User) -> None:
    edition = locked(northgate, carol, alice)
    text = text_of(minutes_pdf(edition, language="en"))
    said = (
        "The wall was late; #panic(1) *bold*.",
        "陈列墙按时完成。",
        "The wall stands by 8 April.",
        "Order the frames",
    )
    for words in (*said, "Quarterly review", f"{table.today()}", "Carol", "Alice", "Northgate", edition.sha256[:16]):
        assert words in text, words
    assert "Not confirmed" not in text
    assert "北门建材" in text_of(minutes_pdf(edition, language="zh-hans"))


def test_the_same_edition_gives_the_same_bytes(northgate: Dealer, carol: User, alice: User) -> None:
    edition = locked(northgate, carol, alice)
    assert minutes_pdf(edition, language="en") == minutes_pdf(edition, language="en")


def test_both_sides_get_it_and_what_is_not_confirmed_says_so(
    northgate: Dealer, carol: User, alice: User, bob: User, signed_in: SignIn
) -> None:
    edition = table.sent(northgate, carol, alice)
    page = f"/minutes/{edition.public_id}/minutes.pdf"
    for reader in (carol, alice):
        answer = signed_in(reader).get(page)
        assert answer.headers["Content-Type"] == "application/pdf"
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert "Not confirmed" in text_of(answer.content)
    assert signed_in(bob).get(page).status_code == 404
