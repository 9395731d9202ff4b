"""Taking hold of a contract whose terms may still be changed: what all verbs about terms begin with."""

from typing import Any

from django.utils.translation import gettext as _

from contracts.models import Contract
from core import access
from core.errors import Refused
from dealers.models import User
from dealers.rights import require


class NotNow(Refused):
    """The contract is not in a state in which this can be done."""


def open_draft(contract: Contract, *, by: User) -> Contract:
    """The contract, locked, if it is a draft."""
    require(by, "contracts.change_contract")
    contract = access.lock(contract)
    if not contract.is_open():
        raise NotNow(
            _("%(number)s is %(status)s. Terms change in a draft only: withdraw it, or agree a new contract.")
            % words_of(contract)
        )
    return contract


def words_of(contract: Contract) -> dict[str, Any]:
    return {"number": contract.number, "status": contract.get_status_display()}
