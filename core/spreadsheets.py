"""Tables as files that open in a spreadsheet and stay what they are: no cell becomes a formula.

A text that a spreadsheet would calculate gets a leading apostrophe in CSV, which has no types; in a workbook every
text is written as a text. Numbers stay numbers, dates are written year first.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils import timezone

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

LONGEST_TEXT = 32_767  # what one cell of a workbook holds
MOST_ROWS = 1_048_575  # what one sheet holds beneath its heads
# What a spreadsheet takes for the beginning of a formula, also in full width.
_LIVE = ("=", "+", "-", "@", "\t", "\r", "\n", "\x00", "＝", "＋", "－", "＠")

type Cells = Sequence[object]


def write_csv(heads: Sequence[str], rows: Iterable[Cells]) -> bytes:
    """CSV with commas in UTF-8; the mark in front tells Excel so."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([_dead(head) for head in heads])
    writer.writerows([_in_csv(value) for value in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def write_xlsx(title: str, heads: Sequence[str], rows: Iterable[Cells]) -> bytes:
    """A workbook with one sheet, its heads frozen."""
    import xlsxwriter  # takes a moment to load, and few processes write a sheet

    file = io.BytesIO()
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "default_date_format": "yyyy-mm-dd",
        "remove_timezone": True,
    }
    with xlsxwriter.Workbook(file, options) as book:
        sheet = book.add_worksheet(_sheet_name(title))
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(heads) - 1, 18)
        bold, moment = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        for column, head in enumerate(heads):
            sheet.write_string(0, column, head, bold)
        for number, row in enumerate(rows, start=1):
            for column, value in enumerate(row):
                _put(sheet, number, column, value, moment)
    return file.getvalue()


def _dead(text: str) -> str:
    return f"'{text}" if text.startswith(_LIVE) else text


def _in_csv(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "1" if value else "0"
        case int() | Decimal():
            return format(value, "f") if isinstance(value, Decimal) else str(value)
        case datetime():
            return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
        case date():
            return value.isoformat()
    return _dead(str(value))


def _put(sheet: "Worksheet", row: int, column: int, value: object, moment: object) -> None:
    match value:
        case None | "":
            return
        case bool():
            sheet.write_boolean(row, column, value)
        case int() | Decimal():
            sheet.write_number(row, column, float(value))  # allow floats: all that a workbook knows
        case datetime():
            sheet.write_datetime(row, column, timezone.localtime(value).replace(tzinfo=None), moment)
        case date():
            sheet.write_datetime(row, column, value)
        case _:
            sheet.write_string(row, column, str(value)[:LONGEST_TEXT])


def _sheet_name(title: str) -> str:
    return "".join(" " if letter in "[]:*?/\\" else letter for letter in title).strip("' ")[:31] or "1"
