"""The role context: one role, one dealer, for the time of one block, and everything given back at its end."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, ProgrammingError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core.database.context import acting
from core.database.roles import Role, role_names
from dealers.models import Contact, Dealer, User
from tests import factories

SignIn = Callable[..., Client]
doors_for_tests = pytest.mark.urls("tests.core.doors_for_tests")


def state() -> tuple[str, ...]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select session_user, current_user, coalesce(current_setting('app.dealer_id', true), ''), "
            "coalesce(current_setting('app.user_id', true), ''), coalesce(current_setting('app.application', true), '')"
        )
        row: tuple[str, ...] = cursor.fetchone()
        return row


def role(short: Role) -> str:
    return role_names(connection)[short]


@contextmanager
def logged_in_as_app() -> Iterator[None]:
    """The connection as it is in production: a login without any right, not the suite's owner."""
    owner = connection.settings_dict["USER"]
    connection.close()
    connection.settings_dict["USER"] = role(Role.APP)
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["USER"] = owner


@pytest.mark.django_db
def test_a_block_acts_as_its_role_and_gives_back_what_it_found() -> None:
    before = state()
    with acting(Role.DEALER, dealer_id=7, user_id=8, application="form"):
        assert state() == (role(Role.APP), role(Role.DEALER), "7", "8", "form")
    assert state() == before


@pytest.mark.django_db
def test_nested_blocks_give_back_what_they_found() -> None:
    with acting(Role.DEALER, dealer_id=7, user_id=8):
        outside = state()
        with acting(Role.STAFF, user_id=9):
            assert state() == (role(Role.APP), role(Role.STAFF), "", "9", "")
            with acting(None):
                assert state() == (role(Role.APP), role(Role.APP), "", "", "")
        assert state() == outside


@pytest.mark.django_db
def test_an_exception_leaves_nothing_behind() -> None:
    before = state()
    with pytest.raises(RuntimeError), acting(Role.DEALER, dealer_id=7):
        raise RuntimeError
    assert state() == before
    with acting(Role.STAFF, user_id=9):
        outside = state()
        with pytest.raises(DatabaseError), acting(Role.DEALER, dealer_id=7), connection.cursor() as cursor:
            cursor.execute("select no_such_column")
        assert state() == outside


@pytest.mark.django_db
def test_a_rollback_inside_a_block_leaves_nothing_behind() -> None:
    before = state()
    with acting(Role.DEALER, dealer_id=7):
        transaction.set_rollback(True)
    assert state() == before


@pytest.mark.django_db(transaction=True)
def test_who_enters_no_role_is_denied_not_shown_an_empty_list() -> None:
    with logged_in_as_app():
        for model in (Dealer, Contact):
            with pytest.raises(ProgrammingError, match="permission denied"):
                model.objects.count()


@pytest.mark.django_db(transaction=True)
def test_a_connection_keeps_nothing_of_the_request_before(northgate: Dealer, southport: Dealer) -> None:
    with logged_in_as_app():
        for dealer in (northgate, southport, northgate):
            with acting(Role.DEALER, dealer_id=dealer.pk):
                assert list(Dealer.objects.all()) == [dealer]
        assert state()[:3] == (role(Role.APP), role(Role.APP), "")
        with pytest.raises(RuntimeError), acting(Role.DEALER, dealer_id=northgate.pk):
            raise RuntimeError
        assert state()[:3] == (role(Role.APP), role(Role.APP), "")
        with acting(Role.DEALER):  # the setting is an empty string by now, not null: no row and no error
            assert not Dealer.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_dealers_session_that_never_set_a_dealer_sees_nothing(northgate: Dealer) -> None:
    with logged_in_as_app(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f'set local role "{role(Role.DEALER)}"')
        assert not Dealer.objects.exists()


@doors_for_tests
@pytest.mark.parametrize(
    ("audience", "expected"),
    [("dealer", Role.DEALER), ("portal", Role.DEALER), ("public", Role.PUBLIC), ("account", Role.APP)],
)
def test_a_dealers_request_runs_as_the_app_login_in_the_role_of_its_door(
    alice: User, signed_in: SignIn, audience: str, expected: Role
) -> None:
    before = state()
    answer = signed_in(alice).get(f"/whoami/{audience}/").json()
    assert (answer["login"], answer["role"]) == (role(Role.APP), role(expected))
    assert state() == before


@doors_for_tests
@pytest.mark.parametrize(
    ("audience", "expected"), [("staff", Role.STAFF), ("portal", Role.STAFF), ("admin", Role.ADMIN)]
)
def test_a_request_of_ours_runs_as_the_app_login_in_the_role_of_its_door(
    erin: User, signed_in: SignIn, audience: str, expected: Role
) -> None:
    answer = signed_in(erin).get(f"/whoami/{audience}/").json()
    assert (answer["login"], answer["role"]) == (role(Role.APP), role(expected))


@doors_for_tests
def test_an_administrators_door_lets_nobody_else_in(carol: User, alice: User, signed_in: SignIn) -> None:
    for user in (carol, alice):
        assert signed_in(user).get("/whoami/admin/").status_code == 404


@doors_for_tests
def test_a_template_rendered_after_the_view_still_asks_as_the_dealer(
    northgate: Dealer, southport: Dealer, alice: User, signed_in: SignIn
) -> None:
    assert signed_in(alice).get("/late/").content.decode() == "[Northgate]"


@doors_for_tests
@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("/answer/200/", "Renamed"),
        ("/answer/302/", "Renamed"),
        ("/answer/400/", "Before"),
        ("/answer/409/", "Before"),
        ("/answer/500/", "Before"),
        ("/kept/409/", "Renamed"),
        ("/forbid/", "Before"),
    ],
)
def test_an_error_undoes_what_the_request_wrote(
    northgate: Dealer, alice: User, signed_in: SignIn, address: str, name: str
) -> None:
    contact = factories.contact(northgate, name="Before")
    signed_in(alice).post(address)
    contact.refresh_from_db()
    assert contact.name == name


@doors_for_tests
def test_an_exception_undoes_what_the_request_wrote(northgate: Dealer, alice: User, signed_in: SignIn) -> None:
    contact = factories.contact(northgate, name="Before")
    client = signed_in(alice, raise_request_exception=False)
    assert client.get("/break/").status_code == 500
    contact.refresh_from_db()
    assert contact.name == "Before"


@doors_for_tests
@pytest.mark.parametrize("address", ["/nowhere/", "/admin/nowhere/", "/forbid/", "/break/", "/whoami/staff/"])
def test_an_error_page_asks_the_database_nothing(
    northgate: Dealer, alice: User, signed_in: SignIn, address: str
) -> None:
    """It may be shown when the database is away, or in a role that may read nothing."""
    client = signed_in(alice, raise_request_exception=False)
    with CaptureQueriesContext(connection) as asked:
        client.get(address)
    wanted = (
        "dealers_session",
        "dealers_signin",
        "dealers_user",
        "dealers_contact",
        "SAVEPOINT",
        "set_config",
        "set local",
        "reset role",
    )
    unexpected = [
        query["sql"]
        for query in asked.captured_queries
        if not any(word in query["sql"] for word in wanted) and "current_setting('role')" not in query["sql"]
    ]
    assert not unexpected


@doors_for_tests
def test_a_streamed_body_is_refused_before_it_reads_outside_its_role(
    northgate: Dealer, alice: User, signed_in: SignIn
) -> None:
    with pytest.raises(ImproperlyConfigured, match="make the export a job"):
        signed_in(alice).get("/streamed/")


@doors_for_tests
def test_an_address_without_a_door_reads_nothing(
    northgate: Dealer, alice: User, signed_in: SignIn, settings: Any
) -> None:
    settings.DEBUG = True
    with pytest.raises(ImproperlyConfigured, match="has no door"):
        signed_in(alice).get("/undeclared/")
