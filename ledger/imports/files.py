"""Opening what people send: CSV in three encodings, gzip, Excel. Nothing is held in memory as a whole."""

import codecs
import csv
import gzip
import itertools
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from ledger.imports import workbooks
from ledger.imports.columns import Column, header_key, match_headers
from ledger.imports.problems import FileRefused

HEADER_SEARCH = 10  # titles and merged headings may stand above the names of the columns
COLUMN_LIMIT = 200
_CHUNK = 1 << 20
csv.field_size_limit(1 << 20)


@dataclass(frozen=True, slots=True)
class Limits:
    """What a page accepts; the command streams, so its limits are off (0)."""

    bytes: int = 0
    unpacked: int = 0
    csv_rows: int = 0
    workbook_rows: int = 50_000


PAGE = Limits(bytes=20 << 20, unpacked=100 << 20, csv_rows=200_000)
COMMAND = Limits(workbook_rows=1_000_000)


@dataclass(slots=True)
class Sheet:
    """A table found in a file. Records count from 1 after the header row."""

    path: Path
    header: list[str]
    header_row: int  # 0-based
    encoding: str = ""
    delimiter: str = ""
    is_workbook: bool = False
    limits: Limits = field(default_factory=Limits)

    def records(self) -> Iterator[list[str]]:
        """Every record after the header, blank ones too: their number is what the reader's program shows."""
        limit = self.limits.workbook_rows if self.is_workbook else self.limits.csv_rows
        for number, row in enumerate(itertools.islice(self._rows(), self.header_row + 1, None), start=1):
            if limit and number > limit:
                raise FileRefused("TOO_MANY_ROWS", limit=f"{limit:,}")
            yield row

    def sample(self, count: int = 500) -> list[list[str]]:
        return list(itertools.islice(self.records(), count))

    @property
    def can_be_piped(self) -> bool:
        """Plain UTF-8 with a single header line: the database can read the bytes itself."""
        return self.encoding == "utf-8" and not self.is_workbook and self.header_row == 0

    def pipe(self) -> Iterator[bytes]:
        """The bytes after the header line. Only where `can_be_piped`."""
        with self.path.open("rb") as stream:
            if stream.read(3) != codecs.BOM_UTF8:
                stream.seek(0)
            stream.readline()
            while chunk := stream.read(_CHUNK):
                yield chunk

    def _rows(self) -> Iterator[list[str]]:
        if self.is_workbook:
            yield from workbooks.rows(self.path)
            return
        encoding = "utf-8-sig" if self.encoding == "utf-8" else self.encoding
        with self.path.open(encoding=encoding, newline="", errors="replace") as stream:
            yield from csv.reader(_without_nul(stream), delimiter=self.delimiter)


def _without_nul(lines: IO[str]) -> Iterator[str]:
    for line in lines:
        yield line.replace("\0", "") if "\0" in line else line


@contextmanager
def opened(path: Path, columns: list[Column], *, limits: Limits) -> Iterator[Sheet]:
    """The table in a file, unpacked if need be. Raises `FileRefused` naming what is wrong and what to do."""
    with tempfile.TemporaryDirectory(prefix="import-") as folder:
        if limits.bytes and path.stat().st_size > limits.bytes:
            raise FileRefused("TOO_LARGE", size=path.stat().st_size >> 20, limit=limits.bytes >> 20)
        plain = _unpacked(path, Path(folder), limits)
        yield _sheet(plain, columns, limits)


def _unpacked(path: Path, folder: Path, limits: Limits) -> Path:
    with path.open("rb") as stream:
        if stream.read(2) != b"\x1f\x8b":
            return path
    target, size = folder / "content", 0
    try:
        with gzip.open(path, "rb") as packed, target.open("wb") as out:
            while chunk := packed.read(_CHUNK):
                size += len(chunk)
                if limits.unpacked and size > limits.unpacked:
                    raise FileRefused("DECOMPRESSED_TOO_LARGE", limit=limits.unpacked >> 20)
                out.write(chunk)
    except (OSError, EOFError, zlib.error) as error:
        raise FileRefused("DAMAGED") from error
    return target


def _sheet(path: Path, columns: list[Column], limits: Limits) -> Sheet:
    with path.open("rb") as stream:
        head = stream.read(1 << 16)
    if not head.strip():
        raise FileRefused("EMPTY_FILE")
    if workbooks.looks_like_old_or_encrypted(head):
        workbooks.refuse_old_or_encrypted(path.read_bytes())
    if workbooks.looks_like_workbook(head):
        workbooks.refuse_harm(path)
        return _find_header(Sheet(path, [], 0, is_workbook=True, limits=limits), columns)
    if b"\0\0" in head or head.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8", b"{\\rtf")):
        raise FileRefused("UNKNOWN_FORMAT")
    encoding = encoding_of(path)
    sheet = Sheet(path, [], 0, encoding=encoding, delimiter=_delimiter(head, encoding), limits=limits)
    return _find_header(sheet, columns)


def encoding_of(path: Path) -> str:
    """UTF-8 where the bytes are; then GB18030 where they are and look Chinese; then Windows-1252."""
    if _decodes(path, "utf-8"):
        return "utf-8"
    if _decodes(path, "gb18030") and _looks_chinese(path):
        return "gb18030"
    if _decodes(path, "cp1252"):
        return "cp1252"
    raise FileRefused("UNKNOWN_ENCODING")


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    try:
        with path.open("rb") as stream:
            while chunk := stream.read(_CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _looks_chinese(path: Path) -> bool:
    """Most letters beyond ASCII are everyday Han characters; single accented letters read as GB18030 are rare ones."""
    with path.open("rb") as stream:
        text = stream.read(1 << 16).decode("gb18030", errors="ignore")
    strange = [letter for letter in text if ord(letter) > 0x7F]
    everyday = [letter for letter in strange if "\u4e00" <= letter <= "\u9fff" and _is_level_one(letter)]
    return bool(strange) and len(everyday) * 2 >= len(strange) - text.count("\u3000") - _full_width(text)


def _is_level_one(letter: str) -> bool:
    """GB 2312 level one holds the 3,755 everyday characters (first byte B0 to D7)."""
    code = letter.encode("gb18030", errors="ignore")
    return len(code) == 2 and 0xB0 <= code[0] <= 0xD7 and code[1] >= 0xA1


def _full_width(text: str) -> int:
    return sum(1 for letter in text if "\uff00" <= letter <= "\uffef")


def _delimiter(head: bytes, encoding: str) -> str:
    lines = head.decode(encoding, errors="ignore").lstrip("\ufeff").splitlines()[:HEADER_SEARCH]
    counts = {mark: max((line.count(mark) for line in lines), default=0) for mark in ",;\t|"}
    return max(counts, key=lambda mark: counts[mark])


def _find_header(sheet: Sheet, columns: list[Column]) -> Sheet:
    """The row among the first that names most columns. None at all: the first row with two cells or more."""
    first = list(itertools.islice(sheet._rows(), HEADER_SEARCH))
    if not any(any(cell.strip() for cell in row) for row in first):
        raise FileRefused("EMPTY_FILE")
    found = [len(match_headers(row, columns)) for row in first]
    best = max(range(len(first)), key=lambda i: (found[i], -i))
    if not found[best]:
        best = next((i for i, row in enumerate(first) if sum(bool(cell.strip()) for cell in row) > 1), 0)
    header = [cell.strip() for cell in first[best]]
    while header and not header[-1]:
        header.pop()
    if len(header) > COLUMN_LIMIT:
        raise FileRefused("TOO_MANY_COLUMNS", limit=COLUMN_LIMIT)
    sheet.header, sheet.header_row = _named_apart(header), best
    return sheet


def _named_apart(header: list[str]) -> list[str]:
    """Two columns of one name get numbers, so that a mapping can tell them apart."""
    seen: dict[str, int] = {}
    names = []
    for cell in header:
        key = header_key(cell)
        seen[key] = seen.get(key, 0) + 1
        names.append(cell if seen[key] == 1 else f"{cell} ({seen[key]})")
    return names
