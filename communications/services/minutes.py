"""Minutes: written by us, sent as an edition, confirmed by the dealer, locked.

Sending is our side's confirmation. What is being written is read by nobody but us.
"""

import hashlib
import json
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from communications.models import ActionItem, Meeting, Minutes, Resolution, Side, Topic, TopicText
from communications.services.meetings import MINUTE, NotNow, everybody, meeting_in, write_meeting
from core import access, reasons
from core.errors import Refused, Stale
from dealers import events
from dealers.models import Person, User
from dealers.rights import require
from dealers.services import people

State = Meeting.State
CONFIRM = "communications.confirm_minutes"


class StaleText(Stale):
    """Somebody saved the same topic in between; `text` is how it stands now."""

    def __init__(self, text: TopicText) -> None:
        super().__init__(_("Somebody else wrote on this topic while you were writing."))
        self.text = text


# ---- writing ---------------------------------------------------------------------------------
@transaction.atomic
def write(topic: Topic, *, by: User, text: str, version: int) -> TopicText:
    """Save what was said on a topic; on an outdated version nothing is written and both are shown."""
    topic = _open_topic(topic, by)
    found = access.rows_of(TopicText).select_for_update(no_key=True).get(topic=topic)
    if found.version != version:
        raise StaleText(found)
    if found.text == text:
        return found
    found.text, found.version = text, found.version + 1
    found.edited_by_id, found.edited_at = by.pk, timezone.now()
    found.save(update_fields=["text", "version", "edited_by", "edited_at"])
    return found


@transaction.atomic
def resolve(topic: Topic, *, by: User, text: str) -> Resolution:
    """Write down what was decided."""
    topic = _open_topic(topic, by)
    if not text.strip():
        raise Refused(_("Write what was decided."))
    made = Resolution(dealer_id=topic.dealer_id, topic=topic, text=text.strip(), by_id=by.pk)
    made.save()
    return made


@transaction.atomic
def take_out(resolution: Resolution, *, by: User) -> None:
    """Take a resolution out of minutes that are still open."""
    _open_topic(resolution.topic, by)
    access.lock(resolution).delete()


def _open_topic(topic: Topic, by: User) -> Topic:
    require(by, MINUTE)
    meeting = meeting_in(topic.meeting, State.HELD)
    topic.meeting = meeting
    return topic


# ---- confirming ------------------------------------------------------------------------------
@transaction.atomic
def send(meeting: Meeting, *, by: User) -> Minutes:
    """Send the minutes for confirmation. They are an edition now, and their action items count."""
    require(by, MINUTE)
    meeting = meeting_in(meeting, State.HELD)
    content = _content(meeting)
    if not any(topic["text"].strip() or topic["resolutions"] or topic["actions"] for topic in content["topics"]):
        raise Refused(_("The minutes are empty. Write what was said on at least one topic, then send them."))
    now = timezone.now()
    edition = Minutes(
        dealer_id=meeting.dealer_id, meeting=meeting, version=meeting.editions.count() + 1, content=content,
        sha256=digest(content), sent_by_id=by.pk, sent_at=now,
    )  # fmt: skip
    edition.save()
    drafts = access.rows_of(ActionItem).filter(meeting=meeting, published_at=None)
    drafts.update(published_at=now)
    write_meeting(meeting, state=State.MINUTES_OUT)
    told = [*people.executives(meeting.dealer)]
    events.record("minutes.sent", meeting, by=by, data={"version": edition.version}, notify=told)
    return edition


@transaction.atomic
def take_back(meeting: Meeting, *, by: User, reason: str) -> Meeting:
    """Take minutes back that nobody has confirmed, to correct them; the next sending is the next version."""
    require(by, MINUTE)
    reason = reasons.sentence(reason)
    meeting = meeting_in(meeting, State.MINUTES_OUT)
    edition = _latest(meeting)
    _answer(edition, Minutes.State.TAKEN_BACK, by)
    write_meeting(meeting, state=State.HELD)
    told = [*people.executives(meeting.dealer)]
    events.record("minutes.taken_back", meeting, by=by, reason=reason, data={"version": edition.version}, notify=told)
    return meeting


@transaction.atomic
def confirm(edition: Minutes, *, by: User) -> Meeting:
    """Confirm the minutes for the dealer. Both sides have confirmed: from now on nothing in them changes."""
    require(by, CONFIRM)
    meeting = _waiting(edition)
    edition = access.lock(edition)
    _answer(edition, Minutes.State.CONFIRMED, by)
    write_meeting(meeting, state=State.LOCKED, locked_at=timezone.now())
    events.record(
        "minutes.confirmed", meeting, by=by, data={"version": edition.version},
        notify=[one for one in everybody(meeting) if one.pk != by.pk],
    )  # fmt: skip
    return meeting


@transaction.atomic
def ask_correction(edition: Minutes, *, by: User, reason: str) -> Meeting:
    """Say what is not right; our side corrects it and sends the next version."""
    require(by, CONFIRM)
    reason = reasons.sentence(reason)
    meeting = _waiting(edition)
    edition = access.lock(edition)
    _answer(edition, Minutes.State.CORRECTED, by, correction=reason)
    write_meeting(meeting, state=State.HELD)
    events.record(
        "minutes.corrected", meeting, by=by, reason=reason, data={"version": edition.version},
        notify=_writers(meeting, edition),
    )  # fmt: skip
    return meeting


def _waiting(edition: Minutes) -> Meeting:
    """The meeting, locked, if this edition is the one that waits for the dealer's answer."""
    meeting = access.lock(edition.meeting)
    latest = _latest(meeting)
    if latest.pk != edition.pk:
        raise Stale(
            _("Version %(new)d of these minutes was sent after the version %(old)d that you read. Read it, then "
              "confirm it or ask for a correction.") % {"new": latest.version, "old": edition.version}
        )  # fmt: skip
    if meeting.state == State.LOCKED:
        raise NotNow(_("These minutes are confirmed already. Nothing in them changes any more."))
    if meeting.state != State.MINUTES_OUT:
        raise NotNow(_("These minutes were taken back to be corrected. You are told when the next version is sent."))
    return meeting


def _latest(meeting: Meeting) -> Minutes:
    found = access.rows_of(Minutes).filter(meeting=meeting).order_by("-version").first()
    if found is None:
        raise NotNow(_("No minutes of this meeting were sent yet."))
    return found


def _answer(edition: Minutes, state: Minutes.State, by: User, correction: str = "") -> None:
    edition.state, edition.answered_by_id, edition.answered_at = state, by.pk, timezone.now()
    edition.correction = correction
    edition.save(update_fields=["state", "answered_by", "answered_at", "correction"])


def _writers(meeting: Meeting, edition: Minutes) -> list[Person]:
    found = access.rows_of(Person).filter(pk__in=[edition.sent_by_id, meeting.organiser_id], is_active=True)
    return list(found)


# ---- the edition -----------------------------------------------------------------------------
def digest(content: dict[str, Any]) -> str:
    """The checksum of what both sides read."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _content(meeting: Meeting) -> dict[str, Any]:
    """Everything the minutes say, in one piece that can be frozen."""
    texts = {one.topic_id: one.text for one in access.rows_of(TopicText).filter(topic__meeting=meeting)}
    decided: dict[int, list[str]] = {}
    for one in access.rows_of(Resolution).filter(topic__meeting=meeting).order_by("pk"):
        decided.setdefault(one.topic_id, []).append(one.text)
    items: dict[int | None, list[dict[str, str]]] = {}
    for item in access.rows_of(ActionItem).filter(meeting=meeting).select_related("owner").order_by("pk"):
        items.setdefault(item.topic_id, []).append(
            {"what": item.what, "owner": item.owner.name, "side": item.side, "due": f"{item.first_due_on}"}
        )
    at_table = [(one.name, one.side) for one in meeting.participants.order_by("pk")]
    return {
        "title": meeting.title,
        "level": meeting.level,
        "starts_at": meeting.starts_at.isoformat(),
        "zone": meeting.zone,
        "length": meeting.length,
        "place": meeting.place or meeting.link or pgettext("place of a meeting", "not named"),
        "ours": [name for name, side in at_table if side == Side.US],
        "theirs": [name for name, side in at_table if side == Side.DEALER],
        "topics": [
            {
                "title": topic.title,
                "source": topic.source,
                "text": texts.get(topic.pk, ""),
                "resolutions": decided.get(topic.pk, []),
                "actions": items.get(topic.pk, []),
            }
            for topic in meeting.topics.order_by("position", "pk")
        ],
    }
