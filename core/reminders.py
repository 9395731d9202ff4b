"""What people are reminded of: rules that find, set-wise, what is due for whom. Each room brings its own in a module
named `reminders.py`; the room on top sweeps them all and tells each person once for each occasion.

    reminders.define(
        Rule(
            "reminder.licence_expires",          # also the kind of event that tells it
            "dealers.Document",
            "select d.id, d.dealer_id, p.id, d.expires_on::text from ... where %(now)s >= ...",
        )
    )

The statement yields subject, dealer, person, occasion. The occasion holds the time that the reminder is about
(`2026-03-20T06:00Z`, or a day and its threshold): a changed time is another occasion and is told anew, an unchanged
one never is. A rule yields what is due *now*, in each person's own clock (`morning_of`), and nothing that has passed.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.apps import apps
from django.db import connection, models
from django.utils.module_loading import autodiscover_modules

MORNING = "08:00"


@dataclass(frozen=True, slots=True)
class Rule:
    """`candidates` is one statement over all dealers; `%(now)s` is the moment of the sweep. `data` is what the event
    keeps of a subject, `label` what it calls it; `joins` are read with the subjects. A statement that cannot yield one
    line twice says so (`repeats`): then nobody has to sort a million of them to find out."""

    code: str
    subject: str
    candidates: str
    data: Callable[[Any], Mapping[str, Any]] = lambda _subject: {}
    label: Callable[[Any], str] = str
    joins: tuple[str, ...] = ()
    repeats: bool = True

    @property
    def model(self) -> type[models.Model]:
        return apps.get_model(self.subject)


_rules: dict[str, Rule] = {}


def define(*rules: Rule) -> None:
    for rule in rules:
        if rule.code in _rules:
            raise ValueError(f"The reminder {rule.code} is defined twice")
        _rules[rule.code] = rule


def rules() -> Mapping[str, Rule]:
    return dict(_rules)


def discover() -> None:
    autodiscover_modules("reminders")


# ---- what the statements are made of -----------------------------------------------------------
def clock_of(person: str = "p") -> str:
    """SQL: the person's time zone; one that the database does not know counts as UTC and stops nobody else's."""
    return f"case when {person}.time_zone = any(string_to_array(%(zones)s, ' ')) then {person}.time_zone else 'UTC' end"


def morning_of(day: str, person: str = "p") -> str:
    """SQL: the moment at which people begin to be reminded on a day, by the person's own clock. Where the clocks jump
    over it, the database takes the moment after."""
    return f"((({day})::date + time '{MORNING}') at time zone ({clock_of(person)}))"


def today_of(person: str = "p") -> str:
    """SQL: the day it is for the person."""
    return f"(%(now)s::timestamptz at time zone ({clock_of(person)}))::date"


def people() -> str:
    """SQL, to stand in a `with`: `p`, the active people, with `morning`, the last day whose morning has come for them.

    Comparing a day with it says what `morning_of(day) <= now` says, worked out once a person instead of once a row.
    """
    today = today_of("u")
    return f"""
        p as materialized (
            select u.id, case when %(now)s >= {morning_of(today, "u")} then {today} else {today} - 1 end as morning
            from dealers_user u where u.is_active
        )
    """


MOMENT = 'YYYY-MM-DD"T"HH24:MI"Z"'


def moment_key(moment: str) -> str:
    """SQL: a moment as part of an occasion, the same whatever the session's zone."""
    return f"to_char({moment} at time zone 'UTC', '{MOMENT}')"


@cache
def zones() -> str:
    """The zones that the connected database knows, a blank between two. Part of every sweep's values: as one text,
    because a list of twelve hundred took longer to write down than the sweep took to be answered."""
    with connection.cursor() as cursor:
        cursor.execute("select name from pg_timezone_names order by name")
        return " ".join(name for (name,) in cursor.fetchall())
