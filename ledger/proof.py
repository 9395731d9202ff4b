"""The nightly proof of the books: facts carry no keys per row, and totals are kept beside them; so somebody counts.

Three questions, each one statement and so one moment: has every entry its dealer, product and import; are the monthly
totals the sums of the entries; are the open items together what was invoiced less what was paid.
"""

from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from django.db import connection, models
from django.utils.translation import gettext as _

from core.formatting import number
from ledger.models import Invoice, MonthTotal, Movement, Order, Payment, StockCount, StockGap

WITHOUT_KEYS: tuple[type[models.Model], ...] = (Movement, StockCount, Invoice, Payment, MonthTotal, Order, StockGap)

_TOTALS = """
with sums as (
    select dealer_id, level, date_trunc('month', occurred_on)::date as month, currency, sum(quantity) as quantity,
           sum(amount_e4) as amount_e4, count(*) as entries
    from ledger_movement group by 1, 2, 3, 4
)
select count(*)
from sums s full join ledger_monthtotal t using (dealer_id, level, month, currency)
where (s.quantity, s.amount_e4, s.entries) is distinct from (t.quantity, t.amount_e4, t.entries)
"""
# A dealer who has paid more than he owes has no open item; then nothing may be open.
_OPEN_ITEMS = """
with items as (
    select dealer_id, currency::text as currency, sum(open_e4) as open_e4,
           bool_or(open_e4 < 0 or open_e4 > amount_e4) as is_odd
    from ledger_open_items(%(on)s) group by 1, 2
),
balances as (
    select dealer_id, currency::text as currency, sum(value_e4) as owed_e4
    from (select dealer_id, currency, amount_e4 as value_e4 from ledger_invoice where invoiced_on <= %(on)s
          union all
          select dealer_id, currency, -amount_e4 from ledger_payment where paid_on <= %(on)s) entries
    group by 1, 2
)
select count(*)
from balances b full join items i using (dealer_id, currency)
where greatest(coalesce(b.owed_e4, 0), 0) <> coalesce(i.open_e4, 0) or i.is_odd
"""


@dataclass(frozen=True, slots=True)
class Proof:
    """`orphans` names what is missing, as table.column, with the number of rows; `totals` and `open_items` count the
    monthly totals and the balances of dealers that differ from the entries."""

    entries: int = 0
    orphans: dict[str, int] = field(default_factory=dict)
    totals: int = 0
    open_items: int = 0

    @property
    def is_sound(self) -> bool:
        return not (self.orphans or self.totals or self.open_items)

    def as_json(self) -> dict[str, Any]:
        return {"sound": self.is_sound, **asdict(self)}

    def sentence(self) -> str:
        values = {
            "orphans": number(sum(self.orphans.values())),
            "totals": number(self.totals),
            "items": number(self.open_items),
        }
        return (
            _(
                "The books do not agree. References of entries that lead nowhere: %(orphans)s. Monthly totals that "
                "differ: %(totals)s. Balances of dealers that differ: %(items)s."
            )
            % values
        )


def prove(*, on: date) -> Proof:
    """Count what is wrong as of a day. Runs under a role that reaches all dealers."""
    entries, orphans = 0, dict[str, int]()
    for model in WITHOUT_KEYS:
        rows, missing = _orphans(model)
        entries += rows
        orphans |= {place: lost for place, lost in missing.items() if lost}
    return Proof(entries, orphans, int(_asked(_TOTALS)[0]), int(_asked(_OPEN_ITEMS, {"on": on})[0]))


def _orphans(model: type[models.Model]) -> tuple[int, dict[str, int]]:
    """The rows of a table, and per reference how many of them name what is not there."""
    table = model._meta.db_table
    references = [one for one in model._meta.concrete_fields if isinstance(one, models.ForeignKey)]
    joins, counts = [], []
    for one in references:
        parent = one.remote_field.model._meta.db_table
        joins.append(f"left join {parent} of_{one.name} on of_{one.name}.id = e.{one.column}")
        counts.append(f"count(*) filter (where e.{one.column} is not null and of_{one.name}.id is null)")
    rows, *missing = _asked(f"select count(*), {', '.join(counts)} from {table} e {' '.join(joins)}")
    return int(rows), {f"{table}.{one.column}": int(lost) for one, lost in zip(references, missing, strict=True)}


def _asked(question: str, params: dict[str, Any] | None = None) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(question, params)
        row: tuple[Any, ...] = cursor.fetchone()
        return row
