"""Coming in by e-mail address or mobile number, and what stands in the way of those who guess."""

from typing import Any

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail
from django.core.mail import EmailMessage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from dealers.models import Dealer, Letter, SignIn, User
from tests import factories
from tests.dealers import account
from tests.dealers.account import delivered, is_signed_in, link_in, sign_in
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db
RESET = "/accounts/reset/"


@pytest.fixture
def mobile_only(northgate: Dealer) -> User:
    return factories.person("Mo", "dealer_staff", dealer=northgate, email="", mobile="138 0013 8000")


def faults(answer: Any) -> list[str]:
    return [str(error) for errors in answer.context["form"].errors.values() for error in errors]


@pytest.mark.parametrize("typed", ["{email}", " {email} ", "{EMAIL}"])
def test_an_email_address_opens_the_account(ann, typed) -> None:
    client = Client()
    answer = sign_in(client, typed.format(email=ann.email, EMAIL=ann.email.upper()))
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert is_signed_in(client)


@pytest.mark.parametrize("typed", ["13800138000", "+86 138-0013-8000", "0086 13800138000"])
def test_a_mobile_number_opens_the_account_however_it_is_written(mobile_only, typed) -> None:
    client = Client()
    sign_in(client, typed)
    assert is_signed_in(client)


def test_the_answer_is_the_same_for_a_wrong_password_an_unknown_name_and_a_disabled_account(ann, mobile_only) -> None:
    off = factories.person("Off", "dealer_staff", dealer=ann.dealer, is_active=False)
    answers = [
        sign_in(Client(), ann.email, "not the password"),
        sign_in(Client(), "nobody@example.com"),
        sign_in(Client(), str(off.email)),
        sign_in(Client(), mobile_only.mobile, "not the password"),
        sign_in(Client(), "+8613900000000"),
        sign_in(Client(), "neither of both"),
    ]
    assert {answer.status_code for answer in answers} == {200}
    assert len({tuple(faults(answer)) for answer in answers}) == 1


def test_every_attempt_costs_one_hash_whether_the_account_exists_or_not(ann, monkeypatch) -> None:
    hashed = []
    real = MD5PasswordHasher.encode

    def counted(self: MD5PasswordHasher, *words: str) -> str:
        hashed.append(1)
        return real(self, *words)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
    for name in (ann.email, "nobody@example.com", "+8613900000000"):
        sign_in(Client(), name, "not the password")
        assert len(hashed) == 1, name
        hashed.clear()


def test_nobody_signs_up(client) -> None:
    assert client.get("/accounts/signup/").status_code == 404


def test_a_name_is_refused_after_eight_failures_known_or_not_and_the_right_password_too(ann) -> None:
    for name in (ann.email, "nobody@example.com"):
        for _attempt in range(8):
            sign_in(Client(), name, "not the password")
        assert "Too many attempts" in faults(sign_in(Client(), name))[0]
    assert SignIn.objects.filter(what="throttled").count() == 2


def test_throttling_ends_by_itself_after_five_minutes(ann, time_machine) -> None:
    time_machine.move_to("2030-01-01T10:00:00Z")
    for _attempt in range(9):
        sign_in(Client(), ann.email, "not the password")
    time_machine.move_to("2030-01-01T10:05:01Z")
    client = Client()
    sign_in(client, ann.email)
    assert is_signed_in(client)


def test_an_outsider_cannot_keep_a_known_browser_out(ann) -> None:
    own = Client()
    sign_in(own, ann.email)
    own.post("/accounts/sign-out/")
    for _attempt in range(9):
        sign_in(Client(), ann.email, "not the password")
    sign_in(own, ann.email)
    assert is_signed_in(own)


def test_one_address_cannot_try_many_names_and_invented_forwarding_headers_change_nothing(ann) -> None:
    for attempt in range(31):
        sign_in(Client(), f"guess{attempt}@example.com", "guess", headers={"x-forwarded-for": f"10.0.0.{attempt}"})
    refused = sign_in(Client(), ann.email, headers={"x-forwarded-for": "10.9.9.9"})
    assert "Too many attempts" in faults(refused)[0]
    elsewhere = Client(REMOTE_ADDR="192.0.2.7")
    sign_in(elsewhere, ann.email)
    assert is_signed_in(elsewhere)


def test_many_addresses_together_run_into_the_common_limit(ann, settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"login_failed_anywhere": "5/5m/key"}
    for attempt in range(5):
        sign_in(Client(REMOTE_ADDR=f"192.0.2.{attempt}"), f"guess{attempt}@example.com", "guess")
    assert "Too many attempts" in faults(sign_in(Client(REMOTE_ADDR="192.0.2.99"), ann.email))[0]


def test_the_log_tells_who_came_and_who_did_not_and_never_what_was_typed(ann) -> None:
    client = Client(headers={"user-agent": "Firefox"})
    sign_in(client, ann.email, "a password typed wrongly")
    sign_in(client, "a password typed as a name", "x")
    sign_in(client, ann.email)
    client.post("/accounts/sign-out/")
    kept = list(SignIn.objects.order_by("pk").values_list("what", "user", "agent", "address"))
    assert [what for what, *_ in kept] == ["failed", "failed", "signed_in", "signed_out"]
    assert kept[2][1:] == (ann.pk, "Firefox", "127.0.0.1")
    everything = str(list(SignIn.objects.values()))
    assert "typed" not in everything
    assert PASSWORD not in everything


def test_the_failed_attempt_stays_although_the_page_is_refused(ann) -> None:
    """Over 60 requests a minute the answer is a 429, and the log of the attempts before it stands."""
    client = Client()
    answers = [sign_in(client, f"guess{n}@example.com", "guess").status_code for n in range(61)]
    assert answers[-1] == 429
    assert SignIn.objects.filter(what="failed").count() == 30


# ---- a new password -------------------------------------------------------------------------------
def test_a_reset_link_comes_by_mail_works_once_and_ends_every_session(ann) -> None:
    elsewhere = Client()
    sign_in(elsewhere, ann.email)
    client = Client()
    client.post(RESET, {"email": ann.email})
    (message,) = delivered()
    assert message.to == [ann.email]
    page = client.get(link_in(message), follow=True)
    address = page.request["PATH_INFO"]
    chosen = {"password1": "a quite new password", "password2": "a quite new password"}
    assert client.post(address, chosen, follow=True).status_code == 200

    assert not is_signed_in(elsewhere)
    assert sign_in(Client(), ann.email).status_code == 200  # the old password
    assert sign_in(Client(), ann.email, "a quite new password").status_code == 302
    assert Client().get(link_in(message)).context["token_fail"]
    assert set(SignIn.objects.values_list("what", flat=True)) >= {"reset_asked", "reset_done"}
    (warning,) = delivered()
    assert "was changed" in warning.subject


def test_asking_for_a_reset_answers_and_does_the_same_for_a_name_that_does_not_exist(ann) -> None:
    statements = []
    answers = []
    for name in (ann.email, "nobody@example.com"):
        with CaptureQueriesContext(connection) as asked:
            answers.append(Client().post(RESET, {"email": name}))
        ran = [query["sql"].split(" VALUES ")[0] for query in asked.captured_queries]
        statements.append([sql for sql in ran if "SAVEPOINT" not in sql])
    assert statements[0] == statements[1]
    assert [(one.status_code, one.headers["Location"]) for one in answers] == [(302, "/accounts/reset/sent/")] * 2
    assert len(delivered()) == 1
    assert not Letter.objects.exclude(name="").exists()  # what was typed is forgotten once it was dealt with


def test_a_reset_by_mobile_number_goes_to_the_accounts_mailbox(northgate) -> None:
    both = factories.person("Both", "dealer_staff", dealer=northgate, email="both@example.com", mobile="13800138001")
    Client().post(RESET, {"email": "138 0013 8001"})
    (message,) = delivered()
    assert message.to == [both.email]


@pytest.mark.parametrize("change", ["deactivated", "too_old", "password_changed"])
def test_a_reset_link_is_void(ann, change, time_machine) -> None:
    time_machine.move_to("2030-01-01T10:00:00Z")
    Client().post(RESET, {"email": ann.email})
    (message,) = delivered()
    if change == "deactivated":
        User.objects.filter(pk=ann.pk).update(is_active=False)
        User.objects.filter(pk=ann.pk).update(is_active=True)  # enabled again: the old link stays void
    elif change == "too_old":
        time_machine.move_to("2030-01-01T11:00:02Z")
    else:
        ann.set_password("changed in the meantime")
        ann.save()
    assert Client().get(link_in(message)).context["token_fail"]


def test_a_disabled_account_gets_no_reset_link(ann) -> None:
    User.objects.filter(pk=ann.pk).update(is_active=False)
    Client().post(RESET, {"email": ann.email})
    assert delivered() == []


def test_the_links_host_is_the_settings_never_the_requests(ann, settings) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    settings.SITE_URL = "https://portal.example"
    Client().post(RESET, {"email": ann.email}, headers={"host": "evil.example"})
    (message,) = delivered()
    assert "https://portal.example/accounts/reset/" in message.body
    assert "evil" not in message.body


def test_a_letter_that_could_not_be_sent_is_tried_again(ann, monkeypatch) -> None:
    Client().post(RESET, {"email": ann.email})
    real = EmailMessage.send
    monkeypatch.setattr(EmailMessage, "send", lambda *_a, **_k: (_ for _ in ()).throw(OSError("mail server away")))
    assert delivered() == []
    monkeypatch.setattr(EmailMessage, "send", real)
    letter = Letter.objects.get()
    assert (letter.sent_at, letter.attempts, letter.last_error) == (None, 1, "OSError")
    Letter.objects.update(not_before=letter.asked_at)
    assert len(delivered()) == 1
    assert mail.outbox[0].extra_headers["Message-ID"].startswith(f"<letter-{letter.pk}@")
    assert delivered() == []


@pytest.mark.parametrize(("password", "is_fine"), [
    ("short one", False), ("password1234", False), ("x" * 12 + "7qz!", True), ("长" * 12 + "城墙", True),
    ("q7" * 65, False),
])  # fmt: skip
def test_passwords_are_long_not_complicated(ann, password, is_fine) -> None:
    client = Client()
    sign_in(client, ann.email)
    typed = {"oldpassword": PASSWORD, "password1": password, "password2": password}
    answer = client.post("/accounts/password/", typed)
    assert (answer.status_code == 302) is is_fine


def test_the_administration_has_no_sign_in_of_its_own(erin, ann, signed_in) -> None:
    assert Client().get("/admin/login/").headers["Location"].startswith(account.LOGIN)
    assert Client().post("/admin/login/", {"username": erin.email, "password": PASSWORD}).status_code == 302
    assert signed_in(ann).get("/admin/login/").status_code == 404


def test_a_letter_tells_the_time_where_its_reader_is(ann) -> None:
    User.objects.filter(pk=ann.pk).update(time_zone="Asia/Shanghai")
    letter = Letter.objects.create(what="password_changed", user=ann, not_before="2030-01-01T20:00:00Z")
    Letter.objects.filter(pk=letter.pk).update(asked_at="2030-01-01T20:00:00Z", not_before="2020-01-01T00:00:00Z")
    (message,) = delivered()
    assert "04:00" in message.body
