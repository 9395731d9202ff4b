"""Documents on a dealer's file: filed, corrected, replaced by a newer version, archived, given out."""

from datetime import date
from typing import TypedDict, Unpack

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core import access
from core.errors import NotYours, Refused
from core.files.inspection import inspect
from dealers import events
from dealers.models import Dealer, Document, Event, User
from dealers.models.document import FILES
from dealers.rights import require

MOST_PER_DEALER = 1000


class Details(TypedDict, total=False):
    """What is typed beside the file."""

    kind: str
    title: str
    number: str
    issued_on: date | None
    expires_on: date | None


@transaction.atomic
def add(
    dealer: Dealer, upload: "UploadedFile[bytes]", *, by: User, is_internal: bool = False, **details: Unpack[Details]
) -> Document:
    """File a document. What it is, is found by its content; a dealer's own person files for both sides only."""
    require(by, "dealers.add_document")
    document = _file(dealer, upload, by=by, is_internal=is_internal, **details)
    manager = [dealer.manager] if by.is_dealers and dealer.manager else []
    _record("added", document, by=by, notify=manager)
    return document


@transaction.atomic
def replace(document: Document, upload: "UploadedFile[bytes]", *, by: User, **details: Unpack[Details]) -> Document:
    """File the newer version; the older one goes to the archive and stays readable there."""
    require(by, "dealers.add_document")
    document = _take(document, by=by)
    kept: Details = {"kind": document.kind, "title": document.title, "number": document.number}
    document.archived_at = timezone.now()
    document.save(update_fields=["archived_at"])
    newer = _file(document.dealer, upload, by=by, is_internal=document.is_internal, **kept | details)
    _record("replaced", newer, by=by, data={"previous": document.public_id})
    return newer


@transaction.atomic
def change(document: Document, *, by: User, **details: Unpack[Details]) -> Document:
    """Correct what was typed; the file itself never changes."""
    require(by, "dealers.change_document")
    document = _take(document, by=by)
    changed = [name for name, value in details.items() if getattr(document, name) != value]
    if not changed:
        return document
    for name in changed:
        setattr(document, name, details[name])  # type: ignore[literal-required]  # the names come from `details`
    _check_dates(document)
    document.save(update_fields=changed)
    _record("changed", document, by=by, data={"fields": changed})
    return document


@transaction.atomic
def archive(document: Document, *, by: User, reason: str) -> Document:
    require(by, "dealers.change_document")
    document = _take(document, by=by)
    if not reason.strip():
        raise Refused(_("Say why the document goes to the archive."))
    document.archived_at = timezone.now()
    document.save(update_fields=["archived_at"])
    _record("archived", document, by=by, reason=reason.strip())
    return document


def note_download(document: Document, *, by: User) -> Event:
    """Every download leaves its trace."""
    return _record("downloaded", document, by=by)


def _take(document: Document, *, by: User) -> Document:
    """The row, locked, current, and the person's to change: what our people filed, a dealer leaves as it is."""
    document = access.lock(document)
    if document.archived_at is not None:
        raise Refused(_("This document is in the archive; file a new one."))
    if by.is_dealers and document.uploaded_by.dealer_id != by.dealer_id:
        raise NotYours(_("Only the side that filed a document can change it. Ask your account manager."))
    return document


def _file(
    dealer: Dealer, upload: "UploadedFile[bytes]", *, by: User, is_internal: bool, **details: Unpack[Details]
) -> Document:
    if is_internal and not by.is_ours:
        raise NotYours(_("Only the manufacturer's people keep internal documents."))
    data = upload.read()
    name = upload.name or ""
    kind = inspect(data, name)
    on_file = Document.objects.visible_to(by).current().filter(dealer=dealer)
    if on_file.count() >= MOST_PER_DEALER:
        raise Refused(_("This file holds as many documents as it can. Archive some first."))
    document = Document(
        dealer=dealer,
        is_internal=is_internal,
        file_name=kind.named(name),
        content_type=kind.content_type,
        size=len(data),
        uploaded_by_id=by.pk,
        **details,
    )
    _check_dates(document)
    document.sha256 = FILES.put(data)  # first the file, then the row: no row ever names a missing file
    twin = on_file.filter(sha256=document.sha256, is_internal=is_internal).first()
    if twin is not None:
        raise Refused(_("This very file is already here as “%(title)s”.") % {"title": twin.title})
    document.save()
    return document


def _check_dates(document: Document) -> None:
    if document.issued_on and document.expires_on and document.expires_on < document.issued_on:
        raise Refused(_("The document cannot expire before it was issued."))


def _record(what: str, document: Document, *, by: User, **more: object) -> Event:
    """The event's kind says whether the dealer may read it."""
    kind = f"document.{what}_internally" if document.is_internal else f"document.{what}"
    return events.record(kind, document, by=by, key=f"{kind}:{document.pk}", **more)  # type: ignore[arg-type]
