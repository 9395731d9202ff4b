"""Signing a contract, its papers, and the certificate that follows: for both sides, and the public's one question."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

from allauth.core.internal import ratelimit
from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from contracts.forms.steps import AuthorisationForm, ScanForm, SignaturesForm, SigningForm
from contracts.models import Certificate, Contract, Paper
from contracts.models.certificate import said, typed
from contracts.services import certificates, contracts, papers, scans, signatures
from contracts.services.signatures import Hand
from contracts.views.frame import Words, find_contract, form_page
from core.doors import Audience, door
from core.files.names import clean_name
from dealers import step_up
from dealers.forms.dealers import ReasonForm
from dealers.models import User
from dealers.requests import PortalRequest, address_of
from dealers.views.documents import GIVEN_OUT
from dealers.views.frame import BOTH, fulfil, status_of

VIEW = "contracts.view_contract"
Status, Side = Contract.Status, Contract.Side
type Verb = Callable[..., Contract]


# ---- signing ---------------------------------------------------------------------------------
@door(Audience.DEALER, "contracts.contract", permission="contracts.sign_contract", methods=BOTH)
def sign(request: PortalRequest, public_id: str) -> HttpResponse:
    """The dealer's executive signs the document that he has read, in the language he reads it in."""
    found = find_contract(request, public_id)
    on_offer = papers.current(found) if found.status == Status.OFFERED else []
    words = Words(
        _("Sign the contract"), _("Sign"), _("You have signed the contract. The manufacturer signs next."),
        _("Read the document, then sign it. Your signature cannot be taken back."),
    )  # fmt: skip
    return _sign_page(request, found, on_offer, words, signatures.sign)


@door(Audience.STAFF, "contracts.contract", permission="contracts.countersign_contract", methods=BOTH)
def countersign(request: PortalRequest, public_id: str) -> HttpResponse:
    """One of ours signs the very document that the dealer signed."""
    found = find_contract(request, public_id)
    theirs = signatures.signature_of(found, Side.DEALER) if found.status == Status.SIGNED_BY_DEALER else None
    is_open = theirs is not None and found.countersigned_on is None
    words = Words(
        _("Countersign the contract"), _("Sign"), _("Both sides have signed the contract. It can be filed now."),
        _("You sign the document that the dealer signed. Your signature cannot be taken back."),
    )  # fmt: skip
    shown = [theirs.paper] if theirs and is_open else []
    return _sign_page(request, found, shown, words, signatures.countersign, theirs=theirs)


def _sign_page(
    request: PortalRequest, found: Contract, shown: list[Paper], words: Words, verb: Verb, **context: Any
) -> HttpResponse:
    """Which document, its checksum, and the form under it. After a refusal: what is offered now, and what was typed."""
    if request.method != "POST" and not shown:
        messages.info(request, _("There is nothing here to sign now."))
        return redirect(found)
    if asked := step_up.before_showing(request):
        return asked
    paper = _chosen(request, shown)
    form = SigningForm(
        request.POST or None, initial={"name": request.user.name, "sha256": paper.sha256 if paper else ""},
        whom=found.dealer.local_name if request.user.is_dealers else found.company.local_name,
    )  # fmt: skip
    if (
        form.is_valid()
        and step_up.holds(request, form)
        and fulfil(form, lambda: verb(found, by=request.user, hand=_hand(request, form)))
    ):
        messages.success(request, words.done)
        return redirect(found)
    form = form.on(paper)  # after a refusal, the next press signs what is shown now
    others = [one for one in shown if one != paper]
    given = {"contract": found, "paper": paper, "others": others, "form": form, "words": words}
    return render(request, "contracts/sign.html", given | context, status=status_of(form))


def _chosen(request: PortalRequest, shown: list[Paper]) -> Paper | None:
    """The document in the language asked for, else in the reader's, else the first."""
    wanted = (request.GET.get("language", ""), get_language())
    found = (one for language in wanted for one in shown if one.language == language)
    return next(found, shown[0] if shown else None)


def _hand(request: PortalRequest, form: SigningForm) -> Hand:
    typed = form.cleaned_data
    return Hand(typed["name"], typed["sha256"], typed["has_read"], address_of(request))


@door(Audience.STAFF, "contracts.contract", permission="contracts.file_contract", methods=BOTH)
def record_signatures(request: PortalRequest, public_id: str) -> HttpResponse:
    words = Words(
        _("Record signatures on paper"), _("Record"), _("The signatures are on record."),
        _("For a contract that was printed, signed and sealed. Leave our own signature empty if it follows here."),
    )  # fmt: skip
    found = find_contract(request, public_id)
    sent = scans.of_edition(found) if found.status == Status.OFFERED else []
    form = SignaturesForm(request.POST or None, request.FILES or None, sent=sent)
    return form_page(request, found, form, words, _record)


def _record(found: Contract, *, by: User, scan: Any, **typed: Any) -> Contract:
    known = scans.chosen(found, scan) if isinstance(scan, str) else scan
    return signatures.record_signatures(found, by=by, scan=known, **typed)


@door(Audience.DEALER, "contracts.contract", permission="contracts.sign_contract", methods=BOTH)
def send_scan(request: PortalRequest, public_id: str) -> HttpResponse:
    """The dealer signed on paper, and sends the scan himself."""
    words = Words(
        _("Send the signed contract"), _("Send the scan"),
        _("The scan is here. We look at it and record your signature."),
        _("Print the document, sign and seal it, and scan all its pages."),
    )  # fmt: skip
    form = ScanForm(request.POST or None, request.FILES or None)
    return form_page(request, find_contract(request, public_id), form, words, scans.send)


@door(Audience.STAFF, "contracts.contract", permission="contracts.change_contract", methods=BOTH)
def take_back(request: PortalRequest, public_id: str) -> HttpResponse:
    words = Words(
        _("Take the offer back to change it"), _("Take back"), _("The contract is a draft again; the dealer is told."),
        _("The dealer no longer sees it. It is reviewed again, and the next offer is a new edition to be signed."),
        stop=True,
    )  # fmt: skip
    form = ReasonForm(request.POST or None)
    form.fields["reason"].help_text = _("The dealer reads it.")
    return form_page(request, find_contract(request, public_id), form, words, contracts.take_back)


# ---- papers ----------------------------------------------------------------------------------
@door(Audience.PORTAL, "contracts.paper", permission=VIEW)
def paper(request: PortalRequest, public_id: str) -> FileResponse:
    """Always an attachment, in a sandbox; by its checksum the very bytes that were offered or sent."""
    found = get_object_or_404(Paper.objects.visible_to(request.user), public_id=public_id)
    try:
        content = found.path().open("rb")
    except FileNotFoundError:
        raise Http404 from None
    papers.note_download(found, by=request.user)
    return FileResponse(
        content, as_attachment=True, filename=found.file_name, content_type=found.content_type, headers=GIVEN_OUT
    )


@door(Audience.STAFF, "contracts.contract", permission=VIEW)
def draft_paper(request: PortalRequest, public_id: str) -> FileResponse:
    """The contract as it stands now, to be read by ours before anybody offers it."""
    found = find_contract(request, public_id)
    language = _language(request)
    data = papers.draw_contract(found, request.user, language=language)
    return _given_out(data, papers.file_name(found, language, 0))


@door(Audience.PORTAL, "contracts.certificate", permission=VIEW)
def certificate(request: PortalRequest, public_id: str) -> FileResponse:
    found = Certificate.objects.visible_to(request.user).select_related("contract__dealer", "contract__company")
    one = get_object_or_404(found, public_id=public_id)
    language = _language(request)
    data = certificates.draw_certificate(one, request.user, language=language)
    certificates.note_download(one, by=request.user)
    return _given_out(data, clean_name(f"{one.contract.number}-certificate-{language[:2]}.pdf", extension="pdf"))


def _language(request: PortalRequest) -> str:
    asked = request.GET.get("language", "")
    return asked if asked in dict(settings.LANGUAGES) else get_language() or settings.LANGUAGE_CODE


def _given_out(data: bytes, name: str) -> FileResponse:
    return FileResponse(
        BytesIO(data), as_attachment=True, filename=name, content_type="application/pdf", headers=GIVEN_OUT
    )


@door(Audience.STAFF, "contracts.contract", permission="contracts.file_contract", methods=BOTH)
def certify(request: PortalRequest, public_id: str) -> HttpResponse:
    """For a contract that was taken over: those that are filed here have their certificate already."""
    words = Words(
        _("Issue a certificate"), _("Issue"), _("The certificate is issued; the dealer can download it."),
        _("It certifies what the contract grants. Anybody can check its number, or its code, on a public page."),
    )  # fmt: skip
    form = forms.Form(request.POST if request.method == "POST" else None)
    return form_page(request, find_contract(request, public_id), form, words, certificates.issue)


# ---- the public's question -------------------------------------------------------------------
@door(Audience.PUBLIC)
def authorisation_search(request: HttpRequest) -> HttpResponse:
    """Where somebody types the number of a certificate."""
    form = AuthorisationForm(request.GET or None)
    if form.is_valid():
        return redirect("contracts:authorisation", form.cleaned_data["number"])
    return render(request, "contracts/authorisation.html", {"form": form}, status=status_of(form))


@door(Audience.PUBLIC)
def authorisation(request: HttpRequest, certificate: str) -> HttpResponse:
    """Whether the authorisation with this number holds today. Who tries many numbers is asked to wait."""
    limited: HttpResponse | None = ratelimit.consume_or_429(
        request, app="allauth.account", action="check_authorisation", limit_get=True
    )
    if limited is not None:
        return limited
    found = certificates.check(certificate)
    context = {
        "found": found,
        "form": AuthorisationForm(initial={"number": said(typed(certificate))}),
        "today": timezone.localdate(),
    }
    return render(request, "contracts/authorisation.html", context, status=200 if found else 404)
