"""A dealer's people, seen from both sides; and a company that always has somebody who can act for it."""

import threading
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from core.database.context import acting
from core.database.roles import Role
from dealers.models import Event, Person, User
from dealers.services import people
from tests import factories
from tests.dealers.account import is_signed_in, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def amy(northgate) -> User:
    """The second executive of Northgate."""
    return factories.person("Amy", "dealer_executive", dealer=northgate)


@pytest.fixture
def olga(world) -> User:
    return factories.person("Olga", "channel_operations")


def switch(client: Client, person: User, verb: str = "disable") -> Any:
    return client.post(f"/people/{person.public_id}/{verb}/", {"reason": "left the company"})


def is_active(person: User) -> bool:
    return User.objects.get(pk=person.pk).is_active


def test_an_executive_sees_the_own_people_with_their_roles_and_nobody_elses(alice, ann, bob, carol, signed_in) -> None:
    page = signed_in(alice).get("/people/").content.decode()
    assert "Ann" in page
    assert "Dealer staff" in page
    assert "Invite a person" in page
    assert bob.name not in page
    assert carol.name not in page


def test_dealer_staff_see_colleagues_and_cannot_change_them(ann, alice, signed_in) -> None:
    client = signed_in(ann)
    page = client.get("/people/").content.decode()
    assert "Alice" in page
    assert "Invite a person" not in page
    assert client.get(f"/people/{alice.public_id}/disable/").status_code == 403
    assert switch(client, alice).status_code == 403
    assert is_active(alice)


def test_our_people_see_a_dealers_people_within_reach(carol, olga, alice, northgate, southport, signed_in) -> None:
    client = signed_in(carol)
    assert "Alice" in client.get(f"/dealers/{northgate.public_id}/people/").content.decode()
    assert client.get(f"/dealers/{southport.public_id}/people/").status_code == 404
    assert client.get("/people/").status_code == 404  # a dealer's page
    assert switch(client, alice).status_code == 403
    assert switch(signed_in(olga), alice).status_code == 302


def test_disabling_ends_the_access_at_the_next_request_and_enabling_gives_it_back(alice, ann, signed_in) -> None:
    anns = Client()
    sign_in(anns, ann.email)
    executive = signed_in(alice)
    assert executive.get(f"/people/{ann.public_id}/disable/").status_code == 200
    switch(executive, ann)
    assert not is_signed_in(anns)
    sign_in(anns, ann.email)
    assert not is_signed_in(anns)
    switch(executive, ann, "enable")
    sign_in(anns, ann.email)
    assert is_signed_in(anns)
    assert list(Event.objects.order_by("pk").values_list("kind", "reason")) == [
        ("user.disabled", "left the company"),
        ("user.enabled", ""),
    ]


@pytest.mark.parametrize("verb", ["disable", "enable"])
def test_a_strangers_person_and_one_of_ours_and_nobody_are_the_same_not_found(
    bob, alice, carol, signed_in, verb
) -> None:
    client = signed_in(bob)
    answers = [switch(client, who, verb) for who in (alice, carol)] + [client.post(f"/people/nobody/{verb}/")]
    assert {(one.status_code, one.content) for one in answers} == {(404, answers[0].content)}
    assert is_active(alice)


def test_nobody_disables_the_own_account(alice, amy, signed_in) -> None:
    switch(signed_in(alice), alice)
    assert is_active(alice)


def test_the_last_executive_stays(alice, ann, amy, olga, signed_in) -> None:
    operations = signed_in(olga)
    switch(operations, amy)
    assert not is_active(amy)
    answer = operations.post(f"/people/{alice.public_id}/disable/", {"reason": "x"}, follow=True)
    assert "last executive" in answer.content.decode()
    assert is_active(alice)


@pytest.mark.django_db(transaction=True)
def test_two_executives_cannot_disable_each_other_at_once(alice, amy, northgate) -> None:
    start = threading.Barrier(2)
    outcomes: list[str] = []

    def act(by: User, against: User) -> None:
        by = User.objects.get(pk=by.pk)
        by.has_perm("dealers.manage_own_people")  # rights are read before the role is entered, as in a request
        try:
            start.wait(timeout=10)
            with acting(Role.DEALER, dealer_id=northgate.pk, user_id=by.pk):
                people.disable(Person.objects.get(pk=against.pk), by=by)
            outcomes.append("disabled")
        except people.LastExecutive:
            outcomes.append("refused")
        except Exception as error:
            outcomes.append(repr(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=act, args=pair) for pair in ((alice, amy), (amy, alice))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    assert sorted(outcomes) == ["disabled", "refused"]
    assert sorted([is_active(alice), is_active(amy)]) == [False, True]


def test_open_invitations_are_listed_for_those_who_may_invite(alice, ann, olga, carol, northgate, signed_in) -> None:
    typed = {"name": "Nia", "role": "dealer_staff", "email": "nia@example.com", "number": "", "language": "en"}
    signed_in(alice).post(f"/dealers/{northgate.public_id}/people/invite/", typed)
    page = f"/dealers/{northgate.public_id}/people/"
    for person, sees in ((alice, True), (olga, True), (ann, False), (carol, False)):
        assert ("nia@example.com" in signed_in(person).get(page).content.decode()) is sees, person


def test_the_page_costs_the_same_however_many_people(
    alice, ann, northgate, signed_in, django_assert_max_num_queries
) -> None:
    for number in range(12):
        factories.person(f"Person {number}", "dealer_staff", dealer=northgate)
    client = signed_in(alice)
    client.get("/people/")
    with django_assert_max_num_queries(15):
        client.get("/people/")


def test_who_covers_what_names_our_people_with_place_and_line(carol, dave, erin, ann, north, signed_in) -> None:
    page = signed_in(carol).get("/people/ours/").content.decode()
    assert "Account manager" in page
    assert "North" in page
    assert "everywhere" in page
    assert "Invite a colleague" not in page
    assert "Invite a colleague" in signed_in(erin).get("/people/ours/").content.decode()
    assert signed_in(ann).get("/people/ours/").status_code == 404
