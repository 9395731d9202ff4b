"""What this room brings to the search page."""

from typing import Any

from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from contracts.models import Contract
from core.search.sources import Source, local, offer


def _contracts(user: Any) -> QuerySet[Contract]:
    return Contract.objects.visible_to(user)


offer(
    Source(
        "contracts",
        _("Contracts"),
        "file-text",
        visible=_contracts,
        label=lambda: F("number"),
        under=lambda: local("dealer__name", "dealer__name_zh"),
        url="contracts:contract",
        right="contracts.view_contract",
        order=25,
    )
)
