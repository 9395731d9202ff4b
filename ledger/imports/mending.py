"""Mended cells in the place of what the file says, before anything is checked: no check knows the difference."""

from collections import defaultdict
from collections.abc import Mapping

from django.db import connection

from core import access
from ledger.imports.kinds import ImportKind
from ledger.imports.staging import STAGE, Staged
from ledger.imports.words import Conventions, understand
from ledger.models import ImportBatch, ImportMend
from ledger.models.mend import last_words


def mended_rows(batch: ImportBatch) -> frozenset[int]:
    """The rows of which somebody mended a cell."""
    return frozenset(access.rows_of(ImportMend).filter(batch=batch).values_list("row", flat=True).distinct())


def put_in(
    batch: ImportBatch, kind: ImportKind, positions: Mapping[str, int], conventions: Conventions, staged: Staged
) -> None:
    """Write what was mended over the staged rows, in the spelling that these have."""
    mended: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for one in last_words(access.rows_of(ImportMend).filter(batch=batch)):
        if one.column in positions:  # else its column is left out by now
            value = understand(one.new, kind.column(one.column), conventions) if staged.understood else one.new
            mended[one.column].append((one.row, value))
    with connection.cursor() as cursor:
        for name, cells in mended.items():
            rows, values = zip(*cells, strict=True)
            cursor.execute(
                f"update {STAGE} s set {name} = m.value from unnest(%s::bigint[], %s::text[]) as m (row, value) "
                "where m.row = s.row",
                [list(rows), list(values)],
            )
