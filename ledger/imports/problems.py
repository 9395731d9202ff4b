"""What can be wrong with a file or a row, in words that say what to do."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ROW_REASONS: dict[str, "str | Promise"] = {
    "MISSING_REQUIRED": _("The value is missing"),
    "BAD_NUMBER": _("This is not a number"),
    "BAD_DATE": _("This is not a date"),
    "AMBIGUOUS_DATE": _("Day and month cannot be told apart: choose the order of dates"),
    "FUTURE_DATE": _("The date lies in the future"),
    "OUT_OF_RANGE": _("The number is outside the possible range"),
    "TOO_LONG": _("The text is too long"),
    "BAD_CURRENCY": _("No currency has this code"),
    "BAD_CHOICE": _("This is none of the known values"),
    "ZERO_QTY": _("The quantity is zero"),
    "SIGN_MISMATCH": _("Quantity and amount have different signs"),
    "AMOUNT_MISMATCH": _("The amount is not quantity × price × (1 − discount)"),
    "UNKNOWN_DEALER": _("No dealer has this code"),
    "NOT_YOUR_DEALER": _("This dealer is not within your reach"),
    "NOT_YOUR_TERRITORY": _("This territory is not within your reach"),
    "BY_ADMINISTRATORS": _("Only administrators may bring in our own people"),
    "UNKNOWN_PRODUCT": _("No product has this code"),
    "UNKNOWN_OUTLET": _("The dealer has no customer with this code"),
    "UNKNOWN_TERRITORY": _("No territory has this code"),
    "UNKNOWN_LINE": _("No product line has this code"),
    "UNKNOWN_PARENT": _("The parent is neither in the file nor in the portal"),
    "UNKNOWN_INVOICE": _("No invoice of this dealer has this number"),
    "UNKNOWN_MANAGER": _("Nobody of our staff has this sign-in name"),
    "DUPLICATE_KEY": _("The same key occurs with different values"),
    "WRONG_WIDTH": _("The row has more or fewer cells than the header"),
    "ENDS_BEFORE_START": _("The last day lies before the first"),
    "CIRCLE": _("The rows name each other as parents in a circle"),
    "TEXT_NOT_READABLE": _("The row cannot be read in this encoding"),
}

FILE_PROBLEMS: dict[str, "str | Promise"] = {
    "EMPTY_FILE": _("The file is empty. Export it again and upload the new file."),
    "NO_DATA_ROWS": _("The file has a header but no rows. Nothing was stored."),
    "MISSING_COLUMNS": _("These columns are missing: %(columns)s. Rename the headers or match them by hand."),
    "NO_HEADER": _("No header row was found. The first rows must name the columns; the columns are listed below."),
    "TOO_LARGE": _("The file has %(size)s MB, more than the %(limit)s MB allowed. Split it, or use the command."),
    "TOO_MANY_ROWS": _("The file has more than %(limit)s rows. Split it, or use the command."),
    "TOO_MANY_COLUMNS": _("The file has more than %(limit)s columns."),
    "DECOMPRESSED_TOO_LARGE": _("Unpacked, the file is larger than %(limit)s MB. It was not opened."),
    "ENCRYPTED": _("The file is protected by a password. Save it without one and upload it again."),
    "DAMAGED": _("The file is damaged and cannot be read. Export it again."),
    "DTD_NOT_ALLOWED": _("The file contains definitions that a table does not need. It was not opened."),
    "UNKNOWN_FORMAT": _("This is neither a CSV file nor an Excel workbook (.xlsx). Save it as one of them."),
    "OLD_EXCEL": _("This is an old Excel file (.xls). Save it as .xlsx or CSV and upload it again."),
    "UNKNOWN_ENCODING": _("The text cannot be read as UTF-8, GB18030 or Windows-1252. Save it as UTF-8."),
    "SAME_FILE": _("The same file was posted on %(when)s. Nothing was stored again."),
    "ALL_OR_NOTHING": _("%(rejected)s rows have problems, and all or nothing was chosen. Nothing was stored."),
    "BUSY": _("The same kind of import is running. Try again when it has ended."),
}


class FileRefused(Exception):  # noqa: N818  (it reads as what happened)
    """The file as a whole was not taken; `code` names the problem, `values` fill its sentence."""

    def __init__(self, code: str, **values: Any) -> None:
        super().__init__(code)
        self.code, self.values = code, values

    def __str__(self) -> str:
        return file_problem(self.code, self.values)


def file_problem(code: str, values: Mapping[str, Any]) -> str:
    return str(FILE_PROBLEMS[code]) % values


def explain(reasons: Mapping[str, "str | Promise"]) -> None:
    """Words for the reasons that a room above brings with its kinds."""
    ROW_REASONS.update(reasons)


def row_reason(code: str) -> str:
    return str(ROW_REASONS.get(code, code))
