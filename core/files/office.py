"""DOCX and XLSX: a zip of XML parts without macros, programs, entities or bombs."""

import io
import re
import struct
import zipfile
import zlib

from django.utils.translation import gettext_lazy as _

from core.files.errors import Unacceptable

MOST_UNPACKED = 100 * 1024 * 1024  # counted while reading, not as declared
MOST_RATIO = 100
MOST_ENTRIES = 2000
_PIECE = 64 * 1024

_ACTIVE_PART = re.compile(
    r"vbaproject|/activex/|\.(?:bin|exe|dll|js|jse|vbs|vbe|wsf|hta|bat|cmd|ps1|scr|lnk|jar|zip|docm|xlsm)$",
    re.IGNORECASE,
)
# Every workbook that was printed has one of these.
_HARMLESS_BIN = re.compile(r"(?:^|/)printersettings\d*\.bin$", re.IGNORECASE)
_ACTIVE_TEXT = re.compile(rb"<!DOCTYPE|<!ENTITY|macroEnabled|attachedTemplate[\"'][^>]*External", re.IGNORECASE)
_MAIN_PART = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml"}
_EICAR = rb"EICAR-STANDARD-ANTIVIRUS-TEST-FILE"


def kind_of(data: bytes) -> str | None:
    """ "docx" or "xlsx" by its main part; None for any other zip."""
    try:
        names = set(zipfile.ZipFile(io.BytesIO(data)).namelist())
    except (zipfile.BadZipFile, ValueError, struct.error, NotImplementedError):
        return None
    if "[Content_Types].xml" not in names:
        return None
    return next((kind for kind, part in _MAIN_PART.items() if part in names), None)


def check_office(data: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check_entries(archive)
            _read_all(archive, len(data))
    except (zipfile.BadZipFile, zlib.error, ValueError, EOFError, struct.error, NotImplementedError, RuntimeError):
        raise Unacceptable(_("The file is damaged. Save it again and send the new one.")) from None


def _check_entries(archive: zipfile.ZipFile) -> None:
    entries = archive.infolist()
    if len(entries) > MOST_ENTRIES:
        raise _bomb()
    if archive.comment or len({entry.filename for entry in entries}) != len(entries):
        raise Unacceptable(_("The file has something attached. Save it again and send the new one."))
    for entry in entries:
        name = entry.filename
        if entry.flag_bits & 0x1:
            raise Unacceptable(_("The file is protected by a password. Save it without one."))
        if name.startswith(("/", "\\")) or ".." in name.replace("\\", "/").split("/"):
            raise Unacceptable(_("The file is damaged. Save it again and send the new one."))
        if _ACTIVE_PART.search(name) and not _HARMLESS_BIN.search(name):
            raise _active()


def _read_all(archive: zipfile.ZipFile, packed: int) -> None:
    unpacked = 0
    limit = min(MOST_UNPACKED, packed * MOST_RATIO)
    for entry in archive.infolist():
        with archive.open(entry) as part:
            tail = b""
            while piece := part.read(_PIECE):
                unpacked += len(piece)
                if unpacked > limit:
                    raise _bomb()
                seen = tail + piece  # a marker may lie across two pieces
                if _EICAR in seen or (entry.filename.endswith((".xml", ".rels")) and _ACTIVE_TEXT.search(seen)):
                    raise _active()
                tail = piece[-200:]


def _active() -> Unacceptable:
    return Unacceptable(_("The file contains macros, a program or something active. Save it without, or send a PDF."))


def _bomb() -> Unacceptable:
    return Unacceptable(_("The file unpacks to far more than it should. Save it again, or send a PDF."))
