"""How long a browser stays signed in, and what ends it."""

import subprocess
import sys
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from dealers.models import Assignment, Session, SignIn, User
from tests.dealers.account import give_factor, is_signed_in, sign_in
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db
PAGE = "/accounts/sessions/"


@pytest.fixture
def ten(time_machine) -> Any:
    time_machine.move_to("2030-01-01T10:00:00Z", tick=False)
    return time_machine


@pytest.mark.parametrize(("persona", "minutes"), [("carol", 30), ("alice", 60)])
def test_a_session_ends_when_it_is_left_alone(request, ten, signed_in, persona, minutes) -> None:
    client = signed_in(request.getfixturevalue(persona))
    ten.shift(minutes * 60 - 1)
    assert client.get("/people/ours/" if persona == "carol" else "/people/").status_code == 200
    ten.shift(minutes * 60 + 60)
    assert client.get("/people/").headers["Location"] == "/accounts/sign-in/?next=/people/"
    assert SignIn.objects.filter(what="session_over").exists()
    assert not Session.objects.filter(user__isnull=False).exists()


def test_a_session_ends_after_twelve_hours_however_busy(ten, alice, signed_in) -> None:
    client = signed_in(alice)
    for _quarter in range(4 * 12):
        ten.shift(15 * 60 - 1)
        assert is_signed_in(client)
    ten.shift(60)
    assert not is_signed_in(client)


def test_a_fragment_of_an_ended_session_sends_the_whole_page_to_sign_in(ten, alice, signed_in) -> None:
    client = signed_in(alice)
    ten.shift(3601)
    headers = {"hx-request": "true", "hx-current-url": "http://testserver/people/?page=2"}
    assert client.get("/people/", headers=headers).headers["HX-Redirect"] == "/accounts/sign-in/?next=%2Fpeople%2F"


def disable(user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


def lose_a_role(user: User) -> None:
    user.groups.clear()


def gain_a_role(user: User) -> None:
    user.groups.add(Group.objects.get(name="dealer_staff"))


def get_another_password(user: User) -> None:
    user.set_password("something else entirely")
    User.objects.filter(pk=user.pk).update(password=user.password)


def get_another_address(user: User) -> None:
    User.objects.filter(pk=user.pk).update(email="moved@example.com")


@pytest.mark.parametrize(
    "change", [disable, lose_a_role, gain_a_role, get_another_password, get_another_address, give_factor]
)
def test_every_session_ends_at_the_next_request_after_a_change(alice, change) -> None:
    clients = [Client(), Client()]
    for client in clients:
        sign_in(client, alice.email)
        assert is_signed_in(client)
    change(alice)
    assert [is_signed_in(client) for client in clients] == [False, False]


def test_staffs_sessions_end_when_an_assignment_changes(carol, signed_in) -> None:
    client = signed_in(carol)
    Assignment.objects.filter(user=carol).update(ends_on=date(2020, 1, 2))
    assert not is_signed_in(client)


def test_enabling_an_account_again_does_not_bring_its_sessions_back(alice, signed_in) -> None:
    client = signed_in(alice)
    disable(alice)
    User.objects.filter(pk=alice.pk).update(is_active=True)
    assert not is_signed_in(client)


def test_saving_a_stale_copy_of_the_account_does_not_bring_sessions_back(alice, signed_in) -> None:
    stale = User.objects.get(pk=alice.pk)
    client = signed_in(alice)
    lose_a_role(alice)
    stale.save()
    assert not is_signed_in(client)


def test_other_changes_of_the_account_end_nothing(alice, signed_in) -> None:
    client = signed_in(alice)
    User.objects.filter(pk=alice.pk).update(title="Owner", language="zh-hans", last_login=datetime.now(tz=UTC))
    assert is_signed_in(client)


def test_who_changes_the_own_password_stays_here_under_a_new_key_and_nowhere_else(alice) -> None:
    here, there = Client(), Client()
    for client in (here, there):
        sign_in(client, alice.email)
    key = here.session.session_key
    new = "something else entirely"
    answer = here.post("/accounts/password/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert answer.status_code == 302
    assert is_signed_in(here)
    assert here.session.session_key != key
    assert not is_signed_in(there)


def test_signing_in_gives_a_new_key(alice) -> None:
    client = Client()
    client.get("/accounts/sign-in/")
    session = client.session
    session["planted"] = "by somebody else"
    session.save()
    planted = session.session_key
    client.cookies["entente_session"] = str(planted)
    sign_in(client, alice.email)
    assert client.session.session_key != planted
    assert not Session.objects.filter(session_key=planted).exists()


def test_people_see_their_own_sessions_and_end_one_or_all_others(alice, bob) -> None:
    here = Client(headers={"user-agent": "Here"})
    others = [Client(headers={"user-agent": name}) for name in ("Office", "Telephone")]
    stranger = Client(headers={"user-agent": "Stranger"})
    for client in (here, *others):
        sign_in(client, alice.email)
    sign_in(stranger, bob.email)
    page = here.get(PAGE).content.decode()
    assert "Office" in page
    assert "Telephone" in page
    assert "Stranger" not in page

    office = Session.objects.get(agent="Office")
    here.post(PAGE, {"session": office.public_id})
    assert [is_signed_in(client) for client in (here, *others)] == [True, False, True]
    here.post(PAGE, {"session": Session.objects.get(agent="Stranger").public_id})
    assert is_signed_in(stranger)
    here.post(PAGE)
    assert [is_signed_in(client) for client in (here, *others)] == [True, False, False]
    assert office.session_key not in page


def test_the_account_pages_send_strangers_to_sign_in() -> None:
    for page in (PAGE, "/accounts/preferences/", "/accounts/password/", "/accounts/second-factor/"):
        assert Client().get(page).headers["Location"].startswith("/accounts/sign-in/"), page


def test_preferences_are_kept_and_spoken_at_once(ann, signed_in) -> None:
    client = signed_in(ann)
    typed = {"name": "Ann Bell", "title": "Buyer", "language": "zh-hans", "theme": "dark", "time_zone": "Asia/Shanghai"}
    client.post("/accounts/preferences/", typed)
    ann.refresh_from_db()
    assert {name: getattr(ann, name) for name in typed} == typed
    page = client.get("/accounts/preferences/")
    assert page.headers["Content-Language"] == "zh-hans"
    assert 'data-theme="dark"' in page.content.decode()


def test_preferences_change_nothing_that_is_not_asked_for(ann, bob, signed_in) -> None:
    typed = {"name": "Ann", "language": "en", "theme": "auto", "time_zone": "UTC"}
    extra = {"email": "new@example.com", "dealer": bob.dealer_id, "kind": "staff", "is_active": ""}
    signed_in(ann).post("/accounts/preferences/", typed | extra)
    before = (ann.email, ann.dealer_id, ann.kind, True)
    ann.refresh_from_db()
    assert (ann.email, ann.dealer_id, ann.kind, ann.is_active) == before


@pytest.mark.parametrize("site", ["https://portal.example", "http://localhost:8000"])
def test_cookies_carry_the_host_prefix_where_the_site_is_https(site) -> None:
    ask = (
        "from django.conf import settings as s; print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.DEVICE_COOKIE_NAME)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", ask],
        env={"SITE_URL": site, "DJANGO_SETTINGS_MODULE": "config.settings", "PATH": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    assert all(name.startswith("__Host-") for name in ran.stdout.split()) is site.startswith("https")
