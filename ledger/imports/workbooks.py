"""Excel workbooks: refused before they are opened where they could do harm, then read cell by cell."""

import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from ledger.imports.problems import FileRefused

UNPACKED_LIMIT = 100 * 1024 * 1024
RATIO_LIMIT = 100
ENTRY_LIMIT = 2_000
_CHUNK = 1 << 20
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def looks_like_workbook(head: bytes) -> bool:
    return head.startswith(b"PK\x03\x04")


def looks_like_old_or_encrypted(head: bytes) -> bool:
    return head.startswith(_OLE)


def refuse_old_or_encrypted(content: bytes) -> None:
    """An OLE container is an old .xls or an encrypted .xlsx; its stream names tell which."""
    name = "EncryptedPackage".encode("utf-16-le")
    raise FileRefused("ENCRYPTED" if name in content else "OLD_EXCEL")


def refuse_harm(path: Path) -> None:
    """Unpack every part once, counting what really comes out; declared sizes may lie. Parts with a DTD are refused."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            if len(entries) > ENTRY_LIMIT:
                raise FileRefused("DECOMPRESSED_TOO_LARGE", limit=UNPACKED_LIMIT >> 20)
            if any(entry.flag_bits & 0x1 for entry in entries):
                raise FileRefused("ENCRYPTED")
            if "[Content_Types].xml" not in archive.namelist():
                raise FileRefused("UNKNOWN_FORMAT")
            left = min(UNPACKED_LIMIT, max(path.stat().st_size * RATIO_LIMIT, 1 << 20))
            for entry in entries:
                left = _count(archive, entry, left)
    except (zipfile.BadZipFile, EOFError, OSError, zipfile.zlib.error) as error:  # type: ignore[attr-defined]
        raise FileRefused("DAMAGED") from error


def _count(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, left: int) -> int:
    is_xml = entry.filename.endswith((".xml", ".rels", ".vml"))
    tail = b""
    with archive.open(entry) as part:
        while chunk := part.read(_CHUNK):
            left -= len(chunk)
            if left < 0:
                raise FileRefused("DECOMPRESSED_TOO_LARGE", limit=UNPACKED_LIMIT >> 20)
            if is_xml:
                window = (tail + chunk).upper()
                if b"<!DOCTYPE" in window or b"<!ENTITY" in window:
                    raise FileRefused("DTD_NOT_ALLOWED")
                tail = chunk[-16:]
    return left


def rows(path: Path, *, sheet: str = "") -> Iterator[list[str]]:
    """The rows of the first sheet (or the named one) as text; merged cells hold their value in every cell."""
    try:
        with CalamineWorkbook.from_path(str(path)) as book:
            visible = [s.name for s in book.sheets_metadata if str(s.visible).endswith("Visible")] or book.sheet_names
            page = book.get_sheet_by_name(sheet or visible[0])
            merged = {
                (r, c): (top, left)
                for (top, left), (bottom, right) in (page.merged_cell_ranges or [])
                for r in range(top, bottom + 1)
                for c in range(left, right + 1)
                if left == right  # a value that spans rows holds for each of them; across columns it is a heading
            }
            origin: dict[tuple[int, int], str] = {}
            tops = set(merged.values())
            for r, cells in enumerate(page.to_python(skip_empty_area=False)):
                line = [_text(cell) for cell in cells]
                for c, text in enumerate(line):
                    if (r, c) in tops:
                        origin[(r, c)] = text
                    elif not text and (r, c) in merged:
                        line[c] = origin.get(merged[(r, c)], "")
                yield line
    except CalamineError as error:
        raise FileRefused("ENCRYPTED" if "password" in str(error).lower() else "DAMAGED") from error


def _text(cell: Any) -> str:
    """One cell as text. Excel keeps 15 digits: what stands behind them is not the author's."""
    match cell:
        case bool():
            return "1" if cell else "0"
        case float():
            return format(cell, ".15g") if abs(cell) < 10**15 else str(cell)  # NaN stays "nan" and is no number
        case datetime():
            return cell.date().isoformat() if cell.time() == time(0) else cell.isoformat(sep=" ")
        case date():
            return cell.isoformat()
    return "" if cell is None else str(cell)
