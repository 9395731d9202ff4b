"""Contracts in force, as they lie in the cabinet."""

from django.utils.translation import gettext_lazy as _

from contracts.import_kinds.shared import FROM, NUMBER, UNTIL
from ledger.import_kinds.catalogue import NEW_PUBLIC_ID
from ledger.import_kinds.shared import CURRENCY, DEALER, DEALER_LOOKUP, IN_REACH
from ledger.imports.columns import Column, Type
from ledger.imports.kinds import ImportKind, Lookup, Rule, register
from ledger.imports.posting import CHECKED, Posting

_COMPANY = "coalesce(c.company_id, (select min(id) from dealers_company having count(*) = 1))"
_SAME = (
    "k.starts_on = c.starts_on and k.ends_on >= c.ends_on and k.currency = c.currency "
    "and k.credit_limit is not distinct from c.credit_limit"
)
_JUST = f"from {CHECKED} c where c.problem is null"


def _post(posting: Posting) -> None:
    posting.run(
        f"update {CHECKED} c set problem = 'UNKNOWN_COMPANY:company_code' where problem is null and {_COMPANY} is null"
    )
    posting.run(
        f"update {CHECKED} c set problem = 'UNKNOWN_RULES:jurisdiction' where problem is null and jurisdiction is not "
        "null and not exists (select 1 from contracts_rulepack p where p.jurisdiction = c.jurisdiction)"
    )
    posting.duplicate = posting.run(f"delete {_known()} and {_SAME}")
    posting.run(
        f"update {CHECKED} c set problem = 'DUPLICATE_KEY:contract_no' where problem is null and (exists "
        "(select 1 from contracts_contract k where k.dealer_id = c.dealer_id and upper(k.number) = c.contract_no) "
        f"or exists (select 1 from {CHECKED} e where e.dealer_id = c.dealer_id and e.contract_no = c.contract_no "
        "and e.row < c.row))"
    )
    _refuse_overlaps(posting)
    posting.stored = posting.run(
        f"""
        insert into contracts_contract (
            public_id, dealer_id, company_id, number, status, origin, starts_on, ends_on, notice_days, prolongs,
            jurisdiction, currency, payment_days, credit_limit, credit_counts_orders, minimum_purchase, special_terms,
            offered_at, signed_by, signed_on, countersigned_by, countersigned_on, filing_number, filing_place, filed_on,
            notice_by, notice_reason, created_at, version)
        select {NEW_PUBLIC_ID}, c.dealer_id, {_COMPANY}, c.contract_no,
               case when c.ends_on < current_date and coalesce(lower(c.prolongs), '') not in ('1', 'yes', 'true', '是')
                    then 'ended' else 'active' end, 'taken_over', c.starts_on, c.ends_on,
               coalesce(c.notice_days, 90), coalesce(lower(c.prolongs), '') in ('1', 'yes', 'true', '是'),
               coalesce(c.jurisdiction, 'OTHER'), c.currency, coalesce(c.payment_days, 30), c.credit_limit, true,
               c.minimum_purchase, '', now(), coalesce(c.signed_by, ''), coalesce(c.signed_on, c.starts_on), '',
               coalesce(c.signed_on, c.starts_on), coalesce(c.filing_no, c.contract_no), coalesce(c.filing_place, ''),
               coalesce(c.filed_on, c.signed_on, c.starts_on), '', '', now(), 1
        {_JUST} order by c.dealer_id, c.row
        """
    )


def _known() -> str:
    return (
        f"from {CHECKED} c using contracts_contract k "
        "where c.problem is null and k.dealer_id = c.dealer_id and upper(k.number) = c.contract_no"
    )


def _refuse_overlaps(posting: Posting) -> None:
    """One contract of a dealer is in force at a time; of two in the file the first row counts."""
    time = "daterange({0}.starts_on, {0}.ends_on, '[]')"
    posting.run(
        f"update {CHECKED} c set problem = 'CONTRACT_OVERLAPS:contract_no' where problem is null and (exists "
        "(select 1 from contracts_contract k where k.dealer_id = c.dealer_id and k.status in ('active', 'in_notice') "
        f"and {time.format('k')} && {time.format('c')}) or exists (select 1 from {CHECKED} e where e.problem is null "
        f"and e.dealer_id = c.dealer_id and e.row < c.row and {time.format('e')} && {time.format('c')}))"
    )


register(
    ImportKind(
        code="contracts",
        label=_("Contracts in force"),
        columns=(
            DEALER,
            NUMBER,
            Column(
                "company_code", _("Own company"), Type.CODE, length=20, synonyms=("company", "签约主体", "我方公司")
            ),
            Column("starts_on", _("From"), Type.DATE, required=True, may_be_future=True, synonyms=FROM.synonyms),
            Column("ends_on", _("Until"), Type.DATE, required=True, may_be_future=True, synonyms=UNTIL.synonyms),
            CURRENCY,
            Column(
                "payment_days",
                _("Payment term, days"),
                Type.WHOLE,
                low="0",
                high="730",
                synonyms=("payment terms", "net days", "付款期限", "账期"),
            ),
            Column("credit_limit", _("Credit limit"), Type.NUMBER, low="0", synonyms=("credit", "信用额度")),
            Column("minimum_purchase", _("Minimum purchase a year"), Type.NUMBER, low="0", synonyms=("最低进货额",)),
            Column(
                "notice_days", _("Notice period, days"), Type.WHOLE, low="0", high="1000", synonyms=("notice", "通知期")
            ),
            Column(
                "prolongs",
                _("Goes on by a year unless notice is given"),
                choices=("0", "1", "yes", "no", "true", "false", "是", "否"),
                synonyms=("auto renewal", "自动续期"),
            ),
            Column("jurisdiction", _("Jurisdiction"), Type.CODE, length=10, synonyms=("law", "适用法域", "法域")),
            Column("signed_by", _("Signed for the dealer by"), length=120, synonyms=("签署人",)),
            Column("signed_on", _("Signed"), Type.DATE, synonyms=("signed", "签署日期")),
            Column("filing_no", _("Filing number"), Type.CODE, length=60, synonyms=("备案号",)),
            Column("filing_place", _("Where the signed paper lies"), length=200, synonyms=("存放处",)),
            Column("filed_on", _("Filed"), Type.DATE, synonyms=("filed", "备案日期")),
        ),
        lookups=(
            DEALER_LOOKUP,
            Lookup(
                "company_code",
                "dealers_company",
                "w",
                "upper(w.code) = {column}",
                {"company_id": "w.id"},
                "UNKNOWN_COMPANY",
            ),
        ),
        rules=(IN_REACH, Rule("ENDS_BEFORE_START", "ends_on", "x.ends_on < x.starts_on")),
        post=_post,
        permission="contracts.file_contract",
        order=72,
    )
)
