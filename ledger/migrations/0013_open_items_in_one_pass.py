"""Open items by one pass over invoices and payments: the same answer as before in a third of the time for everybody.

Invoices and payments come together by number; what is free to settle the oldest debt, and the queue of debts, are then
sums over the dealer's rows of a currency. Nothing is joined, so nothing rests on how many rows the planner expects.
"""

from importlib import import_module

from django.db import migrations

from core.database.walls import RoleSQL

before = import_module("ledger.migrations.0006_open_items")

OPEN_ITEMS = f"""
create or replace function ledger_open_items(on_day date, known_at timestamptz default null)
returns table (
    dealer_id bigint, currency text, number text, invoiced_on date, due_on date, amount_e4 bigint, open_e4 bigint
)
language sql stable as $$
    with entries as (
        select e.dealer_id, e.currency, e.number, e.invoiced_on, e.due_on, e.amount_e4, 0::bigint as paid_e4
        from ledger_invoice e
        where e.invoiced_on <= on_day and {before.KNOWN}
        union all
        select e.dealer_id, e.currency, e.invoice_number, null, null, 0, e.amount_e4
        from ledger_payment e
        where e.paid_on <= on_day and {before.KNOWN}
    ),
    numbers as (
        select e.dealer_id, e.currency, e.number, min(e.invoiced_on) as invoiced_on, max(e.due_on) as due_on,
               sum(e.amount_e4)::bigint as amount_e4, sum(e.paid_e4)::bigint as paid_e4
        from entries e
        group by e.dealer_id, e.currency, e.number
    ),
    named as (
        select n.*, case when n.number = '' then 0 else greatest(least(n.paid_e4, n.amount_e4), 0) end as named_e4
        from numbers n
    ),
    queued as (
        select n.*, greatest(n.amount_e4, 0) - n.named_e4 as rest_e4,
               sum(greatest(n.amount_e4, 0) - n.named_e4) over (
                   partition by n.dealer_id, n.currency
                   order by n.due_on nulls last, n.invoiced_on, n.number
               ) as queue_e4,
               sum(n.paid_e4 - least(n.amount_e4, 0) - n.named_e4) over (
                   partition by n.dealer_id, n.currency
               ) as free_e4
        from named n
    )
    select q.dealer_id, q.currency::text, q.number::text, q.invoiced_on, q.due_on, q.amount_e4,
           (q.rest_e4 - greatest(0, least(q.rest_e4, q.free_e4 - (q.queue_e4 - q.rest_e4))))::bigint
    from queued q
    where q.amount_e4 > 0
$$
"""
BEFORE = before.OPEN_ITEMS.replace("create function", "create or replace function")


class Migration(migrations.Migration):
    dependencies = [("ledger", "0012_search")]
    operations = [RoleSQL([OPEN_ITEMS], [BEFORE], "Open items on a day, by one pass")]
