"""Write docs/imports.md from the kinds that are registered, so that the page cannot lag behind the code."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import translation

from ledger.imports import kinds
from ledger.imports.columns import Column, Type
from ledger.imports.problems import FILE_PROBLEMS, ROW_REASONS

_TYPES = {
    Type.TEXT: "text",
    Type.CODE: "code",
    Type.WHOLE: "whole number",
    Type.NUMBER: "number",
    Type.PERCENT: "share (0.05 or 5 %)",
    Type.DATE: "date",
    Type.CURRENCY: "currency",
}
_HEAD = """# Imports

Take a running network over and keep the ledger fed: by page (*Ledger and imports*) or by command:

    manage.py import_data KIND FILE [--dry-run] [--source erp] [--all-or-nothing] [--date-order dmy|mdy]
                               [--map column=header]

`FILE` is CSV or XLSX, also `.gz`. The command prints one JSON line: read, stored, rejected, duplicate,
left out, warnings, sums by
currency, seconds, batch. Every record is in exactly one of the first five numbers.

- **Headers** are matched by name or by the synonyms below, without regard to case, blanks and
  punctuation; titles above
  the header row are skipped. What is not listed is left out.
- **Encodings**: UTF-8 (with or without byte order mark), GB18030, Windows-1252. **Delimiters**: comma,
  semicolon, tab, bar.
- **Numbers**: 1234.56, 1,234.56 or 1.234,56 (read from the file's habit), full-width digits, currency
  signs, (1.00) for
  negative. **Dates**: 2026-03-20, 2026/3/20, 2026.03.20, 2026年3月20日, 20.03.2026; 03/04/2026 only where
the file shows which
  comes first, or `--date-order` says so.
- **Merged cells** hold their value in every row they span; totals and footers of a workbook are left
  out.
- **Twice is once**: the same file is refused, the same row (by its key) is a duplicate, the same key
  with other values is
  rejected. A posted batch of facts is taken back as a whole by its opposite; then it can be posted
again.
- **A stock count is compared** with the one before and what was bought and sold since; one that differs
  by more than 5 %
  and more than one piece is taken, with a warning.
- **A rejected cell is mended** on the import's page; the file stays as it came, and the row meets every
  check again. A row of a wrong width is opened with each cell beside the column at its place; what is typed
  counts as the whole row.
- **Limits by page**: 20 MB, 200,000 rows of CSV or 50,000 of a workbook, 100 MB unpacked, 200 columns.
  The command streams.

Take a network over in this order: the order of the sections below.
"""


class Command(BaseCommand):
    help = "Write docs/imports.md from the registered kinds of import."

    def handle(self, *args: Any, **options: Any) -> None:
        (settings.BASE_DIR / "docs" / "imports.md").write_text(document(), encoding="utf-8")


def document() -> str:
    """The whole page, in English with the Chinese names of the headers."""
    with translation.override("en"):
        return "\n".join([_HEAD, *_sections(), *_problems()])


def _sections() -> Iterator[str]:
    for kind in kinds.all_kinds():
        yield f"## {kind.label}: `{kind.code}`\n"
        yield "| column | | what | also called |\n| --- | --- | --- | --- |"
        for column in kind.columns:
            yield _row(column)
        yield ""


def _row(column: Column) -> str:
    what = ", ".join(f"`{choice}`" for choice in column.choices) or _TYPES[column.type]
    return f"| `{column.name}` | {'required' if column.required else ''} | {what} | {', '.join(column.synonyms)} |"


def _problems() -> Iterator[str]:
    yield "## What can be wrong with a row\n"
    yield "| reason | meaning |\n| --- | --- |"
    for code, text in ROW_REASONS.items():
        yield f"| `{code}` | {text} |"
    yield "\n## What can be wrong with a file\n"
    yield "| reason | meaning |\n| --- | --- |"
    for code, text in FILE_PROBLEMS.items():
        yield f"| `{code}` | {str(text).replace('%(', '(').replace(')s', ')')} |"
    yield ""
