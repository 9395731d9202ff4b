"""A meeting on its way: proposed, agreed, prepared, held. Nothing else writes its state before there are minutes.

Either side proposes; a time counts when the other side has said yes to it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from communications.models import Meeting, MeetingNote, Participant, Side, Topic, TopicText
from communications.services import prefill
from core import access, reasons
from core.errors import NotYours, Refused, Stale, refuse_unsound
from dealers import events
from dealers.models import Dealer, Person, User
from dealers.reach import staff_able_to
from dealers.rights import require
from dealers.services import people

State, Source = Meeting.State, Topic.Source
ADD, CHANGE, MINUTE = "communications.add_meeting", "communications.change_meeting", "communications.minute_meeting"
BEFOREHAND = timedelta(minutes=15)  # a meeting may begin that much early


class NotNow(Refused):
    """The meeting is not in a state in which this can be done."""


@dataclass(frozen=True, slots=True)
class When:
    """A time and where: what the other side says yes to."""

    starts_at: datetime
    zone: str
    length: int
    place: str = ""
    link: str = ""

    def fields(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in ("starts_at", "zone", "length", "place", "link")}


# ---- finding a time --------------------------------------------------------------------------
@transaction.atomic
def propose(
    dealer: Dealer,
    *,
    by: User,
    when: When,
    title: str,
    level: str,
    attendees: Iterable[Person] = (),
    guests: Sequence[str] = (),
    topics: Sequence[str] = (),
) -> Meeting:
    """Propose a meeting. Without people of both sides it is none; what is open since the last one is on its agenda."""
    require(by, ADD)
    if dealer.is_archived() or dealer.status == Dealer.Status.ENDED:
        raise Refused(_("%(dealer)s is no longer a dealer; take the file back first.") % {"dealer": dealer})
    _refuse_past(when)
    attendees = list(attendees)
    meeting = Meeting(
        dealer=dealer, title=title.strip(), level=level, organiser_id=_organiser(dealer, by, attendees),
        proposed_by_id=by.pk, proposed_side=Side.of(by), previous=_before(dealer), **when.fields(),
    )  # fmt: skip
    refuse_unsound(meeting)
    _refuse_without_people({Side.of(one) for one in attendees} | ({Side.DEALER} if guests else set()))
    meeting.save()
    Participant.objects.bulk_create(
        [
            *(Participant(dealer=dealer, meeting=meeting, person=one, name=one.name, side=Side.of(one))
              for one in attendees),
            *(Participant(dealer=dealer, meeting=meeting, name=name, side=Side.DEALER) for name in guests),
        ]
    )  # fmt: skip
    Topic.objects.bulk_create(_agenda(meeting, topics, by))
    events.record("meeting.proposed", meeting, by=by, data=meeting.told, notify=_others(meeting, by))
    return meeting


@transaction.atomic
def agree(meeting: Meeting, *, by: User, sequence: int) -> Meeting:
    """Say yes to the time that was read (`sequence`). Everybody at the table gets the invitation."""
    require(by, CHANGE)
    meeting = meeting_in(meeting, State.PROPOSED)
    if meeting.sequence != sequence:
        raise Stale(_("Another time was proposed in the meantime. Read it, then agree or propose another one."))
    if not meeting.waits_for(Side.of(by)):
        raise NotYours(_("The other side has to agree to the time that your side proposed."))
    _refuse_past(meeting)
    _refuse_without_people({Side(side) for side in meeting.participants.values_list("side", flat=True)})
    write_meeting(meeting, state=State.AGREED)
    events.record("meeting.agreed", meeting, by=by, data=meeting.told, notify=everybody(meeting))
    return meeting


@transaction.atomic
def propose_time(meeting: Meeting, *, by: User, when: When, reason: str) -> Meeting:
    """Propose another time or place; the other side has to agree to it. The agreed one is given up."""
    require(by, CHANGE)
    reason = reasons.sentence(reason)
    meeting = meeting_in(meeting, State.PROPOSED, State.AGREED)
    _refuse_past(when)
    if all(getattr(meeting, name) == value for name, value in when.fields().items()):
        raise Refused(_("This is the time and place that stands already. Change something, or agree to it."))
    for name, value in when.fields().items():
        setattr(meeting, name, value)
    refuse_unsound(meeting)
    write_meeting(
        meeting, **when.fields(), state=State.PROPOSED, proposed_by_id=by.pk, proposed_side=Side.of(by),
        sequence=meeting.sequence + 1,
    )  # fmt: skip
    events.record("meeting.moved", meeting, by=by, reason=reason, data=meeting.told, notify=_others(meeting, by))
    return meeting


@transaction.atomic
def cancel(meeting: Meeting, *, by: User, reason: str) -> Meeting:
    """Call the meeting off; calendars take it out."""
    require(by, CHANGE)
    reason = reasons.sentence(reason)
    meeting = meeting_in(meeting, State.PROPOSED, State.AGREED)
    write_meeting(meeting, state=State.CANCELLED, cancel_reason=reason, sequence=meeting.sequence + 1)
    events.record("meeting.cancelled", meeting, by=by, reason=reason, data=meeting.told, notify=everybody(meeting))
    return meeting


# ---- preparing -------------------------------------------------------------------------------
@transaction.atomic
def add_topic(meeting: Meeting, *, by: User, title: str, minutes: int) -> Topic:
    """Put something on the agenda: either side until the meeting is held, ours while it is minuted."""
    require(by, CHANGE)
    meeting = meeting_in(meeting, State.PROPOSED, State.AGREED, *([] if by.is_dealers else [State.HELD]))
    last = meeting.topics.order_by("-position").values_list("position", flat=True).first() or 0
    topic = Topic(
        dealer_id=meeting.dealer_id, meeting=meeting, title=title.strip(), minutes=minutes, position=last + 1,
        source=Source.DEALER if by.is_dealers else Source.US, by_id=by.pk,
    )  # fmt: skip
    refuse_unsound(topic)
    topic.save()
    if meeting.state == State.HELD:
        _open_text(topic, by, "")
    events.record("meeting.topic_added", meeting, by=by, data={"topic": topic.title}, notify=_others(meeting, by))
    return topic


@transaction.atomic
def note(meeting: Meeting, *, by: User, text: str) -> MeetingNote:
    """Note something for our own people. No dealer ever reads it, also not in the timeline."""
    require(by, "communications.add_meetingnote")
    if not text.strip():
        raise Refused(_("Write what is to be noted."))
    written = MeetingNote(dealer_id=meeting.dealer_id, meeting=meeting, author_id=by.pk, text=text.strip())
    written.save()
    events.record("meeting.noted", meeting, by=by)
    return written


# ---- holding ---------------------------------------------------------------------------------
@transaction.atomic
def hold(meeting: Meeting, *, by: User) -> Meeting:
    """Note that the meeting takes place and open its minutes, half written already: figures and open items."""
    require(by, MINUTE)
    meeting = meeting_in(meeting, State.AGREED)
    if timezone.now() < meeting.starts_at - BEFOREHAND:
        raise NotNow(_("The meeting has not begun yet. Propose another time if it was moved."))
    write_meeting(meeting, state=State.HELD, held_at=timezone.now(), organiser_id=meeting.organiser_id or by.pk)
    for topic in meeting.topics.all():
        _open_text(topic, by, prefill.text_for(topic, by=by))
    events.record("meeting.held", meeting, by=by, data=meeting.told)
    return meeting


def _open_text(topic: Topic, by: User, text: str) -> None:
    TopicText(topic=topic, dealer_id=topic.dealer_id, text=text, edited_by_id=by.pk, edited_at=timezone.now()).save()


# ---- what the verbs share --------------------------------------------------------------------
def everybody(meeting: Meeting) -> list[Person]:
    """Who sits at the table and has an account, with those who act for the dealer."""
    at_table = access.rows_of(Person).filter(
        pk__in=meeting.participants.exclude(person=None).values("person"), is_active=True
    )
    return [*at_table, *people.executives(meeting.dealer)]


def _others(meeting: Meeting, by: User) -> list[Person]:
    """Those of the other side who are to be told; on ours, where nobody is named, those who may answer."""
    side = Side.of(by).other
    found = [one for one in everybody(meeting) if Side.of(one) == side]
    return found or (staff_able_to(CHANGE, meeting.dealer) if side is Side.US else [])


def _organiser(dealer: Dealer, by: User, attendees: Sequence[Person]) -> int | None:
    if by.is_ours:
        return by.pk
    ours = [one.pk for one in attendees if Side.of(one) is Side.US]
    return dealer.manager_id if dealer.manager_id in ours or not ours else ours[0]


def _before(dealer: Dealer) -> Meeting | None:
    """The last meeting that took place: what is open since then is carried over."""
    held = access.rows_of(Meeting).filter(dealer=dealer, held_at__isnull=False)
    return held.order_by("-starts_at", "-pk").first()


def _agenda(meeting: Meeting, topics: Sequence[str], by: User) -> list[Topic]:
    """What is open and what the data say come first, then what people want to talk about."""
    wanted: list[tuple[str, Topic.Source, int]] = []
    if (carried := prefill.carried_title(meeting)) is not None:
        wanted.append((carried, Source.CARRIED, 10))
    wanted.append((_("Where we stand: sales, stock, money"), Source.DATA, 20))
    own = Source.DEALER if by.is_dealers else Source.US
    wanted += [(title, own, 15) for title in topics]
    return [
        Topic(dealer_id=meeting.dealer_id, meeting=meeting, title=title[:160], source=source, minutes=minutes,
              position=position, by_id=by.pk if source == own else None)
        for position, (title, source, minutes) in enumerate(wanted, start=1)
    ]  # fmt: skip


def _refuse_past(when: When | Meeting) -> None:
    if when.starts_at <= timezone.now():
        raise Refused(_("This time has passed. Propose a time to come."))


def _refuse_without_people(sides: set[Side]) -> None:
    if sides != set(Side):
        raise Refused(_("A meeting needs people of both sides: name at least one of the manufacturer and one of the "
                        "dealer."))  # fmt: skip


def meeting_in(meeting: Meeting, *allowed: Meeting.State) -> Meeting:
    meeting = access.lock(meeting)
    if meeting.state not in allowed:
        raise NotNow(
            _("This meeting is in the state “%(state)s” now; this can no longer be done. Reload the page.")
            % {"state": meeting.get_state_display()}
        )
    return meeting


def write_meeting(meeting: Meeting, **fields: Any) -> None:
    for name, value in fields.items():
        setattr(meeting, name, value)
    meeting.save(update_fields=[name.removesuffix("_id") for name in fields])
