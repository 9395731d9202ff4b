"""Holidays that an installation starts with, as governments announced them; administrators keep the years after."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.db import connection

from core.models import SpecialDay

# (country, occasion, first day, last day); by the notice of the State Council for 2026.
FREE = (
    ("CN", "元旦", date(2026, 1, 1), date(2026, 1, 3)),
    ("CN", "春节", date(2026, 2, 15), date(2026, 2, 23)),
    ("CN", "清明节", date(2026, 4, 4), date(2026, 4, 6)),
    ("CN", "劳动节", date(2026, 5, 1), date(2026, 5, 5)),
    ("CN", "端午节", date(2026, 6, 19), date(2026, 6, 21)),
    ("CN", "中秋节", date(2026, 9, 25), date(2026, 9, 27)),
    ("CN", "国庆节", date(2026, 10, 1), date(2026, 10, 7)),
)
WORKED = (
    ("CN", "元旦", date(2026, 1, 4)),
    ("CN", "春节", date(2026, 2, 14)),
    ("CN", "春节", date(2026, 2, 28)),
    ("CN", "劳动节", date(2026, 5, 9)),
    ("CN", "国庆节", date(2026, 9, 20)),
    ("CN", "国庆节", date(2026, 10, 10)),
)


def known() -> Iterator[SpecialDay]:
    for country, name, first, last in FREE:
        for offset in range((last - first).days + 1):
            yield SpecialDay(country=country, on=first + timedelta(days=offset), name=name)
    for country, name, on in WORKED:
        yield SpecialDay(country=country, on=on, name=name, is_worked=True)


def seed(**_signal: Any) -> None:
    """Receiver of post_migrate: fills an empty calendar, changes nothing that is there."""
    if SpecialDay._meta.db_table not in connection.introspection.table_names():
        return  # migrated back to before there were calendars
    if not SpecialDay.objects.exists():
        SpecialDay.objects.bulk_create(known(), ignore_conflicts=True)
