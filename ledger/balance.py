"""The stock identity: the count before, and what was bought less what was sold since, should be what is counted now.

A deviation is a hint and no fault: goods in transit, a sale that is reported later, breakage. Beyond the tolerance it
is shown with the arithmetic; who counts decides what it means.
"""

from decimal import Decimal

from django.db import connection

from ledger.models import ImportBatch, Level, StockGap

TOLERANCE = Decimal("0.05")  # of what should be there
TOLERANCE_PIECES = 1
KEPT = 50_000  # gaps kept with a batch; beyond that they are counted only

# One pass in order of days: counts and movements of the dealers concerned in one stream, sums running over it. A join
# of counts with the movements of each would compare every count with every movement of its dealer.
_GAPS = """
with mine as materialized (
    select dealer_id, min(counted_on) as first_on, max(counted_on) as last_on
    from ledger_stockcount where batch_id = %(batch)s group by dealer_id
),
counts as materialized (
    select distinct on (e.dealer_id, e.product_id, e.counted_on)
           e.dealer_id, e.product_id, e.counted_on, e.quantity,
           case when e.batch_id = %(batch)s then e.row end as row
    from mine
    join ledger_stockcount e on e.dealer_id = mine.dealer_id and e.counted_on <= mine.last_on
    join ledger_importbatch b on b.id = e.batch_id
    where not e.is_reversal and (b.state = 'applied' or b.id = %(batch)s)
    order by e.dealer_id, e.product_id, e.counted_on, b.id = %(batch)s desc, b.id desc
),
spans as materialized (
    select dealer_id, min(since) as since, max(last_on) as last_on
    from (select c.dealer_id, mine.last_on,
                 coalesce(max(c.counted_on) filter (where c.counted_on < mine.first_on), mine.first_on) as since
          from counts c join mine on mine.dealer_id = c.dealer_id group by c.dealer_id, c.product_id, 2, mine.first_on
          having bool_or(c.row is not null)) of_products
    group by dealer_id
),
stream as (
    select e.dealer_id, e.product_id, e.occurred_on as day, false as is_count, null::bigint as row,
           null::numeric as counted,
           sum(e.quantity) filter (where e.level = %(bought)s) as bought,
           sum(e.quantity) filter (where e.level = %(sold)s) as sold
    from spans
    join ledger_movement e on e.dealer_id = spans.dealer_id and e.level in (%(bought)s, %(sold)s)
        and e.occurred_on > spans.since and e.occurred_on <= spans.last_on
    group by e.dealer_id, e.product_id, e.occurred_on
    union all
    select dealer_id, product_id, counted_on, true, row, quantity, 0, 0 from counts
),
running as (
    select *, sum(bought) over days as bought_so_far, sum(sold) over days as sold_so_far from stream
    window days as (partition by dealer_id, product_id order by day, is_count rows unbounded preceding)
),
pairs as (
    select dealer_id, product_id, row, day, counted, lag(day) over counts as since, lag(counted) over counts as opening,
           bought_so_far - lag(bought_so_far) over counts as bought, sold_so_far - lag(sold_so_far) over counts as sold
    from running where is_count
    window counts as (partition by dealer_id, product_id order by day)
)
select dealer_id, product_id, row, day, counted, since, opening, bought, sold, count(*) over () as number
from pairs
where row is not null and since is not null
  and abs(counted - (opening + bought - sold)) > greatest(%(pieces)s, %(share)s * abs(opening + bought - sold))
order by abs(counted - (opening + bought - sold)) desc, row
limit %(kept)s
"""


def gaps_of(batch: ImportBatch) -> tuple[int, list[StockGap]]:
    """How many counts of a batch do not balance, and these (unsaved), the largest difference first."""
    with connection.cursor() as cursor:
        cursor.execute(
            _GAPS,
            {
                "batch": batch.pk,
                "bought": Level.MAKER_TO_DEALER.value,
                "sold": Level.DEALER_TO_CUSTOMER.value,
                "pieces": TOLERANCE_PIECES,
                "share": TOLERANCE,
                "kept": KEPT,
            },
        )
        found = cursor.fetchall()
    number = int(found[0][-1]) if found else 0
    return number, [
        StockGap(
            batch=batch, dealer_id=dealer, product_id=product, row=row, counted_on=day, counted=counted, since=since,
            opening=opening, bought=bought, sold=sold,
        )
        for dealer, product, row, day, counted, since, opening, bought, sold, _number in found
    ]  # fmt: skip
