"""A form that is sent twice counts once; what was refused, or leads nowhere, may be sent again."""

import re
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from core import submissions
from core.models import Submission
from dealers.models import Dealer, InternalNote, User
from tests import factories
from tests.racing import wait_until_blocked

type SignIn = Callable[[User], Client]
WORDS = "He asked for a later delivery."
HIDDEN = re.compile(r'name="submission" value="([^"]+)"')


def notes_of(dealer: Dealer) -> str:
    return f"/dealers/{dealer.public_id}/notes/"


def ids_on(page: Any) -> list[str]:
    return HIDDEN.findall(page.content.decode())


def test_every_form_of_a_page_has_an_id_of_its_own(northgate: Dealer, carol: User, signed_in: SignIn) -> None:
    page = signed_in(carol).get(notes_of(northgate)).content.decode()
    posting = len(re.findall(r'<form[^>]*method="post"', page))
    found = HIDDEN.findall(page)
    assert posting and len(found) == posting == len(set(found))


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
