"""The series of review meetings that a contract in force agrees: its next meetings are always proposed ahead.

Each month of a rhythm has one meeting for ever, behind which stands a unique key; what people moved or cancelled
stays as they left it. Set-wise: the statements do not grow with the dealers.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from communications.models import Meeting, Participant, Side, Topic
from contracts import rhythms
from contracts.models import Contract, ReviewRhythm
from contracts.rhythms import Due
from core import access
from core.database.locks import hold
from core.models import SpecialDay
from core.periods import Length, Period
from core.working_days import Calendar
from dealers import events
from dealers.models import Contact, Dealer, Person, User
from dealers.services import people

AHEAD = 2  # meetings of a rhythm that are proposed at most
HORIZON = timedelta(days=190)  # nobody knows his days further ahead: a yearly meeting is proposed half a year before
NOTICE = timedelta(days=7)  # nobody is asked to come sooner than that
LOCK = "meetings by agreed rhythm"
LENGTHS = {ReviewRhythm.Level.EXECUTIVE: 90, ReviewRhythm.Level.WORKING: 60}
_TOPIC_MINUTES = {Topic.Source.CARRIED: 10, Topic.Source.DATA: 20, Topic.Source.US: 20}


@dataclass(slots=True)
class _Known:
    """What is known of all dealers concerned, each by one statement."""

    calendars: dict[str, Calendar]
    executives: dict[int | None, list[int]]
    people: dict[int, Person]
    contacts: dict[int, str]
    last_held: dict[int, int]

    def theirs(self, dealer: Dealer) -> list[Person]:
        return [self.people[pk] for pk in self.executives.get(dealer.pk, ())]

    def ours(self, dealer: Dealer) -> Person | None:
        found = self.people.get(dealer.manager_id or 0)
        return found if found and found.is_active else None


@transaction.atomic
def propose_due(*, now: datetime, by: User) -> int:
    """Propose the next meetings of every rhythm in force; returns how many are new."""
    hold(LOCK)
    running = access.rows_of(ReviewRhythm).filter(
        contract__status=Contract.Status.ACTIVE, contract__ends_on__gte=now, dealer__archived_at__isnull=True
    )
    agreed = list(running.exclude(dealer__status=Dealer.Status.ENDED).select_related("contract", "dealer"))
    if not agreed:
        return 0
    cancelled = _carry_on(agreed, now)
    known = _known([one.dealer for one in agreed], _calendars(agreed, now))
    wanted = [(one, due) for one in agreed for due in _next(one, known.calendars[one.dealer.country], now)]
    asked = access.rows_of(Meeting).filter(rhythm__in=agreed, period__gte=f"{now:%Y-%m}")
    there = cancelled | set(asked.values_list("rhythm_id", "period"))
    made = [_meeting(one, due, known, by) for one, due in wanted if (one.pk, due.period) not in there]
    _save(made, known)
    events.record_for_dealers(
        "meeting.due", made, by=by, data=lambda meeting: meeting.told, also=lambda meeting: meeting.organiser_id
    )
    return len(made)


@transaction.atomic
def stop(*, now: datetime, by: User) -> int:
    """Call off what a rhythm proposed, nobody answered, and no contract asks for any more; returns how many."""
    hold(LOCK)
    ahead = access.rows_of(Meeting).filter(
        rhythm__isnull=False, state=Meeting.State.PROPOSED, sequence=0, starts_at__gt=now
    )
    over = [
        one
        for one in ahead.select_related("rhythm__contract", "dealer").select_for_update(no_key=True, of=("self",))
        if one.rhythm is not None and not _asks_for(one.rhythm.contract, one)
    ]
    for one in over:
        one.state, one.sequence = Meeting.State.CANCELLED, one.sequence + 1
        with translation.override(_language(one.dealer, [])):
            one.cancel_reason = _("The contract that agreed this rhythm is in notice or over.")
    access.rows_of(Meeting).bulk_update(over, ["state", "sequence", "cancel_reason"], batch_size=500)
    events.record_for_dealers(
        "meeting.series_stopped", over, by=by, data=lambda meeting: meeting.told,
        also=lambda meeting: meeting.organiser_id,
    )  # fmt: skip
    return len(over)


def _asks_for(contract: Contract, meeting: Meeting) -> bool:
    return contract.status == Contract.Status.ACTIVE and meeting.local_start.date() <= contract.ends_on


def _carry_on(agreed: Sequence[ReviewRhythm], now: datetime) -> set[tuple[int, str]]:
    """What the text before an amendment proposed for the time of the amendment becomes the amendment's own: all that
    somebody has answered or moved, and the rest as long as the rhythm is what it was. Returns the months of a rhythm
    that people cancelled before: they are not asked for again."""
    heirs: dict[tuple[int | None, str], list[ReviewRhythm]] = defaultdict(list)
    for one in agreed:
        if one.contract.amends_id:
            heirs[one.contract.amends_id, one.level].append(one)
    ahead = access.rows_of(Meeting).filter(rhythm__contract__amended_on__isnull=False, period__gte=f"{now:%Y-%m}")
    moved, cancelled = [], set()
    for meeting in ahead.select_related("rhythm__contract").select_for_update(no_key=True, of=("self",)):
        before = meeting.rhythm
        if before is None or meeting.local_start.date() <= before.contract.ends_on:
            continue
        for heir in heirs[before.contract.amends_id or before.contract_id, before.level]:
            if not heir.contract.starts_on <= meeting.local_start.date() <= heir.contract.ends_on:
                continue
            is_same = rhythms.same(before, heir)
            if meeting.is_open() and (is_same or not meeting.is_untouched()):
                meeting.rhythm = heir
                moved.append(meeting)
            elif is_same:
                cancelled.add((heir.pk, meeting.period))
    access.rows_of(Meeting).bulk_update(moved, ["rhythm"], batch_size=500)
    return cancelled


# ---- which ones ------------------------------------------------------------------------------
def _calendars(agreed: Sequence[ReviewRhythm], now: datetime) -> dict[str, Calendar]:
    """Holidays from now to the last day of any term."""
    end = max(one.contract.ends_on for one in agreed)
    countries = {one.dealer.country for one in agreed}
    return SpecialDay.objects.calendars(countries, start=now.date() - timedelta(days=31), end=end + timedelta(days=31))


def _next(rhythm: ReviewRhythm, calendar: Calendar, now: datetime) -> Iterator[Due]:
    contract = rhythm.contract
    earliest = (now + NOTICE).astimezone(ZoneInfo(rhythm.dealer.time_zone)).date()
    found = rhythms.due(rhythm, start=contract.starts_on, end=contract.ends_on, calendar=calendar)
    return islice((one for one in found if earliest <= one.on <= earliest + HORIZON), AHEAD)


def _known(dealers: Sequence[Dealer], calendars: dict[str, Calendar]) -> _Known:
    pks = {one.pk for one in dealers}
    executives = people.executives_by_dealer(pks)
    accounts = {pk for found in executives.values() for pk in found} | {one.manager_id for one in dealers}
    contacts = access.rows_of(Contact).filter(dealer__in=pks, is_archived=False).order_by("-pk")
    held = access.rows_of(Meeting).filter(dealer__in=pks, held_at__isnull=False).order_by("starts_at", "pk")
    return _Known(
        calendars=calendars,
        executives=executives,
        people=access.rows_of(Person).in_bulk([pk for pk in accounts if pk]),
        contacts=dict(contacts.values_list("dealer_id", "name")),
        last_held=dict(held.values_list("dealer_id", "pk")),
    )


# ---- what they are made of -------------------------------------------------------------------
def _meeting(rhythm: ReviewRhythm, due: Due, known: _Known, by: User) -> Meeting:
    dealer, manager = rhythm.dealer, known.ours(rhythm.dealer)
    with translation.override(_language(dealer, known.theirs(dealer))):
        is_visit = rhythm.mode == ReviewRhythm.Mode.VISIT
        return Meeting(
            dealer=dealer, rhythm=rhythm, period=due.period, level=rhythm.level, title=_title(rhythm, due),
            starts_at=rhythms.moment_of(due, rhythm, dealer.time_zone), zone=dealer.time_zone,
            length=LENGTHS[ReviewRhythm.Level(rhythm.level)],
            place=_("at the dealer's") if is_visit else _("by video, the link follows"),
            organiser=manager, proposed_by_id=manager.pk if manager else by.pk, proposed_side=Side.US,
            previous_id=known.last_held.get(dealer.pk),
        )  # fmt: skip


def _language(dealer: Dealer, theirs: Sequence[Person]) -> str:
    """What the dealer's head reads; where he has no account, what the file says."""
    if theirs:
        return theirs[0].language
    return "zh-hans" if dealer.name_zh else settings.LANGUAGE_CODE


def _title(rhythm: ReviewRhythm, due: Due) -> str:
    words = {
        ("executive", "month"): _("Monthly review of the executives, %(month)s"),
        ("executive", "quarter"): _("Quarterly review of the executives, %(month)s"),
        ("executive", "half_year"): _("Half-yearly review of the executives, %(month)s"),
        ("executive", "year"): _("Yearly review of the executives, %(month)s"),
        ("working", "month"): _("Monthly working meeting, %(month)s"),
        ("working", "quarter"): _("Quarterly working meeting, %(month)s"),
        ("working", "half_year"): _("Half-yearly working meeting, %(month)s"),
        ("working", "year"): _("Yearly working meeting, %(month)s"),
    }
    return words[rhythm.level, rhythm.every] % {"month": Period.of(due.on, Length.MONTH)}


def _save(made: Sequence[Meeting], known: _Known) -> None:
    Meeting.objects.bulk_create(made, batch_size=500)
    seats: list[Participant] = []
    topics: list[Topic] = []
    for meeting in made:
        with translation.override(_language(meeting.dealer, known.theirs(meeting.dealer))):
            seats += _seats(meeting, known)
            topics += _agenda(meeting)
    Participant.objects.bulk_create(seats, batch_size=1000)
    Topic.objects.bulk_create(topics, batch_size=1000)


def _seats(meeting: Meeting, known: _Known) -> Iterator[Participant]:
    """Who heads the dealer and who looks after him; where somebody has no account, a name."""
    dealer, theirs = meeting.dealer, known.theirs(meeting.dealer)
    for one in [*theirs, *filter(None, [meeting.organiser])]:
        yield Participant(dealer=dealer, meeting=meeting, person=one, name=one.name, side=Side.of(one))
    if not theirs:
        name = known.contacts.get(dealer.pk) or dealer.local_name
        yield Participant(dealer=dealer, meeting=meeting, name=name[:120], side=Side.DEALER)
    if meeting.organiser is None:
        yield Participant(dealer=dealer, meeting=meeting, name=settings.MANUFACTURER_NAME, side=Side.US)


def _agenda(meeting: Meeting) -> Iterator[Topic]:
    is_executive = meeting.level == Meeting.Level.EXECUTIVE
    wanted = [
        (Topic.Source.CARRIED, _("Open promises")),
        (Topic.Source.DATA, _("Where we stand: sales, stock, money")),
        (
            Topic.Source.US,
            _("Strategy and progress, and what each side expects of the other")
            if is_executive
            else _("Reception of products, technical points, logistics, after-sales"),
        ),
    ]
    for position, (source, title) in enumerate(wanted, start=1):
        yield Topic(
            dealer_id=meeting.dealer_id, meeting=meeting, title=title, source=source, position=position,
            minutes=_TOPIC_MINUTES[source],
        )  # fmt: skip
