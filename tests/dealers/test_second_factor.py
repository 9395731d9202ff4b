"""One-time codes: obligatory by role, working once, removed by nobody else."""

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.test import Client

from dealers.models import SignIn
from tests.dealers.account import code, delivered, factors, give_factor, is_signed_in, link_in, sign_in
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db
CHECK = "/accounts/second-factor/check/"
SET_UP = "/accounts/second-factor/app/"
REMOVE = "/accounts/second-factor/app/remove/"
CONFIRM = "/accounts/second-factor/confirm/"


@pytest.fixture
def obligatory(settings) -> None:
    settings.SECOND_FACTOR_REQUIRED = True


def set_up(client: Client) -> str:
    page = client.get(SET_UP)
    seed = page.context["form"].secret
    answer = client.post(SET_UP, {"code": code(seed)})
    assert answer.status_code == 302, answer.context["form"].errors
    return str(seed)


def recovery_codes(client: Client) -> list[str]:
    return list(client.get("/accounts/second-factor/recovery/").context["unused_codes"])


@pytest.mark.parametrize("persona", ["alice", "carol", "dave", "erin"])
def test_who_needs_a_factor_and_has_none_sets_it_up_before_anything_else(
    request, obligatory, signed_in, persona
) -> None:
    client = signed_in(request.getfixturevalue(persona))
    assert client.get("/people/").headers["Location"] == SET_UP
    fragment = client.get("/people/", headers={"hx-request": "true"})
    assert (fragment.headers["HX-Redirect"], fragment.content) == (SET_UP, b"")
    assert client.get("/accounts/preferences/").status_code == 200


def test_who_does_not_need_one_works_without(obligatory, ann, signed_in) -> None:
    assert signed_in(ann).get("/people/").status_code == 200


def test_the_demo_may_switch_the_duty_off(alice, signed_in, settings) -> None:
    settings.SECOND_FACTOR_REQUIRED = False
    assert signed_in(alice).get("/people/").status_code == 200


def test_a_role_that_the_table_does_not_know_counts_as_one_that_needs_it(obligatory, ann, signed_in) -> None:
    ann.groups.add(Group.objects.create(name="invented_in_the_admin"))
    assert signed_in(ann).get("/people/").headers["Location"] == SET_UP


def test_setting_up_right_after_signing_in_opens_the_portal_and_hands_out_recovery_codes(obligatory, alice) -> None:
    client = Client()
    sign_in(client, alice.email)
    seed = set_up(client)
    assert len(recovery_codes(client)) == 10
    assert set(recovery_codes(client)) == {"****"}  # shown once
    assert client.get("/people/").status_code == 200
    assert factors(alice) == {"totp", "recovery_codes"}
    assert seed not in str(Authenticator.objects.filter(user=alice).values_list("data", flat=True))
    assert SignIn.objects.filter(what="factor_added", user=alice).exists()
    (warning,) = delivered()
    assert warning.to == [alice.email]


def test_setting_up_needs_the_password_again_once_signing_in_is_a_while_ago(alice, time_machine) -> None:
    time_machine.move_to("2030-01-01T10:00:00Z")
    client = Client()
    sign_in(client, alice.email)
    time_machine.move_to("2030-01-01T10:06:00Z")
    assert client.get(SET_UP).headers["Location"].startswith("/accounts/confirm/")


def test_signing_in_asks_for_the_code(alice) -> None:
    seed = give_factor(alice)
    client = Client()
    assert sign_in(client, alice.email).headers["Location"] == CHECK
    assert not is_signed_in(client)
    client.post(CHECK, {"code": "000000"})
    assert not is_signed_in(client)
    client.post(CHECK, {"code": code(seed)})
    assert is_signed_in(client)
    assert SignIn.objects.filter(what="code_failed", user=alice).count() == 1


@pytest.mark.parametrize("steps", [-1, 0, 1])
def test_a_telephones_clock_may_be_off_by_half_a_minute(alice, steps, time_machine) -> None:
    time_machine.move_to("2030-01-01T10:00:10Z", tick=False)
    seed = give_factor(alice)
    client = Client()
    sign_in(client, alice.email)
    client.post(CHECK, {"code": code(seed, steps=steps)})
    assert is_signed_in(client)


@pytest.mark.parametrize("seconds", [0, 31, 59])
def test_a_code_works_once_over_the_whole_span_in_which_it_would_fit(alice, time_machine, seconds) -> None:
    time_machine.move_to("2030-01-01T10:00:00Z", tick=False)
    seed = give_factor(alice)
    used = code(seed, steps=1)
    first = Client()
    sign_in(first, alice.email)
    first.post(CHECK, {"code": used})
    assert is_signed_in(first)

    time_machine.shift(seconds)
    thief = Client()
    sign_in(thief, alice.email)
    thief.post(CHECK, {"code": used})
    assert not is_signed_in(thief)


def test_the_code_that_proved_the_set_up_does_not_sign_in(alice, time_machine) -> None:
    time_machine.move_to("2030-01-01T10:00:00Z", tick=False)
    client = Client()
    sign_in(client, alice.email)
    seed = set_up(client)
    other = Client()
    sign_in(other, alice.email)
    other.post(CHECK, {"code": code(seed)})
    assert not is_signed_in(other)


def test_a_recovery_code_works_once(alice) -> None:
    client = Client()
    sign_in(client, alice.email)
    set_up(client)
    spare = recovery_codes(client)[0]
    for works in (True, False):
        other = Client()
        sign_in(other, alice.email)
        other.post(CHECK, {"code": spare})
        assert is_signed_in(other) is works
        cache.clear()  # it is the database that remembers a recovery code


def test_guessing_codes_is_throttled(alice) -> None:
    seed = give_factor(alice)
    client = Client()
    sign_in(client, alice.email)
    for guess in range(8):
        client.post(CHECK, {"code": f"00000{guess}"})
    client.post(CHECK, {"code": code(seed)})
    assert not is_signed_in(client)


def test_a_reset_by_mail_does_not_go_around_the_second_factor(alice) -> None:
    give_factor(alice)
    client = Client()
    client.post("/accounts/reset/", {"email": alice.email})
    message = delivered()[-1]
    page = client.get(link_in(message), follow=True)
    chosen = {"password1": "a quite new password", "password2": "a quite new password"}
    client.post(page.request["PATH_INFO"], chosen)
    assert not is_signed_in(client)
    assert sign_in(client, alice.email, "a quite new password").headers["Location"] == CHECK
    assert "totp" in factors(alice)


def test_removing_the_factor_needs_a_fresh_code_not_the_password(alice, time_machine) -> None:
    time_machine.move_to("2030-01-01T10:00:00Z", tick=False)
    seed = give_factor(alice)
    client = Client()
    sign_in(client, alice.email)
    client.post(CHECK, {"code": code(seed)})
    assert client.post(REMOVE).headers["Location"].startswith(CONFIRM)
    assert client.get("/accounts/confirm/").headers["Location"].startswith(CONFIRM)  # the password is not offered
    client.post("/accounts/confirm/", {"password": PASSWORD})
    client.post(REMOVE)
    assert "totp" in factors(alice)

    time_machine.shift(90)
    key = client.session.session_key
    client.post(CONFIRM, {"code": code(seed)})
    assert client.session.session_key != key
    client.post(REMOVE)
    assert factors(alice) == set()
    assert is_signed_in(client)
    assert set(SignIn.objects.values_list("what", flat=True)) >= {"confirmed", "factor_removed"}


def test_granting_a_role_asks_for_a_fresh_proof(erin, signed_in, time_machine) -> None:
    time_machine.move_to("2030-01-01T10:00:00Z", tick=False)
    client = Client()
    sign_in(client, erin.email)
    assert client.get("/people/ours/invite/").status_code == 200
    time_machine.shift(301)
    asked = client.get("/people/ours/invite/")
    assert asked.headers["Location"] == "/accounts/confirm/?next=%2Fpeople%2Fours%2Finvite%2F"
    back = client.post(asked.headers["Location"], {"password": PASSWORD, "next": "/people/ours/invite/"})
    assert back.headers["Location"] == "/people/ours/invite/"
    assert client.get("/people/ours/invite/").status_code == 200


def test_with_a_factor_the_fresh_proof_is_the_code(erin, time_machine) -> None:
    time_machine.move_to("2030-01-01T10:00:00Z", tick=False)
    seed = give_factor(erin)
    client = Client()
    sign_in(client, erin.email)
    client.post(CHECK, {"code": code(seed)})
    time_machine.shift(301)
    assert client.get("/people/ours/invite/").headers["Location"].startswith(CONFIRM)
