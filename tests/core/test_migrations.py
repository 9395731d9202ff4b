"""Migrations go back, and forth again to the same schema, roles' rights and policies included."""

import subprocess
from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import CreateModel

from core.servers.postgres import Postgres, binaries
from tests.config.portal import Portal

# By one plan: one command for each app would put the state of all models together seven times.
BACK = """
from core.database.logins import as_owner
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
ours = {"communications", "onboarding", "performance", "contracts", "ledger", "dealers", "core"}
with as_owner():
    executor = MigrationExecutor(connection)
    executor.migrate([(app, None) for app in sorted(ours & executor.loader.migrated_apps)])
"""


OURS = {"communications", "onboarding", "performance", "contracts", "ledger", "dealers", "core"}


@pytest.fixture
def portal() -> Iterator[Portal]:
    portal = Portal()
    yield portal
    portal.clear()


def schema(portal: Portal) -> str:
    server = Postgres(portal.folder / "pg")
    with server.in_use("entente"):
        command = [str(binaries() / "pg_dump"), "--schema-only", "-h", str(server.folder), "-U", "postgres", "entente"]
        dumped = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return "\n".join(line for line in dumped.splitlines() if not line.startswith(("\\restrict", "\\unrestrict")))


@pytest.mark.slow
def test_all_migrations_go_back_and_forth(portal: Portal) -> None:
    forth = portal.command("migrate", "--verbosity", "0")
    assert forth.returncode == 0, forth.stderr
    before = schema(portal)
    assert "CREATE POLICY" in before
    back = portal.command("shell", "--verbosity", "0", "--command", BACK)
    assert back.returncode == 0, back.stderr
    assert "dealers_" not in schema(portal)
    again = portal.command("migrate", "--verbosity", "0")
    assert again.returncode == 0, again.stderr
    assert sorted(schema(portal).splitlines()) == sorted(before.splitlines())


@pytest.mark.django_db
def test_no_model_waits_for_a_migration() -> None:
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_related_tables_of_a_migration_are_made_together() -> None:
    found = {
        f"{app}.{name}": [
            operation.name
            for operation in migration.operations
            if isinstance(operation, CreateModel) and any(field.is_relation for _, field in operation.fields)
        ]
        for (app, name), migration in MigrationLoader(None).disk_migrations.items()
        if app in OURS
    }
    assert len(found) > 50
    one_by_one = {migration: models for migration, models in found.items() if len(models) > 1}
    assert not one_by_one, "Each makes Django render all models anew: see core.database.tables"
