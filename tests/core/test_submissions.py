"""A form that is sent twice counts once; what was refused, or leads nowhere, may be sent again."""

import re
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, connections, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.timezone import now

from core import submissions
from core.models import Submission
from dealers.models import Contact, Dealer, Document, InternalNote, Invitation, Letter, Territory, User
from tests import factories
from tests.dealers import files
from tests.racing import wait_until_blocked

type SignIn = Callable[..., Client]
WORDS = "He asked for a later delivery."
HIDDEN = re.compile(r'name="submission" value="([^"]+)"')
FORM = re.compile(r"<form\b[^>]*\b(?:method=\"post\"|hx-post)[^>]*>(.*?)</form>", re.I | re.S)
SENT_WITHOUT_A_FORM = re.compile(r"<(?:button|a|div|tr)\b[^>]*\bhx-post", re.I)


def notes_of(dealer: Dealer) -> str:
    return f"/dealers/{dealer.public_id}/notes/"


def ids_on(page: Any) -> list[str]:
    return HIDDEN.findall(page.content.decode())


def test_every_form_of_a_page_has_an_id_of_its_own(northgate: Dealer, carol: User, signed_in: SignIn) -> None:
    page = signed_in(carol).get(notes_of(northgate)).content.decode()
    posting = len(re.findall(r'<form[^>]*method="post"', page))
    found = HIDDEN.findall(page)
    assert posting and len(found) == posting == len(set(found))


def test_every_form_of_the_templates_carries_its_id() -> None:
    bare = []
    for path in sorted((settings.BASE_DIR / "templates").rglob("*.html")):
        text = path.read_text()
        bare += [path.name for inside in FORM.findall(text) if "{% csrf_token %}" not in inside]
        bare += [path.name for _ in SENT_WITHOUT_A_FORM.findall(text)]
    assert bare == [], "put {% csrf_token %} into the form; send by htmx from forms only"


def test_an_administrators_form_has_one_too(erin: User, signed_in: SignIn) -> None:
    assert ids_on(signed_in(erin).get("/admin/dealers/company/add/"))


def test_the_same_form_twice_has_one_effect_and_leads_to_one_place(
    northgate: Dealer, carol: User, signed_in: SignIn
) -> None:
    client = signed_in(carol)
    sent = {"text": WORDS, "submission": ids_on(client.get(notes_of(northgate)))[-1]}
    first = client.post(notes_of(northgate), sent)
    second = client.post(notes_of(northgate), sent)
    assert first.status_code == second.status_code == 302 and first["Location"] == second["Location"]
    assert InternalNote.objects.count() == 1


def test_the_same_page_with_other_words_is_another_submission(
    northgate: Dealer, carol: User, signed_in: SignIn
) -> None:
    client = signed_in(carol)
    own = ids_on(client.get(notes_of(northgate)))[-1]
    client.post(notes_of(northgate), {"text": WORDS, "submission": own})
    client.post(notes_of(northgate), {"text": "And for another colour.", "submission": own})
    assert InternalNote.objects.count() == 2


def test_what_was_refused_can_be_sent_again(northgate: Dealer, carol: User, signed_in: SignIn) -> None:
    client = signed_in(carol)
    refused = client.post(notes_of(northgate), {"text": "", "submission": "form-1"})
    assert refused.status_code < 500 and not InternalNote.objects.exists() and not Submission.objects.exists()
    client.post(notes_of(northgate), {"text": WORDS, "submission": "form-1"})
    assert InternalNote.objects.count() == 1


def test_what_leads_nowhere_can_be_asked_for_again(northgate: Dealer, dave: User, signed_in: SignIn) -> None:
    factories.person("Olga", "channel_operations")
    client = signed_in(User.objects.get(name="Olga"))
    wanted = {"format": "csv", "selected": northgate.public_id, "submission": "form-2"}
    for _ in range(2):
        answer = client.post("/dealers/export/", wanted)
        assert answer.status_code == 200 and "NG" in answer.content.decode()


def test_a_refusal_told_on_the_next_page_leaves_the_id_free(northgate: Dealer, carol: User, signed_in: SignIn) -> None:
    client, contact = signed_in(carol), factories.contact(northgate, is_archived=True)
    archive = reverse("dealers:contact_archive", args=[contact.public_id])
    assert client.post(archive, {"submission": "form-5"}).status_code == 302  # it is archived already
    Contact.objects.update(is_archived=False)
    client.post(archive, {"submission": "form-5"})
    assert Contact.objects.get().is_archived


def test_a_question_in_between_leaves_the_id_free(north: Territory, erin: User, signed_in: SignIn) -> None:
    """Somebody who first has to prove who it is goes back and presses again."""
    invite, back = reverse("dealers:invite_staff"), reverse("dealers:coverage")
    typed = {"name": "Wang", "email": "wang@example.com", "role": "account_manager", "node": north.pk, "language": "en"}
    client = signed_in(erin, lately=False)
    assert client.post(invite, typed | {"submission": "form-6"})["Location"].startswith("/accounts/confirm/")
    answer = signed_in(erin).post(invite, typed | {"submission": "form-6"})
    assert (answer.status_code, answer.get("Location")) == (302, back), answer.content
    assert Invitation.objects.count() == 1


def test_a_link_that_is_shown_once_is_not_made_twice(northgate: Dealer, alice: User, signed_in: SignIn) -> None:
    invite, client = reverse("dealers:invite", args=[northgate.public_id]), signed_in(alice)
    typed = {"name": "Wang", "number": "+8613900139000", "role": "dealer_staff", "language": "en"}
    assert client.post(invite, typed | {"submission": "form-7"}).status_code == 200
    again = client.post(invite, typed | {"submission": "form-7"})
    assert (again.status_code, again["Location"]) == (302, reverse("dealers:my_people"))
    assert Invitation.objects.count() == 1


def test_another_file_of_the_same_name_and_size_is_another_form(
    northgate: Dealer, carol: User, signed_in: SignIn, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    client, add = signed_in(carol), reverse("dealers:document_add", args=[northgate.public_id])
    for words in (b"% one\n", b"% one\n", b"% two\n"):
        file = SimpleUploadedFile("licence.pdf", files.pdf(words), content_type="application/pdf")
        typed = {"title": "Licence", "kind": "licence", "number": "1", "file": file, "submission": "form-8"}
        assert client.post(add, typed).status_code == 302
    assert Document.objects.count() == 2


def test_people_who_are_not_signed_in_are_told_apart_by_their_browser(alice: User) -> None:
    reset, sent = reverse("account_reset_password"), {"email": alice.email, "submission": "form-9"}
    first, second = Client(), Client()
    for client in (first, second):
        client.get(reset)
    for client in (first, first, second):
        assert client.post(reset, sent)["Location"] == reverse("account_reset_password_done")
    assert Letter.objects.count() == 2


def test_an_id_is_worth_nothing_to_somebody_else(northgate: Dealer, carol: User, dave: User, signed_in: SignIn) -> None:
    sent = {"text": WORDS, "submission": "form-3"}
    signed_in(carol).post(notes_of(northgate), sent)
    signed_in(factories.person("Erin", "head_of_sales")).post(notes_of(northgate), sent)
    assert InternalNote.objects.count() == 2, "each wrote his own"


def test_a_fragment_is_led_as_fragments_are(northgate: Dealer, carol: User, signed_in: SignIn) -> None:
    client, sent = signed_in(carol), {"text": WORDS, "submission": "form-4"}
    place = client.post(notes_of(northgate), sent)["Location"]
    answer = client.post(notes_of(northgate), sent, headers={"HX-Request": "true"})
    assert answer.status_code == 200 and answer["HX-Redirect"] == place


def test_looking_costs_nothing(northgate: Dealer, carol: User, signed_in: SignIn) -> None:
    client = signed_in(carol)
    with CaptureQueriesContext(connection) as asked:
        client.get(notes_of(northgate))
    assert not [one for one in asked if "core_submission" in one["sql"]]


def test_marks_are_forgotten_after_days(carol: User, northgate: Dealer, signed_in: SignIn) -> None:
    client = signed_in(carol)
    for number in (1, 2):
        client.post(notes_of(northgate), {"text": f"{WORDS} {number}", "submission": f"form-{number}"})
    old = Submission.objects.order_by("key").first()
    assert old is not None
    Submission.objects.filter(pk=old.pk).update(at=now() - 2 * submissions.KEPT)
    assert submissions.sweep() == 1 and Submission.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_double_click_counts_once(northgate: Dealer, carol: User, signed_in: SignIn) -> None:
    """Two connections: the second waits for the first, then is led to where that one led."""
    sent = {"text": WORDS, "submission": "double"}
    clients, answers = [signed_in(carol), signed_in(carol)], []

    def send(client: Client) -> None:
        try:
            answers.append(client.post(notes_of(northgate), sent))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send, args=(client,)) for client in clients]
    with transaction.atomic():
        # The dealer's row is held: the first is stopped in the middle of its effect, the second at the first's mark.
        Dealer.objects.select_for_update().get(pk=northgate.pk)
        with connection.cursor() as cursor:
            cursor.execute("lock table dealers_internalnote in exclusive mode")
        for thread in threads:
            thread.start()
        wait_until_blocked(2)
    for thread in threads:
        thread.join(20)
    assert InternalNote.objects.count() == 1
    assert [answer.status_code for answer in answers] == [302, 302]
    assert len({answer["Location"] for answer in answers}) == 1
