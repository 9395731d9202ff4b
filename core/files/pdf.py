"""PDF: no scripts, no programs, no files inside, and nothing glued to its end."""

import re
import zlib
from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from core.files.errors import Unacceptable

MOST_UNPACKED = 100 * 1024 * 1024

_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")  # names may be written /J#61vaScript
_ACTIVE = re.compile(rb"/(?:JavaScript|Launch|EmbeddedFiles?|RichMedia|ImportData)(?![A-Za-z0-9])|/XFA\s*[\[0-9]")
_MARKUP = re.compile(rb"<(?:script|html|svg|iframe|!doctype|\?php)", re.IGNORECASE)
_STREAM = re.compile(rb"\bobj\b(.{0,4000}?)\bstream\r?\n", re.DOTALL)


def check_pdf(data: bytes) -> None:
    end = data.rfind(b"%%EOF")
    if end < 0 or data[end + 5 :].strip(b"\r\n \t\x00"):
        raise Unacceptable(_("The PDF is cut off or has something attached. Print it to PDF again and send that."))
    if _MARKUP.search(data[:1024]):
        raise Unacceptable(_("The PDF carries a web page inside. Print it to PDF again and send that."))
    if b"/Encrypt" in _plain(data):
        raise Unacceptable(_("The PDF is protected, so we cannot look into it. Save it without a password."))
    for part in (data, *_object_streams(data)):
        if _ACTIVE.search(_plain(part)):
            raise Unacceptable(
                _("The PDF contains a script, a form program or another file. Print it to PDF again and send that.")
            )


def _plain(data: bytes) -> bytes:
    return _ESCAPE.sub(lambda match: bytes([int(match[1], 16)]), data)


def _object_streams(data: bytes) -> Iterator[bytes]:
    """What is packed: a dictionary with an action may hide in a compressed object stream."""
    room = MOST_UNPACKED
    for found in _STREAM.finditer(data):
        head = _plain(found[1])
        if b"/ObjStm" not in head:
            continue
        if b"/DecodeParms" in head or re.search(rb"/(?:ASCII|LZW|RunLength|Crypt)", head):
            raise _packed()
        if b"/FlateDecode" not in head and b"/Fl" not in head:
            continue  # not packed: the plain text was searched already
        unpacked = _unpack(data, found.end(), room)
        room -= len(unpacked)
        yield unpacked


def _unpack(data: bytes, start: int, room: int) -> bytes:
    inflate = zlib.decompressobj()
    try:
        unpacked = inflate.decompress(memoryview(data)[start:], room)
    except zlib.error:
        raise _packed() from None
    if inflate.unconsumed_tail or not room:
        raise _packed()
    return unpacked


def _packed() -> Unacceptable:
    return Unacceptable(_("The PDF is packed in a way we cannot look into. Print it to PDF again and send that."))
