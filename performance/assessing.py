"""Assessing a period, set-wise: one statement a measure, whatever the number of dealers.

Everything happens in temporary tables of one transaction: who is assessed, the months' sums, the results, the cards.
What counts is what was posted by the cut-off, so that the same edition can be computed again later. The scores follow
`performance.scoring`, written in SQL.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import connection

from core.database import memory
from core.periods import Period
from performance import measures
from performance.measures import ASSESSED, Measure, View
from performance.models import Assessment, ScorecardTemplate

MONTHS, RESULTS, CARDS = "performance_months", "performance_results", "performance_cards"
PEERS_SHOWN = 10  # fewer than these, and a median would tell who they are

type Tell = Callable[[int, int, str], object]

# A fact counts when its import was posted by the cut-off (alias e); `after` is null where nothing was posted later, and
# then nobody has to look.
KNOWN = (
    "(%(after)s::timestamptz is null "
    "or exists (select 1 from ledger_importbatch b where b.id = e.batch_id and b.applied_at <= %(known_at)s))"
)


@dataclass(frozen=True, slots=True)
class Run:
    """One computation: the period, the cut-off, and whom it is about: an edition's own dealers, those who were judged
    by another version of the rules on trial, or all."""

    period: Period
    known_at: datetime
    of_edition: Assessment | None = None
    trial_of: ScorecardTemplate | None = None
    has_later: bool = True  # something was posted after the cut-off

    @property
    def values(self) -> dict[str, Any]:
        """The named parameters of every statement."""
        return View(self.period, self.known_at).values | {"after": self.known_at if self.has_later else None}


def compute(run: Run, tell: Tell) -> int:
    """Fill the temporary tables; the number of dealers assessed."""
    memory.allow_for_all()
    run = replace(run, has_later=_was_posted_after(run.known_at))
    _choose_assessed(run)
    _sum_months(run)
    _run(f"create temporary table {RESULTS} {_RESULT_COLUMNS} on commit drop")
    wanted = _measures_in_use()
    for number, measure in enumerate(wanted):
        tell(number, len(wanted) + 1, str(measure.title))
        _measure(measure, run)
    tell(len(wanted), len(wanted) + 1, "")
    _score()
    _sum_up()
    return _count(ASSESSED)


def _choose_assessed(run: Run) -> None:
    """Dealers with a contract in force within the period; the template that was used before, else the narrowest."""
    for table in (CARDS, RESULTS, MONTHS, ASSESSED):
        _run(f"drop table if exists {table}")
    source = _OF_TRIAL if run.trial_of else _OF_EDITION if run.of_edition else _ALL
    values = run.values | {
        "trial": run.trial_of.pk if run.trial_of else None,
        "length": run.period.length.value,
        "period": run.period.key,
        "edition": run.of_edition.pk if run.of_edition else None,
    }
    _run(f"create temporary table {ASSESSED} on commit drop as {source}", values)
    _run(f"create unique index on {ASSESSED} (dealer_id)")
    _run(f"analyze {ASSESSED}")


_ALL = """
select distinct on (c.dealer_id) c.dealer_id, c.id as contract_id, t.id as template_id, c.currency, d.tier
from contracts_contract c
join dealers_dealer d on d.id = c.dealer_id and d.archived_at is null
left join performance_scorecard before on before.dealer_id = c.dealer_id and before.period = %(period)s
    and before.is_latest and before.published_at is not null
join performance_scorecardtemplate t on case when before.id is not null then t.id = before.template_id
    else t.status in ('in_use', 'retired') and coalesce(t.starts_on <= %(start)s, true)
    and coalesce(t.ends_before > %(start)s, true)
    and t.length = %(length)s and (t.tiers = '{}' or d.tier = any(t.tiers)) end
where c.status in ('active', 'in_notice', 'ended') and c.starts_on <= %(end)s and c.ends_on >= %(start)s
order by c.dealer_id, c.ends_on desc, c.id desc, t.tiers = '{}', t.id
"""
_OF_EDITION = """
select s.dealer_id, s.contract_id, s.template_id, s.currency, d.tier
from performance_scorecard s join dealers_dealer d on d.id = s.dealer_id
where s.assessment_id = %(edition)s
"""
_OF_TRIAL = """
select s.dealer_id, s.contract_id, trial.id as template_id, s.currency, d.tier
from performance_scorecard s
join dealers_dealer d on d.id = s.dealer_id
join performance_scorecardtemplate was on was.id = s.template_id
join performance_scorecardtemplate trial on trial.id = %(trial)s and trial.code = was.code
where s.period = %(period)s and s.is_latest
"""


def _was_posted_after(moment: datetime) -> bool:
    return bool(_rows("select exists (select 1 from ledger_importbatch where applied_at > %s)", [moment])[0][0])


def _sum_months(run: Run) -> None:
    """Goods by month in the contract's currency, of the period and the year before.

    Where nothing was posted after the cut-off the roll-up holds the same as the movements, and is far smaller.
    """
    source = _FROM_MOVEMENTS if run.has_later else _FROM_TOTALS
    _run(f"create temporary table {MONTHS} on commit drop as {_IN_CURRENCY.format(source=source)}", run.values)
    _run(f"create index on {MONTHS} (dealer_id)")
    _run(f"analyze {MONTHS}")


_FROM_TOTALS = f"""
select m.dealer_id, m.level, m.month, m.currency, m.amount_e4
from ledger_monthtotal m join {ASSESSED} a on a.dealer_id = m.dealer_id
where m.month between %(start)s and %(end)s or m.month between %(before_start)s and %(before_end)s
"""
_FROM_MOVEMENTS = f"""
select e.dealer_id, e.level, date_trunc('month', e.occurred_on)::date as month, e.currency,
       sum(e.amount_e4)::bigint as amount_e4
from ledger_movement e join {ASSESSED} a on a.dealer_id = e.dealer_id
where (e.occurred_on between %(start)s and %(end)s or e.occurred_on between %(before_start)s and %(before_end)s)
  and {KNOWN}
group by 1, 2, 3, 4
"""
# A rate is asked once for each pair of currencies, on the last day of the period, and named beside the sum.
_IN_CURRENCY = f"""
with months as ({{source}}),
rates as materialized (
    select pair.currency, pair.own, ledger_rate(pair.currency, pair.own, %(end)s) as rate
    from (select distinct m.currency, a.currency as own from months m join {ASSESSED} a using (dealer_id)) pair
)
select m.dealer_id, m.level, m.month,
       sum(m.amount_e4 * r.rate / 10000) as amount,
       bool_or(r.rate is null) as lacks_rate,
       jsonb_agg(jsonb_build_object('amount', round(m.amount_e4::numeric / 10000, 4)::text, 'currency', m.currency,
                                    'rate', round(r.rate, 8)::text) order by m.currency)
           filter (where m.currency <> a.currency and r.rate is not null) as converted
from months m
join {ASSESSED} a using (dealer_id)
join rates r on r.currency = m.currency and r.own = a.currency
group by 1, 2, 3
"""


def _measures_in_use() -> list[Measure]:
    """The measures of the templates of this run. One that is no longer installed cannot be computed: it is left out,
    and its line says so."""
    codes = [
        code
        for (code,) in _rows(
            f"select distinct measure from performance_templatemeasure "
            f"where template_id in (select template_id from {ASSESSED})"
        )
    ]
    return [measure for measure in measures.all_measures() if measure.code in codes]


_RESULT_COLUMNS = """(
    dealer_id bigint, position smallint, measure varchar(40), weight numeric(5, 2), zero_at numeric, full_at numeric,
    full_until numeric, zero_again_at numeric, floor numeric, value numeric(20, 6), missing varchar(40), inputs jsonb,
    score numeric(4, 1), points numeric(5, 1)
)"""


def _measure(measure: Measure, run: Run) -> None:
    """One measure for everybody whose template has it. Neither value nor reason is a fault of the measure: said so."""
    _run(
        f"""
        insert into {RESULTS} (dealer_id, position, measure, weight, zero_at, full_at, full_until, zero_again_at, floor,
                               value, missing, inputs)
        select a.dealer_id, m.position, m.measure, m.weight, m.zero_at, m.full_at, m.full_until, m.zero_again_at,
               m.floor, case when coalesce(q.missing, '') = '' then round(q.value, 6) end,
               case when coalesce(q.missing, '') <> '' then q.missing when q.value is null then 'not_measured' else ''
               end,
               coalesce(q.inputs, '{{}}'::jsonb)
        from {ASSESSED} a
        join performance_templatemeasure m on m.template_id = a.template_id and m.measure = %(measure)s
        left join ({measure.query}) q on q.dealer_id = a.dealer_id
        """,
        run.values | {"measure": measure.code},
    )


# `performance.scoring.score` in SQL, over the columns of a result.
SCORE = """
round(100 * case
    when floor is not null and (case when zero_at > full_at then value > floor else value < floor end) then 0
    when full_until is not null and zero_again_at is not null and value > full_until
        then least(greatest((zero_again_at - value) / (zero_again_at - full_until), 0), 1)
    else least(greatest((value - zero_at) / (full_at - zero_at), 0), 1)
end, 1)
"""


def _score() -> None:
    _run(
        f"""
        insert into {RESULTS} (dealer_id, position, measure, weight, zero_at, full_at, full_until, zero_again_at, floor,
                               missing, inputs)
        select a.dealer_id, m.position, m.measure, m.weight, m.zero_at, m.full_at, m.full_until, m.zero_again_at,
               m.floor, 'not_installed', '{{}}'::jsonb
        from {ASSESSED} a join performance_templatemeasure m on m.template_id = a.template_id
        where not exists (select 1 from {RESULTS} r where r.measure = m.measure)
        """
    )
    _run(f"update {RESULTS} set score = {SCORE} where value is not null")
    _run(f"update {RESULTS} set points = round(score * weight / 100, 1) where score is not null")


def _sum_up() -> None:
    """Totals, grades, and the median of those with the same template and tier."""
    _run(
        f"""
        create temporary table {CARDS} on commit drop as
        with sums as (
            select r.dealer_id, sum(r.weight) as weight,
                   coalesce(sum(r.weight) filter (where r.points is not null), 0) as weight_with_data,
                   coalesce(sum(r.points), 0) as points,
                   md5(string_agg(concat_ws('|', r.measure, r.weight, r.value, r.missing, r.inputs, r.score, r.points),
                                  E'\\n' order by r.position)) as digest
            from {RESULTS} r group by r.dealer_id
        ),
        totals as (
            select a.*, s.weight, s.weight_with_data, s.points, s.digest,
                   case when s.weight_with_data > 0 and s.weight_with_data / s.weight >= t.minimum_coverage
                        then least(round(s.points / s.weight_with_data * 100, 1), 100) end as score,
                   case when s.weight_with_data = 0 then 'no_data'
                        when s.weight_with_data / s.weight < t.minimum_coverage then 'little_data' else ''
                   end as missing
            from {ASSESSED} a
            join sums s using (dealer_id)
            join performance_scorecardtemplate t on t.id = a.template_id
        ),
        peers as (
            select template_id, tier, count(score) as peers,
                   percentile_cont(0.5) within group (order by score) as median
            from totals group by template_id, tier
        )
        select t.*, coalesce((select g.letter from performance_templategrade g
                              where g.template_id = t.template_id and g.from_score <= t.score
                              order by g.from_score desc limit 1), '') as grade,
               p.peers, case when p.peers >= {PEERS_SHOWN} then round(p.median::numeric, 1) end as peer_median
        from totals t join peers p on p.template_id = t.template_id and p.tier = t.tier
        """
    )
    _run(f"create unique index on {CARDS} (dealer_id)")
    _run(f"analyze {CARDS}")


def fingerprint() -> str:
    """A checksum of all results, in the order of the dealers."""
    statement = (
        f"select encode(sha256(convert_to(coalesce(string_agg(concat_ws('|', dealer_id, digest, score, grade), "
        f"E'\\n' order by dealer_id), ''), 'UTF8')), 'hex') from {CARDS}"
    )
    return str(_rows(statement)[0][0])


def _run(statement: str, values: Mapping[str, Any] | None = None) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)


def _rows(statement: str, params: list[Any] | None = None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return list(cursor.fetchall())


def _count(table: str) -> int:
    return int(_rows(f"select count(*) from {table}")[0][0])
