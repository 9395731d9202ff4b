"""The measures of this room: sales against target and last year, money, stock, market, reports."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from performance.assessing import KNOWN, MONTHS
from performance.measures import ASSESSED, Behind, Input, Measure, Unit, View, register

SELL_IN, SELL_THROUGH = 1, 2  # ledger.models.Level, inside SQL
# ... and was not taken back by then.
STANDS = (
    "not exists (select 1 from ledger_importbatch r where r.reverses_id = e.batch_id and r.applied_at <= %(known_at)s)"
)
NO_RATE = _("There is no exchange rate for a currency that he was invoiced in.")

# Sell-in of a time by dealer, in the contract's currency.
_SOLD = f"""
select dealer_id, sum(amount) as amount, bool_or(lacks_rate) as lacks_rate,
       jsonb_agg(converted) filter (where converted is not null) as converted
from {MONTHS} where level = {SELL_IN} and month between %({{start}})s and %({{end}})s group by dealer_id
"""


def _goods(level: str, start: str = "start", end: str = "end") -> Any:
    def behind(view: View, inputs: Mapping[str, Any]) -> Sequence[Behind]:
        values = view.values
        return [Behind("movements", values[start], values[end], view.known_at, {"level": level})]

    return behind


# ---- target attainment -----------------------------------------------------------------------
# A target for everything counts where there is one; else those of the lines, against what was bought of these lines.
ATTAINMENT = f"""
with wanted as (
    select t.dealer_id, sum(m.value) filter (where t.line_id is null) as whole,
           sum(m.value) filter (where t.line_id is not null) as of_lines
    from contracts_target t
    join contracts_targetmonth m on m.target_id = t.id and m.month between %(start)s and %(end)s
    join {ASSESSED} a on a.dealer_id = t.dealer_id and a.currency = t.currency
    where t.status = 'agreed' and t.is_assessed and t.measure = 1
    group by t.dealer_id
),
exempt as (
    select distinct t.dealer_id from contracts_target t
    where t.status = 'agreed' and not t.is_assessed and t.starts_on <= %(end)s and t.ends_on >= %(start)s
),
bought as ({_SOLD.format(start="start", end="end")}),
of_lines as (
    select t.dealer_id, sum(e.amount_e4)::numeric / 10000 as amount
    from wanted w
    join contracts_target t on t.dealer_id = w.dealer_id and t.status = 'agreed' and t.is_assessed and t.measure = 1
        and t.line_id is not null and t.starts_on <= %(end)s and t.ends_on >= %(start)s
    join dealers_productline l on l.id = t.line_id
    join dealers_productline under on under.low between l.low and l.high
    join dealers_product p on p.line_id = under.id
    join ledger_movement e on e.dealer_id = t.dealer_id and e.level = {SELL_IN} and e.product_id = p.id
        and e.occurred_on between %(start)s and %(end)s and e.currency = t.currency and {KNOWN}
    where w.whole is null
    group by t.dealer_id
),
numbers as (
    select a.dealer_id, a.currency, coalesce(w.whole, w.of_lines) as target, x.dealer_id is not null as is_exempt,
           coalesce(case when w.whole is null and w.of_lines is not null then o.amount else b.amount end, 0) as sell_in,
           coalesce(b.lacks_rate, false) as lacks_rate, b.converted
    from {ASSESSED} a
    left join wanted w on w.dealer_id = a.dealer_id
    left join exempt x on x.dealer_id = a.dealer_id
    left join bought b on b.dealer_id = a.dealer_id
    left join of_lines o on o.dealer_id = a.dealer_id
)
select dealer_id, sell_in / nullif(target, 0) as value,
       case when target is null and is_exempt then 'first_year' when coalesce(target, 0) = 0 then 'no_target'
            when lacks_rate then 'no_rate' else '' end as missing,
       jsonb_strip_nulls(jsonb_build_object('sell_in', round(sell_in, 4)::text, 'target', target::text,
                                            'currency', currency, 'converted', converted)) as inputs
from numbers
"""

# ---- growth ----------------------------------------------------------------------------------
GROWTH = f"""
with now as ({_SOLD.format(start="start", end="end")}),
     before as ({_SOLD.format(start="before_start", end="before_end")})
select a.dealer_id, (coalesce(n.amount, 0) - b.amount) / nullif(b.amount, 0) as value,
       case when coalesce(n.lacks_rate, false) or coalesce(b.lacks_rate, false) then 'no_rate'
            when b.dealer_id is null then 'new_dealer' when b.amount <= 0 then 'no_base' else '' end as missing,
       jsonb_strip_nulls(jsonb_build_object('sell_in', round(coalesce(n.amount, 0), 4)::text,
                                            'year_before', round(b.amount, 4)::text, 'currency', a.currency,
                                            'converted', n.converted)) as inputs
from {ASSESSED} a left join now n on n.dealer_id = a.dealer_id left join before b on b.dealer_id = a.dealer_id
"""

# ---- collection ------------------------------------------------------------------------------
# Where no payment of anybody has come in for a year, nobody feeds payments: then nothing can be said of anyone.
_FED = (
    "exists (select 1 from ledger_payment e where e.paid_on > %(end)s::date - 365 and e.paid_on <= %(end)s "
    f"and {KNOWN})"
)
# A rate is asked once for each pair of currencies: asked for every invoice, it was nine tenths of the measure.
_ITEMS = f"""
    with rates as materialized (
        select invoiced.currency, assessed.own, ledger_rate(invoiced.currency, assessed.own, %(end)s) as rate
        from (select distinct currency from ledger_invoice) invoiced
        cross join (select distinct currency as own from {ASSESSED}) assessed
    )
    select i.dealer_id, i.due_on, i.amount_e4 * r.rate / 10000 as amount, i.open_e4 * r.rate / 10000 as open
    from ledger_open_items(%(end)s, %(after)s) i
    join {ASSESSED} a on a.dealer_id = i.dealer_id
    join rates r on r.currency = i.currency and r.own = a.currency
"""
COLLECTION = f"""
with items as ({_ITEMS}),
due as (
    select dealer_id, sum(amount) as due, sum(amount - open) as paid, bool_or(amount is null) as lacks_rate
    from items where due_on between %(start)s and %(end)s group by dealer_id
),
fed as (select {_FED} as is_fed)
select a.dealer_id, d.paid / nullif(d.due, 0) as value,
       case when not f.is_fed then 'no_payments' when d.lacks_rate then 'no_rate'
            when coalesce(d.due, 0) = 0 then 'nothing_due' else '' end as missing,
       jsonb_strip_nulls(jsonb_build_object('paid', round(d.paid, 4)::text, 'due', round(d.due, 4)::text,
                                            'currency', a.currency)) as inputs
from {ASSESSED} a cross join fed f left join due d on d.dealer_id = a.dealer_id
"""

OVERDUE = f"""
with items as ({_ITEMS}),
owed as (
    select dealer_id, sum(open) as total, coalesce(sum(open) filter (where due_on < %(end)s), 0) as overdue,
           bool_or(amount is null) as lacks_rate
    from items group by dealer_id
),
fed as (select {_FED} as is_fed)
select a.dealer_id, case when o.total = 0 then 0 else o.overdue / o.total end as value,
       case when not f.is_fed then 'no_payments' when o.lacks_rate then 'no_rate' when o.dealer_id is null
            then 'no_invoices' else '' end as missing,
       jsonb_strip_nulls(jsonb_build_object('overdue', round(o.overdue, 4)::text, 'total', round(o.total, 4)::text,
                                            'currency', a.currency)) as inputs
from {ASSESSED} a cross join fed f left join owed o on o.dealer_id = a.dealer_id
"""

# ---- days of cover ---------------------------------------------------------------------------
COVER = f"""
with counted as (
    select e.dealer_id, date_trunc('month', e.counted_on)::date as month, e.counted_on, sum(e.quantity) as stock,
           sum(case when e.is_reversal then -1 else 1 end) as counts
    from ledger_stockcount e join {ASSESSED} a on a.dealer_id = e.dealer_id
    where e.counted_on between %(start)s and %(end)s and {KNOWN}
    group by 1, 2, 3
    having sum(case when e.is_reversal then -1 else 1 end) > 0
),
gaps as (
    select e.dealer_id, e.counted_on, count(*) as gaps
    from ledger_stockgap e join {ASSESSED} a on a.dealer_id = e.dealer_id
    where e.counted_on between %(start)s and %(end)s and {KNOWN} and {STANDS}
    group by 1, 2
),
ends as (select distinct on (dealer_id, month) * from counted order by dealer_id, month, counted_on desc),
sold as (
    select c.dealer_id, c.month, c.stock, c.counts, coalesce(g.gaps, 0) as gaps, coalesce(sum(e.quantity), 0) as sold
    from ends c
    left join gaps g on g.dealer_id = c.dealer_id and g.counted_on = c.counted_on
    left join ledger_movement e on e.dealer_id = c.dealer_id and e.level = {SELL_THROUGH}
        and e.occurred_on > c.counted_on - 90 and e.occurred_on <= c.counted_on and {KNOWN}
    group by 1, 2, 3, 4, 5
),
covers as (
    select dealer_id, count(*) as months, sum(stock) as stock, sum(sold) as sold, sum(counts) as counts,
           nullif(sum(gaps), 0) as gaps,
           count(*) filter (where sold > 0) as with_sales, avg(stock * 90 / nullif(sold, 0)) as days
    from sold group by dealer_id
)
select a.dealer_id, c.days as value,
       case when c.dealer_id is null then 'no_counts' when c.with_sales = 0 then 'no_sales' else '' end as missing,
       jsonb_strip_nulls(jsonb_build_object('stock', round(c.stock, 4)::text, 'sold', round(c.sold, 4)::text,
                                            'months', c.months::text, 'unbalanced', c.gaps::text,
                                            'counts', case when c.gaps > 0 then c.counts::text end)) as inputs
from {ASSESSED} a left join covers c on c.dealer_id = a.dealer_id
"""

# ---- market expansion ------------------------------------------------------------------------
EXPANSION = f"""
with firsts as (
    select e.dealer_id, e.outlet_id, min(e.occurred_on) as first_on, max(e.occurred_on) as last_on
    from ledger_movement e join {ASSESSED} a on a.dealer_id = e.dealer_id
    where e.level = {SELL_THROUGH} and e.outlet_id is not null and e.quantity > 0 and not e.is_reversal
      and e.occurred_on <= %(end)s and {KNOWN} and {STANDS}
    group by 1, 2
),
news as (
    select dealer_id, count(*) filter (where first_on between %(start)s and %(end)s) as new,
           count(*) filter (where last_on between %(start)s and %(end)s) as active
    from firsts group by dealer_id
)
select a.dealer_id, n.new as value, case when coalesce(n.active, 0) = 0 then 'no_sales_reported' else '' end as missing,
       jsonb_strip_nulls(jsonb_build_object('new', n.new::text, 'active', n.active::text)) as inputs
from {ASSESSED} a left join news n on n.dealer_id = a.dealer_id
"""

# ---- reports on time -------------------------------------------------------------------------
REPORTS = f"""
with due as (
    select r.dealer_id, count(*) as due, count(*) filter (where r.filed_on <= r.due_on) as on_time
    from ledger_reportdue r join {ASSESSED} a on a.dealer_id = r.dealer_id
    where r.due_on between %(start)s and %(end)s and r.waived_by_id is null
    group by r.dealer_id
)
select a.dealer_id, d.on_time::numeric / nullif(d.due, 0) as value,
       case when coalesce(d.due, 0) = 0 then 'no_report_due' else '' end as missing,
       jsonb_strip_nulls(jsonb_build_object('on_time', d.on_time::text, 'due', d.due::text)) as inputs
from {ASSESSED} a left join due d on d.dealer_id = a.dealer_id
"""


def _invoices(view: View, inputs: Mapping[str, Any]) -> Sequence[Behind]:
    start, end = view.period.start, view.period.end
    return [Behind("invoices", start, end, view.known_at, {"by": "due"})]


def _owed(view: View, inputs: Mapping[str, Any]) -> Sequence[Behind]:
    return [Behind("open", view.period.start, view.period.end, view.known_at)]


def _stock(view: View, inputs: Mapping[str, Any]) -> Sequence[Behind]:
    return [Behind("stock", view.period.start, view.period.end, view.known_at)]


def _reports(view: View, inputs: Mapping[str, Any]) -> Sequence[Behind]:
    return [Behind("reports", view.period.start, view.period.end, view.known_at)]


def _growth_lines(view: View, inputs: Mapping[str, Any]) -> Sequence[Behind]:
    return [*_goods("1")(view, inputs), *_goods("1", "before_start", "before_end")(view, inputs)]


register(
    Measure(
        code="attainment",
        title=_("Target attainment"),
        summary=_("Sell-in, net of returns"),
        unit=Unit.SHARE,
        query=ATTAINMENT,
        formula=_("Attainment = sell-in ÷ target"),
        working="{sell_in} ÷ {target}",
        inputs=(Input("sell_in", _("Sell-in"), Unit.AMOUNT), Input("target", _("Target"), Unit.AMOUNT)),
        missing={
            "first_year": _("First year: the target is agreed, but not assessed."),
            "no_target": _("No target was agreed for this time."),
            "no_rate": NO_RATE,
        },
        behind=_goods("1"),
        advice=_("Buy %(more)s more"),
        order=10,
    ),
    Measure(
        code="growth",
        title=_("Growth"),
        summary=_("Sell-in against the same time a year before"),
        unit=Unit.CHANGE,
        query=GROWTH,
        formula=_("Growth = (sell-in − sell-in a year before) ÷ sell-in a year before"),
        working="({sell_in} − {year_before}) ÷ {year_before}",
        inputs=(
            Input("sell_in", _("Sell-in"), Unit.AMOUNT),
            Input("year_before", _("Sell-in a year before"), Unit.AMOUNT),
        ),
        missing={
            "new_dealer": _("New: there was no sell-in a year before."),
            "no_base": _("The year before came to nothing or less, so there is nothing to grow from."),
            "no_rate": NO_RATE,
        },
        behind=_growth_lines,
        advice=_("Buy %(more)s more"),
        order=20,
    ),
    Measure(
        code="collection",
        title=_("Collection"),
        summary=_("Paid of what fell due in the period"),
        unit=Unit.SHARE,
        query=COLLECTION,
        formula=_("Collection = paid of what fell due ÷ fell due"),
        working="{paid} ÷ {due}",
        inputs=(Input("paid", _("Paid of it"), Unit.AMOUNT), Input("due", _("Fell due"), Unit.AMOUNT)),
        missing={
            "no_payments": _("No payments are on record for anybody in the last twelve months."),
            "nothing_due": _("Nothing fell due in this time."),
            "no_rate": NO_RATE,
        },
        behind=_invoices,
        advice=_("Pay %(more)s more of what is due"),
        order=30,
    ),
    Measure(
        code="overdue",
        title=_("Overdue share"),
        summary=_("Of all that was owed on the last day"),
        unit=Unit.SHARE,
        query=OVERDUE,
        formula=_("Overdue share = overdue ÷ owed"),
        working="{overdue} ÷ {total}",
        inputs=(Input("overdue", _("Overdue"), Unit.AMOUNT), Input("total", _("Owed"), Unit.AMOUNT)),
        missing={
            "no_payments": _("No payments are on record for anybody in the last twelve months."),
            "no_invoices": _("He has not been invoiced yet."),
            "no_rate": NO_RATE,
        },
        behind=_owed,
        order=40,
    ),
    Measure(
        code="cover",
        title=_("Days of cover"),
        summary=_("Stock at the ends of the months against the sales of 90 days"),
        unit=Unit.DAYS,
        query=COVER,
        formula=_("Days of cover = stock ÷ (sold in 90 days ÷ 90), mean of the months counted"),
        working="{stock} ÷ ({sold} ÷ 90)",
        inputs=(
            Input("stock", _("Stock at the month ends, together"), Unit.COUNT),
            Input("sold", _("Sold in the 90 days before each, together"), Unit.COUNT),
            Input("months", _("Month ends counted"), Unit.COUNT),
        ),
        missing={
            "no_counts": _("No stock was reported in this time."),
            "no_sales": _("No sales were reported in the 90 days before."),
        },
        behind=_stock,
        caution=_(
            "%(unbalanced)s of the %(counts)s counts do not balance with purchases and sales since the count before."
        ),
        order=50,
    ),
    Measure(
        code="expansion",
        title=_("Market expansion"),
        summary=_("Customers with their first purchase in this time"),
        unit=Unit.COUNT,
        query=EXPANSION,
        formula=_("New customers = customers whose first purchase ever lies in this time"),
        working="{new}",
        inputs=(
            Input("new", _("New customers"), Unit.COUNT),
            Input("active", _("Customers who bought in this time"), Unit.COUNT),
        ),
        missing={"no_sales_reported": _("No sales to customers were reported in this time.")},
        behind=_goods("2"),
        advice=_("Win %(more)s more customers"),
        order=60,
    ),
    Measure(
        code="reports",
        title=_("Reports on time"),
        summary=_("Of the reports due in this time"),
        unit=Unit.SHARE,
        query=REPORTS,
        formula=_("Reports on time = filed in time ÷ due"),
        working="{on_time} ÷ {due}",
        inputs=(Input("on_time", _("Filed in time"), Unit.COUNT), Input("due", _("Due"), Unit.COUNT)),
        missing={"no_report_due": _("No report was due in this time.")},
        behind=_reports,
        advice=_("File every report in time"),
        order=70,
    ),
)
