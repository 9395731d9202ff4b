"""Understanding other people's numbers, dates and currencies, and bringing them to one spelling.

The spelling that the checks read: 1234.56, 2026-03-20, CNY, codes in upper case. What cannot be understood stays as
it was, so that the message can show it.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from ledger.imports.columns import NUMERIC, Column, Type

_ISO = re.compile(r"^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T]00:00(?::00)?)?$")
_DOTTED = re.compile(r"^(\d{1,2})\.(\d{1,2})\.(\d{4})$")
_SLASHED = re.compile(r"^(\d{1,2})[/-](\d{1,2})[/-](\d{4})$")
_PLAIN = re.compile(r"^[+-]?\d+(?:\.\d+)?$")
_CURRENCY_SIGNS = {"€": "EUR", "$": "USD", "US$": "USD", "£": "GBP", "人民币": "CNY", "RMB": "CNY", "元": "CNY"}
_MONEY_SIGNS = re.compile(r"^(?:US\$|[€$£¥￥元]|CNY|RMB|EUR|USD|GBP)\s*|\s*(?:[€$£¥￥元]|CNY|RMB|EUR|USD|GBP)$")


@dataclass(frozen=True, slots=True)
class Conventions:
    """How a file writes: its decimal mark, and whether 03/04/2026 starts with the day ('dmy') or month ('mdy')."""

    decimal: str = "."
    date_order: str = ""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def is_plain(self) -> bool:
        """Nothing to translate by rule; single odd rows are understood one by one."""
        return self.decimal == "." and not self.date_order


def conventions_of(samples: Iterable[list[str]], positions: dict[str, int], columns: Iterable[Column]) -> Conventions:
    """Read the habits of a file from its first rows."""
    numbers: list[str] = []
    dates: list[str] = []
    for row in samples:
        for column in columns:
            at = positions.get(column.name)
            if at is None or at >= len(row):
                continue
            value = _narrow(row[at])
            if column.type in NUMERIC:
                numbers.append(value)
            elif column.type is Type.DATE:
                dates.append(value)
    return Conventions(decimal=_decimal_mark(numbers), date_order=_date_order(dates))


def _decimal_mark(numbers: list[str]) -> str:
    commas = points = 0
    for text in numbers:
        comma, point = text.rfind(","), text.rfind(".")
        if comma > point and (point >= 0 or not re.search(r",\d{3}(?:,|\D*$)", text)):
            commas += 1
        elif point > comma and not re.fullmatch(r"\D*\d{1,3}(\.\d{3}){2,}\D*", text):
            points += 1
    return "," if commas > points else "."


def _date_order(dates: list[str]) -> str:
    """'dmy' or 'mdy' when some date proves it; empty when none does or both are proven."""
    pairs = [(int(m[1]), int(m[2])) for text in dates if (m := _SLASHED.match(text))]
    day_first = any(first > 12 for first, _second in pairs)
    month_first = any(second > 12 for _first, second in pairs)
    if day_first == month_first:
        return ""
    return "dmy" if day_first else "mdy"


def understand(value: str, column: Column, conventions: Conventions) -> str:
    """The value in the one spelling; unchanged (but trimmed) where it cannot be understood."""
    match column.type:
        case Type.TEXT:
            return value.strip()
        case Type.CODE:
            return _narrow(value).upper()
        case Type.DATE:
            return _date(_narrow(value), conventions.date_order)
        case Type.CURRENCY:
            code = _narrow(value)
            return _CURRENCY_SIGNS.get(code, _CURRENCY_SIGNS.get(code.upper(), code.upper()))
    return _number(_narrow(value), conventions.decimal, percent=column.type is Type.PERCENT)


def _narrow(value: str) -> str:
    """Full-width letters and digits made narrow, ideographic and no-break spaces trimmed."""
    return unicodedata.normalize("NFKC", value).strip()


def _date(text: str, order: str) -> str:
    if match := _ISO.match(text):
        return _iso(match[1], match[2], match[3]) or text
    if match := _DOTTED.match(text):
        return _iso(match[3], match[2], match[1]) or text
    if match := _SLASHED.match(text):
        if order == "dmy":
            return _iso(match[3], match[2], match[1]) or text
        if order == "mdy":
            return _iso(match[3], match[1], match[2]) or text
    return text


def _iso(year: str, month: str, day: str) -> str:
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return ""


def is_ambiguous_date(text: str) -> bool:
    """A slashed date that is one date read either way round, and another the other way."""
    match = _SLASHED.match(_narrow(text))
    return bool(match and int(match[1]) <= 12 and int(match[2]) <= 12 and match[1] != match[2])


def _number(text: str, decimal: str, *, percent: bool) -> str:
    negative = text.startswith("(") and text.endswith(")")
    body = text[1:-1] if negative else text
    is_percent = percent and body.endswith("%")
    body = body.removesuffix("%").strip().replace("−", "-").replace(" ", "").replace("\u00a0", "").replace("'", "")
    body = _MONEY_SIGNS.sub("", body)
    grouping = "." if decimal == "," else ","
    whole, mark, fraction = body.rpartition(decimal) if decimal in body else (body, "", "")
    if grouping in whole:
        if not re.fullmatch(rf"[+-]?\d{{1,3}}(?:{re.escape(grouping)}\d{{3}})+", whole):
            return text
        whole = whole.replace(grouping, "")
    body = f"{whole}.{fraction}" if mark else whole
    if not _PLAIN.match(body):
        return text
    try:
        number = Decimal(body)
    except InvalidOperation:
        return text
    if is_percent:
        number /= 100
    return format(-number if negative else number, "f")
