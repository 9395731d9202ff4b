"""What the verbs on a contract's way share: holding it in the right state, and writing its next one."""

from typing import Any

from django.utils.translation import gettext as _

from contracts.models import Contract
from contracts.services.drafts import NotNow, words_of
from core import access


def held_in(contract: Contract, *allowed: Contract.Status) -> Contract:
    """The contract, locked, if it is in one of these states."""
    contract = access.lock(contract)
    if contract.status not in allowed:
        raise NotNow(_("%(number)s is %(status)s now; this can no longer be done.") % words_of(contract))
    return contract


def write(contract: Contract, **fields: Any) -> None:
    for name, value in fields.items():
        setattr(contract, name, value)
    contract.version += 1
    contract.save(update_fields=[*(name.removesuffix("_id") for name in fields), "version"])
