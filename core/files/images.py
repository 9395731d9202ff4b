"""Pictures: real to the last byte we check, and of a size that no viewer chokes on. They are never decoded here."""

import re
import struct

from django.utils.translation import gettext_lazy as _

from core.files.errors import Unacceptable

MOST_PIXELS = 100_000_000
LONGEST_SIDE = 30_000

_MARKUP = re.compile(rb"<(?:script|html|svg|iframe|!doctype|\?php)", re.IGNORECASE)
_START_OF_FRAME = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}


def check_png(data: bytes) -> None:
    try:
        length, first, width, height = struct.unpack_from(">I4sII", data, 8)
        if first != b"IHDR" or length != 13:
            raise _damaged()
        _check_size(width, height)
        at = 8
        while True:  # chunk after chunk up to the end mark, and nothing behind it
            length, kind = struct.unpack_from(">I4s", data, at)
            at += 12 + length
            if kind == b"IEND":
                break
    except struct.error:
        raise _damaged() from None
    if at != len(data):
        raise _damaged()
    _check_no_markup(data)


def check_jpeg(data: bytes) -> None:
    at = 2
    try:
        while True:
            if data[at] != 0xFF:
                raise _damaged()
            while data[at] == 0xFF:  # fill bytes
                at += 1
            marker = data[at]
            if marker in _START_OF_FRAME:
                height, width = struct.unpack_from(">HH", data, at + 4)
                break
            (length,) = struct.unpack_from(">H", data, at + 1)
            at += 1 + length
    except (IndexError, struct.error):
        raise _damaged() from None
    _check_size(width, height)
    if b"\xff\xd9" not in data[at:]:
        raise _damaged()
    _check_no_markup(data)


def check_webp(data: bytes) -> None:
    try:
        (size,) = struct.unpack_from("<I", data, 4)
        width, height = _webp_size(data)
    except (IndexError, struct.error):
        raise _damaged() from None
    if not 0 <= len(data) - (size + 8) <= 1:
        raise _damaged()
    _check_size(width, height)
    _check_no_markup(data)


def _webp_size(data: bytes) -> tuple[int, int]:
    match data[12:16]:
        case b"VP8 ":
            if data[23:26] != b"\x9d\x01\x2a":
                raise _damaged()
            width, height = struct.unpack_from("<HH", data, 26)
            return width & 0x3FFF, height & 0x3FFF
        case b"VP8L":
            (bits,) = struct.unpack_from("<I", data, 21)
            return (bits & 0x3FFF) + 1, ((bits >> 14) & 0x3FFF) + 1
        case b"VP8X":
            return int.from_bytes(data[24:27], "little") + 1, int.from_bytes(data[27:30], "little") + 1
    raise _damaged()


def _check_size(width: int, height: int) -> None:
    if width == 0 or height == 0:
        raise _damaged()
    if max(width, height) > LONGEST_SIDE or width * height > MOST_PIXELS:
        raise Unacceptable(
            _("The picture claims %(width)s × %(height)s pixels, more than any viewer opens. Send a smaller one.")
            % {"width": width, "height": height}
        )


def _check_no_markup(data: bytes) -> None:
    if _MARKUP.search(data):
        raise Unacceptable(_("The picture carries a web page or a script inside. Take a new photo or export it again."))


def _damaged() -> Unacceptable:
    return Unacceptable(_("The picture is damaged or has something attached. Export it again and send the new file."))
