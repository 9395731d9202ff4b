"""Posting facts: insert once, find out who was there already, post again what had been reversed, keep the roll-up."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction

from ledger.imports.posting import CHECKED, Posting

SAMPLE = 500


@dataclass(frozen=True, slots=True)
class FactTable:
    """A fact's table and the SQL that fills its own columns from the checked rows (alias c)."""

    table: str
    own: dict[str, str]  # column -> expression over c
    key: str  # expression over c: the row's name in its source
    compare: Sequence[str]  # columns in which a repeated key must agree to be the same row
    level: int | None = None
    negate: Sequence[str] = ("amount",)  # signs that a reversal turns
    rolls_up: bool = False

    def post(self, posting: Posting) -> None:
        """Insert the good rows. What was there already is counted, what contradicts it is refused."""
        self._lock_parents(posting)
        good = posting.rows(f"select count(*) from {CHECKED} where problem is null")[0][0]
        # In the order of the unique index, which then grows at its end; of two rows with one key the first counts.
        rest = f"from {CHECKED} c where c.problem is null order by c.dealer_id, {self.key}, c.row"
        posting.stored = self._insert_new(posting, rest, good)
        if posting.stored < good:
            self._settle_repeated(posting)
        if self.rolls_up:
            roll_up(posting)

    def reverse(self, posting: Posting) -> None:
        """Post the opposite of the batch that `posting.batch.reverses`."""
        columns = [*self._shared(), *self.own]
        values = [f"-{column}" if column in self.negate else column for column in columns]
        values[columns.index("batch_id")] = str(posting.batch.pk)
        values[columns.index("is_reversal")] = "true"
        posting.stored = posting.run(
            f"insert into {self.table} ({', '.join(columns)}) select {', '.join(values)} from {self.table} "
            "where batch_id = %s",
            [posting.batch.reverses_id],
        )
        if self.rolls_up:
            roll_up(posting)

    def _shared(self) -> list[str]:
        level = ["level"] if self.level else []
        return ["dealer_id", "batch_id", "row", "source", "key", "generation", "is_reversal", *level]

    def _insert_new(self, posting: Posting, rest: str, good: int) -> int:
        """Insert the rows whose keys are not taken.

        Stepping over taken keys row by row is more than half again of the cost of an insert. Where a sample meets none
        it is tried without; the first taken key undoes that, and the rows are inserted the careful way.
        """
        if not self._meets_taken_keys(posting, good):
            try:
                with transaction.atomic():
                    return self._insert(posting, rest, "0", on_conflict="")
            except IntegrityError:
                pass
        return self._insert(posting, rest, "0")

    def _meets_taken_keys(self, posting: Posting, good: int) -> bool:
        """Whether one of some hundred rows, spread over the file, is in the ledger already."""
        level = f" and e.level = {self.level}" if self.level else ""
        found = posting.rows(
            f"select 1 from {CHECKED} c join {self.table} e on e.dealer_id = c.dealer_id and e.source = %s "
            f"and e.key = {self.key}{level} where c.problem is null and c.row %% %s = 0 limit 1",
            [posting.batch.source, good // SAMPLE + 1],
        )
        return bool(found)

    def _insert(
        self, posting: Posting, rest: str, generation: str, *, on_conflict: str = "on conflict do nothing"
    ) -> int:
        level = [str(self.level)] if self.level else []
        shared = ["c.dealer_id", "%s", "c.row", "%s", self.key, generation, "false", *level]
        return posting.run(
            f"insert into {self.table} ({', '.join([*self._shared(), *self.own])}) "
            f"select {', '.join([*shared, *self.own.values()])} {rest} {on_conflict}",
            [posting.batch.pk, posting.batch.source],
        )

    def _lock_parents(self, posting: Posting) -> None:
        """Each parent once instead of a check per row; a parent that vanished meanwhile refuses the import."""
        posting.run(
            "select 1 from dealers_dealer where id in "
            f"(select distinct dealer_id from {CHECKED} where problem is null) order by id for key share"
        )

    def _settle_repeated(self, posting: Posting) -> None:
        """Rows whose key was taken: a copy is a duplicate, other content is refused, a reversed one is posted anew."""
        level = f" and e.level = {self.level}" if self.level else ""
        posting.run("drop table if exists import_repeated")
        same = " and ".join(f"e.{column} is not distinct from {self.own[column]}" for column in self.compare) or "true"
        posting.run(
            f"""
            create temporary table import_repeated on commit drop as
            select distinct on (c.row) c.row, e.generation, b.state = 'reversed' as is_free, {same} as is_same
            from {CHECKED} c
            join {self.table} e on e.dealer_id = c.dealer_id and e.source = %s and e.key = {self.key}{level}
                 and not e.is_reversal
            join ledger_importbatch b on b.id = e.batch_id
            where c.problem is null and not exists (
                select 1 from {self.table} mine where mine.batch_id = %s and mine.row = c.row)
            order by c.row, e.generation desc
            """,
            [posting.batch.source, posting.batch.pk],
        )
        posting.stored += self._insert(
            posting, f"from {CHECKED} c join import_repeated r on r.row = c.row where r.is_free", "r.generation + 1"
        )
        posting.run(
            f"update {CHECKED} c set problem = 'DUPLICATE_KEY:' from import_repeated r "
            "where r.row = c.row and not r.is_free and not r.is_same"
        )
        posting.duplicate = posting.rows("select count(*) from import_repeated where not is_free and is_same")[0][0]


def roll_up(posting: Posting) -> None:
    """Add the batch to the monthly totals, in the transaction that posts it."""
    posting.run(
        """
        insert into ledger_monthtotal (dealer_id, level, month, currency, quantity, amount_e4, entries)
        select m.dealer_id, m.level, date_trunc('month', m.occurred_on)::date, m.currency,
               sum(m.quantity), sum(m.amount_e4), count(*)
        from ledger_movement m
        where m.batch_id = %s
        group by 1, 2, 3, 4
        order by 1, 2, 3, 4
        on conflict (dealer_id, level, month, currency) do update set
            quantity = ledger_monthtotal.quantity + excluded.quantity,
            amount_e4 = ledger_monthtotal.amount_e4 + excluded.amount_e4,
            entries = ledger_monthtotal.entries + excluded.entries
        """,
        [posting.batch.pk],
    )
