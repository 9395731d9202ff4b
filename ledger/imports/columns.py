"""What a column of an import is, and by which names people call it."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise


class Type(StrEnum):
    TEXT = "text"  # kept as typed, only trimmed
    CODE = "code"  # compared without regard to case and blanks
    WHOLE = "whole"
    NUMBER = "number"
    PERCENT = "percent"  # 0.05 or "5 %"
    DATE = "date"
    CURRENCY = "currency"


NUMERIC = frozenset({Type.WHOLE, Type.NUMBER, Type.PERCENT})


@dataclass(frozen=True, slots=True)
class Column:
    """One column: `low` and `high` bound its numbers, `synonyms` are further header names in both languages."""

    name: str
    label: "str | Promise"
    type: Type = Type.TEXT
    required: bool = False
    synonyms: tuple[str, ...] = ()
    low: str = ""
    high: str = ""
    length: int = 200
    choices: tuple[str, ...] = ()
    may_be_future: bool = False
    help: "str | Promise" = ""


def header_key(text: str) -> str:
    """A header without case, width, blanks and punctuation: "Händler-Nr." and "händler nr" are one."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"[\W_]+", "", folded)


def match_headers(headers: Iterable[str], columns: Iterable[Column]) -> dict[str, int]:
    """Column name -> position in the file, by name or synonym; the first header that fits wins."""
    wanted: dict[str, str] = {}
    for column in columns:
        for spelling in (column.name, str(column.label), *column.synonyms):
            wanted.setdefault(header_key(spelling), column.name)
    found: dict[str, int] = {}
    for position, header in enumerate(headers):
        name = wanted.get(header_key(header), "")
        if name and name not in found:
            found[name] = position
    return found


def apply_mapping(mapping: Mapping[str, str], headers: list[str]) -> dict[str, int]:
    """A remembered mapping (column name -> header) on this file's headers; unknown headers are left out."""
    position = {header_key(header): i for i, header in reversed(list(enumerate(headers)))}
    found: dict[str, int] = {}
    for name, header in mapping.items():
        at = position.get(header_key(header))
        if at is not None and at not in found.values():
            found[name] = at
    return found
