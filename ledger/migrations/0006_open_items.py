"""What of each invoice is still open on a day, worked out by the database for one dealer or for all of them.

A payment that names its invoice settles that; the rest, credit notes and what was paid beyond an invoice settle the
oldest debt first, by due date. Amounts are ten-thousandths. Runs with the caller's rights, so row policies hold.

`known_at` takes only what had been posted by then: a closed period can be computed again as it was.
"""

from django.db import migrations

from core.database.walls import RoleSQL

KNOWN = (
    "(known_at is null or exists (select 1 from ledger_importbatch b "
    "where b.id = e.batch_id and b.applied_at <= known_at))"
)

OPEN_ITEMS = f"""
create function ledger_open_items(on_day date, known_at timestamptz default null)
returns table (
    dealer_id bigint, currency text, number text, invoiced_on date, due_on date, amount_e4 bigint, open_e4 bigint
)
language sql stable as $$
    with invoices as not materialized (
        select e.dealer_id, e.currency, e.number, min(e.invoiced_on) as invoiced_on, max(e.due_on) as due_on,
               sum(e.amount_e4)::bigint as amount_e4
        from ledger_invoice e
        where e.invoiced_on <= on_day and {KNOWN}
        group by e.dealer_id, e.currency, e.number
        having sum(e.amount_e4) <> 0
    ),
    paid as not materialized (
        select e.dealer_id, e.currency, e.invoice_number as number, sum(e.amount_e4)::bigint as paid_e4
        from ledger_payment e
        where e.paid_on <= on_day and {KNOWN}
        group by e.dealer_id, e.currency, e.invoice_number
    ),
    debts as not materialized (
        select i.*, greatest(least(coalesce(p.paid_e4, 0), i.amount_e4), 0) as named_e4
        from invoices i
        left join paid p on p.dealer_id = i.dealer_id and p.currency = i.currency and p.number = i.number
                        and p.number <> ''
        where i.amount_e4 > 0
    ),
    free as not materialized (
        select f.dealer_id, f.currency, sum(f.value_e4) as free_e4
        from (
            select p.dealer_id, p.currency, p.paid_e4 as value_e4 from paid p
            union all
            select i.dealer_id, i.currency, -i.amount_e4 from invoices i where i.amount_e4 < 0
            union all
            select d.dealer_id, d.currency, -d.named_e4 from debts d
        ) f
        group by f.dealer_id, f.currency
    ),
    queued as not materialized (
        select d.*, d.amount_e4 - d.named_e4 as rest_e4,
               sum(d.amount_e4 - d.named_e4) over (
                   partition by d.dealer_id, d.currency
                   order by d.due_on nulls last, d.invoiced_on, d.number
               ) as queue_e4
        from debts d
    )
    select q.dealer_id, q.currency::text, q.number::text, q.invoiced_on, q.due_on, q.amount_e4,
           (q.rest_e4 - greatest(0, least(q.rest_e4, coalesce(f.free_e4, 0) - (q.queue_e4 - q.rest_e4))))::bigint
    from queued q
    left join free f on f.dealer_id = q.dealer_id and f.currency = q.currency
$$
"""

# How much of one currency a unit of another was worth: the latest day on record, at most a month old; directly, the
# other way round, or over a currency that both were quoted in.
RATE = """
create function ledger_rate(of_currency text, into_currency text, on_day date) returns numeric
language sql stable as $$
    with quotes as (
        select distinct on (currency, quote) currency, quote, rate
        from ledger_exchangerate
        where day <= on_day and day > on_day - 31
          and (currency in (of_currency, into_currency) or quote in (of_currency, into_currency))
        order by currency, quote, day desc
    ),
    pairs as (
        select currency as a, quote as b, rate, 1 as detour from quotes
        union all
        select quote, currency, 1 / rate, 2 from quotes
        union all
        select x.currency, y.currency, x.rate / y.rate, 3 from quotes x join quotes y on x.quote = y.quote
    )
    select case when of_currency = into_currency then 1::numeric
           else (select rate from pairs where a = of_currency and b = into_currency order by detour limit 1) end
$$
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0005_walls_of_orders_and_reports")]
    operations = [
        RoleSQL([OPEN_ITEMS], ["drop function ledger_open_items(date, timestamptz)"], "Open items on a day"),
        RoleSQL([RATE], ["drop function ledger_rate(text, text, date)"], "The rate between two currencies on a day"),
    ]
