"""Rebates of contracts in force: one row a tier."""

from django.utils.translation import gettext_lazy as _

from contracts.import_kinds.shared import CONTRACT_LOOKUP, LINE, NUMBER
from ledger.import_kinds.catalogue import LINE_LOOKUP, NEW_PUBLIC_ID
from ledger.import_kinds.shared import DEALER, DEALER_LOOKUP, IN_REACH
from ledger.imports.columns import Column, Type
from ledger.imports.kinds import ImportKind, register
from ledger.imports.posting import CHECKED, Posting

_METHODS = ("by_slices", "whole_amount", "分段计返", "达档全额计返")
_PERIODS = ("month", "quarter", "year", "月", "季度", "年")
_METHOD = (
    "case lower(c.method) when '分段计返' then 'by_slices' when '达档全额计返' then 'whole_amount' "
    "else lower(c.method) end"
)
_PERIOD = (
    "case lower(c.period) when '月' then 'month' when '季度' then 'quarter' when '年' then 'year' "
    "else lower(c.period) end"
)
_SAME_TERM = "e.contract_id = c.contract_id and lower(e.name) = lower(c.name)"


def _post(posting: Posting) -> None:
    posting.run(
        f"update {CHECKED} c set problem = 'DUPLICATE_KEY:threshold' where problem is null and exists "
        f"(select 1 from {CHECKED} e where {_SAME_TERM} and e.threshold = c.threshold and e.row < c.row)"
    )
    posting.run(
        f"update {CHECKED} c set problem = 'TERMS_DIFFER:name' where problem is null and exists "
        f"(select 1 from {CHECKED} e where {_SAME_TERM} and "
        "(lower(e.method), lower(e.period), e.cap, e.line_id) is distinct from "
        "(lower(c.method), lower(c.period), c.cap, c.line_id))"
    )
    posting.run(
        f"update {CHECKED} c set problem = 'NOT_A_DRAFT_OR_NEW:name' where problem is null and exists "
        "(select 1 from contracts_rebateterm t where t.contract_id = c.contract_id and lower(t.name) = lower(c.name))"
    )
    posting.run(
        f"update {CHECKED} c set problem = 'RATES_DO_NOT_RISE:rate' where problem is null and exists "
        f"(select 1 from {CHECKED} e where {_SAME_TERM} and e.threshold < c.threshold and e.rate >= c.rate)"
    )
    # A table with a faulty tier is another table: none of it is taken.
    posting.run(
        f"update {CHECKED} c set problem = 'TERMS_DIFFER:name' where problem is null and exists "
        f"(select 1 from {CHECKED} e where {_SAME_TERM} and e.problem is not null)"
    )
    _write(posting)


def _write(posting: Posting) -> None:
    posting.run("drop table if exists import_terms")
    posting.run(
        f"""
        create temporary table import_terms on commit drop as
        select {NEW_PUBLIC_ID} as public_id, f.*
        from (select distinct on (c.contract_id, lower(c.name)) c.dealer_id, c.contract_id, c.name, c.line_id,
                     {_METHOD} as method, {_PERIOD} as period, c.cap, c.example,
                     max(c.threshold) over (partition by c.contract_id, lower(c.name)) as highest
              from {CHECKED} c where c.problem is null order by c.contract_id, lower(c.name), c.row) f
        """
    )
    posting.run(
        """
        insert into contracts_rebateterm (public_id, dealer_id, contract_id, name, line_id, period, method, currency,
                                          cap, payout, example)
        select t.public_id, t.dealer_id, t.contract_id, t.name, t.line_id, t.period, t.method,
               k.currency, t.cap, 'offset', coalesce(t.example, greatest(t.highest, 1))
        from import_terms t join contracts_contract k on k.id = t.contract_id
        """
    )
    posting.stored = posting.run(
        f"insert into contracts_rebatetier (dealer_id, term_id, threshold, rate) "
        f"select c.dealer_id, r.id, c.threshold, c.rate from {CHECKED} c join import_terms t "
        "on t.contract_id = c.contract_id and lower(t.name) = lower(c.name) "
        "join contracts_rebateterm r on r.public_id = t.public_id where c.problem is null"
    )


register(
    ImportKind(
        code="rebates",
        label=_("Rebates of contracts"),
        columns=(
            DEALER,
            NUMBER,
            Column("name", _("Name"), required=True, length=120, synonyms=("rebate", "返利名称", "返利")),
            LINE,
            Column("period", _("Counted by"), required=True, choices=_PERIODS, synonyms=("per", "计算周期")),
            Column(
                "method", _("How the tiers are read"), required=True, choices=_METHODS, synonyms=("reading", "计返方式")
            ),
            Column(
                "threshold",
                _("Reached from"),
                Type.NUMBER,
                required=True,
                low="0",
                synonyms=("tier", "from amount", "档位起点"),
            ),
            Column(
                "rate", _("Rate"), Type.PERCENT, required=True, low="0.000001", high="1", synonyms=("返利比例", "比例")
            ),
            Column("cap", _("At most in a period"), Type.NUMBER, low="0.01", synonyms=("封顶",)),
            Column("example", _("Turnover of the example"), Type.NUMBER, low="0.01", synonyms=("示例进货额",)),
        ),
        lookups=(DEALER_LOOKUP, CONTRACT_LOOKUP, LINE_LOOKUP),
        rules=(IN_REACH,),
        post=_post,
        permission="contracts.file_contract",
        order=76,
    )
)
