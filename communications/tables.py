"""The lists of this room: meetings, and the promise ledger. Both sides read them."""

from typing import Any, cast

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from communications.filters import ActionFilter, MeetingFilter, TouchpointFilter
from communications.models import ActionItem, Meeting, Side, Touchpoint
from communications.models.action_item import ActionItemQuerySet
from communications.sheet import CHIPS, OUTCOMES
from core import formatting
from core.listing import Column, Empty, Listing, Sort, Total, register
from dealers.tables.cells import linked, whose


def _meetings(user: Any) -> QuerySet[Meeting]:
    return Meeting.objects.visible_to(user).for_list()


def _meeting(one: Meeting) -> SafeString:
    return linked(one.get_absolute_url(), one.title, whose(one))


def _state(one: Meeting) -> SafeString:
    css = CHIPS[Meeting.State(one.state)]
    return format_html('<span class="chip {}">{}</span>', css, one.get_state_display())


MEETINGS = register(
    Listing(
        "meetings",
        gettext_lazy("Meetings"),
        rows=_meetings,
        columns=(
            Column("meeting", gettext_lazy("Meeting"), _meeting, lambda one: one.title),
            Column("dealer", gettext_lazy("Dealer"), export=lambda one: one.dealer.local_name),
            Column("code", gettext_lazy("Dealer code"), export=lambda one: one.dealer.code),
            Column(
                "state",
                gettext_lazy("State"),
                _state,
                lambda one: one.get_state_display(),
                Sort(("state", "starts_at"), "communications_meeting_state"),
                phone="bare",
            ),
            Column(
                "level",
                pgettext_lazy("of a meeting", "Level"),
                lambda one: one.get_level_display(),
                lambda one: one.get_level_display(),
                Sort(("level", "starts_at"), "communications_meeting_level"),
                phone="dropped",
            ),
            Column(
                "organiser",
                gettext_lazy("Organiser"),
                lambda one: one.organiser.name if one.organiser else "",
                lambda one: one.organiser.name if one.organiser else "",
                phone="dropped",
            ),
            Column("place", pgettext_lazy("of a meeting", "Place"), export=lambda one: one.place or one.link),
            Column(
                "when",
                gettext_lazy("When"),
                lambda one: formatting.iso_moment(one.starts_at),
                lambda one: one.starts_at,
                Sort(("starts_at",), "communications_meeting_start", descending_first=True),
                is_number=True,
            ),
        ),
        sort="-when",
        empty=Empty(
            "calendar-event",
            gettext_lazy("No meetings yet"),
            gettext_lazy("Propose one: agenda, figures and open promises prepare themselves."),
        ),
        filters=MeetingFilter,
        export_right="communications.view_meeting",
        export_url="communications:meetings_export",
        template="communications/meetings.html",
    )
)


def _actions(user: Any) -> QuerySet[ActionItem]:
    return ActionItem.objects.visible_to(user).for_list()


def _what(one: ActionItem) -> SafeString:
    return linked(one.get_absolute_url(), one.what, whose(one))


def _side(one: ActionItem) -> str:
    """Ours by name; the dealer's as he would say it, or as our people do, who see the name beneath the title."""
    if one.side == Side.US:
        return Side.US.named(one.dealer)
    return _("The dealer") if whose(one) else pgettext("side", "You")


def _outcome(one: ActionItem) -> SafeString:
    outcome = one.outcome(on=timezone.localdate())
    return format_html('<span class="chip {}">{}</span>', OUTCOMES[outcome], outcome.label)


def _due(one: ActionItem) -> SafeString | str:
    """The date in force; where it moved, what was promised stays in sight."""
    if not one.has_moved():
        return formatting.iso_day(one.due_on)
    return format_html(
        '{}<span class="under">{}</span>', formatting.iso_day(one.due_on),
        _("promised for %(day)s") % {"day": formatting.iso_day(one.first_due_on)},
    )  # fmt: skip


def _tally(found: QuerySet[Any], user: Any) -> list[Total]:
    """How many promises each side kept, of those that are decided."""
    tally = cast("ActionItemQuerySet", found).tally(on=timezone.localdate())
    theirs = pgettext("side", "You") if user.is_dealers else _("The dealers")
    names = {Side.US: settings.MANUFACTURER_NAME, Side.DEALER: theirs}
    return [
        Total(
            _("%(side)s: promises kept") % {"side": names[side]},
            _("%(kept)s of %(all)s")
            % {
                "kept": formatting.number(tally[f"{side}_kept"]),
                "all": formatting.number(tally[f"{side}_kept"] + tally[f"{side}_broken"]),
            },
        )
        for side in Side
    ]


ACTIONS = register(
    Listing(
        "actions",
        gettext_lazy("Promises"),
        rows=_actions,
        columns=(
            Column("what", gettext_lazy("What"), _what, lambda one: one.what),
            Column("dealer", gettext_lazy("Dealer"), export=lambda one: one.dealer.local_name),
            Column(
                "outcome",
                gettext_lazy("Outcome"),
                _outcome,
                lambda one: one.outcome(on=timezone.localdate()).label,
                phone="bare",
            ),
            Column(
                "owner", pgettext_lazy("of a task", "Owner"), lambda one: one.owner.name, lambda one: one.owner.name
            ),
            Column(
                "side",
                gettext_lazy("Side"),
                _side,
                lambda one: Side(one.side).named(one.dealer),
                phone="dropped",
            ),
            Column("promised", gettext_lazy("Promised for"), export=lambda one: one.first_due_on),
            Column(
                "due",
                gettext_lazy("Due"),
                _due,
                lambda one: one.due_on,
                Sort(("due_on",), "communications_action_due", descending_first=True),
                is_number=True,
            ),
        ),
        sort="-due",
        empty=Empty(
            "heart-handshake",
            gettext_lazy("No promises yet"),
            gettext_lazy("What either side promised, in a meeting or beside one, stands here with its owner and date."),
        ),
        filters=ActionFilter,
        has_search=False,
        totals=_tally,
        export_right="communications.view_actionitem",
        export_url="communications:actions_export",
        template="communications/actions.html",
    )
)


# ---- contacts ----------------------------------------------------------------------------------
def _touchpoints(user: Any) -> QuerySet[Touchpoint]:
    return Touchpoint.objects.visible_to(user).for_list()


def _touchpoint(one: Touchpoint) -> SafeString:
    return format_html(
        '<a href="{}">{}</a><span class="under">{}</span>', one.get_absolute_url(), one.dealer.local_name,
        Truncator(one.said).chars(90),
    )  # fmt: skip


TOUCHPOINTS = register(
    Listing(
        "touchpoints",
        gettext_lazy("Contacts with dealers"),
        rows=_touchpoints,
        columns=(
            Column("contact", gettext_lazy("Dealer"), _touchpoint, lambda one: one.dealer.code),
            Column("name", gettext_lazy("Name"), export=lambda one: one.dealer.local_name),
            Column(
                "kind",
                gettext_lazy("Kind"),
                lambda one: one.get_kind_display(),
                lambda one: one.get_kind_display(),
                phone="bare",
            ),
            Column(
                "about",
                pgettext_lazy("contact", "About"),
                lambda one: one.get_about_display(),
                lambda one: one.get_about_display(),
                phone="dropped",
            ),
            Column("said", gettext_lazy("What was said"), export=lambda one: one.said),
            Column(
                "step",
                gettext_lazy("Next step"),
                export=lambda one: one.action_item.what if one.action_item else "",
            ),
            Column(
                "author",
                gettext_lazy("By"),
                lambda one: one.author.name,
                lambda one: one.author.name,
                phone="dropped",
            ),
            Column(
                "when",
                gettext_lazy("When"),
                lambda one: formatting.iso_moment(one.at),
                lambda one: one.at,
                Sort(("at",), "communications_touchpoint_at", descending_first=True),
                is_number=True,
            ),
        ),
        sort="-when",
        empty=Empty(
            "phone",
            gettext_lazy("No contact with a dealer is noted yet"),
            gettext_lazy("Calls, chats, mails and visits stand here, noted in seconds from My day or a dealer's file."),
        ),
        filters=TouchpointFilter,
        export_right="communications.view_touchpoint",
        export_url="communications:touchpoints_export",
        template="communications/touchpoints.html",
    )
)
