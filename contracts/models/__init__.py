"""What was agreed: contracts and their terms, and the rules of law that bound them."""

from contracts.models.certificate import Certificate
from contracts.models.contract import Contract
from contracts.models.grant import Grant, GrantException, GrantTerminal
from contracts.models.paper import Paper
from contracts.models.price_limit import PriceLimit
from contracts.models.rebate import RebateTerm, RebateTier
from contracts.models.rhythm import ReviewRhythm
from contracts.models.rule_pack import Mode, RulePack, RuleSetting, Tool
from contracts.models.signature import Signature
from contracts.models.target import Target, TargetMonth

__all__ = [
    "Certificate",
    "Contract",
    "Grant",
    "GrantException",
    "GrantTerminal",
    "Mode",
    "Paper",
    "PriceLimit",
    "RebateTerm",
    "RebateTier",
    "ReviewRhythm",
    "RulePack",
    "RuleSetting",
    "Signature",
    "Target",
    "TargetMonth",
    "Tool",
]
