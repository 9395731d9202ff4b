"""Schedules: which periods have fallen due, in the schedule's own time zone, across the change of the clocks.

Hours are counted in UTC, so that the repeated hour of autumn is an hour like the others; days, weeks and months have
one due moment each, whatever the clocks do: a time that does not exist in spring means an hour later.
"""

import calendar
import zoneinfo
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Any

from django.db import connection

from core import jobs
from core.models import Schedule

_MINUTES = {Schedule.Every.QUARTER_HOUR: 15, Schedule.Every.HOUR: 60}
_AT_ONCE = 100  # periods of one schedule that one tick makes up for; the next goes on


@dataclass(frozen=True, slots=True)
class Period:
    key: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Default:
    """A schedule that an installation starts with; administrators may change or stop it."""

    name: str
    kind: str
    every: Schedule.Every
    at: time = time(0, 0)
    day: int = 1
    makes_up: bool = True


_defaults: list[Default] = []


def define(*defaults: Default) -> None:
    """Called beside the kind, in a room's `jobs.py`."""
    _defaults.extend(defaults)


def seed(**_signal: Any) -> None:
    """Receiver of post_migrate: adds what is absent by name, changes nothing that is there."""
    if Schedule._meta.db_table not in connection.introspection.table_names():
        return  # migrated back to before there were schedules
    known = set(Schedule.objects.values_list("name", flat=True))
    Schedule.objects.bulk_create(
        [
            Schedule(name=one.name, kind=one.kind, every=one.every, at=one.at, day=one.day, makes_up=one.makes_up)
            for one in _defaults
            if one.name not in known
        ],
        ignore_conflicts=True,
    )


def sweep(*, now: datetime) -> None:
    """Make a job for each period that has fallen due. The period is part of the job's key: once, whoever sweeps."""
    for schedule in Schedule.objects.all():
        due = periods(schedule, after=schedule.swept_until, until=now)
        found = list(islice(due, _AT_ONCE)) if schedule.makes_up else list(deque(due, maxlen=1))
        if not found or schedule.kind not in jobs.kinds():
            continue
        if schedule.is_active:
            for period in found:
                jobs.enqueue(
                    schedule.kind,
                    key=f"schedule {schedule.pk}: {period.key}",
                    payload={"period": period.key, "due_at": period.due_at.isoformat()},
                )
        Schedule.objects.filter(pk=schedule.pk).update(last_period=found[-1].key, swept_until=found[-1].due_at)


# ---- the calendar: pure, the clock is a parameter ----------------------------------------------
def periods(schedule: Schedule, *, after: datetime, until: datetime) -> Iterator[Period]:
    """The periods that fall due after one moment and not later than another, oldest first."""
    minutes = _MINUTES.get(Schedule.Every(schedule.every))
    candidates = _clock(schedule, after, minutes) if minutes else _days(schedule, after)
    for period in candidates:
        if period.due_at > until:
            return
        if period.due_at > after:
            yield period


def _clock(schedule: Schedule, after: datetime, minutes: int) -> Iterator[Period]:
    """Every so many minutes, beginning at the schedule's minute of the hour."""
    due_at = after.astimezone(UTC).replace(minute=schedule.at.minute % minutes, second=0, microsecond=0)
    words = "%Y-%m-%dT%HZ" if minutes == _MINUTES[Schedule.Every.HOUR] else "%Y-%m-%dT%H:%MZ"
    while True:
        yield Period(f"{due_at:{words}}", due_at)
        due_at += timedelta(minutes=minutes)


def _days(schedule: Schedule, after: datetime) -> Iterator[Period]:
    zone = zoneinfo.ZoneInfo(schedule.time_zone)
    around = after.astimezone(zone).date()
    match schedule.every:
        case Schedule.Every.DAY:
            dates = _every_day(around)
        case Schedule.Every.WEEK:
            dates = _every_week(around, schedule.weekday)
        case Schedule.Every.MONTH:
            dates = _every_months(around, schedule.day, step=1)
        case Schedule.Every.QUARTER:
            dates = _every_months(around, schedule.day, step=3)
        case _:
            dates = _every_months(around, schedule.day, step=12)
    for key, on in dates:
        yield Period(key, datetime.combine(on, schedule.at, tzinfo=zone).astimezone(UTC))


# Each starts with a period that is surely past, the rest is filtered.
def _every_day(around: date) -> Iterator[tuple[str, date]]:
    on = around - timedelta(days=1)
    while True:
        yield on.isoformat(), on
        on += timedelta(days=1)


def _every_week(around: date, weekday: int) -> Iterator[tuple[str, date]]:
    on = around - timedelta(days=around.weekday() + 8 - weekday)
    while True:
        year, week, _day = on.isocalendar()
        yield f"{year}-W{week:02}", on
        on += timedelta(days=7)


def _every_months(around: date, day: int, *, step: int) -> Iterator[tuple[str, date]]:
    count = around.year * 12 + (around.month - 1) // step * step - step  # months since the year 0
    while True:
        year, month = count // 12, count % 12 + 1
        key = {1: f"{year}-{month:02}", 3: f"{year}-Q{(month + 2) // 3}"}.get(step, f"{year}")
        yield key, date(year, month, min(day, calendar.monthrange(year, month)[1]))
        count += step
