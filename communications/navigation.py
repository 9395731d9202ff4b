"""What communications brings to the sidebar and the bell."""

from django.utils.translation import gettext_lazy as _

from core.navigation import Entry, add, count_by
from dealers.models import Delivery

count_by("unread", lambda user: Delivery.objects.visible_to(user).notices().unread())
count_by("failures", Delivery.objects.failed_for)

add(
    Entry(
        "administer",
        _("Failed notices and jobs"),
        "communications:failures",
        "mail-off",
        permission="dealers.change_delivery",
        counter="failures",
        order=80,
    )
)
