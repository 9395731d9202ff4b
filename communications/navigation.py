"""What communications brings to the sidebar and the bell."""

from django.utils.translation import gettext_lazy as _

from communications.models import AnnouncementCopy, Meeting
from core.models import Job
from core.navigation import Entry, add, count_by
from dealers.models import Delivery

count_by("unread", lambda user: Delivery.objects.visible_to(user).notices().unread())
count_by("failures", Delivery.objects.failed_for)
count_by("set_aside", Job.objects.troubled_for)

count_by("minutes_to_confirm", Meeting.objects.waiting_for)
count_by(
    "unread_news",
    lambda user: AnnouncementCopy.objects.visible_to(user).unread() if user.is_dealers else None,
)
add(
    Entry(
        "day",
        _("Meetings"),
        "communications:meetings",
        icon="calendar-event",
        permission="communications.view_meeting",
        order=30,
        covers=("communications:topic", "communications:propose"),
    ),
    Entry(
        "day",
        _("Contacts with dealers"),
        "communications:touchpoints",
        icon="phone",
        permission="communications.view_touchpoint",
        order=35,
        covers=("communications:touch", "communications:touch_any"),
    ),
    Entry(
        "day",
        _("Promises"),
        "communications:actions",
        icon="heart-handshake",
        permission="communications.view_actionitem",
        order=40,
        covers=("communications:promise",),
    ),
    Entry(
        "home",
        _("Meetings"),
        "communications:meetings",
        icon="calendar-event",
        permission="communications.view_meeting",
        order=30,
        counters=("minutes_to_confirm",),
        covers=("communications:minutes_correct", "communications:meetings_tab"),
    ),
    Entry(
        "home",
        _("Promises"),
        "communications:actions",
        icon="heart-handshake",
        permission="communications.view_actionitem",
        order=40,
    ),
    Entry(
        "home",
        _("Announcements"),
        "communications:news_list",
        icon="speakerphone",
        permission="communications.view_announcementcopy",
        order=45,
        counters=("unread_news",),
    ),
    Entry(
        "inform",
        _("Announcements"),
        "communications:announcements",
        icon="speakerphone",
        permission="communications.view_announcement",
        order=10,
        covers=("communications:announcement*", "communications:readers"),
    ),
    Entry(
        "administer",
        _("Failed notices and jobs"),
        "communications:failures",
        "mail-off",
        permission="dealers.change_delivery",
        counters=("failures", "set_aside"),
        order=80,
    ),
)
