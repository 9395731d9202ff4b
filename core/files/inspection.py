"""What a file is, by its content. The name is only compared: nobody's word about the type is taken."""

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.files import images, office, pdf
from core.files.errors import Unacceptable
from core.files.names import clean_name, extension_of


@dataclass(frozen=True, slots=True)
class FileKind:
    """A type that we keep; `check` refuses what only looks like it."""

    content_type: str
    label: "str | Promise"
    extensions: tuple[str, ...]
    check: Callable[[bytes], None]

    def named(self, name: str) -> str:
        """The name that we show for such a file; one without an ending gets that of its kind."""
        given = extension_of(name)
        return clean_name(name, extension=given if given in self.extensions else self.extensions[0])


_OOXML = "application/vnd.openxmlformats-officedocument."
PDF = FileKind("application/pdf", "PDF", ("pdf",), pdf.check_pdf)
PNG = FileKind("image/png", "PNG", ("png",), images.check_png)
JPEG = FileKind("image/jpeg", "JPEG", ("jpg", "jpeg", "jpe", "jfif"), images.check_jpeg)
WEBP = FileKind("image/webp", "WEBP", ("webp",), images.check_webp)
DOCX = FileKind(_OOXML + "wordprocessingml.document", "DOCX", ("docx",), office.check_office)
XLSX = FileKind(_OOXML + "spreadsheetml.sheet", "XLSX", ("xlsx",), office.check_office)
KINDS = (PDF, PNG, JPEG, WEBP, DOCX, XLSX)
ACCEPTED = ", ".join(f".{extension}" for kind in KINDS for extension in kind.extensions[:2])

_EICAR = rb"EICAR-STANDARD-ANTIVIRUS-TEST-FILE"
_ZIP_END = b"PK\x05\x06"


def inspect(data: bytes, name: str) -> FileKind:
    """The kind of the file, after everything we check. Raises `Unacceptable`."""
    if not data:
        raise Unacceptable(_("The file is empty. Choose it again."))
    if len(data) > settings.UPLOAD_LIMIT_BYTES:
        limit = filesizeformat(settings.UPLOAD_LIMIT_BYTES)
        raise Unacceptable(_("The file is larger than %(limit)s. Send a smaller one.") % {"limit": limit})
    kind = _sniff(data)
    extension = extension_of(name)
    if extension and extension not in kind.extensions:
        raise Unacceptable(
            _("The name ends in .%(extension)s, but the file is a %(kind)s. Give it its right name and send it again.")
            % {"extension": extension[:12], "kind": kind.label}
        )
    if _EICAR in data:
        raise Unacceptable(_("The file carries the signature of a virus. It was not kept."))
    if kind.check is not office.check_office and _ZIP_END in data[-66_000:]:
        raise Unacceptable(_("The file has an archive attached. Export it again and send the new one."))
    kind.check(data)
    return kind


def _sniff(data: bytes) -> FileKind:
    if data.startswith(b"%PDF-"):
        return PDF
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if data.startswith(b"\xff\xd8\xff"):
        return JPEG
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return WEBP
    if data.startswith(b"PK\x03\x04"):
        match office.kind_of(data):
            case "docx":
                return DOCX
            case "xlsx":
                return XLSX
    raise Unacceptable(_advice(data))


def _advice(data: bytes) -> "str | Promise":
    """Why this is not accepted, as far as the sender can do something about it."""
    if data[4:8] == b"ftyp" and data[8:12] in {b"heic", b"heix", b"mif1", b"heif", b"avif"}:
        return _("The photo is in a format that many computers cannot open (HEIC). Send it as JPEG.")
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        return _("The file is in the old Office format, which may hide macros. Save it as DOCX, XLSX or PDF.")
    return _("We keep PDF, PNG, JPEG, WEBP, DOCX and XLSX files; this is none of them. Send it as PDF.")
