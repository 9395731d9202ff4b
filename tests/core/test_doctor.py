"""The doctor finds what would quietly take the second wall down."""

import pytest
from django.db import connection

from core.database.doctor import findings
from core.database.roles import role_names

pytestmark = pytest.mark.django_db


@pytest.fixture
def healthy() -> set[str]:
    """What it says of the suite itself, which connects as the owner on purpose."""
    found = findings()
    assert found == ["The portal would serve as the database's owner, whom no row policy holds."]
    return set(found)


@pytest.mark.parametrize(
    ("harm", "sentence"),
    [
        ("alter role {app} superuser", "{app} is a superuser or bypasses row policies"),
        ("alter role {dealer} bypassrls", "{dealer} is a superuser or bypasses row policies"),
        ("alter role {app} createrole", "{app} may create roles"),
        ("alter role {app} inherit", "{app} inherits the rights of its roles"),
        ("alter table dealers_dealer owner to {staff}", "{staff} owns 1 tables"),
        ("revoke {jobs} from {app}", "{app} may not enter {jobs}"),
        ("grant pg_read_all_data to {app}", "{app} is a member of pg_read_all_data"),
    ],
)
def test_a_hole_is_named(healthy: set[str], harm: str, sentence: str) -> None:
    names = role_names(connection)
    with connection.cursor() as cursor:
        cursor.execute(harm.format(**names))
    (found,) = set(findings()) - healthy
    assert sentence.format(**names) in found


def test_a_missing_role_is_named(healthy: set[str]) -> None:
    name = role_names(connection)["public"]
    with connection.cursor() as cursor:
        cursor.execute(f"alter role {name} rename to somebody_else")
    assert f"The role {name} is missing: run make_roles." in findings()
