"""What communications brings to the sidebar and the bell."""

from django.utils.translation import gettext_lazy as _

from core.models import Job
from core.navigation import Entry, add, count_by
from dealers.models import Delivery

count_by("unread", lambda user: Delivery.objects.visible_to(user).notices().unread())
count_by("failures", Delivery.objects.failed_for)
count_by("set_aside", Job.objects.troubled_for)

add(
    Entry(
        "administer",
        _("Failed notices and jobs"),
        "communications:failures",
        "mail-off",
        permission="dealers.change_delivery",
        counters=("failures", "set_aside"),
        order=80,
    )
)
