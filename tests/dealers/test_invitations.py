"""Accounts are opened by invitation: who may invite whom, and a link that works once."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from core.database.context import acting
from core.errors import NotYours
from dealers.models import Assignment, Dealer, Event, Invitation, User
from dealers.services import invitations, links
from tests import factories
from tests.dealers.account import delivered, is_signed_in, link_in, sign_in

pytestmark = pytest.mark.django_db
NEW = "a quite new password"


@pytest.fixture
def olga(world) -> User:
    """Channel operations: everywhere, every line."""
    return factories.person("Olga", "channel_operations")


def asked(**typed: Any) -> dict[str, Any]:
    return {"name": "Nia", "role": "dealer_staff", "email": "nia@example.com", "number": "", "language": "en"} | typed


def invite_page(dealer: Dealer) -> str:
    return f"/dealers/{dealer.public_id}/people/invite/"


def answered(**typed: Any) -> dict[str, Any]:
    return {"name": "Nia Novak", "language": "en", "password": NEW} | typed


def test_from_the_invitation_to_the_own_page(alice, northgate, signed_in) -> None:
    signed_in(alice).post(invite_page(northgate), asked())
    (message,) = delivered()
    assert message.to == ["nia@example.com"]
    nia = Client()
    page = nia.get(link_in(message)).content.decode()
    assert "Alice invited you" in page
    answer = nia.post(link_in(message), answered(language="zh-hans"))
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert is_signed_in(nia)
    assert nia.get("/people/").status_code == 200
    user = User.objects.get(email="nia@example.com")
    assert (user.dealer, user.kind, user.language, user.name) == (northgate, "dealer", "zh-hans", "Nia Novak")
    assert [group.name for group in user.groups.all()] == ["dealer_staff"]
    assert set(Event.objects.values_list("kind", flat=True)) == {"invitation.sent", "invitation.accepted"}


def test_the_new_account_signs_in_with_the_password_that_was_chosen(alice, northgate) -> None:
    token = links.mint(_invited(alice, northgate)).rsplit("/", 2)[-2]
    invitations.accept(token, name="Nia", password=NEW, language="en")
    client = Client()
    sign_in(client, "nia@example.com", NEW)
    assert is_signed_in(client)


def test_an_executive_sets_up_the_second_factor_before_anything_else(alice, northgate, signed_in, settings) -> None:
    signed_in(alice).post(invite_page(northgate), asked(role="dealer_executive"))
    (message,) = delivered()
    settings.SECOND_FACTOR_REQUIRED = True
    nia = Client()
    nia.post(link_in(message), answered())
    assert nia.get("/people/").headers["Location"] == "/accounts/second-factor/app/"
    assert nia.get("/accounts/second-factor/app/").status_code == 200  # the password was given a moment ago


def test_a_link_works_once(alice, northgate, signed_in) -> None:
    signed_in(alice).post(invite_page(northgate), asked())
    (message,) = delivered()
    assert Client().post(link_in(message), answered()).status_code == 302
    second = Client().post(link_in(message), answered(password="somebody elses password"))
    assert second.status_code == 409
    assert "no longer works" in second.content.decode()
    assert User.objects.filter(email="nia@example.com").count() == 1


@pytest.mark.parametrize("change", ["withdrawn", "expired", "resent", "dealer suspended", "dealer ended"])
def test_a_link_is_void(alice, northgate, signed_in, change) -> None:
    client = signed_in(alice)
    client.post(invite_page(northgate), asked())
    (message,) = delivered()
    invitation = Invitation.objects.get()
    match change:
        case "withdrawn":
            client.post(f"/invitations/{invitation.public_id}/withdraw/")
        case "expired":
            Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
        case "resent":
            client.post(f"/invitations/{invitation.public_id}/resend/")
            delivered()
        case "dealer suspended":
            Dealer.objects.update(status="suspended")
        case "dealer ended":
            Dealer.objects.update(status="ended")
    assert Client().post(link_in(message), answered()).status_code == 409
    assert not User.objects.filter(email="nia@example.com").exists()


def test_a_link_holds_for_72_hours(alice, northgate, signed_in, time_machine) -> None:
    time_machine.move_to("2030-01-01T10:00:00Z", tick=False)
    signed_in(alice).post(invite_page(northgate), asked())
    (message,) = delivered()
    time_machine.shift(72 * 3600 - 1)
    assert Client().get(link_in(message)).status_code == 200
    time_machine.shift(2)
    assert Client().get(link_in(message)).status_code == 409


def test_sending_again_brings_a_new_link_that_works(alice, northgate, signed_in) -> None:
    client = signed_in(alice)
    client.post(invite_page(northgate), asked())
    delivered()
    client.post(f"/invitations/{Invitation.objects.get().public_id}/resend/")
    (message,) = delivered()
    assert Client().post(link_in(message), answered()).status_code == 302


def test_what_is_bound_to_the_invitation_cannot_be_changed_by_who_accepts(
    alice, northgate, southport, signed_in
) -> None:
    signed_in(alice).post(invite_page(northgate), asked())
    (message,) = delivered()
    more = {"email": "evil@example.com", "dealer": southport.pk, "role": "administrator", "kind": "staff", "groups": 1}
    Client().post(link_in(message), answered() | more)
    user = User.objects.get(name="Nia Novak")
    assert (user.email, user.dealer, user.kind) == ("nia@example.com", northgate, "dealer")
    assert [group.name for group in user.groups.all()] == ["dealer_staff"]


def test_only_the_hash_of_a_link_is_stored(alice, northgate, signed_in) -> None:
    signed_in(alice).post(invite_page(northgate), asked())
    (message,) = delivered()
    token = link_in(message).rsplit("/", 2)[-2]
    assert len(token) == 43  # 256 bits
    with connection.cursor() as cursor:
        cursor.execute(
            "select string_agg(t::text, '') from (select i::text t from dealers_invitation i "
            "union all select l::text from dealers_letter l union all select c::text from core_change c "
            "union all select e::text from dealers_event e) as t"
        )
        (everything,) = cursor.fetchone()
    assert token not in everything
    assert links.hash_of(token) in everything


def test_a_password_that_is_too_short_opens_nothing_and_keeps_the_link(alice, northgate, signed_in) -> None:
    signed_in(alice).post(invite_page(northgate), asked())
    (message,) = delivered()
    refused = Client().post(link_in(message), answered(password="short"))
    assert refused.status_code == 200
    assert refused.context["form"].errors["password"]
    assert Client().post(link_in(message), answered()).status_code == 302


# ---- who may invite whom --------------------------------------------------------------------------
def test_an_executive_invites_into_the_own_company_only(alice, ann, southport, northgate, signed_in) -> None:
    assert signed_in(alice).post(invite_page(southport), asked()).status_code == 404
    assert signed_in(ann).post(invite_page(northgate), asked()).status_code == 403
    assert not Invitation.objects.exists()


@pytest.mark.parametrize("role", ["administrator", "account_manager", "invented"])
def test_an_invitation_to_a_dealer_gives_a_dealers_role_only(alice, northgate, signed_in, role) -> None:
    assert signed_in(alice).post(invite_page(northgate), asked(role=role)).status_code == 200
    with pytest.raises(NotYours):
        invitations.invite(by=alice, dealer=northgate, role=role, name="Nia", email="nia@example.com")
    assert not Invitation.objects.exists()


def test_channel_operations_invite_a_dealers_people_and_account_managers_do_not(
    olga, carol, northgate, signed_in
) -> None:
    assert signed_in(carol).post(invite_page(northgate), asked()).status_code == 403
    assert signed_in(olga).post(invite_page(northgate), asked()).status_code == 302
    assert Invitation.objects.get().dealer == northgate


def test_only_administrators_invite_our_own_people(olga, erin, north) -> None:
    client = Client()
    sign_in(client, erin.email)
    typed = asked(role="account_manager", node=north.pk, line="")
    assert client.post("/people/ours/invite/", typed).status_code == 302
    assert Invitation.objects.get().node == north
    operations = Client()
    sign_in(operations, olga.email)
    assert operations.post("/people/ours/invite/", typed).status_code == 403


def test_a_colleagues_invitation_becomes_an_account_with_its_assignment(
    erin, north, northgate, southport, world
) -> None:
    client = Client()
    sign_in(client, erin.email)
    client.post("/people/ours/invite/", asked(role="account_manager", node=north.pk, line=""))
    (message,) = delivered()
    nia = Client()
    nia.post(link_in(message), answered())
    user = User.objects.get(email="nia@example.com")
    assert (user.kind, user.dealer, user.groups.count()) == ("staff", None, 0)
    given = Assignment.objects.get(user=user)
    assert (given.role.name, given.node) == ("account_manager", north)
    assert nia.get(f"/dealers/{northgate.public_id}/people/").status_code == 200
    assert nia.get(f"/dealers/{southport.public_id}/people/").status_code == 404


def test_somebody_elses_invitation_is_not_found(alice, bob, northgate, signed_in) -> None:
    signed_in(alice).post(invite_page(northgate), asked())
    invitation = Invitation.objects.get()
    for verb in ("resend", "withdraw"):
        assert signed_in(bob).post(f"/invitations/{invitation.public_id}/{verb}/").status_code == 404
    assert Invitation.objects.get().withdrawn_at is None


def test_the_inviter_is_told_of_people_he_sees_and_of_nobody_else(alice, ann, bob, northgate, signed_in) -> None:
    client = signed_in(alice)
    known = client.post(invite_page(northgate), asked(email=ann.email))
    assert "has an account already" in known.content.decode()
    elsewhere = client.post(invite_page(northgate), asked(email=bob.email))
    unknown = client.post(invite_page(northgate), asked(email="nobody@example.com"))
    assert (elsewhere.status_code, elsewhere.headers["Location"]) == (unknown.status_code, unknown.headers["Location"])


def test_an_address_that_has_an_account_gets_no_link(alice, bob, northgate, signed_in) -> None:
    signed_in(alice).post(invite_page(northgate), asked(email=bob.email))
    (message,) = delivered()
    assert message.to == [bob.email]
    assert "/accounts/invitation/" not in message.body
    assert Invitation.objects.get().token_hash is None


# ---- by mobile number -------------------------------------------------------------------------------
def test_without_an_email_address_the_inviter_passes_the_link_on(alice, northgate, signed_in) -> None:
    client = signed_in(alice)
    page = client.post(invite_page(northgate), asked(email="", number="138 0013 8000"))
    link = page.context["link"]
    assert "send it to +8613800138000 yourself" in page.content.decode()
    assert delivered() == []
    nia = Client()
    nia.post("/" + link.split("/", 3)[3], answered())
    assert is_signed_in(nia)
    other = Client()
    sign_in(other, "13800138000", NEW)
    assert is_signed_in(other)
    assert link not in client.get("/people/").content.decode()


def test_a_new_link_ends_the_one_before(alice, northgate, signed_in) -> None:
    client = signed_in(alice)
    first = client.post(invite_page(northgate), asked(email="", number="13800138000")).context["link"]
    second = client.post(f"/invitations/{Invitation.objects.get().public_id}/resend/").context["link"]
    assert Client().get("/" + first.split("/", 3)[3]).status_code == 409
    assert Client().get("/" + second.split("/", 3)[3]).status_code == 200


@pytest.mark.parametrize("typed", [{"email": "", "number": ""}, {"email": "no address"}, {"email": "", "number": "12"}])
def test_an_invitation_needs_a_way_to_reach_the_person(alice, northgate, signed_in, typed) -> None:
    assert signed_in(alice).post(invite_page(northgate), asked(**typed)).context["form"].errors
    assert not Invitation.objects.exists()


# ---- races --------------------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_of_two_who_open_the_same_link_at_once_one_gets_the_account(alice, northgate) -> None:
    token = links.mint(_invited(alice, northgate)).rsplit("/", 2)[-2]
    outcomes: list[str] = []
    start = threading.Barrier(2)

    def open_it(name: str) -> None:
        try:
            start.wait(timeout=10)
            with acting(None):
                invitations.accept(token, name=name, password=NEW, language="en")
            outcomes.append("opened")
        except invitations.LinkIsOver:
            outcomes.append("over")
        except Exception as error:
            outcomes.append(repr(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=open_it, args=(name,)) for name in ("Nia", "Thief")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    assert sorted(outcomes) == ["opened", "over"]
    assert User.objects.filter(email="nia@example.com").count() == 1


def _invited(by: User, dealer: Dealer) -> Invitation:
    return invitations.invite(by=by, dealer=dealer, role="dealer_staff", name="Nia", email="nia@example.com")
