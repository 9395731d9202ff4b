"""What this room brings to the search page."""

from typing import Any

from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from core.search.sources import Source, local, offer
from onboarding.models import Application


def _applications(user: Any) -> QuerySet[Application]:
    return Application.objects.visible_to(user)


offer(
    Source(
        "applications",
        _("Applications"),
        "inbox",
        visible=_applications,
        label=lambda: F("legal_name"),
        under=lambda: local("opening__title", "opening__title_zh"),
        url="onboarding:application",
        right="onboarding.view_application",
        order=28,
    )
)
