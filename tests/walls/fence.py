"""Everything that belongs to somebody, as one checksum per table: what another's request changes, shows."""

import os
from collections import Counter
from collections.abc import Container, Iterable
from contextlib import suppress
from typing import NamedTuple

from django.conf import settings
from django.core import mail

from core.ownership import Kind
from tests.walls import catalogue
from tests.walls.catalogue import rows

# Columns that the database works out from shared trees: a territory that is moved moves them with it.
DERIVED = {"contracts_grant": ("area", "shops", "lines")}


class Outside(NamedTuple):
    files: frozenset[str]
    letters: int


class Fence:
    """Around the rows, files and messages of some dealers."""

    def __init__(self, codes: Iterable[str]) -> None:
        found = rows("select id from dealers_dealer where code = any(%s)", list(codes))
        self.dealers = [pk for (pk,) in found]
        self.people = [pk for (pk,) in rows("select id from dealers_user where dealer_id = any(%s)", self.dealers)]
        self.owned = owned_columns()
        self.parts = [
            (table, f"select '{table}.{column}', {_digest(table)} "
             f"from {table} as one where {column} = any(array[{','.join(map(str, ids)) or 'null'}]::bigint[])")
            for table, column, ids in [
                *((table, column, self.dealers) for table, column in self.owned),
                *((table, column, self.people) for table, column in columns_of_people()),
            ]
        ]  # fmt: skip
        self.addresses = {email for (email,) in rows("select email from dealers_user where id = any(%s)", self.people)}
        self.rows = self.state()  # read once: whatever is tried on them is undone

    def state(self, tables: Container[str] | None = None) -> dict[str, str]:
        """A checksum for each column that says whose a row is; of these tables only, or of all."""
        asked = [statement for table, statement in self.parts if tables is None or table in tables]
        return {str(name): str(digest) for name, digest in rows(" union all ".join(asked))} if asked else {}

    def changed(self, tables: Container[str] | None = None) -> list[str]:
        """What in these tables, or in any, is not as it was when the fence was put up."""
        return [name for name, digest in self.state(tables).items() if self.rows[name] != digest]

    def outside(self) -> Outside:
        """What no rollback takes back. It adds up, so that it need not be looked at after everything that is tried."""
        sent = sum(1 for message in mail.outbox if self.addresses & set(message.recipients()))
        return Outside(frozenset(stored_files()), sent)

    def left_outside(self, before: Outside) -> list[str]:
        """A new file may belong to whoever asked; a missing one may not."""
        after = self.outside()
        told = [] if after.letters == before.letters else ["mail"]
        return [*told, *(f"file {name} is gone" for name in sorted(before.files - after.files))]


def _digest(table: str) -> str:
    """A checksum of rows, without what follows from elsewhere."""
    text = f"(to_jsonb(one) - array{list(DERIVED[table])})::text" if table in DERIVED else "one::text"
    return f"count(*) || ' ' || coalesce(sum(hashtextextended({text}, 0)), 0)"


def rows_written() -> Counter[str]:
    """Rows written in this transaction so far, by table; also those undone since, and those that a trigger wrote.

    Tables that end with the transaction are not among them.
    """
    written = (
        "pg_stat_get_xact_tuples_inserted(oid) + pg_stat_get_xact_tuples_updated(oid) "
        "+ pg_stat_get_xact_tuples_deleted(oid)"
    )  # what the view of these figures asks, without all that it gathers beside them
    statement = (
        f"select relname, {written} from pg_class where relnamespace = 'public'::regnamespace "
        f"and relkind in ('r', 'p') and {written} > 0"
    )
    return Counter({str(table): int(number) for table, number in rows(statement)})


def owned_columns() -> list[tuple[str, str]]:
    """(table, column) of every table that says whose a row is: the register's, and whatever has a dealer_id."""
    declared = {table: one.column for table, one in catalogue.tables_of(Kind.DEALER_OWNED).items()}
    found = rows(
        "select table_name from information_schema.columns join pg_class on relname = table_name "
        "where table_schema = 'public' and column_name = 'dealer_id' and relkind in ('r', 'p')"
    )
    return sorted({**{table: "dealer_id" for (table,) in found}, **declared}.items())


def columns_of_people() -> list[tuple[str, str]]:
    """(table, column) of every reference to an account: notices, rights, sessions, second factors."""
    keys = {(key.table, key.columns[0]) for key in catalogue.foreign_keys() if key.parent == "dealers_user"}
    return sorted({*keys, ("dealers_user", "id")})


def stored_files() -> list[str]:
    """Path and size of every file that the portal keeps."""
    found, folders = [], [str(settings.MEDIA_ROOT)]
    while folders:  # thousands of times: `Path.walk` asks the disk twice for each file
        with suppress(FileNotFoundError), os.scandir(folders.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.path)
                else:
                    found.append(f"{entry.path}:{entry.stat().st_size}")
    return found
