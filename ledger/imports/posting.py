"""The situation in which good rows are posted: one transaction, one batch, one table of checked rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from dealers.models import User
from ledger.models import ImportBatch

CHECKED = "import_checked"  # the temporary table of rows that were read and judged


@dataclass(slots=True)
class Posting:
    """`stored`, `duplicate` are what the kind's `post` reports back; `refuse` judges rows it could not take."""

    batch: ImportBatch
    by: User
    present: frozenset[str]  # columns that the file has
    stored: int = 0
    duplicate: int = 0

    def run(self, statement: str, params: Sequence[Any] = ()) -> int:
        """Run one statement; the number of rows it touched."""
        with connection.cursor() as cursor:
            cursor.execute(statement, list(params))
            return int(cursor.rowcount)

    def rows(self, statement: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(statement, list(params))
            return list(cursor.fetchall())

    def has(self, column: str) -> bool:
        return column in self.present
