"""How figures, dates and distances read, in the active language. Plain text; also for mail, files and exports.

Numbers group by thousands with a comma and use the true minus sign in both languages, dates follow the language.
A float never becomes an amount: it is refused.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.translation import get_language, npgettext, pgettext

MINUS = "\u2212"
SOON = timedelta(days=3)

# Digits after the point where a currency does not have two of them.
_MINOR_DIGITS = {"JPY": 0, "KRW": 0, "VND": 0, "CLP": 0, "ISK": 0, "BHD": 3, "JOD": 3, "KWD": 3, "OMR": 3, "TND": 3}
_CHINESE_UNITS = {
    "AUD": "澳元",
    "CAD": "加元",
    "CNY": "元",
    "EUR": "欧元",
    "GBP": "英镑",
    "HKD": "港元",
    "JPY": "日元",
    "USD": "美元",
}
_WEEKDAYS = "一二三四五六日"
_CHINESE_PIECES = {"pc": "件", "pcs": "件", "set": "套", "box": "箱", "pair": "双", "m": "米", "kg": "公斤"}
# Cities that name the zones our dealers and people live in; any other zone is named by its own city.
_CHINESE_ZONES = {
    "America/Chicago": "芝加哥",
    "America/Los_Angeles": "洛杉矶",
    "America/New_York": "纽约",
    "Asia/Hong_Kong": "香港",
    "Asia/Shanghai": "上海",
    "Asia/Singapore": "新加坡",
    "Asia/Taipei": "台北",
    "Asia/Tokyo": "东京",
    "Europe/Berlin": "柏林",
    "Europe/London": "伦敦",
    "Europe/Madrid": "马德里",
    "Europe/Paris": "巴黎",
    "Europe/Rome": "罗马",
    "Europe/Vienna": "维也纳",
}

type Number = Decimal | int | str


def is_chinese() -> bool:
    return (get_language() or "").startswith("zh")


def to_decimal(value: object) -> Decimal:
    """The exact value. Floats are refused, since they carry cents that nobody agreed on."""
    if isinstance(value, Decimal):
        return value
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise TypeError(f"A figure is a Decimal or a whole number, not {type(value).__name__}.")
    try:
        return Decimal(value)
    except InvalidOperation:
        raise TypeError(f"“{value}” is not a number.") from None


# ---------- numbers ----------


def number(value: Number, digits: int = 0) -> str:
    """1,234 or, with two digits, 1,234.56. Halves round away from zero; a rounded zero has no sign."""
    rounded = to_decimal(value).quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)
    text = f"{abs(rounded):,f}"
    return MINUS + text if rounded < 0 else text


def signed(value: Number, digits: int = 1) -> str:
    """A change: +4.1, −0.9; zero has no sign."""
    text = number(value, digits)
    is_rise = not text.startswith(MINUS) and text.strip("0.,") != ""
    return f"+{text}" if is_rise else text


def percent(share: Number, digits: int = 1) -> str:
    """A share as per cent: 0.97 reads 97.0%."""
    return f"{number(to_decimal(share) * 100, digits)}%"


def rate(share: Number) -> str:
    """A rate as agreed, without zeros that say nothing: 0.02 reads 2%, 0.025 reads 2.5%."""
    exact = (to_decimal(share) * 100).normalize()
    exponent = exact.as_tuple().exponent
    return f"{number(exact, max(0, -exponent) if isinstance(exponent, int) else 0)}%"


def amount(value: Number, currency: str = "") -> str:
    """To the cent, without the unit, for columns whose head names it."""
    return number(value, _MINOR_DIGITS.get(currency, 2))


def money(value: Number, currency: str) -> str:
    """In a sentence, without cents: CNY 18,400 or 18,400 元."""
    return _with_unit(number(value), currency)


def money_exact(value: Number, currency: str) -> str:
    """To the cent, for invoices, statements and formulas: CNY 18,400.00 or 18,400.00 元."""
    return _with_unit(amount(value, currency), currency)


def beside(text: str, unit: str) -> str:
    """A figure with its worded unit, as `money` sets them: USD 18,400 or 18,400 元."""
    if not unit:
        return text
    return f"{unit}\u00a0{text}" if unit.isascii() and unit.isupper() else f"{text} {unit}"


def unit(currency: str) -> str:
    """The word for a currency that stands once in a column head or beside a label."""
    return _CHINESE_UNITS.get(currency, currency) if is_chinese() else currency


def currency_name(currency: str) -> str:
    """A currency as a heading: CNY or 人民币."""
    return "人民币" if currency == "CNY" and is_chinese() else unit(currency)


def pieces(code: str) -> str:
    """What a product is counted in; usual codes as words in Chinese: pc or 件."""
    return _CHINESE_PIECES.get(code, code) if is_chinese() else code


def _with_unit(text: str, currency: str) -> str:
    return beside(text, unit(currency))


# ---------- dates ----------


def local(value: date | datetime) -> date | datetime:
    """An instant in the reader's zone; a date stays what it is."""
    return timezone.localtime(value) if isinstance(value, datetime) and timezone.is_aware(value) else value


def day(value: date | datetime) -> str:
    """20 Mar 2026 or 2026年3月20日."""
    return format_date(local(value), "Y年n月j日" if is_chinese() else "j M Y")


def long_day(value: date | datetime) -> str:
    """20 March 2026 or 2026年3月20日."""
    return format_date(local(value), "Y年n月j日" if is_chinese() else "j F Y")


def short_day(value: date | datetime) -> str:
    """20 Mar or 3月20日, where the year goes without saying."""
    return format_date(local(value), "n月j日" if is_chinese() else "j M")


def week_day(value: date | datetime) -> str:
    """Mon 23 Mar or 3月23日周一."""
    if is_chinese():
        return f"{short_day(value)}周{_WEEKDAYS[local(value).weekday()]}"
    return format_date(local(value), "D j M")


def iso_day(value: date | datetime) -> str:
    """2026-03-20, in tables."""
    return f"{local(value):%Y-%m-%d}"


def moment(value: datetime) -> str:
    """20 Mar 2026, 14:00 or 2026年3月20日 14:00."""
    return f"{day(value)}{' ' if is_chinese() else ', '}{clock(value)}"


def iso_moment(value: datetime) -> str:
    """2026-03-20 14:00, in tables."""
    return f"{local(value):%Y-%m-%d %H:%M}"


def zone(name: str) -> str:
    """A time zone by its city: Los Angeles or 洛杉矶."""
    known = _CHINESE_ZONES.get(name) if is_chinese() else None
    return known or name.rpartition("/")[2].replace("_", " ")


def clock(value: datetime) -> str:
    """14:00, always with 24 hours."""
    return format_date(local(value), "H:i")


def month(value: date | datetime) -> str:
    """March 2026 or 2026年3月."""
    return format_date(local(value), "Y年n月" if is_chinese() else "F Y")


# ---------- distances ----------


def is_late(due: date | datetime, now: datetime | None = None) -> bool:
    """A day is late once it is over, an instant once it has passed."""
    return _gap(due, now) < timedelta(0)


def is_soon(due: date | datetime, now: datetime | None = None) -> bool:
    """Not late, and due within three days."""
    return timedelta(0) <= _gap(due, now) <= SOON


def distance(due: date | datetime, now: datetime | None = None) -> str:
    """How far a due time is: “18 days late”, “due today”, “3 h left”."""
    gap = _gap(due, now)
    if not isinstance(due, datetime) and not gap:
        return pgettext("distance", "due today")
    return _late(-gap) if gap < timedelta(0) else _left(gap)


def ago(value: date | datetime, now: datetime | None = None) -> str:
    """How long something is past: “6 days ago”, “today”, “5 min ago”."""
    gap = -_gap(value, now)
    if gap.days:
        return npgettext("distance", "%(count)d day ago", "%(count)d days ago", gap.days) % {"count": gap.days}
    if not isinstance(value, datetime):
        return pgettext("distance", "today")
    if hours := gap.seconds // 3600:
        return npgettext("distance", "%(count)d h ago", "%(count)d h ago", hours) % {"count": hours}
    minutes = gap.seconds // 60
    return npgettext("distance", "%(count)d min ago", "%(count)d min ago", minutes) % {"count": minutes}


def _gap(value: date | datetime, now: datetime | None) -> timedelta:
    now = now or timezone.now()
    if isinstance(value, datetime):
        return value - now
    return value - timezone.localdate(now)


def _late(gap: timedelta) -> str:
    if gap.days:
        return npgettext("distance", "%(count)d day late", "%(count)d days late", gap.days) % {"count": gap.days}
    if hours := gap.seconds // 3600:
        return npgettext("distance", "%(count)d h late", "%(count)d h late", hours) % {"count": hours}
    minutes = gap.seconds // 60
    return npgettext("distance", "%(count)d min late", "%(count)d min late", minutes) % {"count": minutes}


def _left(gap: timedelta) -> str:
    if gap.days:
        return npgettext("distance", "%(count)d day left", "%(count)d days left", gap.days) % {"count": gap.days}
    if hours := gap.seconds // 3600:
        return npgettext("distance", "%(count)d h left", "%(count)d h left", hours) % {"count": hours}
    minutes = gap.seconds // 60
    return npgettext("distance", "%(count)d min left", "%(count)d min left", minutes) % {"count": minutes}


def listed(words: Iterable[object]) -> str:
    """Several things in a row: “Gold, Silver” or “金牌、银牌”. What is empty is left out."""
    return ("、" if is_chinese() else ", ").join(text for text in map(str, words) if text)


def checksum(sha256: str) -> str:
    """A SHA-256 in groups that an eye can compare: 3f9a1b2c 77d0e4a1 …"""
    return " ".join(sha256[start : start + 8] for start in range(0, len(sha256), 8))


def initials(name: str) -> str:
    """What stands in a person's disc: LY for Lin Yue, the given name for 陈国栋."""
    name = name.strip()
    if name and not name.isascii() and " " not in name:
        return name[-2:] if len(name) <= 3 else name[:2]
    words = name.replace("@", " ").replace(".", " ").split()
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()
