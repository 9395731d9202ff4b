"""Sweeping the rules of all rooms: who is to be reminded of what, noted once for ever, then told once.

The note and the notice are one transaction each way: a reminder that was noted is told by whoever comes next, and one
that was told carries its event. Several sweeps at once follow each other.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby

from django.db import connection, transaction

from communications.models import Reminder
from core import access, reminders
from core.database.locks import hold
from core.reminders import Rule
from dealers import events
from dealers.models import Event, Person, User

BATCH = 500  # notices of one transaction
LOCK = "reminders"
type Occasion = tuple[str, int, str]


@transaction.atomic
def sweep(*, now: datetime) -> int:
    """Note what is due of every rule; returns how much of it is new. One statement a rule, whatever the numbers.

    Nobody else sweeps meanwhile, so known reminders are left out before they are inserted: stepping over them one by
    one costs a third more. Behind that stands the unique constraint, whoever forgets the lock.
    """
    hold(LOCK)
    return sum(_note(rule, now) for rule in reminders.rules().values())


def _note(rule: Rule, now: datetime) -> int:
    once = "distinct" if rule.repeats else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            insert into communications_reminder (rule, subject_id, occasion, person_id, dealer_id, at)
            select {once} %(rule)s, due.subject_id, due.occasion, due.person_id, due.dealer_id, %(now)s::timestamptz
            from ({rule.candidates}) due (subject_id, dealer_id, person_id, occasion)
            where not exists (
                select from communications_reminder known
                where known.rule = %(rule)s and known.subject_id = due.subject_id
                  and known.occasion = due.occasion and known.person_id = due.person_id
            )
            """,
            {"rule": rule.code, "now": now, "zones": reminders.zones()},
        )
        return int(cursor.rowcount)


@transaction.atomic
def tell(*, by: User) -> int:
    """Tell the next people what was noted for them. Zero when everybody has been told."""
    hold(LOCK)
    untold = list(Reminder.objects.filter(event__isnull=True).order_by("pk")[:BATCH])
    for code, noted in groupby(sorted(untold, key=lambda one: one.rule), key=lambda one: one.rule):
        rule = reminders.rules().get(code)
        if rule is None:  # the room that brought it is no longer installed
            Reminder.objects.filter(rule=code, event__isnull=True).delete()
            continue
        _tell(rule, list(noted), by)
    return len(untold)


def _tell(rule: Rule, noted: Sequence[Reminder], by: User) -> None:
    kind = events.kind_of(rule.code)
    rows = access.rows_of(rule.model)
    rows = rows.select_related(*rule.joins) if rule.joins else rows
    subjects = rows.in_bulk({one.subject_id for one in noted})
    people = access.rows_of(Person).in_bulk({one.person_id for one in noted})
    for occasion, some in _by_occasion(noted):
        subject = subjects.get(occasion[1])
        if subject is None:  # a draft that was taken out in between
            Reminder.objects.filter(pk__in=[one.pk for one in some]).delete()
            continue
        told = [people[one.person_id] for one in some if one.person_id in people]
        key = ":".join(map(str, occasion))
        event = _told_before(occasion)
        if event is None:
            event = events.record(
                rule.code, subject, by=by, data=rule.data(subject), label=rule.label(subject), notify=told, key=key
            )
        else:  # others were told when it was morning where they are
            events.deliver(event, kind, told, key)
        Reminder.objects.filter(pk__in=[one.pk for one in some]).update(event=event)


def _by_occasion(noted: Sequence[Reminder]) -> Iterator[tuple[Occasion, list[Reminder]]]:
    def occasion(one: Reminder) -> Occasion:
        return one.rule, one.subject_id, one.occasion

    for found, some in groupby(sorted(noted, key=occasion), key=occasion):
        yield found, list(some)


def _told_before(occasion: Occasion) -> Event | None:
    rule, subject_id, words = occasion
    earlier = Reminder.objects.filter(rule=rule, subject_id=subject_id, occasion=words, event__isnull=False)
    found = earlier.select_related("event").first()
    return found.event if found else None
