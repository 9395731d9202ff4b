"""What this room brings to the sidebar."""

from django.utils.translation import gettext_lazy as _

from core.navigation import Entry, add, count_by
from onboarding.models import Application, Step

add(
    Entry(
        "recruit",
        _("Openings"),
        "onboarding:openings",
        icon="door-enter",
        permission="onboarding.view_opening",
        order=20,
    ),
    Entry(
        "recruit",
        _("Applications"),
        "onboarding:applications",
        icon="inbox",
        permission="onboarding.view_application",
        order=30,
        counters=("applications",),
    ),
)


def _asks_for_work(user: object) -> object:
    """What has arrived and nobody took, for those who screen."""
    may = getattr(user, "is_ours", False) and user.has_perm("onboarding.work_application")  # type: ignore[attr-defined]
    return Application.objects.visible_to(user).filter(state=Application.State.SUBMITTED) if may else None


count_by("applications", _asks_for_work)
count_by("application_steps", lambda user: Step.objects.waiting_for(user) if user.is_ours else None)
