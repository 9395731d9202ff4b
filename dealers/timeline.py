"""The event log as a reader meets it: sentences, newest first, page by page."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dealers import history
from dealers.events import EventKind, actor_of, kinds, values_of
from dealers.models import Dealer, Event, InternalNote, User

TOPICS: dict[str, "str | Promise"] = {
    "": gettext_lazy("All"),
    "talks": gettext_lazy("Talks"),
    "money": gettext_lazy("Money"),
    "decisions": gettext_lazy("Decisions"),
}
INTERNAL = Event.Visibility.INTERNAL
NOTED = "dealer.noted"
PAGE = 20


@dataclass(frozen=True, slots=True)
class Entry:
    icon: str
    state: str
    text: SafeString
    detail: str
    at: datetime
    internal: bool
    changes: Sequence[history.FieldChange]


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page begins: a moment, and how many events of that very moment were shown. Never a key."""

    at: datetime
    skip: int

    def __str__(self) -> str:
        return f"{self.at.isoformat()}~{self.skip}"

    @classmethod
    def parse(cls, text: str) -> "Cursor | None":
        moment, _tilde, skip = text.partition("~")
        try:
            at = parse_datetime(moment)
        except ValueError:
            return None
        return cls(at, int(skip)) if at is not None and at.tzinfo and skip.isdecimal() and len(skip) < 6 else None


@dataclass(frozen=True, slots=True)
class Page:
    entries: Sequence[Entry]
    earlier: Cursor | None


def topics_for(user: User) -> dict[str, "str | Promise"]:
    """The filters that can find something for this reader."""
    known = {kind.topic for kind in kinds().values() if user.is_ours or kind.visibility != INTERNAL}
    return {code: title for code, title in TOPICS.items() if not code or code in known}


def page(
    dealer: Dealer,
    user: User,
    *,
    topic: str = "",
    start: Cursor | None = None,
    size: int = PAGE,
    with_changes: bool = True,
) -> Page:
    """`size` events of the dealer that this reader may see, from `start` backwards."""
    found = _of_topic(Event.objects.visible_to(user).filter(dealer=dealer), topic)
    found = found.select_related("actor", "personal").order_by("-at", "-pk")
    skip = 0
    if start is not None:
        found, skip = found.filter(at__lte=start.at), start.skip
    rows = list(found[skip : skip + size + 1])
    shown = rows[:size]
    earlier = _cursor_after(shown, start) if len(rows) > size else None
    return Page(_entries(shown, dealer, user, with_changes), earlier)


def _cursor_after(shown: Sequence[Event], start: Cursor | None) -> Cursor:
    last = shown[-1].at
    same = sum(event.at == last for event in shown)
    return Cursor(last, same + (start.skip if start is not None and start.at == last else 0))


def _of_topic(events: "QuerySet[Event]", topic: str) -> "QuerySet[Event]":
    if not topic:
        return events
    return events.filter(kind__in=[kind.code for kind in kinds().values() if kind.topic == topic])


def _entries(events: Sequence[Event], dealer: Dealer, user: User, with_changes: bool) -> list[Entry]:
    changes = history.changes_of(events, user) if with_changes else {}
    notes = _notes(events, user)
    known = kinds()
    entries = []
    for event in events:
        kind = known.get(event.kind) or EventKind(event.kind, event.kind)  # its room may be gone, the event stays
        entries.append(
            Entry(
                icon=kind.icon,
                state=kind.tone,
                text=_sentence(event, kind, dealer, _url(event, user)),
                detail=_detail(event, kind, notes),
                at=event.at,
                internal=event.visibility == INTERNAL,
                changes=changes.get(event.pk, ()),
            )
        )
    return entries


def _detail(event: Event, kind: EventKind, notes: Mapping[int, str]) -> str:
    if event.on_behalf_of_id and "%(actor)s" not in str(kind.sentence):
        return actor_of(event)  # whose hand it was, where the sentence names nobody
    if event.reason:
        return _("“%(words)s”") % {"words": event.reason}
    return notes.get(event.subject_id or 0, "") if event.kind == NOTED else ""


def _sentence(event: Event, kind: EventKind, dealer: Dealer, url: str) -> SafeString:
    """The kind's sentence with its values, the actor in bold, the subject a link where there is a page to open.

    Everything written by people is escaped.
    """
    personal: Mapping[str, Any] = event.personal.values if hasattr(event, "personal") else {}
    known = values_of(event, kind)
    values: dict[str, Any] = defaultdict(str, {**known, **personal})
    values["actor"] = format_html("<b>{}</b>", actor_of(event))
    values["subject"] = (
        dealer.local_name if event.subject_type == "dealers.dealer" else known["subject"] or personal.get("subject", "")
    )
    if url:
        values["subject"] = format_html('<a href="{}">{}</a>', url, values["subject"])
    escaped: dict[str, str] = defaultdict(str, {name: conditional_escape(value) for name, value in values.items()})
    # allow marked_safe: the sentence is ours, every value in it is escaped above
    return SafeString(conditional_escape(str(kind.sentence)) % escaped)


def _url(event: Event, user: User) -> str:
    if event.subject_type == "dealers.approval" and user.is_ours and user.has_perm("dealers.view_approval"):
        return reverse("dealers:approval", args=[event.subject_public_id])
    return ""


def _notes(events: Iterable[Event], user: User) -> dict[int, str]:
    """The texts of internal notes: they stand in their own table, which a dealer's session cannot read."""
    wanted = [event.subject_id for event in events if event.kind == NOTED and event.subject_id]
    if not wanted or not user.has_perm("dealers.view_internalnote"):
        return {}
    return dict(InternalNote.objects.visible_to(user).filter(pk__in=wanted).values_list("pk", "text"))
