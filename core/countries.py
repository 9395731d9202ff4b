"""Countries by their ISO 3166-1 codes: what people read instead of two letters, in both languages."""

import csv
from functools import cache
from pathlib import Path

from core.formatting import is_chinese
from core.sorting import sort_key

_TABLE = Path(__file__).parent / "data" / "countries.csv"


@cache
def _names() -> dict[str, tuple[str, str]]:
    with _TABLE.open(encoding="utf-8", newline="") as stream:
        return {row["code"]: (row["name"], row["name_zh"]) for row in csv.DictReader(stream)}


def name(code: str) -> str:
    """Germany or 德国 for DE; a code that the standard does not know stays what it is."""
    names = _names().get(code)
    return names[is_chinese()] if names else code


def choices(also: str = "") -> list[tuple[str, str]]:
    """Every code with its name, sorted as the language sorts; and `also`, a code that is stored somewhere."""
    codes = {*_names(), also} - {""}
    return sorted(((code, name(code)) for code in codes), key=lambda pair: sort_key(pair[1]))


def _is_han(letter: str) -> bool:
    return "\u4e00" <= letter <= "\u9fff"


def address(street: str, postal_code: str, city: str, code: str) -> str:
    """In one line, as each language writes it: from the street to the country, or from the country to the street."""
    country = name(code) if code else ""
    if is_chinese():
        written = ""
        for part in filter(None, (country, city, street, postal_code)):
            is_apart = written and not (_is_han(written[-1]) and _is_han(part[0]))
            written += f" {part}" if is_apart else part
        return written
    return ", ".join(filter(None, (street, " ".join(filter(None, (postal_code, city))), country)))
