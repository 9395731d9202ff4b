"""Columns and look-ups that the kinds about contracts share."""

from django.utils.translation import gettext_lazy as _

from ledger.imports.columns import Column, Type
from ledger.imports.kinds import Lookup
from ledger.imports.problems import explain

NUMBER = Column(
    "contract_no",
    _("Contract number"),
    Type.CODE,
    required=True,
    length=60,
    synonyms=("contract", "contract number", "agreement", "合同编号", "合同号"),
)
LINE = Column("line_code", _("Product line"), Type.CODE, length=40, synonyms=("line", "产品线编码", "产品线"))
FROM = Column("starts_on", _("From"), Type.DATE, may_be_future=True, synonyms=("from", "start", "开始日期", "起始日期"))
UNTIL = Column("ends_on", _("Until"), Type.DATE, may_be_future=True, synonyms=("until", "end", "结束日期", "截止日期"))
CONTRACT_LOOKUP = Lookup(
    "contract_no",
    "contracts_contract",
    "k",
    "upper(k.number) = {column} and k.dealer_id = d.id",
    {"contract_id": "k.id"},
    "UNKNOWN_CONTRACT",
)

explain(
    {
        "UNKNOWN_CONTRACT": _("The dealer has no contract with this number"),
        "UNKNOWN_COMPANY": _("None of our own companies has this code"),
        "UNKNOWN_TERMINAL": _("No terminal has this code"),
        "UNKNOWN_RULES": _("No rule pack is on record for this jurisdiction"),
        "CONTRACT_OVERLAPS": _("Another contract of this dealer runs in the same time"),
        "OUTSIDE_THE_TERM": _("This lies outside the term of the contract"),
        "NOTHING_GRANTED": _("Name a territory or terminals"),
        "SHUT_OUT": _("Another dealer holds this exclusively, or sells there already"),
        "TARGET_OVERLAPS": _("A target for this time and line is there already"),
        "MONTHS_DO_NOT_ADD_UP": _("The months do not add up to the total"),
        "NO_CONTRACT_IN_YEAR": _("The dealer has no contract in this year"),
        "RATES_DO_NOT_RISE": _("Rates have to rise with the tiers"),
        "TERMS_DIFFER": _("The rows of one rebate differ in more than the tier"),
        "NOT_A_DRAFT_OR_NEW": _("This contract already has a rebate of this name"),
    }
)
