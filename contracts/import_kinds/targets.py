"""Targets that are agreed already, with their months or split by last year's season."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.functional import lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from contracts.import_kinds.shared import LINE
from contracts.models import Target, TargetMonth
from contracts.seasons import months_between, spread
from core.periods import Period, months_later
from ledger.import_kinds.catalogue import LINE_LOOKUP
from ledger.import_kinds.shared import DEALER, DEALER_LOOKUP, IN_REACH
from ledger.imports.columns import Column, Type
from ledger.imports.kinds import ImportKind, register
from ledger.imports.posting import CHECKED, Posting
from ledger.models import Level
from ledger.receivables import E4

_MONTHS = tuple(f"month_{number:02}" for number in range(1, 13))


def _month(number: int) -> str:
    return gettext("Month %(number)d of the fiscal year") % {"number": number}


_month_label = lazy(_month, str)


def _post(posting: Posting) -> None:
    posting.run(
        f"alter table {CHECKED} add column contract_id bigint, add column starts_on date, add column ends_on date"
    )
    _find_contracts(posting)
    posting.run(
        f"update {CHECKED} c set problem = 'TARGET_OVERLAPS:year' where problem is null and (exists "
        "(select 1 from contracts_target t where t.dealer_id = c.dealer_id and t.status = 'agreed' and t.measure = 1 "
        "and t.line_id is not distinct from c.line_id and t.starts_on <= c.ends_on and t.ends_on >= c.starts_on) "
        f"or exists (select 1 from {CHECKED} e where e.problem is null and e.dealer_id = c.dealer_id and e.row < c.row "
        "and e.line_id is not distinct from c.line_id and e.year = c.year))"
    )
    given = [name for name in _MONTHS if posting.has(name)]
    if given:
        months = " + ".join(f"coalesce(c.{name}, 0)" for name in given)
        some = " or ".join(f"c.{name} is not null" for name in given)
        posting.run(
            f"update {CHECKED} c set problem = 'MONTHS_DO_NOT_ADD_UP:total' where problem is null and ({some}) "
            f"and {months} <> c.total"
        )
    _write(posting, given)


def _find_contracts(posting: Posting) -> None:
    """The contract that runs longest in the fiscal year, and the days of the year on which it runs."""
    years = [year for (year,) in posting.rows(f"select distinct year from {CHECKED} where problem is null")]
    for year in years:
        period = Period.parse(f"{int(year):04}")
        posting.run(
            f"update {CHECKED} c set contract_id = k.id, starts_on = greatest(k.starts_on, %s), "
            "ends_on = least(k.ends_on, %s) from (select distinct on (dealer_id) * from contracts_contract "
            "where status in ('active', 'in_notice', 'ended') and starts_on <= %s and ends_on >= %s "
            "order by dealer_id, least(ends_on, %s) - greatest(starts_on, %s) desc, id) k "
            "where c.problem is null and c.year = %s and k.dealer_id = c.dealer_id",
            [period.start, period.end, period.end, period.start, period.end, period.start, year],
        )
    posting.run(
        f"update {CHECKED} set problem = 'NO_CONTRACT_IN_YEAR:year' where problem is null and contract_id is null"
    )


def _write(posting: Posting, given: list[str]) -> None:
    values = "".join(f", c.{name}" for name in given)
    rows = posting.rows(
        "select c.dealer_id, c.contract_id, c.line_id, c.starts_on, c.ends_on, c.total, k.currency, "
        f"k.starts_on{values} from {CHECKED} c join contracts_contract k on k.id = c.contract_id "
        "where c.problem is null order by c.row"
    )
    before = {} if given else _before(posting)
    made: list[Target] = []
    months: list[TargetMonth] = []
    for dealer, contract, line, start, end, total, currency, signed, *told in rows:
        target = Target(
            dealer_id=dealer,
            contract_id=contract,
            line_id=line,
            starts_on=start,
            ends_on=end,
            total=total,
            currency=currency,
            status=Target.Status.AGREED,
            proposed_by_id=posting.by.pk,
            agreed_by_id=posting.by.pk,
            agreed_on=signed,
        )
        made.append(target)
        months += _shares(target, dict(zip(given, told, strict=True)), before.get(dealer, {}))
    Target.objects.bulk_create(made, batch_size=1000)
    for month in months:
        month.target_id = month.target.pk
    TargetMonth.objects.bulk_create(months, batch_size=5000)
    posting.stored = len(made)


def _shares(target: Target, told: dict[str, Any], before: dict[date, Decimal]) -> list[TargetMonth]:
    months = months_between(target.starts_on, target.ends_on)
    if any(value is not None for value in told.values()):
        first = Period.parse(f"{months[0]:%Y-%m}").start
        year = [months_later(first, offset) for offset in range(12)]
        shares = [told.get(f"month_{year.index(month) + 1:02}") or Decimal(0) for month in months]
    else:
        shares = spread(target.total, months, before, target.currency)
    return [
        TargetMonth(dealer_id=target.dealer_id, target=target, month=month, value=value)
        for month, value in zip(months, shares, strict=True)
    ]


def _before(posting: Posting) -> dict[int, dict[date, Decimal]]:
    """What the dealers of the file bought in all months on record: what the season is read from."""
    found: dict[int, dict[date, Decimal]] = {}
    for dealer, month, e4 in posting.rows(
        "select m.dealer_id, m.month, sum(m.amount_e4) from ledger_monthtotal m "
        f"where m.level = {Level.MAKER_TO_DEALER} "
        f"and m.dealer_id in (select dealer_id from {CHECKED} where problem is null) group by 1, 2"
    ):
        found.setdefault(dealer, {})[month] = Decimal(e4) / E4
    return found


register(
    ImportKind(
        code="targets",
        label=_("Targets agreed"),
        columns=(
            DEALER,
            Column(
                "year",
                _("Fiscal year"),
                Type.WHOLE,
                required=True,
                low="1990",
                high="2098",
                synonyms=("fiscal year", "年度", "财年"),
            ),
            LINE,
            Column(
                "total",
                _("Target"),
                Type.NUMBER,
                required=True,
                low="0.01",
                synonyms=("target", "年度目标", "目标", "销售目标"),
            ),
            *(
                Column(
                    f"month_{number:02}",
                    _month_label(number),
                    Type.NUMBER,
                    low="0",
                    synonyms=(f"m{number}", f"month {number}", f"{number}月"),
                )
                for number in range(1, 13)
            ),
        ),
        lookups=(DEALER_LOOKUP, LINE_LOOKUP),
        rules=(IN_REACH,),
        post=_post,
        permission="contracts.file_contract",
        order=90,
    )
)
