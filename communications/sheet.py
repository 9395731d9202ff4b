"""What the page of a meeting shows, for one reader."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from communications.clock import today_of
from communications.models import (
    ActionItem,
    Meeting,
    MeetingNote,
    Minutes,
    Participant,
    Resolution,
    Side,
    Topic,
    TopicText,
)
from communications.services import prefill
from communications.services.meetings import BEFOREHAND
from core import formatting, together
from dealers.briefing import Figure
from dealers.models import User

State = Meeting.State
CHIPS = {
    State.PROPOSED: "now",
    State.AGREED: "calm",
    State.HELD: "now",
    State.MINUTES_OUT: "warn",
    State.LOCKED: "good",
    State.CANCELLED: "",
}
OUTCOMES = {
    ActionItem.Outcome.OPEN: "calm",
    ActionItem.Outcome.KEPT: "good",
    ActionItem.Outcome.BROKEN: "bad",
    ActionItem.Outcome.RELEASED: "",
    ActionItem.Outcome.WAITING: "now",
    ActionItem.Outcome.CONTESTED: "warn",
}
MINUTED = {State.HELD, State.MINUTES_OUT, State.LOCKED}  # there may be editions of its minutes
_STEP_OF = {State.PROPOSED: 0, State.AGREED: 0, State.HELD: 1, State.MINUTES_OUT: 2, State.LOCKED: 4}


@dataclass(frozen=True, slots=True)
class Step:
    label: str
    is_done: bool
    is_now: bool


class Sheet:
    """Everything is read when the page asks for it, and once."""

    def __init__(self, meeting: Meeting, reader: User, topic: Topic | None = None) -> None:
        self.meeting, self.reader, self.topic = meeting, reader, topic
        self.state = State(meeting.state)
        self.chip = CHIPS[self.state]
        self.today = today_of(meeting.dealer)

    # ---- where it stands -------------------------------------------------------------------------
    def steps(self) -> Iterator[Step]:
        if self.state == State.CANCELLED:
            return
        now = _STEP_OF[self.state]
        for number, label in enumerate(
            (_("Prepare"), _("Hold and minute"), _("Confirm on both sides"), pgettext("minutes", "Locked"))
        ):
            yield Step(label, number < now, number == now)

    @property
    def other_clock(self) -> str:
        """The zone it was agreed in, where the reader's clock shows another time."""
        here, there = timezone.localtime(self.meeting.starts_at), self.meeting.local_start
        if here.utcoffset() == there.utcoffset():
            return ""
        return _("%(clock)s in %(zone)s") % {"clock": f"{there:%H:%M}", "zone": formatting.zone(self.meeting.zone)}

    @cached_property
    def may(self) -> dict[str, bool]:
        """What this person may do with the meeting now."""
        state, user = self.state, self.reader
        change = user.has_perm("communications.change_meeting")
        minute = user.is_ours and user.has_perm("communications.minute_meeting")
        confirm = user.is_dealers and user.has_perm("communications.confirm_minutes")
        is_open, begun = self.meeting.is_open(), timezone.now() >= self.meeting.starts_at - BEFOREHAND
        return {
            "agree": change and self.meeting.waits_for(Side.of(user)),
            "move": change and is_open,
            "cancel": change and is_open,
            "add_topic": (change and is_open) or (minute and state == State.HELD),
            "hold": minute and state == State.AGREED and begun,
            "write": minute and state == State.HELD,
            "send": minute and state == State.HELD,
            "take_back": minute and state == State.MINUTES_OUT,
            "confirm": confirm and state == State.MINUTES_OUT,
            "note": user.is_ours and user.has_perm("communications.add_meetingnote"),
        }

    # ---- what it is about ------------------------------------------------------------------------
    @cached_property
    def _lists(self) -> "dict[str, QuerySet[Any]]":
        """What every page of the meeting shows of it, read by one statement."""
        reader, owed = self.reader, ActionItem.objects.visible_to(self.reader).filter(dealer=self.meeting.dealer)
        lists: dict[str, QuerySet[Any]] = {
            "topics": self.meeting.topics.select_related("by").order_by("position", "pk"),
            "people": self.meeting.participants.all(),
            "open items": owed.published().open().select_related("owner").order_by("due_on", "pk")[:12],
            "notes": MeetingNote.objects.visible_to(reader).filter(meeting=self.meeting).select_related("author"),
        }
        if self.state in MINUTED:
            found = Minutes.objects.visible_to(reader).filter(meeting=self.meeting)
            lists["editions"] = found.select_related("sent_by", "answered_by").order_by("-version")
        together.read(lists.values())
        return lists

    @property
    def topics(self) -> list[Topic]:
        return list(self._lists["topics"])

    @property
    def planned(self) -> int:
        return sum(topic.minutes for topic in self.topics)

    def agenda(self) -> Iterator[dict[str, Any]]:
        written = self._texts
        for number, topic in enumerate(self.topics, start=1):
            asked_by_us = topic.source == Topic.Source.US and topic.by is not None
            yield {
                "number": number,
                "topic": topic,
                "source": topic.by.name if asked_by_us and topic.by else topic.get_source_display(),
                "is_on": self.topic is not None and topic.pk == self.topic.pk,
                "is_written": bool(written.get(topic.pk, "").strip()),
            }

    @cached_property
    def _texts(self) -> dict[int, str]:
        if not self.may["write"]:
            return {}
        found = TopicText.objects.visible_to(self.reader).filter(topic__meeting=self.meeting)
        return dict(found.values_list("topic_id", "text"))

    @property
    def people(self) -> list[Participant]:
        return list(self._lists["people"])

    @property
    def at_table(self) -> str:
        """Theirs, then ours."""
        sides = [[one.name for one in self.people if one.side == side] for side in (Side.DEALER, Side.US)]
        return ("；" if formatting.is_chinese() else "; ").join(formatting.listed(names) for names in sides if names)

    # ---- minutes ---------------------------------------------------------------------------------
    @property
    def editions(self) -> list[Minutes]:
        return list(self._lists.get("editions", ()))

    @property
    def edition(self) -> Minutes | None:
        """The latest that was sent and not taken back to be written anew."""
        return next(iter(self.editions), None)

    @property
    def shown_edition(self) -> Minutes | None:
        return self.edition if self.state in {State.MINUTES_OUT, State.LOCKED} else None

    @property
    def correction(self) -> Minutes | None:
        latest = self.edition
        return latest if latest and latest.state == Minutes.State.CORRECTED and self.state == State.HELD else None

    def resolutions(self) -> Sequence[Resolution]:
        return list(Resolution.objects.visible_to(self.reader).filter(topic=self.topic).order_by("pk"))

    def items_of_topic(self) -> list[tuple[ActionItem, str, str]]:
        found = ActionItem.objects.visible_to(self.reader).filter(topic=self.topic)
        return self._told(found.select_related("owner").order_by("pk"))

    # ---- around it -------------------------------------------------------------------------------
    @cached_property
    def figures(self) -> list[Figure]:
        return prefill.figures(self.meeting.dealer, by=self.reader)

    @cached_property
    def open_items(self) -> list[tuple[ActionItem, str, str]]:
        return self._told(self._lists["open items"])

    def _told(self, found: Iterable[ActionItem]) -> list[tuple[ActionItem, str, str]]:
        return [(one, str((outcome := one.outcome(on=self.today)).label), OUTCOMES[outcome]) for one in found]

    @property
    def notes(self) -> list[MeetingNote]:
        return list(self._lists["notes"])
