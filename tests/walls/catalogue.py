"""What the database says of itself: rights, policies, keys and owners, read from the catalogue and not from code."""

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connection, models

from core import ownership
from core.database.roles import Role, role_names
from core.ownership import Kind

RIGHTS = ("select", "insert", "update", "delete", "truncate", "references", "trigger")
COLUMN_RIGHTS = ("select", "insert", "update", "references")


def rows(statement: str, *params: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return list(cursor.fetchall())


def name_of(role: Role) -> str:
    return role_names(connection)[role]


def tables() -> set[str]:
    found = rows("select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')")
    return {name for (name,) in found}


def model_of_table() -> dict[str, type[models.Model]]:
    """Every table that a model stands for (`Person` is a card of `User`, so managed models win)."""
    every = sorted(apps.get_models(include_auto_created=True), key=lambda model: model._meta.managed)
    return {model._meta.db_table: model for model in every}


def tables_of(kind: Kind) -> dict[str, ownership.Ownership]:
    found = {}
    for table, model in model_of_table().items():
        declared = ownership.of(model)
        if declared is not None and declared.kind is kind:
            found[table] = declared
    return found


@dataclass(frozen=True, slots=True)
class Policy:
    table: str
    name: str
    roles: frozenset[str]
    command: str
    permissive: bool
    using: str
    check: str


def policies() -> list[Policy]:
    found = rows(
        "select tablename, policyname, roles::text[], cmd, permissive, coalesce(qual, ''), coalesce(with_check, '') "
        "from pg_policies where schemaname = 'public'"
    )
    return [
        Policy(table, name, frozenset(roles), command, permissive == "PERMISSIVE", using, check)
        for table, name, roles, command, permissive, using, check in found
    ]


def policies_of(table: str, role: Role) -> list[Policy]:
    return [policy for policy in policies() if policy.table == table and name_of(role) in policy.roles]


def rights_on_tables(role: Role) -> dict[str, set[str]]:
    """Table -> rights of the role, whole-table ones and those on single columns ("select*")."""
    found: dict[str, set[str]] = {}
    for table in tables():
        held = _held(table, role)
        if held:
            found[table] = held
    return found


def _held(table: str, role: Role) -> set[str]:
    whole = [f"has_table_privilege(%s, %s, '{right}')" for right in RIGHTS]
    some = [f"has_any_column_privilege(%s, %s, '{right}')" for right in COLUMN_RIGHTS]
    params = [name_of(role), f'public."{table}"'] * (len(whole) + len(some))
    (answer,) = rows(f"select {', '.join(whole + some)}", *params)
    held = {right for right, has in zip(RIGHTS, answer, strict=False) if has}
    return held | {f"{right}*" for right, has in zip(COLUMN_RIGHTS, answer[len(whole) :], strict=True) if has}


def may_read_column(role: Role, table: str, column: str) -> bool:
    return bool(rows("select has_column_privilege(%s, %s, %s, 'select')", name_of(role), table, column)[0][0])


@dataclass(frozen=True, slots=True)
class Key:
    """A foreign key: `columns` of `table` point at `parent`'s columns."""

    table: str
    columns: tuple[str, ...]
    parent: str
    parent_columns: tuple[str, ...]


def foreign_keys() -> list[Key]:
    found = rows(
        """
        select child.relname, parent.relname,
               (select array_agg(attname::text order by place) from unnest(conkey) with ordinality as k (number, place)
                join pg_attribute on attrelid = conrelid and attnum = k.number),
               (select array_agg(attname::text order by place) from unnest(confkey) with ordinality as k (number, place)
                join pg_attribute on attrelid = confrelid and attnum = k.number)
        from pg_constraint
        join pg_class as child on child.oid = conrelid
        join pg_class as parent on parent.oid = confrelid
        where contype = 'f' and connamespace = 'public'::regnamespace
        """
    )
    return [Key(child, tuple(columns), parent, tuple(theirs)) for child, parent, columns, theirs in found]


def unique_columns(table: str) -> dict[str, tuple[str, ...]]:
    """Unique index -> its columns (an expression counts as its text), the primary key left out."""
    found = rows(
        """
        select index.relname,
               array(select pg_get_indexdef(indexrelid, place, true)
                     from generate_series(1, indnkeyatts) as place)
        from pg_index join pg_class as index on index.oid = indexrelid
        where indrelid = %s::regclass and indisunique and not indisprimary
        """,
        f'public."{table}"',
    )
    return {name: tuple(columns) for name, columns in found}


def nullable(table: str, column: str) -> bool:
    found = rows(
        "select not attnotnull from pg_attribute where attrelid = %s::regclass and attname = %s",
        f'public."{table}"',
        column,
    )
    return bool(found[0][0])
