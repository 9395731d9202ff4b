"""Documents of one dealer, the same pages for both sides; what each may see is in the query."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from core.doors import Audience, door
from core.errors import Refused
from core.files.errors import Unacceptable
from dealers.forms.documents import DocumentForm, NewDocumentForm, ReplaceDocumentForm
from dealers.models import Dealer, Document
from dealers.requests import PortalRequest
from dealers.services import documents
from dealers.views.frame import file_page, find_dealer

GIVEN_OUT = {
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
BOTH = ("GET", "POST")


@door(Audience.DEALER, permission="dealers.view_document")
def my_documents(request: PortalRequest) -> HttpResponse:
    """The dealer's own documents: an address without a number, for the sidebar."""
    return _page(
        request, get_object_or_404(Dealer.objects.visible_to(request.user).select_related("home__parent", "manager"))
    )


@door(Audience.PORTAL, "dealers.dealer", permission="dealers.view_document")
def document_list(request: PortalRequest, public_id: str) -> HttpResponse:
    return _page(request, find_dealer(request, public_id))


def _page(request: PortalRequest, dealer: Dealer) -> HttpResponse:
    return file_page(request, dealer, "documents", "dealers/document_list.html", **listing(request, dealer))


def listing(request: PortalRequest, dealer: Dealer) -> dict[str, Any]:
    """What `dealers/_documents.html` needs; also for the tab on the dealer's file."""
    found = Document.objects.visible_to(request.user).filter(dealer=dealer).for_list()
    archived = request.GET.get("show") == "archive"
    today = timezone.localdate()
    return {
        "documents": found.exclude(archived_at__isnull=True) if archived else found.current(),
        "archived": archived,
        "expired": found.expired(on=today).count(),
        "expiring": found.expiring(on=today).count(),
        "may_add": request.user.has_perm("dealers.add_document"),
        "may_change": request.user.has_perm("dealers.change_document"),
    }


@door(Audience.PORTAL, "dealers.dealer", permission="dealers.add_document", methods=BOTH)
def document_add(request: PortalRequest, public_id: str) -> HttpResponse:
    dealer = get_object_or_404(Dealer.objects.visible_to(request.user), public_id=public_id)
    form = NewDocumentForm(request.POST or None, request.FILES or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        typed = dict(form.cleaned_data)
        upload = typed.pop("file")
        try:
            documents.add(dealer, upload, by=request.user, **typed)
        except Refused as refusal:
            _put_beside(form, refusal)
        else:
            messages.success(request, _("The document is on file."))
            return redirect("dealers:documents", dealer.public_id)
    return render(request, "dealers/document_form.html", {"dealer": dealer, "form": form, "verb": "add"})


@door(Audience.PORTAL, "dealers.document", permission="dealers.add_document", methods=BOTH)
def document_replace(request: PortalRequest, public_id: str) -> HttpResponse:
    document = _document(request, public_id)
    form = ReplaceDocumentForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        typed = dict(form.cleaned_data)
        upload = typed.pop("file")
        try:
            documents.replace(document, upload, by=request.user, **typed)
        except Refused as refusal:
            _put_beside(form, refusal)
        else:
            messages.success(request, _("The new version is on file; the old one is in the archive."))
            return redirect("dealers:documents", document.dealer.public_id)
    return render(request, "dealers/document_form.html", _about(document) | {"form": form, "verb": "replace"})


@door(Audience.PORTAL, "dealers.document", permission="dealers.change_document", methods=BOTH)
def document_edit(request: PortalRequest, public_id: str) -> HttpResponse:
    document = _document(request, public_id)
    form = DocumentForm(request.POST or None, instance=document)
    if request.method == "POST" and form.is_valid():
        try:
            documents.change(_document(request, public_id), by=request.user, **form.cleaned_data)
        except Refused as refusal:
            _put_beside(form, refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("dealers:documents", document.dealer.public_id)
    return render(request, "dealers/document_form.html", _about(document) | {"form": form, "verb": "edit"})


@door(Audience.PORTAL, "dealers.document", permission="dealers.change_document", methods=BOTH)
def document_archive(request: PortalRequest, public_id: str) -> HttpResponse:
    """Asks for the reason, then archives."""
    document = _document(request, public_id)
    context = _about(document)
    if request.method == "POST":
        reason = request.POST.get("reason", "")
        try:
            documents.archive(document, by=request.user, reason=reason)
        except Refused as refusal:
            context |= {"reason": reason, "refusal": str(refusal)}
        else:
            messages.success(request, _("The document is in the archive."))
            return redirect("dealers:documents", document.dealer.public_id)
    return render(request, "dealers/document_archive.html", context)


@door(Audience.PORTAL, "dealers.document", permission="dealers.view_document")
def document_download(request: PortalRequest, public_id: str) -> FileResponse:
    """Always an attachment, of the type that we found, in a sandbox: it never runs in the portal's name."""
    document = _document(request, public_id)
    try:
        content = document.path().open("rb")
    except FileNotFoundError:
        raise Http404 from None
    documents.note_download(document, by=request.user)
    return FileResponse(
        content,
        as_attachment=True,
        filename=document.file_name,
        content_type=document.content_type,
        headers=GIVEN_OUT,
    )


def _document(request: PortalRequest, public_id: str) -> Document:
    found = Document.objects.visible_to(request.user).select_related("dealer", "uploaded_by")
    return get_object_or_404(found, public_id=public_id)


def _about(document: Document) -> dict[str, Any]:
    return {"dealer": document.dealer, "document": document}


def _put_beside(form: Any, refusal: Refused) -> None:
    """Say it where it belongs; what was typed stays. A refusal about the person is no fault of the form."""
    if refusal.status == 403:
        raise PermissionDenied(str(refusal))
    form.add_error("file" if isinstance(refusal, Unacceptable) and "file" in form.fields else None, str(refusal))
