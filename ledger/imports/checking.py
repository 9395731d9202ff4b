"""Judging the staged rows, set-wise: one pass gives every value its type and every bad row its first problem.

Works on PostgreSQL 15 (`pg_input_is_valid` needs 16): numbers by pattern, dates by joining a calendar of spellings.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db import connection

from ledger.imports.columns import NUMERIC, Column, Type
from ledger.imports.kinds import ImportKind, Lookup
from ledger.imports.posting import CHECKED
from ledger.imports.staging import STAGE

CALENDAR = "import_calendar"
# Without bounds: `{1,30}` makes a pattern four times slower than comparing the length beside it.
_WHOLE = r"^[+-]?[0-9]+(\.0+)?$"
_NUMBER = r"^[+-]?[0-9]+(\.[0-9]+)?$"
_LONGEST = 50
_LARGEST = "1000000000000"


def make_calendar() -> None:
    """Every day from 1950 to 2099 by its ISO spelling; a date that is not in it is no date."""
    with connection.cursor() as cursor:
        cursor.execute(f"drop table if exists {CALENDAR}")
        cursor.execute(
            f"create temporary table {CALENDAR} on commit drop as "
            "select to_char(d, 'YYYY-MM-DD') as word, d::date as day "
            "from generate_series('1950-01-01'::date, '2099-12-31'::date, interval '1 day') as d"
        )
        cursor.execute(f"analyze {CALENDAR}")


def check(kind: ImportKind, present: frozenset[str], currencies: Iterable[str], today: Any, only: str = "") -> None:
    """Fill the checked table from the staged rows (all of them, or those of the condition `only`)."""
    currency_list = ", ".join(f"'{code}'" for code in currencies)
    columns = kind.columns
    inner = ", ".join(["s.row", *(_read(column, present) for column in columns)])
    calendars = " ".join(
        f"left join {CALENDAR} c_{column.name} on c_{column.name}.word = s.{column.name}"
        for column in columns
        if column.type is Type.DATE and column.name in present
    )
    lookups = kind.lookups
    joins = " ".join(_join(lookup) for lookup in lookups)
    taken = ", ".join(f"{expression} as {name}" for lookup in lookups for name, expression in lookup.take.items())
    values = ", ".join(f"x.{column.name}" for column in columns)
    problem = _problem(kind, present, currency_list)
    statement = f"""
        create temporary table {CHECKED} on commit drop as
        select x.row, {values}{", " + taken if taken else ""}, {problem} as problem
        from (select {inner} from {STAGE} s {calendars} {"where " + only if only else ""} offset 0) x
        {joins}
    """
    with connection.cursor() as cursor:
        cursor.execute(f"drop table if exists {CHECKED}")
        cursor.execute(statement, {"today": today})
        cursor.execute(f"analyze {CHECKED} (row, problem)")


def _read(column: Column, present: frozenset[str]) -> str:
    """The typed value under the column's name, null where it is missing or unreadable, and the raw text beside it.

    Only what is spelt plainly passes at once; a row that does not gets its second chance in Python (`words`).
    """
    name = column.name
    if name not in present:
        kind = {Type.DATE: "date", Type.WHOLE: "numeric", Type.NUMBER: "numeric", Type.PERCENT: "numeric"}
        return f"null::{kind.get(column.type, 'text')} as {name}, null::text as raw_{name}"
    match column.type:
        case Type.DATE:
            value = f"c_{name}.day"
        case Type.WHOLE | Type.NUMBER | Type.PERCENT:
            pattern = _WHOLE if column.type is Type.WHOLE else _NUMBER
            value = f"case when s.{name} ~ '{pattern}' and length(s.{name}) <= {_LONGEST} then s.{name}::numeric end"
        case Type.CODE | Type.CURRENCY:
            value = f"nullif(upper(btrim(s.{name})), '')"
        case _:
            value = f"nullif(btrim(s.{name}), '')"
    return f"{value} as {name}, s.{name} as raw_{name}"


def _join(lookup: Lookup) -> str:
    condition = lookup.join.replace("{column}", f"x.{lookup.column}")
    return f"left join {lookup.table} {lookup.alias} on {condition}"


def _problem(kind: ImportKind, present: frozenset[str], currencies: str) -> str:
    """One CASE: the first problem of a row as CODE:column."""
    tests: list[tuple[str, str, str]] = []
    for column in kind.columns:
        if column.name in present and column.required:
            missing = f"x.{column.name} is null and coalesce(btrim(x.raw_{column.name}), '') = ''"
            tests.append((missing, "MISSING_REQUIRED", column.name))
    for column in kind.columns:
        if column.name in present:
            tests.extend(_type_tests(column, currencies))
    for lookup in kind.lookups:
        if lookup.column in present:
            first = next(iter(lookup.take.values()))
            tests.append((f"x.{lookup.column} is not null and {first} is null", lookup.problem, lookup.column))
    for rule in kind.rules:
        if rule.column in present and all(name in present for name in rule.needs):
            tests.append((rule.condition, rule.problem, rule.column))
    if not tests:
        return "null::text"
    whens = " ".join(f"when {condition} then '{code}:{column}'" for condition, code, column in tests)
    return f"case {whens} end"


def _type_tests(column: Column, currencies: str) -> Iterator[tuple[str, str, str]]:
    name = column.name
    unread = f"x.{name} is null and btrim(x.raw_{name}) <> ''"
    if column.type is Type.DATE:
        yield unread, "BAD_DATE", name
        if not column.may_be_future:
            yield f"x.{name} > %(today)s", "FUTURE_DATE", name
    elif column.type in NUMERIC:
        yield unread, "BAD_NUMBER", name
        low, high = column.low or f"-{_LARGEST}", column.high or _LARGEST
        yield f"x.{name} not between {low} and {high}", "OUT_OF_RANGE", name
    elif column.type is Type.CURRENCY:
        yield f"x.{name} is not null and x.{name} not in ({currencies})", "BAD_CURRENCY", name
    elif column.choices:
        listed = ", ".join(f"'{choice}'" for choice in column.choices)
        yield f"x.{name} is not null and lower(x.{name}) not in ({listed})", "BAD_CHOICE", name
    else:
        yield f"length(x.{name}) > {column.length}", "TOO_LONG", name
