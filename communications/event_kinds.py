"""What happens in meetings and to promises."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from communications.models import Meeting, Touchpoint
from core import access, formatting
from dealers.events import Attachment, EventKind, Visibility, define
from dealers.models import Event

BOTH_WAYS = ("bell", "email")


def _moment(data: Mapping[str, Any]) -> str:
    """In the reader's own zone."""
    return formatting.moment(datetime.fromisoformat(data["at"]))


def _day(name: str) -> Callable[[Mapping[str, Any]], str]:
    return lambda data: formatting.day(date.fromisoformat(data[name]))


def _invitation(event: Event) -> Attachment | None:
    """The meeting for calendars, as it is when the notice goes out."""
    from communications import calendars  # its library takes a moment to load, and few processes write an entry

    meeting = access.rows_of(Meeting).filter(pk=event.subject_id or 0).select_related("organiser").first()
    if meeting is None:
        return None
    method = calendars.method_of(meeting)
    return Attachment("meeting.ics", calendars.invitation(meeting).decode(), "calendar", {"method": method})


def _contact(data: Mapping[str, Any]) -> str:
    """How they talked."""
    return str(Touchpoint.Kind(data["kind"]).label)


def _about(data: Mapping[str, Any]) -> str:
    return str(Touchpoint.About(data["about"]).label)


def _notice(data: Mapping[str, Any]) -> str:
    """An announcement's title in the reader's language."""
    title, chinese = data["title"], data["title_zh"]
    return str((chinese or title) if formatting.is_chinese() else (title or chinese))


NOTICE = {"notice": _notice}
MEETING = {"when": _moment}

define(
    EventKind(
        "meeting.proposed",
        _("%(actor)s proposed a meeting: %(subject)s, %(when)s"),
        icon="calendar-plus",
        topic="talks",
        channels=BOTH_WAYS,
        title=_("A meeting is proposed"),
        told=MEETING,
        attachment=_invitation,
    ),
    EventKind(
        "meeting.due",
        _("By the agreed rhythm a meeting is proposed: %(subject)s, %(when)s"),
        icon="calendar-stats",
        topic="talks",
        channels=BOTH_WAYS,
        title=_("A regular meeting is proposed"),
        told=MEETING,
        attachment=_invitation,
    ),
    EventKind(
        "meeting.series_stopped",
        _("The agreed rhythm is over: the meeting “%(subject)s” of %(when)s is called off"),
        icon="calendar-off",
        topic="talks",
        channels=BOTH_WAYS,
        title=_("A regular meeting is called off, its agreement has ended"),
        told=MEETING,
        attachment=_invitation,
    ),
    EventKind(
        "meeting.agreed",
        _("The meeting “%(subject)s” is agreed for %(when)s"),
        icon="calendar-event",
        tone="good",
        topic="talks",
        channels=BOTH_WAYS,
        title=_("A meeting is agreed"),
        told=MEETING,
        attachment=_invitation,
    ),
    EventKind(
        "meeting.moved",
        _("%(actor)s proposed another time for “%(subject)s”: %(when)s"),
        icon="calendar-stats",
        topic="talks",
        channels=BOTH_WAYS,
        title=_("Another time is proposed for a meeting"),
        told=MEETING,
        attachment=_invitation,
    ),
    EventKind(
        "meeting.cancelled",
        _("%(actor)s cancelled the meeting “%(subject)s” of %(when)s"),
        icon="calendar-off",
        tone="bad",
        topic="talks",
        channels=BOTH_WAYS,
        title=_("A meeting is cancelled"),
        told=MEETING,
        attachment=_invitation,
    ),
    EventKind(
        "meeting.topic_added",
        _("%(actor)s put “%(topic)s” on the agenda of “%(subject)s”"),
        icon="list-details",
        topic="talks",
    ),
    EventKind(
        "meeting.noted",
        _("%(actor)s made a note on “%(subject)s”"),
        icon="note",
        topic="talks",
        visibility=Visibility.INTERNAL,
    ),
    EventKind("meeting.held", _("The meeting “%(subject)s” was held"), icon="users", topic="talks", told=MEETING),
    EventKind(
        "minutes.sent",
        _("%(actor)s sent the minutes of “%(subject)s” for confirmation (version %(version)s)"),
        icon="send",
        topic="talks",
        channels=BOTH_WAYS,
        title=_("Minutes wait for confirmation"),
    ),
    EventKind(
        "minutes.taken_back",
        _("%(actor)s took the minutes of “%(subject)s” back to correct them (version %(version)s)"),
        icon="arrow-back-up",
        topic="talks",
    ),
    EventKind(
        "minutes.corrected",
        _("%(actor)s asked for a correction of the minutes of “%(subject)s” (version %(version)s)"),
        icon="edit",
        topic="talks",
        channels=BOTH_WAYS,
        title=_("A correction of minutes is asked for"),
    ),
    EventKind(
        "minutes.confirmed",
        _("Both sides confirmed the minutes of “%(subject)s”; they are locked"),
        icon="lock",
        tone="good",
        topic="talks",
        channels=BOTH_WAYS,
        title=_("Minutes are confirmed by both sides"),
    ),
    EventKind(
        "announcement.published",
        _("Announcement: %(notice)s"),
        icon="speakerphone",
        topic="decisions",
        channels=BOTH_WAYS,
        title=_("An announcement reaches us"),
        told=NOTICE,
    ),
    EventKind(
        "announcement.corrected",
        _("An announcement was corrected: %(notice)s"),
        icon="speakerphone",
        topic="decisions",
        channels=BOTH_WAYS,
        title=_("An announcement is corrected"),
        told=NOTICE,
    ),
    EventKind(
        "announcement.withdrawn",
        _("An announcement was withdrawn: %(notice)s"),
        icon="archive-off",
        topic="decisions",
        channels=BOTH_WAYS,
        title=_("An announcement is withdrawn"),
        told=NOTICE,
    ),
    EventKind(
        "announcement.confirmed",
        _("%(actor)s confirmed the announcement: %(notice)s"),
        icon="checks",
        tone="good",
        topic="decisions",
        told=NOTICE,
    ),
    EventKind(
        "reminder.announcement",
        _("Still to be read: %(notice)s"),
        icon="clock-exclamation",
        topic="decisions",
        channels=BOTH_WAYS,
        title=_("Reminder: an announcement is not read or confirmed yet"),
        told=NOTICE,
    ),
    EventKind(
        "touchpoint.noted",
        _("%(actor)s noted a contact: %(contact)s, %(about)s"),
        icon="phone",
        topic="talks",
        visibility=Visibility.INTERNAL,
        told={"contact": _contact, "about": _about},
    ),
    EventKind(
        "action.promised",
        _("%(owner)s promised until %(day)s: %(subject)s"),
        icon="heart-handshake",
        topic="talks",
        channels=BOTH_WAYS,
        title=_("A promise is noted"),
        told={"day": _day("due")},
    ),
    EventKind(
        "action.claimed",
        _("%(actor)s noted that %(owner)s promised until %(day)s: %(subject)s"),
        icon="heart-handshake",
        topic="talks",
        channels=BOTH_WAYS,
        title=_("A promise is noted as a claim"),
        told={"day": _day("due")},
    ),
    EventKind(
        "action.accepted",
        _("%(actor)s accepted the promise: %(subject)s"),
        icon="check",
        tone="good",
        topic="talks",
        channels=BOTH_WAYS,
        title=_("A promise that was noted is accepted"),
    ),
    EventKind(
        "action.contested",
        _("%(actor)s contested the promise: %(subject)s"),
        icon="arrows-exchange",
        tone="bad",
        topic="talks",
        channels=BOTH_WAYS,
        title=_("A promise that was noted is contested"),
    ),
    EventKind(
        "action.handed_over",
        _("%(actor)s handed “%(subject)s” over from %(person)s to %(whom)s"),
        icon="user-share",
        topic="talks",
        channels=BOTH_WAYS,
        title=_("An action item is handed over"),
    ),
    EventKind("action.done", _("%(actor)s marked as done: %(subject)s"), icon="check", tone="good", topic="talks"),
    EventKind(
        "action.moved",
        _("%(actor)s moved “%(subject)s” from %(before)s to %(after)s"),
        icon="calendar-due",
        topic="talks",
        told={"before": _day("from"), "after": _day("to")},
    ),
    EventKind("action.released", _("%(actor)s released: %(subject)s"), icon="heart", topic="talks"),
    EventKind(
        "reminder.meeting_tomorrow",
        _("Soon: the meeting “%(subject)s”, %(when)s"),
        icon="clock",
        topic="talks",
        channels=BOTH_WAYS,
        title=_("Reminder: a meeting tomorrow"),
        told=MEETING,
    ),
    EventKind(
        "reminder.minutes_missing",
        _("The minutes of the meeting “%(subject)s” of %(when)s are missing"),
        icon="clock-exclamation",
        topic="talks",
        visibility=Visibility.INTERNAL,
        channels=BOTH_WAYS,
        title=_("Reminder: minutes are missing"),
        told=MEETING,
    ),
    EventKind(
        "reminder.action_overdue",
        _("Overdue since %(day)s, promised by %(owner)s: %(subject)s"),
        icon="clock-exclamation",
        tone="bad",
        topic="talks",
        channels=BOTH_WAYS,
        title=_("Reminder: an action item is overdue"),
        told={"day": _day("due")},
    ),
)
