"""The outbox: no notice is lost, none is told twice, whatever fails on the way."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models.functions import Now
from pytest_django import Settings

from communications import outbox
from dealers.models import Delivery, Event, User
from tests.communications.smtp import MailServer

State = Delivery.State
type Tell = Callable[..., Event]


def one(channel: str = "email") -> Delivery:
    return Delivery.objects.get(channel=channel)


def an_hour_later() -> None:
    """Pauses are over, leases have run out."""
    Delivery.objects.update(not_before=Now() - timedelta(seconds=1))
    Delivery.objects.exclude(lease_until=None).update(lease_until=Now() - timedelta(seconds=1))


def test_a_notice_reaches_its_person_once_however_often_the_outbox_is_drained(
    mail: MailServer, tell: Tell, carol: User
) -> None:
    tell(carol, reason="The licence is complete.")
    outbox.drain()
    outbox.drain()
    assert len(mail.taken) == 1
    assert (one().state, one("bell").state) == (State.SENT, State.SENT)
    assert one().sent_at is not None


def test_the_same_key_tells_a_person_once(mail: MailServer, tell: Tell, carol: User) -> None:
    tell(carol, key="licence 7 expires in 30 days")
    tell(carol, key="licence 7 expires in 30 days")
    outbox.drain()
    assert len(mail.taken) == 1


def test_a_mail_server_that_refuses_is_left_alone_for_a_while_and_nothing_is_lost(
    mail: MailServer, tell: Tell, carol: User, alice: User
) -> None:
    mail.greeting = "421 come back later"
    tell(carol, alice)
    outbox.drain()
    waiting = Delivery.objects.filter(channel="email")
    assert {(each.state, each.attempts) for each in waiting} == {(State.WAITING, 1)}
    assert all("421" in each.last_error for each in waiting)
    mail.greeting = "220 here again"
    outbox.drain()
    assert mail.taken == []  # the pause holds
    an_hour_later()
    outbox.drain()
    outbox.drain()
    assert len(mail.taken) == 2
    assert {each.state for each in waiting.all()} == {State.SENT}


def test_a_mail_server_that_is_not_there_costs_one_try_for_all(
    mail: MailServer, tell: Tell, carol: User, alice: User, settings: Settings
) -> None:
    settings.MAILERS["default"]["OPTIONS"]["port"] = 1  # nobody listens there
    tell(carol, alice)
    outbox.drain()
    assert set(Delivery.objects.filter(channel="email").values_list("state", "attempts")) == {(State.WAITING, 1)}


def test_an_address_refused_for_good_becomes_a_dead_letter_and_others_go_out(
    mail: MailServer, tell: Tell, carol: User
) -> None:
    mail.recipient = "550 no such person"
    tell(carol)
    outbox.drain()
    assert one().state == State.FAILED
    assert "no such person" in one().last_error
    assert one("bell").state == State.SENT


def test_an_address_refused_for_now_is_tried_again(mail: MailServer, tell: Tell, carol: User) -> None:
    mail.recipient = "450 the box is full"
    tell(carol)
    outbox.drain()
    assert one().state == State.WAITING
    mail.recipient = "250 fine"
    an_hour_later()
    outbox.drain()
    assert len(mail.taken) == 1


def test_after_three_days_of_trying_a_notice_becomes_a_dead_letter(mail: MailServer, tell: Tell, carol: User) -> None:
    mail.greeting = "421 never again"
    tell(carol)
    outbox.drain()
    Delivery.objects.filter(channel="email").update(attempts=77)
    an_hour_later()
    outbox.drain()
    assert (one().state, one().attempts) == (State.FAILED, 78)


def test_a_worker_killed_before_the_hand_over_loses_nothing(mail: MailServer, tell: Tell, carol: User) -> None:
    tell(carol)
    assert [each.channel for each in outbox._claim()] == ["email"]  # and here it dies
    outbox.drain()
    assert mail.taken == []  # the lease holds
    an_hour_later()
    outbox.drain()
    assert len(mail.taken) == 1


def test_a_worker_killed_after_the_hand_over_repeats_it_once_with_the_same_message_id(
    mail: MailServer, tell: Tell, carol: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        """kill -9: nothing that comes after it runs."""

    def dies(*_delivery: object, **_facts: object) -> None:
        raise Killed

    tell(carol)
    with monkeypatch.context() as patched, pytest.raises(Killed):
        patched.setattr(outbox, "_finish", dies)
        outbox.drain()
    assert one().state == State.SENDING
    an_hour_later()
    outbox.drain()
    outbox.drain()
    assert len(mail.taken) == 2
    assert len(set(mail.ids)) == 1
    assert (one().state, one().stopped) == (State.SENT, 1)


def test_what_kills_its_worker_three_times_becomes_a_dead_letter_and_does_not_hold_up_others(
    mail: MailServer, tell: Tell, carol: User, alice: User
) -> None:
    tell(carol)
    for _death in range(3):
        (poison,) = outbox._claim()
        assert outbox._begin(poison)
        an_hour_later()
    tell(alice)
    outbox.drain()
    assert Delivery.objects.get(channel="email", recipient_id=carol.pk).state == State.FAILED
    assert [message["To"] for message in mail.taken] == [alice.email]


def test_a_worker_that_lost_its_claim_does_not_overwrite_the_other(mail: MailServer, tell: Tell, carol: User) -> None:
    tell(carol)
    (slow,) = outbox._claim()
    an_hour_later()
    outbox.drain()
    assert outbox._begin(slow) is False
    outbox._finish(slow, State.FAILED, last_error="too late")
    assert (one().state, one().last_error) == (State.SENT, "")


def test_who_may_no_longer_see_the_dealer_is_not_told_of_it(mail: MailServer, tell: Tell, carol: User) -> None:
    tell(carol)
    carol.assignments.all().delete()
    outbox.drain()
    assert mail.taken == []
    assert one().state == State.SKIPPED


def test_who_may_no_longer_sign_in_is_not_told(mail: MailServer, tell: Tell, alice: User) -> None:
    tell(alice)
    User.objects.filter(pk=alice.pk).update(is_active=False)
    outbox.drain()
    assert mail.taken == []


def test_another_dealers_person_is_never_told(mail: MailServer, tell: Tell, bob: User) -> None:
    tell(bob)
    outbox.drain()
    assert mail.taken == []


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_deliver_each_notice_once(mail: MailServer, tell: Tell, carol: User, alice: User) -> None:
    for _time in range(15):
        tell(carol, alice)
    together = threading.Barrier(2)

    def work() -> None:
        try:
            together.wait(5)
            outbox.drain()
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _worker in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(mail.ids) == sorted(set(mail.ids))
    assert len(mail.taken) == 30
    assert set(Delivery.objects.values_list("state", flat=True)) == {State.SENT}
