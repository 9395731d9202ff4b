"""What this room brings to the search page."""

from typing import Any

from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from core.doors import Audience
from core.search.sources import Source, offer
from ledger.models import ImportBatch


def _imports(user: Any) -> QuerySet[ImportBatch]:
    return ImportBatch.objects.visible_to(user)


offer(
    Source(
        "imports",
        _("Imports"),
        "table-import",
        visible=_imports,
        label=lambda: F("file_name"),
        under=lambda: F("source"),
        url="ledger:import",
        right="ledger.view_importbatch",
        audience=Audience.STAFF,
        order=60,
    )
)
