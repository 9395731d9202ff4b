"""What a test has really committed is taken back: only in tables that it changed, to what migrations had put there.

Django would empty every table and lay the foundations anew: two seconds of each such test.
"""

from dataclasses import dataclass
from typing import Any, Self

from django.db import connection, transaction


@dataclass(frozen=True, slots=True)
class Foundations:
    """The rows that every test begins with."""

    digests: dict[str, str]
    copies: dict[str, tuple[str, bytes]]  # of tables that are not empty: columns, and rows as COPY writes them

    @classmethod
    def as_they_are(cls) -> Self:
        with connection.cursor() as cursor:
            digests = _digests(cursor)
            filled = {table for table, digest in digests.items() if digest != _EMPTY}
            return cls(digests, {table: _copied(cursor, table) for table in filled})

    def restore(self) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            changed = [table for table, digest in _digests(cursor).items() if digest != self.digests.get(table)]
            if not changed:
                return
            cursor.execute("set local session_replication_role = replica")  # no trigger keeps or refuses anything
            for table in changed:
                cursor.execute(f'delete from "{table}"')
                if kept := self.copies.get(table):
                    columns, rows = kept
                    with cursor.copy(f'copy "{table}" ({columns}) from stdin') as copy:
                        copy.write(rows)


_EMPTY = "0 0"


def _digests(cursor: Any) -> dict[str, str]:
    """Count and checksum of the rows of each table."""
    cursor.execute(
        "select relname from pg_class where relnamespace = 'public'::regnamespace "
        "and relkind in ('r', 'p') and not relispartition order by relname"
    )
    each = [
        f"select '{table}', count(*) || ' ' || coalesce(sum(hashtextextended(one::text, 0)), 0) from \"{table}\" as one"
        for (table,) in cursor.fetchall()
    ]
    cursor.execute(" union all ".join(each))
    return dict(cursor.fetchall())


def _copied(cursor: Any, table: str) -> tuple[str, bytes]:
    cursor.execute(
        "select string_agg(quote_ident(attname), ', ' order by attnum) from pg_attribute "
        "where attrelid = %s::regclass and attnum > 0 and not attisdropped and attgenerated = ''",
        [f'public."{table}"'],
    )
    (columns,) = cursor.fetchone()
    with cursor.copy(f'copy "{table}" ({columns}) to stdout') as copy:
        return columns, b"".join(bytes(block) for block in copy)
